// SPDX-License-Identifier: GPL-3.0-or-later
// At how many matters units are wanted now, before another one summons them: by the playbook's indicators as far as one
// is told them, and by the open matters that one sees. So many requests and no more, each once.

import { reactive, shallowRef } from "vue";
import { call, Problem, query } from "@/api/client";
import type { Figures, Kind, Matter, Page, Summoned, UnitRef } from "@/api/types";
import { codeOf } from "./place";
import { toldOf, type Told } from "./figures";

const MOST_UNITS = 12; // that are asked for at once
const MOST_MATTERS = 200;

export type Counted = Told | { sort: "unseen" | "failed" };

export interface Place {
  matter: Matter;
  one: Summoned;
}

export interface Loads {
  ask: (units: UnitRef[]) => Promise<void>;
  countOf: (unit: string, indicator: string) => Counted | undefined; // undefined: not asked
  placesOf: (unit: string) => Place[] | null | undefined; // null: not read
  partly: () => number; // so many were looked at of more; 0: all were
}

/** Where a unit is still called to: the matter takes what it owes, and it was not let off. */
export function placesIn(kind: Kind, matters: Matter[], unit: string): Place[] {
  const entry = kind.entries.find((one) => one.name === kind.summons?.entry);
  const takes = (state: string): boolean => !entry || entry.in.length === 0 || entry.in.includes(state);
  return matters
    .filter((matter) => takes(matter.state))
    .flatMap((matter) =>
      (matter.summoned ?? [])
        .filter((one) => one.unit.id === unit && one.left_at === null)
        .map((one) => ({ matter, one })),
    );
}

async function read(indicator: string, unit: UnitRef): Promise<Counted> {
  try {
    return toldOf(await call<Figures>(`/indicators/${indicator}${query({ unit: codeOf(unit) })}`));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { sort: error.status === 404 || error.status === 403 ? "unseen" : "failed" };
  }
}

export function useLoads(kind: () => Kind | null): Loads {
  const counts = reactive(new Map<string, Counted>());
  const seen = shallowRef<Page<Matter> | null>();

  async function readSeen(name: string): Promise<void> {
    if (seen.value) return;
    const asked = { kind: name, open: "true", limit: String(MOST_MATTERS) };
    seen.value = await call<Page<Matter>>(`/matters${query(asked)}`).catch(() => null);
  }
  async function ask(units: UnitRef[]): Promise<void> {
    const summons = kind()?.summons;
    if (!summons) return;
    void readSeen(kind()!.name);
    for (const unit of units.slice(0, MOST_UNITS))
      for (const name of summons.counted) {
        const key = `${unit.id} ${name}`;
        if (!counts.has(key)) counts.set(key, await read(name, unit)); // one after the other: it is counted on the server
      }
  }
  return {
    ask,
    countOf: (unit, indicator) => counts.get(`${unit} ${indicator}`),
    placesOf: (unit) => (seen.value ? placesIn(kind()!, seen.value.data, unit) : seen.value),
    partly: () => (seen.value?.next ? seen.value.data.length : 0),
  };
}
