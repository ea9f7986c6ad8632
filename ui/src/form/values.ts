// SPDX-License-Identifier: GPL-3.0-or-later
// What was entered, as text: codes by their titles, times in the playbook's zone.

import { serverNow } from "@/api/clock";
import type { Field } from "@/api/types";
import { dateTime } from "@/base/time";
import { i18n, language, words } from "@/words/i18n";

function codeText(field: Field, code: unknown): string {
  const found = field["x-codes"]?.find((one) => one.code === code);
  return found ? words(found) : String(code);
}

export function valueText(field: Field, value: unknown, zone: string): string {
  const { t } = i18n.global;
  if (value === undefined || value === null || value === "") return "—";
  if (Array.isArray(value))
    return value.length === 0 ? t("round.noneOfThese") : value.map((one) => codeText(field, one)).join("、");
  if (typeof value === "boolean") return value ? t("enter.yes") : t("enter.no");
  if (field["x-type"] === "choice") return codeText(field, value);
  if (field["x-type"] === "datetime") return dateTime(String(value), zone, language(), serverNow());
  if (typeof value === "object") {
    const named = value as { name?: string; code?: string; hash?: string };
    return named.name ?? named.code ?? named.hash ?? "—";
  }
  if (field["x-type"] === "decimal" && !Number.isNaN(Number(value)))
    value = Number(value).toFixed(Math.max(field["x-decimals"] ?? 0, (String(value).split(".")[1] ?? "").length));
  return field["x-unit"] ? `${String(value)} ${field["x-unit"]}` : String(value);
}
