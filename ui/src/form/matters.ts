// SPDX-License-Identifier: GPL-3.0-or-later
// By what people tell one matter of a kind from another.

import { serverNow } from "@/api/clock";
import type { Matter } from "@/api/types";
import { dateTime } from "@/base/time";
import { zone } from "@/session/session";
import { language, words } from "@/words/i18n";

/** Its heading (or whom it is about), its number where its form has one, where it stands, since when. */
export function matterName(matter: Matter): string {
  const number = typeof matter.form?.number === "string" ? matter.form.number : "";
  const name = matter.heading || matter.subject?.name || words(matter.title);
  const since = dateTime(matter.opened_at, zone(), language(), serverNow());
  return [name, number, matter.unit.name, since].filter((text) => text !== "").join(" · ");
}
