// SPDX-License-Identifier: GPL-3.0-or-later
// Two had one form open, and the other has saved first: what came since, so that one can decide what to do with one's
// own, which stays as it was typed.

import { call, callAll, type Problem } from "@/api/client";
import type { Entry, Matter } from "@/api/types";

const MOST = 400;

export interface Meanwhile {
  matter: Matter; // as it is now
  entries: Entry[]; // made since the form was opened
}

export function isConflict(problem: Problem | null): boolean {
  return problem?.code === "stale_version" || problem?.code === "entry_corrected";
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
