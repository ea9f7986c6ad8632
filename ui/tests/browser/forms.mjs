// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed into forms: kept, judged, saved once, and by whom.

import assert from "node:assert/strict";
import { choosePin, kept, mustBeAccessible, mustFit, person, PIN, readings, settled, uuid7 } from "./stage.mjs";

const FIRST = "a-first-password-1";
const OWN = "an-own-password-2";

/** Somebody in a post without an account gets one, with a password that has to be changed. */
async function makeAccount(steward, login) {
  const posts = (await steward.api("/units/110105/responsible?limit=50")).body.data;
  const have = new Set((await steward.api("/accounts?limit=200")).body.data.map((one) => one.person?.id));
  const holder = posts.map((one) => one.post?.person?.id).find((id) => id && !have.has(id));
  const made = await steward.api("/accounts", { person: holder, login, password: FIRST });
  assert.equal(made.status, 201, JSON.stringify(made.body));
}

export const DECIMAL = 'main input[inputmode="decimal"]';
export const SAVE = 'main button[type="submit"]';

/** A matter on the to-do list of whoever takes temperatures, with a reading. */
export async function observed(who) {
  const { data } = (await who.api("/tasks?limit=200")).body;
  for (const task of data.filter((one) => one.kind === "home_observation" && one.entry === "check_in"))
    if ((await readings(who, task.matter)).some((one) => one.fields)) return task.matter;
  throw new Error("nobody is observed");
}

export async function unlock(page) {
  const dialog = page.getByRole("dialog");
  await dialog.locator("input").fill(PIN);
  await dialog.locator('button[type="submit"]').click();
  await dialog.waitFor({ state: "detached" });
}

