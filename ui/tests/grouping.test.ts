// SPDX-License-Identifier: GPL-3.0-or-later
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Task } from "@/api/types";
import { blocksOf, byPlace, figuresOf, housesOf } from "@/pages/today/grouping";

const now = Date.parse("2020-02-03T20:00:00+08:00");
const asked = now - 30 * 60_000;
const rounds = new Set(["home_observation/check_in"]);

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
    const houses = housesOf(
      [
        task({ matter: "a", household: "h1", dwelling: "2单元301" }),
        task({ matter: "b", household: "h1", dwelling: "2单元301", escalated: 2 }),
        task({ matter: "c", household: "h2" }),
        task({ matter: "d", household: null }),
        task({ matter: "e", household: "h1", entry: "serve_notice" }),
      ],
      rounds,
    );
    expect(houses.map((house) => house.tasks.map((one) => one.matter))).toEqual([["a", "b"], ["c"], ["d"], ["e"]]);
    expect(houses[0]).toMatchObject({ dwelling: "2单元301", escalated: 2, round: true });
    expect(houses[2]!.round).toBe(false);
  });
  it("has the members of a household in one order, whatever is due first", () => {
    const all = [
      task({ matter: "c", household: "h1", dwelling: "301", subject: { id: "p3", name: "演乙" } }),
      task({ matter: "b", household: "h1", dwelling: "301", subject: { id: "p2", name: "演甲" } }),
      task({ matter: "a", household: "h1", dwelling: "301", subject: { id: "p1", name: "演甲" } }),
      task({ matter: "d", household: "h1", dwelling: "201", subject: { id: "p4", name: "演丙" } }),
    ];
    const order = (tasks: Task[]): string[] => housesOf(tasks, rounds)[0]!.tasks.map((one) => one.matter);
    expect(order(all)).toEqual(order([...all].reverse()));
    expect(order(all)[0]).toBe("d");
    expect(order(all).indexOf("a")).toBe(order(all).indexOf("b") - 1);
  });
  it("has what may be done now by when it is due, then as one walks", () => {
    const at = (matter: string, minute: number, name: string): Task =>
      task({
        matter,
        due_at: `2020-02-03T20:${minute}:00+08:00`,
        unit: { id: name, code: name, name, type: "building" },
      });
    const houses = housesOf([at("a", 50, "1号楼"), at("b", 40, "9号楼"), at("c", 40, "2号楼")], rounds);
    expect(blocksOf(houses, now, asked).now.map((house) => house.tasks[0]!.matter)).toEqual(["c", "b", "a"]);
  });
  it("leads to a round only what is entered for a household together", () => {
    const houses = housesOf(
      ["check_in", "recheck"].flatMap((entry) =>
        ["a", "b"].map((matter) => task({ matter, household: "h1", entry, number: 7 })),
      ),
      rounds,
    );
    expect(houses.map((house) => [house.entry, house.round, house.tasks.length])).toEqual([
      ["check_in", true, 2],
      ["recheck", false, 1],
      ["recheck", false, 1],
    ]);
  });
  it("counts households and people, not what is to be done about them", () => {
    const a = { id: "a", name: "演甲" };
    const b = { id: "b", name: "演乙" };
    const houses = housesOf(
      [
        task({ matter: "1", household: "h1", subject: a }),
        task({ matter: "2", household: "h1", subject: b }),
        task({ matter: "1", household: "h1", subject: a, entry: "serve_notice", number: 2 }),
        task({ matter: "3", household: null, subject: { id: "c", name: "演丙" } }),
        task({ matter: "4", household: null, subject: null, kind: "daily_report", entry: "report" }),
      ],
      rounds,
    );
    expect(figuresOf(houses)).toEqual({ households: 2, people: 3, others: 1 });
    const door = { dwelling: "2单元501", subject: a };
    const one = [task({ matter: "1", household: "h1", ...door }), task({ matter: "5", household: null, ...door })];
    expect(figuresOf(housesOf(one, rounds)).households).toBe(1);
  });
  it("calls late what the server calls late, and what has fallen due since it was asked", () => {
    const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
    const late = (given: Partial<Task>): boolean =>
      blocksOf(housesOf([task({ opens_at: at(-600), ...given })], rounds), now, asked).overdue.length === 1;
    expect(late({ due_at: at(60), overdue: true })).toBe(true);
    expect(late({ due_at: at(-31) })).toBe(false); // due before it was asked, and it did not call it late
    expect(late({ due_at: at(-29) })).toBe(true);
    expect(late({ due_at: at(1) })).toBe(false);
  });
  it("has opened what opens in the second in which it was read", () => {
    const opens = (ms: number): string => new Date(now + 60_000 + ms).toISOString();
    const soon = { household: null, due_at: "2020-02-03T20:45:00+08:00" };
    const houses = housesOf(
      [task({ matter: "a", opens_at: opens(900), ...soon }), task({ matter: "b", opens_at: opens(60_000), ...soon })],
      rounds,
    );
    const blocks = blocksOf(houses, now, now + 60_000); // the page's clock had not ticked
    expect([blocks.now.length, blocks.later.length]).toEqual([1, 1]);
  });
  it("pins what is overdue, then what may be done, then what opens later", () => {
    const blocks = blocksOf(
      housesOf(
        [
          task({ matter: "later", opens_at: "2020-02-04T06:30:00+08:00", due_at: "2020-02-04T10:00:00+08:00" }),
          task({ matter: "ten", unit: { id: "2", code: null, name: "10号楼", type: "building" } }),
          task({ matter: "two", unit: { id: "3", code: null, name: "2号楼", type: "building" } }),
          task({ matter: "late", overdue: true, due_at: "2020-02-03T10:00:00+08:00" }),
          task({ matter: "just-late", due_at: "2020-02-03T19:59:00+08:00" }),
        ],
        rounds,
      ),
      now,
      asked,
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
        const blocks = blocksOf(housesOf(given.map(task), rounds), now, asked);
        const shown = [...blocks.overdue, ...blocks.now, ...blocks.later].flatMap((house) => house.tasks);
        expect(shown.map((one) => one.matter).sort()).toEqual(given.map((one) => one.matter).sort());
      }),
    );
  });
  it("counts numbers in names as numbers", () => {
    expect(["10号楼", "2号楼", "1号楼"].sort(byPlace)).toEqual(["1号楼", "2号楼", "10号楼"]);
  });
});
