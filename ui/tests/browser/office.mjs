// SPDX-License-Identifier: GPL-3.0-or-later
// What an office has besides its matters: a screen on the wall, who has looked at whom, and who takes part in a matter.

import assert from "node:assert/strict";
import { boardScenarios } from "./boards.mjs";
import { mustBeAccessible, mustFit, person, settled, uuid7 } from "./stage.mjs";

export const officeScenarios = {
  ...boardScenarios,
  async "clause by clause it is seen what is late, where, and who is to be rung"({ browser, origin }) {
    const who = await person(browser, origin, { login: "district", width: 1440 });
    await who.signIn();
    const { page } = who;
    const seat = (await who.api("/me")).body.posts[0].seat;
    const clauses = (await who.api(`/clauses?unit=${seat.code}`)).body.data;
    const late = clauses.filter((one) => one.late?.count > 0);
    await page.goto(`${origin}/desk/clauses`);
    await page.getByText(`${clauses.length} 条中有 ${late.length} 条存在逾期`).waitFor();
    assert.equal(await page.locator(".clauses > li").count(), clauses.length);
    await mustBeAccessible(page, "all clauses");
    await page.getByLabel("查找条款").fill("居家观察");
    await page.getByRole("link", { name: clauses.find((one) => one.id === "3.5").title.zh }).click();
    await page.waitForURL(/\/desk\/clause\?id=3\.5/);
    const clause = clauses.find((one) => one.id === "3.5");
    await page.getByRole("heading", { name: clause.title.zh }).waitFor();
    const rows = page.locator("table").first().locator("tbody tr");
    assert.equal(await rows.count(), clause.expected.length);
    for (const [index, one] of clause.expected.entries())
      assert.equal(await rows.nth(index).locator("td.number").innerText(), one.count.toLocaleString("en"));
    await page.locator(".cards .value").first().waitFor();
    assert.equal(await page.locator(".cards > li").count(), clause.figures.length);
    await mustBeAccessible(page, "a clause");
    const first = clause.expected.findIndex((one) => one.count > 0);
    if (first >= 0) {
      await rows.nth(first).getByRole("link").click(); // to whoever is late
      await page.waitForURL(new RegExp(`kind=${clause.expected[first].kind}&name=${clause.expected[first].name}`));
      await page.locator("tbody tr").first().waitFor();
    }
    await page.goto(`${origin}/desk/clause?id=9.9`);
    await page.getByText("现行预案中没有这一条款").waitFor();
    await who.finish();
  },

  async "the big screen shows counts of a place, follows them, and asks for nobody"({ browser, origin }) {
    const who = await person(browser, origin, { login: "headquarters", width: 1920 });
    await who.signIn();
    const asked = [];
    who.page.on("request", (one) => {
      const { pathname } = new URL(one.url());
      if (pathname.startsWith("/api/v1/")) asked.push(pathname.slice(7));
    });
    await who.page.goto(`${origin}/desk`);
    await settled(who.page);
    await who.page.getByRole("link", { name: "大屏" }).click();
    await who.page.waitForURL(/\/screen\?unit=/);
    asked.length = 0;
    await who.page.reload();
    await who.page.locator("ul.figures").waitFor();
    await settled(who.page);
    await mustBeAccessible(who.page, "the big screen");
    const { scrollHeight, clientHeight } = await who.page.evaluate(() => document.documentElement);
    assert.ok((scrollHeight ?? 0) <= (clientHeight ?? 0), "it scrolls");
    const naming = asked.filter(
      (path) => !/^\/(me|playbook|events|counts|counts\/below|expectations|units\/.*)$/.test(path),
    );
    assert.deepEqual(naming, []);
    const figures = () => who.page.locator("ul.figures").innerText();
    const before = await figures();
    const { code } = (await who.api("/me")).body.posts[0].seat;
    const form = {
      target: code,
      heading: "演练通知",
      text: "一日内报告",
      due: new Date(Date.now() + 86_400_000).toISOString(),
    };
    const opened = await who.api("/matters", { id: uuid7(), kind: "directive", unit: code, form });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    for (let i = 0; i < 100 && (await figures()) === before; i++) await who.page.waitForTimeout(100);
    assert.notEqual(await figures(), before);
    await who.page.setViewportSize({ width: 390, height: 844 });
    await mustBeAccessible(who.page, "the big screen on a phone");
    await mustFit(who.page, "/screen");
    await who.finish();

    const other = await person(browser, origin, { login: "secretary", width: 1920 });
    await other.signIn();
    const own = (await other.api("/me")).body.posts[0].seat.code;
    const elsewhere = own.startsWith("110105") ? "110106" : "110105";
    await other.page.goto(`${origin}/screen?unit=${elsewhere}`);
    await other.page.getByText("这里没有可以显示给您的数字").waitFor();
    assert.equal(await other.page.locator("ul.figures").count(), 0);
    await mustBeAccessible(other.page, "a screen of a place that is not one's own");
    await other.finish();
  },

  async "an auditor finds out who looked at somebody, everybody who looked at themselves"({ browser, origin }) {
    const [grid, steward, who] = await Promise.all(
      ["grid", "steward", "city"].map((login) => person(browser, origin, { login, width: 1440 })),
    );
    for (const one of [grid, steward, who]) await one.signIn();
    const { data } = (await grid.api("/tasks?limit=200")).body;
    const { subject, matter } = data.find((one) => one.kind === "home_observation");
    await grid.api(`/matters/${matter}`);
    await grid.page.goto(`${origin}/desk/person/${subject.id}`);
    await grid.page.locator("dd.id", { hasText: subject.id }).waitFor();
    assert.equal(await grid.page.getByText("谁看过此人的信息").count(), 0);
    await grid.page.goto(`${origin}/desk/me`);
    await grid.page.getByRole("link", { name: "谁看过我的信息" }).click();
    await grid.page.waitForURL(/\/desk\/audit/);
    await settled(grid.page);
    await mustBeAccessible(grid.page, "who looked at me");
    assert.equal(await grid.page.locator("section").count(), 1); // neither search nor journal
    await grid.page.goto(`${origin}/desk/audit?person=${(await who.api("/me")).body.person.id}`);
    await settled(grid.page); // one's own, whatever the address says
    assert.equal(await grid.page.getByRole("heading", { name: "谁看过我的信息" }).count(), 2);

    const seat = (await steward.api("/me")).body.posts[0].seat.code;
    const auditor = (await who.api("/me")).body.person.id;
    const post = { id: uuid7(), person: auditor, role: "supervisor", seat, grounds: [seat] };
    assert.equal((await steward.api("/posts", post)).status, 201);
    for (let i = 0; i < 100 && (await who.api(`/persons/${subject.id}/traces`)).status !== 200; i++)
      await who.page.waitForTimeout(100);
    for (let i = 0; i < 100 && (await who.api(`/persons/${subject.id}/traces`)).body.data.length === 0; i++)
      await who.page.waitForTimeout(100);
    await who.page.goto(`${origin}/desk`);
    await who.page.getByRole("link", { name: "督查" }).click();
    await who.page.getByRole("heading", { name: "日志签名" }).waitFor();
    await settled(who.page);
    await mustBeAccessible(who.page, "audit");
    await who.page.getByLabel("个人编号").fill(subject.id);
    await who.page.getByRole("button", { name: "查看" }).click();
    const reader = (await grid.api("/me")).body.person.name;
    const row = who.page.locator("tbody tr", { hasText: reader }).first();
    await row.waitFor();
    assert.match(await row.innerText(), /事项页|待办/);
    await mustBeAccessible(who.page, "who looked at somebody");
    await who.page.setViewportSize({ width: 390, height: 844 });
    await mustFit(who.page, "/desk/audit");
    for (const one of [grid, steward, who]) await one.finish();
  },

  async "whoever opens a matter names who takes part, and its page lists them"({ browser, origin }) {
    const who = await person(browser, origin, { login: "headquarters", width: 1440 });
    await who.signIn();
    const { page } = who;
    const [seat] = (await who.api("/me")).body.posts.map((post) => post.seat);
    const below = (await who.api(`/units?under=${seat.code}&limit=2`)).body.data;
    await page.goto(`${origin}/desk/new/data_share`);
    await page.getByRole("button", { name: "只有人数" }).click();
    await page.locator(".choice").first().click();
    for (const label of ["用途", "法律依据"]) await page.getByLabel(label).fill("演练");
    await page.getByLabel("共享至").fill("2031-01-01");
    await page.getByText(/还差：.*接收单位/).waitFor();
    const find = page.getByLabel("接收单位").locator("input");
    for (const unit of below) {
      await find.fill(unit.code);
      await find.press("Enter");
      await page.locator(".pick-one", { hasText: unit.name }).first().click();
      await page.locator(".those li", { hasText: unit.name }).waitFor();
    }
    await page.locator(".those li", { hasText: below[1].name }).getByRole("button").click();
    await page.locator(".those li").nth(1).waitFor({ state: "detached" });
    await mustBeAccessible(page, "a form that names who takes part");
    await page.locator('main button[type="submit"]').click();
    await page.waitForURL(/\/desk\/matter\//);
    const section = page.locator("section", { has: page.getByRole("heading", { name: "接收单位" }) });
    await section.locator("li", { hasText: below[0].name }).waitFor();
    assert.equal(await section.locator("li").count(), 1);
    await page.locator("section", { hasText: "提出异议的人" }).getByText("还没有").waitFor();
    await mustBeAccessible(page, "a matter with participants");
    await page.route("**/api/v1/kinds/data_share*", async (route) => {
      const response = await route.fetch();
      const kind = await response.json();
      kind.entries.find((one) => one.name === "object").of = "receiver"; // as another playbook may have it
      await route.fulfill({ response, json: kind });
    });
    await page.reload();
    await section.getByRole("link", { name: "不同意共享" }).click();
    await page.waitForURL(/participant=1/);
    await page.getByRole("heading", { name: `不同意共享 · ${below[0].name}` }).waitFor();
    await who.finish();
  },

  async "Ctrl+K goes to a page, a unit and a person; figures are copied for a chat without anybody"({
    browser,
    origin,
  }) {
    const who = await person(browser, origin, { login: "grid", width: 1440 });
    await who.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
    await who.signIn();
    const { page } = who;
    const { data } = (await who.api("/tasks?limit=200")).body;
    const { subject } = data.find((one) => one.subject);
    await page.goto(`${origin}/desk`);
    await settled(page);
    const input = page.getByRole("combobox", { name: "去哪里" });
    await page.keyboard.press("Control+k");
    await input.waitFor();
    await mustBeAccessible(page, "where to go");
    await page.keyboard.type("逾期");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/desk\/late/);
    let searched = 0;
    page.on("request", (one) => (searched += one.url().includes("/persons/search") ? 1 : 0));
    await page.keyboard.press("Control+k");
    await page.keyboard.type(subject.name);
    await page.getByRole("option", { name: "查找人员" }).waitFor();
    await page.waitForTimeout(400);
    assert.equal(searched, 0); // nobody was looked at yet
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page
      .getByRole("option", { name: `${subject.name} 人员` })
      .first()
      .waitFor();
    await mustBeAccessible(page, "somebody found by Ctrl+K");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/desk\/person\//);
    await page.getByRole("button", { name: "查找" }).first().click();
    const { name } = (await who.api("/me")).body.posts[0].seat;
    await input.fill(name);
    await page.getByRole("option", { name: "单位" }).first().click();
    await page.waitForURL(/\/desk\?unit=/);
    await page.goto(`${origin}/desk`); // where one has figures: there are many third grids
    await page.locator("ul.figures").waitFor();
    await page.getByRole("button", { name: "复制文字" }).click();
    await page.getByText("已复制").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^【.+】.*\n逾期 \d/);
    assert.ok(!copied.includes("演"));
    await page.keyboard.press("Control+k");
    await page.keyboard.press("Escape");
    await input.waitFor({ state: "detached" });
    await who.finish();
  },
};
