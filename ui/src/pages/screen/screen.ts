// SPDX-License-Identifier: GPL-3.0-or-later
// What fits on a screen on a wall: the units where most is overdue, and how many stand beside them.

import type { Counts, Pressing } from "@/api/types";
import { byLateness } from "@/pages/late/lateness";
import { figuresOf, type Figures } from "@/pages/overview/figures";

export interface Tile {
  id: string;
  name: string;
  figures: Figures;
  share: number; // of the most that any has overdue
}

/** Worst first; those without figures of their own come last, by how much is open. */
export function tilesOf(below: Counts[], most: number): { shown: Tile[]; left: number } {
  const all = below.map((counts) => ({ unit: counts.unit, figures: figuresOf(counts, "") }));
  all.sort((a, b) => b.figures.overdue - a.figures.overdue || b.figures.open - a.figures.open);
  const worst = Math.max(1, all[0]?.figures.overdue ?? 0);
  const shown = all.slice(0, most).map(({ unit, figures }) => ({
    id: unit.id,
    name: unit.name,
    figures,
    share: figures.overdue / worst,
  }));
  return { shown, left: all.length - shown.length };
}

/** What is late, the longest first, and how many of it stand beside it. */
export function lateOf(rows: Pressing[], most: number): { shown: Pressing[]; left: number } {
  return { shown: byLateness(rows).slice(0, most), left: Math.max(0, rows.length - most) };
}

/** So many columns that tiles are about twice as wide as high on a wide screen. */
export function columnsFor(tiles: number): number {
  return Math.max(1, Math.min(4, Math.ceil(Math.sqrt(tiles))));
}
