// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of a place as a text for a chat: counts and names of units, nobody's.

import { i18n } from "@/words/i18n";
import { measures, type Figures } from "./figures";

const WORST = 5;

function number(value: number): string {
  return value.toLocaleString("en");
}

export function figuresText(
  place: string,
  time: string,
  total: Figures,
  units: { unit: { name: string }; figures: Figures }[],
): string {
  const { t } = i18n.global;
  const zh = i18n.global.locale.value === "zh";
  const line = measures.map((one) => `${t(one.word)} ${number(total[one.name])}`).join(zh ? "，" : ", ");
  const worst = units
    .filter((one) => one.figures.overdue > 0)
    .sort((a, b) => b.figures.overdue - a.figures.overdue)
    .slice(0, WORST)
    .map((one) => `${one.unit.name} ${number(one.figures.overdue)}`);
  return [
    zh ? `【${place}】${time}` : `[${place}] ${time}`,
    line,
    ...(worst.length > 0 ? [t("copy.worst", { units: worst.join(zh ? "、" : ", ") })] : []),
  ].join("\n");
}
