// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a place, added up over kinds.

import type { Counts } from "@/api/types";

export type Measure = "overdue" | "open" | "due_today" | "running";

export const measures: { name: Measure; word: string }[] = [
  { name: "overdue", word: "overview.overdue" },
  { name: "open", word: "overview.open" },
  { name: "due_today", word: "overview.dueToday" },
  { name: "running", word: "overview.running" },
];

export interface Figures {
  open: number;
  overdue: number;
  due_today: number;
  running: number;
}

export function figuresOf(counts: Counts, kind: string): Figures {
  const sum: Figures = { open: 0, overdue: 0, due_today: 0, running: 0 };
  for (const row of counts.data) {
    if (kind !== "" && row.kind !== kind) continue;
    sum.open += row.expected.open;
    sum.overdue += row.expected.overdue;
    sum.due_today += row.expected.due_today;
    for (const state of row.states) if (state.open) sum.running += state.count;
  }
  return sum;
}

export function isBusy(figures: Figures): boolean {
  return Object.values(figures).some((value) => value > 0);
}

const HEAT_CLASSES = 5;

/** One of five classes by share of the largest; 0 has none. Where all are small, each number has a class of its own. */
export function heatOf(value: number, largest: number): number {
  const share = value / Math.max(largest, HEAT_CLASSES);
  return value === 0 ? 0 : Math.min(HEAT_CLASSES, Math.ceil(share * HEAT_CLASSES));
}
