// SPDX-License-Identifier: GPL-3.0-or-later
// Saving what was entered: kept on the device first where it keeps anything, then sent; otherwise sent at once.

import { call, Problem } from "@/api/client";
import { serverNow } from "@/api/clock";
import type { Done } from "@/api/types";
import { markOwn } from "@/base/hinted";
import { meet } from "./beat";
import { add, discard, itemOf, phone, sendWaiting } from "./phone";
import type { Item } from "./queue";

const PATIENCE_MS = 2500; // so long somebody waits for the server's word before going on

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
    markOwn();
    await call<Done>("/commands", { method: "POST", body: { command: item.command, id: item.id, ...item.body } });
    markOwn();
    return "sent";
  }
  const hopeful = phone.reached && navigator.onLine;
  await add({ ...item, body: { ...item.body, observed_at: new Date(serverNow()).toISOString() } });
  const sending = sendThis(item.id);
  if (hopeful) await Promise.race([sending, wait(PATIENCE_MS)]);
  const kept = itemOf(item.id);
  if (kept?.state === "refused") {
    await discard(item.id);
    const { code, detail, errors } = kept.refusal!;
    throw new Problem(422, code, detail, errors);
  }
  markOwn();
  void sending.then(() => meet(true));
  return kept?.state === "sent" ? "sent" : "kept";
}
