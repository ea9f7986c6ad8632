// SPDX-License-Identifier: GPL-3.0-or-later
// screenshots PROGRAM DATA FOLDER - the pictures of both READMEs, of rehearsed data, as people see them.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { person, settled, startBrowser, startServer, uuid7 } from "./stage.mjs";

const [program, data, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = await startServer(program, data);
const browser = await startBrowser();

async function shoot(page, name) {
  await settled(page);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** A round that waits on a phone without a network. */
async function keepOn({ page, context }) {
  await page.locator('nav a[href="/field/me"]').click();
  await page.locator('input[inputmode="numeric"]').nth(0).fill("741852");
  await page.locator('input[inputmode="numeric"]').nth(1).fill("741852");
  await page.locator('input[inputmode="numeric"]').nth(1).press("Enter");
  await page.locator('nav a[href="/field/queue"]').waitFor();
  await settled(page);
  await page.locator('nav a[href="/field"]').click();
  await page.locator('a[href^="/field/round/"]').first().waitFor();
  await context.setOffline(true);
  await page.locator('a[href^="/field/round/"]').first().click();
  await page.locator("section.card input").first().waitFor();
  for (let i = 0; i < (await page.locator("section.card input").count()); i++)
    await page
      .locator("section.card input")
      .nth(i)
      .fill(`36.${i + 3}`);
  await page.locator("#save-round").click();
  await page.waitForURL(/\/field$/);
  await page.locator('nav a[href="/field/queue"]').click();
  await page.locator("li strong").first().waitFor();
}

for (const [language, locale] of [
  ["zh", "zh-CN"],
  ["en", "en-GB"],
]) {
  const grid = await person(browser, server.origin, { login: "grid", locale });
  await grid.signIn();
  await shoot(grid.page, `today-${language}`);
  await grid.page.locator('a[href^="/field/round/"]').first().click();
  await grid.page.locator("section.card input").first().waitFor();
  await grid.page.keyboard.type("36.5");
  await shoot(grid.page, `round-${language}`);
  await grid.page.locator("section.card input").first().fill(""); // it would be asked before it is left
  const [observed] = (await grid.api("/matters?kind=home_observation&state=observing&limit=1")).body.data;
  const link = { id: uuid7(), purpose: "report", hours: 168 };
  const { token } = (await grid.api(`/matters/${observed.id}/resident-links`, link)).body;
  const resident = await person(browser, server.origin, { login: "grid", locale }); // who does not sign in
  await resident.page.goto(`${server.origin}/r#${token}`);
  await shoot(resident.page, `resident-${language}`);
  await resident.finish();
  await keepOn(grid);
  await shoot(grid.page, `unsent-${language}`);
  await grid.finish();

  const district = await person(browser, server.origin, { login: "district", width: 1440, locale });
  await district.signIn();
  await shoot(district.page, `overview-${language}`);
  await district.finish();

  const command = await person(browser, server.origin, { login: "headquarters", width: 1440, locale });
  await command.signIn();
  await command.page.goto(`${server.origin}/desk/boards`);
  await command.page.locator(".board > li").first().waitFor();
  await shoot(command.page, `board-${language}`);
  await command.finish();

  const city = await person(browser, server.origin, { login: "city", width: 1440, locale });
  await city.signIn();
  await city.page.goto(`${server.origin}/screen`);
  await city.page.locator("ul.figures").waitFor();
  await shoot(city.page, `screen-${language}`);
  await city.finish();

  const doctor = await person(browser, server.origin, { login: "doctor", width: 1440, locale });
  await doctor.signIn();
  await doctor.page.goto(`${server.origin}/desk/m/home_observation?open=true`);
  await doctor.page.locator("tbody a").first().click();
  await doctor.page.locator("article.matter").waitFor();
  await shoot(doctor.page, `matter-${language}`);
  await doctor.finish();
}

await browser.close();
await server.stop();
