// SPDX-License-Identifier: GPL-3.0-or-later
// What will follow from an entry is said as the playbook has it, and nothing where a page cannot know.
import { beforeEach, describe, expect, it } from "vitest";
import type { EntryDef, Field, Kind, Matter, Playbook } from "@/api/types";
import { isRequired } from "@/form/widgets";
import { consequenceOf } from "@/rules/consequence";
import type { Tree } from "@/rules/evaluate";
import { scopeOf, type Form } from "@/rules/scope";
import { followingTexts, lengthText } from "@/rules/tell";
import { session } from "@/session/session";
import { i18n } from "@/words/i18n";

const name = (space: string, of: string, type: string): Tree => ({ op: "name", type, space, name: of });
const op = (sign: string, ...args: Tree[]): Tree => ({ op: sign, type: "bool", args });
const literal = (type: string, value: unknown): Tree => ({ op: "literal", type, value });

const words = (zh: string): { zh: string; en: string } => ({ zh, en: zh });
const field = (of: string, type: string, more: Partial<Field> = {}): Field => ({
  name: of,
  "x-type": type,
  required: false,
  ...more,
});
const temperature = field("temperature", "decimal", { "x-required": "unless_attempt", minimum: 34, maximum: 43 });
const symptoms = field("symptoms", "choices", { "x-codes": [{ code: "fever", zh: "发热", en: "Fever" }] });

const fever = op(
  "or",
  op(">", name("entry", "temperature", "number"), name("rule", "rule.fever_threshold", "number")),
  op("not", op("is_empty", name("entry", "symptoms", "choices"))),
);

const entry = (of: string, more: Partial<EntryDef>): EntryDef => ({
  name: of,
  title: words(of),
  in: [],
  attempts: [],
  form: [],
  round: false,
  by: [],
  ...more,
});
const answers = { role: "grid_worker" };
const checkIn = entry("体温登记", {
  form: [temperature, symptoms],
  then: [{ when: fever, state: "rechecking", opens: ["anomaly"] }],
});
const kind: Kind = {
  name: "observation",
  title: words("观察"),
  clauses: [],
  about_person: true,
  purpose: null,
  opened_by: [],
  proposed_by: [],
  participants: [],
  figures: [],
  form: [
    field("since", "datetime"),
    field("note", "text", { visible_to: ["cdc"] }),
    field("phone", "text", { personal: true }),
  ],
  states: [
    { name: "observing", title: words("观察中"), initial: true, final: false, expects: [] },
    {
      name: "rechecking",
      title: words("待复测"),
      initial: false,
      final: false,
      expects: [
        { name: "recheck", entry: "recheck", answers, may_meet: [], within: { seconds: 1800 }, since: "state" },
        {
          name: "look",
          entry: "look",
          answers,
          may_meet: [],
          windows: [
            ["06:30", "10:00"],
            ["16:00", "20:30"],
          ],
        },
        { name: "tell", entry: "tell", answers, may_meet: [], within: { seconds: 60 }, since: "opened" },
        { name: "each", entry: "tell", answers, may_meet: [], within: { seconds: 60 }, since: "state", each: "x" },
      ],
    },
    { name: "released", title: words("已解除"), initial: false, final: true, expects: [] },
  ],
  entries: [entry("recheck", { title: words("复测") }), entry("look", { title: words("巡看") })],
  rules: [
    {
      name: "fever_threshold",
      title: words("发热界值"),
      type: "number",
      table: false,
      editions: [
        { from: "2020-01-01", value: "38" },
        { from: "2020-02-03", value: "37.3" },
      ],
    },
  ],
  playbook: "7",
};
const unit = { id: "1", code: "110", name: "网格", type: "grid" };
const matter = {
  id: "m",
  kind: "observation",
  state: "observing",
  unit,
  playbook: "7",
  opened_at: "2020-02-01T08:00:00+08:00",
  form: {},
} as unknown as Matter;

function page(fields: Record<string, unknown>, more: Partial<Form> = {}): Form {
  const at = Date.parse("2020-02-03T00:00:00+08:00");
  return { kind, matter, form: checkIn.form, fields, at, zone: "Asia/Shanghai", ...more };
}

const said = (fields: Record<string, unknown>, more: Partial<Form> = {}, of = checkIn): string[] =>
  followingTexts(kind, consequenceOf(of, page(fields, more)));

beforeEach(() => {
  i18n.global.locale.value = "zh";
  session.playbook = {
    id: "7",
    roles: [{ name: "grid_worker", title: words("网格员"), may: [], grounds: [] }],
    kinds: [{ name: "anomaly", title: words("异常上报") }],
  } as unknown as Playbook;
});

