// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Entry, Expectation, Kind, Matter, Playbook, Summoned } from "@/api/types";
import { deskOf, summonsKinds } from "@/base/desk";
import { meeting } from "@/base/expected";
import { placesIn, useLoads } from "@/base/loads";
import { serve } from "./server";
import {
  begunAt,
  cameOf,
  lateOf,
  offersOf,
  ratingOf,
  ratingsOf,
  reporterOf,
  summonedOf,
  trackOf,
  tracksOf,
} from "@/pages/whistles/tracks";

const say = (zh: string): { zh: string; en: string } => ({ zh, en: zh });
const at = (minute: number): string => `2020-02-03T08:${String(minute).padStart(2, "0")}:00+08:00`;
const entryDef = (name: string, more: object = {}): object => ({
  ...{ name, title: say(name), in: [], attempts: [], form: [], round: false, by: [] },
  ...more,
});
const kind = {
  summons: { set: "called", entry: "come", present: "there", leaves: ["go"], counted: ["load"] },
  form: [],
  states: [
    { name: "out", expects: [{ name: "come", entry: "come", each: "called" }] },
    {
      name: "after",
      expects: [
        { name: "judge", entry: "judge", each: "called", both_ways: "judge_back" },
        { name: "judge_back", entry: "judge_back", each: "called" },
        { name: "report", entry: "report" },
      ],
    },
  ],
  entries: [
    entryDef("come", {
      ...{ as: "called", in: ["out"], attempts: [{ code: "way", label: say("在途") }] },
      form: [
        { name: "words", "x-type": "text" },
        { name: "when", "x-type": "datetime" },
      ],
    }),
    entryDef("judge", { of: "called" }),
    entryDef("judge_back", { as: "called" }),
    entryDef("report"),
    entryDef("let_off", { of: "called" }),
    entryDef("go", { as: "called" }),
    entryDef("confirm_come", { of: "called", confirms: "come" }),
    entryDef("decline_come", { of: "called", declines: "come" }),
  ],
} as unknown as Kind;

const owed = (entry: string, minute: number, overdue = false): object => ({
  ...{ name: entry, entry, entry_title: say(entry), opens_at: at(0), due_at: at(minute), overdue },
});
const unit = (more: object = {}): Summoned =>
  ({
    ...{ number: 1, unit: { id: "7", name: "甲局" }, state: "called", joined_at: at(0), left_at: null },
    ...{ entered: {}, expectations: {}, owed: [owed("come", 30)] },
    ...more,
  }) as unknown as Summoned;

describe("a summoned unit", () => {
  it("is called, and then on the way with the time that it named", () => {
    expect(trackOf(kind, unit())).toMatchObject({ calledAt: at(0), arrivedAt: null, attempt: null, waits: false });
    const way = { attempt: "way", title: say("在途"), at: at(3), fields: { words: "x", when: at(20) } };
    expect(trackOf(kind, unit({ attempt: way })).attempt).toMatchObject({ at: at(3), expectedAt: at(20) });
  });
  it("has come and waits: the confirmation is due, not what it has done; it has not been counted yet", () => {
    const waiting = unit({ entered: { come: at(9) }, owed: [owed("come", 30), owed("confirm_come", 19)] });
    const track = trackOf(kind, waiting);
    expect(track).toMatchObject({ arrivedAt: at(9), waits: true, confirmedAt: null });
    expect(track.owed.map((one) => one.entry)).toEqual(["confirm_come"]);
    expect(cameOf([track])).toEqual({ n: 0, of: 1 });
  });
  it("whose report was declined has not come", () => {
    const declined = unit({ entered: { come: at(9), decline_come: at(10) } });
    expect(trackOf(kind, declined)).toMatchObject({ arrivedAt: null, waits: false });
  });
  it("is there once it is confirmed, and gone by one of the entries that say so", () => {
    const entered = { come: at(9), confirm_come: at(11), go: at(50) };
    const track = trackOf(kind, unit({ entered, state: "there", owed: [] }));
    expect(track).toMatchObject({ isPresent: true, confirmedAt: at(11), goneAt: at(50) });
  });
  it("that was let off stands last and counts no more", () => {
    const tracks = tracksOf(kind, [unit({ left_at: at(12), owed: [] }), unit({ number: 2 })]);
    expect(tracks.map((one) => one.number)).toEqual([2, 1]);
    expect(cameOf(tracks)).toEqual({ n: 0, of: 1 });
  });
  it("is late as often as it owes something overdue", () => {
    const late = trackOf(kind, unit({ owed: [owed("come", 1, true), owed("judge", 2, true), owed("x", 3)] }));
    expect(lateOf([late])).toBe(2);
  });
});

const entry = (name: string, minute: number, more: object = {}): Entry =>
  ({ ...{ number: minute, entry: name, at: at(minute), participant: 1, title: say(name) }, ...more }) as Entry;
const matter = {
  opened_at: at(0),
  participants: [
    { number: 1, set: "called", unit: { id: "7", name: "甲局" }, joined_at: at(0), left_at: null },
    { number: 2, set: "others", unit: { id: "8", name: "乙局" }, joined_at: at(0), left_at: null },
  ],
} as unknown as Matter;
const expectation = (name: string, outcome: string): Expectation =>
  ({ name, outcome, participant: 1, opens_at: at(0), due_at: at(30), overdue: false }) as unknown as Expectation;

