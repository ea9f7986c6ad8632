// SPDX-License-Identifier: GPL-3.0-or-later
// Answers of the API as the pages read them; members that no page reads are left out.

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
  person: PersonRef & { masked: boolean };
  login: string;
  posts: Post[];
  session_expires_at: string;
  notices: Notice[];
}

export interface Task {
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
  subject?: PersonRef | null;
  post: string;
  household?: string | null;
  dwelling?: string | null;
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
  household?: string | null;
  opened_at: string;
  changed_at: string;
  closed_at: string | null;
  form?: Record<string, unknown>;
  masked?: boolean;
  parent?: string | null;
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
  fields?: Record<string, unknown>;
  figures?: Record<string, number>; // as they stood when it was made
}

export interface Expectation {
  number: number;
  name: string;
  outcome: string;
  opens_at: string;
  due_at: string;
  ended_at: string | null;
  overdue: boolean;
  post?: Post | null;
}

export interface Code {
  code: string;
  zh: string;
  en: string;
}

export interface Field {
  name: string;
  "x-type": string;
  "x-label"?: Words;
  "x-unit"?: string;
  "x-codes"?: Code[];
  "x-decimals"?: number;
  "x-required"?: string;
  required: boolean;
  personal?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
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
}

export interface ParticipantSet {
  name: string;
  title: Words;
  unit_types: string[];
  states: { code: string; label: Words }[];
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
  entered: Record<string, string>;
  expectations: Record<string, string>;
}

export interface State {
  name: string;
  title: Words;
  initial: boolean;
  final: boolean;
  expects: { name: string; entry: string; answers: Address; may_meet: Address[]; each?: string | null }[];
}

export interface Kind {
  name: string;
  title: Words;
  clauses: string[];
  about_person: boolean;
  purpose: Words | null;
  opened_by: string[];
  proposed_by: string[];
  participants: ParticipantSet[];
  form: Field[];
  states: State[];
  entries: EntryDef[];
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
  kinds: KindName[];
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
  name: string;
  step: number;
  open: boolean;
  raised_at: string;
  post: string;
}

/** Who answers for something that presses, and the number to ring. */
export interface Answerer {
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
  field?: string;
  detail: string;
}
