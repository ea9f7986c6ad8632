// SPDX-License-Identifier: GPL-3.0-or-later
// How a page heeds hints: it says that there is something new, or reads quietly, at most once each few seconds and while
// somebody looks. Nothing that a hand may be on moves by itself.

import { onMounted, onUnmounted, ref, type Ref } from "vue";
import { onHints, type Hints } from "./live";

const OWN_MS = 5_000; // hints of what was just saved on this page have come by then
let ownAt = -Infinity;

export function markOwn(): void {
  ownAt = performance.now();
}

/** Whether a hint is most likely of what somebody has just saved here: it is no news to them. */
export function isOwn(): boolean {
  return performance.now() - ownAt < OWN_MS;
}

/** True from a hint that concerns the page until it is set to false. */
export function useChanged(concerns: (hints: Hints) => boolean): Ref<boolean> {
  const changed = ref(false);
  let stop: (() => void) | null = null;
  onMounted(() => (stop = onHints((hints) => (changed.value = changed.value || concerns(hints)))));
  onUnmounted(() => stop?.());
  return changed;
}

/** Calls `act` after hints that concern the page: soon after the first, then at most once in `everyMs`. */
export function useHinted(concerns: (hints: Hints) => boolean, act: () => Promise<void>, everyMs = 4_000): void {
  let stop: (() => void) | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  let lastAt = -Infinity;

  function plan(): void {
    if (!wanted || timer !== undefined || document.hidden) return;
    const jitterMs = Math.random() * 500; // not all pages at the same moment
    timer = setTimeout(run, Math.max(0, lastAt + everyMs - performance.now()) + jitterMs);
  }
  async function run(): Promise<void> {
    wanted = false;
    await act().catch(() => undefined); // the next hint asks again
    lastAt = performance.now();
    timer = undefined;
    plan();
  }

  onMounted(() => {
    stop = onHints((hints) => {
      wanted = wanted || concerns(hints);
      plan();
    });
    document.addEventListener("visibilitychange", plan);
  });
  onUnmounted(() => {
    stop?.();
    clearTimeout(timer);
    timer = undefined;
    wanted = false;
    document.removeEventListener("visibilitychange", plan);
  });
}
