// SPDX-License-Identifier: GPL-3.0-or-later
// Answers of the API as the pages read them; members that no page reads are left out.

import type { Tree } from "@/rules/evaluate";
import type { Field } from "./fields";
import type { Participant, ParticipantSet, Summoned, Summons } from "./participants";
import type { NextDue, PlaybookKind } from "./requests";

export type { Code, Field, Schema } from "./fields";
export type { Participant, ParticipantSet, Summoned, Summons } from "./participants";
export type { NextDue, PlaybookKind } from "./requests";

export interface Words {
  zh: string;
  en: string;
}

export interface Page<T> {
  data: T[];
  next: string | null;
}

export interface UnitRef {
  id: string;
  code: string | null;
  name: string;
  type: string;
}

export interface Unit extends UnitRef {
  path: UnitRef[];
  to: string | null;
}

export interface PersonRef {
  id: string;
  name: string | null;
}

export interface Post {
  id: string;
  role: string;
  title: Words;
  person: PersonRef | null;
  seat: UnitRef;
  from: string;
  to: string | null;
  deputy_of?: string; // the post that it is lent from
}

export interface Notice {
  id: string;
  what: string;
  by: PersonRef | null;
  at: string;
  acknowledged_at: string | null;
  post: Post | null;
}

export interface Me {
  person: PersonRef & { masked: boolean; phone?: string | null };
  login: string;
  posts: Post[];
  session_expires_at: string;
  notices: Notice[];
}

/** Of what several in a role may take; nothing of it where nobody else may. */
export interface Sharing {
  mine?: boolean; // the viewer answers for it
  claimed?: { at: string; until: string | null }; // taken by whoever answers
}

export interface Task extends Sharing {
  matter: string;
  number: number;
  kind: string;
  title: Words;
  entry: string;
  entry_title: Words;
  state: string;
  unit: UnitRef;
  opens_at: string;
  due_at: string;
  overdue: boolean;
  escalated: number;
  participant?: number;
  line?: number; // of the matter's form
  subject?: PersonRef | null;
  heading?: string; // of what is about nobody
  post: string;
  household?: string | null;
  dwelling?: string | null;
  who?: Post | null; // answers, where it is shared
}

export interface Matter {
  id: string;
  kind: string;
  title: Words;
  state: string;
  state_title: Words;
  version: number;
  unit: UnitRef;
  subject?: PersonRef | null;
  heading?: string; // of what is about nobody
  household?: string | null;
  opened_at: string;
  changed_at: string;
  closed_at: string | null;
  form?: Record<string, unknown>;
  listed?: Record<string, unknown>; // in lists: fields of the form that are columns
  path?: UnitRef[]; // in lists: the units above
  due?: NextDue | null; // in lists: what is due first; null: nothing is
  summoned?: Summoned[]; // in lists: units that were summoned
  participants?: Omit<Participant, "entered" | "expectations">[]; // of a single one
  masked?: boolean;
  parent?: string | null;
  playbook?: string; // the version that it follows
}

export interface Entry {
  number: number;
  entry: string;
  title: Words;
  at: string;
  observed_at: string;
  post?: Post | null;
  person?: PersonRef | null;
  channel?: string;
  attempt?: string;
  corrects?: number;
  corrected?: number;
  line?: number; // of the matter's form
  participant?: number; // for or about whom
  second?: "waits" | "confirmed" | "declined"; // of what another person confirms
  fields?: Record<string, unknown>;
  figures?: Record<string, number>; // as they stood when it was made
}

export interface Expectation extends Sharing {
  number: number;
  name: string;
  outcome: string;
  opens_at: string;
  due_at: string;
  ended_at: string | null;
  overdue: boolean;
  participant?: number;
  line?: number; // of the matter's form
  post?: Post | null;
}

export interface Address {
  role?: string;
  party?: string;
  at?: string;
}

export interface EntryDef {
  name: string;
  title: Words;
  in: string[];
  attempts: { code: string; label: Words }[];
  form: Field[];
  round: boolean;
  by: Address[];
  as?: string | null; // the participant set for one of whom it is made
  of?: string | null; // or about one of whom
  line?: string | null; // field of the matter's form of whose lines it is about one
  refuse?: { when: Tree; say: Words; field?: string }[];
  needs?: { that: Tree; text: string; say?: Words; field?: string }[];
  then?: { when?: Tree; state?: string; opens?: string[] }[]; // the first that holds
  opens?: string[]; // kinds, besides those of a branch
  confirms?: string; // the entry that waits for it
  declines?: string;
  second?: unknown; // it takes effect when another person has confirmed it
}

