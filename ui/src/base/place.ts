// SPDX-License-Identifier: GPL-3.0-or-later
// A place in the address of a page: ?unit=CODE (or under=CODE, as the API has it), one's own seat where it says none.

import { computed, type ComputedRef } from "vue";
import { useRoute } from "vue-router";
import type { Unit } from "@/api/types";
import { session } from "@/session/session";

export function codeOf(unit: { code: string | null; id: string }): string {
  return unit.code ?? `#${unit.id}`;
}

/** A unit and those above it, the nearest first, then others; each by its code, and by the names above it. */
export function placesOf(unit: Unit | null, others: [string, string][]): [string, string][] {
  const path = unit ? [...unit.path, unit] : [];
  const named = path.map((one, i): [string, string] => [codeOf(one), namesOf(path.slice(0, i + 1))]);
  const known = new Set(named.map(([code]) => code));
  return [...named.reverse(), ...others.filter(([code]) => !known.has(code))];
}

/** Names from the top on, of which the topmost, which all have, is left out. */
function namesOf(path: { name: string }[]): string {
  return (path.length > 1 ? path.slice(1) : path).map((one) => one.name).join(" › ");
}

/** A unit with all that is above it, so that two of one name are told apart. */
export function pathName(unit: Pick<Unit, "name" | "path">): string {
  return namesOf([...unit.path, unit]);
}

/** Of a path from the top on, what lies in a seat or is one: above its seat a post sees no figures. */
export function withinSeats(path: { id: string }[], seats: { id: string }[]): boolean[] {
  const first = path.findIndex((one) => seats.some((seat) => seat.id === one.id));
  return path.map((_, i) => first >= 0 && i >= first);
}

export function usePlace(): ComputedRef<string> {
  const route = useRoute();
  return computed(() => {
    const asked = route.query.unit ?? route.query.under;
    const seat = session.me?.posts[0]?.seat;
    return typeof asked === "string" && asked !== "" ? asked : seat ? codeOf(seat) : "";
  });
}
