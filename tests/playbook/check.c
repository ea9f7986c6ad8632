/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every mistake that the loader and the checker know, one at a time, and a hundred at once. */
#include "mistakes.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct mistake documents[] = {
    {NULL, "§kinds: x\n", "a document begins with", "kind"},
    {NULL, "§- kind: x\n", "a document is a mapping", NULL},
    {NULL, "§playbook: other\nversion: 1\n", "stands once in a playbook; first in base.yaml, line 1", NULL},
    {"playbook: small-town", "playbook: §小镇", "is no name", NULL},
    {"version: 3", "version: §three", "three is no whole number", NULL},
    {"version: 3", "version: §0", "versions count from 1", "1"},
    {"version: 3\n", "version: 3\n§verison: 4\n", "playbook has no key verison", "version"},
    {"zone: Asia/Shanghai", "zone: §Asia/Beijing", "there is no time zone", "Asia/Shanghai"},
    {"playbook: small-town\nversion: 3\ntitle: {zh: 小镇通知, en: Small town notice}\nzone: Asia/Shanghai\n",
     "§playbook: small-town\nversion: 3\ntitle: {zh: 小镇通知, en: Small town notice}\n", "playbook lacks zone", NULL},
    {"title: {zh: 小镇通知, en: Small town notice}", "title: §Small town notice", "both languages", "{zh: 中文, en: English}"},
    {"title: {zh: 小镇通知, en: Small town notice}", "title: §{zh: 小镇通知}", "a text lacks en", NULL},
    {"title: {zh: 小镇通知, en: Small town notice}", "title: {zh: 小镇通知, en: §}", "en is empty", NULL},
    {"title: {zh: 小镇通知, en: Small town notice}", "title: {zh: 小镇通知, en: §'  '}", "en is empty", NULL},
    {"title: {zh: 小镇通知, en: Small town notice}", "title: {zh: 小镇通知, §eng: Small}", "a text has no key eng", "en"},
    {"title: {zh: 小镇通知, en: Small town notice}", "title: {zh: 小镇通知, en: §[a]}", "en is a single value, not a list", NULL},
    {"quiet: '22:00-06:30'", "quiet: §'22-6'", "is no window", NULL},
    {"quiet: '22:00-06:30'", "quiet: §[a]", "quiet is a single value, not a list", NULL},
    {"grace: 30min", "grace: §30 minutes", "is no duration", "30min"},
    {"grace: 30min", "grace: §半小时", "is no duration", NULL},
    {"stream: true", "stream: §yes", "true or false is needed", "true"},
    {"under: [city], stream: true", "under: [§town], stream: true", "there is no unit type town", NULL},
    {"grid: {title: {zh: 网格, en: Grid}, under: [community]}", "§Grid: {title: {zh: 网格, en: Grid}, under: [community]}",
     "Grid is no name", "grid"},
    {"grid: {title: {zh: 网格, en: Grid}, under: [community]}", "grid: {title: {zh: 网格, en: Grid}, under: [community, §community]}",
     "community stands here twice", NULL},
    {"grid: {title: {zh: 网格, en: Grid}, under: [community]}", "§grid: {title: {zh: 网格, en: Grid}}",
     "only one type is the root, city", NULL, 2},
    {"city: {title: {zh: 市, en: City}}", "§city: {title: {zh: 市, en: City}, under: [district]}", "no unit type is the root", NULL},
    {"city: {title: {zh: 市, en: City}}", "city: §big", "a unit type is a mapping, not a single value", NULL},
    {"organisation: true}\n", "organisation: true}\n  §a_unit_type_with_a_name_too_long: {title: {zh: a, en: b}, under: [city]}\n",
     "at most 30 characters", NULL},
    {"organisation: true}\n", "organisation: true}\n  §east: {title: {zh: a, en: b}, under: [west]}\n  west: {title: {zh: a, en: b}, under: [east]}\n",
     "stands under itself", NULL, 2},
    {"organisation: true}\n", "organisation: true}\n§colour: red\n", "stands alone in its document; put --- before colour", NULL},
    {"grounds: [grid]", "grounds: [§gird]", "there is no unit type gird", "grid"},
    {"grounds: [grid]", "grounds: §[]", "covers at least one type", NULL},
    {"may: [persons]}", "may: [§person]}", "may is one of", "persons"},
    {"doctor: {title: {zh: 医生, en: Doctor}, grounds: [community, hospital]}\n",
     "doctor: {title: {zh: 医生, en: Doctor}, grounds: [community, hospital]}\n  §public: {title: {zh: a, en: b}, grounds: [grid]}\n",
     "no role can be called public", NULL},
    {"duty_hours: true", "§duty_hour: true", "a role has no key duty_hour", "duty_hours"},
    {"{unit_type: grid, role: grid_worker}", "{unit_type: grid, role: §doctor}", "doctor does not cover units of type grid", NULL},
    {"{unit_type: grid, role: grid_worker}", "§{unit_type: grid}", "a required post lacks role", NULL},
    {"role: doctor, count: 2}", "role: doctor, count: §0}", "required at least once", NULL},
    {"{unit_type: grid, role: grid_worker}", "{unit_type: grid, role: grid_worker}\n  - §{unit_type: grid, role: grid_worker, count: 2}",
     "required twice", NULL},
    {"required_posts:\n  - {unit_type: grid, role: grid_worker}\n  - {unit_type: community, role: doctor, count: 2}",
     "required_posts:\n  §grid: 1", "required_posts is a list", NULL},
    {"{id: '3.12', zh: 异常上报, en: Anomalies}", "{id: §'3.5', zh: 异常上报, en: Anomalies}", "there are two clauses 3.5", NULL, 3},
    {"{id: '3.12', zh: 异常上报, en: Anomalies}", "{id: '3.12', zh: 异常上报, en: Anomalies}\n  - {id: §'3 5', zh: a, en: b}", "is no clause id", NULL},
    {"clauses:\n  - {id: '3.5', zh: 居家观察, en: Home observation}\n  - {id: '3.12', zh: 异常上报, en: Anomalies}",
     "clauses:\n  §a: b", "clauses is a list", NULL, 5},
};