export interface ExpectDef {
  name: string;
  entry: string;
  optional?: boolean;
  answers: Address;
  may_meet: Address[];
  or_entry?: string;
  each?: string | null;
  per_line?: string;
  when?: Tree;
  within?: { seconds: number } | { working_days: number } | Tree;
  since?: string | Tree;
  windows?: [string, string][];
  per?: string;
  at?: string;
}

/** A rule or a table, with the first day of each edition. */
export interface Rule {
  name: string;
  title: Words;
  type: string;
  table: boolean;
  editions: { from: string; value?: unknown; values?: Record<string, unknown> }[];
}

export interface State {
  name: string;
  title: Words;
  initial: boolean;
  final: boolean;
  expects: ExpectDef[];
}

export interface Kind {
  name: string;
  title: Words;
  clauses: string[];
  about_person: boolean;
  about?: "nothing" | "person" | "unit" | "post"; // about a post is also about the person who holds it
  units?: string[]; // types at which it stands; none: any
  purpose: Words | null;
  handler?: string; // field that holds the unit to which an entry gives the matter
  summons?: Summons;
  indicators?: { name: string; title: Words; ratio: boolean; window: string }[];
  opened_by: string[];
  proposed_by: string[];
  participants: ParticipantSet[];
  form: Field[];
  states: State[];
  entries: EntryDef[];
  rules?: Rule[]; // that its conditions read
  playbook?: string;
  figures: { name: string; title: Words }[];
}

export interface KindName {
  name: string;
  title: Words;
}

export interface Role extends KindName {
  may: string[];
  grounds: string[]; // types of units
}

export interface Playbook {
  id: string;
  name: string;
  title: Words;
  time_zone: string;
  unit_types: KindName[];
  roles: Role[];
  kinds: PlaybookKind[];
}

export interface Counts {
  unit: UnitRef;
  data: {
    kind: string;
    title: Words;
    expected: { open: number; overdue: number; due_today: number };
    states: { state: string; title: Words; open: boolean; count: number }[];
  }[];
}

/** null: nothing of it may be seen there, or nothing is named. */
export type ClauseLate = { count: number; since: string | null } | null;

export interface Indicator {
  name: string;
  title: Words;
  kind: string;
  window: string;
  ratio: boolean;
  stock: boolean;
  overdue?: { kind: string; name: string }[]; // what it counts
}

export interface Clause {
  id: string;
  title: Words;
  kinds: string[];
  late: ClauseLate;
  left_out: boolean; // some of what is named may not be seen there
  expected: { kind: string; title: Words; name: string; entry_title: Words; count: number; since: string | null }[];
  figures: Indicator[];
}

export interface Clauses {
  unit: UnitRef;
  as_of: string;
  data: Clause[];
}

export interface ClausesBelow {
  unit: UnitRef;
  data: { id: string; late: ClauseLate; left_out: boolean }[];
}

export interface Figures extends Indicator {
  data: { from: string; to: string; top?: number; bottom?: number; percent?: string; hidden?: true; thin?: true }[];
  uncounted: number;
  coverage?: { type: string; units: number; of: number };
}

export interface Act {
  entry: string;
  title: Words;
  expected: boolean;
  post: string | null;
  refused: { code: string; detail: string } | null;
}

export interface IssuedDocument {
  name: string;
  title: Words;
  issued_at: string;
}

export interface Alert {
  id: string;
  matter: string;
  kind: string;
  title: Words;
  state_title: Words;
  unit: UnitRef;
  subject?: PersonRef | null;
  heading?: string;
  name: string;
  step: number;
  open: boolean;
  raised_at: string;
  post: string;
}

/** Who answers for something that presses, and the number to ring. */
export interface Answerer extends Sharing {
  answers?: "post" | "subject" | "nobody";
  post?: Post | null;
  phone?: string | null;
  phone_masked?: boolean;
}

/** A row of /expectations; with ?by= a group of them, which has a count. */
export interface Pressing extends Answerer {
  matter?: string;
  number?: number;
  kind?: string;
  title?: Words;
  name?: string;
  line?: number;
  entry_title?: Words | null;
  unit?: UnitRef;
  path?: UnitRef[];
  subject?: PersonRef | null;
  due_at: string | null;
  escalated?: number;
  next_at: string | null;
  escalates_at?: string | null;
  count?: number;
}

export interface Done {
  id: string;
  at: string;
  made?: string | null;
}

export interface ProblemError {
  code: string;
  matter?: string; // the one that is there already
  person?: string; // who is registered already
  field?: string;
  detail: string;
}
