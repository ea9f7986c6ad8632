// SPDX-License-Identifier: GPL-3.0-or-later
import type { Problem } from "@/api/client";
import { i18n } from "./i18n";

/** Why something could not be done, in a sentence; "" where there is nothing to say. */
export function sentenceOf(problem: Problem | null): string {
  if (!problem) return "";
  return problem.status === 0 ? i18n.global.t("state.noAnswer") : problem.message;
}
