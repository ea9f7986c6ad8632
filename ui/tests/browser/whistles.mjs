// SPDX-License-Identifier: GPL-3.0-or-later
// The desk of whistles: blown with the load in view, answered minute by minute, rated unseen.

import assert from "node:assert/strict";
import { mustBeAccessible, mustFit, person, settled, uuid7 } from "./stage.mjs";

const DESK = "/desk/whistles";

async function atDesk(browser, origin, login, width = 1440) {
  const who = await person(browser, origin, { login, width });
  await who.signIn();
  const [{ seat }] = (await who.api("/me")).body.posts;
  return { ...who, seat };
}

async function listOf({ page, origin }) {
  await page.goto(`${origin}${DESK}`);
  await page.locator(".inbox nav").waitFor();
}

const rowOf = (page, matter) => page.locator(`[data-id="${matter}"]`);
const lineOf = (page, matter, unit) => rowOf(page, matter).locator(".track", { hasText: unit });
const unitRow = (page, unit) => page.locator(".summoned tbody tr", { hasText: unit });
const fieldOf = (page, label) => page.locator("form .field", { hasText: label });
const choose = (page, word) => page.locator("form").getByRole("button", { name: word, exact: true }).click();
const act = (within, entry) => within.locator(".act", { hasText: new RegExp(`^\\s*${entry}(\\s|·|$)`) });

async function openAt({ page, origin }, matter) {
  await page.goto(`${origin}${DESK}?matter=${matter}`);
  await page.locator(".panel h2:focus").waitFor();
}

/** Saves what has been filled in; the same whistle stays open. */
async function saveOf(page, matter) {
  await page.getByRole("button", { name: "保存" }).click();
  await page.waitForURL((url) => url.pathname === DESK && url.searchParams.get("matter") === matter);
  await page.locator(".panel h2").waitFor();
}

/** Where the page shows a bar, what it hides is shown. */
async function showNews(page, within) {
  await page.locator(`${within} .new-bar button`).click();
  await page.locator(`${within} .new-bar`).waitFor({ state: "hidden" });
}

