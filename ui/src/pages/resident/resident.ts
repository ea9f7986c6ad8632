// SPDX-License-Identifier: GPL-3.0-or-later
// What whoever holds a link sees, and how a form is asked: one question a screen.

import type { Field, Words } from "@/api/types";
import { widgetOf } from "@/form/widgets";

export interface ResidentAct {
  entry: string;
  title: Words;
  expected: boolean;
  form: Field[];
}

export interface ResidentEntry {
  number: number;
  entry: string;
  title: Words;
  at: string;
  own: boolean;
  role: Words | null;
  attempt?: string;
  corrected?: boolean;
  fields?: Record<string, unknown>;
}

export interface Resident {
  purpose: "report" | "record";
  until: string;
  title: Words;
  state_title: Words;
  unit: { name: string };
  name: string | null;
  opened_at: string;
  closed_at: string | null;
  time_zone: string;
  acts: ResidentAct[];
  entries: ResidentEntry[];
  forms: Record<string, Field[]>; // of the entries
  documents: { name: string; title: Words; issued_at: string }[];
  looks?: { at: string; count: number; self: boolean; roles: Words[] }[];
}

/** Types whose widget would look things up, which a link does not let one. */
const LOOKED_UP = new Set(["unit", "person", "file", "lines"]);

export function questions(act: ResidentAct): Field[] {
  return act.form.filter((field) => !LOOKED_UP.has(field["x-type"]));
}

/** It cannot be answered here: somebody has to be asked. */
export function mustBeAsked(act: ResidentAct): boolean {
  return act.form.some((field) => field.required && LOOKED_UP.has(field["x-type"]));
}

/** Values that say something; an unanswered question is left out. */
export function answered(fields: Record<string, unknown>, asked: Field[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of asked) {
    const value = fields[field.name];
    const empty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    if (!empty || widgetOf(field) === "bool") if (value !== undefined && value !== "") out[field.name] = value;
  }
  return out;
}

// ---- what was answered and not sent yet: in this tab, also after it was read anew ----

const KEPT = "lianfang.answers";

export interface Answers {
  id: string; // of the command
  fields: Record<string, unknown>;
}

interface KeptAnswers {
  token: string;
  acts: Record<string, Answers>; // by entry
}

let memory: KeptAnswers | null = null; // also where storage is shut off

function kept(token: string): KeptAnswers {
  if (memory?.token === token) return memory;
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as KeptAnswers | null;
    if (found?.token === token) return (memory = found);
  } catch {
    // none, or storage is shut off
  }
  return (memory = { token, acts: {} });
}

export function answersOf(token: string, entry: string): Answers | null {
  return kept(token).acts[entry] ?? null;
}

/** null: they were sent. */
export function keepAnswers(token: string, entry: string, answers: Answers | null): void {
  const all = kept(token);
  if (answers) all.acts[entry] = answers;
  else delete all.acts[entry];
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(all));
  } catch {
    // they live as long as the page
  }
}

export function forgetAnswers(): void {
  memory = null;
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // nothing is there
  }
}
