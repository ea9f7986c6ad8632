// SPDX-License-Identifier: GPL-3.0-or-later
// The desk of requests: dispatched, answered, called back, returned and decided over one list.

import assert from "node:assert/strict";
import { mustBeAccessible, mustFit, person, settled, uuid7 } from "./stage.mjs";

const OPEN = "/matters?kind=service_request&open=true&sort=due";

async function atDesk(browser, origin, login, width = 1440) {
  const who = await person(browser, origin, { login, width });
  await who.signIn();
  await who.page.goto(`${origin}/desk/requests`);
  await who.page.locator(".inbox nav").waitFor();
  return who;
}

const stateOf = async (who, matter) => (await who.api(`/matters/${matter}`)).body.state;
const rowOf = (page, matter) => page.locator(`[data-id="${matter}"]`);
const groupOf = (page, name) => page.locator(".groups a", { hasText: name });
const fieldOf = (page, label) => page.locator("form .field", { hasText: label });
const choose = (page, label, word) => fieldOf(page, label).getByRole("button", { name: word, exact: true }).click();

/** Saves what has been filled in; the list goes on with another one than this. */
async function saveOf(page, matter) {
  await page.getByRole("button", { name: "保存" }).click();
  await page.waitForURL((url) => url.pathname === "/desk/requests" && url.searchParams.get("matter") !== matter);
}

/** Opens a request in its group and the form of one of the entries that are offered. */
async function begin(page, group, matter, entry) {
  await groupOf(page, group).click();
  await page.waitForURL(/state=/);
  await rowOf(page, matter).click();
  await page.locator(".panel .act", { hasText: new RegExp(`^\\s*${entry}\\s*$`) }).click();
  await page.locator("form").waitFor();
}

/** Two requests that were just taken down where and by whom one was before; what a demo has of them differs by the day. */
async function twoMore(hotline, place) {
  const before = (await hotline.api(`${OPEN}&under=${place}&limit=1`)).body.data[0];
  const form = { topic: "housing", text: "演练诉求：楼道照明" };
  const ids = [uuid7(), uuid7()];
  for (const id of ids) {
    const opening = { id, kind: "service_request", unit: before.unit.code, subject: before.subject.id, form };
    const { status, body } = await hotline.api("/matters", opening);
    assert.equal(status, 201, JSON.stringify(body));
  }
  return ids;
}

async function dispatch(who, matter, to) {
  const { page } = who;
  await fieldOf(page, "主办单位").locator("input").fill(to.code);
  await page.keyboard.press("Enter");
  await fieldOf(page, "主办单位").locator(".pick-one").click();
  await choose(page, "紧急程度", "一般");
  await saveOf(page, matter);
}

