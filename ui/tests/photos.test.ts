// SPDX-License-Identifier: GPL-3.0-or-later
// Photos of forms: kept sealed until their entry is in, uploaded once, named by the hash that the server gave.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fitted } from "@/form/photo";
import { db } from "@/offline/db";
import { close, forget, itemOf, keep, note, openWithPin, phone } from "@/offline/phone";
import { discardWhole, hashOf, isPhoto, keepPhoto, photoOf, photosOf, withIds } from "@/offline/photos";
import { save } from "@/offline/save";
import { sendWaiting } from "@/offline/sending";
import { serve } from "./server";

const STORE_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const PIN = "741852";
const JPEG = new Blob(["照片的字节"], { type: "image/jpeg" });
const HASH = "5f".repeat(32);

let cut = false;
let refuse = false;
const puts: { url: string; body: BodyInit | null | undefined }[] = [];
const commands: Record<string, unknown>[] = [];

function answer(url: string, init?: RequestInit): Response {
  if (cut) throw new TypeError("no network");
  if (url.includes("/attachments")) {
    puts.push({ url, body: init?.body });
    return new Response(JSON.stringify({ hash: HASH, type: "image/jpeg", bytes: 3 }));
  }
  if (url.endsWith("/me")) return new Response(JSON.stringify({ person: { id: "演甲" } }));
  if (url.endsWith("/commands")) {
    commands.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
    return new Response("{}");
  }
  const { items } = JSON.parse(String(init?.body)) as { items: Record<string, unknown>[] };
  if (!refuse) commands.push(...items);
  const problem = { title: "refused_by_rule", detail: "规则不允许" };
  return new Response(
    JSON.stringify({ items: items.map(() => (refuse ? { status: 422, problem } : { status: 201 })) }),
  );
}

function entry(id: string, photo: string): Parameters<typeof save>[0] {
  return {
    id,
    command: "enter",
    body: { matter: "m1", entry: "serve_notice", fields: { read_out: true, photo } },
    matters: ["m1"],
    entry: "serve_notice",
    title: { zh: "送达", en: "Hand over" },
    whom: ["演甲"],
    form: "/field",
  };
}

beforeEach(async () => {
  cut = refuse = false;
  puts.length = commands.length = 0;
  serve(answer);
  await keep("演甲", PIN, STORE_KEY);
  phone.reached = true;
});

afterEach(async () => {
  vi.useRealTimers();
  if (phone.open) await forget();
  close();
});

describe("photos of a form", () => {
  it("lie sealed on the device, and are there again after the PIN", async () => {
    const name = await keepPhoto(JPEG);
    const record = (await db().photos.get(name))!;
    expect(new TextDecoder().decode(record.data)).not.toContain("照片");
    close();
    expect(await photoOf(name)).toBeNull();
    await openWithPin("演甲", PIN);
    const found = (await photoOf(name))!;
    expect(await found.blob.text()).toBe("照片的字节");
    expect(found.blob.type).toBe("image/jpeg");
  });

  it("go before their entry, which names them by the hash, once each, and are kept no longer", async () => {
    const name = await keepPhoto(JPEG);
    cut = true;
    expect(await save(entry("e1", name))).toBe("kept");
    expect(itemOf("e1")!.photos).toEqual([{ name, matter: "m1", bytes: JPEG.size }]);
    cut = false;
    expect(await sendWaiting()).toBe(true);
    expect(puts.map((one) => one.url)).toEqual(["/api/v1/matters/m1/attachments"]);
    expect(commands).toMatchObject([{ id: "e1", fields: { read_out: true, photo: HASH } }]);
    expect(await db().photos.count()).toBe(0);
    expect(itemOf("e1")!.state).toBe("sent");
  });

  it("stay with a form whose entry was refused, and are not sent again with the next", async () => {
    const name = await keepPhoto(JPEG);
    refuse = true;
    await expect(save(entry("e1", name))).rejects.toMatchObject({ code: "refused_by_rule" });
    expect(await photoOf(name)).not.toBeNull();
    refuse = false;
    expect(await save(entry("e2", name))).toBe("sent");
    expect(puts.length).toBe(1);
    expect(commands).toMatchObject([{ id: "e2", fields: { photo: HASH } }]);
  });

  it("go with an entry that is dropped, unless another has them", async () => {
    const name = await keepPhoto(JPEG);
    cut = true;
    await save(entry("e1", name));
    await save(entry("e2", name));
    await discardWhole("e1");
    expect(await photoOf(name)).not.toBeNull();
    await discardWhole("e2");
    expect(await db().photos.count()).toBe(0);
  });

  it("are uploaded anew to another matter", async () => {
    const name = await keepPhoto(JPEG);
    await hashOf(name, "m1");
    await hashOf(name, "m1");
    await hashOf(name, "m2");
    expect(puts.map((one) => one.url.split("/")[4])).toEqual(["m1", "m2"]);
  });

  it("that a page left behind are swept, those of a draft are not", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const [left, drafted] = [await keepPhoto(JPEG), await keepPhoto(JPEG)];
    await note("draft:enter:m1/serve_notice", { at: 1, content: { fields: { photo: drafted } } });
    close();
    vi.setSystemTime(Date.now() + 2 * 3_600_000);
    vi.advanceTimersByTime(2 * 3_600_000);
    await openWithPin("演甲", PIN);
    await vi.waitFor(async () => expect(await db().photos.count()).toBe(1));
    expect(await db().photos.get(left)).toBeUndefined();
    expect(await db().photos.get(drafted)).toBeDefined();
  });

  it("last as long as the page where the device keeps nothing", async () => {
    await forget();
    const name = await keepPhoto(JPEG);
    expect(await db().photos.count()).toBe(0);
    expect(await save(entry("e1", name))).toBe("sent");
    expect(commands).toMatchObject([{ fields: { photo: HASH } }]);
    expect(await photoOf(name)).toBeNull();
    await expect(save(entry("e2", name))).rejects.toMatchObject({ code: "photo_gone" });
  });
});

describe("what stands in a command in place of photos", () => {
  it("is told by its form, and each photo belongs to the matter of its row", async () => {
    const [one, two] = [await keepPhoto(JPEG), await keepPhoto(JPEG)];
    expect(isPhoto("photo: as typed")).toBe(false);
    const rows = [
      { matter: "m1", fields: { photo: one } },
      { matter: "m2", fields: { lines: [{ photo: two }, { photo: two }] } },
    ];
    expect(photosOf({ entry: "show", rows })).toEqual([
      { name: one, matter: "m1" },
      { name: two, matter: "m2" },
    ]);
    const hashes = new Map([[two, HASH]]);
    expect(withIds(rows[1], hashes)).toEqual({
      matter: "m2",
      fields: { lines: [{ photo: HASH }, { photo: HASH }] },
    });
  });
});

describe("how large a photo is drawn", () => {
  it("keeps its shape and is never larger than it was", () => {
    expect(fitted(4000, 3000, 1600)).toEqual([1600, 1200]);
    expect(fitted(3000, 4000, 1600)).toEqual([1200, 1600]);
    expect(fitted(800, 600, 1600)).toEqual([800, 600]);
    expect(fitted(9000, 2, 1600)).toEqual([1600, 1]);
  });
});
