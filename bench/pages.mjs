// SPDX-License-Identifier: GPL-3.0-or-later
// pages PROGRAM DATA - how long the pages take in Chromium with its processor slowed four times, over rehearsed data.
// Prints a line a figure, exit 1 when one is short. The phone's list is filled up to 200 to-dos by repeating its rows.

import { passwordOf, startBrowser, startServer } from "../ui/tests/browser/stage.mjs";

const [program, data] = process.argv.slice(2);
const SLOWED = 4;
const LISTED = 200;
const PIN = "741852";
const TIMES = 5;
const server = await startServer(program, data);
const browser = await startBrowser();
let short = 0;

function tell(name, ms, most, what) {
  const sorted = [...ms].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const ok = median <= most;
  short += ok ? 0 : 1;
  console.log(
    `${name.padEnd(14)} ${median.toFixed(0)} ms (${what})`.padEnd(100),
    `<= ${most} ms`.padEnd(12),
    ok ? "ok" : "short",
  );
}

async function slowed(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
}

async function signIn(page, login) {
  await page.goto(`${server.origin}/login`);
  await page.fill("#login-name", login);
  await page.fill("#login-password", await passwordOf(server.origin, login));
  await page.click('button[type="submit"]');
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

/** The same rows again under other ids, each a household of its own. */
function filledUp(snapshot) {
  const rows = snapshot.data.filter((row) => row.tasks.length > 0);
  for (let n = 0, tasks = 0; rows.length > 0 && tasks < LISTED; n++) {
    const row = JSON.parse(JSON.stringify(rows[n % rows.length]));
    row.matter.id = row.matter.id.slice(0, -6) + String(n).padStart(6, "0");
    row.digest = `bench${String(n).padStart(7, "0")}`;
    for (const task of row.tasks)
      Object.assign(task, { matter: row.matter.id, household: `bench${n}`, dwelling: `${n}号` });
    tasks += row.tasks.length;
    snapshot.data.push(row);
  }
  return snapshot;
}

async function phone() {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "zh-CN" });
  const page = await context.newPage();
  let answered = false;
  await page.route("**/api/v1/snapshot*", async (route) => {
    if (answered) return route.abort(); // it is measured without a network from then on
    const response = await route.fetch();
    answered = true;
    return route.fulfill({ json: filledUp(await response.json()) });
  });
  await signIn(page, "grid");
  await page.locator('nav a[href="/field/me"]').click();
  await page.locator('input[inputmode="numeric"]').nth(0).fill(PIN);
  await page.locator('input[inputmode="numeric"]').nth(1).fill(PIN);
  await page.locator('input[inputmode="numeric"]').nth(1).press("Enter");
  await page.getByText("已设好").waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await slowed(page);
  return { context, page };
}

/** From the address to the PIN, and from the PIN to all to-dos. */
async function today({ page }) {
  const starts = [];
  const lists = [];
  for (let i = 0; i < TIMES; i++) {
    let from = performance.now();
    await page.goto(`${server.origin}/field`);
    const pin = page.locator('[role="dialog"] input');
    await pin.waitFor();
    starts.push(performance.now() - from);
    await pin.fill(PIN);
    from = performance.now();
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      (most) => document.querySelectorAll('main a[href^="/field/"]').length >= most / 2,
      LISTED,
    );
    lists.push(performance.now() - from);
  }
  const rows = await page.locator('main a[href^="/field/"]').count();
  tell("ui_start", starts, 1000, `without a network, to the PIN`);
  tell("ui_today", lists, 1000, `without a network, from the PIN to ${rows} households with ${LISTED} to-dos`);
}

async function round({ page }) {
  const taken = [];
  for (let i = 0; i < TIMES; i++) {
    await page.locator('a[href^="/field/round/"]').first().click();
    await page.locator("section.card input").first().waitFor();
    const count = await page.locator("section.card input").count();
    for (let k = 0; k < count; k++) await page.locator("section.card input").nth(k).fill("36.5");
    await page.evaluate(() => {
      document.querySelector("#save-round").addEventListener("click", () => (window.tapped = performance.now()));
      window.shown = new Promise((resolve) => {
        const look = () =>
          location.pathname === "/field" && document.querySelector("main h1")
            ? resolve(performance.now() - window.tapped)
            : requestAnimationFrame(look);
        requestAnimationFrame(look);
      });
    });
    await page.locator("#save-round").click();
    taken.push(await page.evaluate(() => window.shown));
  }
  tell("ui_round", taken, 100, "without a network, from the tap to kept and the list shown");
}

async function overview() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN" });
  const page = await context.newPage();
  await signIn(page, "district");
  await page.locator(".tiles li").first().waitFor();
  await slowed(page);
  const taken = [];
  for (let i = 0; i < TIMES; i++) {
    const from = performance.now();
    await page.goto(`${server.origin}/desk`);
    await page.locator(".tiles li").first().waitFor();
    taken.push(performance.now() - from);
  }
  tell("ui_overview", taken, 1000, `${await page.locator(".tiles li").count()} tiles and the table, with the server`);
}

try {
  const its = await phone();
  await today(its);
  await round(its);
  await its.context.close();
  await overview();
} finally {
  await browser.close();
  await server.stop();
}
process.exitCode = short > 0 ? 1 : 0;
