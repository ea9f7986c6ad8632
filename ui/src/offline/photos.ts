// SPDX-License-Identifier: GPL-3.0-or-later
// Photos of a form until the server has them. A form names one by a text of its own, in whose place the hash stands
// that the server answers. Where this device keeps anything they lie there, sealed, until their entry is sent or
// dropped; else they last as long as the page.

import { watch } from "vue";
import { call, type Options } from "@/api/client";
import { serverNow } from "@/api/clock";
import { uuid7 } from "@/api/uuid";
import { db } from "./db";
import { about, discard, itemOf, items, keyOf, noted, phone } from "./phone";
import { HELD_MS, type QueuedPhoto } from "./queue";
import { seal, sealBytes, unseal, unsealBytes } from "./seal";

/** What the server has of it: in the one matter, under the hash, for a while (it goes when no entry names it). */
interface Sent {
  matter: string;
  hash: string;
  at: number;
}
interface Meta {
  type: string;
  sent?: Sent;
}
interface Photo {
  blob: Blob;
  sent?: Sent;
}

const NAME = /^photo:[0-9a-f-]{36}$/;
const YOUNG_MS = 3_600_000; // so long a photo may be in no draft yet
const UPLOAD_MS = 120_000;

const memory = new Map<string, Photo>();

export function isPhoto(value: unknown): value is string {
  return typeof value === "string" && NAME.test(value);
}

/** The photos that a value names, at whatever depth, each once. */
export function photosIn(value: unknown): string[] {
  if (isPhoto(value)) return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...new Set(Object.values(value).flatMap(photosIn))];
}

/** The same with what the server calls it in place of each name that stands for it. */
export function withIds<T>(value: T, ids: ReadonlyMap<string, string>): T {
  if (typeof value === "string") return (ids.get(value) ?? value) as T;
  if (Array.isArray(value)) return value.map((one) => withIds<unknown>(one, ids)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withIds<unknown>(one, ids)])) as T;
}

interface Row {
  matter: string;
}

/** Each photo of a command with the matter that it belongs to: a round has several. */
export function photosOf(body: Record<string, unknown>): { name: string; matter: string }[] {
  const rows = (Array.isArray(body.rows) ? body.rows : [body]) as Row[];
  return rows.flatMap((row) => photosIn(row).map((name) => ({ name, matter: row.matter })));
}

// ---- kept ----

async function write(name: string, { blob, sent }: Photo): Promise<void> {
  const key = keyOf();
  if (!key) {
    memory.set(name, { blob, ...(sent ? { sent } : {}) });
    return;
  }
  const bytes = await sealBytes(key.key, about("photos", name), await blob.arrayBuffer());
  const meta = await seal(key.key, about("photos-meta", name), { type: blob.type, sent });
  await db().photos.put({ id: name, account: key.account, madeAt: serverNow(), meta, ...bytes });
  memory.delete(name);
}

export async function keepPhoto(blob: Blob): Promise<string> {
  const name = `photo:${uuid7()}`;
  await write(name, { blob });
  return name;
}

export async function photoOf(name: string): Promise<Photo | null> {
  const held = memory.get(name);
  const key = keyOf();
  if (held || !key) return held ?? null;
  const found = await db().photos.get(name);
  if (!found || found.account !== key.account) return null;
  const meta = await unseal<Meta>(key.key, about("photos-meta", name), found.meta);
  const blob = new Blob([await unsealBytes(key.key, about("photos", name), found)], { type: meta.type });
  return { blob, ...(meta.sent ? { sent: meta.sent } : {}) };
}

export async function dropPhotos(names: string[]): Promise<void> {
  for (const name of names) memory.delete(name);
  if (phone.open && names.length > 0) await db().photos.bulkDelete(names);
}

function queued(): QueuedPhoto[] {
  return items.value.filter((one) => one.state !== "sent").flatMap((one) => one.photos ?? []);
}

/** An entry that is not to be sent, and its photos, unless another that waits has them, too. */
export async function discardWhole(id: string): Promise<void> {
  const mine = itemOf(id)?.photos ?? [];
  await discard(id);
  await dropPhotos(mine.map(({ name }) => name).filter((name) => !queued().some((photo) => photo.name === name)));
}

/** What neither an entry nor a draft names has been left behind by a page that ended. */
async function sweep(): Promise<void> {
  const key = keyOf();
  if (!key) return;
  const old = await db()
    .photos.where("account")
    .equals(key.account)
    .filter((photo) => photo.madeAt < serverNow() - YOUNG_MS)
    .primaryKeys();
  if (old.length === 0) return;
  const notes = await db().notes.where("account").equals(key.account).primaryKeys();
  const drafts = notes.map(([, name]) => name).filter((name) => name.startsWith("draft:"));
  const named = new Set([
    ...photosIn(await Promise.all(drafts.map((name) => noted(name)))),
    ...queued().map((photo) => photo.name),
  ]);
  await dropPhotos(old.filter((name) => !named.has(name)));
}
watch(
  () => phone.open,
  (open) => open && void sweep(),
);

// ---- sent ----

export type Ask = <T>(path: string, options: Options) => Promise<T>;

/** The hash by which an entry in the matter names it; it is uploaded unless the server has it there. */
export async function hashOf(name: string, matter: string, ask: Ask = call): Promise<string | null> {
  const photo = await photoOf(name);
  if (!photo) return null;
  const { sent } = photo;
  if (sent && sent.matter === matter && sent.at > serverNow() - HELD_MS) return sent.hash;
  const path = `/matters/${matter}/attachments`;
  const { hash } = await ask<{ hash: string }>(path, { method: "PUT", file: photo.blob, timeoutMs: UPLOAD_MS });
  await write(name, { blob: photo.blob, sent: { matter, hash, at: serverNow() } });
  return hash;
}

/** The command as the server takes it; null: one of its photos is no longer here. */
export async function readyBody(body: Record<string, unknown>, ask?: Ask): Promise<Record<string, unknown> | null> {
  const hashes = new Map<string, string>();
  for (const { name, matter } of photosOf(body)) {
    const hash = await hashOf(name, matter, ask);
    if (hash === null) return null;
    hashes.set(name, hash);
  }
  return hashes.size === 0 ? body : withIds(body, hashes);
}

/** As the queue shows and sends them. */
export async function queuedPhotos(body: Record<string, unknown>): Promise<QueuedPhoto[]> {
  const all = photosOf(body).map(async ({ name, matter }): Promise<QueuedPhoto> => {
    const photo = await photoOf(name);
    if (photo && memory.has(name)) await write(name, photo); // chosen before there was a store
    const sent = photo?.sent?.matter === matter ? { sentAt: photo.sent.at } : {};
    return { name, matter, bytes: photo?.blob.size ?? 0, ...sent };
  });
  return Promise.all(all);
}

/** For a file that somebody takes elsewhere: each as a data: address, by its name. */
export async function asText(photos: QueuedPhoto[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name } of photos) {
    const photo = await photoOf(name);
    if (photo) found[name] = await dataUrl(photo.blob);
  }
  return found;
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error!);
    reader.readAsDataURL(blob);
  });
}
