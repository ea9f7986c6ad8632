// SPDX-License-Identifier: GPL-3.0-or-later
// Kinds that go to all units of some types under a place, as the playbook states them; no kind is known by its name.

import type { EntryDef, Kind, Matter, ParticipantSet } from "@/api/types";

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

/** What is expected of each of them, in the order of the states. */
export function askedOf(kind: Kind, set: ParticipantSet): { name: string; entry: EntryDef }[] {
  const found = new Map<string, { name: string; entry: EntryDef }>();
  for (const state of kind.states)
    for (const expect of state.expects) {
      const entry = kind.entries.find((one) => one.name === expect.entry);
      if (expect.each === set.name && entry?.as === set.name && !found.has(expect.name))
        found.set(expect.name, { name: expect.name, entry });
    }
  return [...found.values()];
}

export interface Step {
  key: string;
  done: number;
  of: number;
  overdue?: number;
}

/** Delivered, seen, and what they entered, each of how many. */
export function stepsOf(counts: SetCounts, asked: { name: string; entry: EntryDef }[]): Step[] {
  const of = counts.delivered ?? 0;
  return [
    { key: "delivered", done: of, of },
    { key: "seen", done: counts.seen ?? 0, of },
    ...asked.map(({ name, entry }) => ({ key: name, done: counts.entered?.[entry.name] ?? 0, of })),
  ];
}

export function percent(step: Step): string {
  return step.of === 0 ? "—" : `${((step.done / step.of) * 100).toFixed(1)} %`;
}
