// SPDX-License-Identifier: GPL-3.0-or-later
// Sends what waits on this phone to the server.

import { Problem } from "@/api/client";
import { serverNow } from "@/api/clock";
import type { Me, ProblemError } from "@/api/types";
import { i18n } from "@/words/i18n";
import { ask, itemOf, keyOf, phone, readItems, shelf, waiting } from "./phone";
import { dropPhotos, hashOf, readyBody, withIds } from "./photos";
import { flush, MADE, type Item, type Outcome, type QueuedPhoto, type Shelf } from "./queue";

interface BatchRow {
  status: number;
  answer?: { made?: string | null };
  problem?: { title: string; detail: string; errors?: ProblemError[] };
}

/** A photo that is no longer here, though its entry waits for it. */
function gone(): Outcome {
  return { status: 410, refusal: { code: "photo_gone", detail: i18n.global.t("photo.gone"), errors: [] } };
}

async function upload({ name, matter }: QueuedPhoto): Promise<Outcome | null> {
  try {
    return (await hashOf(name, matter, ask)) === null ? gone() : { status: 201 };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, code, message: detail, errors } = error;
    return status === 0 ? null : { status, refusal: { code, detail, errors } };
  }
}

/** What those have made that it needs. */
function madeFor({ needs }: Item): Map<string, string> {
  const found = (needs ?? []).map((id): [string, string] => [MADE + id, itemOf(id)?.made ?? ""]);
  return new Map(found.filter(([, made]) => made !== ""));
}

async function send(batch: Item[]): Promise<(Outcome | null)[] | null> {
  try {
    const commands = [];
    for (const item of batch) {
      const body = withIds(item.body, madeFor(item));
      commands.push({ command: item.command, id: item.id, ...((await readyBody(body, ask)) ?? body) });
    }
    const answer = await ask<{ items: BatchRow[] }>("/batch", { method: "POST", body: { items: commands } });
    return answer.items.map(({ status, problem, answer: { made } = {} }) =>
      problem
        ? { status, refusal: { code: problem.title, detail: problem.detail, errors: problem.errors ?? [] } }
        : { status, ...(made ? { made } : {}) },
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return null;
  }
}

/** What has arrived needs its photos no longer. */
const withPhotos: Shelf = {
  all: () => shelf.all(),
  async put(item) {
    await shelf.put(item);
    if (item.state === "sent") await dropPhotos((item.photos ?? []).map((photo) => photo.name));
  },
};

let running: Promise<boolean> | null = null;

async function flushOnce(): Promise<boolean> {
  const account = keyOf()?.account;
  if (account === undefined || waiting.value.length === 0) return true;
  phone.sending = true;
  try {
    const run = async (): Promise<boolean> => {
      const me = await ask<Me>("/me"); // somebody else may have signed in in this browser
      if (me.person.id !== account) return false;
      await readItems(); // another tab may have sent some
      return flush(withPhotos, send, upload, serverNow);
    };
    return navigator.locks ? await navigator.locks.request(`lianfang-queue-${account}`, run) : await run();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return false;
  } finally {
    phone.sending = false;
  }
}

/** Sends what waits, one after the other. True: nothing that could go is left. */
export async function sendWaiting(): Promise<boolean> {
  running ??= flushOnce().finally(() => (running = null));
  return running;
}

/** What was to be made is there already, as somebody has found: what needs it goes with that. */
export async function settleWith(id: string, made: string): Promise<void> {
  const item = itemOf(id);
  if (item) await shelf.put({ ...item, state: "sent", body: {}, made, sentAt: serverNow() });
}
