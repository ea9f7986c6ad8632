// SPDX-License-Identifier: GPL-3.0-or-later
// Answers about boards, as the pages read them; an answer may have members that no page knows.

import type { Indicator, UnitRef, Words } from "./types";

/** A board of the playbook: for which types of units it is, and how its rows are called. */
export interface Board {
  name: string;
  title: Words;
  for: string[];
  spread?: string | null; // the type of those below whose colours are counted
  rows: { name: string; title: Words }[];
}

export interface BoardSignal extends Omit<Indicator, "kind"> {
  kind?: string | null; // none: it is of posts, units or what is overdue
  top?: number;
  bottom?: number;
  percent?: string;
  hidden?: true;
  thin?: true;
  colour: string;
  why: string;
  green: string | null; // thresholds; null: none is in force
  amber: string | null;
  better: string;
  since: string | null;
}

export interface BoardRow {
  name: string;
  title: Words;
  colour: string;
  by?: string | null; // the signal that gave the colour
  why?: string | null; // "signal" or "spread": what gave it
  since: string | null;
  left_out: boolean; // a signal that may not be seen there
  signals: BoardSignal[];
  spread?: Spread | null; // null: too many to be counted; absent: none below
}

/** How many of the units below have each colour, by its name. */
export interface Spread {
  [colour: string]: number | string | null | undefined;
  of: number;
  red_since?: string | null; // of the one that has been red longest
}

/** A unit on a board. */
export interface Standing extends Omit<Board, "rows"> {
  unit: UnitRef;
  as_of: string;
  rows: BoardRow[];
}

export interface StandingBelow {
  unit: UnitRef;
  data: BoardRow[];
}
