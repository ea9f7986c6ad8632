// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it } from "vitest";
import type { Field } from "@/api/types";
import { faultOf, unready } from "@/form/judge";
import { formWithin, typeOf } from "@/form/lines";
import { sentencesOf } from "@/form/refusal";
import { lineName, typedValue, valueText } from "@/form/values";
import { i18n } from "@/words/i18n";

const label = (zh: string, en: string): { "x-label": { zh: string; en: string } } => ({ "x-label": { zh, en } });

// As GET /kinds/directive gives it.
const items: Field = {
  name: "items",
  "x-type": "lines",
  required: false,
  minItems: 1,
  maxItems: 3,
  ...label("分项", "Items"),
  items: {
    type: "object",
    required: ["text", "due"],
    properties: {
      text: { type: "string", maxLength: 1000, examples: ["第一行\n第二行"], ...label("内容", "Text") } as never,
      at_least: { type: "integer", minimum: 0, examples: [3], ...label("至少数量", "At least") } as never,
      due: { type: "string", format: "date-time", ...label("时限", "Due") } as never,
      who: { type: "string", examples: ["110105001001"], ...label("承担单位", "Who") } as never,
    },
  },
};
const call: Field = {
  name: "contact",
  "x-type": "call_proof",
  required: false,
  ...label("通话", "Call"),
  properties: {
    at: { type: "string", format: "date-time", ...label("时间", "At") } as never,
    seconds: { type: "integer", minimum: 0, maximum: 86400, ...label("时长", "Duration") } as never,
    direction: { type: "string", enum: ["out", "in"], ...label("方向", "Direction") } as never,
    last4: { type: "string", maxLength: 4, ...label("号码后四位", "Last four digits") } as never,
  },
};
const due = "2020-02-10T10:00:00+08:00";

beforeEach(() => {
  i18n.global.locale.value = "zh";
});

describe("the fields within a field", () => {
  it.each([
    [{ type: "string", examples: ["测试"], maxLength: 500 }, "text"],
    [{ type: "string", examples: ["第一行\n第二行"], maxLength: 4000 }, "long_text"],
    [{ type: ["string", "number"], pattern: "^-?[0-9]+([.][0-9]+)?$" }, "decimal"],
    [{ type: "integer" }, "integer"],
    [{ type: "boolean" }, "bool"],
    [{ type: "string", format: "date" }, "date"],
    [{ type: "string", format: "date-time" }, "datetime"],
    [{ type: "string", enum: ["a"] }, "choice"],
    [{ type: "array", items: { type: "string", enum: ["a"] } }, "choices"],
    [{ type: "string", examples: ["110105001001"] }, "unit"],
    [{ type: "string", examples: ["p3skjsn91hyx4gsz3n2t8pdmjy0"] }, "person"],
    [{ type: "string", format: "uuid" }, "matter"],
    [{ type: "string", pattern: "^[0-9a-f]{64}$" }, "file"],
    [{ type: "string", pattern: "^[0-9]+(s|min|h|d)$" }, "duration"],
    [{ type: "string", "x-type": "address" }, "address"],
  ])("are of the type that their schema %j says", (schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });
  it("are needed as the program needs them", () => {
    expect(formWithin(items).map((one) => [one.name, one.required])).toEqual([
      ["text", true],
      ["at_least", false],
      ["due", true],
      ["who", false],
    ]);
    expect(formWithin(call).every((one) => one.required)).toBe(true);
  });
});

describe("what is judged of rows before the server is asked", () => {
  const row = { text: "演练", due };
  it("says which row lacks what, and how many there may be", () => {
    expect(faultOf(items, undefined)).toBe("");
    expect(faultOf(items, [row])).toBe("");
    expect(faultOf(items, [row, { text: "演练" }])).toBe("第 2 行还要填写或改正：时限");
    expect(faultOf(items, [row, { ...row, at_least: -1 }])).toBe("第 2 行还要填写或改正：至少数量");
    expect(faultOf(items, [row, row, row, row])).toBe("最多 3 行");
    expect(unready([items], { items: [{}] })).toEqual([items]);
    expect(unready([{ ...items, required: true }], {})).toHaveLength(1);
    expect(unready([{ ...items, required: true }], { items: [row] })).toHaveLength(0);
  });
  it("wants all of a call, or nothing", () => {
    expect(faultOf(call, undefined)).toBe("");
    expect(faultOf(call, { at: due })).toBe("还差：时长、方向、号码后四位");
    expect(faultOf(call, { at: due, seconds: 95, direction: "out", last4: "0001" })).toBe("");
  });
});

describe("rows as text", () => {
  it("are a line each, never an object's name", () => {
    const text = valueText(
      items,
      [
        { text: "演练", at_least: 3, due },
        { text: "另一项", due },
      ],
      "Asia/Shanghai",
    );
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain("1. 演练（至少数量：3；时限：");
    expect(text).not.toContain("[object");
    expect(valueText(call, { seconds: 95, last4: "0001" }, "Asia/Shanghai")).toBe("时长 95 · 号码后四位 0001");
  });
  it("are known by their first text", () => {
    expect(lineName(items, [{ text: "演练", due }], 1, "Asia/Shanghai")).toBe("1. 演练");
    expect(lineName(items, undefined, 2, "Asia/Shanghai")).toBe("2");
  });
  it("are given back to a form as it takes them", () => {
    const shown = [{ text: "演练", who: { id: "7", code: null, name: "演示单位", type: "workplace" } }];
    expect(typedValue(shown)).toEqual([{ text: "演练", who: "#7" }]);
    expect(typedValue([{ matter: "m", entry: 3, kind: "directive", name: "x", at: due }])).toEqual([
      { matter: "m", entry: 3 },
    ]);
    expect(typedValue(["a", "b"])).toEqual(["a", "b"]);
  });
});

it("a refusal names the row and its field", () => {
  const error = { code: "missing_field", field: "form.items[1].due", detail: "必填项缺失" };
  expect(sentencesOf([error], [items])).toEqual(["分项 · 2 · 时限 · 必填项缺失"]);
});
