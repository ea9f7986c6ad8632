// SPDX-License-Identifier: GPL-3.0-or-later
// A real server on a copy of rehearsed data, a real browser, and what every scenario must not see.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function startServer(program, data, more = []) {
  const folder = mkdtempSync(join(tmpdir(), "lianfang-pages-"));
  cpSync(data, join(folder, "data"), { recursive: true });
  cpSync(`${data}.keys`, join(folder, "data.keys"), { recursive: true });
  const given = ["serve", "--data", join(folder, "data"), "--port", "0", "--accept-clock", "--demo", ...more];
  const child = spawn(program, given, { stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: child.stderr });
  const port = await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      if (line.includes('"message":"serving"')) resolve(JSON.parse(line).port);
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", () => {
        rmSync(folder, { recursive: true, force: true });
        resolve();
      });
      child.kill("SIGTERM");
    });
  return { origin: `http://127.0.0.1:${port}`, stop };
}

export function uuid7() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

export async function passwordOf(origin, login) {
  const accounts = await (await fetch(`${origin}/api/v1/demo/accounts`)).json();
  return accounts.data.find((one) => one.login === login)?.password;
}

/** A person's own browser context. `faults` collects what must never happen: finish() fails when there was any. */
export async function person(browser, origin, { login, width = 390, locale = "zh-CN" } = {}) {
  const context = await browser.newContext({ viewport: { width, height: width < 768 ? 844 : 900 }, locale });
  const faults = [];
  await context.exposeFunction("reportViolation", (text) => faults.push(`policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      window.reportViolation(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  const page = await context.newPage();
  watchReading(page);
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:") && !request.url().startsWith("blob:"))
      faults.push(`off the origin: ${request.url()}`);
  });
  page.setDefaultTimeout(15_000);
  const api = async (path, body) => {
    const response = await context.request.fetch(`${origin}/api/v1${path}`, {
      method: body ? "POST" : "GET",
      headers: { Origin: origin },
      ...(body ? { data: body } : {}),
    });
    return { status: response.status(), body: await response.json() };
  };
  const password = await passwordOf(origin, login);
  const signIn = async () => {
    await page.goto(`${origin}/login`);
    await page.fill("#login-name", login);
    await page.fill("#login-password", password);
    await page.click('button[type="submit"]');
    await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  };
  const finish = async () => {
    await context.close();
    if (faults.length > 0) throw new Error(faults.join("\n"));
  };
  return { context, page, api, password, signIn, finish, origin };
}

/** No violation of WCAG 2.2 AA on the page as it is. */
export async function mustBeAccessible(page, what) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), WCAG);
  if (violations.length === 0) return;
  const told = violations.map(
    (one) =>
      `${one.id}: ${one.nodes
        .map((node) => node.target.join(" "))
        .slice(0, 3)
        .join(" | ")}`,
  );
  throw new Error(`${what}:\n${told.join("\n")}`);
}

const reading = new WeakMap(); // page → requests without an answer; the stream of hints has none
const isStream = (request) => request.url().includes("/api/v1/events");

function watchReading(page) {
  const open = new Set();
  reading.set(page, open);
  page.on("request", (request) => isStream(request) || open.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => open.delete(request));
}

/** Waits until nothing is being read any more, and was not for a while. */
export async function settled(page) {
  await page.waitForLoadState("load");
  for (let quiet = 0, waited = 0; quiet < 5; waited++) {
    if (waited > 300) throw new Error(`still being read: ${[...reading.get(page)].map((one) => one.url()).join(" ")}`);
    await page.waitForTimeout(100);
    quiet = reading.get(page).size === 0 ? quiet + 1 : 0;
  }
}

/** What was entered as check-ins in a matter, as `who` sees it. */
export async function readings(who, matter) {
  const { data } = (await who.api(`/matters/${matter}/entries?limit=200`)).body;
  return data.filter((one) => one.entry === "check_in");
}

/** What this device keeps under the PIN beside matters and the queue, as it lies there. */
function notesOf(page) {
  return page.evaluate(async () => {
    const plain = (_, value) =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? Array.from(new Uint8Array(value.buffer ?? value)).join(" ")
        : value;
    const asked = (request) =>
      new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await asked(indexedDB.open(name));
      if (db.objectStoreNames.contains("notes"))
        found.push(JSON.stringify(await asked(db.transaction("notes").objectStore("notes").getAll()), plain));
      db.close();
    }
    return found.join();
  });
}

/** Does something, and waits until what was typed by it is kept. */
export async function kept(page, act) {
  const before = await notesOf(page);
  await act();
  for (let last = before, same = 0, tries = 0; same < 3; tries++) {
    if (tries > 100) throw new Error("nothing was kept");
    const now = await notesOf(page);
    same = now !== before && now === last ? same + 1 : 0;
    last = now;
    await page.waitForTimeout(50);
  }
}

export const PIN = "741852";

/** What whoever is signed in as `grid` keeps on this device from now on. */
export async function choosePin(page, origin) {
  await page.goto(`${origin}/field`);
  await page.locator('nav a[href="/field/me"]').click();
  const section = page.locator("section", { hasText: "没有网络时也能用" });
  await section.locator('input[inputmode="numeric"]').first().waitFor();
  const password = section.locator('input[autocomplete="current-password"]');
  if (await password.isVisible()) await password.fill(await passwordOf(origin, "grid"));
  for (const i of [0, 1]) await section.locator('input[inputmode="numeric"]').nth(i).fill(PIN);
  await mustBeAccessible(page, "choosing a PIN");
  await section.locator('button[type="submit"]').click();
  await section.getByText("已设好").waitFor();
}

export async function mustFit(page, path) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(beyond <= 0, `${path} is ${beyond} px wider than the screen`);
}
