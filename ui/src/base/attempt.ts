// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody asked to be done: one at a time, and why it could not be.

import { reactive, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { Problem } from "@/api/client";

export interface Attempt {
  busy: Ref<boolean>;
  failure: ShallowRef<Problem | null>; // of the last one
  attempt: (act: () => Promise<void>) => Promise<void>;
}

/** `tell` is called with what was refused, to say it where it belongs. */
export function useAttempt(tell?: (problem: Problem) => void): Attempt {
  const busy = ref(false);
  const failure = shallowRef<Problem | null>(null);

  async function attempt(act: () => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    failure.value = null;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failure.value = error;
      tell?.(error);
    } finally {
      busy.value = false;
    }
  }
  return { busy, failure, attempt };
}

/** The same for a form: `wrong` is what is said at its fields, whose names are below `prefix`. */
export function useFormAttempt(prefix: string): Attempt & { wrong: Record<string, string> } {
  const wrong = reactive<Record<string, string>>({});
  const { busy, failure, attempt } = useAttempt((problem) => {
    for (const { field, detail } of problem.errors)
      if (field) wrong[field.startsWith(`${prefix}.`) ? field.slice(prefix.length + 1) : field] = detail;
  });

  return {
    busy,
    failure,
    wrong,
    attempt(act) {
      for (const name of Object.keys(wrong)) delete wrong[name];
      return attempt(act);
    },
  };
}
