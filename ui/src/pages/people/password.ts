// SPDX-License-Identifier: GPL-3.0-or-later
// A first password: made here, shown once, kept nowhere. Whoever gets it has to choose another at the first login.

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"; // without look-alikes
const GROUPS = 4;
const GROUP = 4;

/** Some 79 bits; read out in groups of four. */
export function newPassword(): string {
  const groups: string[] = [];
  for (let i = 0; i < GROUPS; i++) {
    let group = "";
    while (group.length < GROUP) {
      const [byte] = crypto.getRandomValues(new Uint8Array(1));
      if (byte! < LETTERS.length * 8) group += LETTERS[byte! % LETTERS.length]; // each is as likely as the others
    }
    groups.push(group);
  }
  return groups.join("-");
}
