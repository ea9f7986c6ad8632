// SPDX-License-Identifier: GPL-3.0-or-later
// The text of the lines that rows of a list are about: a list tells their numbers alone.

import { ref, watch, type Ref } from "vue";
import { lineName } from "@/form/values";
import { matterOf } from "@/offline/reads";
import { kindOf, zone } from "@/session/session";

interface Row {
  matter?: string;
  line?: number;
  kind?: string;
  name?: string; // of its expectation
  entry?: string;
  subject?: unknown;
}

/** Of what is about somebody nothing is read for this: it would leave a trace. */
export function useLineNames(rows: () => Row[]): (row: Row) => string {
  const names: Ref<Map<string, string>> = ref(new Map());
  const asked = new Set<string>();

  async function read(id: string, of: Row[]): Promise<void> {
    const matter = await matterOf(id);
    const kind = await kindOf(matter.kind, matter.playbook);
    const expects = kind.states.flatMap((state) => state.expects);
    for (const row of of) {
      const entry = row.entry ?? expects.find((one) => one.name === row.name)?.entry;
      const field = kind.form.find((one) => one.name === kind.entries.find((def) => def.name === entry)?.line);
      const text = field ? lineName(field, matter.form?.[field.name], row.line!, zone()) : String(row.line);
      names.value.set(`${id} ${row.line}`, text);
    }
  }
  watch(
    rows,
    (all) => {
      const within = all.filter((row) => row.line !== undefined && row.matter !== undefined && !row.subject);
      for (const id of new Set(within.map((row) => row.matter!))) {
        if (asked.has(id)) continue;
        asked.add(id);
        read(
          id,
          within.filter((row) => row.matter === id),
        ).catch(() => asked.delete(id)); // its number is shown then
      }
    },
    { immediate: true },
  );
  return (row) => (row.line === undefined ? "" : (names.value.get(`${row.matter} ${row.line}`) ?? String(row.line)));
}
