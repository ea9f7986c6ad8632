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
    const [gap] = (await who.api(`/units/${(await who.api("/me")).body.posts[0].seat.code}/gaps?limit=1`)).body.data;
    if (gap) {
      const shown = await who.page.locator("li.gap").first().innerText();
      assert.ok(
        shown.includes(
          gap.path
            .slice(1)
            .map((one) => one.name)
            .join(" › "),
        ),
        shown,
      );
    }
    await who.page
      .locator("input")
      .first()
      .fill(held.seat.code ?? held.seat.name);
    await who.page.keyboard.press("Enter");
    await who.page.locator(".pick-one").first().click();
    await who.page.waitForURL(/unit=/);
    const row = (name) => who.page.locator("tbody tr", { hasText: name });
    await row(held.person.name).waitFor();
    const other = (await who.api("/accounts?limit=200")).body.data.find((one) => one.login === "doctor").person.name;
    await who.page.locator("form select").first().selectOption(held.role);
    await who.page.locator(".whom input").fill(other);
    await who.page.locator(".whom li button", { hasText: other }).click();
    await who.page.getByRole("button", { name: "任命" }).click();
    const ask = who.page.getByRole("alertdialog");
    await ask.getByRole("button", { name: "任命" }).click();
    await row(other).filter({ hasText: held.title.zh }).waitFor();
    await row(held.person.name).getByRole("button", { name: "免职" }).click();
    await mustBeAccessible(who.page, "asked before a post ends");
    await ask.getByRole("button", { name: "免职" }).click();
    await row(held.person.name).waitFor({ state: "detached" });
    assert.equal((await cadre.api("/me")).body.posts.length, 0);
    await who.page.getByRole("link", { name: "账号" }).click();
    await who.page.getByRole("searchbox").fill("cadre");
    const account = who.page.locator("tbody tr", { hasText: "cadre" });
    await account.getByRole("button", { name: "重设密码" }).click();
    await who.page.route("**/accounts/*/password", (route) => route.abort(), { times: 1 });
    await ask.getByRole("button", { name: "重设密码" }).click();
    await ask.getByRole("alert").waitFor(); // beside what it is about
    await mustBeAccessible(who.page, "a mistake in a question");
    await ask.getByRole("button", { name: "重设密码" }).click();
    const password = await who.page.locator("code.password").innerText();
    assert.match(password, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    await mustBeAccessible(who.page, "a password to hand over");
    await who.page.getByRole("link", { name: "总览" }).click();
    await who.page.getByRole("alertdialog", { name: "离开后再也看不到" }).getByRole("button", { name: "先不" }).click();
    assert.equal(await who.page.locator("code.password").innerText(), password);
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

  async "the secretary lends the post, a colleague accepts, and it comes back"({ browser, origin }) {
    const secretary = await person(browser, origin, { login: "secretary", width: 1440 });
    const doctor = await person(browser, origin, { login: "doctor" });
    await secretary.signIn();
    await doctor.signIn();
    const me = (await secretary.api("/me")).body;
    const [post] = me.posts;
    const taker = (await doctor.api("/me")).body.person.name;
    const { page } = secretary;
    await page.goto(`${origin}/desk/me`);
    await page.getByRole("link", { name: "交接班、借出岗位" }).click();
    await page.waitForURL(/\/desk\/handover/);
    await settled(page);
    const offer = page.getByRole("button", { name: "请对方接手" });
    assert.equal(await offer.isDisabled(), true);
    await page.getByText("还差：交给谁、到什么时候、原因").waitFor();
    const seat = (await doctor.api("/me")).body.posts[0].seat;
    await page.locator(".whom .pick-line input").fill(seat.code);
    await page.keyboard.press("Enter");
    await page.locator(".whom .pick-one").first().click();
    await page.locator(".whom input[type=search]").fill(taker);
    await page.locator(".taker", { hasText: taker }).locator("input").check();
    const until = new Date(Date.now() + 50 * 3_600_000).toISOString().slice(0, 16);
    await page.locator("form .field", { hasText: "到什么时候" }).locator("input").fill(until);
    await page.locator("form label", { hasText: "原因" }).locator("input").fill("演练：发烧");
    await settled(page);
    await mustBeAccessible(page, "lending a post");
    await page.getByRole("link", { name: "总览" }).click();
    await page.getByRole("alertdialog", { name: "离开就会丢失" }).getByRole("button", { name: "先不" }).click();
    await offer.click();
    await page
      .getByRole("alertdialog", { name: `请${taker}接手` })
      .getByRole("button", { name: "请对方接手" })
      .click();
    await page.getByRole("heading", { name: "等待对方接受" }).waitFor();

    await doctor.page.goto(`${origin}/field/me`);
    await doctor.page.getByRole("link", { name: "交接班、借出岗位" }).click();
    const asked = doctor.page.locator(".offer", { hasText: `${me.person.name}请您接手` });
    await asked.getByText("演练：发烧").waitFor();
    const [handover] = (await doctor.api("/handovers")).body.data;
    const open = (await doctor.api(`/handovers/${handover.id}/tasks?limit=200`)).body.data.length;
    await asked.getByText(`接手后由您办理：未办 ${open} 项`).waitFor();
    assert.equal(await asked.locator(".going li").count(), open);
    await mustBeAccessible(doctor.page, "asked to take a post");
    await asked.getByRole("button", { name: "不接受" }).click();
    assert.equal(await asked.getByRole("button", { name: "不接受" }).isDisabled(), true); // without a reason
    await asked.getByRole("button", { name: "先不" }).click();
    await asked.getByRole("button", { name: "接受", exact: true }).click();
    await doctor.page.getByText(`代理${post.seat.name}的`).waitFor();
    await mustBeAccessible(doctor.page, "standing in");
    const deputies = async () => (await doctor.api("/me")).body.posts.filter((one) => one.deputy_of);
    assert.deepEqual(
      (await deputies()).map((one) => [one.deputy_of, one.role]),
      [[post.id, post.role]],
    );

    await page.reload();
    const lent = page.locator("li", { hasText: `借给${taker}` });
    await lent.waitFor();
    await mustBeAccessible(page, "a post that is lent");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByText(`lent to ${taker} until`).waitFor();
    await mustBeAccessible(page, "a post that is lent, in English");
    await page.setViewportSize({ width: 390, height: 844 });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(beyond <= 0, `${beyond} px wider than a phone`);
    await page.getByRole("button", { name: "中文" }).click();
    await lent.getByRole("button", { name: "提前收回" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "提前收回" }).click();
    await lent.waitFor({ state: "detached" });
    assert.deepEqual(await deputies(), []);
    await secretary.finish();
    await doctor.finish();
  },
};
