// SPDX-License-Identifier: GPL-3.0-or-later

/** Enter that ends a composition of an input method submits nothing. */
export function isPlainEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.isComposing && event.keyCode !== 229;
}

/** Enter in a field goes to the next one, at the end to what saves: nothing is saved before it was looked at. */
export function goToNext(event: KeyboardEvent): void {
  const { target, currentTarget } = event;
  if (!isPlainEnter(event) || event.defaultPrevented || !(target instanceof HTMLInputElement)) return;
  event.preventDefault();
  const all = [
    ...(currentTarget as HTMLElement).querySelectorAll<HTMLElement>(
      "input, textarea, select, .choice, button[type=submit]",
    ),
  ];
  const following = all.slice(all.indexOf(target) + 1).filter((one) => one.offsetParent !== null);
  const next = following.find((one) => !(one instanceof HTMLButtonElement) || !one.disabled);
  if (next) next.focus();
  else target.blur();
}
