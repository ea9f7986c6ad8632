// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Kind, Task } from "@/api/types";
import { roundsOf, rowsOf, slotsOf } from "@/pages/sheets/sheets";

function task(id: string, name: string, dwelling: string): Task {
  const unit = { id: "g", code: "g", name: "第一网格", type: "grid" };
  return { matter: `m-${id}`, kind: "home", entry: "check_in", unit, dwelling, subject: { id, name } } as Task;
}
const expects = [
  { entry: "serve_notice", name: "serve_notice", within: { seconds: 60 } },
  {
    entry: "check_in",
    name: "check_in",
    windows: [
      ["06:30", "10:00"],
      ["16:00", "20:30"],
    ],
  },
];
const entry = (name: string, round: boolean): unknown => ({ name, round, form: [], attempts: [] });
const kind = {
  name: "home",
  states: [{ expects }],
  entries: [entry("check_in", true), entry("serve_notice", false), entry("recheck", true)],
} as unknown as Kind;

describe("a round on paper", () => {
  it("has each person once, in the order of the doors, with a line for each day", () => {
    const tasks = [task("3", "演丙", "10-1"), task("1", "演甲", "2-1"), task("1", "演甲", "2-1")];
    const rows = rowsOf(tasks, 20_000, 3);
    expect(rows.map((row) => [row.name, row.dwelling])).toEqual([
      ["演甲", "2-1"],
      ["演丙", "10-1"],
    ]);
    expect(rows[0]!.days).toEqual([20_000, 20_001, 20_002]);
  });
  it("asks in each window of a day, once where there are none", () => {
    expect(slotsOf(kind, "check_in")).toEqual(["06:30–10:00", "16:00–20:30"]);
    expect(slotsOf(kind, "serve_notice")).toEqual([""]);
  });
  it("is of entries for a household that somebody has to make", () => {
    expect(roundsOf([kind], [task("1", "演甲", "")]).map((one) => one.entry.name)).toEqual(["check_in"]);
    expect(roundsOf([kind], [])).toEqual([]);
  });
});
