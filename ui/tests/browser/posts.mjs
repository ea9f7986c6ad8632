// SPDX-License-Identifier: GPL-3.0-or-later
// Posts and who holds them: appointing, ending, accounts, hand-overs.

import assert from "node:assert/strict";
import { mustBeAccessible, person, settled } from "./stage.mjs";

export const postScenarios = {
  async "the data steward appoints, ends a post, and hands over a password"({ browser, origin }) {
    const who = await person(browser, origin, { login: "steward", width: 1440 });
    await who.signIn();
    const cadre = await person(browser, origin, { login: "cadre" }); // nobody else of the scenarios
    await cadre.signIn();
    const [held] = (await cadre.api("/me")).body.posts;
    await who.page.goto(`${origin}/desk/people`);
    await settled(who.page);
    await mustBeAccessible(who.page, "people of the city");
    await who.page
      .locator("input")
      .first()
      .fill(held.seat.code ?? held.seat.name);
    await who.page.keyboard.press("Enter");
    await who.page.locator(".unit").first().click();
    await who.page.waitForURL(/unit=/);
    const row = (name) => who.page.locator("tbody tr", { hasText: name });
    await row(held.person.name).waitFor();
    const other = (await who.api("/accounts?limit=200")).body.data.find((one) => one.login === "doctor").person.name;
    await who.page.locator("form select").first().selectOption(held.role);
    await who.page.locator("form select").nth(1).selectOption({ label: other });
    await who.page.getByRole("button", { name: "任命" }).click();
    const ask = who.page.getByRole("alertdialog");
    await ask.getByRole("button", { name: "任命" }).click();
    await row(other).waitFor();
    await row(held.person.name).getByRole("button", { name: "免职" }).click();
    await mustBeAccessible(who.page, "asked before a post ends");
    await ask.getByRole("button", { name: "免职" }).click();
    await row(held.person.name).waitFor({ state: "detached" });
    assert.equal((await cadre.api("/me")).body.posts.length, 0);
    await who.page.getByRole("link", { name: "账号" }).click();
    await who.page.getByRole("searchbox").fill("cadre");
    const account = who.page.locator("tbody tr", { hasText: "cadre" });
    await account.getByRole("button", { name: "重设密码" }).click();
    await ask.getByRole("button", { name: "重设密码" }).click();
    const password = await who.page.locator("code.password").innerText();
    assert.match(password, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    await mustBeAccessible(who.page, "a password to hand over");
    await who.page.getByRole("button", { name: "已交付，关闭" }).click();
    assert.equal(await who.page.locator("code.password").count(), 0);
    assert.equal((await who.page.content()).includes(password), false);
    assert.match(await account.innerText(), /待换密码/);
    const logged = await cadre.context.request.post(`${origin}/api/v1/session`, {
      headers: { Origin: origin },
      data: { login: "cadre", password },
    });
    assert.deepEqual([logged.status(), (await logged.json()).must_change_password], [201, true]);
    await who.page.getByRole("button", { name: "English" }).click();
    await settled(who.page);
    await mustBeAccessible(who.page, "accounts in English");
    await who.finish();
    await cadre.finish();
  },
};
