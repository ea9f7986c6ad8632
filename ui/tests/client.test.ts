// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, describe, expect, it, vi } from "vitest";
import { call, callAll, Problem, query, setHooks } from "@/api/client";
import { clockOffset, learnOffset, learnServerTime, serverNow } from "@/api/clock";
import { uuid7 } from "@/api/uuid";
import { serve } from "./server";

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
}

function answers(...given: (Response | Error)[]): string[] {
  const asked: string[] = [];
  serve((url) => {
    asked.push(url);
    const next = given.shift();
    if (next instanceof Error) throw next;
    return next!;
  });
  return asked;
}

describe("asking the server", () => {
  it("tells a problem with its fields", async () => {
    answers(
      answer(422, {
        title: "above_maximum",
        detail: "高于最大值 43 °C",
        errors: [{ code: "above_maximum", field: "rows[0].fields.temperature", detail: "高于最大值 43 °C" }],
      }),
    );
    const problem = await call("/rounds", { method: "POST", body: {} }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).errors).toEqual([
      { code: "above_maximum", field: "rows[0].fields.temperature", detail: "高于最大值 43 °C" },
    ]);
  });
  it("does not know what became of it where no answer comes", async () => {
    answers(new TypeError("Failed to fetch"));
    const problem = (await call("/tasks").catch((error: unknown) => error)) as Problem;
    expect([problem.status, problem.code]).toEqual([0, "no_answer"]);
  });
  it("tries again where the server is busy, then gives up", async () => {
    vi.useFakeTimers();
    const busy = (): Response => answer(503, { title: "queue_full", detail: "", errors: [] }, { "Retry-After": "1" });
    const asked = answers(busy(), busy(), answer(200, { ok: true }));
    const done = call("/tasks");
    await vi.runAllTimersAsync();
    expect(await done).toEqual({ ok: true });
    expect(asked.length).toBe(3);
    answers(busy(), busy(), busy(), busy());
    const failed = call("/tasks").catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(((await failed) as Problem).code).toBe("queue_full");
    vi.useRealTimers();
  });
  it("says once that the session has ended, but not of a failed sign-in", async () => {
    const lost = vi.fn();
    setHooks({ sessionLost: lost });
    const out = (): Response => answer(401, { title: "not_logged_in", detail: "", errors: [] });
    answers(out());
    await call("/tasks").catch(() => {});
    expect(lost).toHaveBeenCalledTimes(1);
    answers(answer(401, { title: "wrong_credentials", detail: "", errors: [] }));
    await call("/session", { method: "POST", body: {} }).catch(() => {});
    answers(out());
    await call("/me", { quiet401: true }).catch(() => {});
    expect(lost).toHaveBeenCalledTimes(1);
  });
  it("names for whom the page was read, except to sign in or out and to whoever holds a link", async () => {
    const another = vi.fn();
    setHooks({ person: () => "p1", sessionOfAnother: another });
    const named: (string | undefined)[] = [];
    serve((_, init) => {
      named.push((init!.headers as Record<string, string>)["Lianfang-Person"]);
      return answer(409, { title: "session_of_another", detail: "", errors: [] });
    });
    for (const path of ["/commands", "/tasks", "/session"]) await call(path).catch(() => {});
    await call("/resident", { link: "token" }).catch(() => {});
    expect(named).toEqual(["p1", "p1", undefined, undefined]);
    expect(another).toHaveBeenCalledTimes(4);
    setHooks({ person: () => "" });
  });
  it("tells what somebody has just done themselves, which is no news to them", async () => {
    const wrote = vi.fn();
    setHooks({ wrote });
    answers(answer(200, {}), answer(200, {}), answer(204, null), answer(422, { title: "x", detail: "", errors: [] }));
    await call("/tasks");
    await call("/persons/search", { method: "POST", body: {} });
    expect(wrote).toHaveBeenCalledTimes(0);
    await call("/matters/m/claim", { method: "POST", body: {} });
    expect(wrote).toHaveBeenCalledTimes(1);
    await call("/commands", { method: "POST", body: {} }).catch(() => {});
    expect(wrote).toHaveBeenCalledTimes(1);
  });
  it("walks all pages, and says where it stopped", async () => {
    const asked = answers(answer(200, { data: [1, 2], next: "x y" }), answer(200, { data: [3], next: null }));
    expect(await callAll("/tasks?limit=2", 10)).toEqual({ rows: [1, 2, 3], whole: true });
    expect(asked[1]).toBe("/api/v1/tasks?limit=2&cursor=x%20y");
    answers(answer(200, { data: [1, 2], next: "more" }));
    expect(await callAll("/tasks", 2)).toEqual({ rows: [1, 2], whole: false });
  });
  it("leaves out what was not asked", () => {
    expect(query({ kind: "case", state: undefined, q: "" })).toBe("?kind=case");
    expect(query({ a: undefined })).toBe("");
    expect(query({ q: "甲 & 乙" })).toBe("?q=%E7%94%B2+%26+%E4%B9%99");
  });
});

describe("ids of commands", () => {
  it("are of version 7, by the server's time although the phone's is a day wrong", async () => {
    const server = Date.now() + 86_400_000;
    answers(answer(200, {}, { Date: new Date(server).toUTCString() }));
    await call("/me");
    expect(Math.abs(serverNow() - server)).toBeLessThan(2000);
    const id = uuid7();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Math.abs(parseInt(id.replace("-", "").slice(0, 12), 16) - server)).toBeLessThan(2000);
  });
  it("are never the same", () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuid7(1))).size).toBe(1000);
  });
});

describe("the server's time", () => {
  const HOUR = 3_600_000;
  const START = Date.parse("2020-02-03T08:00:00Z");

  /** Both clocks of a device, which tests move by themselves. */
  function clocks(): { device: number; monotonic: number } {
    const at = { device: START - 24 * HOUR, monotonic: 1000 }; // the device's is a day slow
    vi.spyOn(Date, "now").mockImplementation(() => at.device);
    vi.spyOn(performance, "now").mockImplementation(() => at.monotonic);
    return at;
  }
  afterEach(() => vi.restoreAllMocks());

  it("goes on while the phone sleeps, when the monotonic clock stands still", () => {
    const at = clocks();
    learnServerTime(new Date(START).toUTCString());
    at.device += 8 * HOUR;
    expect(serverNow()).toBe(START + 8 * HOUR);
    expect(clockOffset()).toBe(24 * HOUR);
  });
  it("does not go back with the device's clock", () => {
    const at = clocks();
    learnServerTime(new Date(START).toUTCString());
    at.monotonic += HOUR;
    at.device -= 5 * HOUR;
    expect(serverNow()).toBe(START + HOUR);
  });
  it("is known at a start without a network, from how far it was before the device's clock", () => {
    const at = clocks();
    learnOffset(24 * HOUR);
    at.device += HOUR;
    at.monotonic += HOUR;
    expect(serverNow()).toBe(START + HOUR);
  });
});
