// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Counts } from "@/api/types";
import { columnsFor, lateOf, tilesOf } from "@/pages/screen/screen";

function counts(name: string, overdue: number, open: number): Counts {
  const kind = { kind: "home", title: { zh: "观察", en: "Home" }, states: [] };
  const unit = { id: name, code: name, name, type: "district" };
  return { unit, data: [{ ...kind, expected: { open, overdue, due_today: 0 } }] };
}

describe("what a wall shows of the units below", () => {
  it("has the worst first, as many as fit, and says how many are left", () => {
    const below = [counts("甲", 1, 5), counts("乙", 4, 9), counts("丙", 1, 8), counts("丁", 0, 99)];
    const { shown, left } = tilesOf(below, 3);
    expect(shown.map((one) => [one.name, one.share])).toEqual([
      ["乙", 1],
      ["丙", 0.25],
      ["甲", 0.25],
    ]);
    expect(left).toBe(1);
  });
  it("shows no bar where nothing is overdue, and nothing where there is no unit", () => {
    expect(tilesOf([counts("甲", 0, 3)], 16).shown[0]!.share).toBe(0);
    expect(tilesOf([], 16)).toEqual({ shown: [], left: 0 });
    expect([1, 2, 4, 5, 9, 16].map(columnsFor)).toEqual([1, 2, 2, 3, 3, 4]);
  });
});

it("of what is late the longest comes first, and what is not shown is counted", () => {
  const rows = ["03", "01", "02"].map((day) => ({ name: day, due_at: `2020-02-${day}T08:00:00+08:00`, next_at: null }));
  const { shown, left } = lateOf(rows, 2);
  expect(shown.map((row) => row.name)).toEqual(["01", "02"]);
  expect(left).toBe(1);
  expect(lateOf(rows, 3).left).toBe(0);
});
