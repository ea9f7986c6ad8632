// SPDX-License-Identifier: GPL-3.0-or-later
// What was entered, as text: codes by their titles, times in the playbook's zone.

import { serverNow } from "@/api/clock";
import type { Field, Kind, Matter } from "@/api/types";
import { dateTime } from "@/base/time";
import { i18n, language, words } from "@/words/i18n";
import { formWithin, isLine, linesOf } from "./lines";
import { widgetOf } from "./widgets";

function codeText(field: Field, code: unknown): string {
  const found = field["x-codes"]?.find((one) => one.code === code);
  return found ? words(found) : String(code);
}

/** A photo or file that an entry names, as the server tells of it. */
export interface FileValue {
  hash: string;
  type: string;
  bytes: number;
}

export function isFile(value: unknown): value is FileValue {
  return typeof value === "object" && value !== null && "hash" in value && "bytes" in value;
}

export function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function fileText({ type, bytes }: Pick<FileValue, "type" | "bytes">): string {
  const { t } = i18n.global;
  return `${type.startsWith("image/") ? t("photo.photo") : t("photo.file")} · ${sizeText(bytes)}`;
}

/** An entry or expectation of a matter that was named as evidence, with what it said then. */
export interface Ref {
  matter: string;
  entry?: number;
  expectation?: number;
  kind?: string;
  name?: string;
  at?: string;
  outcome?: string;
}

function isRef(value: object): value is Ref {
  return "matter" in value && ("entry" in value || "expectation" in value);
}

function refOf({ matter, entry, expectation }: Ref): Ref {
  return { matter, ...(entry === undefined ? { expectation: expectation! } : { entry }) };
}

export function refText(value: Record<string, unknown>, zone: string): string {
  const { entry, expectation, name, at, outcome } = value as unknown as Ref;
  const { t, te } = i18n.global;
  const what = entry === undefined ? t("refs.expected", { n: expectation ?? 0 }) : t("refs.entry", { n: entry });
  const when = at ? dateTime(at, zone, language(), serverNow()) : "";
  const how = outcome && te(`outcome.${outcome}`) ? t(`outcome.${outcome}`) : "";
  return [what, name ?? "", when, how].filter((text) => text !== "").join(" · ");
}

/** What a form takes for what an entry shows: units and files by their names. */
export function typedValue(value: unknown): unknown {
  if (isFile(value)) return value.hash;
  if (Array.isArray(value)) return value.map(typedValue);
  const unit = value as { id?: string; code?: string | null; type?: string } | null;
  if (typeof unit !== "object" || unit === null) return value;
  if (isRef(unit)) return refOf(unit);
  if (unit.id === undefined || unit.type === undefined)
    return Object.fromEntries(Object.entries(unit).map(([name, one]) => [name, typedValue(one)]));
  return unit.code ?? `#${unit.id}`;
}

/** What a line, or what has parts, says of one of its fields. */
export interface Told {
  field: Field;
  label: string;
  value: unknown;
}

export function toldOf(form: Field[], line: Record<string, unknown>): Told[] {
  return form
    .filter((field) => line[field.name] !== undefined && line[field.name] !== "")
    .map((field) => ({ field, label: words(field["x-label"]) || field.name, value: line[field.name] }));
}

/** A line in one: its first text, and what else it says. */
export function lineText(field: Field, line: Record<string, unknown>, zone: string): string {
  const [first, ...more] = toldOf(formWithin(field), line);
  if (!first) return "—";
  const zh = language() === "zh";
  const rest = more.map((one) => `${one.label}${zh ? "：" : ": "}${valueText(one.field, one.value, zone)}`);
  const head = valueText(first.field, first.value, zone);
  return rest.length === 0 ? head : `${head}${zh ? "（" : " ("}${rest.join(zh ? "；" : "; ")}${zh ? "）" : ")"}`;
}

/** By what one knows a line of a form that has been filled in: its first text. */
export function lineName(field: Field | undefined, lines: unknown, number: number, zone: string): string {
  const line = linesOf(lines)[number - 1];
  const first = field && line ? toldOf(formWithin(field), line)[0] : undefined;
  return first ? `${number}. ${valueText(first.field, first.value, zone)}` : String(number);
}

export function valueText(field: Field, value: unknown, zone: string): string {
  const { t } = i18n.global;
  if (value === undefined || value === null || value === "") return "—";
  const widget = widgetOf(field);
  if (widget === "lines" || widget === "refs") {
    const lines = linesOf(value);
    const said = lines.map(
      (line, i) => `${i + 1}. ${widget === "refs" ? refText(line, zone) : lineText(field, line, zone)}`,
    );
    return said.join("\n") || "—";
  }
  if (widget === "matter") return t("pick.aMatter");
  if (widget === "person" && /^p[0-9a-z]{8,}$/.test(String(value))) return t("pick.aPerson");
  if (widget === "parts" && isLine(value))
    return toldOf(formWithin(field), value)
      .map((one) => `${one.label} ${valueText(one.field, one.value, zone)}`)
      .join(" · ");
  if (Array.isArray(value))
    return value.length === 0 ? t("round.noneOfThese") : value.map((one) => codeText(field, one)).join("、");
  if (typeof value === "boolean") return value ? t("enter.yes") : t("enter.no");
  if (field["x-type"] === "choice") return codeText(field, value);
  if (field["x-type"] === "datetime") return dateTime(String(value), zone, language(), serverNow());
  if (isFile(value)) return fileText(value);
  if (typeof value === "object") {
    const named = value as { name?: string; code?: string };
    return named.name ?? named.code ?? "—";
  }
  if (field["x-type"] === "decimal" && !Number.isNaN(Number(value)))
    value = Number(value).toFixed(Math.max(field["x-decimals"] ?? 0, (String(value).split(".")[1] ?? "").length));
  return field["x-unit"] ? `${String(value)} ${field["x-unit"]}` : String(value);
}

/** The fields of a matter's form that hold something one may see. */
export function filledOf(kind: Kind | undefined, matter: Matter | undefined): Field[] {
  return (kind?.form ?? []).filter((field) => matter?.form?.[field.name] !== undefined);
}
