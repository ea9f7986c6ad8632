// SPDX-License-Identifier: GPL-3.0-or-later
// In a test's file, until the test ends: what the server answers, and what the browser's globals say.

import { afterEach } from "vitest";

const real = globalThis.fetch;
const before = new Map<string, PropertyDescriptor | undefined>();

function define(name: string, value: unknown): void {
  if (!before.has(name)) before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { value, configurable: true });
}

afterEach(() => {
  globalThis.fetch = real;
  for (const [name, descriptor] of before)
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  before.clear();
});

export function serve(answer: (url: string, init?: RequestInit) => Response | Promise<Response>): void {
  globalThis.fetch = async (url, init) => answer(String(url), init);
}

export function cutNetwork(): void {
  define("navigator", { onLine: false });
}

/** A page that is looked at; events of its window are dispatched at what this gives. */
export function lookAtPage(): EventTarget {
  const page = new EventTarget();
  define("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  define("window", page);
  return page;
}
