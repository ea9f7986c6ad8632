// SPDX-License-Identifier: GPL-3.0-or-later
// Photos: taken without a network, sent before their entry, seen on its matter.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAVE, unlock } from "./forms.mjs";
import { controlled, mustBeSealed, signIn, startPhone } from "./offline.mjs";
import { choosePin, mustBeAccessible, passwordOf, person, PIN, settled } from "./stage.mjs";

const WHERE = "GPS 39.9042 N"; // in the EXIF of the photo, and nowhere after

/** As a phone takes it: large, and telling where it was taken. */
async function photoOf(page, width = 3000, height = 2000) {
  const drawn = await page.evaluate(
    async ([wide, high]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [wide, high];
      const pen = canvas.getContext("2d");
      for (let x = 0; x < wide; x += 20)
        for (let y = 0; y < high; y += 20) {
          pen.fillStyle = `hsl(${(x * 7 + y * 13) % 360}, 60%, ${30 + ((x * y) % 50)}%)`;
          pen.fillRect(x, y, 20, 20);
        }
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    },
    [width, height],
  );
  const told = Buffer.from(`Exif\0\0${WHERE}`);
  const head = Buffer.from([0xff, 0xe1, 0, told.length + 2]);
  const [start, rest] = [Buffer.from(drawn.slice(0, 2)), Buffer.from(drawn.slice(2))];
  return { name: "IMG_0001.jpg", mimeType: "image/jpeg", buffer: Buffer.concat([start, head, told, rest]) };
}

/** In the page: matters come first, then the kinds that their forms are of. */
function kindsAreKept() {
  return new Promise((resolve) => {
    const opening = indexedDB.open("lianfang");
    opening.onsuccess = () => {
      const names = opening.result.transaction("notes").objectStore("notes").getAllKeys();
      names.onsuccess = () => {
        opening.result.close();
        resolve(names.result.some(([, name]) => name === "kinds"));
      };
    };
  });
}

async function choose(page, photo) {
  await page.locator('input[type="file"]').last().setInputFiles(photo);
  await page.locator(".photo img").waitFor();
}

async function handedOver(request, origin, matter) {
  const answer = await request.get(`${origin}/api/v1/matters/${matter}/entries?limit=200`);
  return (await answer.json()).data.filter((one) => one.entry === "serve_notice");
}

/** An observation in which a notice can be handed over. */
async function someMatter(request, origin) {
  const path = "/api/v1/matters?kind=home_observation&state=observing&limit=1"; // whether or not a reading is due
  return (await (await request.get(origin + path)).json()).data[0].id;
}

async function mustBePlain(request, origin, matter, { hash, type }) {
  assert.equal(type, "image/jpeg");
  const bytes = await (await request.get(`${origin}/api/v1/matters/${matter}/attachments/${hash}`)).body();
  assert.ok(bytes.length < 400_000, `${bytes.length} bytes`);
  assert.ok(!bytes.includes("Exif") && !bytes.includes(WHERE));
}

