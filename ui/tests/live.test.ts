// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hints } from "@/base/live";

class FakeSource {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  private readonly heard = new Map<string, (event: unknown) => void>();
  constructor(readonly url: string) {
    FakeSource.opened.push(this);
  }
  addEventListener(name: string, listener: (event: unknown) => void): void {
    this.heard.set(name, listener);
  }
  tell(name: string, lastEventId: string, data: unknown): void {
    this.heard.get(name)?.({ lastEventId, data: JSON.stringify(data) });
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.();
  }
  close(): void {
    this.closed = true;
  }
}

function newest(): FakeSource {
  return FakeSource.opened[FakeSource.opened.length - 1]!;
}

/** One lock of a browser: whoever asks waits for the one before; and a channel between tabs. */
function fakeBrowser(): void {
  let before: Promise<unknown> = Promise.resolve();
  const channels: { onmessage: ((event: unknown) => void) | null }[] = [];
  vi.stubGlobal("navigator", {
    locks: {
      request: (_name: string, options: { signal: AbortSignal }, lead: () => Promise<void>) => {
        const turn = before.then(() => (options.signal.aborted ? undefined : lead()));
        before = turn.catch(() => undefined);
        return turn;
      },
    },
  });
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      onmessage: ((event: unknown) => void) | null = null;
      constructor() {
        channels.push(this);
      }
      postMessage(data: unknown): void {
        for (const channel of channels) if (channel !== this) channel.onmessage?.({ data });
      }
      close(): void {
        channels.splice(channels.indexOf(this), 1);
      }
    },
  );
}

/** A module of its own, as every tab has. */
async function tab(): Promise<typeof import("@/base/live") & { heard: Hints[] }> {
  vi.resetModules();
  const live = await import("@/base/live");
  const heard: Hints[] = [];
  live.onHints((hints) => heard.push(hints));
  return { ...live, heard };
}

beforeEach(() => {
  FakeSource.opened = [];
  vi.stubGlobal("EventSource", FakeSource);
  vi.stubGlobal("navigator", {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("hints", () => {
  it("come in full, whatever was left out", async () => {
    const one = await tab();
    one.setLive(true);
    newest().tell("hints", "a", { tasks: ["p1"] });
    newest().tell("reload", "b", {});
    expect(one.heard).toEqual([
      { matters: [], tasks: ["p1"], alerts: [], figures: [], more: false, reload: false },
      { matters: [], tasks: [], alerts: [], figures: [], more: false, reload: true },
    ]);
  });
  it("end with the session, and go on where they were after it", async () => {
    const one = await tab();
    one.setLive(true);
    expect(newest().url).toBe("/api/v1/events");
    newest().tell("hints", "a b", {});
    one.setLive(false);
    expect(newest().closed).toBe(true);
    one.setLive(true);
    expect(newest().url).toBe("/api/v1/events?after=a%20b");
  });
  it("are asked for again after a refusal, later and later; a broken line the browser mends", async () => {
    vi.useFakeTimers();
    const one = await tab();
    one.setLive(true);
    newest().fail(0);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(FakeSource.opened.length).toBe(1);
    newest().fail(FakeSource.CLOSED);
    await vi.advanceTimersByTimeAsync(1_400);
    expect(FakeSource.opened.length).toBe(1);
    await vi.advanceTimersByTimeAsync(3_200);
    expect(FakeSource.opened.length).toBe(2);
    for (let i = 0; i < 6; i++) {
      newest().fail(FakeSource.CLOSED);
      await vi.advanceTimersByTimeAsync(90_000);
    }
    expect(FakeSource.opened.length).toBe(8);
    one.setLive(false);
    newest().fail(FakeSource.CLOSED);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(FakeSource.opened.length).toBe(8);
  });
});

describe("one tab of many", () => {
  it("keeps the connection; all hear; the next goes on where it ended", async () => {
    fakeBrowser();
    const one = await tab();
    const two = await tab();
    one.setLive(true);
    two.setLive(true);
    await vi.waitFor(() => expect(FakeSource.opened.length).toBe(1));
    newest().tell("hints", "a", { alerts: ["p1"] });
    expect([one.heard.length, two.heard.length]).toEqual([1, 1]);
    one.setLive(false);
    await vi.waitFor(() => expect(FakeSource.opened.length).toBe(2));
    expect(newest().url).toBe("/api/v1/events?after=a");
    newest().tell("hints", "b", { alerts: ["p1"] });
    expect([one.heard.length, two.heard.length]).toEqual([1, 2]);
  });
});
