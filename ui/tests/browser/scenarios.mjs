// SPDX-License-Identifier: GPL-3.0-or-later
// scenarios PROGRAM DATA [NAME...] - people at work in a browser, against the program itself. Prints TAP.

import assert from "node:assert/strict";
import { deskScenarios } from "./desk.mjs";
import { forms } from "./forms.mjs";
import { linesScenarios } from "./lines.mjs";
import { officeScenarios } from "./office.mjs";
import { endPhones } from "./offline.mjs";
import { paperScenarios } from "./paper.mjs";
import { phones } from "./phones.mjs";
import { postScenarios } from "./posts.mjs";
import { rulesScenarios } from "./rules.mjs";
import { mustBeAccessible, person, settled, startBrowser, startServer, uuid7, readings } from "./stage.mjs";
import { typed } from "./typed.mjs";

const [program, data, ...wanted] = process.argv.slice(2);

/** The first household of the to-do list, opened; returns how many live there. */
async function openRound(page) {
  await page.locator('a[href^="/field/round/"]').first().click();
  await page.waitForURL(/\/field\/round\//);
  await page.locator("section.card input").first().waitFor();
  return page.locator("section.card").count();
}

const scenarios = {
  async "the grid worker's round, the network cut while saving"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    assert.equal(new URL(who.page.url()).pathname, "/field");
    await settled(who.page);
    await mustBeAccessible(who.page, "today");
    const members = await openRound(who.page);
    const matters = new URL(who.page.url()).searchParams.getAll("matter");
    const before = await Promise.all(matters.map((matter) => readings(who, matter)));
    await mustBeAccessible(who.page, "round");
    const save = who.page.locator("#save-round");
    assert.equal(await save.isDisabled(), true);
    for (let i = 0; i < members; i++) {
      await who.page.keyboard.type(`36.${i + 1}`); // the field has the focus; Enter goes to the next member's
      await who.page.keyboard.press("Enter");
    }
    assert.equal(await save.isDisabled(), false);
    await who.context.setOffline(true);
    await save.click();
    await who.page.getByRole("alert").waitFor();
    assert.equal(await who.page.locator("section.card input").first().inputValue(), "36.1");
    await who.context.setOffline(false);
    await save.click();
    await who.page.waitForURL(/\/field$/);
    for (const [i, matter] of matters.entries()) {
      const after = await readings(who, matter);
      assert.equal(after.length, before[i].length + 1);
      assert.equal(after[after.length - 1].fields.temperature, `36.${i + 1}`);
    }
    await who.finish();
  },

  async "a reading that cannot be is refused at its field"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const members = await openRound(who.page);
    for (let i = 0; i < members; i++)
      await who.page
        .locator("section.card input")
        .nth(i)
        .fill(i === 0 ? "361" : "36.5");
    await who.page.locator("section.card input").last().blur();
    const card = who.page.locator("section.card").first();
    assert.match(await card.locator(".wrong").first().innerText(), /43/);
    assert.equal(await card.locator("input").getAttribute("aria-invalid"), "true");
    assert.equal(await card.locator(".badge-met").count(), 0);
    assert.equal(await who.page.locator("#save-round").isDisabled(), true); // without asking the server
    await mustBeAccessible(who.page, "refused round");
    await who.finish();
  },

  async "the session ends in the middle of a form, and nothing typed is lost"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid" });
    await who.signIn();
    const members = await openRound(who.page);
    for (let i = 0; i < members; i++) await who.page.locator("section.card input").nth(i).fill("36.8");
    await who.context.clearCookies();
    await who.page.locator("#save-round").click();
    const dialog = who.page.getByRole("dialog");
    await dialog.waitFor();
    await mustBeAccessible(who.page, "signing in again");
    await dialog.locator("#login-password").fill(who.password);
    await dialog.locator('button[type="submit"]').click();
    await dialog.waitFor({ state: "detached" });
    await who.page.getByRole("status").filter({ hasText: "再点一次" }).waitFor();
    assert.equal(await who.page.getByRole("alert").count(), 0);
    assert.equal(await who.page.locator("section.card input").first().inputValue(), "36.8");
    await who.page.locator("#save-round").click();
    await who.page.waitForURL(/\/field$/);
    await who.finish();
  },

  async "a wrong password is said, and the account of a demo is one click"({ browser, origin }) {
    const who = await person(browser, origin, { login: "secretary", width: 1440 });
    await who.page.goto(`${origin}/desk/do`);
    await who.page.waitForURL(/\/login\?to=/);
    await who.page.fill("#login-name", "secretary");
    await who.page.fill("#login-password", "not-the-password");
    await who.page.click('button[type="submit"]');
    await who.page.getByRole("alert").waitFor();
    await mustBeAccessible(who.page, "sign-in");
    await who.page.locator('a[href="/demo"]').click();
    await who.page.locator("button.account").first().waitFor();
    await mustBeAccessible(who.page, "demo accounts");
    await who.page.locator("button.account", { hasText: "secretary" }).click();
    await who.page.waitForURL(/\/desk/);
    await who.finish();
  },

  async "the duty officer goes from the district to a matter"({ browser, origin }) {
    const who = await person(browser, origin, { login: "district", width: 1440 });
    await who.signIn();
    await who.page.waitForURL(/\/desk/);
    await settled(who.page);
    await mustBeAccessible(who.page, "overview");
    const seat = (await who.api("/me")).body.posts[0].seat.code;
    const counted = await who.api(`/counts?unit=${seat}`);
    const overdue = counted.body.data.reduce((sum, row) => sum + row.expected.overdue, 0);
    assert.equal(await who.page.locator(".figure .value").first().innerText(), overdue.toLocaleString("en"));
    assert.equal(await who.page.locator(".tiles li").count(), await who.page.locator("section.below tbody tr").count());
    await who.page.locator(".kinds a", { hasText: "居家医学观察" }).click();
    await who.page.waitForURL(`**/desk/m/home_observation?under=${seat}`);
    await who.page.locator("tbody tr").first().waitFor();
    await mustBeAccessible(who.page, "register");
    const rows = await who.page.locator("tbody tr").count();
    const there = (await who.api(`/matters?kind=home_observation&under=${seat}&limit=200`)).body.data.length;
    const more = who.page.getByRole("button", { name: "显示更多" });
    assert.equal(await more.count(), there > rows ? 1 : 0); // a quiet district has one page
    if (there > rows) {
      await more.click();
      await who.page.waitForFunction((before) => document.querySelectorAll("tbody tr").length > before, rows);
    }
    await who.page.locator("tbody a").first().click();
    await who.page.waitForURL(/\/desk\/matter\//);
    await settled(who.page);
    await mustBeAccessible(who.page, "matter");
    await who.page.getByRole("button", { name: "English" }).click();
    await who.page.getByRole("heading", { name: /Home observation/ }).waitFor();
    assert.equal(await who.page.locator("html").getAttribute("lang"), "en");
    await mustBeAccessible(who.page, "matter in English");
    await who.finish();
  },

  async "what is not theirs is not shown by typing its address"({ browser, origin }) {
    const district = await person(browser, origin, { login: "district", width: 1440 });
    await district.signIn();
    const seen = await district.api("/matters?kind=home_observation&limit=200");
    const grid = await person(browser, origin, { login: "grid" });
    await grid.signIn();
    const own = await grid.api("/matters?limit=200");
    const mine = new Set(own.body.data.map((matter) => matter.id));
    const other = seen.body.data.find((matter) => !mine.has(matter.id));
    await grid.page.goto(`${origin}/desk/matter/${other.id}`);
    await grid.page.getByRole("alert").waitFor();
    assert.equal(await grid.page.locator("article.matter").count(), 0);
    await district.finish();
    await grid.finish();
  },

  async "markup in what people write is text, and marks that turn text around are refused"({ browser, origin }) {
    const who = await person(browser, origin, { login: "grid", width: 1440 });
    await who.signIn();
    const [task] = (await who.api("/tasks?limit=1")).body.data;
    const open = (text) =>
      who.api("/matters", {
        id: uuid7(),
        kind: "need_request",
        unit: task.unit.code,
        subject: task.subject.id,
        form: { need: "food", recurrence: "once", text },
      });
    const turned = await open("\u202etxet");
    assert.deepEqual([turned.status, turned.body.title], [422, "control_character"]);
    const opened = await open("<script>alert(1)</script><img src=x onerror=alert(2)>");
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    await who.page.goto(`${origin}/desk/matter/${opened.body.id}`);
    await who.page.locator("article.matter").waitFor();
    assert.ok((await who.page.locator("article.matter").innerText()).includes("<script>alert(1)</script>"));
    assert.equal(await who.page.locator("article.matter img").count(), 0);
    await who.finish();
  },

  async "a reading is corrected, and both are told"({ browser, origin }) {
    const who = await person(browser, origin, { login: "doctor", width: 1440 });
    await who.signIn();
    await who.page.goto(`${origin}/desk/m/home_observation?open=true`);
    await who.page.locator("tbody a").first().click();
    await who.page.locator(".timeline li", { hasText: "体温登记" }).first().locator("a", { hasText: "更正" }).click();
    await who.page.waitForURL(/corrects=/);
    const reading = who.page.locator('input[inputmode="decimal"]');
    await reading.waitFor();
    assert.match(await reading.inputValue(), /^3\d(\.\d)?$/);
    await reading.fill("36.9");
    await who.page.locator("label", { hasText: "更正原因" }).locator("input").fill("记错了人");
    await mustBeAccessible(who.page, "correction");
    await who.page.locator('button[type="submit"]').click();
    await who.page.locator(".timeline .struck").first().waitFor();
    assert.match(await who.page.locator(".timeline li").first().innerText(), /36\.9/);
    await mustBeAccessible(who.page, "corrected matter");
    await who.finish();
  },

  async "a fever that one enters waits behind a bar on the open pages of others"({ browser, origin }) {
    const grid = await person(browser, origin, { login: "grid" });
    const secretary = await person(browser, origin, { login: "secretary", width: 1440 });
    const doctor = await person(browser, origin, { login: "doctor", width: 1440 });
    for (const who of [grid, secretary, doctor]) await who.signIn();
    await secretary.page.goto(`${origin}/desk/do`);
    await settled(secretary.page);
    const before = await secretary.page.locator("tbody tr").count();
    const { data: tasks } = (await grid.api("/tasks?limit=50")).body;
    const { matter } = tasks.find((one) => one.kind === "home_observation" && one.entry === "check_in");
    await doctor.page.goto(`${origin}/desk/matter/${matter}`);
    await doctor.page.locator("article.matter").waitFor();
    await settled(doctor.page);
    const entries = await doctor.page.locator(".timeline li").count();
    let reads = 0;
    for (const { page } of [secretary, doctor])
      page.on("request", (one) => (reads += /\/api\/v1\/(tasks|matters)/.test(one.url()) ? 1 : 0));

    for (const entry of ["check_in", "recheck"]) {
      const entered = await grid.api(`/matters/${matter}/entries`, {
        id: uuid7(),
        entry,
        fields: { temperature: "38.6" },
      });
      assert.equal(entered.status, 201, JSON.stringify(entered.body));
    }
    const bar = secretary.page.getByRole("status").filter({ hasText: "待办有变化" });
    const changed = doctor.page.getByRole("status").filter({ hasText: "这件事项有变化" });
    await bar.waitFor();
    await changed.waitFor();
    assert.equal(reads, 0); // read by itself, names would leave a trace of somebody who has not looked
    assert.equal(await secretary.page.locator("tbody tr").count(), before);
    await mustBeAccessible(secretary.page, "a to-do list that has changed");
    await mustBeAccessible(doctor.page, "a matter that has changed");
    await bar.getByRole("button", { name: "显示" }).click();
    await secretary.page.waitForFunction((rows) => document.querySelectorAll("tbody tr").length > rows, before);
    assert.equal(await bar.count(), 0);
    await changed.getByRole("button", { name: "显示" }).click();
    await doctor.page.waitForFunction((rows) => document.querySelectorAll(".timeline li").length >= rows + 2, entries);
    for (const who of [grid, secretary, doctor]) await who.finish();
  },

  async "figures of an open overview follow what is opened below it"({ browser, origin }) {
    const who = await person(browser, origin, { login: "headquarters", width: 1440 });
    await who.signIn();
    await who.page.goto(`${origin}/desk`);
    await settled(who.page);
    const figures = () => who.page.locator("ul.figures").innerText();
    const before = await figures();
    const { code } = (await who.api("/me")).body.posts[0].seat;
    const due = new Date(Date.now() + 86_400_000).toISOString();
    const opened = await who.api("/matters", {
      id: uuid7(),
      kind: "directive",
      unit: code,
      form: { target: code, heading: "演练通知", text: "一日内报告", due },
    });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    for (let i = 0; i < 100 && (await figures()) === before; i++) await who.page.waitForTimeout(100);
    assert.notEqual(await figures(), before);
    await who.finish();
  },

  // The data of a demo have been still for hours, and after such a time nothing is raised for a while: the server's
  // hint and the alert of which it tells are put in its mouth here. tests/api/events.c has them from itself.
  async "alerts that come are counted behind a bar on an open inbox"({ browser, origin }) {
    const who = await person(browser, origin, { login: "street", width: 1440 });
    await who.signIn();
    let come = 0;
    const [matter] = (await who.api("/matters?limit=1")).body.data;
    const { id, kind, title, unit } = matter;
    const about = { matter: id, kind, title, unit, subject: { id: "p", name: "演有人" } };
    const alert = { ...about, name: "x", step: 1, post: "o1", raised_at: matter.opened_at };
    await who.page.route("**/api/v1/alerts*", async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      const more = Array.from({ length: come }, (_, i) => ({ ...alert, id: `9${i}`, open: true }));
      await route.fulfill({ response, json: { ...body, data: [...body.data, ...more] } });
    });
    await who.page.route("**/api/v1/events*", (route) =>
      come > 0
        ? route.fulfill({
            contentType: "text/event-stream",
            body: 'retry: 600000\nid: a\nevent: hints\ndata: {"alerts":["o1"]}\n\n',
          })
        : route.fulfill({ contentType: "text/event-stream", body: "retry: 500\n\n" }),
    );
    await who.page.goto(`${origin}/desk/inbox`);
    await settled(who.page);
    const before = await who.page.locator("a.alert").count();
    come = 2;
    const bar = who.page.getByRole("status").filter({ hasText: "有 2 条新提醒" });
    await bar.waitFor();
    assert.equal(await who.page.locator("a.alert").count(), before);
    await mustBeAccessible(who.page, "an inbox with news");
    await bar.getByRole("button", { name: "显示" }).click();
    await who.page.waitForFunction((rows) => document.querySelectorAll("a.alert").length === rows + 2, before);
    assert.equal(await bar.count(), 0);
    const shown = await who.page.locator("a.alert", { hasText: "演有人" }).first().innerText();
    assert.ok(shown.includes(unit.name) && shown.includes(title.zh), shown);
    await who.finish();
  },

  async "one tab of a browser keeps the connection, and the next takes over"({ browser, origin }) {
    const who = await person(browser, origin, { login: "secretary", width: 1440 });
    const streams = [];
    who.context.on("request", (one) => one.url().includes("/api/v1/events") && streams.push(one.frame().page()));
    await who.signIn();
    await settled(who.page);
    const others = [await who.context.newPage(), await who.context.newPage()];
    for (const page of others) await page.goto(`${origin}/desk/inbox`);
    for (const page of others) await page.getByRole("heading", { name: "提醒" }).waitFor();
    assert.equal(new Set(streams).size, 1);
    const [leader] = streams.slice(-1);
    const rest = [who.page, ...others].filter((page) => page !== leader);
    await leader.close();
    for (let i = 0; i < 50 && new Set(streams).size < 2; i++) await rest[0].waitForTimeout(100);
    assert.equal(new Set(streams).size, 2);
    assert.ok(rest.includes(streams[streams.length - 1]));
    await who.finish();
  },

  async "every page in English, by the keyboard's first stop"({ browser, origin }) {
    const who = await person(browser, origin, { login: "secretary", width: 1440, locale: "en-GB" });
    await who.signIn();
    for (const path of [
      "/desk",
      "/desk/late",
      "/desk/do",
      "/desk/m",
      "/desk/m/daily_report",
      "/desk/me",
      "/field",
      "/field/me",
    ]) {
      await who.page.goto(origin + path);
      await settled(who.page);
      await mustBeAccessible(who.page, path);
      await who.page.keyboard.press("Tab");
      assert.equal(await who.page.evaluate(() => document.activeElement?.className), "skip");
    }
    await who.page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["/desk", "/desk/late", "/desk/inbox", "/desk/m/home_observation", "/field/new"]) {
      await who.page.goto(origin + path);
      await settled(who.page);
      await mustBeAccessible(who.page, `${path} on a phone`);
      const beyond = await who.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(beyond <= 0, `${path} is ${beyond} px wider than a phone`);
    }
    await who.finish();
  },
  ...forms,
  ...typed,
  ...phones,
  ...deskScenarios,
  ...linesScenarios,
  ...postScenarios,
  ...officeScenarios,
  ...paperScenarios,
  ...rulesScenarios,
};

const names = Object.keys(scenarios).filter(
  (name) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
const server = await startServer(program, data);
const others = []; // servers of the scenario under way
async function another(...more) {
  const one = await startServer(program, data, more);
  others.push(one);
  return one;
}
const browser = await startBrowser();
let failed = 0;
console.log(`1..${names.length}`);
for (const [i, name] of names.entries()) {
  try {
    await scenarios[name]({ browser, origin: process.env.ORIGIN ?? server.origin, another });
    console.log(`ok ${i + 1} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${i + 1} - ${name}`);
    console.log(String(error.stack ?? error).replace(/^/gm, "# "));
  } finally {
    endPhones();
    for (const one of others.splice(0)) await one.stop();
  }
}
await browser.close();
await server.stop();
process.exitCode = failed > 0 ? 1 : 0;
