// SPDX-License-Identifier: GPL-3.0-or-later
// Who takes part in a matter, and units that it summons.

import type { PersonRef, UnitRef, Words } from "./types";

export interface ParticipantSet {
  name: string;
  title: Words;
  unit_types: string[];
  is: "unit" | "person";
  states: { code: string; label: Words }[];
  least?: number; // of those whom somebody names
  most?: number | null;
  from?: string | null; // field of the form that holds the first of them
  audience?: string;
  under?: string | null; // field that holds the place of an audience; null the matter's own
}

export interface Participant {
  number: number;
  unit?: UnitRef;
  person?: PersonRef | null;
  state_title?: Words;
  joined_at: string;
  left_at: string | null;
  seen_at?: string;
  reason?: string;
  state?: string;
  set?: string;
  entered: Record<string, string>; // when, by entry
  expectations: Record<string, string>; // outcomes
}

/** How a kind summons units: of a set, each of which owes an entry that makes it present. */
export interface Summons {
  set: string;
  entry: string;
  present: string; // its state then
  leaves: string[]; // entries by which it has another state after that
  counted: string[]; // indicators: at how many of these matters a unit is wanted now
}

export interface Owed {
  name: string;
  entry: string;
  entry_title: Words | null;
  opens_at: string;
  due_at: string;
  overdue: boolean;
}

export interface Summoned extends Participant {
  unit: UnitRef;
  owed: Owed[]; // what is still expected of it, or about it
  attempt?: { attempt: string; title: Words | null; at: string; fields?: Record<string, unknown> };
}
