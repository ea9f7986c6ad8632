// SPDX-License-Identifier: GPL-3.0-or-later
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Task } from "@/api/types";
import { blocksOf, byPlace, housesOf } from "@/pages/today/grouping";

const now = Date.parse("2020-02-03T20:00:00+08:00");

function task(given: Partial<Task>): Task {
  return {
    matter: "m",
    number: 1,
    kind: "home_observation",
    title: { zh: "居家医学观察", en: "Home observation" },
    entry: "check_in",
    entry_title: { zh: "体温登记", en: "Check-in" },
    state: "observing",
    unit: { id: "1", code: "1", name: "3号楼", type: "building" },
    opens_at: "2020-02-03T16:00:00+08:00",
    due_at: "2020-02-03T20:30:00+08:00",
    overdue: false,
    escalated: 0,
    subject: { id: "p1", name: "演小安" },
    post: "o1",
    ...given,
  };
}

describe("to-dos as one walks", () => {
  it("puts a household's members into one row, and others apart", () => {
    const houses = housesOf([
      task({ matter: "a", household: "h1", dwelling: "2单元301" }),
      task({ matter: "b", household: "h1", dwelling: "2单元301", escalated: 2 }),
      task({ matter: "c", household: "h2" }),
      task({ matter: "d", household: null }),
      task({ matter: "e", household: "h1", entry: "serve_notice" }),
    ]);
    expect(houses.map((house) => house.tasks.map((one) => one.matter))).toEqual([["a", "b"], ["c"], ["d"], ["e"]]);
    expect(houses[0]).toMatchObject({ dwelling: "2单元301", escalated: 2, round: true });
    expect(houses[2]!.round).toBe(false);
  });
  it("pins what is overdue, then what may be done, then what opens later", () => {
    const blocks = blocksOf(
      housesOf([
        task({ matter: "later", opens_at: "2020-02-04T06:30:00+08:00", due_at: "2020-02-04T10:00:00+08:00" }),
        task({ matter: "ten", unit: { id: "2", code: null, name: "10号楼", type: "building" } }),
        task({ matter: "two", unit: { id: "3", code: null, name: "2号楼", type: "building" } }),
        task({ matter: "late", overdue: true, due_at: "2020-02-03T10:00:00+08:00" }),
        task({ matter: "just-late", due_at: "2020-02-03T19:59:00+08:00" }),
      ]),
      now,
    );
    const ids = (houses: typeof blocks.now): string[] => houses.map((house) => house.tasks[0]!.matter);
    expect(ids(blocks.overdue)).toEqual(["late", "just-late"]);
    expect(ids(blocks.now)).toEqual(["two", "ten"]);
    expect(ids(blocks.later)).toEqual(["later"]);
  });
  it("loses no task, whatever there is", () => {
    const any = fc.record({
      matter: fc.uuid(),
      household: fc.option(fc.constantFrom("h1", "h2"), { nil: null }),
      overdue: fc.boolean(),
      entry: fc.constantFrom("check_in", "recheck"),
      due_at: fc.constantFrom("2020-02-03T10:00:00+08:00", "2020-02-03T20:30:00+08:00", "2020-02-04T10:00:00+08:00"),
      opens_at: fc.constantFrom("2020-02-03T08:00:00+08:00", "2020-02-04T06:30:00+08:00"),
    });
    fc.assert(
      fc.property(fc.array(any), (given) => {
        const blocks = blocksOf(housesOf(given.map(task)), now);
        const shown = [...blocks.overdue, ...blocks.now, ...blocks.later].flatMap((house) => house.tasks);
        expect(shown.map((one) => one.matter).sort()).toEqual(given.map((one) => one.matter).sort());
      }),
    );
  });
  it("counts numbers in names as numbers", () => {
    expect(["10号楼", "2号楼", "1号楼"].sort(byPlace)).toEqual(["1号楼", "2号楼", "10号楼"]);
  });
});
