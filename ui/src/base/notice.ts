// SPDX-License-Identifier: GPL-3.0-or-later
// A notice that whoever has pressed a button must see: at the top of what is shown, since at the foot of a phone's
// screen stand the button itself and the tabs.

export function bringUp(notice: HTMLElement | null): void {
  notice?.scrollIntoView({ block: "start" });
  notice?.focus({ preventScroll: true });
}
