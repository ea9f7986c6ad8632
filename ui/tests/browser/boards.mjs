// SPDX-License-Identifier: GPL-3.0-or-later
// How places stand on a board: what is shown is what the server says, in words, and why.

import assert from "node:assert/strict";
import { mustBeAccessible, mustFit, person, settled, uuid7 } from "./stage.mjs";

const WORDS = { green: "绿", amber: "黄", red: "红", grey: "灰", blank: "空" };

async function boardAt(who, unit) {
  const [board] = (await who.api("/boards")).body.data;
  const standing = (await who.api(`/boards/${board.name}?unit=${unit}`)).body;
  const below = (await who.api(`/boards/${board.name}/below?unit=${unit}&limit=200`)).body.data;
  return { board, standing, below };
}

function oldestRed({ data }) {
  const ages = data.filter((row) => row.colour === "red").map((row) => (row.since ? Date.parse(row.since) : 1e15));
  return ages.length > 0 ? Math.min(...ages) : Infinity;
}

/** The page with some signals of a row as they may be elsewhere. */
async function withRow(page, change) {
  await page.route(/\/api\/v1\/boards\/[^/?]+\?unit=/, async (route) => {
    const response = await route.fetch();
    const standing = await response.json();
    change(standing.rows);
    await route.fulfill({ response, json: standing });
  });
}

/** One of the units below without anything red, which not every day of a demo has: `below` and what the page is told. */
async function withCalmUnit(page, below) {
  const calm = (one) => ({ ...one, data: one.data.map((row) => ({ ...row, colour: "green", since: null })) });
  const isIt = (one) => one.unit.code === below[0].unit.code;
  await page.route(/\/api\/v1\/boards\/[^/]+\/below\?/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { ...json, data: json.data.map((one) => (isIt(one) ? calm(one) : one)) } });
  });
  return below.map((one) => (isIt(one) ? calm(one) : one));
}

