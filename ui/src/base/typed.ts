// SPDX-License-Identifier: GPL-3.0-or-later
// What an input method types in full width, as the program writes it.

/** ＡＢＣ１２３ and the ideographic space in half width. */
export function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, " ");
}

/** A number however its point was typed: ３８．５, ３８。６, 38,5. */
export function numberText(text: string): string {
  return halfWidth(text)
    .trim()
    .replace(/[。,、]/g, ".")
    .replace(/[\u2212\u2014\u2013]/g, "-");
}

/** Digits, and what stands among them in codes and numbers, are one thing in either width; words stay as typed. */
export function codeText(text: string): string {
  const narrow = halfWidth(text).trim();
  return /^[+\d][\dA-Za-z\s().:-]*$/.test(narrow) ? narrow : text;
}