export const forms = {
  async "a first log-in ends at home with one's own password, and so does a change of it"({ browser, origin }) {
    const steward = await person(browser, origin, { login: "steward", width: 1440 });
    await steward.signIn();
    await makeAccount(steward, "newcomer");
    const who = await person(browser, origin);
    const { page } = who;
    await page.goto(`${origin}/login`);
    await page.fill("#login-name", "newcomer");
    await page.fill("#login-password", FIRST);
    await page.click('button[type="submit"]');
    await page.fill("#new-password", OWN);
    await page.fill("#new-password-again", OWN);
    await mustBeAccessible(page, "choosing one's own password");
    await page.click('button[type="submit"]');
    await page.waitForURL(/\/field$/);
    await settled(page);
    await page.goto(`${origin}/field/me`);
    const change = page.locator("form", { hasText: "修改密码" });
    for (const [i, text] of [OWN, `${OWN}-again`, `${OWN}-again`].entries())
      await change.locator('input[type="password"]').nth(i).fill(text);
    await change.locator('button[type="submit"]').click();
    await change.getByRole("status").waitFor();
    await page.goto(`${origin}/field`);
    await page.getByRole("heading", { name: "今日" }).waitFor();
    await steward.finish();
    await who.finish();
  },

  async "a first log-in goes on after the page was read anew"({ browser, origin }) {
    const steward = await person(browser, origin, { login: "steward", width: 1440 });
    await steward.signIn();
    await makeAccount(steward, "returner");
    const who = await person(browser, origin);
    const { page } = who;
    await page.goto(`${origin}/login`);
    await page.fill("#login-name", "returner");
    await page.fill("#login-password", FIRST);
    await page.click('button[type="submit"]');
    await page.locator("#new-password").waitFor();
    await page.reload();
    await page.fill("#first-login-name", "returner");
    await page.fill("#old-password", FIRST);
    await page.fill("#new-password", OWN);
    await page.fill("#new-password-again", OWN);
    await page.click('button[type="submit"]');
    await page.waitForURL(/\/field$/);
    await steward.finish();
    await who.finish();
  },

  async "two save one form: the second sees the other's entry and saves theirs as well"({ browser, origin }) {
    const grid = await person(browser, origin, { login: "grid" });
    const doctor = await person(browser, origin, { login: "doctor", width: 1440 });
    for (const who of [grid, doctor]) await who.signIn();
    const matter = await observed(grid);
    const number = (await readings(grid, matter)).slice(-1)[0].number;
    await grid.page.goto(`${origin}/field/enter/${matter}/check_in?corrects=${number}`);
    await doctor.page.goto(`${origin}/desk/enter/${matter}/check_in?corrects=${number}`);
    for (const [who, value] of [
      [doctor, "36.1"],
      [grid, "36.3"],
    ]) {
      await who.page.locator(DECIMAL).fill(value);
      await who.page.locator("label", { hasText: "更正原因" }).locator("input").fill(`看错，应为${value}`);
    }
    await doctor.page.locator(".what-follows").getByText("更正按新内容重新判断").waitFor();
    await doctor.page.locator(SAVE).click();
    await doctor.page.waitForURL(/\/desk\/matter\//);
    await grid.page.locator(SAVE).click();
    const note = grid.page.getByRole("alert").filter({ hasText: "别人登记了新内容" });
    await note.waitFor();
    assert.match(await note.innerText(), /36\.1/);
    assert.equal(await grid.page.locator(DECIMAL).inputValue(), "36.3");
    await mustBeAccessible(grid.page, "somebody else was first");
    await grid.page.getByRole("button", { name: "仍保存我的" }).click();
    await grid.page.waitForURL(/\/field$/);
    const told = (await readings(grid, matter))
      .filter((one) => one.corrects !== undefined)
      .map((one) => one.fields.temperature);
    assert.deepEqual(told.slice(-2), ["36.1", "36.3"]);
    for (const who of [grid, doctor]) await who.finish();
  },

  async "two enter one round: what was typed stays and is saved as well"({ browser, origin }) {
    const grid = await person(browser, origin, { login: "grid" });
    const doctor = await person(browser, origin, { login: "doctor", width: 1440 });
    for (const who of [grid, doctor]) await who.signIn();
    const matter = await observed(grid);
    await grid.page.goto(`${origin}/field/round/check_in?matter=${matter}`);
    await grid.page.locator(DECIMAL).fill("36.4");
    const entered = await doctor.api(`/matters/${matter}/entries`, {
      id: uuid7(),
      entry: "check_in",
      fields: { temperature: "36.2" },
    });
    assert.equal(entered.status, 201, JSON.stringify(entered.body));
    await grid.page.locator("#save-round").click();
    const note = grid.page.getByRole("alert").filter({ hasText: "别人登记了新内容" });
    await note.waitFor();
    assert.match(await note.innerText(), /36\.2/);
    assert.equal(await grid.page.getByText("请刷新").count(), 0);
    await grid.page.getByRole("button", { name: "仍保存我的" }).click();
    await grid.page.waitForURL(/\/field$/);
    const told = (await readings(grid, matter)).map((one) => one.fields?.temperature);
    assert.deepEqual(told.slice(-2), ["36.2", "36.4"]);
    for (const who of [grid, doctor]) await who.finish();
  },

  async "a form half filled is asked about before it is left"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    const matter = await observed(who);
    await page.goto(`${origin}/field/round/check_in?matter=${matter}`);
    await page.locator(DECIMAL).fill("36.4");
    await page.locator('header a[href="/field"]').click();
    const question = page.getByRole("alertdialog");
    await question.waitFor();
    await mustBeAccessible(page, "leaving a form");
    await question.getByRole("button", { name: "先不" }).click();
    assert.equal(await page.locator(DECIMAL).inputValue(), "36.4");
    await page.locator('header a[href="/field"]').click();
    await question.getByRole("button", { name: "不保存，离开" }).click();
    await page.waitForURL(/\/field$/);
    await page.goto(`${origin}/field/round/check_in?matter=${matter}`);
    await page.locator(DECIMAL).fill("36.4");
    const asked = new Promise((resolve) => {
      page.removeAllListeners("dialog");
      page.on("dialog", (dialog) => (resolve(dialog.type()), dialog.accept()));
    });
    await page.reload();
    assert.equal(await asked, "beforeunload");
    await who.finish();
  },

  async "with a PIN what was typed is found again, after the page was closed too"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    let { page } = who;
    await choosePin(page, origin);
    const matter = await observed(who);
    await page.goto(`${origin}/field/enter/${matter}/check_in`);
    await unlock(page);
    await kept(page, () => page.locator(DECIMAL).fill("36.4"));
    await page.close();
    page = await who.context.newPage();
    await page.goto(`${origin}/field/enter/${matter}/check_in`);
    await unlock(page);
    await page.getByRole("status").filter({ hasText: "没有保存的内容" }).waitFor();
    assert.equal(await page.locator(DECIMAL).inputValue(), "36.4");
    await mustBeAccessible(page, "a draft");
    await page.locator(SAVE).click();
    await page.waitForURL(/\/field$/);
    await page.locator('nav a[href="/field/me"]').click();
    await page.goto(`${origin}/field/enter/${matter}/check_in`);
    await unlock(page);
    await page.locator(DECIMAL).waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.locator(DECIMAL).inputValue(), "");
    await who.finish();
  },

  async "a fever's re-check is entered from Today"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    await page.locator('a[href^="/field/round/"]').first().click();
    await page.locator("section.card input").first().waitFor();
    const cards = await page.locator("section.card").count();
    for (let i = 0; i < cards; i++)
      await page
        .locator("section.card input")
        .nth(i)
        .fill(i === 0 ? "38.6" : "36.5");
    await page.locator("#save-round").click();
    await page.waitForURL(/\/field$/);
    const now = page.locator('section[aria-label="现在要做"]');
    const recheck = now.locator("a", { hasText: "复测" }).first();
    await recheck.waitFor();
    await recheck.click();
    await page.waitForURL(/\/field\/enter\/[^/]+\/recheck/);
    await page.locator(DECIMAL).fill("36.6");
    await page.locator(SAVE).click();
    await page.waitForURL(/\/field$/);
    await who.finish();
  },

  async "while the next PIN has to wait, none is tried and the seconds are counted"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    await choosePin(page, origin);
    await page.goto(`${origin}/field`);
    const dialog = page.getByRole("dialog");
    const button = dialog.locator('button[type="submit"]');
    for (let i = 0; i < 5; i++) {
      await dialog.locator("input").fill("159357");
      await button.click();
      await dialog.getByRole("alert").waitFor();
      if (i < 4) await page.waitForFunction(() => document.querySelector("dialog input")?.value === "");
    }
    const wait = dialog.getByText(/请等 \d+ 秒/);
    await wait.waitFor();
    await dialog.locator("input").fill(PIN);
    assert.equal(await button.isDisabled(), true);
    const before = await wait.innerText();
    await page.waitForTimeout(2500);
    assert.notEqual(await wait.innerText(), before);
    await mustBeAccessible(page, "waiting for the next PIN");
    await button.and(page.locator(":enabled")).waitFor({ timeout: 20_000 });
    await button.click();
    await dialog.waitFor({ state: "detached" });
    const state = page.locator(".state");
    await state.filter({ hasText: "已全部送达" }).waitFor();
    await who.context.setOffline(true);
    await state.filter({ hasText: "连不上服务器" }).waitFor({ timeout: 3_000 });
    await who.context.setOffline(false);
    await state.filter({ hasText: "已全部送达" }).waitFor({ timeout: 60_000 }); // a call that fails is tried again
    await who.finish();
  },

  async "whoever saves is not told of it as news, and whom one does not meet needs no reading"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    await page.locator('a[href^="/field/round/"]').first().click();
    const cards = page.locator("section.card");
    await cards.first().locator("input").waitFor();
    for (let i = 0; i < (await cards.count()); i++) {
      await cards.nth(i).getByRole("button", { name: "没见到" }).click();
      assert.equal(await cards.nth(i).locator("input").count(), 0);
      await cards.nth(i).locator(".choices .choice").first().click();
    }
    await mustBeAccessible(page, "nobody was met");
    await page.locator("#save-round").click();
    await page.waitForURL(/\/field$/);
    await page.waitForTimeout(4000);
    assert.equal(await page.getByText("待办有变化").count(), 0);
    await who.finish();
  },

  async "who has a desk finds alerts from a phone, and the way back"({ browser, origin }) {
    const who = await person(browser, origin, { login: "street", width: 320, locale: "en-GB" });
    await who.signIn();
    const { page } = who;
    await page.locator('nav a[href="/desk/inbox"]').click();
    await page.waitForURL(/\/desk\/inbox/);
    await page.locator('nav a[href="/field"]').click();
    await page.waitForURL(/\/field$/);
    await mustFit(page, "/field");
    const secretary = await person(browser, origin, { login: "secretary", width: 320, locale: "en-GB" });
    await secretary.signIn();
    const matters = (await secretary.api("/matters?kind=home_observation&open=true&limit=1")).body.data;
    for (const path of [
      "/field",
      "/field/new/arrival",
      "/field/me",
      `/field/matter/${matters[0].id}`,
      `/field/enter/${matters[0].id}/check_in`,
      `/field/round/check_in?matter=${matters[0].id}`,
    ]) {
      await secretary.page.goto(origin + path);
      await settled(secretary.page);
      await mustFit(secretary.page, path);
    }
    for (const one of [who, secretary]) await one.finish();
  },
};
