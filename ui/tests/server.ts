// SPDX-License-Identifier: GPL-3.0-or-later
// In a test's file: what the server answers, until the test ends.

import { afterEach } from "vitest";

const real = globalThis.fetch;
afterEach(() => void (globalThis.fetch = real));

export function serve(answer: (url: string, init?: RequestInit) => Response | Promise<Response>): void {
  globalThis.fetch = async (url, init) => answer(String(url), init);
}
