// SPDX-License-Identifier: GPL-3.0-or-later
// The phone's store over a real IndexedDB (of memory) and a server of three answers.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { db, lastStore } from "@/offline/db";
import { cutNetwork, serve } from "./server";
import {
  add,
  close,
  discard,
  expire,
  forget,
  items,
  keep,
  leave,
  noted,
  openWithPin,
  openWithServer,
  phone,
  refresh,
  rows,
} from "@/offline/phone";
import { sendWaiting } from "@/offline/sending";

const STORE_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const PIN = "741852";
const HOUR = 3_600_000;

let me = "演甲的编号";
let data: { digest: string; matter: { id: string; kind: string; playbook?: string } }[] = [];
let asked: string[] = [];
let gone: string[] = [];
let sent: string[] = [];

function row(digest: string, id: string): (typeof data)[number] {
  return { digest, matter: { id, kind: "home" }, tasks: [], acts: [], entries: [] } as never;
}

function answer(url: string, init?: RequestInit): unknown {
  if (url.includes("/kinds/")) asked.push(url.slice(url.indexOf("/kinds/")));
  if (url.includes("/snapshot"))
    return { at: new Date().toISOString(), person: me, playbook: "1", whole: true, gone, data };
  if (url.endsWith("/kinds")) return { data: [] };
  if (url.endsWith("/me")) return { person: { id: me } };
  if (url.endsWith("/batch")) {
    const { items: given } = JSON.parse(String(init?.body)) as { items: { id: string }[] };
    sent.push(...given.map((one) => one.id));
    return { items: given.map(() => ({ status: 201, answer: {} })) };
  }
  return { name: "home", of: url.slice(url.indexOf("/kinds/")) };
}

const entry = {
  command: "enter",
  body: { temperature: "36.5" },
  matters: ["m1"],
  entry: "check_in",
  title: { zh: "体温", en: "Reading" },
  whom: ["演甲"],
  form: "/field",
};

beforeEach(async () => {
  me = "演甲的编号";
  data = [row("d1", "m1"), row("d2", "m2")];
  gone = [];
  sent = [];
  asked = [];
  serve((url, init) => new Response(JSON.stringify(answer(url, init))));
  await keep(me, PIN, STORE_KEY);
  await refresh();
});

afterEach(async () => {
  vi.useRealTimers();
  close();
  await db().store.clear();
  await db().rows.clear();
  await db().notes.clear();
  await db().queue.clear();
});

describe("what a phone keeps", () => {
  it("is there again after the PIN, and not after another", async () => {
    close();
    expect(rows.value.size).toBe(0);
    expect(await openWithPin(me, "852741")).toMatchObject({ open: false, spent: false });
    expect(await openWithPin(me, PIN)).toEqual({ open: true });
    expect([...rows.value.keys()].sort()).toEqual(["m1", "m2"]);
  });

  it("is not reached by an answer that comes when the network has gone", async () => {
    expect(phone.reached).toBe(true);
    serve((url, init) => {
      cutNetwork();
      return new Response(JSON.stringify(answer(url, init)));
    });
    await refresh();
    expect(phone.reached).toBe(false);
  });
  it("follows the server: changed rows stand for the old ones, and what is gone goes from the disk, too", async () => {
    data = [row("d3", "m1")];
    gone = ["d1", "d2"];
    await refresh();
    expect([...rows.value.values()].map((one) => one.digest)).toEqual(["d3"]);
    expect((await db().rows.toArray()).map((one) => one.digest)).toEqual(["d3"]);
  });

  it("has each kind in the version that its matters follow, once", async () => {
    expect(asked).toEqual(["/kinds/home"]);
    const older = row("d3", "m3");
    older.matter.playbook = "0";
    data = [older, ...["d4", "d5"].map((digest, i) => row(digest, `m${i + 4}`))];
    data[1]!.matter.playbook = "1"; // the one in force
    await refresh();
    await refresh();
    expect(asked).toEqual(["/kinds/home", "/kinds/home?version=0"]);
    expect(await noted("kind:/kinds/home?version=0")).toMatchObject({ of: "/kinds/home?version=0" });
    expect(await noted("kind:/kinds/home")).toMatchObject({ of: "/kinds/home" });
  });

  it("is deleted after 72 hours without the server, but for what was not sent", async () => {
    await add({ ...entry, id: "e1" });
    close();
    vi.useFakeTimers({ toFake: ["Date", "performance"], now: Date.now() + 71 * HOUR });
    expect(await openWithServer(me, STORE_KEY)).toBe(true);
    expect(rows.value.size).toBe(2);
    close();
    vi.setSystemTime(Date.now() + 2 * HOUR);
    vi.advanceTimersByTime(2 * HOUR);
    expect(await openWithPin(me, PIN)).toEqual({ open: true });
    expect(rows.value.size).toBe(0);
    expect(await db().rows.count()).toBe(0);
    expect(items.value.map((one) => one.id)).toEqual(["e1"]);
  });

  it("is deleted then also where the page stays open", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"], now: Date.now() + 71 * HOUR });
    await expire();
    expect(rows.value.size).toBe(2);
    vi.setSystemTime(Date.now() + 2 * HOUR);
    await expire();
    expect(rows.value.size).toBe(0);
    expect(await db().rows.count()).toBe(0);
  });

  it("shows nothing after signing out, and sends what waited after the next sign-in", async () => {
    await add({ ...entry, id: "e1" });
    await leave();
    expect(await lastStore()).toBeNull();
    expect(await db().rows.count()).toBe(0);
    expect(await openWithServer(me, STORE_KEY)).toBe(true);
    expect(await sendWaiting()).toBe(true);
    expect(sent).toEqual(["e1"]);
    expect(items.value[0]).toMatchObject({ state: "sent", body: {} });
  });

  it("neither takes nor sends anything where somebody else has signed in", async () => {
    await add({ ...entry, id: "e1" });
    me = "演乙的编号";
    data = [row("d9", "m9")];
    await refresh();
    expect(rows.value.has("m9")).toBe(false);
    expect(await sendWaiting()).toBe(false);
    expect(sent).toEqual([]);
  });

  it("is not opened by another server's key, and leaves nothing when it ends", async () => {
    const other = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";
    close();
    expect(await openWithServer(me, other)).toBe(false);
    expect(phone.open).toBe(false);
    await openWithServer(me, STORE_KEY);
    await add({ ...entry, id: "e1" });
    await forget();
    expect([await db().store.count(), await db().rows.count(), await db().queue.count()]).toEqual([0, 0, 0]);
  });

  it("keeps the order, and what is discarded is gone", async () => {
    for (const id of ["e1", "e2", "e3"]) await add({ ...entry, id });
    await discard("e2");
    await sendWaiting();
    expect(sent).toEqual(["e1", "e3"]);
  });
});
