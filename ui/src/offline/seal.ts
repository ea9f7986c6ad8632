// SPDX-License-Identifier: GPL-3.0-or-later
// What a phone keeps is sealed (AES-GCM, 256 bits) under a key of its account, which is itself kept wrapped: once under
// the PIN, once under what the server answers at each log-in. What a record is about is authenticated with it, so that
// none can stand for another.

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

interface Slot extends Sealed {
  salt: Uint8Array<ArrayBuffer>;
}

/** How the key of an account is kept. `device` cannot be exported: without this browser the PIN cannot be guessed. */
export interface Locks {
  account: string;
  device: CryptoKey;
  pin: Slot | null; // null: forgotten, or tried too often; the next log-in opens it
  server: Slot;
  rounds: number; // of PBKDF2
  tries: number; // wrong PINs since the last right one
  waitUntil: number; // by this device's clock
}

export const PIN_LEAST = 6;
export const TRIES_MOST = 10;
const FREE_TRIES = 4; // then each waits twice as long as the one before
const FIRST_WAIT_MS = 15_000;
const ROUNDS = 300_000;
const AES = { name: "AES-GCM", length: 256 };
const text = new TextEncoder();

function random(bytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

/** Whether this browser can seal at all: only on a secure connection, or on this machine itself. */
export function canSeal(): boolean {
  return typeof crypto !== "undefined" && !!crypto.subtle && typeof indexedDB !== "undefined";
}

export async function sealBytes(key: CryptoKey, about: string, plain: BufferSource): Promise<Sealed> {
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData: text.encode(about) };
  return { iv, data: await crypto.subtle.encrypt(how, key, plain) };
}

/** Throws where the key or what it is about is another. */
export function unsealBytes(key: CryptoKey, about: string, sealed: Sealed): Promise<ArrayBuffer> {
  const how = { name: "AES-GCM", iv: sealed.iv, additionalData: text.encode(about) };
  return crypto.subtle.decrypt(how, key, sealed.data);
}

export function seal(key: CryptoKey, about: string, value: unknown): Promise<Sealed> {
  return sealBytes(key, about, text.encode(JSON.stringify(value)));
}

export async function unseal<T>(key: CryptoKey, about: string, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unsealBytes(key, about, sealed))) as T;
}

// ---- the key of an account ----

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

async function keyOfPin(locks: Pick<Locks, "account" | "device" | "rounds">, salt: BufferSource, pin: string) {
  const parts = await Promise.all([
    crypto.subtle.sign("HMAC", locks.device, text.encode(locks.account)),
    crypto.subtle.sign("HMAC", locks.device, salt),
  ]);
  const salted = new Uint8Array(parts.flatMap((part) => Array.from(new Uint8Array(part))));
  const base = await crypto.subtle.importKey("raw", text.encode(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: salted, iterations: locks.rounds };
  return crypto.subtle.deriveKey(how, base, AES, false, ["wrapKey", "unwrapKey"]);
}

function keyOfServer(storeKey: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytesOf(storeKey), AES, false, ["wrapKey", "unwrapKey"]);
}

async function wrap(key: CryptoKey, under: CryptoKey, salt: Uint8Array<ArrayBuffer>): Promise<Slot> {
  const iv = random(12);
  return { salt, iv, data: await crypto.subtle.wrapKey("raw", key, under, { name: "AES-GCM", iv }) };
}

async function unwrap(slot: Slot, under: CryptoKey, extractable: boolean): Promise<CryptoKey | null> {
  try {
    const how = { name: "AES-GCM", iv: slot.iv };
    return await crypto.subtle.unwrapKey("raw", slot.data, under, how, AES, extractable, ["encrypt", "decrypt"]);
  } catch {
    return null; // another PIN, or another server
  }
}

async function wrapPin(locks: Omit<Locks, "pin">, key: CryptoKey, pin: string): Promise<Slot> {
  const salt = random(16);
  return wrap(key, await keyOfPin(locks, salt, pin), salt);
}

export async function makeLocks(account: string, pin: string, storeKey: string): Promise<Locks> {
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const device = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const server = await wrap(key, await keyOfServer(storeKey), random(16));
  const locks = { account, device, server, rounds: ROUNDS, tries: 0, waitUntil: 0 };
  return { ...locks, pin: await wrapPin(locks, key, pin) };
}

export async function openByPin(locks: Locks, pin: string): Promise<CryptoKey | null> {
  return locks.pin && unwrap(locks.pin, await keyOfPin(locks, locks.pin.salt, pin), false);
}

export async function openByServer(locks: Locks, storeKey: string): Promise<CryptoKey | null> {
  return unwrap(locks.server, await keyOfServer(storeKey), false);
}

/** The locks with another PIN; null where the server's key does not open them. */
export async function withPin(locks: Locks, pin: string, storeKey: string): Promise<Locks | null> {
  const key = await unwrap(locks.server, await keyOfServer(storeKey), true);
  return key && { ...locks, pin: await wrapPin(locks, key, pin), tries: 0, waitUntil: 0 };
}

/** As they are to be stored before a PIN is tried, so that ending the page does not give the try back. */
export function beforeTry(locks: Locks, nowMs: number): Locks {
  const tries = locks.tries + 1;
  const wait = tries > FREE_TRIES ? FIRST_WAIT_MS * 2 ** (tries - FREE_TRIES - 1) : 0;
  return { ...locks, tries, waitUntil: nowMs + wait, pin: tries > TRIES_MOST ? null : locks.pin };
}

export function afterRight(locks: Locks): Locks {
  return { ...locks, tries: 0, waitUntil: 0 };
}

/** A PIN that anybody tries first: one digit, or digits in a row. */
export function isWeakPin(pin: string): boolean {
  if (pin.length < PIN_LEAST) return true;
  const steps = new Set(Array.from(pin.slice(1), (digit, i) => digit.charCodeAt(0) - pin.charCodeAt(i)));
  return steps.size === 1 && Math.abs([...steps][0]!) <= 1;
}