export const photoScenarios = {
  async "a photo taken without a network outlives the browser and arrives once, before its entry"({
    browser,
    another,
  }) {
    const { origin } = await another(); // others enter for everybody there is to observe
    const folder = mkdtempSync(join(tmpdir(), "lianfang-phone-"));
    let phone = await startPhone(folder);
    await signIn(phone.page, origin, "grid");
    await choosePin(phone.page, origin);
    await controlled(phone.page);
    await phone.page.waitForFunction(kindsAreKept);
    const matter = await someMatter(phone.page.request, origin);
    const before = await handedOver(phone.page.request, origin, matter);
    const photo = await photoOf(phone.page);
    await phone.context.setOffline(true);
    await phone.page.goto(`${origin}/field/enter/${matter}/serve_notice`);
    await unlock(phone.page);
    await phone.page.getByRole("button", { name: "是", exact: true }).click();
    await choose(phone.page, photo);
    await mustBeAccessible(phone.page, "a form with a photo");
    await phone.page.reload(); // the photo is part of the draft
    await unlock(phone.page);
    await phone.page.locator(".photo img").waitFor();
    await phone.page.locator(SAVE).click();
    await phone.page.waitForURL(/\/field$/);
    await phone.page.locator('nav a[href="/field/queue"]').click();
    await phone.page.getByText(/照片 \d+ KB，待发/).waitFor();
    await mustBeAccessible(phone.page, "a photo that waits");
    await phone.end("SIGKILL");
    await mustBeSealed(folder, ["JFIF", WHERE]);

    phone = await startPhone(folder);
    const sent = [];
    let batches = 0;
    await phone.page.route("**/api/v1/**", async (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path.endsWith("/attachments")) sent.push("photo");
      if (!path.endsWith("/batch")) return route.continue();
      sent.push("entry");
      return ++batches === 1 ? route.abort() : route.continue(); // it fails once, after the photo has arrived
    });
    await phone.page.goto(`${origin}/field/queue`);
    await phone.page.locator('[role="dialog"] input').fill(PIN);
    await phone.page.keyboard.press("Enter");
    const arrived = phone.page.locator("section", { hasText: "最近一天已送达" });
    const password = phone.page.locator("#login-password"); // the browser was killed before it had written its cookie down
    const there = phone.page.getByText(/照片 \d+ KB，已送达/);
    await there.or(password).first().waitFor({ timeout: 30_000 });
    if (await password.isVisible()) {
      await password.fill(await passwordOf(origin, "grid"));
      await password.press("Enter");
    }
    await there.waitFor({ timeout: 30_000 });
    await phone.page.getByRole("button", { name: "现在发送" }).click();
    await arrived.waitFor({ timeout: 30_000 });
    assert.deepEqual(sent, ["photo", "entry", "entry"]);
    const after = await handedOver(phone.page.request, origin, matter);
    assert.equal(after.length, before.length + 1);
    await mustBePlain(phone.page.request, origin, matter, after[after.length - 1].fields.photo);
    await phone.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });

    const desk = await person(browser, origin, { login: "grid", width: 1440 });
    await desk.signIn();
    await desk.page.goto(`${origin}/desk/matter/${matter}`);
    await desk.page
      .getByRole("button", { name: /^照片 · / })
      .first()
      .click();
    const shown = desk.page.getByRole("dialog").locator("img");
    await shown.waitFor();
    assert.equal(await shown.evaluate((image) => image.decode().then(() => image.naturalWidth)), 1600);
    await mustBeAccessible(desk.page, "a photo of a matter");
    await desk.page.getByRole("button", { name: "关闭" }).click();
    await desk.finish();
  },

  async "a photo of the desk is sent at once, stays with a correction, and what is no picture is said"({
    browser,
    another,
  }) {
    const { origin } = await another();
    const who = await person(browser, origin, { login: "grid", width: 1440 });
    await who.signIn();
    const matter = await someMatter(who.context.request, origin);
    await who.page.goto(`${origin}/desk/enter/${matter}/serve_notice`);
    await who.page.getByRole("button", { name: "是", exact: true }).click();
    const text = { name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from("这不是照片") };
    await who.page.locator('input[type="file"]').setInputFiles(text);
    await who.page.getByText("读不了这张照片").waitFor();
    await mustBeAccessible(who.page, "no picture");
    await choose(who.page, await photoOf(who.page, 600, 400));
    await who.context.setOffline(true);
    await who.page.locator(SAVE).click();
    await who.page.getByRole("alert").waitFor();
    await who.page.locator(".photo img").waitFor(); // nothing is lost
    await who.context.setOffline(false);
    await who.page.locator(SAVE).click();
    await who.page.waitForURL(/\/desk\/matter\//);
    const [first] = (await handedOver(who.context.request, origin, matter)).slice(-1);
    await mustBePlain(who.context.request, origin, matter, first.fields.photo);
    await settled(who.page);
    await who.page.goto(`${origin}/desk/enter/${matter}/serve_notice?corrects=${first.number}`);
    await who.page.getByText("原记录的照片").waitFor();
    await who.page.locator("form label input").last().fill("补写说明");
    await mustBeAccessible(who.page, "a correction with a photo");
    await who.page.locator(SAVE).click();
    await who.page.waitForURL(/\/desk\/matter\//);
    const [second] = (await handedOver(who.context.request, origin, matter)).slice(-1);
    assert.deepEqual([second.corrects, second.fields.photo], [first.number, first.fields.photo]);
    await who.finish();
  },
};