export const boardScenarios = {
  async "the duty officer sees at a glance how the district stands, why, and goes down to where it is red"({
    browser,
    origin,
  }) {
    const who = await person(browser, origin, { login: "district", width: 1440 });
    await who.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
    await who.signIn();
    const { page } = who;
    const { seat } = (await who.api("/me")).body.posts[0];
    const { board, standing, below: told } = await boardAt(who, seat.code);
    const below = await withCalmUnit(page, told);
    await page.goto(`${origin}/desk`);
    const tiles = page.locator("section.stand li");
    await tiles.filter({ hasText: WORDS[standing.rows[0].colour] }).first().waitFor();
    assert.equal(await tiles.count(), board.rows.length);
    await settled(page);
    await mustBeAccessible(page, "an overview with a board");
    await page.getByRole("link", { name: board.title.zh }).click();
    await page.waitForURL(new RegExp(`/desk/boards\\?board=${board.name}&unit=${seat.code}`));
    const rows = page.locator(".board > li");
    await rows.first().waitFor();
    assert.equal(await rows.count(), standing.rows.length);
    for (const [i, row] of standing.rows.entries()) {
      const text = await rows.nth(i).innerText();
      assert.ok(text.includes(row.title.zh), text);
      const unseen = row.left_out && row.signals.length === 0;
      assert.ok(text.includes(unseen ? "不对您显示" : `${WORDS[row.colour]} ·`), text);
      const by = row.signals.find((one) => one.name === row.by);
      if (by) assert.ok(text.includes(by.title.zh), text);
      if (row.spread && !unseen)
        assert.match(text, new RegExp(`下面 ${row.spread.of} 个[^]*绿 ${row.spread.green}[^]*红 ${row.spread.red}`));
    }
    const leftOut = standing.rows.filter((row) => row.left_out).map((row) => row.title.zh);
    assert.equal(await page.getByText("只按其余的算").count(), leftOut.length > 0 ? 1 : 0);
    if (leftOut.length > 0) await page.getByText(`只按其余的算：${leftOut.join("、")}。`).waitFor();
    await rows.first().locator("summary").click();
    assert.equal(await rows.first().locator("tbody tr").count(), standing.rows[0].signals.length);
    await mustBeAccessible(page, "a board");

    const lines = page.locator("table.units tbody tr");
    assert.equal(await lines.count(), below.length);
    const ages = (await lines.locator("th a").allInnerTexts()).map((name) =>
      oldestRed(below.find((one) => one.unit.name === name)),
    );
    assert.deepEqual(
      ages,
      [...ages].sort((a, b) => a - b),
    );
    const notGreen = below.filter((one) => one.data.some((row) => !["green", "blank"].includes(row.colour)));
    assert.ok(notGreen.length > 1 && notGreen.length < below.length);
    await page.getByRole("button", { name: "只看不是绿的" }).click();
    await page.waitForURL(/only=not-green/);
    assert.equal(await lines.count(), notGreen.length);
    await page.getByLabel("查找单位").fill(notGreen[1].unit.name);
    await page.getByText(`${below.length} 个单位，显示 1 个`).waitFor();

    await page.getByRole("button", { name: "复制文字" }).click();
    await page.getByText("已复制").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(copied.startsWith(`【${seat.name}】${board.title.zh}`), copied);
    assert.ok(!copied.includes("演"), copied);

    await lines.first().getByRole("link").click();
    await page.waitForURL(new RegExp(`unit=${notGreen[1].unit.code}&only=not-green`));
    await page.getByRole("heading", { level: 1, name: notGreen[1].unit.name }).waitFor();
    await page.getByRole("link", { name: /条款/ }).last().click();
    await page.waitForURL(/\/desk\/clauses?/);
    await who.finish();
  },

  async "a board says what is hidden, too few, missing, not asked or not to be seen, and that a spread gave a colour"({
    browser,
    origin,
  }) {
    const who = await person(browser, origin, { login: "secretary", width: 390, locale: "en-GB" });
    await who.signIn();
    const { page } = who;
    const { seat } = (await who.api("/me")).body.posts[0];
    const { board } = await boardAt(who, seat.code);
    await withRow(page, (rows) => {
      const [spread, mixed, unseen] = rows;
      Object.assign(spread, { colour: "red", by: null, why: "spread", since: null, later: { than: "now" } });
      spread.spread = null;
      Object.assign(unseen, { colour: "blank", by: null, left_out: true, signals: [] });
      const one = {
        ...mixed.signals[0],
        ratio: true,
        green: "0.95",
        amber: "0.85",
        percent: undefined,
        hidden: undefined,
        thin: undefined,
      };
      Object.assign(mixed, { colour: "red", by: "missing" });
      mixed.signals = [
        { ...one, name: "hidden", colour: "grey", why: "hidden", hidden: true },
        { ...one, name: "thin", colour: "grey", why: "thin", thin: true },
        { ...one, name: "missing", colour: "red", why: "missing", top: 0, bottom: 0 },
        { ...one, name: "none", colour: "blank", why: "nothing_asked", top: 0, bottom: 0 },
        { ...one, name: "new", colour: "violet", why: "something", top: 1, bottom: 2, percent: "50" },
      ];
    });
    await page.goto(`${origin}/desk/boards?board=${board.name}&unit=${seat.code}`);
    const rows = page.locator(".board > li");
    await rows.first().waitFor();
    assert.match(
      await rows.nth(0).innerText(),
      /Red · not met[^]*since when is not known[^]*how the colours below are/,
    );
    await page.getByText("their spread is not counted here").waitFor();
    assert.match(await rows.nth(2).innerText(), /not shown to you/);
    await rows.nth(1).locator("summary").click();
    const told = await rows.nth(1).locator("tbody tr").allInnerTexts();
    const wanted = [
      /Grey[^]*too few people to be shown/,
      /Grey[^]*too few to be shown/,
      /gives the colour[^]*Red[^]*No data[^]*Red by the rule/,
      /Blank[^]*nothing to be counted[^]*nothing is asked/,
      /Grey[^]*50 % \(1 of 2\)/,
    ];
    for (const [i, pattern] of wanted.entries()) assert.match(told[i], pattern);
    await mustBeAccessible(page, "a board on a phone, in English");
    await mustFit(page, "/desk/boards");
    const below = /\/boards\/[^/?]+\/below\?/;
    await page.route(below, (route) =>
      route.fulfill({ status: 503, json: { title: "too_busy", detail: "Too busy", errors: [] } }),
    );
    await page.reload();
    await rows.first().waitFor(); // the place itself is shown all the same
    await page.getByRole("alert").getByText("Too busy").waitFor();
    await page.unroute(below);
    await page.getByRole("alert").getByRole("button").click();
    await page.locator("table.units tbody tr").first().waitFor();
    await page.goto(`${origin}/desk/boards?board=no_such_board`);
    await page.getByText("The playbook in force has no such board").waitFor();
    await page.route("**/api/v1/boards", (route) => route.fulfill({ json: { data: [], next: null } }));
    await page.goto(`${origin}/desk/boards`);
    await page.getByText("The playbook in force has no boards").waitFor();
    await page.unroute("**/api/v1/boards");
    await page.route("**/api/v1/boards", async (route) => {
      const response = await route.fetch();
      const boards = await response.json();
      boards.data[0].for = ["city"]; // another playbook's
      await route.fulfill({ response, json: boards });
    });
    await page.route(/\/boards\/[^/?]+(\/below)?\?/, (route) =>
      route.fulfill({ status: 404, json: { title: "not_found", detail: "", errors: [] } }),
    );
    await page.goto(`${origin}/desk/boards`);
    await page.getByText("This board is not for").waitFor();
    await page.goto(`${origin}/desk`);
    await settled(page);
    assert.equal(await page.locator("section.stand").count(), 0);
    await who.finish();
  },

  async "a board is read anew when something was entered, and what is open on it stays open"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid", width: 768 });
    await who.signIn();
    const { page } = who;
    const { seat } = (await who.api("/me")).body.posts[0];
    const { data: tasks } = (await who.api("/tasks?limit=200")).body;
    const { matter } = tasks.find((one) => one.kind === "home_observation" && one.entry === "check_in");
    await page.goto(`${origin}/desk/boards?unit=${seat.code}`);
    const first = page.locator(".board > li").first();
    await first.locator("summary").click();
    await settled(page);
    const again = page.waitForResponse((one) => /\/boards\/[^/?]+\?unit=/.test(one.url()));
    const entry = { id: uuid7(), entry: "check_in", fields: { temperature: "36.6" } };
    const entered = await who.api(`/matters/${matter}/entries`, entry);
    assert.equal(entered.status, 201, JSON.stringify(entered.body));
    await again;
    await settled(page);
    assert.equal(await first.locator("tbody").isVisible(), true);
    await mustFit(page, "/desk/boards");
    await who.finish();
  },
};
