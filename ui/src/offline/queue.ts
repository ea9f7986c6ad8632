// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that wait until they can be sent. Each has the id that it was made with, so that sending it again, after an
// answer that was lost or from a second tab, is the same command. They go in their order; one that is refused holds
// back only what was made in the matter that it would have opened, or about the person whom it would have registered. An entry with a photo goes once the server has that;
// meanwhile whatever does not come after it in the same matter goes before.

import type { ProblemError, Words } from "@/api/types";

export interface Refusal {
  code: string;
  detail: string;
  errors: ProblemError[];
}

export interface QueuedPhoto {
  name: string; // that stands in the command in place of its hash
  matter: string;
  bytes: number;
  sentAt?: number; // by the server's clock
}

export interface Item {
  id: string;
  seq: number;
  command: string;
  body: Record<string, unknown>;
  matters: string[]; // that it is about
  opens?: string; // the matter that it would open
  needs?: string[]; // others that must be in before: it names what they make (MADE)
  made?: string; // what it has made, by the server's id
  entry: string; // by its name; "" none
  title: Words;
  whom: string[]; // names, in the order of the rows of a round
  form: string; // the page to mend it on
  photos?: QueuedPhoto[];
  known?: Record<string, string>; // when each matter had changed last, as the form knew it
  madeAt: number; // by the server's clock
  state: "waiting" | "refused" | "sent";
  refusal?: Refusal;
  sentAt?: number;
}

/** Stands in a command, with the id of another, for what that one makes. */
export const MADE = "made:";

/** What became of one: 2xx it is in, another final status it is refused, null nothing is known of it. */
export interface Outcome {
  status: number;
  refusal?: Refusal;
  made?: string;
}
export type Send = (items: Item[]) => Promise<(Outcome | null)[] | null>;
/** Sends one photo; null: nothing is known of it. */
export type Upload = (photo: QueuedPhoto) => Promise<Outcome | null>;

export interface Shelf {
  all(): Promise<Item[]>;
  put(item: Item): Promise<void>;
}

const AT_A_TIME = 20;
export const HELD_MS = 20 * 3_600_000; // the server holds a photo without its entry for a day
const FINAL = new Set([400, 403, 404, 405, 409, 410, 413, 415, 422]);

export function bySeq(items: Item[]): Item[] {
  return [...items].sort((a, b) => a.seq - b.seq);
}

/** Those that wait and may go: none of which what it needs is not there, since that was refused. */
export function ready(items: Item[]): Item[] {
  const closed = new Set<string>();
  const found: Item[] = [];
  for (const item of bySeq(items)) {
    const held = [...item.matters, ...(item.needs ?? [])].some((one) => closed.has(one));
    if (item.state === "refused" || (item.state === "waiting" && held)) closed.add(item.id).add(item.opens ?? item.id);
    if (item.state === "waiting" && !held) found.push(item);
  }
  return found;
}

function isIn({ status }: Outcome): boolean {
  return status >= 200 && status < 300;
}

/** Of which the server does not have the bytes, or no longer. */
export function missingPhoto(item: Item, now: number): QueuedPhoto | undefined {
  return item.photos?.find((photo) => photo.sentAt === undefined || photo.sentAt < now - HELD_MS);
}

/** Those that lack no photo and none that they need, nor come after one that does in the same matter. */
function light(items: Item[], now: number): Item[] {
  const held = new Set<string>();
  const waiting = new Set(items.map((item) => item.id));
  return items.filter((item) => {
    const lacks = missingPhoto(item, now) ?? item.needs?.find((id) => waiting.has(id));
    const goes = !lacks && !item.matters.some((matter) => held.has(matter));
    if (!goes) for (const matter of item.matters) held.add(matter);
    if (!goes && item.opens) held.add(item.opens);
    return goes;
  });
}

/** The item as its outcome leaves it; null: as it was. */
function after(item: Item, outcome: Outcome | null, now: number): Item | null {
  if (outcome === null) return null;
  const { made } = outcome;
  if (isIn(outcome)) return { ...item, state: "sent", body: {}, sentAt: now, ...(made ? { made } : {}) };
  if (!FINAL.has(outcome.status) || !outcome.refusal) return null;
  return { ...item, state: "refused", refusal: outcome.refusal };
}

/** The item as what became of its photo leaves it; null: as it was. */
function afterPhoto(item: Item, photo: QueuedPhoto, outcome: Outcome | null, now: number): Item | null {
  if (outcome === null || !isIn(outcome)) return after(item, outcome, now);
  const same = (one: QueuedPhoto): boolean => one.name === photo.name && one.matter === photo.matter;
  return { ...item, photos: item.photos!.map((one) => (same(one) ? { ...one, sentAt: now } : one)) };
}

/**
 * Sends what is ready, in turns, until nothing is left or the server cannot be asked. True: it answered each.
 * An answer about an entry in a matter whose opening is not known to be in says nothing: it is asked again.
 */
export async function flush(shelf: Shelf, send: Send, upload: Upload, now: () => number): Promise<boolean> {
  for (;;) {
    const all = ready(await shelf.all());
    if (all.length === 0) return true;
    const items = light(all, now()).slice(0, AT_A_TIME);
    const done = items.length > 0 ? await sendAll(items, shelf, send, now) : await bring(all[0]!, shelf, upload, now);
    if (!done) return false;
  }
}

async function bring(item: Item, shelf: Shelf, upload: Upload, now: () => number): Promise<boolean> {
  const photo = missingPhoto(item, now())!;
  const left = afterPhoto(item, photo, await upload(photo), now());
  if (left) await shelf.put(left);
  return left !== null;
}

async function sendAll(items: Item[], shelf: Shelf, send: Send, now: () => number): Promise<boolean> {
  const outcomes = await send(items);
  if (outcomes === null) return false;
  const notIn = new Set<string>();
  let stuck = false;
  for (const [i, item] of items.entries()) {
    const held = item.matters.some((matter) => notIn.has(matter));
    const left = held ? null : after(item, outcomes[i] ?? null, now());
    if (left) await shelf.put(left);
    stuck = stuck || (!held && !left);
    if (item.opens && left?.state !== "sent") notIn.add(item.opens);
  }
  return !stuck;
}
