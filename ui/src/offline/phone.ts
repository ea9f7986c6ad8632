// SPDX-License-Identifier: GPL-3.0-or-later
// What this phone keeps for whoever is signed in: rows of their matters, and what they entered and could not send.

import { computed, reactive, shallowRef } from "vue";
import { call, Problem, query } from "@/api/client";
import { clockOffset, learnOffset, serverNow } from "@/api/clock";
import type { Act, Entry, Kind, Matter, Task } from "@/api/types";
import { hasNetwork } from "@/base/network";
import { db, type StoreRecord } from "./db";
import { bySeq, type Item, type Shelf } from "./queue";
import { afterRight, beforeTry, makeLocks, openByPin, openByServer, seal, unseal, withPin } from "./seal";

const OFFLINE_MS = 72 * 3_600_000; // as long as what is kept may be read without having asked the server
const TIMEOUT_MS = 20_000;
const SENT_SHOWN_MS = 24 * 3_600_000;

export interface Row {
  digest: string;
  matter: Matter;
  tasks: Task[];
  acts: Act[];
  entries: Entry[];
}

interface Snapshot {
  at: string;
  person: string;
  playbook: string | null;
  whole: boolean;
  gone: string[];
  data: Row[];
}

export const phone = reactive({
  open: false,
  at: 0, // when the rows were last compared with the server's, by its clock
  whole: true,
  sending: false,
  reached: true, // the server answered when it was last asked
  reachedAt: 0,
  lasting: true, // the browser has promised not to clear it by itself
});
export const rows = shallowRef<ReadonlyMap<string, Row>>(new Map()); // by id of the matter
export const items = shallowRef<readonly Item[]>([]);

let key: CryptoKey | null = null;
let store: StoreRecord | null = null;

export const waiting = computed(() => items.value.filter((item) => item.state === "waiting"));
export const refused = computed(() => items.value.filter((item) => item.state === "refused"));

/** An answer that was under way when the network went was still an answer; but nothing is reached any more. */
function reached(yes: boolean): void {
  phone.reached = yes && hasNetwork();
  if (yes) phone.reachedAt = serverNow();
}

/** A call that tells whether the server could be reached. */
export async function ask<T>(path: string, options: Parameters<typeof call>[1] = {}): Promise<T> {
  try {
    const answer = await call<T>(path, { timeoutMs: TIMEOUT_MS, ...options });
    reached(true);
    return answer;
  } catch (error) {
    if (error instanceof Problem) reached(error.status !== 0);
    throw error;
  }
}

// ---- the store ----

export function about(table: string, id: string): string {
  return `${store!.account}/${table}/${id}`;
}

/** What seals, and for whom; null: nothing is open. */
export function keyOf(): { key: CryptoKey; account: string } | null {
  return key && store && { key, account: store.account };
}

async function change(part: Partial<StoreRecord>): Promise<void> {
  store = { ...store!, ...part };
  await db().store.put(store);
}

export async function note<T>(name: string, value: T): Promise<void> {
  if (key && store)
    await db().notes.put({ account: store.account, name, ...(await seal(key, about("notes", name), value)) });
}

export async function noted<T>(name: string): Promise<T | null> {
  if (!key || !store) return null;
  const found = await db().notes.get([store.account, name]);
  return found ? unseal<T>(key, about("notes", name), found) : null;
}

export async function unnote(name: string): Promise<void> {
  if (store) await db().notes.delete([store.account, name]);
}

async function readRows(): Promise<void> {
  const found = await db().rows.where("account").equals(store!.account).toArray();
  const opened = await Promise.all(found.map((one) => unseal<Row>(key!, about("rows", one.digest), one)));
  rows.value = new Map(opened.map((row) => [row.matter.id, row]));
}

// ---- other tabs with the same store ----

const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("lianfang-phone");
if (tabs)
  tabs.onmessage = ({ data }: MessageEvent<{ account: string; what: "rows" | "items" }>) => {
    if (!phone.open || data.account !== store?.account) return;
    void (data.what === "rows" ? readStore() : readItems());
  };

function tellTabs(what: "rows" | "items"): void {
  tabs?.postMessage({ account: store!.account, what });
}

/** What another tab has read anew. */
async function readStore(): Promise<void> {
  const record = await db().store.get(store!.account);
  if (!record || !key) return;
  store = { ...store!, at: record.at, whole: record.whole };
  await readRows();
  phone.at = record.at;
  phone.whole = record.whole;
}