static const struct mistake lists_and_rules[] = {
    {"cough: {zh: 咳嗽, en: Cough}", "§咳嗽: {zh: 咳嗽, en: Cough}", "is no code", NULL},
    {"codes: {high: {zh: 紧急, en: High}, low: {zh: 一般, en: Low}}", "codes: §{}", "the list has no codes", NULL, 3},
    {"codes: {high: {zh: 紧急, en: High}, low: {zh: 一般, en: Low}}", "codes: §[high, low]", "codes is a mapping, not a list", NULL},
    {NULL, "list: §text\ntitle: {zh: a, en: b}\ncodes: {a: {zh: a, en: b}}\n", "no list can be called text", NULL},
    {NULL, "list: §symptom\ntitle: {zh: a, en: b}\ncodes: {a: {zh: a, en: b}}\n", "there are two of list symptom; the first in base.yaml, line 30", NULL},
    {NULL, "list: §My-List\ntitle: {zh: a, en: b}\ncodes: {a: {zh: a, en: b}}\n", "My-List is no name", "my_list"},
    {NULL, "list: §[a]\ntitle: {zh: a, en: b}\ncodes: {a: {zh: a, en: b}}\n", "list is a single value, not a list", NULL, 2},
    {"type: number", "type: §decimal", "the type of a rule is one of", NULL},
    {"unit: °C\neditions", "§of: symptom\neditions", "only a choice or choices are of a list", NULL},
    {"type: choice\nof: symptom", "type: choice\nof: §symptoms", "there is no list symptoms", "symptom"},
    {"type: duration\nkeys: urgency", "type: duration\n§unit: d\nkeys: urgency", "only a number has a unit", NULL},
    {"value: 37.3", "value: §'37,3'", "37,3 is no number", NULL},
    {"value: 37.3", "§values: {a: 1}", "a rule without keys has one value", "value"},
    {"{from: 2020-03-07, value: 37.2, source: unverified}", "§{from: 2020-03-07, source: unverified}", "an edition lacks value", NULL},
    {"values: {high: 2h, low: 7d}", "§value: 2h", "a table has values", "values"},
    {"values: {high: 2h, low: 7d}", "values: §2h", "values is a mapping of keys", NULL},
    {"values: {high: 2h, low: 7d}", "values: {§hihg: 2h, low: 7d}", "there is no code hihg", "high"},
    {"values: {high: 2h, low: 7d}", "values: {high: §2, low: 7d}", "2 is no duration", NULL},
    {"from: 2020-03-07", "from: §2020-01-01", "not after the one before", NULL},
    {"from: 2020-03-07", "from: §2020-02-30", "is no date", NULL},
    {"value: 14d, source: unverified}", "value: §14天, source: unverified}", "is no duration", "14d"},
    {"[{from: 2020-01-01, value: 14d, source: unverified}]", "[§{from: 2020-01-01, value: 14d}]", "an edition lacks source", NULL},
    {"[{from: 2020-01-01, value: 14d, source: unverified}]", "[§{from: 2020-01-01, source: unverified}]", "an edition lacks value", NULL},
    {"[{from: 2020-01-01, value: 14d, source: unverified}]", "§14d", "editions is a list", NULL},
    {"value: fever, source", "value: §fevre, source", "there is no code fevre", "fever"},
    {"value: ['420100']", "value: [§'武汉']", "is no code", NULL},
    {NULL, "§rule: r\ntitle: {zh: a, en: b}\ntype: choice\neditions: [{from: 2020-01-01, value: a, source: s}]\n", "lacks of", NULL},
    {NULL, "rule: r\ntitle: {zh: a, en: b}\ntype: datetime\neditions: [{from: 2020-01-01, value: §2020-01-01, source: s}]\n", "is no instant", NULL},
    {NULL, "rule: r\ntitle: {zh: a, en: b}\ntype: text\neditions: [{from: 2020-01-01, value: §[a], source: s}]\n", "the value is a single value", NULL},
    {NULL, "document: d\ntitle: {zh: a, en: b}\nbody: {zh: '{rule.fever_threshold}', en: §'{rule.fever_treshold}'}\n",
     "there is no rule fever_treshold", "fever_threshold"},
    {NULL, "document: d\ntitle: {zh: a, en: b}\nbody: {zh: a, en: §'{rule.answer_deadline}'}\n", "is a table", NULL},
    {NULL, "document: d\ntitle: {zh: a, en: b}\nbody: {zh: a, en: §'{date'}\n", "is not closed", NULL},
    {"document: certificate\ntitle: {zh: 证明, en: Certificate}\nbody: {zh: 已解除, en: Released}",
     "document: certificate\ntitle: {zh: 证明, en: Certificate}\nbody: {zh: 已解除, en: §'{last_exposur}'}",
     "observation, which issues the document, has no such field", "last_exposure"},
};

