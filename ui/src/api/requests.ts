// SPDX-License-Identifier: GPL-3.0-or-later
// What lists of requests read beside a matter.

import type { Summons } from "./participants";
import type { KindName, Words } from "./types";

export interface NextDue {
  name: string;
  entry: string;
  entry_title: Words | null;
  opens_at: string;
  due_at: string;
  overdue: boolean;
  escalated: number;
}

export interface PlaybookKind extends KindName {
  handler?: string; // of a kind whose matters are given to units, for whose posts see them
  summons?: Summons; // of a kind that summons units, for the same
}
