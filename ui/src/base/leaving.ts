// SPDX-License-Identifier: GPL-3.0-or-later
// Pages on which something is typed that nothing keeps: the browser asks before it throws one away.

import { computed, reactive } from "vue";

const typed = reactive(new Set<symbol>());
export const hasTyped = computed(() => typed.size > 0);

export function setTyped(page: symbol, yes: boolean): void {
  if (yes) typed.add(page);
  else typed.delete(page);
}

function ask(event: BeforeUnloadEvent): void {
  if (typed.size === 0) return;
  event.preventDefault();
  event.returnValue = ""; // Chromium before 119 asks for it
}

export function watchLeaving(): void {
  window.addEventListener("beforeunload", ask);
}

/** Another page at once, whatever is typed: somebody else has signed in, or somebody has signed out. */
export function leaveFor(address: string): void {
  typed.clear();
  window.removeEventListener("beforeunload", ask);
  window.location.assign(address);
}
