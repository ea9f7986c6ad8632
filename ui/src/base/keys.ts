// SPDX-License-Identifier: GPL-3.0-or-later

/** Enter that ends a composition of an input method submits nothing. */
export function isPlainEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.isComposing && event.keyCode !== 229;
}
