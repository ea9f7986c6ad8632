// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import {
  afterRight,
  beforeTry,
  isWeakPin,
  makeLocks,
  openByPin,
  openByServer,
  seal,
  TRIES_MOST,
  unseal,
  withPin,
} from "@/offline/seal";

const SERVER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const OTHER = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";

describe("what a phone keeps", () => {
  it("opens by the PIN and by the server's key, and by no other", async () => {
    const locks = await makeLocks("account", "741852", SERVER);
    const byPin = (await openByPin(locks, "741852"))!;
    const sealed = await seal(byPin, "rows/1", { name: "演甲" });
    const byServer = (await openByServer(locks, SERVER))!;
    expect(await unseal(byServer, "rows/1", sealed)).toEqual({ name: "演甲" });
    expect(await openByPin(locks, "741853")).toBeNull();
    expect(await openByServer(locks, OTHER)).toBeNull();
    expect(byPin.extractable).toBe(false);
    expect(locks.device.extractable).toBe(false);
  });

  it("does not open as something else, nor changed", async () => {
    const locks = await makeLocks("account", "741852", SERVER);
    const key = (await openByPin(locks, "741852"))!;
    const sealed = await seal(key, "rows/1", { a: 1 });
    await expect(unseal(key, "rows/2", sealed)).rejects.toThrow();
    new Uint8Array(sealed.data)[0]! ^= 1;
    await expect(unseal(key, "rows/1", sealed)).rejects.toThrow();
  });

  it("is the same under a new PIN, and the old one opens nothing", async () => {
    const locks = await makeLocks("account", "741852", SERVER);
    const sealed = await seal((await openByPin(locks, "741852"))!, "x", 1);
    const newer = (await withPin(locks, "963852", SERVER))!;
    expect(await unseal((await openByPin(newer, "963852"))!, "x", sealed)).toBe(1);
    expect(await openByPin(newer, "741852")).toBeNull();
    expect(await withPin(locks, "963852", OTHER)).toBeNull();
  });

  it("makes whoever guesses wait longer each time, and ends after ten", async () => {
    let locks = await makeLocks("account", "741852", SERVER);
    const waits: number[] = [];
    for (let i = 0; i < TRIES_MOST + 1; i++) {
      locks = beforeTry(locks, 1000);
      waits.push(Math.max(0, locks.waitUntil - 1000) / 1000);
    }
    expect(waits).toEqual([0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 960]);
    expect(locks.pin).toBeNull();
    expect(await openByPin(locks, "741852")).toBeNull();
    expect(await openByServer(locks, SERVER)).not.toBeNull();
    expect(afterRight(locks).tries).toBe(0);
  });

  it("refuses a PIN that is tried first", () => {
    for (const weak of ["12345", "111111", "123456", "987654", "00000000"]) expect(isWeakPin(weak)).toBe(true);
    for (const good of ["741852", "112233", "135790"]) expect(isWeakPin(good)).toBe(false);
  });
});
