// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that wait until they can be sent. Each has the id that it was made with, so that sending it again, after an
// answer that was lost or from a second tab, is the same command. They go in their order; one that is refused holds
// back only what was made in the matter that it would have opened.

import type { ProblemError, Words } from "@/api/types";

export interface Refusal {
  code: string;
  detail: string;
  errors: ProblemError[];
}

export interface Item {
  id: string;
  seq: number;
  command: string;
  body: Record<string, unknown>;
  matters: string[]; // that it is about
  opens?: string; // the matter that it would open
  entry: string; // by its name; "" none
  title: Words;
  whom: string[]; // names, in the order of the rows of a round
  form: string; // the page to mend it on
  known?: Record<string, string>; // when each matter had changed last, as the form knew it
  madeAt: number; // by the server's clock
  state: "waiting" | "refused" | "sent";
  refusal?: Refusal;
  sentAt?: number;
}

/** What became of one: 2xx it is in, another final status it is refused, null nothing is known of it. */
export interface Outcome {
  status: number;
  refusal?: Refusal;
}
export type Send = (items: Item[]) => Promise<(Outcome | null)[] | null>;

export interface Shelf {
  all(): Promise<Item[]>;
  put(item: Item): Promise<void>;
}

const AT_A_TIME = 20;
const FINAL = new Set([400, 403, 404, 405, 409, 410, 413, 415, 422]);

export function bySeq(items: Item[]): Item[] {
  return [...items].sort((a, b) => a.seq - b.seq);
}

/** Those that wait and may go: none whose matter is not opened, since that was refused. */
export function ready(items: Item[]): Item[] {
  const closed = new Set<string>();
  const found: Item[] = [];
  for (const item of bySeq(items)) {
    const held = item.matters.some((matter) => closed.has(matter));
    if (item.opens && (item.state === "refused" || (item.state === "waiting" && held))) closed.add(item.opens);
    if (item.state === "waiting" && !held) found.push(item);
  }
  return found;
}

/** The item as its outcome leaves it; null: as it was. */
function after(item: Item, outcome: Outcome | null, now: number): Item | null {
  if (outcome === null) return null;
  if (outcome.status >= 200 && outcome.status < 300) return { ...item, state: "sent", body: {}, sentAt: now };
  if (!FINAL.has(outcome.status) || !outcome.refusal) return null;
  return { ...item, state: "refused", refusal: outcome.refusal };
}

/**
 * Sends what is ready, in turns, until nothing is left or the server cannot be asked. True: it answered each.
 * An answer about an entry in a matter whose opening is not known to be in says nothing: it is asked again.
 */
export async function flush(shelf: Shelf, send: Send, now: () => number): Promise<boolean> {
  for (;;) {
    const items = ready(await shelf.all()).slice(0, AT_A_TIME);
    if (items.length === 0) return true;
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
    if (stuck) return false;
  }
}
