// SPDX-License-Identifier: GPL-3.0-or-later
// How far each summoned unit is, from a row of a list or from a matter that is open; no kind is known by its name.

import type { Owed } from "@/api/participants";
import type { Entry, EntryDef, Expectation, Kind, Matter, Summoned, Words } from "@/api/types";
import { meeting } from "@/base/expected";

export interface Track {
  number: number;
  name: string;
  state: Words | null;
  isPresent: boolean;
  calledAt: string;
  attempt: { title: Words | null; at: string; expectedAt: string | null } | null; // its last one
  arrivedAt: string | null;
  waits: boolean; // whoever confirms that it has come has not yet
  confirmedAt: string | null;
  goneAt: string | null;
  leftAt: string | null; // it was let off
  owed: Owed[]; // what comes first of it first
}

function confirming(kind: Kind): string | undefined {
  return kind.entries.find((one) => one.confirms !== undefined && one.confirms === kind.summons?.entry)?.name;
}

/** The field of an attempt that says when it will come: its first time. */
function expectedOf(kind: Kind, fields: Record<string, unknown> | undefined): string | null {
  const form = kind.entries.find((one) => one.name === kind.summons?.entry)?.form ?? [];
  const time = form.find((field) => field["x-type"] === "datetime");
  const value = time ? fields?.[time.name] : undefined;
  return typeof value === "string" ? value : null;
}

function lastOf(times: (string | undefined)[]): string | null {
  const known = times.filter((one): one is string => one !== undefined);
  return known.length > 0 ? known.reduce((a, b) => (Date.parse(a) >= Date.parse(b) ? a : b)) : null;
}

/** What is due of it; of one that waits to be confirmed, the confirmation and not what it has done. */
function dueOf(owed: Owed[], entry: string, waits: boolean): Owed[] {
  return owed
    .filter((one) => !waits || one.entry !== entry)
    .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at));
}

export function trackOf(kind: Kind, one: Summoned): Track {
  const summons = kind.summons!;
  const confirm = confirming(kind);
  const owes = (entry: string | undefined): boolean => one.owed.some((it) => it.entry === entry);
  const waits = owes(confirm);
  const came = one.entered[summons.entry] !== undefined && (waits || !owes(summons.entry)); // else it was declined
  const { attempt } = one;
  return {
    number: one.number,
    name: one.unit.name,
    state: one.state_title ?? null,
    isPresent: one.state === summons.present,
    calledAt: one.joined_at,
    attempt: attempt ? { title: attempt.title, at: attempt.at, expectedAt: expectedOf(kind, attempt.fields) } : null,
    arrivedAt: came ? one.entered[summons.entry]! : null,
    waits,
    confirmedAt: came && !waits && confirm ? (one.entered[confirm] ?? null) : null,
    goneAt: lastOf(summons.leaves.map((name) => one.entered[name])),
    leftAt: one.left_at,
    owed: dueOf(one.owed, summons.entry, waits),
  };
}

/** Only those that take part; who was let off stands last. */
export function tracksOf(kind: Kind, rows: Summoned[]): Track[] {
  const all = rows.map((one) => trackOf(kind, one));
  return [...all.filter((one) => one.leftAt === null), ...all.filter((one) => one.leftAt !== null)];
}

function owedOf(kind: Kind, expectations: Expectation[]): Owed[] {
  return expectations
    .filter((one) => one.outcome === "open")
    .map((one) => {
      const entry = meeting(kind, one.name);
      const { name, opens_at, due_at, overdue } = one;
      return { name, entry: entry?.name ?? name, entry_title: entry?.title ?? null, opens_at, due_at, overdue };
    });
}

function isCounted(entry: Entry): boolean {
  return entry.corrected === undefined && entry.second !== "declined";
}

