// SPDX-License-Identifier: GPL-3.0-or-later
// The server's time, also while it cannot be asked: that of a phone may be a day wrong, and the server refuses ids from
// the future. It goes on by two clocks: the monotonic one stands still while the phone sleeps, this device's own may be
// set back meanwhile. Whichever is further is right, until the server is asked again.

let before: { monotonic: number; device: number } | null = null; // how far the server is before each

export function learnServerTime(dateHeader: string | null): void {
  const server = dateHeader === null ? NaN : Date.parse(dateHeader);
  if (!Number.isNaN(server)) before = { monotonic: server - performance.now(), device: server - Date.now() };
}

export function serverNow(): number {
  if (before === null) return Date.now();
  return Math.round(Math.max(performance.now() + before.monotonic, Date.now() + before.device));
}

/** How far the server is before this device's own clock, to be kept for a start without a network; null unknown. */
export function clockOffset(): number | null {
  return before === null ? null : Math.round(serverNow() - Date.now());
}

export function learnOffset(device: number): void {
  before = { monotonic: Date.now() + device - performance.now(), device };
}
