// SPDX-License-Identifier: GPL-3.0-or-later
// A round on paper: who is to be seen, in the order of the doors, and what is written down of each, as the entry's form
// has it.

import type { EntryDef, Kind, Task } from "@/api/types";
import { byPlace } from "@/pages/today/grouping";

export interface SheetRow {
  key: string;
  unit: string;
  dwelling: string;
  name: string;
  days: number[]; // since 1970, in the playbook's zone
}

/** Each person once, however many to-dos there are about them. */
export function rowsOf(tasks: Task[], first: number, days: number): SheetRow[] {
  const found = new Map<string, SheetRow>();
  for (const task of tasks) {
    const key = task.subject?.id ?? task.matter;
    const name = task.subject?.name ?? task.heading ?? "";
    const all = Array.from({ length: days }, (_, i) => first + i);
    if (!found.has(key)) found.set(key, { key, unit: task.unit.name, dwelling: task.dwelling ?? "", name, days: all });
  }
  return [...found.values()].sort(
    (a, b) => byPlace(a.unit, b.unit) || byPlace(a.dwelling, b.dwelling) || byPlace(a.name, b.name),
  );
}

/** When on a day it is entered: the windows in which it is expected; once, where there are none. */
export function slotsOf(kind: Kind, entry: string): string[] {
  const expects = kind.states.flatMap((state) => state.expects).filter((one) => one.entry === entry);
  const windows = expects.find((one) => one.windows && one.windows.length > 0)?.windows;
  return windows?.map(([from, to]) => `${from}–${to}`) ?? [""];
}

/** What can be asked on paper: entries that are made for a household together, in which somebody has something to do. */
export function roundsOf(kinds: Kind[], tasks: Task[]): { kind: Kind; entry: EntryDef }[] {
  return kinds.flatMap((kind) =>
    kind.entries
      .filter((entry) => entry.round && tasks.some((task) => task.kind === kind.name && task.entry === entry.name))
      .map((entry) => ({ kind, entry })),
  );
}
