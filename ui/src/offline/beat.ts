// SPDX-License-Identifier: GPL-3.0-or-later
// When the phone sends and compares: as soon as there is a network again, when it is looked at again, and in between,
// less often the longer the server does not answer.

import { serverNow } from "@/api/clock";
import { Problem } from "@/api/client";
import { hasNetwork } from "@/base/network";
import { lock, session } from "@/session/session";
import { expire, phone, refresh, waiting } from "./phone";
import { sendWaiting } from "./sending";

const EVERY_MS = 15_000;
const PAUSE_MOST_MS = 120_000;
const AGAIN_MS = 2_000; // the first call after a network is back may yet fail
const OLD_MS = 120_000; // what is kept is compared again when somebody looks at it
const LOCK_MS = 5 * 60_000; // out of sight

let pauseMs = 0;
let lastMs = 0;
let hiddenMs = 0;

async function quietly(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // the state line says that the server does not answer
  }
}

/** Sends first, then compares: entries go up before anything comes down. */
export async function meet(anyway: boolean): Promise<void> {
  if (!phone.open || session.state !== "in") return;
  lastMs = performance.now();
  const had = waiting.value.length;
  await quietly(sendWaiting);
  const sent = waiting.value.length < had;
  if (anyway || sent || !phone.reached || serverNow() - phone.at > OLD_MS) await quietly(() => refresh());
  pauseMs = phone.reached ? 0 : Math.min(PAUSE_MOST_MS, Math.max(EVERY_MS, pauseMs * 2));
}

function tick(): void {
  void expire();
  const due = performance.now() - lastMs >= Math.max(EVERY_MS, pauseMs);
  const wanted = waiting.value.length > 0 || !phone.reached;
  if (due && document.visibilityState === "visible" && wanted) void meet(false);
}

function onVisible(): void {
  if (document.visibilityState === "hidden") {
    hiddenMs = performance.now();
    return;
  }
  if (phone.open && performance.now() - hiddenMs > LOCK_MS) lock(session.me?.person.id ?? "");
  else void meet(false);
}

/** It is not known to be reached before it was asked. */
async function onOnline(): Promise<void> {
  pauseMs = 0;
  await meet(true);
  if (!phone.reached) setTimeout(() => void meet(true), AGAIN_MS);
}

/** Once, when the page starts. */
export function startBeat(): void {
  setInterval(tick, EVERY_MS / 3);
  const cut = (): void => void (phone.reached = phone.reached && hasNetwork());
  cut();
  window.addEventListener("offline", cut);
  window.addEventListener("online", () => void onOnline());
  document.addEventListener("visibilitychange", onVisible);
}
