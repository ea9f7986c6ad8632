// SPDX-License-Identifier: GPL-3.0-or-later
// Which entries whoever has signed in may make in a state, as far as roles tell; the server decides.

import type { Address, EntryDef, Kind, Matter } from "@/api/types";

export interface Act {
  entry: EntryDef;
  mine: boolean;
  roles: string[]; // whose it is
}

function rolesOf(addresses: Address[]): string[] {
  return addresses.map((address) => address.role).filter((role): role is string => role !== undefined);
}

export function actsOf(kind: Kind, matter: Matter, myRoles: Set<string>): Act[] {
  if (matter.closed_at !== null) return [];
  const state = kind.states.find((one) => one.name === matter.state);
  const acts = kind.entries
    .filter((entry) => entry.in.includes(matter.state))
    .map((entry) => {
      const expected = (state?.expects ?? []).filter((expect) => expect.entry === entry.name);
      const roles = [
        ...new Set([...rolesOf(entry.by), ...expected.flatMap((one) => rolesOf([one.answers, ...one.may_meet]))]),
      ];
      return { entry, mine: roles.some((role) => myRoles.has(role)), roles, expected: expected.length > 0 };
    })
    .filter((act) => act.roles.length > 0);
  return acts.sort((a, b) => Number(b.expected) - Number(a.expected));
}
