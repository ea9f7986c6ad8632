// SPDX-License-Identifier: GPL-3.0-or-later
import type { Pressing } from "@/api/types";

/** By when it was due, earliest first; what has no such time stands last. */
export function byLateness(rows: Pressing[]): Pressing[] {
  const due = (row: Pressing): number => (row.due_at ? Date.parse(row.due_at) : Infinity);
  return [...rows].sort((a, b) => (due(a) === due(b) ? 0 : due(a) - due(b)));
}
