// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it } from "vitest";
import type { Act, Entry, EntryDef, Kind, Matter } from "@/api/types";
import { stepsOf } from "@/pages/directive/audience";
import { offersOf } from "@/rules/offers";
import { i18n } from "@/words/i18n";

const items = { op: "name", type: "lines", space: "matter", name: "items" };
const isMissing = (tree: object): object => ({ op: "is_missing", type: "bool", args: [tree] });
const say = { zh: "请逐项反馈", en: "item by item" };
const entry = (name: string, more: object): EntryDef =>
  ({ name, title: say, in: [], attempts: [], form: [], by: [], round: false, ...more }) as unknown as EntryDef;
const words = { name: "words", "x-type": "text", required: false };
const kind = {
  playbook: "1",
  form: [{ name: "items", "x-type": "lines", required: false }],
  entries: [
    entry("carry_out", { refuse: [{ when: { op: "not", type: "bool", args: [isMissing(items)] }, say }] }),
    entry("report", { line: "items" }),
    entry("told", {
      form: [words],
      refuse: [{ when: isMissing({ op: "name", type: "text", space: "entry", name: "entry.words" }), say }],
    }),
  ],
} as unknown as Kind;
const acts = kind.entries.map((one) => ({ entry: one.name, refused: null }) as Act);
const offered = (form: object, playbook = "1"): string[] =>
  offersOf(acts, kind, { playbook, state: "in_force", form } as unknown as Matter, 0, "Asia/Shanghai")
    .filter((one) => one.refused === null)
    .map((one) => one.entry);

beforeEach(() => {
  i18n.global.locale.value = "zh";
});

describe("entries that are offered", () => {
  it("are those of a line where there are lines, and none that the playbook refuses then", () => {
    expect(offered({ items: [{ text: "演练" }] })).toEqual(["report", "told"]);
    expect(offered({})).toEqual(["carry_out", "told"]);
    const matter = { playbook: "1", form: { items: [{}] } } as unknown as Matter;
    expect(offersOf(acts, kind, matter, 0, "Asia/Shanghai")[0]!.refused?.detail).toBe(say.zh);
  });
  it("are not judged by the rules of another version, nor by what is still to be filled in", () => {
    expect(offered({ items: [{ text: "演练" }] }, "2")).toEqual(["carry_out", "report", "told"]);
  });
});

it("what confirms or declines an entry is offered while one waits for it", () => {
  const second = {
    ...kind,
    entries: [entry("confirm_park", { confirms: "park" }), entry("decline_park", { declines: "park" })],
  };
  const both = second.entries.map((one) => ({ entry: one.name, refused: null }) as Act);
  const matter = { playbook: "1", form: {} } as unknown as Matter;
  const count = (...made: string[]): number => {
    const entries = made.map((name, i) => ({ entry: name, number: i + 1 }) as Entry);
    return offersOf(both, second, matter, 0, "Asia/Shanghai", entries).length;
  };
  expect(count()).toBe(0);
  expect(count("park", "other")).toBe(2);
  expect(count("park", "decline_park")).toBe(0);
  expect(count("park", "decline_park", "park")).toBe(2);
  const of = (participant: number, name: string, attempt?: string): Entry =>
    ({ entry: name, number: 1, participant, ...(attempt ? { attempt } : {}) }) as Entry;
  const several = (...made: Entry[]): number => offersOf(both, second, matter, 0, "Asia/Shanghai", made).length;
  expect(several(of(1, "park"), of(2, "park"), of(2, "confirm_park"))).toBe(2); // the first one waits still
  expect(several(of(1, "park"), of(1, "confirm_park"), of(2, "park", "away"))).toBe(0);
});

it("of what is reported line by line the board counts lines, without those that were withdrawn", () => {
  const report = entry("report", { line: "items" });
  const counts = { delivered: 2, entered: { report: 2 }, expectations: { act: { open: 1, met: 2, superseded: 1 } } };
  expect(stepsOf(counts, [{ name: "act", entry: report }])[2]).toEqual({ key: "act", done: 2, of: 3 });
});
