// SPDX-License-Identifier: GPL-3.0-or-later
// A matter about nobody as a text for a chat: its form without what is personal or not for all, its state, what is due.

import type { Expectation, Kind, Matter } from "@/api/types";
import { dateTime } from "@/base/time";
import { valueText } from "@/form/values";
import { i18n, language, words } from "@/words/i18n";

/** "" where it is about somebody, or may be. */
export function matterText(kind: Kind, matter: Matter, expectations: Expectation[], zone: string, now: number): string {
  if (kind.about_person || matter.subject || matter.masked) return "";
  const time = (iso: string): string => dateTime(iso, zone, language(), now);
  const zh = language() === "zh";
  const colon = zh ? "：" : ": ";
  const told = kind.form
    .filter((field) => !field.personal && !field.visible_to && field["x-type"] !== "person")
    .filter((field) => matter.form?.[field.name] !== undefined)
    .map(
      (field) => `${words(field["x-label"]) || field.name}${colon}${valueText(field, matter.form![field.name], zone)}`,
    );
  const open = expectations.filter((one) => one.outcome === "open");
  const due = new Map<string, string>(); // of many by one name, the first
  for (const one of open) if (!due.has(one.name) || one.due_at < due.get(one.name)!) due.set(one.name, one.due_at);
  const asked = [...due].map(([name, at]) => {
    const expect = kind.states.flatMap((state) => state.expects).find((one) => one.name === name);
    const entry = kind.entries.find((one) => one.name === expect?.entry);
    return `${words(entry?.title) || name} ${i18n.global.t("today.due", { time: time(at) })}`;
  });
  return [
    zh ? `【${words(matter.title)}】${matter.unit.name}` : `[${words(matter.title)}] ${matter.unit.name}`,
    `${words(matter.state_title)}${zh ? "，" : ", "}${i18n.global.t("matter.opened")} ${time(matter.opened_at)}`,
    ...told,
    ...(asked.length > 0 ? [`${i18n.global.t("matter.expected")}${colon}${asked.join(zh ? "、" : ", ")}`] : []),
  ].join("\n");
}
