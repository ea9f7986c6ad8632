// SPDX-License-Identifier: GPL-3.0-or-later
// The order of clauses and units, and what is said of a figure.

import type { ClauseLate, Figures } from "@/api/types";

/** Where something is late comes first, the longest first; else the order given. A place is never ranked by a sum. */
export function oldestFirst<T extends { late: ClauseLate }>(rows: readonly T[]): T[] {
  const since = (row: T) => (row.late?.count ? (row.late.since ?? "") : "~");
  return [...rows].sort((a, b) => (since(a) < since(b) ? -1 : since(a) > since(b) ? 1 : 0));
}

export function lateCount(rows: readonly { late: ClauseLate }[]): number {
  return rows.filter((row) => (row.late?.count ?? 0) > 0).length;
}

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
