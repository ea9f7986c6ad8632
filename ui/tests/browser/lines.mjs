// SPDX-License-Identifier: GPL-3.0-or-later
// Forms with rows: the items of a directive, each reported by itself.

import assert from "node:assert/strict";
import { aboutScenarios } from "./about.mjs";
import { mustBeAccessible, person, settled } from "./stage.mjs";

const inHours = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);

/** A directive to the community's district with two items, sent by the city through the form. */
async function sendItems(city, origin, district) {
  const { page } = city;
  await page.goto(`${origin}/desk/directives/new/directive`);
  const field = (label) => page.locator("form .field", { hasText: label });
  await field("适用范围").getByRole("button", { name: "换一个" }).click();
  await field("适用范围").locator("input").fill(district.code);
  await page.keyboard.press("Enter");
  await field("适用范围").locator(".pick-one", { hasText: district.name }).click();
  await field("事由").locator("input").fill("演练分项部署");
  await page.locator("form > .field", { hasText: "内容" }).locator("textarea").fill("逐项落实。");
  await page.locator("form > .field", { hasText: "完成时限" }).locator("input").fill(inHours(40));
  const items = page.locator("fieldset.lines");
  const add = items.getByRole("button", { name: "添加一行" });
  const row = (n) => items.locator("li.line").nth(n);
  for (const [i, text] of ["演练后做的", "演练多余的", "演练先做的"].entries()) {
    await add.click();
    await row(i).locator("textarea").fill(text);
    if (i === 0) await page.getByText("还差：分项").waitFor(); // a row that was begun is not sent half
    await row(i).locator(".field", { hasText: "完成标志" }).locator("input").fill("演示台账");
    await row(i)
      .locator(".field", { hasText: "时限" })
      .locator("input")
      .fill(inHours(30 + i));
  }
  await row(1).getByRole("button", { name: "移除" }).click();
  await row(1).getByRole("button", { name: "上移" }).click();
  assert.equal(await row(0).locator("textarea").inputValue(), "演练先做的");
  assert.equal(await items.locator("li.line").count(), 2);
  await mustBeAccessible(page, "rows of a form");
  await page.locator("form button[type=submit]").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "发出" }).click();
  await page.waitForURL(/directives\/[0-9a-f-]{36}$/);
  return page.url().split("/").pop();
}

export const linesScenarios = {
  ...aboutScenarios,
  async "the items of a directive are rows of its form, and a list wherever it is read"({ browser, origin }) {
    const community = await person(browser, origin, { login: "secretary", width: 390 });
    const city = await person(browser, origin, { login: "city", width: 1440 });
    await community.signIn();
    await city.signIn();
    const seat = (await community.api("/me")).body.posts[0].seat;
    const [, district] = (await community.api(`/units/${seat.code}`)).body.path;
    const id = await sendItems(city, origin, district);
    const form = (await city.api(`/matters/${id}`)).body.form;
    assert.deepEqual(
      form.items.map((one) => one.text),
      ["演练先做的", "演练后做的"],
    );
    for (const [who, path] of [
      [city, `/desk/directives/${id}`],
      [city, `/desk/matter/${id}`],
      [community, `/desk/matter/${id}`],
    ]) {
      await who.page.goto(origin + path);
      await who.page.locator("ol.lines li", { hasText: "演练先做的" }).first().waitFor();
      assert.equal((await who.page.locator("main").innerText()).includes("[object"), false);
      await settled(who.page);
      await mustBeAccessible(who.page, "rows that were entered");
    }
    await city.finish();
    await community.finish();
  },

  async "each item of a directive is reported by itself, chosen by its text"({ browser, origin }) {
    const community = await person(browser, origin, { login: "secretary", width: 390 });
    const city = await person(browser, origin, { login: "city", width: 1440 });
    await community.signIn();
    await city.signIn();
    const seat = (await community.api("/me")).body.posts[0].seat;
    const [, district] = (await community.api(`/units/${seat.code}`)).body.path;
    const id = await sendItems(city, origin, district);
    const { page } = community;
    for (let i = 0; i < 50; i++) {
      const { data } = (await community.api("/tasks?limit=200")).body;
      if (data.filter((one) => one.matter === id && one.line).length === 2) break;
      await page.waitForTimeout(200);
    }
    await page.goto(`${origin}/desk/matter/${id}`);
    await page.locator("header .choices").getByRole("link", { name: "分项反馈" }).waitFor();
    assert.equal(await page.locator("header .choices").getByRole("link", { name: "报告落实" }).count(), 0);
    await page.getByText("本部署分项落实，请逐项反馈").waitFor();
    await page.locator(".row", { hasText: "2. 演练后做的" }).getByRole("link", { name: "分项反馈" }).click();
    const second = page.getByRole("radio", { name: /演练后做的/ });
    await second.waitFor();
    assert.equal(await second.isChecked(), true);
    await mustBeAccessible(page, "an entry of a line");
    await page.locator("button[type=submit]").click();
    await page.locator(".timeline li", { hasText: "2. 演练后做的" }).waitFor();
    await page.goto(`${origin}/desk/do`);
    const task = page.locator(`tr:has(a[href*="${id}"])`, { hasText: "1. 演练先做的" });
    await task.waitFor();
    assert.equal(await page.locator(`tr:has(a[href*="${id}"])`, { hasText: "2. 演练后做的" }).count(), 0);
    await mustBeAccessible(page, "to-dos of lines");
    await task.getByRole("link", { name: "分项反馈" }).click();
    await page.getByRole("radio", { name: /演练先做的/ }).waitFor();
    assert.equal(await page.getByRole("radio", { name: /演练先做的/ }).isChecked(), true);
    await city.page.goto(`${origin}/desk/enter/${id}/withdraw_item`);
    await city.page.locator(".field", { hasText: "理由" }).locator("input").fill("演练：不再需要");
    await city.page.getByText("还差：针对哪一项").waitFor();
    await city.page.getByRole("radio", { name: /演练先做的/ }).check();
    await city.page.locator("button[type=submit]").click();
    await city.page.locator(".timeline li", { hasText: "1. 演练先做的" }).waitFor();
    await city.finish();
    await community.finish();
  },
};
