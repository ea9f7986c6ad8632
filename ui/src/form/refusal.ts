// SPDX-License-Identifier: GPL-3.0-or-later
// Why something was refused, in sentences that name the field as its form does, and of a round the person; none twice.

import type { Field, ProblemError } from "@/api/types";
import { words } from "@/words/i18n";
import { formWithin } from "./lines";

const labelOf = (field: Field): string => words(field["x-label"]) || field.name;

/** Of a field of a line, or of a part: the label of the whole, of which line, and its own. */
function labelWithin(path: string, form: Field[]): string {
  const found = /^(?:fields|form)\.(\w+)(?:\[(\d+)\])?\.(\w+)$/.exec(path);
  const whole = form.find((one) => one.name === found?.[1]);
  const inner = whole && formWithin(whole).find((one) => one.name === found?.[3]);
  if (!found || !inner) return "";
  return [labelOf(whole), ...(found[2] ? [String(Number(found[2]) + 1)] : []), labelOf(inner)].join(" · ");
}

function sentenceOf(error: ProblemError, form: Field[], whom: string[]): string {
  const path = error.field ?? "";
  const within = labelWithin(path, form);
  if (within) return `${within} · ${error.detail}`;
  const row = /^rows\[(\d+)\]/.exec(path);
  const name = path
    .split(".")
    .pop()
    ?.replace(/\[\d+\]$/, "");
  const field = form.find((one) => one.name === name);
  const who = row ? (whom[Number(row[1])] ?? "") : "";
  const label = field ? labelOf(field) : "";
  return [who, label, error.detail].filter((text) => text !== "").join(" · ");
}

export function sentencesOf(errors: ProblemError[], form: Field[] = [], whom: string[] = []): string[] {
  return [...new Set(errors.map((error) => sentenceOf(error, form, whom)))];
}
