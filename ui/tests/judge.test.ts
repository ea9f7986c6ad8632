// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it } from "vitest";
import type { Field } from "@/api/types";
import { faultOf, unready } from "@/form/judge";
import { sentencesOf } from "@/form/refusal";
import { i18n } from "@/words/i18n";

const temperature: Field = {
  name: "temperature",
  "x-type": "decimal",
  "x-unit": "°C",
  "x-decimals": 1,
  required: true,
  minimum: 34,
  maximum: 43,
};
const text: Field = { name: "text", "x-type": "long_text", required: false };
const count: Field = { name: "count", "x-type": "integer", required: false, minimum: 0 };

beforeEach(() => {
  i18n.global.locale.value = "zh";
});

describe("what can be said of a value without the server", () => {
  it("says how long a text may be and is, in characters as people count them", () => {
    const name: Field = { name: "name", "x-type": "text", required: false, maxLength: 3 };
    expect(faultOf(name, "演𠮷安")).toBe("");
    expect(faultOf(name, "演𠮷安安")).toBe("最多 3 个字，现在是 4 个");
  });
  it.each([
    ["36.5", ""],
    ["36", ""],
    ["34", ""],
    ["43", ""],
    ["-1", "不能低于 34 °C"],
    ["999", "不能高于 43 °C"],
    ["36.55", "最多 1 位小数"],
    ["三十六", "请填数字，如 38.5"],
    ["<script>", "请填数字，如 38.5"],
    ["36.", "请填数字，如 38.5"],
    ["\u202e36.5", "请填数字，如 38.5"],
    ["1e1", "请填数字，如 38.5"],
    [undefined, ""],
  ])("a temperature of %j: %s", (value, said) => {
    expect(faultOf(temperature, value)).toBe(said);
  });
  it.each([
    [3, ""],
    ["3.5", "请填整数，如 0"],
    [-1, "不能低于 0"],
  ])("a count of %j: %s", (value, said) => {
    expect(faultOf(count, value)).toBe(said);
  });
  it.each([
    ["两行\n文字", ""],
    ["👨‍👩‍👧", ""],
    ["\u202etxet", "含有不可见的字符，请重新输入"],
    ["a\u0007", "含有不可见的字符，请重新输入"],
  ])("a text %j: %s", (value, said) => {
    expect(faultOf(text, value)).toBe(said);
  });
  it("is done when everything needed is there and nothing is known against it", () => {
    const names = (fields: Record<string, unknown>): string[] =>
      unready([temperature, text], fields).map((field) => field.name);
    expect(names({})).toEqual(["temperature"]);
    expect(names({ temperature: "36.5" })).toEqual([]);
    expect(names({ temperature: "361", text: "\ufeff" })).toEqual(["temperature", "text"]);
  });
});

describe("why something was refused", () => {
  it("names field and person, and says nothing twice", () => {
    const labelled = { ...temperature, "x-label": { zh: "体温", en: "Temperature" } };
    const high = (field: string) => ({ code: "above_maximum", field, detail: "高于最大值 43 °C" });
    const said = sentencesOf(
      [high("rows[0].fields.temperature"), high("rows[1].fields.temperature"), high("rows[1].fields.temperature")],
      [labelled],
      ["演甲", "演乙"],
    );
    expect(said).toEqual(["演甲 · 体温 · 高于最大值 43 °C", "演乙 · 体温 · 高于最大值 43 °C"]);
    expect(sentencesOf([{ code: "x", detail: "不行" }])).toEqual(["不行"]);
  });
});
