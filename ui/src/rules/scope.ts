// SPDX-License-Identifier: GPL-3.0-or-later
// What the names of a condition mean on a page with a form: src/matter/view/scope.c as far as a page knows it. Facts,
// expectations and participants it does not know, nor when the server will have the entry.

import type { Field, Kind, Matter } from "@/api/types";
import type { Scope } from "./evaluate";
import { fieldValue } from "./fields";
import { dayOfUs, parseDate } from "./moment";
import { MISSING, PRESENT, UNKNOWN, valueOf, type Value } from "./value";

export interface Form {
  kind: Kind;
  form: Field[];
  fields: Record<string, unknown>;
  attempt?: string | undefined;
  matter: Matter | null; // null: it is to be opened
  at: number; // when the entry is made, by the server's clock
  zone: string;
}

function ruleValue({ kind, at, zone }: Form, name: string, key?: string): Value {
  const [, bare] = /^(?:rule|table)\.(.*)$/.exec(name) ?? [];
  const rule = kind.rules?.find((one) => one.name === bare);
  if (!rule || rule.table !== (key !== undefined)) return UNKNOWN;
  const day = dayOfUs(BigInt(at) * 1000n, zone);
  const begun = rule.editions.filter((edition) => (parseDate(edition.from) ?? Infinity) <= day);
  const edition = begun[begun.length - 1];
  if (!edition) return MISSING;
  return valueOf(rule.type, key === undefined ? edition.value : edition.values?.[key]);
}

/** That a field is not shown does not mean that it is empty where not everybody may see it. */
function matterField({ kind, matter }: Form, name: string): Value {
  const field = kind.form.find((one) => one.name === name);
  if (!field || !matter?.form) return UNKNOWN;
  const shown = matter.form[name];
  if (shown === undefined) return (field.visible_to ?? []).length > 0 ? UNKNOWN : MISSING;
  return matter.masked && field.personal ? PRESENT : fieldValue(field, shown);
}

function builtin({ kind, matter, attempt, at }: Form, name: string): Value {
  switch (name) {
    case "at":
    case "entry.observed_at":
      return { type: "datetime", us: BigInt(at) * 1000n };
    case "attempt":
      return attempt === undefined ? MISSING : { type: "choice", text: attempt };
    case "matter.state":
      return matter ? { type: "choice", text: matter.state } : UNKNOWN;
    case "matter.opened_at":
      return matter ? valueOf("datetime", matter.opened_at) : UNKNOWN;
    case "matter.unit":
      return PRESENT;
    case "subject":
      return kind.about_person && matter?.subject ? PRESENT : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** `blank`: what an empty field stands for. */
export function scopeOf(page: Form, blank: (field: Field) => Value = () => MISSING): Scope {
  return {
    zone: page.zone,
    get(space, name, key) {
      const bare = name.slice(name.lastIndexOf(".") + 1);
      const field = space === "entry" ? page.form.find((one) => one.name === bare) : undefined;
      if (field) {
        const value = page.attempt === undefined ? fieldValue(field, page.fields[bare]) : MISSING;
        return value.type === "missing" && page.attempt === undefined ? blank(field) : value;
      }
      if (space === "rule" || space === "table") return ruleValue(page, name, key);
      if (space === "matter") return matterField(page, bare);
      return space === "builtin" ? builtin(page, name) : UNKNOWN;
    },
  };
}
