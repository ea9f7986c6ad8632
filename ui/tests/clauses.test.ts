// SPDX-License-Identifier: GPL-3.0-or-later
// The order is that of the oldest lateness, and a figure that is withheld is not zero.
import { describe, expect, it } from "vitest";
import type { ClauseLate, Figures } from "@/api/types";
import { toldOf } from "@/base/figures";
import { lateCount, oldestFirst } from "@/pages/clauses/clauses";

const late = (count: number, since: string | null): ClauseLate => ({ count, since });
const rows = [
  { id: "a", late: late(0, null) },
  { id: "b", late: late(9, "2020-02-05T10:00:00+08:00") },
  { id: "c", late: null },
  { id: "d", late: late(1, "2020-02-03T10:00:00+08:00") },
];

describe("clauses", () => {
  it("come by the age of what is late, not by how much", () => {
    expect(oldestFirst(rows).map((row) => row.id)).toEqual(["d", "b", "a", "c"]);
  });
  it("counts those in which something is late", () => {
    expect(lateCount(rows)).toBe(2);
  });
});

describe("a figure", () => {
  const figure = (cell: object, ratio = true) =>
    ({ ratio, data: [{ from: "2020-02-03", to: "2020-02-03", ...cell }] }) as unknown as Figures;
  it("is a share of what was counted", () => {
    expect(toldOf(figure({ top: 3, bottom: 4, percent: "75.0" }))).toEqual({
      sort: "ratio",
      percent: "75.0",
      top: 3,
      bottom: 4,
    });
  });
  it("of nothing is not zero", () => {
    expect(toldOf(figure({ top: 0, bottom: 0 }))).toEqual({ sort: "none" });
    expect(toldOf(figure({ hidden: true }))).toEqual({ sort: "hidden" });
    expect(toldOf(figure({ thin: true }))).toEqual({ sort: "thin" });
    expect(toldOf({ ratio: true, data: [] } as unknown as Figures)).toEqual({ sort: "none" });
  });
  it("without a bottom is a count", () => {
    expect(toldOf(figure({ top: 0 }, false))).toEqual({ sort: "count", count: 0 });
  });
});
