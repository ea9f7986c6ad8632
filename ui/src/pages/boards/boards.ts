// SPDX-License-Identifier: GPL-3.0-or-later
// How a unit stands on a board: its colours, in which order units come, and what is said of a signal.

import type { Board, BoardRow, BoardSignal, StandingBelow } from "@/api/boards";
import { toldOfCell } from "@/base/figures";
import { i18n } from "@/words/i18n";

export type Colour = "green" | "amber" | "red" | "grey" | "blank";
export const colours: Colour[] = ["green", "amber", "red", "grey", "blank"];

const shortWords: Record<Colour, string> = {
  green: "boards.green",
  amber: "boards.amber",
  red: "boards.red",
  grey: "boards.grey",
  blank: "boards.blank",
};
const meanings: Record<Colour, string> = {
  green: "boards.met",
  amber: "boards.nearly",
  red: "boards.notMet",
  grey: "boards.notKnown",
  blank: "boards.nothing",
};
const windows: Record<string, string> = {
  day: "boards.day",
  week: "boards.week",
  month: "boards.month",
  month_19_to_18: "boards.month19",
};

function t(key: string, given: Record<string, unknown> = {}): string {
  return i18n.global.t(key, given);
}

/** A colour that the pages do not know is none that is known. */
export function colourOf(given: string): Colour {
  return colours.find((one) => one === given) ?? "grey";
}

export function colourWord(colour: Colour): string {
  return t(shortWords[colour]);
}

export function colourMeaning(colour: Colour): string {
  return t(meanings[colour]);
}

/** The board that is asked for; else the first that is for units of the type, else the first. */
export function boardFor(boards: readonly Board[], asked: string, type: string): Board | null {
  if (asked !== "") return boards.find((one) => one.name === asked) ?? null;
  return boards.find((one) => one.for.includes(type)) ?? boards[0] ?? null;
}

/** How often hints read a board anew: a spread is read of hundreds of units. */
export const EVERY_MS = 15_000;

/* ---- rows ---- */

/** The signal that gave a row its colour; null where none did. */
export function decidingOf(row: BoardRow): BoardSignal | null {
  return row.signals.find((one) => one.name === row.by) ?? null;
}

/** Whether it was how those below are spread that gave it. */
export function isBySpread(row: BoardRow): boolean {
  return row.why === "spread";
}

/** Whether nothing of it may be seen: that is not the same as nothing asked. */
export function isUnseen(row: BoardRow): boolean {
  return row.left_out && row.signals.length === 0;
}

/** Of a row that may not be seen and all below it neither, the spread says nothing. */
export function hasSpread(row: BoardRow): boolean {
  return !!row.spread && !(isUnseen(row) && row.spread.blank === row.spread.of);
}

/** Since when, by the longest of what is red; null: not known of any. */
export function oldestRed(rows: readonly BoardRow[]): { row: BoardRow; since: string | null } | null {
  const red = rows.filter((row) => row.colour === "red").sort((a, b) => ageRank(a.since) - ageRank(b.since));
  return red[0] ? { row: red[0], since: red[0].since } : null;
}

function ageRank(since: string | null): number {
  return since === null ? Number.MAX_SAFE_INTEGER : Date.parse(since);
}

/** What has been red longest comes first, then red of unknown age, then the rest as given: never by a sum of colours. */
export function byOldestRed(units: readonly StandingBelow[]): StandingBelow[] {
  const rank = ({ data }: StandingBelow) => {
    const oldest = oldestRed(data);
    return oldest ? ageRank(oldest.since) : Infinity;
  };
  return [...units].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return left === right ? 0 : left - right;
  });
}

/** What was not asked is not missing: a unit is green where each row is green or blank. */
export function isNotGreen(unit: StandingBelow): boolean {
  return unit.data.some((row) => !["green", "blank"].includes(colourOf(row.colour)));
}

/** How many of those below have each colour; null where they are not counted. */
export function spreadOf(row: BoardRow): { colour: Colour; count: number }[] | null {
  const given = row.spread;
  return given ? colours.map((colour) => ({ colour, count: Number(given[colour] ?? 0) })) : null;
}

/* ---- what is said of a signal ---- */

/** 95.0 % (19 of 20), a count, or why there is none. */
export function figureText(signal: BoardSignal): string {
  if (isBlank(signal)) return t("clauses.none");
  if (signal.why === "missing") return t("boards.noFigure");
  const told = toldOfCell(signal.ratio, signal);
  if (told.sort === "hidden") return t("clauses.hidden");
  if (told.sort === "thin") return t("clauses.thin");
  if (told.sort === "count") return told.count.toLocaleString("en");
  if (told.sort === "ratio")
    return t("boards.ratio", {
      percent: told.percent,
      top: told.top.toLocaleString("en"),
      bottom: told.bottom.toLocaleString("en"),
    });
  return t("clauses.none");
}

/** Nothing was asked, whatever else would keep a figure back. */
function isBlank(signal: BoardSignal): boolean {
  return colourOf(signal.colour) === "blank";
}

/** The window of the figure; "" for what is of this moment alone. */
export function windowText(signal: BoardSignal): string {
  const word = windows[signal.window];
  return word && !signal.stock ? t(word) : "";
}

function limitText(signal: BoardSignal, limit: string): string {
  const sign = signal.better === "less" ? "≤" : "≥";
  if (!signal.ratio) return `${sign} ${limit}`;
  return `${sign} ${Math.round(Number(limit) * 1e6) / 1e4} %`;
}

/** From which figure on it is green and amber; "" where no such number is in force. */
export function limitsText(signal: BoardSignal): string {
  if (signal.green === null || signal.amber === null) return "";
  return t("boards.limits", { green: limitText(signal, signal.green), amber: limitText(signal, signal.amber) });
}

export function betterText(signal: BoardSignal): string {
  return t(signal.better === "less" ? "boards.less" : "boards.more");
}

/** Why the signal has its colour. */
export function whyText(signal: BoardSignal): string {
  const colour = colourOf(signal.colour);
  if (isBlank(signal)) return t("boards.nothingAsked");
  if (signal.why === "hidden" || signal.why === "thin") return t("boards.notCounting");
  if (signal.why === "missing") return t("boards.missing", { colour: colourWord(colour) });
  if (signal.why === "no_threshold") return t("boards.noLimits");
  if (signal.why !== "threshold") return "";
  return t(colour === "green" ? "boards.inGreen" : colour === "amber" ? "boards.inAmber" : "boards.beyond");
}

/** What lists who is late with what a signal counts, where anybody is: of each kind one, by its name where it is one thing. */
export function lateLinks(signal: BoardSignal): { kind: string; name?: string }[] {
  const names = new Map<string, string[]>();
  if (!signal.top) return [];
  for (const { kind, name } of signal.overdue ?? []) names.set(kind, [...(names.get(kind) ?? []), name]);
  return [...names].map(([kind, all]) => (all.length === 1 ? { kind, name: all[0]! } : { kind }));
}
