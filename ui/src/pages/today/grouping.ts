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
  round: boolean; // entered for a household together
}

/** What there is to do, in households, people, and things about nobody. */
export interface Figures {
  households: number;
  people: number;
  others: number;
}

export interface Blocks {
  overdue: House[];
  now: House[];
  later: House[];
}

const SECOND_MS = 1000; // the server's time comes in whole seconds: what opens in this one has opened

/** An entry by its kind. */
export function entryKey(kind: string, entry: string): string {
  return `${kind}/${entry}`;
}

function isRound(task: Task, rounds: ReadonlySet<string>): boolean {
  return !!task.household && rounds.has(entryKey(task.kind, task.entry));
}

function keyOf(task: Task, round: boolean): string {
  return round ? `${task.household}|${task.kind}|${task.entry}|${task.opens_at}` : `${task.matter}|${task.number}`;
}

/** Numbers in a name count as numbers: 2号楼 before 10号楼. */
export function byPlace(a: string, b: string): number {
  return a.localeCompare(b, "zh-CN", { numeric: true });
}

/** The members of a household always in one order. */
function byMember(a: Task, b: Task): number {
  const name = (task: Task): string => task.subject?.name ?? "";
  return byPlace(a.dwelling ?? "", b.dwelling ?? "") || byPlace(name(a), name(b)) || (a.matter < b.matter ? -1 : 1);
}

/** `rounds` are the entries, by entryKey(), that are made for a household together. */
export function housesOf(tasks: Task[], rounds: ReadonlySet<string>): House[] {
  const houses = new Map<string, House>();
  for (const task of tasks) {
    const round = isRound(task, rounds);
    const key = keyOf(task, round);
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
      round,
    });
  }
  for (const house of houses.values()) house.tasks.sort(byMember);
  return [...houses.values()];
}

/** A door is a household; where none is named, what the server calls one. */
function doorOf(task: Task): string {
  return task.dwelling ? `${task.unit.id}|${task.dwelling}` : (task.household ?? task.subject!.id);
}

export function figuresOf(houses: House[]): Figures {
  const tasks = houses.flatMap((house) => house.tasks);
  const about = tasks.filter((task) => task.subject);
  return {
    households: new Set(about.map(doorOf)).size,
    people: new Set(about.map((task) => task.subject!.id)).size,
    others: tasks.length - about.length,
  };
}

/**
 * Late is what the server calls late, since it knows of standstills. Only of what has fallen due since it was asked, at
 * `askedMs`, it has not yet said anything: there the clock speaks.
 */
export function blocksOf(houses: House[], nowMs: number, askedMs: number): Blocks {
  const place = (a: House, b: House): number => byPlace(a.unit, b.unit) || byPlace(a.dwelling, b.dwelling);
  const due = (a: House, b: House): number => Date.parse(a.dueAt) - Date.parse(b.dueAt);
  const clock = Math.max(nowMs, askedMs);
  const isLate = (house: House): boolean => {
    const dueMs = Date.parse(house.dueAt);
    return house.overdue || (dueMs < clock && dueMs >= askedMs);
  };
  const opens = (house: House): boolean => Date.parse(house.opensAt) > clock + SECOND_MS;
  const shown = houses.map((house) => ({ ...house, overdue: isLate(house) }));
  return {
    overdue: shown.filter((house) => house.overdue).sort((a, b) => due(a, b) || place(a, b)),
    now: shown.filter((house) => !house.overdue && !opens(house)).sort((a, b) => due(a, b) || place(a, b)),
    later: shown
      .filter((house) => !house.overdue && opens(house))
      .sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt) || place(a, b)),
  };
}
