// SPDX-License-Identifier: GPL-3.0-or-later
// Kinds whose matters have a desk, and how their open ones fall into groups by state; no kind is known by its name.

import type { Field, Kind, Matter, Playbook, PlaybookKind, State, Words } from "@/api/types";

/** Those that are given to units, and whose matters one sees. */
export function requestKinds(playbook: Playbook | null): PlaybookKind[] {
  return (playbook?.kinds ?? []).filter((kind) => kind.handler !== undefined);
}

/** Those by which units are summoned, and whose matters one sees. */
export function summonsKinds(playbook: Playbook | null): PlaybookKind[] {
  return (playbook?.kinds ?? []).filter((kind) => kind.summons !== undefined);
}

/** The desk of a kind; null: it has none. */
export function deskOf(playbook: Playbook | null, kind: string): string | null {
  if (summonsKinds(playbook).some((one) => one.name === kind)) return "/desk/whistles";
  return requestKinds(playbook).some((one) => one.name === kind) ? "/desk/requests" : null;
}

export interface Group {
  state: string;
  title: Words;
  next: Words[]; // what is expected in it
  mine: boolean; // by a role that one has
  count: number | null; // null: not known
}

function nextOf(kind: Kind, state: State): Words[] {
  const names = new Set(state.expects.filter((one) => !one.optional && !one.each).map((one) => one.entry));
  return kind.entries.filter((entry) => names.has(entry.name)).map((entry) => entry.title);
}

function isMine(state: State, roles: Set<string>): boolean {
  return state.expects.some((one) => [one.answers, ...one.may_meet].some((by) => by.role && roles.has(by.role)));
}

/** The states that do not end a matter, or those that do; of the open ones first what one's own roles have to do. */
export function groupsOf(
  kind: Kind,
  counts: Record<string, number> | null,
  roles: Set<string>,
  closed: boolean,
): Group[] {
  const groups = kind.states
    .filter((state) => state.final === closed)
    .map((state) => ({
      state: state.name,
      title: state.title,
      next: nextOf(kind, state),
      mine: isMine(state, roles),
      count: counts ? (counts[state.name] ?? 0) : null,
    }));
  return [...groups.filter((one) => one.mine), ...groups.filter((one) => !one.mine)];
}

export function countOf(groups: Group[]): number | null {
  return groups.every((one) => one.count !== null) ? groups.reduce((sum, one) => sum + (one.count ?? 0), 0) : null;
}

/** Of many states those that hold nothing are no choice, but what one has to do and what is chosen. */
export function shownOf(groups: Group[], chosen: string | undefined): Group[] {
  return groups.filter((one) => one.mine || one.count !== 0 || one.state === chosen);
}

/** The columns that a row has, in the order of the form. */
export function columnsOf(kind: Kind, matter: Matter): { field: Field; value: unknown }[] {
  return kind.form
    .filter((field) => field.list && matter.listed?.[field.name] !== undefined && matter.listed[field.name] !== null)
    .map((field) => ({ field, value: matter.listed![field.name] }));
}

/** Fields by whose code a list is narrowed. */
export function narrowingOf(kind: Kind): Field[] {
  return kind.form.filter((field) => field.list && ["choice", "unit"].includes(field["x-type"]));
}

/** How often each entry was made, those that were made at all, as the playbook lists them. */
export function madeOf(
  kind: Kind,
  entries: { entry: string; attempt?: string; corrects?: number }[],
): { name: string; title: Words; count: number }[] {
  return kind.entries.flatMap((one) => {
    const count = entries.filter(
      (made) => made.entry === one.name && !made.attempt && made.corrects === undefined,
    ).length;
    return count > 0 ? [{ name: one.name, title: one.title, count }] : [];
  });
}

/** The ids beside one in a list; of one that is not in it, the first comes next. */
export function besides(ids: string[], id: string): { before: string | undefined; after: string | undefined } {
  const at = ids.indexOf(id);
  return { before: at > 0 ? ids[at - 1] : undefined, after: ids.filter((one) => one !== id)[Math.max(at, 0)] };
}

/** Rates and what there is now; what is only counted stands with its clause. */
export function figuresOf(kind: Kind): string[] {
  return (kind.indicators ?? []).filter((one) => one.ratio || one.window === "day").map((one) => one.name);
}

/** Where it is, with the two units above, by which places of one name are told apart. */
export function whereOf(matter: Pick<Matter, "unit" | "path">): string {
  return [...(matter.path ?? []).slice(-2), matter.unit].map((one) => one.name).join(" › ");
}
