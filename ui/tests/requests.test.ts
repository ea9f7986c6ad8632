// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Field, Kind, Matter, Playbook, State } from "@/api/types";
import {
  besides,
  columnsOf,
  countOf,
  figuresOf,
  groupsOf,
  madeOf,
  narrowingOf,
  requestKinds,
  shownOf,
  whereOf,
} from "@/base/desk";

const say = (zh: string): { zh: string; en: string } => ({ zh, en: zh });
const expects = (entry: string, role: string, more: object = {}): object => ({
  name: entry,
  entry,
  answers: { role },
  may_meet: [],
  ...more,
});
const state = (name: string, final: boolean, ...asked: object[]): State =>
  ({ name, title: say(name), initial: false, final, expects: asked }) as unknown as State;
const column = (name: string, type: string, list = true): Field =>
  ({ name, "x-type": type, required: false, list }) as Field;
const kind = {
  form: [column("number", "text", false), column("topic", "choice"), column("handler", "unit"), column("due", "date")],
  states: [
    state("received", false, expects("dispatch", "hotline", { may_meet: [{ role: "desk" }] })),
    state("dispatched", false, expects("answer", "desk"), expects("help", "desk", { each: "helpers" })),
    state("returned", false, expects("decide", "judge")),
    state("parked", false),
    state("resolved", true),
    state("excluded", true),
  ],
  entries: ["dispatch", "answer", "help", "decide"].map((name) => ({ name, title: say(`【${name}】`) })),
  indicators: [
    { name: "sent", ratio: false, window: "month", title: say("") },
    { name: "rate", ratio: true, window: "month", title: say("") },
    { name: "in_hand", ratio: false, window: "day", title: say("") },
  ],
} as unknown as Kind;
const names = (groups: { state: string }[]): string[] => groups.map((one) => one.state);

describe("kinds of requests", () => {
  it("are those that are given to a unit and that one sees, as the playbook says", () => {
    const kinds = [{ name: "a" }, { name: "b", handler: "whose" }];
    expect(requestKinds({ kinds } as Playbook).map((one) => one.name)).toEqual(["b"]);
    expect(requestKinds(null)).toEqual([]);
  });
});

describe("groups", () => {
  const open = groupsOf(kind, { received: 2, dispatched: 3 }, new Set(["judge"]), false);
  it("are the states that end nothing, first those in which a role of one's own has to do something", () => {
    expect(names(open)).toEqual(["returned", "received", "dispatched", "parked"]);
    expect(names(groupsOf(kind, null, new Set(["desk"]), false)).slice(0, 2)).toEqual(["received", "dispatched"]);
    expect(names(groupsOf(kind, null, new Set(), true))).toEqual(["resolved", "excluded"]);
  });
  it("say what comes next, but not what is asked of each of several", () => {
    expect(open.find((one) => one.state === "dispatched")!.next.map((one) => one.zh)).toEqual(["【answer】"]);
    expect(open.find((one) => one.state === "parked")!.next).toEqual([]);
  });
  it("have counts where they are known, and a sum only then", () => {
    expect(countOf(open)).toBe(5);
    expect(countOf(groupsOf(kind, null, new Set(), false))).toBeNull();
  });
  it("that hold nothing are no choice, but one's own and the one that is chosen", () => {
    expect(names(shownOf(open, undefined))).toEqual(["returned", "received", "dispatched"]);
    expect(names(shownOf(open, "parked"))).toContain("parked");
    expect(shownOf(groupsOf(kind, null, new Set(), false), undefined)).toHaveLength(4); // who knows?
  });
});

describe("a row", () => {
  const matter = { listed: { handler: { name: "甲镇" }, topic: "heat", number: "1" } } as unknown as Matter;
  it("has the columns of the kind that hold something, in the order of the form", () => {
    expect(columnsOf(kind, matter).map((one) => one.field.name)).toEqual(["topic", "handler"]);
    expect(columnsOf(kind, {} as Matter)).toEqual([]);
  });
  it("says where it is with the two units above", () => {
    const unit = (name: string): { name: string } => ({ name });
    const path = ["市", "区", "镇", "村"].map(unit);
    expect(whereOf({ unit: unit("一网格"), path } as unknown as Matter)).toBe("镇 › 村 › 一网格");
    expect(whereOf({ unit: unit("一网格") } as unknown as Matter)).toBe("一网格");
  });
  it("can be narrowed by codes and units", () => {
    expect(narrowingOf(kind).map((one) => one.name)).toEqual(["topic", "handler"]);
  });
});

it("how often something was entered leaves out attempts and corrections", () => {
  const made = [{ entry: "answer" }, { entry: "answer", attempt: "away" }, { entry: "answer", corrects: 1 }];
  expect(madeOf(kind, [...made, { entry: "dispatch" }, { entry: "dispatch" }])).toMatchObject([
    { name: "dispatch", count: 2 },
    { name: "answer", count: 1 },
  ]);
});

it("what lies beside a row: at the ends nothing, of what is not in the list the first comes next", () => {
  expect(besides(["a", "b", "c"], "b")).toEqual({ before: "a", after: "c" });
  expect(besides(["a", "b", "c"], "a")).toEqual({ before: undefined, after: "b" });
  expect(besides(["a", "b", "c"], "c")).toEqual({ before: "b", after: undefined });
  expect(besides(["a", "b"], "x")).toEqual({ before: undefined, after: "a" });
  expect(besides([], "x")).toEqual({ before: undefined, after: undefined });
});

it("figures are rates and what there is now, never a sum of them", () => {
  expect(figuresOf(kind)).toEqual(["rate", "in_hand"]);
  expect(figuresOf({} as Kind)).toEqual([]);
});