export async function readItems(): Promise<void> {
  const found = await db().queue.where("account").equals(store!.account).toArray();
  const opened = await Promise.all(found.map((one) => unseal<Item>(key!, about("queue", one.id), one)));
  const needed = new Set(opened.flatMap((item) => (item.state === "sent" ? [] : (item.needs ?? []))));
  const isOld = ({ id, state, sentAt }: Item): boolean =>
    state === "sent" && (sentAt ?? 0) < serverNow() - SENT_SHOWN_MS && !needed.has(id);
  const old = opened.filter(isOld);
  await db().queue.bulkDelete(old.map((item) => item.id));
  items.value = bySeq(opened.filter((item) => !old.includes(item)));
}

async function wipeRead(account: string): Promise<void> {
  await db().transaction("rw", db().rows, db().notes, async () => {
    await db().rows.where("account").equals(account).delete();
    await db().notes.where("account").equals(account).delete();
  });
}

/** What was read may be read so long without having asked the server; what waits to be sent stays. */
export async function expire(): Promise<void> {
  if (!store || store.at === 0 || serverNow() - store.at <= OFFLINE_MS) return;
  await wipeRead(store.account);
  await change({ at: 0 });
  rows.value = new Map();
  phone.at = 0;
}

async function begin(opened: StoreRecord, its: CryptoKey): Promise<void> {
  key = its;
  store = opened;
  if (clockOffset() === null) learnOffset(opened.offsetMs);
  await expire();
  await change({ usedAt: Date.now(), left: false });
  await Promise.all([readRows(), readItems()]);
  phone.at = store.at;
  phone.whole = store.whole;
  phone.lasting = (await navigator.storage?.persist?.()) ?? false;
  phone.open = true;
}

export function close(): void {
  key = null;
  store = null;
  rows.value = new Map();
  items.value = [];
  phone.open = false;
}

/** What opening by PIN came to; `wait`: milliseconds until the next try; `spent`: sign in with the password. */
export type Opening = { open: true } | { open: false; tried: boolean; wait: number; spent: boolean };

/** How long nothing is tried yet, in milliseconds. */
export async function waitOfPin(account: string): Promise<number> {
  return Math.max(0, ((await db().store.get(account))?.locks.waitUntil ?? 0) - Date.now());
}

export async function openWithPin(account: string, pin: string): Promise<Opening> {
  const record = await db().store.get(account);
  if (!record?.locks.pin) return { open: false, tried: false, wait: 0, spent: true };
  const wait = record.locks.waitUntil - Date.now();
  if (wait > 0) return { open: false, tried: false, wait, spent: false };
  const locks = beforeTry(record.locks, Date.now());
  await db().store.put({ ...record, locks });
  const opened = locks.pin && (await openByPin(locks, pin));
  if (!opened) return { open: false, tried: true, wait: Math.max(0, locks.waitUntil - Date.now()), spent: !locks.pin };
  const right = { ...record, locks: afterRight(locks) };
  await db().store.put(right);
  await begin(right, opened);
  return { open: true };
}

/** After a log-in. False: nothing is kept for the account on this device. */
export async function openWithServer(account: string, storeKey: string): Promise<boolean> {
  const record = await db().store.get(account);
  const opened = record && (await openByServer(record.locks, storeKey));
  if (!record || !opened) return false;
  await begin(record, opened);
  return true;
}

export function hasPin(): boolean {
  return store?.locks.pin != null;
}

/** Begins to keep, or changes the PIN. False: what is kept here is not opened by this server. */
export async function keep(account: string, pin: string, storeKey: string): Promise<boolean> {
  const record = await db().store.get(account);
  if (record) {
    const locks = await withPin(record.locks, pin, storeKey);
    if (!locks) return false;
    await db().store.put({ ...record, locks });
    if (!phone.open) return openWithServer(account, storeKey);
    store = { ...store!, locks };
    return true;
  }
  const locks = await makeLocks(account, pin, storeKey);
  const made = { account, locks, usedAt: Date.now(), offsetMs: clockOffset() ?? 0, at: 0, whole: true, left: false };
  await db().store.put(made);
  return openWithServer(account, storeKey);
}

/** Whoever signs out leaves nothing to read; what was not sent stays, sealed. */
export async function leave(): Promise<void> {
  if (!store) return;
  const { account } = store;
  await change({ at: 0, left: true });
  close();
  await wipeRead(account);
}

