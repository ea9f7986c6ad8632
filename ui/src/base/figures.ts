// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a figure.

import type { Figures } from "@/api/types";

type Cell = Omit<Figures["data"][number], "from" | "to">;

export type Told =
  | { sort: "hidden" | "thin" | "none" }
  | { sort: "count"; count: number }
  | { sort: "ratio"; percent: string; top: number; bottom: number };

/** Of its last window. */
export function toldOf(figures: Figures): Told {
  const cell = figures.data[figures.data.length - 1];
  return cell ? toldOfCell(figures.ratio, cell) : { sort: "none" };
}

/** A ratio of nothing is no ratio; what is hidden or thin is said, not shown as zero. */
export function toldOfCell(ratio: boolean, cell: Cell): Told {
  if (cell.hidden) return { sort: "hidden" };
  if (cell.thin) return { sort: "thin" };
  const top = cell.top ?? 0;
  if (!ratio) return { sort: "count", count: top };
  const bottom = cell.bottom ?? 0;
  if (bottom === 0 || cell.percent === undefined) return { sort: "none" };
  return { sort: "ratio", percent: cell.percent, top, bottom };
}
