// SPDX-License-Identifier: GPL-3.0-or-later
// Which entries are worth offering: GET /matters/{matter}/acts says who may and in which state; what the playbook
// refuses whatever is filled in, and what would be of a line where there is none, is known here.

import type { Act, Entry, EntryDef, Kind, Matter } from "@/api/types";
import { linesOf } from "@/form/lines";
import { words } from "@/words/i18n";
import { holds } from "./evaluate";
import { scopeOf } from "./scope";
import { UNKNOWN } from "./value";

/** Of a field that not everybody may see nothing is known where it is not shown. */
function hasNoLine(entry: EntryDef, kind: Kind, matter: Matter): boolean {
  const field = entry.line ? kind.form.find((one) => one.name === entry.line) : undefined;
  if (!field || !matter.form || (field.visible_to ?? []).length > 0) return false;
  return linesOf(matter.form[field.name]).length === 0;
}

/** Why it is refused with whatever fields; "" where that is not known. An attempt may be entered all the same. */
function whyNever(entry: EntryDef, kind: Kind, matter: Matter, at: number, zone: string): string {
  if (entry.attempts.length > 0 || !kind.playbook || kind.playbook !== matter.playbook) return "";
  const scope = scopeOf({ kind, form: entry.form, fields: {}, matter, at, zone }, () => UNKNOWN);
  const refused = (entry.refuse ?? []).find((one) => holds(one.when, scope) === true);
  const lacking = (entry.needs ?? []).find((one) => one.say && holds(one.that, scope) === false);
  return words(refused?.say ?? lacking?.say);
}

/** What confirms or declines another entry, while none of these waits for it, of whomever. `made`: oldest first. */
function hasNothingToSettle(entry: EntryDef, kind: Kind, made: Entry[]): boolean {
  const name = entry.confirms ?? entry.declines;
  if (!name) return false;
  const settles = kind.entries.filter((one) => (one.confirms ?? one.declines) === name).map((one) => one.name);
  const last = new Map<number | undefined, string>(); // of each participant
  for (const one of made)
    if (settles.includes(one.entry) || (one.entry === name && !one.attempt)) last.set(one.participant, one.entry);
  return ![...last.values()].includes(name);
}

export function offersOf(
  acts: Act[],
  kind: Kind,
  matter: Matter,
  at: number,
  zone: string,
  made?: Entry[] | undefined,
): Act[] {
  return acts.flatMap((act) => {
    const entry = kind.entries.find((one) => one.name === act.entry);
    if (!entry || act.refused) return [act];
    if (hasNoLine(entry, kind, matter) || (made && hasNothingToSettle(entry, kind, made))) return [];
    const why = whyNever(entry, kind, matter, at, zone);
    return [why ? { ...act, refused: { code: "refused_by_playbook", detail: why } } : act];
  });
}
