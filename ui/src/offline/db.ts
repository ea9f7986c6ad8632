// SPDX-License-Identifier: GPL-3.0-or-later
// The phone's own database. In the clear are an account's id, which names nobody, digests, the order and state of what
// waits, and times; all else is sealed.

import Dexie, { type EntityTable, type Table } from "dexie";
import type { Item } from "./queue";
import type { Locks, Sealed } from "./seal";

export interface StoreRecord {
  account: string;
  locks: Locks;
  usedAt: number; // by this device's clock
  offsetMs: number; // of the server's clock against this device's, when they last met
  at: number; // when what is kept was last compared with the server's, by its clock; 0 never
  whole: boolean;
  left: boolean; // signed out: it is opened by the next log-in alone
}

export interface RowRecord extends Sealed {
  account: string;
  digest: string;
}

export interface NoteRecord extends Sealed {
  account: string;
  name: string;
}

export interface QueueRecord extends Sealed {
  id: string;
  account: string;
  seq: number;
  state: Item["state"];
}

export interface PhotoRecord extends Sealed {
  id: string; // as a form names it
  account: string;
  madeAt: number; // by the server's clock
  meta: Sealed; // its type, and what the server has of it
}

class PhoneDb extends Dexie {
  store!: EntityTable<StoreRecord, "account">;
  rows!: Table<RowRecord, [string, string]>;
  notes!: Table<NoteRecord, [string, string]>;
  queue!: EntityTable<QueueRecord, "id">;
  photos!: EntityTable<PhotoRecord, "id">;

  constructor() {
    super("lianfang", { chromeTransactionDurability: "strict" }); // what is told as kept outlives a dead battery
    this.version(1).stores({
      store: "account",
      rows: "[account+digest], account",
      notes: "[account+name], account",
      queue: "id, account, [account+seq]",
    });
    this.version(2).stores({ photos: "id, account" });
  }
}

let opened: PhoneDb | null = null;

export function db(): PhoneDb {
  opened ??= new PhoneDb();
  return opened;
}

/** The store that was used last on this device, by whoever has not signed out; null: none, or nothing may be stored. */
export async function lastStore(): Promise<StoreRecord | null> {
  if (typeof indexedDB === "undefined") return null;
  try {
    const all = (await db().store.toArray()).filter((one) => !one.left);
    return all.sort((a, b) => b.usedAt - a.usedAt)[0] ?? null;
  } catch {
    return null;
  }
}
