// SPDX-License-Identifier: GPL-3.0-or-later
// A long list is there at once with its beginning, and grows to its end while the page can be used already.

import { onMounted, onUnmounted, ref, type Ref } from "vue";

const FIRST = 12; // what a phone shows at once
const STEP = 60;

/** How many rows to show now, of as many as `total` says. */
export function useGrowing(total: () => number): Ref<number> {
  const most = ref(FIRST);
  let timer: ReturnType<typeof setTimeout> | undefined;
  function grow(): void {
    if (most.value < total()) most.value += STEP;
    timer = setTimeout(grow, most.value < total() ? 0 : 500);
  }
  onMounted(() => (timer = setTimeout(grow, 50)));
  onUnmounted(() => clearTimeout(timer));
  return most;
}
