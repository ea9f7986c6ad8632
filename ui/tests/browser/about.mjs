// SPDX-License-Identifier: GPL-3.0-or-later
// Opening what is about a unit or a post; fields that name people, other matters, a call.

import assert from "node:assert/strict";
import { mustBeAccessible, mustFit, person, uuid7 } from "./stage.mjs";

export const aboutScenarios = {
  async "an inspection asks for the unit that it is about, found below where one is"({ browser, origin }) {
    const who = await person(browser, origin, { login: "inspector", width: 390 });
    await who.signIn();
    const { page } = who;
    const seat = (await who.api("/me")).body.posts[0].seat;
    const below = (await who.api(`/units?under=${seat.code}&limit=100`)).body.data;
    await page.goto(`${origin}/desk/new/inspection`);
    await page.getByText("还差：针对哪个单位").waitFor();
    assert.equal(await page.getByText("登记新人员").count(), 0);
    const unit = page.locator("form > .field", { hasText: "针对哪个单位" });
    await unit.getByRole("button", { name: "查找" }).click();
    await unit.locator(".pick-one").first().waitFor();
    assert.equal(await unit.locator(".pick-one").count(), below.length);
    const chosen = below[1];
    await unit.locator(".pick-one", { hasText: new RegExp(`${seat.name} › ${chosen.name}$`) }).click();
    const where = page.getByLabel("由哪里办理");
    assert.equal(await where.inputValue(), chosen.code);
    await page.getByRole("button", { name: "计划" }).click();
    await mustBeAccessible(page, "a form about a unit");
    await page.locator("button[type=submit]").click();
    await page.waitForURL(/\/desk\/matter\//);
    const matter = (await who.api(`/matters/${page.url().split("/").pop()}`)).body;
    assert.equal(matter.unit.code, chosen.code);
    await who.finish();
  },

  async "an appraisal asks for the post that it is about, and offers nobody new"({ browser, origin }) {
    const who = await person(browser, origin, { login: "organisation", width: 1440 });
    const cadre = await person(browser, origin, { login: "cadre" });
    await cadre.signIn();
    const post = (await cadre.api("/me")).body.posts[0];
    const name = (await cadre.api("/me")).body.person.name;
    await cadre.finish();
    await who.signIn();
    const { page } = who;
    await page.goto(`${origin}/desk/new/appraisal`);
    await page.getByText("还差：针对哪个岗位").waitFor();
    assert.equal(await page.getByRole("searchbox", { name: "姓名" }).count(), 0);
    const about = page.getByRole("group", { name: "针对哪个岗位" });
    await about.locator("input").fill(post.seat.code);
    await page.keyboard.press("Enter");
    await about.locator(".pick-one").first().click();
    await about.locator(".pick-one", { hasText: name }).click();
    await page.locator('input[type="date"]').first().fill("2020-02-01");
    await page.locator('input[type="date"]').last().fill("2020-02-10");
    await mustBeAccessible(page, "a form about a post");
    await page.locator("button[type=submit]").click();
    await page.waitForURL(/\/desk\/matter\//);
    const matter = (await who.api(`/matters/${page.url().split("/").pop()}`)).body;
    assert.equal(matter.subject_post.id, post.id);
    await who.finish();
  },

  async "only who may register people is offered to register somebody new"({ browser, origin }) {
    for (const [login, kind, offered] of [
      ["hotline", "service_request", 0],
      ["secretary", "service_request", 1],
    ]) {
      const who = await person(browser, origin, { login, width: 390 });
      await who.signIn();
      await who.page.goto(`${origin}/desk/new/${kind}`);
      await who.page.getByRole("searchbox").fill("演没有这个人");
      await who.page.keyboard.press("Enter");
      await who.page.getByText("没有找到").first().waitFor();
      assert.equal(await who.page.getByRole("button", { name: "登记新人员" }).count(), offered, login);
      await who.finish();
    }
  },

  async "the hotline takes down who rings, who is registered nowhere, and where it is"({ browser, origin }) {
    const who = await person(browser, origin, { login: "hotline", width: 390 });
    await who.signIn();
    const { page } = who;
    await page.goto(`${origin}/desk/new/service_request`);
    await page.getByRole("searchbox").fill("演来电者");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "没有登记" }).click();
    await page.getByLabel("电话").fill("13900009917");
    await mustBeAccessible(page, "who rings is taken down");
    await page.getByRole("button", { name: "记下此人" }).click();
    const place = page.locator(".field", { hasText: "地点" });
    await place.getByRole("textbox").fill("社区");
    await place.getByRole("button").click();
    await place.locator(".pick-one").first().click();
    await page.getByLabel("诉求内容").fill("演习：楼道灯不亮。");
    await page.getByRole("group", { name: "类别" }).getByRole("button").first().click();
    await mustFit(page, "/desk/new/service_request");
    await page.getByRole("button", { name: "保存" }).click();
    await page.waitForURL(/\/desk\/matter\//);
    await page.getByText("演来电者").first().waitFor();
    const id = page.url().split("/").pop();
    const matter = (await who.api(`/matters/${id}`)).body;
    assert.equal(matter.subject.name, "演来电者");
    await who.finish();
  },

  async "a refusal is seen on a phone, and has the focus"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid", width: 390 });
    await who.signIn();
    const { page } = who;
    const task = (await who.api("/tasks?limit=200")).body.data.find((one) => one.entry === "check_in");
    await page.goto(`${origin}/field/enter/${task.matter}/check_in`);
    await page.locator("form input").first().fill("36.5");
    await page.route("**/api/v1/commands", (route) =>
      route.fulfill({
        status: 422,
        contentType: "application/problem+json",
        body: JSON.stringify({
          type: "/problems/x",
          status: 422,
          detail: "演练",
          errors: [{ code: "x", detail: "演练" }],
        }),
      }),
    );
    for (const group of await page.locator("form .choices").all()) await group.locator("button").last().click();
    // So that the top of the form, where the notice comes, lies just behind the bar with the button.
    const height = 56 + (await page.locator(".saving").boundingBox()).height + 30;
    await page.setViewportSize({ width: 390, height: Math.round(height + 200) });
    await page.locator("form").evaluate((form, below) => {
      window.scrollTo(0, form.getBoundingClientRect().top + window.scrollY - window.innerHeight + below);
    }, height);
    await page.locator("button[type=submit]").evaluate((button) => button.click());
    const notice = page.getByRole("alert").filter({ hasText: "演练" });
    await notice.waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "alert");
    const [box, bar] = [await notice.boundingBox(), await page.locator(".saving").boundingBox()];
    assert.ok(box.y >= 0 && box.y + box.height <= bar.y, JSON.stringify([box, bar]));
    await mustBeAccessible(page, "a refusal on a phone");
    await who.finish();
  },

  async "a phone that does not say what it has seen is told what somebody else entered"({ browser, origin }) {
    const city = await person(browser, origin, { login: "city", width: 390 });
    await city.signIn();
    const { page } = city;
    const seat = (await city.api("/me")).body.posts[0].seat;
    const due = new Date(Date.now() + 30 * 3_600_000).toISOString();
    const form = { target: seat.code, heading: "演练作废", text: "演练", due };
    const opened = await city.api("/matters", { id: uuid7(), kind: "directive", unit: seat.code, form });
    await page.goto(`${origin}/desk/enter/${opened.body.made}/supersede`);
    const reason = page.locator("form .field", { hasText: "理由" }).locator("input");
    await reason.fill("演练：我的理由");
    const theirs = { id: uuid7(), entry: "supersede", fields: { reason: "演练：先办的理由" } };
    assert.equal((await city.api(`/matters/${opened.body.made}/entries`, theirs)).status, 201);
    await page.route("**/api/v1/commands", (route) => {
      const body = route.request().postDataJSON();
      delete body.version;
      return route.continue({ postData: JSON.stringify(body) });
    });
    await page.locator("button[type=submit]").click();
    const note = page.getByRole("alert").filter({ hasText: "别人" });
    await note.waitFor();
    assert.match(await note.innerText(), /已被替代/);
    assert.match(await note.innerText(), /演练：先办的理由/);
    assert.equal(await reason.inputValue(), "演练：我的理由");
    assert.equal(await page.locator("button[type=submit]").count(), 0);
    await mustBeAccessible(page, "somebody else was first");
    await city.finish();
  },

  async "who may not see who looked at a person is told so"({ browser, origin }) {
    const grid = await person(browser, origin, { login: "grid" });
    await grid.signIn();
    const task = (await grid.api("/tasks?limit=200")).body.data.find((one) => one.subject);
    const who = await person(browser, origin, { login: "supervisor", width: 1440 });
    await who.signIn();
    const { status } = await who.api(`/persons/${task.subject.id}/traces`);
    await who.page.goto(`${origin}/desk/audit?person=${task.subject.id}`);
    if (status === 404) await who.page.getByText("只有本人和全市范围的监督岗位可以").waitFor();
    else await who.page.locator(".table").first().waitFor();
    await mustBeAccessible(who.page, "traces of a person");
    await who.finish();
    await grid.finish();
  },
};
