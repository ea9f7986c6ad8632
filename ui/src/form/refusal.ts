// SPDX-License-Identifier: GPL-3.0-or-later
// Why something was refused, in sentences that name the field as its form does, and of a round the person; none twice.

import type { Field, ProblemError } from "@/api/types";
import { words } from "@/words/i18n";

function sentenceOf(error: ProblemError, form: Field[], whom: string[]): string {
  const path = error.field ?? "";
  const row = /^rows\[(\d+)\]/.exec(path);
  const name = path
    .split(".")
    .pop()
    ?.replace(/\[\d+\]$/, "");
  const field = form.find((one) => one.name === name);
  const who = row ? (whom[Number(row[1])] ?? "") : "";
  const label = field ? words(field["x-label"]) || field.name : "";
  return [who, label, error.detail].filter((text) => text !== "").join(" · ");
}

export function sentencesOf(errors: ProblemError[], form: Field[] = [], whom: string[] = []): string[] {
  return [...new Set(errors.map((error) => sentenceOf(error, form, whom)))];
}
