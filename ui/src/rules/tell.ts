// SPDX-License-Identifier: GPL-3.0-or-later
// What will follow, in the words of the playbook and of the pages.

import type { Address, EntryDef, ExpectDef, Kind, Words } from "@/api/types";
import { session } from "@/session/session";
import { i18n, language, words } from "@/words/i18n";
import type { Consequence } from "./consequence";

const LENGTHS: [number, number, string, string][] = [
  // seconds, at most so many of it, zh, en
  [60, 120, "分钟", "min"],
  [3600, 72, "小时", "h"],
  [86_400, Infinity, "天", "days"],
];

/** 30 分钟, 24 h: as a playbook would write it, where it is whole. */
export function lengthText(seconds: number): string {
  const [one, , zh, en] = LENGTHS.find(([each, most]) => seconds % each === 0 && seconds / each <= most) ?? LENGTHS[0]!;
  const count = Math.ceil(seconds / one);
  return `${count} ${language() === "zh" ? zh : count === 1 && en === "days" ? "day" : en}`;
}

function whoText(address: Address): string {
  if (address.party === "subject") return i18n.global.t("then.subject");
  return words(session.playbook?.roles.find((role) => role.name === address.role)?.title);
}

function whenText(expect: ExpectDef, what: string): string {
  const { t } = i18n.global;
  if (expect.windows)
    return t("then.daily", { what, times: expect.windows.map(([from, to]) => `${from}–${to}`).join(t("then.and")) });
  if (expect.per === "day") return t("then.dailyBy", { what, time: expect.at });
  return t("then.within", { what, length: lengthText((expect.within as { seconds: number }).seconds) });
}

function expectText(entries: EntryDef[], expect: ExpectDef): string {
  const what = words(entries.find((one) => one.name === expect.entry)?.title) || expect.entry;
  const [when, who] = [whenText(expect, what), whoText(expect.answers)];
  return who ? i18n.global.t("then.by", { when, who }) : when;
}

/** One sentence each; none where nothing is known to follow. */
export function followingTexts(kind: Kind, following: Consequence): string[] {
  const { t } = i18n.global;
  const opened = following.opens.map((name) => session.playbook?.kinds.find((one) => one.name === name)?.title);
  const state = following.state;
  return [
    ...(state ? [t(state.final ? "then.ends" : "then.state", { state: words(state.title) })] : []),
    ...following.expects.map((expect) => expectText(kind.entries, expect)),
    ...opened.filter((title): title is Words => !!title).map((title) => t("then.opens", { kind: words(title) })),
  ];
}
