// SPDX-License-Identifier: GPL-3.0-or-later
import { createI18n } from "vue-i18n";
import type { Words } from "@/api/types";
import type { Language } from "@/base/time";
import en from "./en";
import zh from "./zh";

const KEY = "lianfang.language";

function first(): Language {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === "zh" || kept === "en") return kept;
  } catch {
    // Storage may be shut off: the browser's language it is.
  }
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const i18n = createI18n({ legacy: false, locale: first(), fallbackLocale: "zh", messages: { zh, en } });

export function language(): Language {
  return i18n.global.locale.value as Language;
}

export function setLanguage(chosen: Language): void {
  i18n.global.locale.value = chosen;
  showLanguage();
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It lasts as long as the page does.
  }
}

export function showLanguage(): void {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
}

/** Texts of the playbook, in whatever of the two there is. */
export function words(text: Words | null | undefined): string {
  if (!text) return "";
  return (language() === "zh" ? text.zh || text.en : text.en || text.zh) ?? "";
}