export const requestScenarios = {
  async "a request is dispatched by keyboard, answered and called back over the list"({ browser, origin }) {
    const hotline = await atDesk(browser, origin, "hotline");
    const desk = await atDesk(browser, origin, "desk");
    const [{ seat }] = (await desk.api("/me")).body.posts;
    await twoMore(hotline, seat.code);
    await hotline.page.reload();
    await hotline.page.locator(".inbox nav").waitFor();
    const { data, states } = (await hotline.api(`${OPEN}&state=received&limit=2`)).body;
    const [{ id }, after] = data;
    await groupOf(hotline.page, new RegExp(`已受理\\s*→ 派单\\s*${states.received}\\s*$`)).waitFor();
    await mustBeAccessible(hotline.page, "requests");
    await groupOf(hotline.page, "已受理").click();
    await hotline.page.waitForURL(/state=received/);
    await hotline.page.waitForFunction(
      ([first, second]) => {
        const shown = [...document.querySelectorAll("[data-id]")].map((one) => one.dataset.id);
        return shown[0] === first && shown[1] === second;
      },
      [id, after.id],
    );
    await settled(hotline.page);
    await rowOf(hotline.page, after.id).focus();
    await hotline.page.keyboard.press("k");
    await hotline.page.keyboard.press("Enter");
    await hotline.page.locator(".panel h2:focus").waitFor(); // what was opened is read out
    assert.equal(new URL(hotline.page.url()).searchParams.get("matter"), id);
    await mustBeAccessible(hotline.page, "a request that is open");
    await hotline.page.keyboard.press("Escape");
    await hotline.page.locator(`[data-id="${id}"]:focus`).waitFor();
    await hotline.page.keyboard.press("Enter");
    await hotline.page.locator(".panel h2:focus").waitFor();
    await hotline.page.keyboard.press("1");
    await dispatch(hotline, id, seat);
    await hotline.page.locator(".panel h2:focus").waitFor();
    assert.equal(new URL(hotline.page.url()).searchParams.get("matter"), after.id);
    assert.equal(await stateOf(hotline, id), "dispatched");

    await desk.page.reload();
    await desk.page.locator(".inbox nav").waitFor();
    assert.match(await rowOf(desk.page, id).innerText(), new RegExp(`主办单位 ${seat.name}`));
    await begin(desk.page, "已派单", id, "反馈");
    await choose(desk.page, "已当面联系", "是");
    await fieldOf(desk.page, "办理结果").locator(".choice").first().click();
    await fieldOf(desk.page, "办理情况").locator("textarea, input").fill("演练：已到现场");
    await saveOf(desk.page, id);
    assert.equal(await stateOf(desk, id), "answered");

    await hotline.page.getByRole("button", { name: "显示" }).click(); // the list has changed meanwhile
    await begin(hotline.page, "已办待回访", id, "回访");
    for (const label of ["承办单位联系过您", "问题已解决"]) await choose(hotline.page, label, "是");
    await fieldOf(hotline.page, "是否满意").locator(".choice").first().click();
    await saveOf(hotline.page, id);
    assert.equal(await stateOf(hotline, id), "resolved");
    await desk.finish();
    await hotline.finish();
  },

  async "a request is returned with one hand on a phone, and given to another unit"({ browser, origin }) {
    const hotline = await person(browser, origin, { login: "hotline" });
    await hotline.signIn();
    const desk = await atDesk(browser, origin, "desk", 390);
    const [{ seat }] = (await desk.api("/me")).body.posts;
    const [id, beside] = await twoMore(hotline, seat.code);
    for (const one of [id, beside]) {
      const fields = { to: seat.code, as_urgent_as: "danger" };
      const sent = await hotline.api(`/matters/${one}/entries`, { id: uuid7(), entry: "dispatch", fields });
      assert.equal(sent.status, 201, JSON.stringify(sent.body));
    }
    await hotline.finish();
    const { data } = (await desk.api(`${OPEN}&state=dispatched&limit=200`)).body;
    const at = data.findIndex((one) => one.id === id);
    const [onward, back] = data[at + 1]?.id === beside ? ["下一件", "上一件"] : ["上一件", "下一件"];
    const { page } = desk;
    await page.reload();
    await page.locator(".inbox nav").waitFor();
    await mustFit(page, "requests on a phone");
    await groupOf(page, "已派单").click();
    await rowOf(page, id).click();
    await page.locator(".inbox").waitFor({ state: "hidden" }); // one thing at a time
    await page.getByRole("button", { name: onward }).click();
    await page.waitForURL((url) => url.searchParams.get("matter") === beside);
    await page.getByRole("button", { name: back }).click();
    await page.waitForURL((url) => url.searchParams.get("matter") === id);
    await page.locator(".panel .act", { hasText: "退单" }).waitFor();
    await mustFit(page, "a request on a phone");
    await mustBeAccessible(page, "a request on a phone");
    const steps = await page.locator(".steps").boundingBox();
    assert.ok(Math.abs(steps.y + steps.height - 844) < 2, `the steps end at ${steps.y + steps.height}`);
    await page.locator(".panel .act", { hasText: "退单" }).click();
    await fieldOf(page, "理由").locator(".choice").first().click();
    await fieldOf(page, "依据").locator("textarea, input").fill("演练：不在本镇");
    const others = (await desk.api(`/units?type=subdistrict&limit=2&under=${data[at].path[1].code}`)).body.data;
    const other = others.find((one) => one.id !== data[at].listed.handler.id);
    await fieldOf(page, "应由哪个单位办理").locator("input").fill(other.code);
    await page.keyboard.press("Enter");
    await fieldOf(page, "应由哪个单位办理").locator(".pick-one").click();
    await saveOf(page, id);
    assert.equal(await stateOf(desk, id), "returned");
    await desk.finish();

    const judge = await atDesk(browser, origin, "judge", 768);
    assert.match(await judge.page.locator(".groups a").nth(1).innerText(), /^退单待裁定/); // one's own comes first
    await begin(judge.page, "退单待裁定", id, "裁定");
    await fieldOf(judge.page, "裁定由其主办").locator("input").fill(other.code);
    await judge.page.keyboard.press("Enter");
    await fieldOf(judge.page, "裁定由其主办").locator(".pick-one").click();
    await fieldOf(judge.page, "依据").locator("textarea, input").fill("演练：属该单位");
    await judge.page.getByRole("button", { name: "保存" }).click();
    await judge.page.waitForURL((url) => url.pathname === "/desk/requests");
    const { listed } = (await judge.api(`${OPEN}&field=handler:${other.code}&limit=200`)).body.data.find(
      (one) => one.id === id,
    );
    assert.equal(listed.handler.id, other.id);
    await judge.page.goto(`${origin}/desk/requests?field=handler:${other.code}`);
    await rowOf(judge.page, id).waitFor();
    await judge.page.getByRole("button", { name: "English" }).click();
    await settled(judge.page);
    await mustBeAccessible(judge.page, "requests in English");
    await judge.finish();

    const press = await person(browser, origin, { login: "press", width: 1440 });
    await press.signIn();
    await press.page.locator('.app-rail a[href="/desk/late"]').waitFor();
    assert.equal(await press.page.locator('.app-rail a[href="/desk/requests"]').count(), 0);
    await press.finish();
  },
};
