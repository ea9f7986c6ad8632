// SPDX-License-Identifier: GPL-3.0-or-later
// Values of fields: as they are typed into a form, before the server has read them, and as a matter shows them. What
// the server would refuse or put into another form is there, but no page can know how it will stand: PRESENT.

import type { Field } from "@/api/types";
import { compareDecimals, parseDecimal, type Decimal } from "./decimal";
import { MISSING, PRESENT, valueOf, type Value } from "./value";

const SECONDS: Record<string, number> = { s: 1, min: 60, h: 3600, d: 86_400 };

const types: Record<string, string> = {
  text: "text",
  long_text: "text",
  address: "text",
  url: "text",
  bool: "bool",
  date: "date",
  datetime: "datetime",
  choice: "choice",
};

function bound(limit: number | undefined): Decimal | null {
  return limit === undefined ? null : parseDecimal(String(limit));
}

function numberOf(field: Field, given: unknown): Value {
  const decimals = field["x-type"] === "integer" ? 0 : (field["x-decimals"] ?? 1);
  const number = parseDecimal(String(given));
  const [least, most] = [bound(field.minimum), bound(field.maximum)];
  if (!number || number.scale > decimals) return PRESENT;
  if ((least && compareDecimals(number, least) < 0) || (most && compareDecimals(number, most) > 0)) return PRESENT;
  return { type: "number", number };
}

function durationOf(given: unknown): Value {
  const found = /^(\d{1,9})(s|min|h|d)$/.exec(String(given));
  return found ? valueOf("duration", Number(found[1]) * SECONDS[found[2]!]! * 1_000_000) : PRESENT;
}

function choicesOf(field: Field, given: unknown): Value {
  const known = (field["x-codes"] ?? []).map((one) => one.code);
  return Array.isArray(given) && given.every((code) => known.includes(String(code)))
    ? { type: "choices", list: given }
    : PRESENT;
}

export function fieldValue(field: Field, given: unknown): Value {
  if (given === undefined || given === null || given === "") return MISSING;
  const type = field["x-type"];
  if (type === "decimal" || type === "integer") return numberOf(field, given);
  if (type === "duration") return durationOf(given);
  if (type === "choices") return choicesOf(field, given);
  if (type === "choice" && !field["x-codes"]?.some((one) => one.code === given)) return PRESENT;
  if (typeof given === "string" && given.trim() === "") return PRESENT;
  const value = types[type] ? valueOf(types[type], given) : MISSING;
  return value.type === "missing" ? PRESENT : value;
}
