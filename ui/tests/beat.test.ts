// SPDX-License-Identifier: GPL-3.0-or-later
import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { db } from "@/offline/db";
import { meet, startBeat } from "@/offline/beat";
import { close, keep, phone } from "@/offline/phone";
import { session } from "@/session/session";
import { lookAtPage, serve } from "./server";

const STORE_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const ME = "演甲的编号";
let asked = 0;

function answer(url: string): unknown {
  asked++;
  if (url.includes("/snapshot"))
    return { at: new Date().toISOString(), person: ME, playbook: "1", whole: true, gone: [], data: [] };
  return url.endsWith("/kinds") ? { data: [] } : { person: { id: ME } };
}

beforeEach(async () => {
  serve((url) => new Response(JSON.stringify(answer(url))));
  await keep(ME, "741852", STORE_KEY);
  session.state = "in";
  await meet(true);
});

afterEach(async () => {
  vi.useRealTimers();
  close();
  await db().store.clear();
});

it("asks again by itself where the first call after a cut failed and nothing waits", async () => {
  const page = lookAtPage();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  startBeat();
  serve(() => Promise.reject(new TypeError("no network yet")));
  page.dispatchEvent(new Event("online"));
  await vi.waitFor(() => expect(phone.reached).toBe(false));
  serve((url) => new Response(JSON.stringify(answer(url))));
  asked = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.waitFor(() => expect(phone.reached).toBe(true));
  expect(asked).toBeGreaterThan(0);
});