/** What a row of a list would say of each, of a matter that was read with its entries and expectations. */
export function summonedOf(kind: Kind, matter: Matter, entries: Entry[], expectations: Expectation[]): Summoned[] {
  const summons = kind.summons!;
  const all = (matter.participants ?? []).filter((one) => one.set === summons.set && one.unit);
  return all.map((one) => {
    const own = entries.filter((entry) => entry.participant === one.number && isCounted(entry));
    const made = own.filter((entry) => !entry.attempt);
    const tried = own.filter((entry) => entry.attempt && entry.entry === summons.entry).pop();
    const codes = kind.entries.find((entry) => entry.name === summons.entry)?.attempts ?? [];
    return {
      ...one,
      unit: one.unit!,
      entered: Object.fromEntries(made.map((entry) => [entry.entry, entry.at])),
      expectations: {},
      owed: owedOf(
        kind,
        expectations.filter((it) => it.participant === one.number),
      ),
      ...(tried
        ? {
            attempt: {
              attempt: tried.attempt!,
              title: codes.find((code) => code.code === tried.attempt)?.label ?? null,
              at: tried.at,
              ...(tried.fields ? { fields: tried.fields } : {}),
            },
          }
        : {}),
    };
  });
}

/** Who entered that a unit has come. */
export function reporterOf(kind: Kind, entries: Entry[], number: number): string {
  const came = entries.filter(
    (one) => one.participant === number && one.entry === kind.summons?.entry && !one.attempt && isCounted(one),
  );
  return came.pop()?.post?.person?.name ?? "";
}

/** From when minutes are counted: what was proposed first runs from when it was taken on. */
export function begunAt(matter: Matter, entries: Entry[]): string {
  return entries.find((one) => one.entry === "confirm")?.at ?? matter.opened_at;
}

/** Entries about one of the units that one may make: what is expected once is offered only where it is, and first. */
export function offersOf(kind: Kind, allowed: EntryDef[], track: Track): EntryDef[] {
  if (track.leftAt !== null) return [];
  const asked = new Set(kind.states.flatMap((state) => state.expects).map((one) => one.entry));
  const isOwed = (entry: EntryDef): boolean => track.owed.some((one) => one.entry === entry.name);
  const all = allowed.filter((entry) => {
    const second = entry.confirms ?? entry.declines;
    if (second === kind.summons?.entry) return track.waits;
    return !asked.has(entry.name) || isOwed(entry);
  });
  return [...all.filter(isOwed), ...all.filter((entry) => !isOwed(entry))];
}

/* ---- ratings ---- */

export type Rating =
  | { sort: "said"; entry: Entry }
  | { sort: "sealed" | "missed" | "off" | "none" }
  | { sort: "owed"; due: Owed };

/** What is expected of or about each unit besides that it comes, as the playbook lists it. */
export function ratingsOf(kind: Kind): EntryDef[] {
  const names = kind.states
    .flatMap((state) => state.expects)
    .filter((one) => one.each === kind.summons?.set && one.entry !== kind.summons?.entry)
    .map((one) => one.entry);
  return kind.entries.filter((entry) => names.includes(entry.name));
}

/** An entry that has been made and is not shown is sealed: its expectation says that it was met. */
export function ratingOf(
  kind: Kind,
  entry: EntryDef,
  track: Track,
  entries: Entry[],
  expectations: Expectation[],
): Rating {
  const said = entries
    .filter((one) => one.participant === track.number && one.entry === entry.name && !one.attempt && isCounted(one))
    .pop();
  if (said) return { sort: "said", entry: said };
  const due = track.owed.find((one) => one.entry === entry.name);
  if (due) return { sort: "owed", due };
  const past = expectations
    .filter((one) => one.participant === track.number && meeting(kind, one.name)?.name === entry.name)
    .pop();
  if (!past) return { sort: "none" };
  if (past.outcome === "met" || past.outcome === "late") return { sort: "sealed" };
  return { sort: past.outcome === "missed" ? "missed" : "off" };
}

/** How many have come, of those that take part. */
export function cameOf(tracks: Track[]): { n: number; of: number } {
  const all = tracks.filter((one) => one.leftAt === null);
  return { n: all.filter((one) => one.arrivedAt !== null && !one.waits).length, of: all.length };
}

export function lateOf(tracks: Track[]): number {
  return tracks.reduce((sum, one) => sum + one.owed.filter((it) => it.overdue).length, 0);
}
