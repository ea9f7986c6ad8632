// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Kind, Matter, ParticipantSet } from "@/api/types";
import { askedOf, exceptionsLack, isBegun, percent, stepsOf, timesOf, wholeOf } from "@/pages/directive/audience";

const opened = Date.parse("2020-02-03T08:00:00+08:00");
const matter = { opened_at: "2020-02-03T08:00:00+08:00", closed_at: null } as Matter;
const frozen = { name: "recipient", audience: "frozen" } as ParticipantSet;
const standing = { name: "recipient", audience: "standing" } as ParticipantSet;

describe("a directive that is still being delivered", () => {
  it("counts all to whom it goes, not those whom it has reached", () => {
    const counts = { delivered: 500, seen: 3, left_out: 2 };
    const whole = wholeOf(frozen, counts, 770, matter, opened + 5000);
    expect(whole).toBe(768);
    expect(stepsOf(counts, [], whole).map((step) => [step.done, step.of])).toEqual([
      [500, 768],
      [3, 768],
    ]);
  });
  it("has no more recipients once it is over, or when units are made later", () => {
    const later = opened + 48 * 3600_000;
    expect(wholeOf(frozen, { delivered: 500 }, 501, matter, later)).toBe(500);
    expect(wholeOf(standing, { delivered: 500 }, 501, matter, later)).toBe(501);
    const over = { ...matter, closed_at: "2020-02-04T08:00:00+08:00" } as Matter;
    expect(wholeOf(standing, { delivered: 500 }, 501, over, later)).toBe(500);
    expect(wholeOf(frozen, { delivered: 500 }, 0, matter, opened)).toBe(500); // its size is not told
  });
});

describe("the times of a form", () => {
  const kind = {
    form: [
      { name: "subject", "x-type": "text" },
      { name: "due", "x-type": "datetime" },
    ],
  } as unknown as Kind;
  it("are told apart by whether they have passed", () => {
    expect(timesOf(kind, { subject: "x", due: "2020-02-03T07:00:00+08:00" }, opened)[0]!.left).toBe(-3600_000);
    expect(timesOf(kind, { due: "2020-02-03T10:00:00+08:00" }, opened)[0]!.left).toBe(2 * 3600_000);
    expect(timesOf(kind, { subject: "x" }, opened)).toEqual([]);
  });
});

describe("a directive that is being written", () => {
  it("has been begun when anything but its first place stands in it", () => {
    expect(isBegun({ target: "110000" }, "target", "110000", 0)).toBe(false);
    expect(isBegun({ target: "110101" }, "target", "110000", 0)).toBe(true);
    expect(isBegun({ target: "110000", text: "x" }, "target", "110000", 0)).toBe(true);
    expect(isBegun({ target: "110000", text: "" }, "target", "110000", 0)).toBe(false);
    expect(isBegun({ target: "110000" }, "target", "110000", 1)).toBe(true);
  });
  it("is not sent with an exception that was opened and left empty", () => {
    const lack = (unit: string | undefined, reason: string): string[] =>
      exceptionsLack([{ unit, reason }], "unit", "reason");
    expect(lack(undefined, "")).toEqual(["unit", "reason"]);
    expect(lack(undefined, "x")).toEqual(["unit"]);
    expect(lack("1", " ")).toEqual(["reason"]);
    expect(lack("1", "x")).toEqual([]);
    expect(exceptionsLack([], "unit", "reason")).toEqual([]);
  });
  it("has its shares written in one way", () => {
    expect([percent({ key: "a", done: 32, of: 32 }), percent({ key: "a", done: 0, of: 0 })]).toEqual(["100.0%", "—"]);
  });
});

describe("what a directive asks for", () => {
  const set = { name: "recipient" } as ParticipantSet;
  const entries = ["carry_out", "report"].map((name) => ({ name, as: "recipient" }));
  const missing = {
    op: "is_missing",
    type: "bool",
    args: [{ op: "name", type: "lines", space: "matter", name: "items" }],
  };
  const kind = {
    form: [{ name: "items", "x-type": "lines" }],
    entries,
    states: [
      {
        expects: [
          { name: "carry_out", entry: "carry_out", each: "recipient", when: missing },
          { name: "act", entry: "report", each: "recipient", per_line: "items" },
        ],
      },
    ],
  } as unknown as Kind;
  const asked = (form: Record<string, unknown>): string[] =>
    askedOf(kind, set, form, "Asia/Shanghai").map((one) => one.name);
  it("is the whole, or each of its items", () => {
    expect(asked({})).toEqual(["carry_out"]);
    expect(asked({ items: [{ text: "x" }] })).toEqual(["act"]);
  });
});
