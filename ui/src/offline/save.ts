// SPDX-License-Identifier: GPL-3.0-or-later
// Saving what was entered: kept on the device first where it keeps anything, then sent; otherwise sent at once.

import { call, Problem } from "@/api/client";
import { serverNow } from "@/api/clock";
import type { Done } from "@/api/types";
import { markOwn } from "@/base/hinted";
import { hasNetwork } from "@/base/network";
import { meet } from "./beat";
import { add, discard, itemOf, phone } from "./phone";
import { dropPhotos, photosIn, queuedPhotos, readyBody } from "./photos";
import type { Item } from "./queue";
import { i18n } from "@/words/i18n";
import { sendWaiting } from "./sending";

const PATIENCE_MS = 2500; // so long somebody waits for the server's word before going on
const PATIENCE_OF_PHOTO_MS = 5000; // and longer for each of these

export type Saved = "sent" | "kept";
export type ToSave = Omit<Item, "seq" | "state" | "madeAt">;

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A turn that was under way may have begun before the item was there. */
async function sendThis(id: string): Promise<void> {
  await sendWaiting();
  if (itemOf(id)?.state === "waiting" && phone.reached) await sendWaiting();
}

/** Throws the problem of what the server refuses while the form is still open; the form keeps it, the queue does not. */
export async function save(item: ToSave): Promise<Saved> {
  if (!phone.open) {
    const body = await readyBody(item.body);
    if (!body) throw new Problem(410, "photo_gone", i18n.global.t("photo.gone"), []);
    markOwn();
    await call<Done>("/commands", { method: "POST", body: { command: item.command, id: item.id, ...body } });
    markOwn();
    await dropPhotos(photosIn(item.body));
    return "sent";
  }
  const mended = itemOf(item.id) !== undefined; // others may wait for it
  const hopeful = phone.reached && hasNetwork();
  const photos = await queuedPhotos(item.body);
  const observed = { ...item.body, observed_at: new Date(serverNow()).toISOString() };
  await add({ ...item, body: observed, ...(photos.length > 0 ? { photos } : {}) });
  const sending = sendThis(item.id);
  if (hopeful) await Promise.race([sending, wait(PATIENCE_MS + PATIENCE_OF_PHOTO_MS * photos.length)]);
  const kept = itemOf(item.id);
  if (kept?.state === "refused") {
    if (!mended) await discard(item.id);
    const { code, detail, errors } = kept.refusal!;
    throw new Problem(422, code, detail, errors);
  }
  markOwn();
  void sending.then(() => meet(true));
  return kept?.state === "sent" ? "sent" : "kept";
}
