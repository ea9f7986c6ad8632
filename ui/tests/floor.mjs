// SPDX-License-Identifier: GPL-3.0-or-later
// floor - fails on names of script and style that Chromium 86 lacks, in what was built (dist/). Prints TAP.
// A bundler lowers syntax, not names.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const script = [
  [/\.at\(/g, "Array.at, String.at (92)"],
  [/\bObject\.hasOwn\b/g, "Object.hasOwn (93)"],
  [/\.findLast(Index)?\(/g, "findLast (97)"],
  [/\.to(Sorted|Reversed|Spliced)\(/g, "toSorted and its like (110)"],
  [/\bstructuredClone\(/g, "structuredClone (98)"],
  [/\brandomUUID\b/g, "crypto.randomUUID (92)"],
  [/\bwithResolvers\b/g, "Promise.withResolvers (119)"],
  [/\b(Object|Map)\.groupBy\b/g, "groupBy (117)"],
  [/\bAbortSignal\.(timeout|any|abort)\b/g, "AbortSignal.timeout, any, abort (93 to 116)"],
  [/\bthrowIfAborted\b/g, "throwIfAborted (100)"],
  [/\bError\([^()]*,\s*\{\s*cause\b/g, "cause of an error (93)"],
  [/\blongOffset\b|\bshortOffset\b/g, "names of offsets (95)"],
  [/\bIntl\.(Segmenter|ListFormat|DisplayNames|DurationFormat)\b/g, "Intl.Segmenter (87) and newer"],
];
const style = [
  [/(^|[;{\s])inset:/g, "inset (87)"],
  [/:(is|where)\(/g, ":is, :where (88)"],
  [/:has\(/g, ":has (105)"],
  [/aspect-ratio:/g, "aspect-ratio (88)"],
  [/\d(dvh|svh|lvh)\b/g, "dvh, svh, lvh (108)"],
  [/color-mix\(/g, "color-mix (111)"],
  [/@layer|@container|@property/g, "@layer (99), @container (105)"],
  [/(padding|margin)-inline-(start|end)?:/g, "logical margins in short (87)"],
  [/accent-color:/g, "accent-color (93)"],
];
// Vue's wrappers of these methods for reactive arrays; they ask for nothing unless a page calls them.
const wrappers = /to(Reversed|Sorted|Spliced)\([^)]*\)\{return \w+\(this\)\.to\1\([^)]*\)\}/g;
// Dexie's, which looks first.
const guarded = /\b(\w+)\.withResolvers&&\(\w+\.withResolvers=\1\.withResolvers\)/g;

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

const faults = [];
for (const path of files("dist")) {
  const rules = path.endsWith(".js") ? script : path.endsWith(".css") ? style : [];
  const text = rules.length > 0 ? readFileSync(path, "utf8").replace(wrappers, "").replace(guarded, "") : "";
  for (const [pattern, name] of rules)
    for (const found of text.matchAll(pattern))
      faults.push({
        name,
        path,
        near: text.slice(Math.max(0, found.index - 40), found.index + 40).replace(/\s+/g, " "),
      });
}
for (const fault of faults) console.log(`# ${fault.path}: ${fault.name}: ${fault.near}`);
console.log(faults.length === 0 ? "ok - no name newer than Chromium 86" : "not ok - names newer than Chromium 86");
process.exitCode = faults.length === 0 ? 0 : 1;
