// SPDX-License-Identifier: GPL-3.0-or-later
// At a desk: who is late, directives, sheets, people and their accounts.

import assert from "node:assert/strict";
import { requestScenarios } from "./requests.mjs";
import { whistleScenarios } from "./whistles.mjs";
import { mustBeAccessible, person, settled, uuid7, readings } from "./stage.mjs";

const PAGE = 50; // rows that the page of late ones asks for at a time

async function allOf(who, path) {
  const rows = [];
  for (let next = ""; next !== null; ) {
    const { body } = await who.api(path + (next === "" ? "" : `&cursor=${encodeURIComponent(next)}`));
    rows.push(...body.data);
    next = body.next;
  }
  return rows;
}

export const deskScenarios = {
  async "the duty officer finds out who is late"({ browser, origin }) {
    const who = await person(browser, origin, { login: "district", width: 1440 });
    await who.signIn();
    const seat = (await who.api("/me")).body.posts[0].seat.code;
    const late = await allOf(who, `/expectations?under=${seat}&limit=200`);
    const posts = await allOf(who, `/expectations?under=${seat}&by=post&limit=200`);
    assert.ok(posts.length <= late.length);
    const shownFirst = posts.slice(0, PAGE).sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at))[0];
    if (late.length === 0) {
      // In the morning, after a quiet night of the rehearsal.
      await who.page.goto(`${origin}/desk/late`);
      await who.page.getByText("没有逾期的事").waitFor();
      await mustBeAccessible(who.page, "nobody is late");
      await who.finish();
      return;
    }
    assert.equal(
      posts.reduce((sum, one) => sum + one.count, 0),
      late.length,
    );
    await who.page.goto(`${origin}/desk`);
    await who.page.locator(".late a").click();
    await who.page.waitForURL(/\/desk\/late/);
    await who.page.locator("tbody tr").first().waitFor();
    await settled(who.page);
    await mustBeAccessible(who.page, "late by post");
    assert.equal(await who.page.locator("tbody tr").count(), Math.min(posts.length, PAGE));
    const name = await who.page.locator("tbody strong").first().innerText();
    await who.page.locator("tbody a.count").first().click();
    await who.page.waitForURL(/post=/);
    await who.page.locator('tbody a[href^="/desk/matter/"]').first().waitFor();
    const mine = late.filter((one) => one.post?.id === shownFirst.post?.id);
    assert.equal(await who.page.locator("tbody tr").count(), Math.min(mine.length, PAGE));
    assert.ok((await who.page.locator("tbody strong").allInnerTexts()).every((one) => one === name));
    await who.page.getByRole("button", { name: "按单位" }).click();
    await who.page.getByRole("button", { name: /清除条件/ }).click();
    await who.page.waitForFunction(() => !location.search.includes("post="));
    await settled(who.page);
    const units = await allOf(who, `/expectations?under=${seat}&by=unit&limit=200`);
    assert.equal(await who.page.locator("tbody tr").count(), Math.min(units.length, PAGE));
    await who.page.getByRole("link", { name: units[0].unit.name }).click();
    await who.page.getByRole("heading", { name: units[0].unit.name }).waitFor();
    await who.page.getByRole("button", { name: "English" }).click();
    await settled(who.page);
    await mustBeAccessible(who.page, "late by unit in English");
    await who.finish();
    const doctor = await person(browser, origin, { login: "doctor", width: 1440 });
    await doctor.signIn();
    await doctor.page.goto(`${origin}/desk/late?by=`);
    await settled(doctor.page);
    await mustBeAccessible(doctor.page, "late of a doctor");
    const place = (await doctor.api("/me")).body.posts[0].seat.code;
    const of = await allOf(doctor, `/expectations?under=${place}&limit=200`);
    const known = of.slice(0, PAGE).filter((one) => one.phone && !one.phone_masked);
    assert.equal(await doctor.page.locator('tbody a[href^="tel:"]').count(), known.length);
    await doctor.finish();
  },

  async "a resident reports by a link, again, too late, and with none"({ browser, origin }) {
    const grid = await person(browser, origin, { login: "grid" });
    await grid.signIn();
    const [matter] = (await grid.api("/matters?kind=home_observation&state=observing&limit=1")).body.data;
    await grid.page.goto(`${origin}/field/matter/${matter.id}`);
    await grid.page.getByRole("button", { name: /填报链接 · 有效 7 天/ }).click();
    const address = await grid.page.locator(".address").innerText();
    assert.match(address, /\/r#[\w-]{22}$/);
    await grid.page.locator(".given img").waitFor();
    await settled(grid.page);
    await mustBeAccessible(grid.page, "a matter with a link for the resident");

    const resident = await person(browser, origin, { login: "grid" }); // who does not sign in
    await resident.page.goto(address);
    await resident.page.getByRole("heading", { name: "居家医学观察" }).waitFor();
    await settled(resident.page);
    await mustBeAccessible(resident.page, "a resident's first page");
    assert.ok(!(await resident.page.locator("main").innerText()).includes(matter.subject.name));
    const report = async (temperature) => {
      await resident.page.getByRole("button", { name: "体温登记" }).click();
      await resident.page.locator("input").first().fill(temperature);
      await mustBeAccessible(resident.page, "a resident's question");
      while (await resident.page.getByRole("button", { name: "下一步" }).count())
        await resident.page.getByRole("button", { name: "下一步" }).click();
    };
    await report("36.4");
    await resident.context.setOffline(true);
    await resident.page.getByRole("button", { name: "提交" }).click();
    await resident.page.getByText("没有网络，还没有发出").waitFor();
    await resident.context.setOffline(false);
    await resident.page.getByRole("button", { name: "提交" }).click();
    await resident.page.getByText("已收到：体温登记").waitFor();
    await report("99");
    await resident.page.getByRole("button", { name: "提交" }).click();
    await resident.page.locator(".wrong").first().waitFor();
    assert.equal(await resident.page.locator("input").first().inputValue(), "99");
    await resident.page.getByRole("button", { name: "返回" }).click();
    await resident.page.getByRole("button", { name: "我的记录" }).click();
    await resident.page.getByText(/体温 36.4/).waitFor();
    await mustBeAccessible(resident.page, "a resident's record");
    const last = (await readings(grid, matter.id)).at(-1);
    assert.deepEqual([last.fields.temperature, last.channel, last.post], ["36.4", "link", null]);

    await grid.page.getByRole("button", { name: "停用" }).first().click();
    await grid.page.getByRole("alertdialog").getByRole("button", { name: "停用" }).click();
    await grid.page.getByText("已失效").first().waitFor();
    await resident.page.reload();
    await resident.page.getByText("这个链接已经到期或停用").waitFor();
    await resident.page.goto(`${origin}/r`);
    await resident.page.reload();
    await resident.page.getByText("这个链接不能用").waitFor();
    await mustBeAccessible(resident.page, "a link that is none");
    await resident.finish();
    await grid.finish();
  },

  async "the doctor releases somebody whose time is over and opens the certificate"({ browser, another }) {
    const { origin } = await another("--grace", "0s"); // its data have stood still since the rehearsal
    const who = await person(browser, origin, { login: "doctor", width: 1440 });
    await who.signIn();
    const { code } = (await who.api("/me")).body.posts[0].seat;
    const done = async (path, body) => {
      const answer = await who.api(path, { id: uuid7(), ...body });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      return answer.body;
    };
    const observed = await done("/persons", { name: "演期满", unit: code, is_new: true });
    const DAYS = 14 * 86_400_000; // rule.observation_days of the playbook
    const { id } = await done("/matters", {
      kind: "home_observation",
      unit: code,
      subject: observed.made,
      form: { last_exposure: new Date(Date.now() - DAYS + 8_000).toISOString() },
    });
    await done(`/matters/${id}/entries`, { entry: "serve_notice", fields: { read_out: true } });
    await done(`/matters/${id}/entries`, { entry: "check_in", fields: { temperature: "36.5" } });
    await who.page.goto(`${origin}/desk/matter/${id}`);
    const named = (name) => who.page.locator(".documents li", { hasText: name });
    await named("居家医学观察告知书").waitFor();
    assert.equal(await named("居家医学观察期满证明").count(), 0);
    await who.page.getByRole("button", { name: "显示" }).click(); // the clock has put it behind its end
    await who.page.getByRole("link", { name: "解除观察" }).click();
    await who.page.getByRole("button", { name: "保存" }).click();
    await named("居家医学观察期满证明").waitFor();
    await settled(who.page);
    await mustBeAccessible(who.page, "a matter that is closed, with its documents");
    const link = named("居家医学观察期满证明").getByRole("link");
    const chinese = await who.context.request.get(origin + (await link.getAttribute("href")));
    assert.equal(chinese.status(), 200);
    assert.equal((await chinese.body()).subarray(0, 5).toString(), "%PDF-");
    await who.page.getByRole("button", { name: "English" }).click();
    await who.page.getByRole("link", { name: "Open, print" }).first().waitFor();
    const english = await who.page.locator(".documents a").last().getAttribute("href");
    assert.ok(english.endsWith("language=en"), english);
    await who.finish();
  },

  async "the city sends a directive, a community acknowledges it, the board shows it"({ browser, origin }) {
    const city = await person(browser, origin, { login: "city", width: 1440 });
    const community = await person(browser, origin, { login: "secretary", width: 1440 });
    await community.signIn();
    const seat = (await community.api("/me")).body.posts[0].seat;
    const [, district] = (await community.api(`/units/${seat.code}`)).body.path;
    await city.signIn();
    await city.page.goto(`${origin}/desk/directives`);
    await city.page.getByRole("link", { name: "新部署" }).click();
    await city.page.waitForURL(/directives\/new/);
    const goes = (await city.api(`/kinds/directive/audience?under=${district.code}`)).body.count;
    assert.ok(goes > 2);
    const field = (label) => city.page.locator("form .field", { hasText: label });
    await field("适用范围").getByRole("button", { name: "换一个" }).click();
    await field("适用范围").locator("input").fill(district.code);
    await city.page.keyboard.press("Enter");
    await field("适用范围").locator(".pick-one", { hasText: district.name }).click();
    await field("事由").locator("input").fill("演练部署");
    await field("内容").locator("textarea").fill("今日完成摸排。\n如实上报。");
    const due = new Date(Date.now() + 30 * 3_600_000).toISOString().slice(0, 16);
    await field("完成时限").locator("input").fill(due);
    await city.page.getByText(`将发给${district.name}的 ${goes.toLocaleString("en")} 个社区`).waitFor();
    await city.page.getByRole("button", { name: "排除一个单位" }).click();
    const other = (
      await city.api(`/units?under=${district.code}&q=${encodeURIComponent("社区")}&type=community`)
    ).body.data.find((unit) => unit.code !== seat.code);
    await city.page.locator(".one .pick-line input").fill(other.code);
    await city.page.locator(".one .pick-line button").click();
    await city.page.locator(".one .pick-one").first().click();
    const send = city.page.locator("form button[type=submit]");
    await city.page.getByText("还差：理由").waitFor();
    assert.equal(await send.isDisabled(), true);
    await city.page.locator(".one label", { hasText: "理由" }).locator("input").fill("演练：不在范围内");
    await mustBeAccessible(city.page, "directive composed");
    await city.page.getByRole("button", { name: "排除一个单位" }).click(); // opened, and left empty
    await city.page.getByText("还差：要排除的单位、理由").waitFor();
    assert.equal(await send.isDisabled(), true);
    await city.page.getByRole("button", { name: "不排除" }).last().click();
    await city.page.getByRole("link", { name: "待办" }).click();
    const leaving = city.page.getByRole("alertdialog", { name: "离开就会丢失" });
    await leaving.getByRole("button", { name: "先不" }).click();
    assert.match(city.page.url(), /directives\/new/);
    await city.page.goBack();
    await leaving.getByRole("button", { name: "先不" }).click();
    assert.equal(await field("事由").locator("input").inputValue(), "演练部署");
    await send.click();
    const ask = city.page.getByRole("alertdialog", { name: `发给 ${(goes - 1).toLocaleString("en")} 个社区` });
    await ask.waitFor();
    await mustBeAccessible(city.page, "directive asked");
    await city.page.keyboard.press("Escape");
    assert.equal(await ask.isVisible(), false);
    await send.click();
    await ask.getByRole("button", { name: "发出" }).click();
    await city.page.waitForURL(/directives\/[0-9a-f-]{36}$/);
    const id = city.page.url().split("/").pop();
    for (let i = 0; i < 50; i++) {
      const counts = (await city.api(`/matters/${id}/participants?limit=1`)).body.counts.recipient;
      if (counts.delivered === goes - 1) break;
      await city.page.waitForTimeout(200);
    }
    await community.page.goto(`${origin}/desk/matter/${id}`);
    await community.page.getByRole("link", { name: "收悉" }).click();
    await community.page.locator("button[type=submit]").click();
    await community.page.waitForURL(/\/desk\/matter\//);
    await community.page.locator(".timeline li", { hasText: "收悉" }).waitFor();
    await city.page.reload();
    await settled(city.page);
    await mustBeAccessible(city.page, "directive's board");
    await city.page.locator(".left-out dt", { hasText: other.name }).first().waitFor();
    assert.equal(await city.page.locator(".left-out dd").innerText(), "演练：不在范围内");
    await city.page.goto(`${origin}/desk/matter/${id}`);
    await city.page.locator(".left-out", { hasText: "演练：不在范围内" }).waitFor();
    await city.page.goto(`${origin}/desk/directives/${id}`);
    await settled(city.page);
    const figure = (title) => city.page.locator(".bars .bar", { hasText: title }).innerText();
    assert.match(await figure("已送达"), new RegExp(`% *${(goes - 1).toLocaleString("en")}/`));
    assert.match(await figure("已阅"), /% *1\//);
    assert.match(await figure("收悉"), /% *1\//);
    assert.match(await figure("报告落实"), /% *0\//);
    await city.page.getByRole("searchbox").fill(seat.name);
    await city.page.keyboard.press("Enter");
    const named = city.page.locator("td, th").filter({ hasText: new RegExp(`^\\s*${seat.name}\\s*$`) });
    const row = city.page.locator("tbody tr").filter({ has: named });
    await row.waitFor();
    await city.page.getByRole("button", { name: "未收悉" }).click();
    await row.waitFor({ state: "detached" });
    await community.page.goto(`${origin}/desk/directives/${id}`);
    await settled(community.page);
    await mustBeAccessible(community.page, "directive of a recipient");
    assert.equal(await community.page.locator(".bars").count(), 0); // figures are for whoever sees them all
    await city.page.getByRole("button", { name: "English" }).click();
    await mustBeAccessible(city.page, "directive's board in English");
    await city.finish();
    await community.finish();
  },

  async "lists that cannot be read are not empty lists"({ browser, origin }) {
    const who = await person(browser, origin, { login: "city", width: 1440 });
    await who.signIn();
    for (const path of ["/desk/directives", "/desk/import", "/desk/late", "/desk/m"]) {
      await who.page.route("**/api/v1/{kinds,units,expectations,matters,imports}**", (route) => route.abort());
      await who.page.route("**/api/v1/kinds/**", (route) => route.abort());
      await who.page.route("**/api/v1/units/**", (route) => route.abort());
      await who.page.goto(origin + path);
      const failed = who.page.getByRole("alert").filter({ hasText: "读取失败" });
      await failed.first().waitFor();
      await settled(who.page);
      assert.equal(await failed.count(), 1, path);
      assert.equal(await who.page.getByText("没有").count(), 0, path);
      assert.equal(await who.page.locator("form select").count(), 0, path);
      await mustBeAccessible(who.page, `${path} unread`);
      await who.page.unrouteAll();
      await failed.getByRole("button", { name: "重试" }).click();
      await failed.waitFor({ state: "detached" });
      await settled(who.page);
      assert.equal(await who.page.getByRole("alert").count(), 0, path);
    }
    await who.finish();
  },

  async "the data steward imports a sheet with mistakes, what is right of it"({ browser, origin }) {
    const who = await person(browser, origin, { login: "steward", width: 1440 });
    await who.signIn();
    await who.page.goto(`${origin}/desk`);
    await who.page.getByRole("link", { name: "导入" }).click();
    await who.page.waitForURL(/\/desk\/import/);
    const seat = (await who.api("/me")).body.posts[0].seat.code;
    const communities = `/units?under=${seat}&q=${encodeURIComponent("社区")}&type=community&limit=1`;
    const [community] = (await who.api(communities)).body.data;
    const rows = ["名称,类型,上级单位", `演练网格甲,grid,${community.code}`, `演练网格乙,网各,${community.code}`];
    rows.push("演练网格丙,grid,000000000000", `演练网格丁,grid,${community.code}`);
    const sheet = { name: "演练.csv", mimeType: "text/csv", buffer: Buffer.from(`${rows.join("\r\n")}\r\n`) };
    await who.page.locator("select").first().selectOption("units");
    await who.page.getByText("还差：表格文件").waitFor(); // why the button is grey
    await who.page.locator('input[type="file"]').first().setInputFiles(sheet);
    await who.page.getByRole("button", { name: "检查", exact: true }).click();
    const found = who.page.locator(".report .table-box").first();
    await found.waitFor();
    await mustBeAccessible(who.page, "import with mistakes");
    const told = await found.locator("tbody tr").allInnerTexts();
    assert.equal(told.length, 2, told.join("\n"));
    assert.match(told[0], /^3\t类型\t网各\t./);
    assert.match(told[1], /^4\t上级单位\t000000000000\t./);
    const there = async () =>
      (await who.api(`/units?under=${community.code}&q=${encodeURIComponent("演练网格")}`)).body.data.map(
        (one) => one.name,
      );
    assert.deepEqual(await there(), []); // only looked at
    await who.page.getByRole("button", { name: "导入没有错误的 2 行" }).click();
    const ask = who.page.getByRole("alertdialog");
    await mustBeAccessible(who.page, "import asked");
    await ask.getByRole("button", { name: "导入" }).click();
    await who.page.getByRole("heading", { name: /单位 · 导入 已完成/ }).waitFor();
    assert.deepEqual((await there()).sort(), ["演练网格丁", "演练网格甲"]);
    const list = who.page.locator(".jobs tbody tr");
    assert.equal(await list.count(), 2);
    assert.match(await list.first().innerText(), /演练\.csv/);
    assert.match(await list.first().innerText(), /单位 · 导入.*已完成\s+4\s+2\s+2/s);
    await who.page.reload();
    await who.page.getByRole("heading", { name: /单位 · 导入 已完成/ }).waitFor();
    await who.page.getByRole("button", { name: "English" }).click();
    await settled(who.page);
    await mustBeAccessible(who.page, "import in English");
    await who.finish();
  },
  ...requestScenarios,
  ...whistleScenarios,
};
