// SPDX-License-Identifier: GPL-3.0-or-later
// What a page reads: its data, or why there is none. Reading again keeps what is shown until the new is there.

import { onUnmounted, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { Problem } from "@/api/client";
import type { Page } from "@/api/types";
import { serverNow } from "@/api/clock";

export interface Load<T> {
  data: ShallowRef<T | null>;
  problem: ShallowRef<Problem | null>;
  loading: Ref<boolean>;
  at: Ref<number>; // when it was read, by the server's time
  read: () => Promise<void>;
}

export function useLoad<T>(reader: (signal: AbortSignal) => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const loading = ref(true);
  const at = ref(0);
  let running: AbortController | null = null;

  async function read(): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    loading.value = true;
    try {
      const found = await reader(mine.signal);
      if (mine.signal.aborted) return;
      data.value = found;
      problem.value = null;
      at.value = serverNow();
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    } finally {
      if (running === mine) loading.value = false;
    }
  }

  onUnmounted(() => running?.abort());
  return { data, problem, loading, at, read };
}

/** A list of pages: its rows so far, and where it goes on. */
export interface Pages<T> extends Omit<Load<Page<T>>, "data"> {
  rows: ShallowRef<T[]>;
  next: Ref<string | null>;
  more: Load<Page<T>>; // the next page
}

export function usePages<T>(reader: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>): Pages<T> {
  const rows: ShallowRef<T[]> = shallowRef([]);
  const next = ref<string | null>(null);
  const first = useLoad(async (signal) => {
    const page = await reader(undefined, signal);
    rows.value = page.data;
    next.value = page.next;
    return page;
  });
  const more = useLoad(async (signal) => {
    const page = await reader(next.value ?? undefined, signal);
    rows.value = [...rows.value, ...page.data];
    next.value = page.next;
    return page;
  });
  more.loading.value = false;
  return { rows, next, problem: first.problem, loading: first.loading, at: first.at, read: first.read, more };
}

/** The time now, by the server, ticking for countdowns. */
export function useNow(everyMs = 20_000): Ref<number> {
  const now = ref(serverNow());
  const timer = setInterval(() => (now.value = serverNow()), everyMs);
  onUnmounted(() => clearInterval(timer));
  return now;
}
