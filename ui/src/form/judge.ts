// SPDX-License-Identifier: GPL-3.0-or-later
// What can be said of a value before the server is asked, also without a network: by its field alone, in the order in
// which the program judges it (playbook/form). Conditions between fields are not judged here.

import type { Field } from "@/api/types";
import { i18n, words } from "@/words/i18n";
import { formWithin, isLine, linesOf } from "./lines";
import { isFilled, isRequired, widgetOf } from "./widgets";

// As base/characters.c forbids them: controls but for line breaks, and marks that turn text around.
const INVISIBLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** A number as somebody might write it there, by its limits and decimals. */
function exampleOf(field: Field, decimals: number): string {
  const { minimum, maximum } = field;
  const middle = minimum !== undefined && maximum !== undefined ? (minimum + maximum) / 2 : (minimum ?? maximum ?? 1);
  return decimals > 0 ? (Math.floor(middle) + 0.5).toFixed(1) : String(Math.floor(middle));
}

function faultOfNumber(field: Field, text: string): string {
  const { t } = i18n.global;
  const decimals = widgetOf(field) === "decimal" ? (field["x-decimals"] ?? 1) : 0;
  const most = widgetOf(field) === "decimal" ? (field["x-decimals"] ?? Infinity) : 0;
  if (!/^-?\d{1,15}(\.\d+)?$/.test(text)) return t("judge.number", { example: exampleOf(field, decimals) });
  const places = text.split(".")[1]?.length ?? 0;
  if (places > most)
    return most === 0 ? t("judge.whole", { example: exampleOf(field, 0) }) : t("judge.decimals", { n: most });
  const unit = field["x-unit"] ? ` ${field["x-unit"]}` : "";
  if (field.minimum !== undefined && Number(text) < field.minimum)
    return t("judge.least", { n: `${field.minimum}${unit}` });
  if (field.maximum !== undefined && Number(text) > field.maximum)
    return t("judge.most", { n: `${field.maximum}${unit}` });
  return "";
}

/** Of rows: how many there are, and the first that is not ready. */
function faultOfLines(field: Field, value: unknown): string {
  const { t } = i18n.global;
  const lines = linesOf(value);
  if (lines.length < (field.minItems ?? 0)) return t("lines.least", { n: field.minItems! });
  if (lines.length > (field.maxItems ?? Infinity)) return t("lines.most", { n: field.maxItems! });
  if (widgetOf(field) === "refs") return "";
  const form = formWithin(field);
  for (const [i, line] of lines.entries()) {
    const lacking = unready(form, line);
    if (lacking.length > 0) return t("lines.lacks", { n: i + 1, what: listed(labelsOf(lacking)) });
  }
  return "";
}

function faultOfParts(field: Field, value: unknown): string {
  const lacking = isLine(value) ? unready(formWithin(field), value) : [];
  return lacking.length > 0 ? i18n.global.t("judge.missing", { what: listed(labelsOf(lacking)) }) : "";
}

/** Why a value cannot be right, in a sentence; "" nothing is known against it. */
export function faultOf(field: Field, value: unknown): string {
  if (!isFilled(field, value)) return "";
  const widget = widgetOf(field);
  if (widget === "lines" || widget === "refs") return faultOfLines(field, value);
  if (widget === "parts") return faultOfParts(field, value);
  if (widget === "decimal" || widget === "integer") return faultOfNumber(field, String(value));
  if (widget !== "text" && widget !== "long") return "";
  if (INVISIBLE.test(String(value))) return i18n.global.t("judge.invisible");
  const most = field.maxLength ?? Infinity;
  const count = [...String(value)].length;
  if (count > most) return i18n.global.t("judge.longest", { n: most, is: count });
  return "";
}

/** The fields of a form that are still to be filled in, or otherwise than they are. */
export function unready(
  form: Field[],
  fields: Record<string, unknown>,
  isNeeded = (field: Field): boolean => isRequired(field, false),
): Field[] {
  return form.filter((field) => {
    const value = fields[field.name];
    return (isNeeded(field) && !isFilled(field, value)) || faultOf(field, value) !== "";
  });
}

export function labelsOf(fields: Field[]): string[] {
  return fields.map((field) => words(field["x-label"]) || field.name);
}

export function listed(texts: string[]): string {
  return texts.join(i18n.global.locale.value === "zh" ? "、" : ", ");
}
