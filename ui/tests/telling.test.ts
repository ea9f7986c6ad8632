// SPDX-License-Identifier: GPL-3.0-or-later
// What is copied for a chat tells counts and texts for all, and nothing of anybody.
import { describe, expect, it } from "vitest";
import type { Expectation, Kind, Matter } from "@/api/types";
import { figuresText } from "@/pages/overview/telling";
import { matterText } from "@/pages/matter/telling";

const ZONE = "Asia/Shanghai";
const NOW = Date.parse("2026-11-30T10:00:00Z");
const title = { zh: "部署", en: "Directive" };
const kind = {
  about_person: false,
  form: [
    { name: "heading", "x-type": "text", "x-label": { zh: "标题", en: "Heading" } },
    { name: "whom", "x-type": "text", "x-label": { zh: "联系人", en: "Contact" }, personal: true },
    { name: "inner", "x-type": "text", "x-label": { zh: "内部", en: "Inner" }, visible_to: ["city"] },
  ],
  states: [{ expects: [{ name: "ack", entry: "acknowledge" }] }],
  entries: [{ name: "acknowledge", title: { zh: "收悉", en: "Acknowledge" } }],
} as unknown as Kind;
const matter = {
  title,
  state_title: { zh: "执行中", en: "In force" },
  unit: { name: "丰台区" },
  opened_at: "2026-11-30T09:00:00Z",
  form: { heading: "演练通知", whom: "演某某", inner: "只给市里" },
} as unknown as Matter;
const expectations = ["2026-11-30T12:00:00Z", "2026-11-30T11:00:00Z"].map(
  (due_at) =>
    ({ name: "ack", outcome: "open", due_at, post: { person: { name: "演书记" } } }) as unknown as Expectation,
);

describe("what is copied for a chat", () => {
  it("tells figures, and where most is overdue", () => {
    const figures = (overdue: number): never => ({ overdue, open: 1234, due_today: 2, running: 3 }) as never;
    const units = [0, 7, 9].map((overdue, i) => ({ unit: { name: `第${i}街道` }, figures: figures(overdue) }));
    expect(figuresText("丰台区", "11月30日 18:00", figures(16), units)).toBe(
      "【丰台区】11月30日 18:00\n逾期 16，未完成的待办 1,234，今日到期 2，进行中 3\n逾期较多：第2街道 9、第1街道 7",
    );
  });
  it("tells a matter about nobody, without what is personal, for some, or who answers", () => {
    expect(matterText(kind, matter, expectations, ZONE, NOW)).toBe(
      "【部署】丰台区\n执行中，开始 11月30日 17:00\n标题：演练通知\n要做的事：收悉 11月30日 19:00 前",
    );
  });
  it("tells nothing of a matter about somebody", () => {
    const about = { ...matter, subject: { id: "p", name: "演甲" } };
    expect(matterText({ ...kind, about_person: true }, about, [], ZONE, NOW)).toBe("");
    expect(matterText(kind, about, [], ZONE, NOW)).toBe("");
  });
});
