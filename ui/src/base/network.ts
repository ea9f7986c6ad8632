// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the browser knows that it has no network. Where it has one, the server may be out of reach all the same.

export function hasNetwork(): boolean {
  return globalThis.navigator?.onLine !== false;
}
