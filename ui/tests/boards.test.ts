// SPDX-License-Identifier: GPL-3.0-or-later
// Units come by the age of their oldest red, never by a sum of colours; a figure that is not there is said, not zero.
import { beforeEach, describe, expect, it } from "vitest";
import type { Board, BoardRow, BoardSignal, StandingBelow } from "@/api/boards";
import {
  boardFor,
  byOldestRed,
  colourOf,
  decidingOf,
  figureText,
  hasSpread,
  isBySpread,
  isNotGreen,
  lateLinks,
  limitsText,
  oldestRed,
  spreadOf,
  whyText,
  windowText,
} from "@/pages/boards/boards";
import { boardText } from "@/pages/boards/telling";
import { i18n } from "@/words/i18n";

const signalOf = (given: Partial<BoardSignal>): BoardSignal => ({
  name: "doors",
  title: { zh: "上门", en: "Doors" },
  kind: "visit",
  window: "day",
  ratio: true,
  stock: false,
  colour: "amber",
  why: "threshold",
  green: "0.95",
  amber: "0.57",
  better: "more",
  since: null,
  ...given,
});
const rowOf = (name: string, colour: string, since: string | null = null, more: Partial<BoardRow> = {}): BoardRow => ({
  name,
  title: { zh: `行${name}`, en: `Row ${name}` },
  colour,
  by: "doors",
  since,
  left_out: false,
  signals: [],
  ...more,
});
const unitOf = (name: string, ...data: BoardRow[]): StandingBelow => ({
  unit: { id: name, code: name, name, type: "street" },
  data,
});
const day = (n: number): string => `2020-02-0${n}T10:00:00+08:00`;

beforeEach(() => void (i18n.global.locale.value = "zh"));

describe("units on a board", () => {
  const units = [
    unitOf("green", rowOf("a", "green"), rowOf("b", "blank")),
    unitOf("many", rowOf("a", "red", day(5)), rowOf("b", "red", day(4)), rowOf("c", "red", null)),
    unitOf("unknown", rowOf("a", "red", null)),
    unitOf("old", rowOf("a", "amber", day(1)), rowOf("b", "red", day(3))),
    unitOf("grey", rowOf("a", "grey")),
    unitOf("zone", rowOf("a", "red", "2020-02-02T23:00:00-05:00")), // noon of the 3rd in +08:00
  ];
  it("come by the age of the oldest red, not by how many rows are red", () => {
    const names = byOldestRed(units).map((one) => one.unit.name);
    expect(names).toEqual(["old", "zone", "many", "unknown", "green", "grey"]);
  });
  it("say which row is the oldest red, also where its age is not known", () => {
    expect(oldestRed(units[1]!.data)?.row.name).toBe("b");
    expect(oldestRed(units[2]!.data)?.since).toBe(null);
    expect(oldestRed(units[4]!.data)).toBe(null);
  });
  it("are green where the rest was not asked, and not where it is not known", () => {
    expect(units.filter(isNotGreen).map((one) => one.unit.name)).toEqual(["many", "unknown", "old", "grey", "zone"]);
  });
});

describe("a row", () => {
  it("names the signal that gave its colour", () => {
    const signals = [signalOf({ name: "other" }), signalOf({})];
    expect(decidingOf(rowOf("a", "amber", null, { signals }))).toBe(signals[1]);
    expect(decidingOf(rowOf("a", "blank", null, { by: null, signals }))).toBe(null);
  });
  it("says that the spread gave it, where no signal did", () => {
    expect(isBySpread(rowOf("a", "red"))).toBe(false);
    expect(isBySpread(rowOf("a", "red", null, { why: "signal" }))).toBe(false);
    expect(isBySpread(rowOf("a", "red", null, { by: null, why: "spread" }))).toBe(true);
  });
  it("has a spread, none below, or too many to be counted", () => {
    const spread = { green: 3, amber: 0, red: 1, grey: 2, blank: 0, of: 6, colour: "red", red_since: day(1) };
    expect(spreadOf(rowOf("a", "red", null, { spread }))?.map((one) => one.count)).toEqual([3, 0, 1, 2, 0]);
    expect(spreadOf(rowOf("a", "red", null, { spread: null }))).toBe(null);
    expect(spreadOf(rowOf("a", "red"))).toBe(null);
  });
  it("shows no spread where nothing of it may be seen", () => {
    const left = { left_out: true, by: null };
    const none = { green: 0, amber: 0, red: 0, grey: 0, blank: 6, of: 6 };
    expect(hasSpread(rowOf("a", "blank", null, { ...left, spread: none }))).toBe(false);
    expect(hasSpread(rowOf("a", "blank", null, { ...left, spread: { ...none, green: 1, blank: 5 } }))).toBe(true);
    expect(hasSpread(rowOf("a", "blank", null, { spread: none }))).toBe(true);
    expect(hasSpread(rowOf("a", "red", null, { spread: null }))).toBe(false);
  });
  it("of a colour that the pages do not know is grey", () => {
    expect(colourOf("violet")).toBe("grey");
    expect(colourOf("red")).toBe("red");
  });
});

