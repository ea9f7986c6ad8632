// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed into forms: kept, judged, saved once, and by whom.

import assert from "node:assert/strict";
import { mustBeAccessible, person, settled } from "./stage.mjs";

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
};
