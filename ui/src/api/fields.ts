// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of forms as GET /kinds/{kind} tells them.

import type { Tree } from "@/rules/evaluate";
import type { Words } from "./types";

export interface Code {
  code: string;
  zh: string;
  en: string;
}

/** Of a field of a line or of a part, which says its type in the words of JSON Schema. */
export interface Schema {
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: string[];
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: boolean | string[];
  items?: Schema;
  "x-type"?: string;
}

export interface Field {
  name: string;
  "x-type": string;
  "x-label"?: Words;
  "x-hint"?: Words;
  "x-unit"?: string;
  "x-codes"?: Code[];
  "x-decimals"?: number;
  "x-required"?: string | Tree; // "unless_attempt", or the condition
  required: boolean;
  personal?: boolean;
  list?: boolean; // a column of lists
  visible_to?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number; // of lines
  maxItems?: number;
  items?: Schema; // one line
  properties?: Record<string, Schema>; // of what has parts
  "x-kind"?: string; // of a matter
  "x-states"?: string[]; // in one of which it must be
}