/** Blown through the form, by departments that are listed with what is wanted of them. */
async function blow(street, units) {
  const { page, origin } = street;
  await page.goto(`${origin}/desk/new/whistle`);
  await choose(page, "应急处置");
  await fieldOf(page, "地点").locator("input").fill("演练：东门管井");
  await fieldOf(page, "事由").locator("textarea").fill("演练：路面积水");
  for (const [i, unit] of units.entries()) {
    await page.locator(".picker").getByRole("button", { name: "查找" }).click();
    const one = page.locator(".picker .pick-one", { hasText: unit.name });
    await one.getByText("部门在哨数").waitFor();
    await one.getByText(/您能看到的 \d+ 件/).waitFor();
    if (i === 0) await mustBeAccessible(page, "a whistle before it is blown");
    await one.click();
    await page.locator(".picker .those", { hasText: unit.name }).waitFor();
  }
  await page.getByRole("button", { name: "保存" }).click();
  await page.waitForURL(/\/desk\/matter\//);
  return new URL(page.url()).pathname.split("/").pop();
}

/** The department of the demo's account, and another beside it. */
async function twoUnits(street, department) {
  const { path } = (await street.api(`/units/${street.seat.code}`)).body;
  const above = path[path.length - 1];
  const all = (await street.api(`/units?under=${above.code}&type=department&limit=50`)).body.data;
  const own = all.find((one) => one.id === department.seat.id);
  return [own, all.find((one) => one.id !== own.id)];
}

async function blown(street, units) {
  const id = uuid7();
  const form = {
    sort: "emergency",
    where: "演练：北口",
    what: "演练：管道破裂，路面积水，需要关阀、疏导和警戒，附近有学校和菜市场，放学前要通行",
  };
  const body = { id, kind: "whistle", unit: street.seat.code, form };
  const sent = await street.api("/matters", { ...body, participants: { summoned: units.map((one) => one.code) } });
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  return id;
}

async function enter(who, matter, entry, more = {}) {
  const sent = await who.api(`/matters/${matter}/entries`, { id: uuid7(), entry, ...more });
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
}

export const whistleScenarios = {
  async "a whistle is blown, answered minute by minute, finished and rated"({ browser, origin }) {
    const street = await atDesk(browser, origin, "street");
    const department = await atDesk(browser, origin, "department");
    const units = await twoUnits(street, department);
    const [own, other] = units;
    const matter = await blow(street, units);
    await listOf(street);
    assert.match(await lineOf(street.page, matter, own.name).innerText(), /已吹哨[\s\S]*还剩 (30|29) 分\s*报到/);
    await mustBeAccessible(street.page, "whistles");
    await openAt(street, matter);

    await openAt(department, matter);
    await act(department.page.locator(".panel"), "报到").click();
    await choose(department.page, "在途");
    await department.page.locator("form").getByRole("button", { name: "现在" }).click(); // expected right now
    await saveOf(department.page, matter);
    await showNews(street.page, ".inbox"); // nothing has moved by itself
    await lineOf(street.page, matter, own.name)
      .getByText(/在途 .*预计/)
      .waitFor();
    await showNews(street.page, ".panel");
    await unitRow(street.page, own.name)
      .getByText(/在途 · 预计/)
      .waitFor();

    await act(department.page.locator(".panel"), "报到").click();
    await saveOf(department.page, matter);
    await showNews(street.page, ".panel");
    const row = unitRow(street.page, own.name);
    await row.getByText("待确认").waitFor();
    await row.getByText(/登记/).waitFor(); // who entered that they came
    await mustBeAccessible(street.page, "a whistle that is open");
    await act(row, "复核同意").click();
    await saveOf(street.page, matter);
    await row.getByText("已到场").waitFor();
    await lineOf(street.page, matter, own.name).locator(".badge-met").waitFor();
    assert.equal(await act(row, "复核同意").count(), 0); // once

    await act(unitRow(street.page, other.name), "无需到场").click();
    await fieldOf(street.page, "原因").locator("input, textarea").fill("演练：已关阀");
    await saveOf(street.page, matter);
    await unitRow(street.page, other.name).getByText("不再参与").waitFor();
    await act(street.page.locator(".panel"), "办结").click();
    await fieldOf(street.page, "处置结果").locator("textarea").fill("演练：已处置");
    await saveOf(street.page, matter);

    await department.page.reload();
    await act(department.page.locator(".panel"), "评价街道").click();
    await department.page.locator("form .choice").first().click();
    await saveOf(department.page, matter);
    await street.page.reload();
    const ratings = street.page.locator(".ratings tbody tr", { hasText: own.name });
    await ratings.getByText("封存").waitFor();
    await act(unitRow(street.page, own.name), "评价部门").click();
    await street.page.locator("form .choice").first().click();
    await saveOf(street.page, matter);
    await ratings.getByText("封存").waitFor({ state: "detached" }); // both have rated: what each said is told
    assert.equal(await ratings.locator(".said").count(), 2);
    await department.finish();
    await street.finish();
  },

  async "whistles with one hand on a phone, for the district, and for nobody else"({ browser, origin }) {
    const street = await atDesk(browser, origin, "street");
    const department = await atDesk(browser, origin, "department", 390);
    const units = await twoUnits(street, department);
    const matter = await blown(street, units);
    await listOf(department);
    await mustFit(department.page, "whistles on a phone");
    await rowOf(department.page, matter).click();
    await department.page.locator(".inbox").waitFor({ state: "hidden" }); // one thing at a time
    await unitRow(department.page, units[0].name).waitFor();
    await mustFit(department.page, "a whistle on a phone");
    await mustBeAccessible(department.page, "a whistle on a phone");
    await act(department.page.locator(".panel"), "报到").click();
    await saveOf(department.page, matter);
    await unitRow(department.page, units[0].name).getByText("待确认").waitFor();
    await department.page.getByRole("button", { name: "返回列表" }).click();
    await rowOf(department.page, matter).waitFor();
    await department.finish();

    await enter(street, matter, "confirm_report_in", { participant: 1 });
    await street.finish();
    const district = await atDesk(browser, origin, "district");
    await listOf(district);
    const { page } = district;
    await page.locator(".narrow summary").click();
    await page.locator('.narrow input[type="search"]').fill("演练：北口");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    await lineOf(page, matter, units[0].name).getByText("已到场").waitFor();
    await rowOf(page, matter).focus();
    await page.keyboard.press("Enter");
    await page.locator(".panel h2:focus").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(`[data-id="${matter}"]:focus`).waitFor();
    await page.locator(".figures summary").click();
    await page.locator(".figures .card").nth(3).waitFor(); // each with what it is of
    await page.getByRole("button", { name: "English" }).click();
    await settled(page);
    await lineOf(page, matter, units[0].name).getByText("Present").waitFor();
    await mustBeAccessible(page, "whistles in English");
    await district.finish();

    const grid = await person(browser, origin, { login: "press", width: 1440 });
    await grid.signIn();
    await grid.page.locator('.app-rail a[href="/desk/late"]').waitFor();
    assert.equal(await grid.page.locator(`.app-rail a[href="${DESK}"]`).count(), 0);
    await grid.finish();
  },
};
