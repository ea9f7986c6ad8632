// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { heatOf } from "@/pages/overview/figures";

describe("how dark a tile is", () => {
  it.each([
    [0, 0, 0],
    [0, 13, 0],
    [1, 1, 1], // a single one is not the darkest there is
    [3, 4, 3],
    [5, 5, 5],
    [1, 13, 1],
    [4, 13, 2],
    [13, 13, 5],
    [1, 5000, 1],
  ])("%i, where the largest is %i", (value, largest, heat) => {
    expect(heatOf(value, largest)).toBe(heat);
  });
});
