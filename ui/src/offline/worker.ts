// SPDX-License-Identifier: GPL-3.0-or-later
// The service worker keeps the pages themselves, so that they start without a network. All works without it, but for
// that.

import { reactive } from "vue";

export const workerState = reactive({
  missing: true, // this browser cannot keep the pages, or not on this connection
  newer: false, // a newer version of the pages has come and waits
});

const RETRY_MS = 20_000;

let standing: ServiceWorker | null = null;

function watch(registration: ServiceWorkerRegistration): void {
  const look = (): void => {
    standing = registration.waiting;
    workerState.newer = standing !== null && navigator.serviceWorker.controller !== null;
  };
  look();
  const watchInstalling = (): void => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      look();
      if (worker.state === "redundant" && !registration.active) setTimeout(() => void startWorker(), RETRY_MS); // a file did not come
    });
  };
  watchInstalling();
  registration.addEventListener("updatefound", watchInstalling);
}

export async function startWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || !window.isSecureContext || import.meta.env.DEV) return;
  try {
    watch(await navigator.serviceWorker.register("/sw.js"));
    workerState.missing = false;
    const { active } = await navigator.serviceWorker.ready;
    // It may have been activated while this page was being fetched: then it has not claimed it.
    if (!navigator.serviceWorker.controller) active?.postMessage("claim");
  } catch {
    // It stays missing, and /field/me says so.
  }
}

/** The newer pages, at once: whoever asks for it has nothing open that is not kept. */
export function takeNewer(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => window.location.reload());
  standing?.postMessage("take over");
}
