// SPDX-License-Identifier: GPL-3.0-or-later
// A matter with what a page shows beside it, read at once.

import { call, callAll } from "@/api/client";
import { serverNow } from "@/api/clock";
import type { Act, Entry, EntryDef, Expectation, IssuedDocument, Kind, Matter } from "@/api/types";
import { offersOf } from "@/rules/offers";
import { kindOf, zone } from "@/session/session";

const MOST = 400;

export interface ReadMatter {
  matter: Matter;
  kind: Kind;
  acts: Act[];
  entries: Entry[];
  expectations: Expectation[] | null; // null: this device keeps none
  documents: IssuedDocument[];
}

export async function readMatter(id: string, signal: AbortSignal): Promise<ReadMatter> {
  const matter = await call<Matter>(`/matters/${id}`, { signal });
  const [kind, acts, entries, expectations, documents] = await Promise.all([
    kindOf(matter.kind, matter.playbook),
    call<{ data: Act[] }>(`/matters/${id}/acts`, { signal }),
    callAll<Entry>(`/matters/${id}/entries?limit=200`, MOST, signal),
    callAll<Expectation>(`/matters/${id}/expectations`, MOST, signal),
    call<{ data: IssuedDocument[] }>(`/matters/${id}/documents`, { signal }),
  ]);
  return {
    matter,
    kind,
    acts: offersOf(acts.data, kind, matter, serverNow(), zone(), entries.whole ? entries.rows : undefined),
    entries: entries.rows,
    expectations: expectations.rows,
    documents: documents.data,
  };
}

/** Entries about one of a set that one may make now; where there are several, only that one is to be named. */
export function mayEnterAbout(kind: Kind, set: string, acts: Act[]): EntryDef[] {
  const open = acts.filter((act) => act.refused === null || act.refused.code === "which_participant");
  return kind.entries.filter((entry) => entry.of === set && open.some((act) => act.entry === entry.name));
}

/** What one may enter now; first what is expected of one. */
export function mayEnter(acts: Act[]): Act[] {
  const all = acts.filter((act) => act.refused === null);
  return [...all.filter((act) => act.expected), ...all.filter((act) => !act.expected)];
}
