// SPDX-License-Identifier: GPL-3.0-or-later
// The server's time, kept by the monotonic clock: that of a phone may be a day wrong, and the server refuses ids from
// the future.

let offsetMs: number | null = null; // of the server's time against performance.now()

export function learnServerTime(dateHeader: string | null): void {
  const server = dateHeader === null ? NaN : Date.parse(dateHeader);
  if (!Number.isNaN(server)) offsetMs = server - performance.now();
}

export function serverNow(): number {
  return offsetMs === null ? Date.now() : Math.round(performance.now() + offsetMs);
}

/** How far the server is before this device's own clock, to be kept for a start without a network; null unknown. */
export function clockOffset(): number | null {
  return offsetMs === null ? null : Math.round(performance.now() + offsetMs - Date.now());
}

export function learnOffset(beforeDevice: number): void {
  offsetMs = Date.now() + beforeDevice - performance.now();
}
