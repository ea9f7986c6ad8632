// SPDX-License-Identifier: GPL-3.0-or-later
// The service worker keeps the pages themselves, so that they start without a network. All works without it, but for
// that.

import { reactive } from "vue";

export const workerState = reactive({
  missing: true, // this browser cannot keep the pages, or not on this connection
  newer: false, // a newer version of the pages has come and waits
});

let standing: ServiceWorker | null = null;

function watch(registration: ServiceWorkerRegistration): void {
  const look = (): void => {
    standing = registration.waiting;
    workerState.newer = standing !== null && navigator.serviceWorker.controller !== null;
  };
  look();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
}

export async function startWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || !window.isSecureContext || import.meta.env.DEV) return;
  try {
    watch(await navigator.serviceWorker.register("/sw.js"));
    workerState.missing = false;
  } catch {
    // It stays missing, and /field/me says so.
  }
}

/** The newer pages, at once: whoever asks for it has nothing open that is not kept. */
export function takeNewer(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => window.location.reload());
  standing?.postMessage("take over");
}
