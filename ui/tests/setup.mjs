// SPDX-License-Identifier: GPL-3.0-or-later
// What browsers have, and Node 18 has only by a module, or not: the words are read in the language of the one.

import { webcrypto } from "node:crypto";

if (!("crypto" in globalThis)) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
if (!("navigator" in globalThis))
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
Object.defineProperty(globalThis.navigator, "language", { value: "zh-CN", configurable: true });