static const struct mistake heads[] = {
    {"clauses: ['3.5']", "clauses: ['3.5', §'3.11']", "there is no clause 3.11", "3.12"},
    {"clauses: ['3.5']", "clauses: §[]", "at least one clause", NULL},
    {"about: person\ngroup: household", "about: §persons\ngroup: household", "about is one of person, unit", "person"},
    {"group: household", "group: §houshold", "group is always household", "household"},
    {"unique: open per person", "unique: §open per unit", "needs `about: unit`", NULL},
    {"unique: open per person", "unique: §one per person", "unique is one of", "open per person"},
    {"units: [community, grid]", "units: [§comunity, grid]", "there is no unit type comunity", "community"},
    {"kind: anomaly\ntitle: {zh: 异常, en: Anomaly}\nclauses: ['3.12']\nabout: person\npurpose: {zh: 异常上报, en: Reporting}\n",
     "§kind: anomaly\ntitle: {zh: 异常, en: Anomaly}\nclauses: ['3.12']\nabout: person\n", "kind lacks purpose, which every kind about a person needs", NULL},
    {"lawful_basis: 传染病防治法第四十条", "lawful_basis: §小镇通知第三条", "the notice is no lawful basis", NULL},
    {"retain: {after: closed, for: 30d}", "retain: {after: §close, for: 30d}", "after is one of closed, opened", "closed"},
    {"retain: {after: closed, for: 30d}", "retain: {after: closed, for: §0d}", "erased before it is written", NULL},
    {"retain: {after: closed, for: 30d}", "retain: §30d", "retain is a mapping", NULL},
    {"opened_by: [doctor, subject]", "opened_by: [§docter, subject]", "there is no role docter", "doctor"},
    {"opened_by: [doctor, subject]\nproposed_by", "opened_by: [subject]\n§proposed_by", "confirmed by a role of opened_by, and there is none", NULL},
    {"opened_by: [officer]", "opened_by: [§subject]", "opened by its subject", NULL},
    {"seen_by: [secretary]", "seen_by: [§secretery]", "there is no role secretery", "secretary"},
    {"sight: participants_only", "sight: §participants", "sight is always participants_only", NULL},
    {"life: standing\none_per: unit\n", "§life: standing\n", "one_per is missing", NULL, 2},
    {"audience: [community]\n", "audience: [community]\n§units: [grid]\n", "stands in its audience", NULL},
    {"audience: [community]\n", "audience: [community]\n§unique: open per unit\n", "one a unit: unique means nothing", NULL, 2},
    {"audience: [community]\n", "audience: [community]\n§about: person\n", "is about no person", NULL},
    {"audience: [community]\n", "audience: [community]\nform: [{name: §a, type: text, required: true, label: {zh: a, en: b}}]\n",
     "cannot fill in a", NULL},
    {"audience: [community]\nopened_by: [officer]\nexpects:", "audience: [community]\nopened_by: [officer]\n"
     "states: {a: {title: {zh: a, en: b}, initial: true}}\n§expects:", "expects stands within a state", NULL, 2},
    {NULL, "§kind: k\ntitle: {zh: a, en: b}\nclauses: '3.5'\nopened_by: doctor\nentries: {}\n", "kind lacks states", NULL},
    {NULL, "§kind: k\ntitle: {zh: a, en: b}\nclauses: '3.5'\nstates: {s: {title: {zh: a, en: b}, initial: true}, t: {title: {zh: a, en: b}, final: true}}\n"
           "entries: {e: {title: {zh: a, en: b}, by: doctor, state: t}}\n", "nobody opens k", NULL},
    {NULL, "kind: k\ntitle: {zh: a, en: b}\nclauses: '3.5'\nopened_by: doctor\n§expects: [{entry: e, answers: doctor, within: 1h}]\n"
           "entries: {e: {title: {zh: a, en: b}, by: doctor}}\n", "only a standing kind has expectations without states", NULL},
    {"by: [doctor]\n  accept: {role: doctor, at: receiver}", "by: [doctor]\n  accept: §{role: doctor}", "accepted by a role at the receiver", NULL},
    {"within: 4h\n  refuse_reasons", "within: 4h\n  state: §observng\n  refuse_reasons", "there is no state observng", "observing"},
    {"refuse_reasons: [wrong_address, not_ours]", "refuse_reasons: [wrong_address, §not_our]", "there is no code not_our", "not_ours"},
    {"proposed_by: [grid_worker]", "proposed_by: [§grid_workers]", "there is no role grid_workers", "grid_worker"},
    {"  due:\n", "  §declined: {title: {zh: a, en: b}, final: true}\n  due:\n", "the state declined is made by the program", NULL},
    {"  arrive:\n", "  §hand_over: {title: {zh: a, en: b}, by: doctor}\n  arrive:\n", "the entry hand_over is made by the program", NULL},
};

