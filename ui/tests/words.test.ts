// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import en from "@/words/en";
import zh from "@/words/zh";

type Tree = { [name: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(tree))
    if (typeof value === "string") found.set(prefix + name, value);
    else for (const [path, text] of flat(value, `${prefix}${name}.`)) found.set(path, text);
  return found;
}

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe("sentences of the pages", () => {
  const chinese = flat(zh);
  const english = flat(en);
  it("stand in both languages, with the same places", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [path, text] of chinese) {
      const forms = english.get(path)!.split(" | "); // one of a thing may need no number
      expect(places(forms[forms.length - 1]!), path).toEqual(places(text));
      for (const form of forms) expect(places(text), path).toEqual(expect.arrayContaining(places(form)));
    }
  });
  it("are all used, and all that is used is there", async () => {
    const sources = import.meta.glob(["../src/**/*.{vue,ts}", "!../src/words/*"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const text = Object.values(sources).join("\n");
    for (const path of chinese.keys())
      expect(text.includes(`"${path}"`) || text.includes(`'${path}'`) || path.startsWith("outcome."), path).toBe(true);
    for (const [, path] of text.matchAll(/\bt\(\s*["']([a-z_A-Z]+\.[a-z_A-Z]+)["']/g))
      expect(chinese.has(path!), path).toBe(true);
  });
});
