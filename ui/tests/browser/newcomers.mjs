// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody new is registered on a phone without a network, with the matter that they come for.

import assert from "node:assert/strict";
import { SAVE } from "./forms.mjs";
import { choosePin, mustBeAccessible, mustFit, person, settled } from "./stage.mjs";

/** Fills in who it is and what they come for, and saves it. */
async function arrive(page, name, phone) {
  await page.locator('nav a[href="/field/new"]').click();
  await page.locator('main a[href="/field/new/arrival"]').click();
  const search = page.locator('input[type="search"]');
  await search.fill(name);
  await search.press("Enter");
  await page.getByRole("button", { name: "登记新人员" }).click();
  await page.getByLabel("电话", { exact: true }).fill(phone);
  await page.getByLabel("在京住址的门牌").fill("3号楼2单元909");
  await mustBeAccessible(page, "somebody new without a network");
  await page.getByRole("button", { name: "登记此人" }).click();
  await page.locator(".pick-line", { hasText: name }).getByText("有网络后登记").waitFor();
  await page.getByRole("button", { name: "现在", exact: true }).click();
  await page.getByLabel("来自省份").fill("42");
  await page.getByRole("button", { name: "否", exact: true }).click();
  await page
    .getByLabel("在京住址", { exact: true })
    .or(page.getByLabel(/^在京住址 必填/))
    .first()
    .fill("演练住址");
  await page.locator(SAVE).click();
  await page.waitForURL(/\/field\/queue$/);
}

export const newcomerScenarios = {
  async "somebody new is registered without a network, with their home and matter; who may be known is asked about"({
    browser,
    origin,
  }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const { page } = who;
    await choosePin(page, origin);
    await page.locator('nav a[href="/field/new"]').click(); // the pages and kinds are there
    await page.locator('main a[href="/field/new/arrival"]').waitFor();
    await settled(page);
    await who.context.setOffline(true);
    await arrive(page, "演离线甲", "13900007001");
    const waiting = page.locator("section", { hasText: "待发" }).locator("li");
    assert.equal(await waiting.count(), 3);
    await mustBeAccessible(page, "a registration that waits");
    await who.context.setOffline(false);
    const sent = page.locator("section", { hasText: "最近一天已送达" }).locator("li");
    await sent.nth(2).waitFor({ timeout: 30_000 });
    const { data } = (await who.api("/matters?kind=arrival&limit=200")).body;
    const [matter] = data.filter((one) => one.subject?.name === "演离线甲");
    const { residence } = (await who.api(`/persons/${matter.subject.id}`)).body;
    assert.equal(residence.dwelling, "3号楼2单元909");

    await who.context.setOffline(true);
    await arrive(page, "演离线甲", "13900007001"); // another of the same name, with the same phone
    await who.context.setOffline(false);
    await page.getByText("已登记同名同电话的人").waitFor({ timeout: 30_000 });
    assert.equal(await page.locator('section[aria-label="待发"] li').count(), 2);
    await page.getByRole("button", { name: "改正后重发" }).click();
    await page.waitForURL(/\/field\/newcomer\//);
    await page.getByText("已有同名同电话的人").waitFor();
    await mustBeAccessible(page, "somebody who may be known");
    await mustFit(page, "/field/newcomer");
    await page.getByRole("button", { name: "是另一个人，照样登记" }).click();
    await page.waitForURL(/\/field\/queue$/);
    await sent.nth(5).waitFor({ timeout: 30_000 });
    const after = (await who.api("/matters?kind=arrival&limit=200")).body.data;
    assert.equal(new Set(after.filter((one) => one.subject?.name === "演离线甲").map((one) => one.subject.id)).size, 2);

    await who.context.setOffline(true);
    await arrive(page, "演离线甲", "13900007001");
    await who.context.setOffline(false);
    await page.getByRole("button", { name: "改正后重发" }).click({ timeout: 30_000 });
    await page.locator('section input[type="search"]').fill("演离线甲");
    await page.locator('section input[type="search"]').press("Enter");
    await page.locator(".pick-one").first().click(); // they are there: the matter is about them, and is there already
    await page.waitForURL(/\/field\/queue$/);
    await page.getByText("被退回", { exact: true }).waitFor({ timeout: 30_000 });
    await mustBeAccessible(page, "a matter that is there already");

    await page.locator('nav a[href="/field/new"]').click(); // the same with a network
    await page.locator('main a[href="/field/new/arrival"]').click();
    await page.locator('input[type="search"]').fill("演离线");
    await page.locator('input[type="search"]').press("Enter");
    await page.getByRole("button", { name: "登记新人员" }).click();
    await page.getByLabel("姓名", { exact: true }).fill("演离线甲");
    await page.getByLabel("电话", { exact: true }).fill("13900007001");
    await page.getByRole("button", { name: "登记此人" }).click();
    await page.getByText("已有同名同电话的人").waitFor();
    await mustBeAccessible(page, "somebody who may be known, with a network");
    await page.getByRole("button", { name: "是另一个人，照样登记" }).click();
    await page.locator(".pick-line", { hasText: "演离线甲" }).waitFor();
    await who.finish();
  },
};
