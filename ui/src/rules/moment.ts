// SPDX-License-Identifier: GPL-3.0-or-later
// Days and instants as expressions count them (src/base/datetime.c): days since 1970, microseconds of UTC.

export const DAY_US = 86_400_000_000n;
const DAY_MS = 86_400_000;
const WITHIN_MS = 26 * 3_600_000; // no clock is further from UTC, or is changed by more, than this
const YEAR_FIRST = 1900;
const YEAR_LAST = 2199;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const two = "2-digit";
    const fields = { year: "numeric", month: two, day: two, hour: two, minute: two, second: two } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...fields })));
  }
  return format;
}

/** How far the zone's clock is ahead of UTC, in milliseconds. */
function offset(ms: number, zone: string): number {
  const p: Record<string, number> = {};
  const second = Math.floor(ms / 1000) * 1000;
  for (const part of formatOf(zone).formatToParts(second)) p[part.type] = Number(part.value);
  return Date.UTC(p.year!, p.month! - 1, p.day!, p.hour!, p.minute!, p.second!) - second;
}

/** The milliseconds in which it lies: dates before 1970 are rounded down, too. */
function toMs(us: bigint): number {
  return Number((us - (((us % 1000n) + 1000n) % 1000n)) / 1000n);
}

export function dayOfUs(us: bigint, zone: string): number {
  const ms = toMs(us);
  return Math.floor((ms + offset(ms, zone)) / DAY_MS);
}

function shownAt(local: number, from: number, zone: string): number | null {
  const at = local - offset(local + from, zone);
  return at + offset(at, zone) === local ? at : null;
}

/** When the zone's clock is put forward over `local`: the first instant with the later offset. */
function changeNear(local: number, zone: string): number {
  let [before, after] = [local - WITHIN_MS, local + WITHIN_MS];
  const later = offset(after, zone);
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (offset(middle, zone) === later) after = middle;
    else before = middle;
  }
  return after;
}

/** The start of a day: of a midnight that comes twice the later, of one that there is not the next instant. */
export function dayStartUs(day: number, zone: string): bigint {
  const local = day * DAY_MS;
  const at = shownAt(local, WITHIN_MS, zone) ?? shownAt(local, -WITHIN_MS, zone) ?? changeNear(local, zone);
  return BigInt(at) * 1000n;
}

export function parseDate(text: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const ms = Date.UTC(year, month - 1, day);
  const right = new Date(ms).getUTCMonth() === month - 1 && new Date(ms).getUTCDate() === day;
  return right && year >= YEAR_FIRST && year <= YEAR_LAST ? ms / DAY_MS : null;
}

export function formatDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function parseInstant(text: string): bigint | null {
  const found = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  const day = found ? parseDate(found[1]!) : null;
  if (!found || day === null) return null;
  const [hour, minute, second] = [Number(found[2]), Number(found[3]), Number(found[4])];
  const ahead = (Number(found[7] ?? 0) * 60 + Number(found[8] ?? 0)) * (found[6] === "-" ? -1 : 1);
  if (hour > 23 || minute > 59 || second > 59 || Number(found[7] ?? 0) > 23 || Number(found[8] ?? 0) > 59) return null;
  const seconds = BigInt(hour * 3600 + (minute - ahead) * 60 + second);
  return BigInt(day) * DAY_US + seconds * 1_000_000n + BigInt((found[5] ?? "").padEnd(6, "0"));
}

export function formatInstant(us: bigint): string {
  const fraction = ((us % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((us - fraction) / 1000n)).toISOString().slice(0, 19);
  return fraction === 0n ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(6, "0")}Z`;
}