static const struct mistake fields[] = {
    {"{name: lane, type: text,", "{name: lane, type: §string,", "there is no field type string", "text"},
    {"{name: lane, type: text,", "{name: lane, type: §txet,", "the type of a field is one of", "text"},
    {"{name: lane, type: text,", "{name: lane, §typ: text,", "a field has no key typ", "type"},
    {"{name: lane, type: text,", "{name: §Lane, type: text,", "Lane is no name", "lane"},
    {"{name: lane, type: text,", "{name: §at, type: text,", "no field can be called at", NULL},
    {"{name: urgency, type: choice, of: urgency,", "{name: §lane, type: choice, of: urgency,", "there are two of field lane", NULL, 2},
    {"{name: lane, type: text,", "{name: lane, type: text, §min: 3,", "only a number has a minimum, not a text", NULL},
    {"{name: lane, type: text,", "{name: lane, type: text, §of: symptom,", "only a choice or choices are of a list, not a text", NULL},
    {"max_chars: 20", "max_chars: §20000", "1 to 10000 characters", NULL},
    {"max_chars: 20", "max_chars: §many", "is no whole number", NULL},
    {"concept: exposure.last", "concept: §Exposure", "is no concept", NULL},
    {"{name: urgency, type: choice, of: urgency,", "§{name: urgency, type: choice,", "a field of type choice lacks of", NULL},
    {"{name: urgency, type: choice, of: urgency,", "{name: urgency, type: choice, of: §urgence,", "there is no list urgence", "urgency"},
    {"{name: urgency, type: choice, of: urgency,", "{name: urgency, type: choice, of: §[high, low],", "need their texts",
     "{a_code: {zh: 中文, en: English}}"},
    {"{self: {zh: 本人, en: Self}, relative: {zh: 家属, en: Relative}}", "{self: §本人, relative: {zh: 家属, en: Relative}}", "both languages",
     "{zh: 中文, en: English}"},
    {"min: 34, max: 43, required_unless: attempt", "min: 44, max: §43, required_unless: attempt", "the maximum is below", NULL},
    {"min: 34, max: 43, required_unless: attempt", "min: §34.25, max: 43, required_unless: attempt", "more decimals than the field", NULL},
    {"min: 34, max: 43, required_unless: attempt", "min: §low, max: 43, required_unless: attempt", "low is no number", NULL},
    {"min: 34, max: 43, required_unless: attempt", "decimals: §12, required_unless: attempt", "at most 9 decimals", NULL},
    {"max: 43, required_unless: attempt", "max: 43, required: true, §required_unless: attempt", "required in one way only", NULL},
    {"max: 43, required_unless: attempt", "max: 43, required_unless: §attempts", "required_unless is always attempt", "attempt"},
    {"{name: remark, type: text, required_when: word_of = relative,", "{name: remark, type: text, required_when: word_of = §relativ,",
     "`relativ` is not in list `observation.check_in.word_of`", "relative"},
    {"{name: remark, type: text, required_when: word_of = relative,", "{name: remark, type: text, required_when: §word_off = relative,",
     "unknown name `word_off`", "word_of", 2},
    {"{name: reason, type: text, required: true,", "{name: §reason, type: text, required_unless: attempt,", "the entry lacks attempts", NULL},
    {"{name: lane, type: text, clear: true,", "{name: §lane, type: text,", "has a clear_reason but is not clear", NULL, 2},
    {"{name: address, type: address,", "{name: §address, type: address, clear: true,", "is personal and cannot be clear", NULL},
    {"{name: address, type: address,", "{name: §address, type: address, list: true,", "nobody can filter by it", NULL},
    {"{name: urgency, type: choice,", "{name: §urgency, list: true, type: choice,", "only a clear field can be filtered by", NULL},
    {"{name: urgency, type: choice,", "{name: §urgency, clear: true, type: choice,", "is clear without a reason", NULL},
    {"{name: nothing_else, type: bool,", "{name: §nothing_else, clear: true, clear_reason: x, type: bool,", "is clear anyway", NULL},
    {"{name: nothing_else, type: bool,", "{name: §nothing_else, type: phone,", "would lie open", NULL},
    {"form: [{name: reason, type: text, required: true, label: {zh: 理由, en: Reason}}]", "form: §{name: reason}", "a form is a list of fields", NULL, 2},
};
/* clang-format on */

static void test_documents(void)
{
    mistakes_run(documents, G_N_ELEMENTS(documents));
}

static void test_lists_and_rules(void)
{
    mistakes_run(lists_and_rules, G_N_ELEMENTS(lists_and_rules));
}

static void test_heads(void)
{
    mistakes_run(heads, G_N_ELEMENTS(heads));
}

static void test_fields(void)
{
    mistakes_run(fields, G_N_ELEMENTS(fields));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/playbook/check/documents", test_documents);
    g_test_add_func("/playbook/check/lists-and-rules", test_lists_and_rules);
    g_test_add_func("/playbook/check/heads", test_heads);
    g_test_add_func("/playbook/check/fields", test_fields);
    return g_test_run();
}
