// SPDX-License-Identifier: GPL-3.0-or-later
// What will follow from an entry, as the playbook states it, and why it would be refused. Where a page cannot know it
// says nothing: the server decides.

import type { EntryDef, ExpectDef, Field, State, Words } from "@/api/types";
import { isRequired } from "@/form/widgets";
import { holds, type Scope } from "./evaluate";
import { scopeOf, type Form } from "./scope";
import { MISSING, UNKNOWN } from "./value";

export interface Consequence {
  state: State | null; // another one than now's
  expects: ExpectDef[]; // in it
  opens: string[]; // kinds
  refusals: Words[];
}

const NOTHING: Consequence = { state: null, expects: [], opens: [], refusals: [] };

/** A field that is still to be filled is not known yet; one that may stay empty counts as it is. */
function whatFollowsScope(page: Form): Scope {
  const asked = scopeOf(page);
  const blank = (field: Field): typeof MISSING => (isRequired(field, false, asked) ? UNKNOWN : MISSING);
  return scopeOf(page, blank);
}

function refusalsOf(entry: EntryDef, scope: Scope): Words[] {
  const refused = (entry.refuse ?? []).filter((one) => holds(one.when, scope) === true).map((one) => one.say);
  const lacking = (entry.needs ?? []).filter((one) => one.say && holds(one.that, scope) === false);
  return [...refused, ...lacking.map((one) => one.say!)];
}

/** The first branch whose condition is true; null none, undefined where that is not known. */
function branchOf(entry: EntryDef, scope: Scope): NonNullable<EntryDef["then"]>[number] | null | undefined {
  for (const branch of entry.then ?? []) {
    const taken = holds(branch.when, scope);
    if (taken === null) return undefined;
    if (taken) return branch;
  }
  return null;
}

/** When it is due can be said without a calendar, and it is nobody's of several. */
function isTellable(expect: ExpectDef): boolean {
  if (expect.optional || expect.each || expect.per_line || expect.when) return false;
  if (expect.windows || expect.per === "day") return true;
  const now = expect.since === "state" || expect.since === "observed";
  return now && expect.within !== undefined && "seconds" in expect.within;
}

export function consequenceOf(entry: EntryDef, page: Form): Consequence {
  const { kind, matter } = page;
  if (!matter || !kind.playbook || matter.playbook !== kind.playbook) return NOTHING; // other rules than these decide
  const scope = whatFollowsScope(page);
  const refusals = refusalsOf(entry, scope);
  if (refusals.length > 0 || page.attempt !== undefined || entry.second) return { ...NOTHING, refusals };
  const branch = branchOf(entry, scope);
  if (branch === undefined) return NOTHING;
  const state = kind.states.find((one) => one.name === branch?.state && one.name !== matter.state) ?? null;
  return {
    state,
    expects: state?.expects.filter(isTellable) ?? [],
    opens: [...(entry.opens ?? []), ...(branch?.opens ?? [])],
    refusals,
  };
}
