// SPDX-License-Identifier: GPL-3.0-or-later
import { createSSRApp, h, type Component, type FunctionalComponent } from "vue";
import { renderToString } from "vue/server-renderer";
import { describe, expect, it } from "vitest";
import type { Entry, Expectation, Kind, Matter, Me, Task } from "@/api/types";
import EntryTimeline from "@/pages/matter/EntryTimeline.vue";
import ExpectationList from "@/pages/matter/ExpectationList.vue";
import MatterFacts from "@/parts/MatterFacts.vue";
import { housesOf } from "@/pages/today/grouping";
import HouseRow from "@/pages/today/HouseRow.vue";
import { session } from "@/session/session";
import { i18n } from "@/words/i18n";

const now = Date.parse("2020-02-03T20:00:00+08:00");
const kind = {
  states: [],
  entries: [],
  figures: [{ name: "readings", title: { zh: "体温登记", en: "Readings" } }],
} as unknown as Kind;

function shown(component: Component, props: Record<string, unknown>): Promise<string> {
  const app = createSSRApp({ render: () => h(component, props) });
  const link: FunctionalComponent = (_, { slots }) => ["correct-me", slots.default?.()];
  return renderToString(app.use(i18n).component("RouterLink", link));
}

describe("the page of a matter", () => {
  it("shows the figures that an entry confirmed", async () => {
    const at = "2020-02-03T16:00:00+08:00";
    const title = { zh: "日报告", en: "Daily report" };
    const entry: Entry = { number: 1, entry: "daily", title, at, observed_at: at, figures: { readings: 1204 } };
    const page = await shown(EntryTimeline, { entries: [entry], kind, now, forms: "" });
    expect(page).toMatch(/体温登记|Readings/);
    expect(page).toContain("1,204");
  });
  it("offers a correction to who may make the entry and to who made it in a post still held", async () => {
    const at = "2020-02-03T16:00:00+08:00";
    const title = { zh: "体温登记", en: "Check-in" };
    const form = [{ name: "temperature", "x-type": "decimal", required: true }];
    const entry = { number: 1, entry: "check_in", title, at, observed_at: at, fields: { temperature: "36.4" } };
    const entries = [{ ...entry, post: { id: "o1" } }] as unknown as Entry[];
    const its = { ...kind, entries: [{ name: "check_in", attempts: [], form }] } as unknown as Kind;
    const refused = (code: string): unknown[] => [{ entry: "check_in", refused: { code, detail: "" } }];
    const offers = async (acts: unknown): Promise<boolean> =>
      (await shown(EntryTimeline, { entries, kind: its, now, forms: "", acts })).includes("correct-me");
    expect(await offers([])).toBe(false);
    expect(await offers(refused("no_right"))).toBe(false);
    expect(await offers(refused("wrong_state"))).toBe(true);
    expect(await offers([{ entry: "check_in", refused: null }])).toBe(true);
    session.me = { posts: [{ id: "o1" }] } as unknown as Me;
    expect(await offers([])).toBe(true);
    session.me = null;
  });
  it("keeps line breaks of what was entered, and names what is about nobody by its heading", async () => {
    const title = { zh: "工作部署", en: "Directive" };
    const unit = { id: "1", code: "1", name: "演区", type: "district" };
    const form = [{ name: "text", "x-type": "long_text", required: false }];
    const matter = { title, unit, state_title: title, closed_at: null, form: { text: "甲\n乙" } } as unknown as Matter;
    const page = await shown(MatterFacts, { matter, kind: { ...kind, form } });
    expect(page).toMatch(/class="as-typed"[^>]*>(<!--\[-->)?甲\n乙</);
    const task = { heading: "排查冷链", title, entry_title: title, unit, due_at: "2020-02-03T21:00:00+08:00" };
    const house = housesOf(
      [{ ...task, matter: "m", number: 1, opens_at: task.due_at } as unknown as Task],
      new Set(),
    )[0];
    expect(await shown(HouseRow, { house, now })).toContain("排查冷链");
  });
  it("says what the time beside an expectation that has ended is", async () => {
    const due = { number: 1, name: "daily", outcome: "met", opens_at: "2020-02-03T08:00:00+08:00", overdue: false };
    const one = { ...due, due_at: "2020-02-03T16:00:00+08:00", ended_at: null } as Expectation;
    expect(await shown(ExpectationList, { expectations: [one], kind, now })).toMatch(/截止|Was due/);
  });
});
