// SPDX-License-Identifier: GPL-3.0-or-later
// What comes out of a printer: the width of the paper, all columns, and a resident's card on one sheet.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mustBeAccessible, mustFit, person, settled } from "./stage.mjs";

const A4_WIDE = 718; // what Chromium has on a sheet of A4 between its own margins, in pixels

const pagesOf = (pdf) => (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;

export const paperScenarios = {
  async "pages of the desk are printed over the whole sheet, a resident's card on one"({ browser, origin }) {
    const who = await person(browser, origin, { login: "district", width: 1440 });
    await who.signIn();
    const { page } = who;
    const [matter] = (await who.api("/matters?kind=home_observation&state=observing&limit=1")).body.data;
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: A4_WIDE, height: 1000 });
    for (const path of ["/desk", "/desk/late?by=", "/desk/m", "/desk/directives", `/desk/matter/${matter.id}`]) {
      await page.goto(origin + path);
      await settled(page);
      const seen = await page.evaluate(() => ({
        left: document.querySelector("main > *:not(.desk-state)").getBoundingClientRect().left,
        main: document.querySelector("main").clientWidth,
        beyond: [...document.querySelectorAll(".table")].map((one) => one.scrollWidth - one.parentElement.clientWidth),
        menus: [...document.querySelectorAll("nav.app-rail, header.app-bar")].filter((one) => one.offsetParent).length,
      }));
      assert.deepEqual([seen.main, seen.menus, seen.left], [A4_WIDE, 0, 0], path);
      assert.ok(
        seen.beyond.every((one) => one <= 1),
        `${path}: ${seen.beyond}`,
      );
      if (process.env.PAPER)
        await page.pdf({ path: `${process.env.PAPER}/${path.replace(/\W+/g, "_")}.pdf`, format: "A4" });
    }
    const facts = page.locator(".facts").first();
    const [label, value] = [
      await facts.locator("dt").first().boundingBox(),
      await facts.locator("dd").first().boundingBox(),
    ];
    assert.ok(value.x > label.x && Math.abs(value.y - label.y) < 4, "a value stands beside its label");

    const grid = await person(browser, origin, { login: "grid", width: 1440 });
    await grid.signIn();
    const [own] = (await grid.api("/matters?kind=home_observation&state=observing&limit=1")).body.data;
    await grid.page.goto(`${origin}/desk/matter/${own.id}`);
    await grid.page.getByRole("button", { name: /填报链接 · 有效 7 天/ }).click();
    await grid.page.locator(".given img").waitFor();
    await grid.page.evaluate(() => (window.print = () => {}));
    await grid.page.locator(".given").getByRole("button", { name: "打印" }).click();
    await grid.page.locator("html.print-card").waitFor();
    await grid.page.emulateMedia({ media: "print" });
    const card = await grid.page.locator("body").innerText();
    assert.match(card, /有效到 .*\d\d:\d\d/);
    assert.match(card, /有问题请找：.*网格员.*，电话 \S+/);
    assert.ok(!card.includes(own.subject.name)); // whoever finds the card learns nobody's name but the worker's
    const pdf = await grid.page.pdf({ format: "A4" });
    if (process.env.PAPER) writeFileSync(`${process.env.PAPER}/card.pdf`, pdf);
    assert.equal(pagesOf(pdf), 1);
    await grid.page.locator("html:not(.print-card)").waitFor({ state: "attached" });
    assert.equal(await grid.page.locator("body > .card-alone").count(), 0);
    await grid.finish();
    await who.finish();
  },

  async "a sheet of the round has a line for each person and day, with room to write"({ browser, another }) {
    const { origin } = await another(); // others enter for everybody there is to observe
    const who = await person(browser, origin, { login: "grid", width: 1440 });
    await who.signIn();
    const { page } = who;
    const { data } = (await who.api("/tasks?limit=200")).body;
    const people = new Set(data.filter((one) => one.entry === "check_in").map((one) => one.subject.id)).size;
    await page.goto(`${origin}/desk/do`);
    await page.getByRole("link", { name: "打印上门登记表" }).click();
    const rows = page.locator(".to-fill tbody tr");
    await rows.first().waitFor();
    assert.equal(await rows.count(), people);
    await mustBeAccessible(page, "a sheet of the round");
    await page.getByLabel("打印几天").selectOption("3");
    assert.equal(await rows.count(), 3 * people);
    assert.equal(await page.locator(".to-fill thead th", { hasText: "06:30" }).count(), 1);
    await page.emulateMedia({ media: "print" });
    const { height } = await rows.nth(1).boundingBox();
    assert.ok(height >= 38, `${height} px for a line`);
    assert.equal(await page.locator(".filters").isVisible(), false);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    if (process.env.PAPER) writeFileSync(`${process.env.PAPER}/round.pdf`, pdf);
    assert.match(pdf.toString("latin1"), /MediaBox\s*\[\s*0 0 84[12]/); // lying
    await page.emulateMedia({ media: "screen" });
    await page.setViewportSize({ width: 390, height: 844 });
    await mustBeAccessible(page, "a sheet of the round on a phone");
    await mustFit(page, "/desk/sheets");
    await who.finish();
  },
};
