// SPDX-License-Identifier: GPL-3.0-or-later
// Times as people of the playbook's zone read them.

export type Language = "zh" | "en";

const formats = new Map<string, Intl.DateTimeFormat>(); // making one takes as long as using it a hundred times

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  return format;
}

function parts(at: number, zone: string): Record<string, number> {
  const format = formatOf(zone);
  const found: Record<string, number> = {};
  for (const part of format.formatToParts(at)) found[part.type] = Number(part.value);
  return found;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

export function clockTime(iso: string, zone: string): string {
  const p = parts(Date.parse(iso), zone);
  return `${twoDigits(p.hour!)}:${twoDigits(p.minute!)}`;
}

/** 11月28日 20:30 or 28 Nov, 20:30; with the year where it is another than now's. */
export function dateTime(iso: string, zone: string, language: Language, nowMs: number): string {
  const p = parts(Date.parse(iso), zone);
  const other = p.year !== parts(nowMs, zone).year;
  const time = `${twoDigits(p.hour!)}:${twoDigits(p.minute!)}`;
  if (language === "zh") return `${other ? `${p.year}年` : ""}${p.month}月${p.day}日 ${time}`;
  return `${p.day} ${MONTHS[p.month! - 1]}${other ? ` ${p.year}` : ""}, ${time}`;
}

/** Of the same day as now its time alone, of another one with the date. */
export function shortTime(iso: string, zone: string, language: Language, nowMs: number): string {
  const today = dayOf(Date.parse(iso), zone) === dayOf(nowMs, zone);
  return today ? clockTime(iso, zone) : dateTime(iso, zone, language, nowMs);
}

/** What the zone's clock shows, as if it were UTC, to the minute. */
export function wallClock(ms: number, zone: string): number {
  const p = parts(ms, zone);
  return Date.UTC(p.year!, p.month! - 1, p.day!, p.hour!, p.minute!);
}

/** A day by its number since 1970, in the zone: two are the same day where these are equal. */
export function dayOf(ms: number, zone: string): number {
  const p = parts(ms, zone);
  return Date.UTC(p.year!, p.month! - 1, p.day!) / 86_400_000;
}

/** In two neighbouring units at most: 1 小时 12 分, 2 days 3 h. */
export function duration(ms: number, language: Language): string {
  const minutes = Math.max(Math.round(Math.abs(ms) / 60_000), 0);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  const units: [number, string][] =
    language === "zh"
      ? [
          [days, "天"],
          [hours, "小时"],
          [rest, "分"],
        ]
      : [
          [days, days === 1 ? "day" : "days"],
          [hours, "h"],
          [rest, "min"],
        ];
  const first = units.findIndex(([value]) => value > 0);
  const shown = first < 0 ? [] : units.slice(first, first + 2).filter(([value]) => value > 0); // 2 days, not 2 days 51 min
  if (shown.length === 0) return language === "zh" ? "不到 1 分" : "under 1 min";
  return shown.map(([value, unit]) => `${value} ${unit}`).join(" ");
}
