// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody who is being registered, as the form for it holds them; and without a network, as it waits to be sent.

import { halfWidth } from "@/base/typed";
import { MADE } from "@/offline/queue";
import type { ToSave } from "@/offline/save";
import { i18n } from "@/words/i18n";
import type { Words } from "@/api/types";

export interface NewPerson {
  open: boolean; // the form is
  name: string;
  id_number: string;
  phone: string;
  dwelling: string;
  registerId?: string; // of the commands that wait, once somebody was registered without a network
  moveId?: string;
}

export const NOBODY: NewPerson = { open: false, name: "", id_number: "", phone: "", dwelling: "" };

export const NAME_MOST = 60; // as the program has it

export function nameLength({ name }: NewPerson): number {
  return [...name.trim()].length;
}

/** What a command says of them. */
export function givenOf({ name, id_number, phone }: NewPerson): Record<string, string> {
  const given = Object.entries({ name: name.trim(), id_number: id_number.trim(), phone: phone.trim() });
  return Object.fromEntries(given.filter(([, value]) => value !== ""));
}

/** Stands for whoever is registered with the matter that is about them. */
export const NAMED = "named";

/** Stands for whoever is not registered yet. */
export function awaited(registerId: string): string {
  return MADE + registerId;
}

export function isAwaited(person: { id: string } | null): boolean {
  return !!person?.id.startsWith(MADE);
}

function both(path: string): Words {
  return { zh: i18n.global.t(path, {}, { locale: "zh" }), en: i18n.global.t(path, {}, { locale: "en" }) };
}

/** The commands that wait: who they are, and where they live. */
export function registration(person: NewPerson, unit: string): ToSave[] {
  const { registerId, moveId } = person;
  if (!registerId || !moveId) return [];
  const common = { matters: [], entry: "", whom: [person.name.trim()] };
  const register: ToSave = {
    ...common,
    id: registerId,
    command: "register_person",
    body: { unit, ...givenOf(person) },
    title: both("opening.newPerson"),
    form: `/field/newcomer/${registerId}`,
  };
  if (person.dwelling.trim() === "") return [register];
  const home: ToSave = {
    ...common,
    id: moveId,
    command: "move_in",
    body: { persons: [awaited(registerId)], unit, dwelling: halfWidth(person.dwelling.trim()) },
    needs: [registerId],
    title: both("opening.newHome"),
    form: `/field/newcomer/${moveId}`,
  };
  return [register, home];
}
