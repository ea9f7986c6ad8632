// SPDX-License-Identifier: GPL-3.0-or-later
// What comes out of a printer: the width of the paper, all columns, and a resident's card on one sheet.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { person, settled } from "./stage.mjs";

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
};
