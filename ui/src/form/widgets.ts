// SPDX-License-Identifier: GPL-3.0-or-later
// What a field looks like, by its type: one row a type, as the program has them in playbook/form/field_types.c.

import type { Field } from "@/api/types";
import { wallClock } from "@/base/time";
import { holds, type Scope } from "@/rules/evaluate";

export type Widget =
  | "text"
  | "long"
  | "decimal"
  | "integer"
  | "bool"
  | "choice"
  | "choices"
  | "date"
  | "datetime"
  | "unit"
  | "person"
  | "matter"
  | "lines"
  | "refs"
  | "parts"
  | "file";

const widgets: Record<string, Widget> = {
  text: "text",
  long_text: "long",
  integer: "integer",
  decimal: "decimal",
  bool: "bool",
  date: "date",
  datetime: "datetime",
  choice: "choice",
  choices: "choices",
  unit: "unit",
  person: "person",
  matter: "matter",
  lines: "lines",
  refs: "refs",
  location: "parts",
  call_proof: "parts",
  file: "file",
};

/** Types without a widget of their own are typed as text; the server says what is wrong with it. */
export function widgetOf(field: Field): Widget {
  return widgets[field["x-type"]] ?? "text";
}

/** A condition that cannot be judged here requires nothing: the server will say so. */
export function isRequired(field: Field, attempted: boolean, scope?: Scope): boolean {
  const when = field["x-required"];
  if (typeof when === "object") return scope !== undefined && !attempted && holds(when, scope) === true;
  return field.required || (when === "unless_attempt" && !attempted);
}

/** What is missing before it is worth asking the server. */
export function isFilled(field: Field, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  const widget = widgetOf(field);
  if (widget === "lines" || widget === "refs") return Array.isArray(value) && value.length > 0;
  return !Array.isArray(value) || widget === "choices";
}

/** How far the zone's clock is ahead; by its parts, since Chromium 86 does not name offsets. */
function offsetMinutes(at: number, zone: string): number {
  const minute = Math.floor(at / 60_000);
  return Math.round((wallClock(minute * 60_000, zone) - minute * 60_000) / 60_000);
}

/** An instant as the clock of the zone shows it, for an input of type datetime-local. */
export function localText(iso: string, zone: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return "";
  return new Date(at + offsetMinutes(at, zone) * 60_000).toISOString().slice(0, 16);
}

/** And back; in the hour that comes twice, the first. */
export function fromLocalText(text: string, zone: string): string {
  const shown = Date.parse(`${text}Z`);
  const before = shown - offsetMinutes(shown - 26 * 3_600_000, zone) * 60_000;
  const at =
    before + offsetMinutes(before, zone) * 60_000 === shown
      ? before
      : shown - offsetMinutes(shown + 26 * 3_600_000, zone) * 60_000;
  return new Date(at).toISOString();
}
