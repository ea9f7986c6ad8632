// SPDX-License-Identifier: GPL-3.0-or-later
// What an expectation asks for.

import type { EntryDef, Kind } from "@/api/types";

/** The entry that meets it; that of a second person bears the name of what is confirmed. */
export function meeting(kind: Kind, name: string): EntryDef | undefined {
  const expect = kind.states.flatMap((state) => state.expects).find((one) => one.name === name);
  const entry = expect?.entry ?? name;
  return kind.entries.find((one) => one.name === entry || (one.confirms && name === `second_${one.confirms}`));
}
