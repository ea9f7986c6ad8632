// SPDX-License-Identifier: GPL-3.0-or-later
// One function that talks to the server. What it answers is data or a Problem; nothing else is thrown.

import { learnServerTime } from "./clock";
import type { Page, ProblemError } from "./types";

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: no answer came
    readonly code: string,
    detail: string,
    readonly errors: ProblemError[],
  ) {
    super(detail);
  }
}

/** For what may not be there for the reader: where nothing may be seen there are no zeros either. */
export function orNothing(error: unknown): null {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}

// person: for whom the page was read, "" nobody; in its browser somebody else may have signed in since
const hooks = {
  language: () => "zh",
  person: () => "",
  sessionLost: () => {},
  sessionOfAnother: () => {},
  wrote: () => {},
};

export function setHooks(given: Partial<typeof hooks>): void {
  Object.assign(hooks, given);
}

export interface Options {
  method?: string;
  body?: unknown;
  file?: Blob; // in place of a body; sent as `type`
  type?: string;
  signal?: AbortSignal;
  quiet401?: boolean;
  link?: string; // the token of a resident's link, in place of a session
  timeoutMs?: number; // without an answer by then, none has come
}

const RETRIES = 3;

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Seconds that the server asks for, with jitter so that not all phones come back at once. */
function pause(response: Response, attempt: number): number {
  const asked = Number(response.headers.get("Retry-After") ?? "1");
  return (Math.min(asked, 5) * 500 + Math.random() * 1000) * (attempt + 1);
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = await response.json();
    return new Problem(response.status, body.title ?? "unknown", body.detail ?? "", body.errors ?? []);
  } catch {
    return new Problem(response.status, "unreadable_answer", String(response.status), []);
  }
}

async function send(path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": hooks.language() };
  const init: RequestInit = {
    method: options.method ?? "GET",
    headers,
    credentials: options.link === undefined ? "same-origin" : "omit",
    cache: "no-store",
  };
  if (options.link !== undefined) headers.Authorization = `Link ${options.link}`;
  else if (path !== "/session" && hooks.person() !== "") headers["Lianfang-Person"] = hooks.person();
  const given = options.signal;
  const ending = new AbortController();
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => ending.abort(), options.timeoutMs);
  given?.addEventListener("abort", () => ending.abort());
  if (given?.aborted) ending.abort();
  init.signal = ending.signal;
  if (options.file !== undefined) {
    headers["Content-Type"] = options.type ?? "application/octet-stream";
    init.body = options.file;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetch(`/api/v1${path}`, init);
  } catch (error) {
    if (given?.aborted) throw error;
    throw new Problem(0, "no_answer", "", []);
  } finally {
    clearTimeout(timer);
  }
}

/** A file for the holder of a link, which no address can name. */
export async function callFile(path: string, options: Options): Promise<Blob> {
  const response = await send(path, options);
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}

/** Sends a request; commands carry their own id, so sending them again is safe. */
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const response = await send(path, options);
    learnServerTime(response.headers.get("Date"));
    if (response.ok && (options.method ?? "GET") !== "GET" && !path.endsWith("/search")) hooks.wrote();
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    if (response.status === 503 && attempt < RETRIES) {
      await wait(pause(response, attempt));
      continue;
    }
    const problem = await problemOf(response);
    if (problem.code === "not_logged_in" && !options.quiet401) hooks.sessionLost();
    if (problem.code === "session_of_another") hooks.sessionOfAnother();
    throw problem;
  }
}

/** All pages of a list, up to `most` rows; `whole` is false where there were more. */
export async function callAll<T>(
  path: string,
  most: number,
  signal?: AbortSignal,
): Promise<{ rows: T[]; whole: boolean }> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await call<Page<T>>(path + more, signal ? { signal } : {});
    rows.push(...page.data);
    cursor = page.next;
  } while (cursor !== null && rows.length < most);
  return { rows, whole: cursor === null };
}

export function query(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => !!pair[1]);
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
