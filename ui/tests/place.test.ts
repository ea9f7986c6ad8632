// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, it } from "vitest";
import { pathName, placesOf, withinSeats } from "@/base/place";

const unit = (id: string): { id: string; code: string; name: string; type: string } => ({
  id,
  code: id,
  name: `演${id}`,
  type: "district",
});
const grid = { ...unit("4"), path: [unit("1"), unit("2"), unit("3")], to: null };

it("a path leads on from one's seat downwards, not above it", () => {
  expect(withinSeats(grid.path, [unit("2")])).toEqual([false, true, true]);
  expect(withinSeats(grid.path, [unit("4")])).toEqual([false, false, false]);
  expect(withinSeats(grid.path, [unit("1"), unit("3")])).toEqual([true, true, true]);
});

it("a unit is told from another of its name by its path, and may stand in any above it", () => {
  expect(pathName(grid)).toBe("演2 › 演3 › 演4");
  expect(
    placesOf(grid, [
      ["9", "演9"],
      ["3", "演3"],
    ]),
  ).toEqual([
    ["4", "演2 › 演3 › 演4"],
    ["3", "演2 › 演3"],
    ["2", "演2"],
    ["1", "演1"],
    ["9", "演9"],
  ]);
  expect(placesOf(null, [["9", "演9"]])).toEqual([["9", "演9"]]);
});
