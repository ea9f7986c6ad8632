// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed into a form and not saved yet: kept under the PIN, a keystroke at a time, where this device keeps
// anything; else it is asked before it is lost.

import { computed, ref, watch, type ComputedRef, type Ref } from "vue";
import { serverNow } from "@/api/clock";
import { note, noted, phone, unnote } from "./phone";

interface Kept<T> {
  at: number;
  content: T;
}

export interface Draft {
  lost: ComputedRef<boolean>; // something is typed that closing the page would lose
  since: Readonly<Ref<number>>; // when what was found again was typed; 0: nothing was
  start: () => Promise<void>; // once the form stands as it opens
  drop: () => Promise<void>; // it is saved, or not wanted
}

/** `give` puts what was kept into the form; `content` must be plain data. */
export function useDraft<T>(name: string, content: () => T, give: (kept: T) => void): Draft {
  const key = `draft:${name}`;
  const first = ref<string | null>(null); // null: not begun, or over
  const since = ref(0);
  const failed = ref(false); // this device could not keep it
  let writing = Promise.resolve();
  const now = computed(() => (first.value === null ? "" : JSON.stringify(content())));
  const typed = computed(() => first.value !== null && now.value !== first.value);

  function write(act: () => Promise<void>): Promise<void> {
    writing = writing.then(act).then(
      () => void (failed.value = false),
      () => void (failed.value = true),
    );
    return writing;
  }

  watch(now, (text) => {
    if (first.value === null || !phone.open) return;
    const unchanged = text === first.value;
    void write(() => (unchanged ? unnote(key) : note(key, { at: serverNow(), content: JSON.parse(text) as T })));
  });

  return {
    lost: computed(() => typed.value && (!phone.open || failed.value)),
    since,
    async start() {
      const kept = await noted<Kept<T>>(key);
      first.value = JSON.stringify(content());
      if (!kept) return;
      give(kept.content);
      since.value = kept.at;
    },
    drop() {
      first.value = null;
      since.value = 0;
      return write(() => unnote(key));
    },
  };
}

/** Of an entry in a matter, wherever it is typed: alone, or with others of a household in whatever order. */
export function draftName(matter: string, entry: string): string {
  return `enter:${matter}/${entry}`;
}

/** Of several forms on one page: each is kept by itself. */
export function together(drafts: Draft[]): Draft {
  return {
    lost: computed(() => drafts.some((one) => one.lost.value)),
    since: computed(() => Math.max(0, ...drafts.map((one) => one.since.value))),
    start: async () => void (await Promise.all(drafts.map((one) => one.start()))),
    drop: async () => void (await Promise.all(drafts.map((one) => one.drop()))),
  };
}
