// SPDX-License-Identifier: GPL-3.0-or-later
// What a form says before it is saved: what will follow, why it would be refused, what has to be filled in.

import assert from "node:assert/strict";
import { mustBeAccessible, person, settled, uuid7 } from "./stage.mjs";

export const rulesScenarios = {
  async "a fever typed in the round says what follows, and saved it is so"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    await who.page.locator('a[href^="/field/round/check_in"]').last().click();
    await who.page.waitForURL(/\/field\/round\//);
    await who.page.locator("section.card input").first().waitFor();
    const cards = who.page.locator("section.card");
    const matters = new URL(who.page.url()).searchParams.getAll("matter");
    const said = cards.first().locator(".what-follows");
    const reading = cards.first().locator("input");
    for (let i = 0; i < matters.length; i++) await cards.nth(i).locator("input").fill("36.5");
    assert.equal(await said.getAttribute("aria-live"), "polite");
    assert.equal((await said.innerText()).trim(), "");
    await reading.fill("37"); // below what the playbook calls a fever
    assert.equal((await said.innerText()).trim(), "");
    await reading.fill("37.3");
    await said.getByText("→ 待复测").waitFor();
    assert.match(await said.innerText(), /30 分钟内复测，由网格员/);
    await mustBeAccessible(who.page, "a fever in the round");
    await reading.fill("373"); // cannot be: the server will say so
    assert.equal((await said.innerText()).trim(), "");
    await reading.fill("38.2");
    await cards.first().getByRole("button", { name: "没见到" }).click(); // its fields are put away meanwhile
    await said.getByText("→ 待复测").waitFor();
    await cards.first().getByRole("button", { name: "不在家" }).click();
    assert.equal((await said.innerText()).trim(), "");
    await cards.first().getByRole("button", { name: "见到本人" }).click();
    await said.getByText("→ 待复测").waitFor();
    await who.page.locator("#save-round").click();
    await who.page.waitForURL(/\/field$/);
    const { body: matter } = await who.api(`/matters/${matters[0]}`);
    assert.equal(matter.state_title.zh, "待复测");
    const { body: tasks } = await who.api("/tasks?limit=200");
    const task = tasks.data.find((one) => one.matter === matters[0] && one.entry === "recheck");
    const left = Date.parse(task.due_at) - Date.now();
    assert.ok(left > 25 * 60_000 && left <= 30 * 60_000, `${left} ms`);
    await who.finish();
  },

  async "a form says why it would be refused and what has to be filled in"({ browser, origin }) {
    const grid = await person(browser, origin, { login: "grid" });
    await grid.signIn();
    const { data: tasks } = (await grid.api("/tasks?limit=50")).body;
    const { unit, subject } = tasks.find((one) => one.subject);
    const id = uuid7();
    const opened = await grid.api("/matters", {
      id,
      kind: "anomaly_report",
      unit: unit.code,
      subject: subject.id,
      form: { temperature: "38.5" },
    });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    await grid.finish();
    const who = await person(browser, origin, { login: "secretary", width: 1440 });
    await who.signIn();
    await who.page.goto(`${origin}/desk/enter/${id}/verify`);
    await who.page.getByRole("button", { name: "是", exact: true }).waitFor();
    const said = who.page.locator(".what-follows");
    const remark = who.page.locator(".field", { hasText: "说明" });
    assert.equal((await said.innerText()).trim(), "");
    assert.match(await remark.innerText(), /必填/); // `required_when: not confirmed`, which nothing chosen is not
    await who.page.getByRole("button", { name: "是", exact: true }).click();
    await said.getByText("→ 已上报街道").waitFor();
    assert.match(await remark.innerText(), /可不填/);
    await who.page.getByRole("button", { name: "否", exact: true }).click();
    await said.getByText("已测得体温异常的不得按误报处理").waitFor();
    assert.match(await remark.innerText(), /必填/);
    const save = who.page.locator('button[type="submit"]');
    assert.equal(await save.isDisabled(), true);
    await remark.locator("input, textarea").fill("演练");
    await mustBeAccessible(who.page, "a refusal that is foreseen");
    await save.click(); // the server has the last word, and says the same
    await who.page.getByRole("alert").getByText("已测得体温异常的不得按误报处理").waitFor();
    await who.page.getByRole("button", { name: "是", exact: true }).click();
    await said.getByText("→ 已上报街道").waitFor();
    assert.match(await remark.innerText(), /可不填/);
    await save.click();
    await who.page.waitForURL(/\/desk\/matter\/[^/]+$/);
    await settled(who.page);
    const { body: matter } = await who.api(`/matters/${id}`);
    assert.equal(matter.state, "at_subdistrict");
    await who.finish();
  },
};
