// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody registered without a network: who they are, where they live and what it is about go in that order, each
// with the id that the one before has made.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add, close, forget, itemOf, keep, phone } from "@/offline/phone";
import { save, type ToSave } from "@/offline/save";
import { sendWaiting, settleWith } from "@/offline/sending";
import { awaited, NOBODY, registration } from "@/offline/newcomer";
import { serve } from "./server";

const STORE_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const newcomer = { ...NOBODY, name: "演新人 ", phone: "139", dwelling: "３-301", registerId: "r1", moveId: "v1" };
const opening: ToSave = {
  id: "m1",
  command: "open_matter",
  body: { kind: "arrival", subject: awaited("r1") },
  matters: [],
  opens: "m1",
  needs: ["r1", "v1"],
  entry: "",
  title: { zh: "来京", en: "Arrival" },
  whom: ["演新人"],
  form: "/field/new/arrival",
};

let refuse = "";
const taken: Record<string, unknown>[] = [];

function answer(url: string, init?: RequestInit): Response {
  if (url.endsWith("/me")) return new Response(JSON.stringify({ person: { id: "演甲" } }));
  const { items } = JSON.parse(String(init?.body)) as { items: Record<string, unknown>[] };
  const rows = items.map((one) => {
    if (one.id === refuse) return { status: 409, problem: { title: "person_likely", detail: "已登记同名同电话的人" } };
    taken.push(one);
    return { status: 201, answer: one.command === "open_matter" ? {} : { made: `made-by-${String(one.id)}` } };
  });
  return new Response(JSON.stringify({ items: rows }));
}

beforeEach(async () => {
  refuse = "";
  taken.length = 0;
  serve(answer);
  await keep("演甲", "741852", STORE_KEY);
  for (const item of registration(newcomer, "110105001")) await add(item);
  await add(opening);
});

afterEach(async () => {
  if (phone.open) await forget();
  close();
});

describe("somebody registered without a network", () => {
  it("is registered, then moves in, then has the matter", async () => {
    expect(await sendWaiting()).toBe(true);
    expect(taken).toEqual([
      { command: "register_person", id: "r1", unit: "110105001", name: "演新人", phone: "139" },
      { command: "move_in", id: "v1", unit: "110105001", persons: ["made-by-r1"], dwelling: "3-301" },
      { command: "open_matter", id: "m1", kind: "arrival", subject: "made-by-r1" },
    ]);
  });

  it("who is refused holds back only what needs them, and keeps their place when mended", async () => {
    refuse = "r1";
    await add({ ...opening, id: "m2", opens: "m2", needs: [], body: { kind: "patrol" } });
    await sendWaiting();
    expect(taken.map((one) => one.id)).toEqual(["m2"]);
    expect([itemOf("r1")!.state, itemOf("v1")!.state, itemOf("m1")!.state]).toEqual(["refused", "waiting", "waiting"]);
    const [register] = registration(newcomer, "110105001");
    await expect(save({ ...register!, body: { ...register!.body, phone: "138" } })).rejects.toMatchObject({
      code: "person_likely",
    });
    expect(itemOf("r1")).toMatchObject({ state: "refused", body: { phone: "138" } }); // what needs it still has it
    refuse = "";
    await save({ ...register!, body: { ...register!.body, is_new: true } });
    expect(await sendWaiting()).toBe(true);
    expect(taken.map((one) => one.id)).toEqual(["m2", "r1", "v1", "m1"]);
  });

  it("who is there already is the one whom it is about", async () => {
    refuse = "r1";
    await sendWaiting();
    await settleWith("r1", "known-person");
    expect(await sendWaiting()).toBe(true);
    expect(taken).toMatchObject([
      { id: "v1", persons: ["known-person"] },
      { id: "m1", subject: "known-person" },
    ]);
  });
});
