// SPDX-License-Identifier: GPL-3.0-or-later
// Two had one form open, and the other has saved first: what came since, so that one can decide what to do with one's
// own, which stays as it was typed.

import { call, callAll, Problem } from "@/api/client";
import type { Act, Entry, Matter } from "@/api/types";
import type { Item } from "@/offline/queue";

const MOST = 400;

export interface Meanwhile {
  matter: Matter; // as it is now
  entries: Entry[]; // made since the form was opened
}

export function isConflict(problem: Problem | null): boolean {
  return problem?.code === "stale_version" || problem?.code === "entry_corrected";
}

/** Refused for what the matter is, and not for what was filled in or because nobody answered. */
export function mayBeNews(problem: Problem | null): problem is Problem {
  if (problem === null || problem.status < 409 || problem.status >= 500) return false;
  return isConflict(problem) || !problem.errors.some((one) => /^(fields|line|participant)\b/.test(one.field ?? ""));
}

export async function meanwhileOf(matters: Matter[]): Promise<Meanwhile[]> {
  const all = await Promise.all(
    matters.map(async (known): Promise<Meanwhile> => {
      const [matter, entries] = await Promise.all([
        call<Matter>(`/matters/${known.id}`),
        callAll<Entry>(`/matters/${known.id}/entries?limit=200`, MOST),
      ]);
      const since = Date.parse(known.changed_at);
      return { matter, entries: entries.rows.filter((one) => Date.parse(one.at) > since) };
    }),
  );
  return all.filter((one, i) => one.matter.version !== matters[i]!.version);
}

/** The same of what was made on a phone and refused: as each matter was known then. */
export async function sinceMade(matters: Matter[], item: Item): Promise<Meanwhile[]> {
  const asKnown = (matter: Matter): string => item.known?.[matter.id] ?? new Date(item.madeAt).toISOString();
  const all = await meanwhileOf(matters.map((one) => ({ ...one, changed_at: asKnown(one), version: -1 })));
  return all.filter((one) => one.entries.length > 0);
}

export async function actsOf(matter: string): Promise<Act[]> {
  return (await call<{ data: Act[] }>(`/matters/${matter}/acts`)).data;
}

/** Whether a matter does not take an entry now, of what the server says one may. */
export function isShut(acts: Act[] | null, entry: string): boolean {
  return acts !== null && acts.find((one) => one.entry === entry)?.refused !== null;
}

/** Why it was refused while it waited. */
export function problemOf(item: Item | undefined): Problem | null {
  return item?.refusal ? new Problem(422, item.refusal.code, item.refusal.detail, item.refusal.errors) : null;
}