describe("a signal", () => {
  it("says its share, or why there is none", () => {
    expect(figureText(signalOf({ top: 19, bottom: 20, percent: "95" }))).toBe("95 %（20 中的 19）");
    const withheld = [signalOf({ hidden: true }), signalOf({ thin: true })];
    const none = [
      signalOf({ top: 0, bottom: 0, colour: "blank", why: "nothing_asked" }),
      signalOf({ top: 0, bottom: 0, why: "missing" }),
    ];
    const told = [...withheld, ...none].map(figureText);
    expect(new Set(told).size).toBe(4);
    expect(figureText(signalOf({ thin: true, colour: "blank" }))).toBe(told[2]);
    expect(told.join()).not.toMatch(/\d/);
    expect(figureText(signalOf({ ratio: false, top: 1200 }))).toBe("1,200");
  });
  it("has bounds in the direction of what is better", () => {
    expect(limitsText(signalOf({}))).toBe("绿 ≥ 95 %，黄 ≥ 57 %");
    expect(limitsText(signalOf({ ratio: false, better: "less", green: "0", amber: "2" }))).toBe("绿 ≤ 0，黄 ≤ 2");
    expect(limitsText(signalOf({ amber: null }))).toBe("");
  });
  it("says why it has its colour, of each reason another sentence", () => {
    const reasons = [
      signalOf({ colour: "green" }),
      signalOf({}),
      signalOf({ colour: "red" }),
      signalOf({ colour: "grey", why: "hidden" }),
      signalOf({ colour: "blank", why: "nothing_asked" }),
      signalOf({ colour: "red", why: "missing" }),
      signalOf({ colour: "grey", why: "no_threshold" }),
    ];
    expect(new Set(reasons.map(whyText)).size).toBe(reasons.length);
    expect(whyText(signalOf({ why: "something new" }))).toBe("");
    expect(whyText(reasons[5]!)).toContain("红");
  });
  it("leads to who is late, by kind, and by name where that is one", () => {
    const overdue = ["a", "b"].map((name) => ({ kind: "visit", name })).concat({ kind: "letter", name: "sign" });
    expect(lateLinks(signalOf({ overdue, top: 3 }))).toEqual([{ kind: "visit" }, { kind: "letter", name: "sign" }]);
    expect(lateLinks(signalOf({ overdue, top: 0 }))).toEqual([]);
    expect(lateLinks(signalOf({ top: 3 }))).toEqual([]);
  });
  it("names the time it was counted over", () => {
    expect(windowText(signalOf({ window: "week" }))).toBe("本周");
    expect(windowText(signalOf({ window: "now" }))).toBe("");
  });
});

describe("a board", () => {
  const boardOf = (name: string, ...types: string[]): Board => ({
    name,
    title: { zh: name, en: name },
    for: types,
    rows: [],
  });
  const boards = [boardOf("a", "town"), boardOf("b", "street", "town")];
  it("is the one asked for, or the first for the type", () => {
    expect(boardFor(boards, "", "street")?.name).toBe("b");
    expect(boardFor(boards, "", "town")?.name).toBe("a");
    expect(boardFor(boards, "a", "street")?.name).toBe("a");
    expect(boardFor(boards, "c", "street")).toBe(null);
    expect(boardFor([], "", "street")).toBe(null);
  });
  it("is told to a chat with the figures that are not green, and what has been red longest", () => {
    const now = Date.parse(day(5));
    const rows = [
      rowOf("1", "red", day(4), { signals: [signalOf({ top: 1, bottom: 4, percent: "25" })] }),
      rowOf("2", "green"),
    ];
    const units = [unitOf("东", rowOf("1", "red", day(3))), unitOf("西", rowOf("1", "green"))];
    expect(boardText("区", "到位", "2月5日 10:00", rows, units, now)).toBe(
      "【区】到位 2月5日 10:00\n红 · 行1：上门 25 %（4 中的 1），已 1 天\n绿 · 行2\n红得最久：东 行1 2 天",
    );
    i18n.global.locale.value = "en";
    expect(boardText("D", "In place", "5 Feb, 10:00", rows, [], now)).toBe(
      "[D] In place, 5 Feb, 10:00\nRed · Row 1: Doors 25 % (1 of 4), for 1 day\nGreen · Row 2",
    );
  });
});