describe("a matter that is open", () => {
  it("says of each unit of the set what a row of the list would say", () => {
    const entries = [
      entry("come", 2, { attempt: "way", fields: { when: at(20) } }),
      entry("come", 8, { second: "declined" }),
      entry("come", 9, { second: "waits", post: { person: { name: "演某" } } }),
    ];
    const open = [expectation("come", "open"), expectation("second_come", "open"), expectation("judge", "met")];
    const all = summonedOf(kind, matter, entries, open);
    expect(all.map((one) => one.unit.name)).toEqual(["甲局"]);
    expect(all[0]!.owed.map((one) => one.entry)).toEqual(["come", "confirm_come"]);
    expect(trackOf(kind, all[0]!)).toMatchObject({ arrivedAt: at(9), waits: true });
    expect(all[0]!.attempt).toMatchObject({ title: say("在途"), at: at(2) });
    expect(reporterOf(kind, entries, 1)).toBe("演某");
    expect(reporterOf(kind, entries, 2)).toBe("");
  });
  it("that was proposed first counts from when it was taken on", () => {
    expect(begunAt(matter, [])).toBe(at(0));
    expect(begunAt(matter, [entry("confirm", 7)])).toBe(at(7));
  });
  it("names of an expectation what meets it, also of a second person", () => {
    expect(meeting(kind, "second_come")?.name).toBe("confirm_come");
    expect(meeting(kind, "judge")?.name).toBe("judge");
    expect(meeting(kind, "unknown")).toBeUndefined();
  });
});

describe("entries about a unit", () => {
  const about = kind.entries.filter((one) => one.of === "called");
  const names = (one: Summoned): string[] => offersOf(kind, about, trackOf(kind, one)).map((it) => it.name);
  it("are offered where they are expected, others always, and none of who was let off", () => {
    expect(names(unit())).toEqual(["let_off"]);
    expect(names(unit({ owed: [owed("judge", 9)] }))).toEqual(["judge", "let_off"]);
    const waiting = { entered: { come: at(9) }, owed: [owed("come", 30), owed("confirm_come", 19)] };
    expect(names(unit(waiting))).toEqual(["confirm_come", "let_off", "decline_come"]);
    expect(names(unit({ left_at: at(3) }))).toEqual([]);
  });
});

describe("ratings", () => {
  const judge = kind.entries.find((one) => one.name === "judge")!;
  const rating = (one: Summoned, entries: Entry[], expectations: Expectation[]): string =>
    ratingOf(kind, judge, trackOf(kind, one), entries, expectations).sort;
  it("are what is asked of each besides that it comes", () => {
    expect(ratingsOf(kind).map((one) => one.name)).toEqual(["judge", "judge_back"]);
  });
  it("are said, owed, sealed, missed or not asked", () => {
    expect(rating(unit(), [entry("judge", 40)], [])).toBe("said");
    expect(rating(unit({ owed: [owed("judge", 50)] }), [], [])).toBe("owed");
    expect(rating(unit(), [], [expectation("judge", "met")])).toBe("sealed"); // made, and not shown
    expect(rating(unit(), [], [expectation("judge", "missed")])).toBe("missed");
    expect(rating(unit(), [], [expectation("judge", "withdrawn")])).toBe("off");
    expect(rating(unit(), [entry("judge", 40, { corrected: 41 })], [])).toBe("none");
  });
});

describe("before somebody is summoned", () => {
  const row = (state: string, ...those: Summoned[]): Matter => ({ state, summoned: those }) as unknown as Matter;
  it("figures are asked for once each, of so many units and no more, and what is not told is said", async () => {
    const asked: string[] = [];
    serve((url) => {
      asked.push(url);
      if (url.includes("/matters?")) return Response.json({ data: [], next: null });
      if (url.includes("unit=u1")) return Response.json({ title: "not_found", detail: "" }, { status: 404 });
      if (url.includes("unit=u2")) return Response.json({ title: "too_many_items", detail: "" }, { status: 400 });
      return Response.json({ ratio: false, data: [{ from: "d", to: "d", top: 3 }] });
    });
    const loads = useLoads(() => kind);
    const units = [...Array(20).keys()].map((n) => ({ id: `${n}`, code: `u${n}`, name: "", type: "x" }));
    await loads.ask(units);
    await loads.ask(units.slice(0, 3));
    expect(asked.filter((url) => url.includes("/indicators/load"))).toHaveLength(12);
    expect(asked.filter((url) => url.includes("/matters?"))).toHaveLength(1);
    expect(loads.countOf("0", "load")).toEqual({ sort: "count", count: 3 });
    expect(loads.countOf("1", "load")).toEqual({ sort: "unseen" });
    expect(loads.countOf("2", "load")).toEqual({ sort: "failed" });
    expect(loads.countOf("15", "load")).toBeUndefined();
    expect(loads.placesOf("0")).toEqual([]);
  });
  it("it is said where they are called to: not where they were let off, nor where nobody comes any more", () => {
    const other = unit({ unit: { id: "8", name: "乙局" } });
    const rows = [row("out", unit()), row("out", unit({ left_at: at(1) })), row("after", unit()), row("out", other)];
    expect(placesIn(kind, rows, "7")).toHaveLength(1);
    expect(placesIn(kind, rows, "8")).toHaveLength(1);
    expect(placesIn(kind, [row("out")], "7")).toEqual([]);
  });
});

it("desks are those of kinds that one sees, as the playbook says", () => {
  const kinds = [{ name: "a" }, { name: "b", handler: "whose" }, { name: "c", summons: kind.summons, handler: "x" }];
  const playbook = { kinds } as unknown as Playbook;
  expect(summonsKinds(playbook).map((one) => one.name)).toEqual(["c"]);
  expect(summonsKinds(null)).toEqual([]);
  expect(["a", "b", "c"].map((name) => deskOf(playbook, name))).toEqual([null, "/desk/requests", "/desk/whistles"]);
});