/** Nothing is left, not even what waits. */
export async function forget(): Promise<void> {
  if (!store) return;
  const { account } = store;
  close();
  await wipeRead(account);
  await db().queue.where("account").equals(account).delete();
  await db().photos.where("account").equals(account).delete();
  await db().store.delete(account);
}

// ---- what is read ----

export function kindPath(name: string, version?: string): string {
  return `/kinds/${encodeURIComponent(name)}${version === undefined ? "" : query({ version })}`;
}

/** The kinds that one's posts have to do with, once a version of the playbook, and any other that a matter is of. */
async function keepKinds(playbook: string | null): Promise<void> {
  const kept = await noted<{ playbook: string | null; paths?: string[] }>("kinds");
  const have = kept && kept.playbook === playbook ? (kept.paths ?? null) : null;
  const own = have ? [] : (await ask<{ data: { name: string }[] }>("/kinds")).data.map((kind) => kindPath(kind.name));
  const others = [...rows.value.values()].map(({ matter }) =>
    kindPath(matter.kind, matter.playbook === playbook ? undefined : matter.playbook),
  );
  const missing = [...new Set([...own, ...others])].filter((path) => !have?.includes(path));
  for (const path of missing) await note(`kind:${path}`, await ask<Kind>(path));
  if (missing.length > 0 || !have) await note("kinds", { playbook, paths: [...(have ?? []), ...missing] });
}

async function apply(snapshot: Snapshot): Promise<void> {
  const sealed = await Promise.all(
    snapshot.data.map(async (row) => ({
      account: store!.account,
      digest: row.digest,
      ...(await seal(key!, about("rows", row.digest), row)),
    })),
  );
  const { account } = store!;
  const came = new Set(snapshot.data.map((row) => row.matter.id));
  const gone = new Set(snapshot.gone);
  for (const row of rows.value.values()) if (came.has(row.matter.id)) gone.add(row.digest);
  const next = new Map([...rows.value].filter(([, row]) => !gone.has(row.digest)));
  for (const row of snapshot.data) next.set(row.matter.id, row);
  const kept = {
    ...store!,
    at: Date.parse(snapshot.at),
    whole: snapshot.whole,
    offsetMs: clockOffset() ?? store!.offsetMs,
  };
  await db().transaction("rw", db().rows, db().store, async () => {
    await db().rows.bulkDelete([...gone].map((digest): [string, string] => [account, digest]));
    await db().rows.bulkPut(sealed);
    await db().store.put(kept);
  });
  store = kept;
  rows.value = next;
  phone.at = kept.at;
  phone.whole = kept.whole;
  tellTabs("rows");
}

let refreshing: Promise<void> | null = null;

async function refreshOnce(): Promise<void> {
  const have = [...rows.value.values()].map((row) => row.digest).join(",");
  const snapshot = await ask<Snapshot>(`/snapshot${query({ have })}`);
  if (!phone.open || snapshot.person !== store!.account) return; // locked meanwhile, or somebody else has signed in
  await apply(snapshot);
  await keepKinds(snapshot.playbook);
}

/** Compares what is kept with the server: what has changed comes, what is no longer theirs goes. One at a time. */
export function refresh(): Promise<void> {
  refreshing ??= refreshOnce().finally(() => (refreshing = null));
  return refreshing;
}

// ---- what waits ----

export const shelf: Shelf = {
  all: () => Promise.resolve([...items.value]),
  async put(item) {
    const sealed = await seal(key!, about("queue", item.id), item);
    await db().queue.put({ id: item.id, account: store!.account, seq: item.seq, state: item.state, ...sealed });
    items.value = bySeq([...items.value.filter((one) => one.id !== item.id), item]);
    tellTabs("items");
  },
};

/** Kept before it returns. Its id was made with its form, so that saving it twice is saving it once, at its place. */
export async function add(item: Omit<Item, "seq" | "state" | "madeAt">): Promise<void> {
  const { account } = store!;
  const last = await db().queue.where("[account+seq]").between([account, 0], [account, Infinity]).last();
  const plain = JSON.parse(JSON.stringify(item)) as typeof item; // what a form holds may still change
  const seq = itemOf(item.id)?.seq ?? (last?.seq ?? 0) + 1; // refused and mended: what needs it stays behind it
  await shelf.put({ ...plain, seq, state: "waiting", madeAt: serverNow() });
}

export async function discard(id: string): Promise<void> {
  await db().queue.delete(id);
  items.value = items.value.filter((item) => item.id !== id);
  tellTabs("items");
}

export function itemOf(id: string): Item | undefined {
  return items.value.find((item) => item.id === id);
}
