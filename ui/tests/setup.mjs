// SPDX-License-Identifier: GPL-3.0-or-later
// Browsers have it since long; Node 18 only by its module.

import { webcrypto } from "node:crypto";

if (!("crypto" in globalThis)) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
