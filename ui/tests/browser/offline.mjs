// SPDX-License-Identifier: GPL-3.0-or-later
// People at work on a phone whose network comes and goes.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { choosePin, mustBeAccessible, passwordOf, PIN } from "./stage.mjs";

const PHONE = { width: 390, height: 844 };

const started = [];

/** Whatever became of a scenario. */
export function endPhones() {
  for (const child of started.splice(0)) {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

/** A browser of its own process and folder, so that it can be killed and started again. */
export async function startPhone(folder) {
  const child = spawn(
    process.env.CHROMIUM ?? "/usr/bin/chromium",
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--remote-debugging-port=0",
      "--no-first-run",
      "--accept-lang=zh-CN",
      `--user-data-dir=${folder}`,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  const address = await new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.on("exit", () => reject(new Error(said)));
  });
  started.push(child);
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  const [page] = context.pages();
  await page.setViewportSize(PHONE);
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  const end = async (signal) => {
    const gone = new Promise((resolve) => child.on("exit", resolve));
    process.kill(-child.pid, signal); // its helpers, too
    await gone;
    await browser.close().catch(() => undefined);
    assert.deepEqual(faults, []);
  };
  return { context, page, end };
}

export async function signIn(page, origin, login) {
  await page.goto(`${origin}/login`);
  await page.fill("#login-name", login);
  await page.fill("#login-password", await passwordOf(origin, login));
  await page.click('button[type="submit"]');
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

/** Until the service worker has taken the page over, which begins after the page does. */
export async function controlled(page) {
  const isControlled = page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, {
    timeout: 60_000,
  });
  await isControlled.catch(async (error) => {
    const states = await page.evaluate(async () => {
      const found = await navigator.serviceWorker.getRegistrations();
      return found.map((one) => [one.installing?.state, one.waiting?.state, one.active?.state].join("/"));
    });
    throw new Error(`no service worker took the page over: ${states.join(", ") || "none"}; ${error.message}`);
  });
}

export async function beginToKeep(page, origin) {
  await choosePin(page, origin);
  await controlled(page);
  await page.locator('nav a[href="/field"]').click();
  await page.locator('a[href^="/field/round/"]').first().waitFor();
}

/** The rules are kept, too: a fever says what it leads to. */
async function foreseesFever(page) {
  await page.locator('a[href^="/field/round/"]').first().click();
  const card = page.locator("section.card").first();
  await card.locator("input").fill("38.2");
  await card.locator(".what-follows").getByText("→ 待复测").waitFor();
  await card.locator("input").fill(""); // a draft would keep it
  await page.getByRole("link", { name: "← 今日" }).click();
  await page.locator('a[href^="/field/round/"]').first().waitFor();
}

/** Fills and saves the first household of the list; returns what was entered, by matter. */
async function saveRound(page, tenths) {
  await page.locator('a[href^="/field/round/"]').first().click();
  await page.waitForURL(/\/field\/round\//);
  await page.locator("section.card input").first().waitFor();
  const matters = new URL(page.url()).searchParams.getAll("matter");
  for (let i = 0; i < matters.length; i++) {
    await page.keyboard.type(`36.${tenths}`);
    await page.keyboard.press("Enter");
  }
  await page.locator("#save-round").click();
  await page.waitForURL(/\/field$/);
  return matters.map((matter) => ({ matter, temperature: `36.${tenths}` }));
}

async function readings(page, origin, matter) {
  const answer = await page.request.get(`${origin}/api/v1/matters/${matter}/entries?limit=200`);
  const { data } = await answer.json();
  return data.filter((one) => one.entry === "check_in").map((one) => one.fields?.temperature);
}

/** Nothing of what stands in the database of the phone may be read by whoever finds it. */
export function mustBeSealed(folder, words) {
  const walk = spawn("grep", ["-rlaF", ...words.flatMap((word) => ["-e", word]), folder], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  return new Promise((resolve, reject) => {
    let found = "";
    walk.stdout.on("data", (text) => (found += text));
    walk.on("exit", () => (/IndexedDB/.test(found) ? reject(new Error(`in the clear: ${found}`)) : resolve()));
  });
}

export const offline = {
  async "the grid worker's evening: the network cut, the browser killed, nothing lost and nothing twice"({ origin }) {
    const folder = mkdtempSync(join(tmpdir(), "lianfang-phone-"));
    let phone = await startPhone(folder);
    await signIn(phone.page, origin, "grid");
    await beginToKeep(phone.page, origin);
    const before = new Map();
    const noteBefore = async (page) => {
      const hrefs = await page.locator('a[href^="/field/round/"]').evaluateAll((all) => all.map((one) => one.href));
      for (const href of hrefs)
        for (const matter of new URL(href).searchParams.getAll("matter"))
          before.set(matter, await readings(page, origin, matter));
    };
    await noteBefore(phone.page);
    await phone.context.setOffline(true);
    const entered = await saveRound(phone.page, 3);
    await phone.page.getByText("条待发").first().waitFor();
    const more = (await phone.page.locator('a[href^="/field/round/"]').count()) > 0 ? 1 : 0;
    if (more) entered.push(...(await saveRound(phone.page, 4)));
    await phone.page.locator('nav a[href="/field/queue"]').click();
    await phone.page.locator("section", { hasText: "待发" }).locator("li").nth(more).waitFor();
    await mustBeAccessible(phone.page, "queue");
    const whom = await phone.page.locator("li strong").first().innerText();
    await phone.page.locator('nav a[href="/field/find"]').click();
    await phone.page.locator('input[type="search"]').fill(whom.split(/[、 ]/)[0]);
    await mustBeAccessible(phone.page, "found without a network");
    await phone.page.locator('a[href^="/field/matter/"]').first().click();
    await phone.page.getByText("这里是本机保存的内容").waitFor();
    await mustBeAccessible(phone.page, "a matter without a network");
    await phone.end("SIGKILL");
    await mustBeSealed(folder, [whom.split(/[、 ]/)[0], PIN]);

    phone = await startPhone(folder);
    await phone.context.setOffline(true);
    await phone.page.goto(`${origin}/field`);
    const pin = phone.page.locator('[role="dialog"] input');
    await pin.fill("000000");
    await mustBeAccessible(phone.page, "locked");
    await phone.page.keyboard.press("Enter");
    await phone.page.getByText("PIN 码不对").waitFor();
    await pin.fill(PIN);
    await phone.page.keyboard.press("Enter");
    await phone.page.locator(".state", { hasText: `${1 + more} 条待发` }).waitFor();
    await phone.page.getByRole("heading", { name: "今日" }).waitFor();
    const left = await phone.page.locator('a[href^="/field/round/"]').evaluateAll((all) => all.map((one) => one.href));
    for (const { matter } of entered)
      assert.ok(!left.some((href) => href.includes(matter)), "it is shown as to be done");
    await phone.context.setOffline(false);
    const sent = phone.page.getByText("已全部送达");
    const dialog = phone.page.getByRole("dialog"); // the browser was killed before it had written its cookie down
    await sent.or(dialog).first().waitFor({ timeout: 30_000 });
    if (await dialog.isVisible()) {
      await dialog.locator("#login-password").fill(await passwordOf(origin, "grid"));
      await dialog.locator('button[type="submit"]').click();
    }
    await sent.waitFor({ timeout: 30_000 });
    const sums = new Map();
    for (const { matter, temperature } of entered) sums.set(matter, [...(sums.get(matter) ?? []), temperature]);
    for (const [matter, temperatures] of sums)
      assert.deepEqual(await readings(phone.page, origin, matter), [...before.get(matter), ...temperatures]);
    await phone.page.locator('nav a[href="/field/queue"]').click();
    await phone.page.locator("section", { hasText: "最近一天已送达" }).locator("li").nth(more).waitFor();
    await phone.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  },

  // What the phone can judge itself it does not keep: here its playbook is an older one, without limits.
  async "what is refused later is told with its reason, mended and sent"({ origin }) {
    const folder = mkdtempSync(join(tmpdir(), "lianfang-phone-"));
    const phone = await startPhone(folder);
    await phone.page.route("**/api/v1/kinds/home_observation", async (route) => {
      const response = await route.fetch();
      const kind = await response.json();
      for (const field of kind.entries.flatMap((entry) => entry.form)) delete field.maximum;
      await route.fulfill({ response, json: kind });
    });
    await signIn(phone.page, origin, "grid");
    await beginToKeep(phone.page, origin);
    await phone.context.setOffline(true);
    await phone.page.locator('a[href^="/field/round/"]').first().click();
    await phone.page.locator("section.card input").first().waitFor();
    const matters = new URL(phone.page.url()).searchParams.getAll("matter");
    for (let i = 0; i < matters.length; i++)
      await phone.page
        .locator("section.card input")
        .nth(i)
        .fill(i === 0 ? "361" : "36.7");
    await phone.page.locator("#save-round").click();
    await phone.page.waitForURL(/\/field$/);
    await phone.context.setOffline(false);
    await phone.page.getByText("1 条被退回").waitFor({ timeout: 30_000 });
    await phone.page.locator(".state a").click();
    await phone.page.getByText("43").first().waitFor();
    await mustBeAccessible(phone.page, "refused");
    await phone.page.getByRole("button", { name: "改正后重发" }).click();
    const first = phone.page.locator("section.card input").first();
    await first.waitFor();
    assert.equal(await first.inputValue(), "361");
    await first.fill("36.1");
    await phone.page.locator("#save-round").click();
    await phone.page.waitForURL(/\/field$/);
    await phone.page.getByText("已全部送达").waitFor({ timeout: 30_000 });
    assert.equal(await phone.page.getByText("条被退回").count(), 0);
    const found = await readings(phone.page, origin, matters[0]);
    assert.equal(found[found.length - 1], "36.1");
    await phone.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  },

  async "a forgotten PIN: the password opens what was kept, with what was not sent"({ origin }) {
    const folder = mkdtempSync(join(tmpdir(), "lianfang-phone-"));
    const phone = await startPhone(folder);
    await signIn(phone.page, origin, "grid");
    await beginToKeep(phone.page, origin);
    await phone.context.setOffline(true);
    await saveRound(phone.page, 6);
    await phone.page.reload();
    await phone.page.getByRole("button", { name: "忘记 PIN 码，或换账号" }).click();
    await mustBeAccessible(phone.page, "by the password");
    await phone.context.setOffline(false);
    await phone.page.fill("#login-name", "grid");
    await phone.page.fill("#login-password", await passwordOf(origin, "grid"));
    await phone.page.locator('[role="dialog"] button[type="submit"]').click();
    await phone.page.getByText("已全部送达").waitFor({ timeout: 30_000 });
    await phone.page.locator('nav a[href="/field/queue"]').click();
    await phone.page.locator("section", { hasText: "最近一天已送达" }).locator("li").first().waitFor();
    await phone.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  },

  async "two people share a phone: neither reads what is the other's, and signing out without a network is signing out"({
    origin,
  }) {
    const folder = mkdtempSync(join(tmpdir(), "lianfang-phone-"));
    const phone = await startPhone(folder);
    await signIn(phone.page, origin, "grid");
    await beginToKeep(phone.page, origin);
    const [first] = await phone.page
      .locator('a[href^="/field/round/"]')
      .evaluateAll((all) => all.map((one) => one.href));
    const [matter] = new URL(first).searchParams.getAll("matter");
    const before = await readings(phone.page, origin, matter);
    await phone.context.setOffline(true);
    await foreseesFever(phone.page);
    await saveRound(phone.page, 8);
    await phone.page.locator('nav a[href="/field/me"]').click();
    await phone.page.getByRole("button", { name: "退出" }).click();
    const question = phone.page.getByRole("alertdialog");
    await question.waitFor();
    await mustBeAccessible(phone.page, "signing out with entries that were not sent");
    await question.getByRole("button", { name: "退出" }).click();
    await phone.page.waitForURL(/\/login/);
    await phone.page.getByRole("alert").waitFor(); // no server, and nothing kept that could be shown
    await mustBeAccessible(phone.page, "without a server");
    await phone.context.setOffline(false);
    await phone.page.goto(`${origin}/field`);
    await phone.page.waitForURL(/\/login/);
    await signIn(phone.page, origin, "doctor");
    await phone.page.goto(`${origin}/field/queue`);
    await phone.page.getByText("本机没有保存功能").waitFor();
    assert.deepEqual(await readings(phone.page, origin, matter), before);
    await phone.page.goto(`${origin}/field/me`);
    await phone.page.getByRole("button", { name: "退出" }).click();
    await phone.page.waitForURL(/\/login/);
    await signIn(phone.page, origin, "grid");
    await phone.page.getByText("已全部送达").waitFor({ timeout: 30_000 });
    assert.deepEqual(await readings(phone.page, origin, matter), [...before, "36.8"]);
    await phone.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  },
};
