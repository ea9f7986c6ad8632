// SPDX-License-Identifier: GPL-3.0-or-later
// To-dos as one walks: what a household has to do together is one row, in the order of the houses.

import type { Task } from "@/api/types";

export interface House {
  key: string;
  unit: string; // of the place
  dwelling: string;
  tasks: Task[];
  entry: string; // the same for all of them
  entryTitle: Task["entry_title"];
  kindTitle: Task["title"];
  opensAt: string;
  dueAt: string;
  overdue: boolean;
  escalated: number;
  round: boolean; // more than one, or one that a round may take
}

export interface Blocks {
  overdue: House[];
  now: House[];
  later: House[];
}

function keyOf(task: Task): string {
  return `${task.household ?? task.matter}|${task.kind}|${task.entry}|${task.opens_at}`;
}

/** Numbers in a name count as numbers: 2号楼 before 10号楼. */
export function byPlace(a: string, b: string): number {
  return a.localeCompare(b, "zh-CN", { numeric: true });
}

export function housesOf(tasks: Task[]): House[] {
  const houses = new Map<string, House>();
  for (const task of tasks) {
    const key = keyOf(task);
    const house = houses.get(key);
    if (house) {
      house.tasks.push(task);
      if (task.due_at < house.dueAt) house.dueAt = task.due_at;
      house.overdue = house.overdue || task.overdue;
      house.escalated = Math.max(house.escalated, task.escalated);
      continue;
    }
    houses.set(key, {
      key,
      unit: task.unit.name,
      dwelling: task.dwelling ?? "",
      tasks: [task],
      entry: task.entry,
      entryTitle: task.entry_title,
      kindTitle: task.title,
      opensAt: task.opens_at,
      dueAt: task.due_at,
      overdue: task.overdue,
      escalated: task.escalated,
      round: !!task.household,
    });
  }
  return [...houses.values()];
}

export function blocksOf(houses: House[], nowMs: number): Blocks {
  const place = (a: House, b: House): number => byPlace(a.unit, b.unit) || byPlace(a.dwelling, b.dwelling);
  const due = (a: House, b: House): number => Date.parse(a.dueAt) - Date.parse(b.dueAt);
  const isLate = (house: House): boolean => house.overdue || Date.parse(house.dueAt) < nowMs;
  const opens = (house: House): boolean => Date.parse(house.opensAt) > nowMs;
  return {
    overdue: houses.filter(isLate).sort((a, b) => due(a, b) || place(a, b)),
    now: houses.filter((house) => !isLate(house) && !opens(house)).sort(place),
    later: houses
      .filter((house) => !isLate(house) && opens(house))
      .sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt) || place(a, b)),
  };
}
