// SPDX-License-Identifier: GPL-3.0-or-later
// A place in the address of a page: ?unit=CODE (or under=CODE, as the API has it), one's own seat where it says none.

import { computed, type ComputedRef } from "vue";
import { useRoute } from "vue-router";
import { session } from "@/session/session";

export function codeOf(unit: { code: string | null; id: string }): string {
  return unit.code ?? `#${unit.id}`;
}

export function usePlace(): ComputedRef<string> {
  const route = useRoute();
  return computed(() => {
    const asked = route.query.unit ?? route.query.under;
    const seat = session.me?.posts[0]?.seat;
    return typeof asked === "string" && asked !== "" ? asked : seat ? codeOf(seat) : "";
  });
}
