// SPDX-License-Identifier: GPL-3.0-or-later
// Kinds that go to all units of some types under a place, as the playbook states them; no kind is known by its name.

import type { EntryDef, ExpectDef, Field, Kind, Matter, ParticipantSet } from "@/api/types";
import { holds } from "@/rules/evaluate";
import { scopeOf } from "@/rules/scope";

export interface SetCounts {
  delivered?: number;
  seen?: number;
  left_out?: number;
  states?: Record<string, number>;
  entered?: Record<string, number>;
  expectations?: Record<string, Record<string, number>>;
}

export function audienceOf(kind: Kind): ParticipantSet | null {
  return kind.participants.find((set) => set.audience !== undefined) ?? null;
}

/** The first line of text that its form has. */
export function headingOf(kind: Kind, matter: Matter): string {
  const first = kind.form.find((field) => field["x-type"] === "text");
  const value = first ? matter.form?.[first.name] : undefined;
  return typeof value === "string" ? value : "";
}

type Given = Record<string, unknown>; // fields of the form of a matter

/** Not of a matter that has no line of it, nor where its condition is known to be false. */
function isAsked(kind: Kind, expect: ExpectDef, given: Given, zone: string): boolean {
  const lines = expect.per_line ? given[expect.per_line] : undefined;
  if (expect.per_line) return Array.isArray(lines) && lines.length > 0;
  const matter = { form: given } as unknown as Matter;
  const scope = scopeOf({ kind, form: [], fields: {}, matter, at: Date.now(), zone });
  return !expect.when || holds(expect.when, scope) !== false;
}

/** What is expected of each of them, in the order of the states. */
export function askedOf(
  kind: Kind,
  set: ParticipantSet,
  given: Given,
  zone: string,
): { name: string; entry: EntryDef }[] {
  const found = new Map<string, { name: string; entry: EntryDef }>();
  for (const state of kind.states)
    for (const expect of state.expects) {
      const entry = kind.entries.find((one) => one.name === expect.entry);
      if (expect.each !== set.name || entry?.as !== set.name || found.has(expect.name)) continue;
      if (isAsked(kind, expect, given, zone)) found.set(expect.name, { name: expect.name, entry });
    }
  return [...found.values()];
}

/** Whether somebody has begun a form that nothing keeps; its place is filled in with the sender's own. */
export function isBegun(
  fields: Record<string, unknown>,
  place: string | undefined,
  from: string,
  exceptions: number,
): boolean {
  const entered = ([name, value]: [string, unknown]): boolean =>
    value !== undefined && value !== null && value !== "" && !(name === place && value === from);
  return exceptions > 0 || Object.entries(fields).some(entered);
}

/** What an exception that was begun still needs, in the words for both; none is left away silently. */
export function exceptionsLack(
  exceptions: { unit: string | undefined; reason: string }[],
  unit: string,
  reason: string,
): string[] {
  const found = exceptions.flatMap((one) => [...(one.unit ? [] : [unit]), ...(one.reason.trim() ? [] : [reason])]);
  return [...new Set(found)];
}

export interface Step {
  key: string;
  done: number;
  of: number;
  overdue?: number;
}

const DELIVERY_MS = 3600_000; // longer it never takes; units that come later are no recipients of a frozen audience

/** To how many it goes, of whom some may not have it yet. `size`: units of the audience now, with those left out. */
export function wholeOf(set: ParticipantSet, counts: SetCounts, size: number, matter: Matter, now: number): number {
  const delivered = counts.delivered ?? 0;
  const fills = set.audience === "standing" || now - Date.parse(matter.opened_at) < DELIVERY_MS;
  return matter.closed_at === null && fills ? Math.max(delivered, size - (counts.left_out ?? 0)) : delivered;
}

/** The times that its form names, and how far off each is; below 0 it has passed. */
export function timesOf(kind: Kind, fields: Record<string, unknown>, now: number): { field: Field; left: number }[] {
  return kind.form
    .filter((field) => field["x-type"] === "datetime" && typeof fields[field.name] === "string")
    .map((field) => ({ field, left: Date.parse(fields[field.name] as string) - now }))
    .filter(({ left }) => !Number.isNaN(left));
}

/** Delivered, seen, and what they entered, each of how many. */
export function stepsOf(counts: SetCounts, asked: { name: string; entry: EntryDef }[], whole?: number): Step[] {
  const delivered = counts.delivered ?? 0;
  const of = whole ?? delivered;
  return [
    { key: "delivered", done: delivered, of },
    { key: "seen", done: counts.seen ?? 0, of },
    ...asked.map(({ name, entry }) => {
      const lines = entry.line ? counts.expectations?.[name] : undefined; // each line of each of them
      if (!lines) return { key: name, done: counts.entered?.[entry.name] ?? 0, of };
      const asked = Object.entries(lines).filter(([outcome]) => outcome !== "superseded" && outcome !== "excused");
      return { key: name, done: lines.met ?? 0, of: asked.reduce((sum, [, count]) => sum + count, 0) };
    }),
  ];
}

export function percent(step: Step): string {
  return step.of === 0 ? "—" : `${((step.done / step.of) * 100).toFixed(1)}%`;
}

/** How many of how many. */
export function shareOf(step: Step): string {
  return `${step.done.toLocaleString("en")}/${step.of.toLocaleString("en")}`;
}
