// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed on a phone: by whom, where it is found again, and what is said of it.

import assert from "node:assert/strict";
import { DECIMAL, observed, SAVE, unlock } from "./forms.mjs";
import { choosePin, kept, mustBeAccessible, mustFit, passwordOf, person, readings, settled, uuid7 } from "./stage.mjs";

async function signInOn(page, origin, login) {
  await page.goto(`${origin}/login`);
  await page.fill("#login-name", login);
  await page.fill("#login-password", await passwordOf(origin, login));
  await page.click('button[type="submit"]');
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

export const typed = {
  async "Enter goes on to the next field, and what will follow is never behind the tabs"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    const matter = await observed(who);
    const before = (await readings(who, matter)).length;
    await page.goto(`${origin}/field/enter/${matter}/check_in`);
    await page.locator(DECIMAL).fill("38.6");
    await page.locator(DECIMAL).press("Enter");
    await settled(page);
    assert.match(page.url(), /check_in$/);
    assert.equal(await page.locator(DECIMAL).evaluate((one) => one === document.activeElement), false);
    assert.equal((await readings(who, matter)).length, before);
    const tabs = await page.locator(".app-tabs").boundingBox();
    for (const part of [".what-follows .notice", SAVE]) {
      const box = await page.locator(part).boundingBox();
      assert.ok(box.y > 0 && box.y + box.height <= tabs.y, `${part} lies behind the tabs`);
    }
    await mustBeAccessible(page, "what will follow above the tabs");
    await who.finish();
  },

  async "what a matter takes no more is said, with what it takes now, at once and out of the queue"({
    browser,
    origin,
  }) {
    const grid = await person(browser, origin, { login: "grid" });
    const doctor = await person(browser, origin, { login: "doctor", width: 1440 });
    for (const who of [grid, doctor]) await who.signIn();
    const { page } = grid;
    const fever = async (matter) => {
      const entry = { id: uuid7(), entry: "check_in", fields: { temperature: "39.1" } };
      const made = await doctor.api(`/matters/${matter}/entries`, entry);
      assert.equal(made.status, 201, JSON.stringify(made.body));
    };
    const mustTell = async (matter) => {
      await page.getByText("现在不能再登记“体温登记”").waitFor();
      await page.getByText("39.1").first().waitFor();
      assert.equal(await page.getByRole("button", { name: "仍保存我的" }).count(), 0);
      await mustBeAccessible(page, "what is taken no more");
      await page.locator("main").getByRole("link", { name: "复测" }).first().click();
      await page.waitForURL(new RegExp(`/field/enter/${matter}/recheck`));
    };
    let matter = await observed(grid);
    for (const form of ["round", "enter"]) {
      await page.goto(
        `${origin}/field/${form === "round" ? `round/check_in?matter=${matter}` : `enter/${matter}/check_in`}`,
      );
      await page.locator(DECIMAL).fill("36.4");
      await settled(page);
      await fever(matter);
      await page.locator(SAVE).click();
      await mustTell(matter);
      matter = await observed(grid);
    }
    await choosePin(page, origin);
    await page.goto(`${origin}/field/enter/${matter}/check_in`);
    await unlock(page);
    await page.locator(DECIMAL).fill("36.4");
    await settled(page);
    await grid.context.setOffline(true);
    await page.locator(SAVE).click();
    await page.waitForURL(/\/field$/);
    await fever(matter);
    await grid.context.setOffline(false);
    await page.locator('nav a[href="/field/queue"]').click();
    await page.getByRole("button", { name: "改正后重发" }).click({ timeout: 30_000 });
    await mustTell(matter);
    for (const who of [grid, doctor]) await who.finish();
  },

  async "people are found on a phone, without a network those of kept matters; an unknown address is said"({
    browser,
    origin,
  }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    const matter = await observed(who);
    const { subject } = (await who.api(`/matters/${matter}`)).body;
    await page.locator('nav a[href="/field/find"]').click();
    await page.locator('input[type="search"]').fill(subject.name);
    await page.locator(`main a[href="/field/matter/${matter}"]`).waitFor();
    await mustBeAccessible(page, "matters found without a PIN");
    await page.goto(`${origin}/field/nowhere`);
    await page.getByRole("heading", { name: "没有这个页面" }).waitFor();
    await mustBeAccessible(page, "an unknown address");
    await page.getByRole("link", { name: "回首页" }).click();
    await page.waitForURL(/\/field$/);
    await choosePin(page, origin);
    await page.locator('nav a[href="/field/new"]').click();
    await page.locator('main a[href="/field/new/arrival"]').click();
    const search = page.locator('input[type="search"]');
    await search.waitFor();
    await settled(page);
    await who.context.setOffline(true);
    await search.fill("演查无此人");
    await search.press("Enter");
    await page.getByText("要连上网络后才能查").waitFor();
    await search.fill(subject.name);
    await search.press("Enter");
    await page.locator(".pick-one", { hasText: subject.name }).first().click();
    await page.locator(".pick-line", { hasText: subject.name }).waitFor();
    await mustBeAccessible(page, "somebody found without a network");
    await who.context.setOffline(false);
    await who.finish();
  },

  async "two tabs with a PIN show one queue"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    await choosePin(page, origin);
    const matter = await observed(who);
    const other = await who.context.newPage();
    await other.goto(`${origin}/field/queue`);
    await unlock(other);
    await page.goto(`${origin}/field/enter/${matter}/check_in`);
    await unlock(page);
    await page.locator(DECIMAL).fill("36.4");
    await settled(page);
    await who.context.setOffline(true);
    await page.locator(SAVE).click();
    await other.locator("section", { hasText: "待发" }).getByText("体温登记").waitFor();
    await who.context.setOffline(false);
    await other.locator('section[aria-label="待发"]').waitFor({ state: "detached", timeout: 30_000 });
    await who.finish();
  },

  async "a resident goes back by the browser, reads the page anew, and sets larger letters"({ browser, origin }) {
    const grid = await person(browser, origin, { login: "grid" });
    await grid.signIn();
    const matter = await observed(grid);
    const link = { id: uuid7(), purpose: "report", hours: 24 };
    const made = await grid.api(`/matters/${matter}/resident-links`, link);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const before = (await readings(grid, matter)).length;
    const who = await person(browser, origin, { login: "grid" }); // who does not sign in
    const { page } = who;
    await page.goto(`${origin}/r#${made.body.token}`);
    const report = page.getByRole("button", { name: "体温登记" });
    await report.click();
    const input = page.locator("main input").first();
    await input.fill("３６。７");
    assert.equal(await input.inputValue(), "36.7");
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByText("第 2 题").waitFor();
    await page.reload();
    await page.getByText("第 2 题").waitFor();
    await page.goBack();
    await page.getByText("第 1 题").waitFor();
    assert.equal(await input.inputValue(), "36.7");
    await page.goBack();
    await report.waitFor();
    await page.goForward();
    assert.equal(await input.inputValue(), "36.7");
    const height = () =>
      page.locator("main .button-main").evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
    const small = await height();
    await page.evaluate(() => (document.documentElement.style.fontSize = "32px"));
    assert.equal(await height(), small * 2);
    await mustFit(page, "/r in larger letters");
    while (await page.getByRole("button", { name: "下一步" }).count()) {
      await page.getByRole("button", { name: "下一步" }).click();
      await settled(page);
    }
    await page.getByRole("button", { name: "提交" }).click();
    await page.getByText("已收到：体温登记").waitFor();
    await page.getByText("上次提交").first().waitFor();
    await page.goBack();
    await report.waitFor();
    assert.equal(await page.evaluate(() => JSON.stringify(sessionStorage).includes("36.7")), false);
    const { fields } = (await readings(grid, matter))[before];
    assert.equal(fields.temperature, "36.7");
    await grid.page.goto(`${origin}/field/matter/${matter}`);
    await grid.page.getByText("本人（通过链接）").first().waitFor();
    for (const one of [who, grid]) await one.finish();
  },

  async "an entry is never made in the name of who has signed in since in another tab"({ browser, origin }) {
    const who = await person(browser, origin, { login: "doctor", width: 1440 });
    await who.signIn();
    const grid = await person(browser, origin, { login: "grid" });
    await grid.signIn();
    const matter = await observed(grid);
    await grid.finish();
    const before = (await readings(who, matter)).length;
    const { page } = who;
    await page.goto(`${origin}/desk/enter/${matter}/check_in`);
    await page.locator(DECIMAL).fill("36.4");
    await settled(page);
    const other = await who.context.newPage();
    await other.evaluate(() => (window.BroadcastChannel = undefined)); // not told: the server is what holds
    await signInOn(other, origin, "grid");
    await page.bringToFront();
    const sheet = page.getByRole("dialog");
    if (!(await sheet.isVisible())) await page.locator(SAVE).click();
    await sheet.getByText("现在登录的是另一个账号").waitFor();
    await mustBeAccessible(page, "another account in another tab");
    assert.equal((await readings(who, matter)).length, before);
    await sheet.getByRole("button", { name: "稍后" }).click();
    await page.locator(SAVE).click();
    await sheet.getByText("现在登录的是另一个账号").waitFor();
    assert.equal((await readings(who, matter)).length, before);
    assert.equal(await page.locator(DECIMAL).inputValue(), "36.4");
    await sheet.locator("#login-password").fill(who.password);
    await sheet.locator('button[type="submit"]').click();
    await sheet.waitFor({ state: "detached" });
    await page.locator(SAVE).click();
    await page.waitForURL(/\/desk\/matter\//);
    const made = (await readings(who, matter)).slice(before);
    assert.deepEqual(
      made.map((one) => [one.fields.temperature, one.post.role]),
      [["36.4", "community_doctor"]],
    );
    await who.finish();
  },

  async "with a PIN the draft of a round is found again in another order, and alone"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    await choosePin(page, origin);
    const { data } = (await who.api("/tasks?limit=200")).body;
    const due = data.filter((one) => one.entry === "check_in" && one.household);
    const house = due.map((one) => one.household).find((id, i, all) => all.indexOf(id) < i);
    const ids = due.filter((one) => one.household === house).map((one) => one.matter);
    assert.ok(ids.length > 1, "no household of two is observed");
    const names = new Map(due.map((one) => [one.matter, one.subject.name]));
    const roundOf = (matters) => `${origin}/field/round/check_in?${matters.map((one) => `matter=${one}`).join("&")}`;
    const cardOf = (matter) => page.locator("section.card", { hasText: names.get(matter) }).locator(DECIMAL.slice(5));
    await page.goto(roundOf(ids));
    await unlock(page);
    await kept(page, () => cardOf(ids[0]).fill("３６．４")); // of an input method in full width
    assert.equal(await cardOf(ids[0]).inputValue(), "36.4");
    await page.goto(roundOf([...ids].reverse()));
    await unlock(page);
    await page.getByRole("status").filter({ hasText: "没有保存的内容" }).waitFor();
    assert.equal(await cardOf(ids[0]).inputValue(), "36.4");
    assert.equal(await cardOf(ids[1]).inputValue(), "");
    await page.goto(`${origin}/field/enter/${ids[0]}/check_in`);
    await unlock(page);
    await page.getByRole("status").filter({ hasText: "没有保存的内容" }).waitFor();
    assert.equal(await page.locator(DECIMAL).inputValue(), "36.4");
    await who.finish();
  },

  async "somebody half registered is found again, with the name that was looked for"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    const begin = async (sought) => {
      await page.goto(`${origin}/field/new/arrival`);
      if (await page.getByRole("dialog").isVisible()) await unlock(page);
      await page.locator('input[type="search"]').fill(sought);
      await page.getByRole("button", { name: "查找", exact: true }).click();
      await page.getByRole("button", { name: "登记新人员" }).click();
    };
    const name = page.locator("label", { hasText: "姓名" }).locator("input");
    await begin("演半登");
    assert.equal(await name.inputValue(), "演半登");
    await name.fill("演".repeat(89));
    assert.equal([...(await name.inputValue())].length, 89);
    await page.getByText("最多 60 个字，现在是 89 个").waitFor();
    assert.equal(await page.getByRole("button", { name: "登记此人" }).isDisabled(), true);
    await mustBeAccessible(page, "registering somebody new");
    await page.locator('nav a[href="/field"]').click();
    await page.getByRole("alertdialog").getByRole("button", { name: "不保存，离开" }).click();
    await page.waitForURL(/\/field$/);
    await settled(page); // else the next visit may cut this one off
    await choosePin(page, origin);
    await begin("演半登");
    await kept(page, () => page.locator("label", { hasText: "电话" }).locator("input").fill("13800000000"));
    await page.reload();
    await unlock(page);
    await page.getByRole("status").filter({ hasText: "没有保存的内容" }).waitFor();
    assert.equal(await name.inputValue(), "演半登");
    await page.locator("label", { hasText: "门牌" }).locator("input").fill("演3号楼301");
    await page.locator("label", { hasText: "电话" }).locator("input").fill("");
    await page.getByRole("button", { name: "登记此人" }).click();
    await page.locator(".pick-line").waitFor();
    await who.finish();
  },
};
