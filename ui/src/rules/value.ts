// SPDX-License-Identifier: GPL-3.0-or-later
// Values of expressions (src/playbook/expr/value.h), and one more: a page does not know everything that the server
// does. `unknown` is what it cannot know; a value that is there but not readable here is `present`.

import { formatDecimal, parseDecimal, type Decimal } from "./decimal";
import { formatDate, formatInstant, parseDate, parseInstant } from "./moment";

export type Value =
  | { type: "missing" }
  | { type: "unknown"; present: boolean }
  | { type: "bool"; truth: boolean }
  | { type: "number"; number: Decimal }
  | { type: "text" | "choice"; text: string }
  | { type: "choices" | "lines"; list: readonly unknown[] }
  | { type: "date"; day: number }
  | { type: "datetime"; us: bigint }
  | { type: "duration"; us: bigint; workingDays: number }
  | { type: "unit" | "person"; id: string }
  | { type: "location" | "call" | "file" };

export const MISSING: Value = { type: "missing" };
export const UNKNOWN: Value = { type: "unknown", present: false };
export const PRESENT: Value = { type: "unknown", present: true };

export function truth(is: boolean): Value {
  return { type: "bool", truth: is };
}

function orMissing<T>(found: T | null, make: (found: T) => Value): Value {
  return found === null ? MISSING : make(found);
}

const isWhole = (json: unknown): json is number => typeof json === "number" && Number.isSafeInteger(json);

const readers: Record<string, (json: unknown) => Value> = {
  bool: (json) => (typeof json === "boolean" ? truth(json) : MISSING),
  number: (json) =>
    typeof json === "string" || isWhole(json)
      ? orMissing(parseDecimal(String(json)), (number) => ({ type: "number", number }))
      : MISSING,
  text: (json) => (typeof json === "string" ? { type: "text", text: json } : MISSING),
  choice: (json) => (typeof json === "string" ? { type: "choice", text: json } : MISSING),
  choices: (json) => (Array.isArray(json) ? { type: "choices", list: json } : MISSING),
  lines: (json) => (Array.isArray(json) ? { type: "lines", list: json } : MISSING),
  date: (json) => (typeof json === "string" ? orMissing(parseDate(json), (day) => ({ type: "date", day })) : MISSING),
  datetime: (json) =>
    typeof json === "string" ? orMissing(parseInstant(json), (us) => ({ type: "datetime", us })) : MISSING,
  duration: (json) => {
    const working = typeof json === "string" ? /^(\d{1,4})wd$/.exec(json) : null;
    if (working) return { type: "duration", us: 0n, workingDays: Number(working[1]) };
    return isWhole(json) ? { type: "duration", us: BigInt(json), workingDays: 0 } : MISSING;
  },
  unit: (json) => (isWhole(json) ? { type: "unit", id: String(json) } : MISSING),
  person: (json) => (isWhole(json) ? { type: "person", id: String(json) } : MISSING),
  location: () => ({ type: "location" }),
  call: () => ({ type: "call" }),
  file: () => ({ type: "file" }),
};

/** As trees and rules have it; missing for a value of another type, unknown where the type is a newer server's. */
export function valueOf(type: string, json: unknown): Value {
  if (json === undefined || json === null) return MISSING;
  return readers[type]?.(json) ?? UNKNOWN;
}

/** And back, as the program writes it; undefined for what has no such form here. */
export function jsonOf(value: Value): unknown {
  switch (value.type) {
    case "missing":
      return null;
    case "bool":
      return value.truth;
    case "number":
      return formatDecimal(value.number);
    case "text":
    case "choice":
      return value.text;
    case "choices":
    case "lines":
      return value.list;
    case "date":
      return formatDate(value.day);
    case "datetime":
      return formatInstant(value.us);
    case "duration":
      return value.workingDays > 0 ? `${value.workingDays}wd` : Number(value.us);
    case "unit":
    case "person":
      return Number(value.id);
    default:
      return undefined;
  }
}
