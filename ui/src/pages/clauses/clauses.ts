// SPDX-License-Identifier: GPL-3.0-or-later
// The order of clauses and units.

import type { ClauseLate } from "@/api/types";

/** Where something is late comes first, the longest first; else the order given. A place is never ranked by a sum. */
export function oldestFirst<T extends { late: ClauseLate }>(rows: readonly T[]): T[] {
  const since = (row: T) => (row.late?.count ? (row.late.since ?? "") : "~");
  return [...rows].sort((a, b) => (since(a) < since(b) ? -1 : since(a) > since(b) ? 1 : 0));
}

export function lateCount(rows: readonly { late: ClauseLate }[]): number {
  return rows.filter((row) => (row.late?.count ?? 0) > 0).length;
}
