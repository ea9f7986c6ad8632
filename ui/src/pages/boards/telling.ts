// SPDX-License-Identifier: GPL-3.0-or-later
// How a place stands as a text for a chat: colours, figures and names of units, nobody's.

import type { BoardRow, StandingBelow } from "@/api/boards";
import { duration } from "@/base/time";
import { i18n, language, words } from "@/words/i18n";
import { byOldestRed, colourOf, colourWord, decidingOf, figureText, oldestRed } from "./boards";

const LONGEST = 5;

function rowText(row: BoardRow, nowMs: number): string {
  const zh = language() === "zh";
  const signal = decidingOf(row);
  const since = row.since
    ? i18n.global.t("boards.lasting", { time: duration(nowMs - Date.parse(row.since), language()) })
    : "";
  const why = signal && row.colour !== "green" ? `${words(signal.title)} ${figureText(signal)}` : "";
  const more = [why, since].filter((one) => one !== "").join(zh ? "，" : ", ");
  const head = `${colourWord(colourOf(row.colour))} · ${words(row.title)}`;
  return more === "" ? head : head + (zh ? "：" : ": ") + more;
}

export function boardText(
  place: string,
  board: string,
  time: string,
  rows: readonly BoardRow[],
  units: readonly StandingBelow[],
  nowMs: number,
): string {
  const { t } = i18n.global;
  const zh = language() === "zh";
  const longest = byOldestRed(units)
    .flatMap(({ unit, data }) => {
      const red = oldestRed(data);
      if (!red) return [];
      const age = red.since ? ` ${duration(nowMs - Date.parse(red.since), language())}` : "";
      return [`${unit.name} ${words(red.row.title)}${age}`];
    })
    .slice(0, LONGEST);
  return [
    zh ? `【${place}】${board} ${time}` : `[${place}] ${board}, ${time}`,
    ...rows.map((row) => rowText(row, nowMs)),
    ...(longest.length > 0 ? [t("boards.longest", { units: longest.join(zh ? "；" : "; ") })] : []),
  ].join("\n");
}