describe("what will follow", () => {
  const all = [
    "→ 待复测",
    "30 分钟内复测，由网格员",
    "每日 06:30–10:00、16:00–20:30 巡看，由网格员",
    "将新建：异常上报",
  ];

  it("is the state, what is expected in it by when and by whom, and what is opened", () => {
    expect(said({ temperature: "37.4" })).toEqual(all);
    expect(said({ symptoms: ["fever"] })).toEqual(all);
  });
  it("is nothing at the threshold, below it, and of what cannot be", () => {
    for (const typed of ["37.3", "37.30", "36.5", "361", "3", "37.44", "abc"])
      expect(said({ temperature: typed }), typed).toEqual([]);
  });
  it("is nothing while a field is to be filled", () => {
    expect(said({})).toEqual([]);
    const calm = entry("x", {
      form: checkIn.form,
      then: [{ when: fever, state: "rechecking" }, { state: "released" }],
    });
    expect(said({}, {}, calm)).toEqual([]);
    expect(said({ temperature: "36.5" }, {}, calm)).toEqual(["→ 已解除，事项结束"]);
  });
  it("is by the edition of the day, in the playbook's zone", () => {
    const before = Date.parse("2020-02-02T23:59:59+08:00");
    expect(said({ temperature: "37.4" }, { at: before })).toEqual([]);
    expect(said({ temperature: "38.1" }, { at: before })).toEqual(all);
    expect(said({ temperature: "38.1" }, { at: Date.parse("2019-12-31T12:00:00Z") })).toEqual([]);
  });
  it("is nothing under other rules, by rules that are not known, for an attempt and before a second person", () => {
    expect(said({ temperature: "39" }, { matter: { ...matter, playbook: "6" } })).toEqual([]);
    const older = Object.fromEntries(Object.entries(matter).filter(([of]) => of !== "playbook"));
    expect(said({ temperature: "39" }, { matter: older as unknown as Matter })).toEqual([]);
    expect(said({ temperature: "39" }, { kind: { ...kind, rules: [] } })).toEqual([]);
    expect(said({ temperature: "39" }, { attempt: "away" })).toEqual([]);
    expect(said({ temperature: "39" }, {}, { ...checkIn, second: {} })).toEqual([]);
  });
  it("is nothing where the state stays", () => {
    expect(said({}, {}, entry("x", { then: [{ state: "observing" }] }))).toEqual([]);
  });
  it("is told in lengths as a playbook has them", () => {
    expect([60, 1800, 5400, 86_400, 172_800, 1_209_600].map(lengthText)).toEqual([
      "1 分钟",
      "30 分钟",
      "90 分钟",
      "24 小时",
      "48 小时",
      "14 天",
    ]);
    i18n.global.locale.value = "en";
    expect(said({ temperature: "38" })[1]).toBe("复测 within 30 min, by: 网格员");
  });
});

describe("why it would be refused", () => {
  const read = field("read_out", "bool", { required: true });
  const say = words("须讲明");
  const form = [read];
  const serve = entry("送达", { form, refuse: [{ when: op("not", name("entry", "read_out", "bool")), say }] });

  it("is said once it is certain", () => {
    expect(consequenceOf(serve, page({}, { form })).refusals).toEqual([]);
    expect(consequenceOf(serve, page({ read_out: true }, { form })).refusals).toEqual([]);
    expect(consequenceOf(serve, page({ read_out: false }, { form })).refusals).toEqual([say]);
  });
  it("is not guessed from facts, nor from what is masked or not shown", () => {
    const guesses = [
      op("=", name("fact", "facts.readings", "number"), literal("number", "0")),
      op("is_missing", name("matter", "note", "text")),
      op("=", name("matter", "phone", "text"), literal("text", "1**")),
      op("is_missing", name("matter", "phone", "text")),
      op(">", name("builtin", "now", "datetime"), literal("datetime", "1970-01-01T00:00:00Z")),
    ];
    for (const when of guesses) {
      const masked = { ...matter, masked: true, form: { phone: "1**" } } as Matter;
      const told = consequenceOf({ ...serve, refuse: [{ when, say }] }, page({}, { form, matter: masked }));
      expect(told.refusals, JSON.stringify(when)).toEqual([]);
    }
    const when = op("is_missing", name("matter", "since", "datetime"));
    expect(consequenceOf({ ...serve, refuse: [{ when, say }] }, page({}, { form })).refusals).toEqual([say]);
  });
  it("is what is needed and is not so", () => {
    const needs = [{ that: name("entry", "read_out", "bool"), text: "read_out", say }];
    const needing = entry("x", { form, needs });
    expect(consequenceOf(needing, page({ read_out: false }, { form })).refusals).toEqual([say]);
    expect(consequenceOf(needing, page({ read_out: true }, { form })).refusals).toEqual([]);
  });
});

describe("what has to be filled in", () => {
  it("follows the condition", () => {
    const where = field("where", "text", {
      "x-required": op("not", op("is_empty", name("entry", "symptoms", "choices"))),
    });
    const form = [symptoms, where];
    expect(isRequired(where, false, scopeOf(page({}, { form })))).toBe(false);
    expect(isRequired(where, false, scopeOf(page({ symptoms: [] }, { form })))).toBe(false);
    expect(isRequired(where, false, scopeOf(page({ symptoms: ["fever"] }, { form })))).toBe(true);
    expect(isRequired(where, false)).toBe(false);
    const unknown = field("x", "text", { "x-required": name("fact", "facts.any", "bool") });
    expect(isRequired(unknown, false, scopeOf(page({}, { form })))).toBe(false);
  });
});
