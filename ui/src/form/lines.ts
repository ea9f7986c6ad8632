// SPDX-License-Identifier: GPL-3.0-or-later
// Fields that hold other fields: the rows of a table (lines) and what has parts (a call, a position). The fields within
// are told in the words of JSON Schema alone, out of which their types are read here.

import type { Field, Schema } from "@/api/types";

export type Line = Record<string, unknown>;

export function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function linesOf(value: unknown): Line[] {
  return Array.isArray(value) ? value.filter(isLine) : [];
}

const byFormat: Record<string, string> = { date: "date", "date-time": "datetime", uuid: "matter", iri: "url" };
// What the examples of the types that are plain strings look like, as the program gives them (form/field_types.c).
const byExample: [RegExp, string][] = [
  [/\n/, "long_text"],
  [/^p[0-9a-z]{20,}$/, "person"],
  [/^\d{12}$/, "unit"],
];

function typeOfText(schema: Schema): string {
  const { format, pattern, examples } = schema;
  if (schema.enum) return "choice";
  if (format && byFormat[format]) return byFormat[format];
  if (pattern?.includes("{64}")) return "file";
  if (pattern?.includes("(s|min|h|d)")) return "duration";
  if (pattern || "maxLength" in schema) return /\n/.test(String(examples?.[0])) ? "long_text" : "text";
  return byExample.find(([like]) => like.test(String(examples?.[0])))?.[1] ?? "text";
}

/** The type of a field of the playbook's language that has such a schema. */
export function typeOf(schema: Schema): string {
  if (schema["x-type"]) return schema["x-type"];
  if (Array.isArray(schema.type)) return "decimal";
  if (schema.type === "integer") return "integer";
  if (schema.type === "boolean") return "bool";
  if (schema.type === "array") return "choices"; // lines have none themselves
  if (schema.type === "object") return schema.properties?.seconds ? "call_proof" : "location";
  return typeOfText(schema);
}

/** Parts of the two types that have any, which are needed: what the schema says of it is in their field's way. */
const neededParts = ["at", "seconds", "direction", "last4", "lat", "lon", "source"];

/** The fields of one line, or of the parts. */
export function formWithin(field: Field): Field[] {
  const { properties, required } = field.items ?? { properties: field.properties, required: neededParts };
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties ?? {}).map(([name, schema]) => ({
    ...(schema as unknown as Field),
    name,
    "x-type": typeOf(schema),
    required: needed.includes(name),
  }));
}
