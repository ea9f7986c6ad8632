// SPDX-License-Identifier: GPL-3.0-or-later
// What the phone's pages read: from what is kept where there is something, from the server else.

import { call, callAll, query } from "@/api/client";
import type { Entry, Matter, Page, Task } from "@/api/types";
import { phone, rows } from "./phone";

export function keptTasks(): Task[] {
  return [...rows.value.values()]
    .flatMap((row) => row.tasks)
    .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at));
}

export function matterOf(id: string, signal?: AbortSignal): Promise<Matter> {
  const row = phone.open ? rows.value.get(id) : undefined;
  return row ? Promise.resolve(row.matter) : call<Matter>(`/matters/${id}`, signal ? { signal } : {});
}

/** The newest ones at least, and the one of that number, if it is given. */
export async function entriesOf(id: string, number: number | null = null): Promise<Entry[]> {
  const row = phone.open ? rows.value.get(id) : undefined;
  if (row && (number === null || row.entries.some((one) => one.number === number))) return row.entries;
  return (await call<Page<Entry>>(`/matters/${id}/entries${query({ limit: "200" })}`)).data;
}

const dwellings = new Map<string, string>(); // by matter, as the to-do list that was last read names them

export async function allTasks(most: number, signal: AbortSignal): Promise<{ rows: Task[]; whole: boolean }> {
  const tasks = await callAll<Task>("/tasks?limit=200", most, signal);
  dwellings.clear();
  for (const task of tasks.rows) if (task.dwelling) dwellings.set(task.matter, task.dwelling);
  return tasks;
}

/** The door, where a to-do names it; "" not known. */
export function dwellingOf(matter: string): string {
  const kept = phone.open ? rows.value.get(matter)?.tasks.find((task) => task.dwelling)?.dwelling : undefined;
  return kept ?? dwellings.get(matter) ?? "";
}
