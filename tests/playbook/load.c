/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a good playbook becomes: good/ field by field, and every example of docs/playbook.md. */
#include "fixture.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/limits.h"

#include <glib/gstdio.h>
#include <string.h>

static struct playbook *load(const GArray *sources)
{
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    struct playbook *playbook = playbook_load((const struct source *)sources->data, sources->len, diagnostics);
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        g_test_message("%s:%d:%d: %s", d->file, d->line, d->column, d->text);
    }
    g_assert_nonnull(playbook);
    return playbook;
}

static struct playbook *load_good(void)
{
    g_autoptr(GArray) sources = fixture_read("good");
    return load(sources);
}

static void test_head(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    g_assert_cmpstr(playbook->name, ==, "small-town");
    g_assert_cmpint(playbook->version, ==, 3);
    g_assert_cmpstr(playbook->title.zh, ==, "小镇通知");
    g_assert_cmpstr(g_time_zone_get_identifier(playbook->zone), ==, "Asia/Shanghai");
    g_assert_cmpint(playbook->quiet_from_minutes, ==, 22 * 60);
    g_assert_cmpint(playbook->quiet_to_minutes, ==, 6 * 60 + 30);
    g_assert_true(playbook->grace_us == 30 * US_PER_MINUTE);
    g_assert_cmpuint(playbook->unit_type_count, ==, 5);
    g_assert_true(playbook_find_unit_type(playbook, "district")->stream);
    g_assert_true(playbook_find_unit_type(playbook, "hospital")->organisation);
    g_assert_cmpuint(playbook_find_unit_type(playbook, "hospital")->under_count, ==, 2);
    g_assert_cmpuint(playbook_find_unit_type(playbook, "city")->under_count, ==, 0);
    const struct role *officer = playbook_find_role(playbook, "officer");
    g_assert_true(officer->registers_people && officer->keeps_registry && officer->keeps_accounts);
    g_assert_true(officer->adopts && officer->supervises && !officer->duty_hours);
    g_assert_true(playbook_find_role(playbook, "secretary")->duty_hours);
    g_assert_cmpuint(playbook->required_post_count, ==, 2);
    g_assert_cmpint(playbook->required_posts[0].count, ==, 1);
    g_assert_cmpint(playbook->required_posts[1].count, ==, 2);
    g_assert_cmpuint(playbook->clause_count, ==, 2);
    g_assert_cmpuint(json_array_size(playbook->tests), ==, 1);
}

static void test_rules(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    int32_t before = 0, early = 0, late = 0;
    g_assert_true(date_parse("2019-12-31", &before) && date_parse("2020-03-06", &early) &&
                  date_parse("2020-03-07", &late));
    const struct rule *fever = playbook_find_rule(playbook, "fever_threshold");
    g_assert_cmpint(rule_value_on(fever, before, NULL).type, ==, VALUE_MISSING);
    g_assert_cmpint(rule_value_on(fever, early, NULL).number.digits, ==, 373);
    g_assert_cmpint(rule_value_on(fever, late, NULL).number.digits, ==, 372);
    const struct rule *deadline = playbook_find_rule(playbook, "answer_deadline");
    g_assert_true(deadline->table);
    g_assert_cmpstr(deadline->key_list->name, ==, "urgency");
    g_assert_true(rule_value_on(deadline, early, "high").us == 2 * US_PER_HOUR);
    g_assert_cmpint(rule_value_on(deadline, early, "none").type, ==, VALUE_MISSING);
    g_assert_cmpuint(json_array_size(rule_value_on(playbook_find_rule(playbook, "risk_area"), early, NULL).list), ==,
                     1);
    g_assert_cmpstr(rule_value_on(playbook_find_rule(playbook, "worst_symptom"), early, NULL).text, ==, "fever");
}

static void test_kind(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const struct kind *kind = playbook_find_kind(playbook, "observation");
    g_assert_cmpint(kind->about, ==, ABOUT_PERSON);
    g_assert_true(kind->group_household && kind->unique_open_per_subject && kind->opened_by_subject);
    g_assert_cmpuint(kind->opened_by_count, ==, 1);
    g_assert_cmpuint(kind->unit_type_count, ==, 2);
    g_assert_true(kind->retain_us == 30 * US_PER_DAY && kind->retain_from == RETAIN_CLOSED);
    g_assert_cmpstr(kind->initial->name, ==, "observing");
    g_assert_cmpstr(kind->proposed->name, ==, "proposed");
    g_assert_cmpuint(kind->document_count, ==, 2);
    g_assert_cmpstr(kind->clauses[0], ==, "3.5");
    g_assert_null(kind->clauses[1]);
    const struct field *lane = &kind->form.fields[form_find_field(&kind->form, "lane")];
    g_assert_true(lane->clear && lane->list_column && !lane->personal);
    g_assert_cmpint(lane->max_chars, ==, 20);
    g_assert_true(kind->form.fields[form_find_field(&kind->form, "id_number")].personal);

    const struct kind *anomaly = playbook_find_kind(playbook, "anomaly");
    g_assert_true(anomaly->participants_only);
    g_assert_cmpint(anomaly->retain_from, ==, RETAIN_OPENED);
}

static void test_facts(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const struct kind *kind = playbook_find_kind(playbook, "observation");
    static const struct {
        const char *name;
        enum fact_function function;
        enum fact_member member;
        enum value_type type;
        bool where, sealed;
    } rows[] = {
        {"readings", FACT_COUNT, FACT_MEMBER_NONE, VALUE_NUMBER, false, false},
        {"missed_visits", FACT_COUNT, FACT_MEMBER_NONE, VALUE_NUMBER, true, false},
        {"hot", FACT_EXISTS, FACT_MEMBER_NONE, VALUE_BOOL, true, false},
        {"last_reading", FACT_LAST, FACT_MEMBER_AT, VALUE_DATETIME, false, false},
        {"last_temperature", FACT_LAST, FACT_MEMBER_FIELD, VALUE_NUMBER, false, true},
        {"objector", FACT_FIRST, FACT_MEMBER_ACTOR, VALUE_PERSON, false, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct fact *fact = &kind->facts[kind_find_fact(kind, rows[i].name)];
        g_assert_cmpint(fact->function, ==, rows[i].function);
        g_assert_cmpint(fact->member, ==, rows[i].member);
        g_assert_cmpint(fact->type, ==, rows[i].type);
        g_assert_true((fact->where != NULL) == rows[i].where);
        g_assert_true(fact->sealed == rows[i].sealed);
    }
}

static void test_expectations(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const struct kind *kind = playbook_find_kind(playbook, "observation");
    const struct expect *check_in = &kind_find_state(kind, "observing")->expects[0];
    g_assert_cmpint(check_in->deadline, ==, DEADLINE_WINDOWS);
    g_assert_cmpuint(check_in->window_count, ==, 2);
    g_assert_cmpint(check_in->windows[1].to_minutes, ==, 20 * 60 + 30);
    g_assert_cmpuint(check_in->may_meet_count, ==, 2);
    g_assert_cmpint(check_in->may_meet[1].party, ==, PARTY_PROXY);
    g_assert_true(check_in->warn_us == 30 * US_PER_MINUTE);
    g_assert_cmpuint(check_in->escalation_count, ==, 2);
    g_assert_cmpint(check_in->escalations[0].to.place, ==, PLACE_ANCESTOR);
    g_assert_true(check_in->escalations[0].digest_us == 30 * US_PER_MINUTE);
    const struct expect *recheck = &kind_find_state(kind, "rechecking")->expects[0];
    g_assert_true(recheck->deadline == DEADLINE_WITHIN && recheck->since == SINCE_OBSERVED);
    g_assert_true(recheck->within_us == 30 * US_PER_MINUTE);
    const struct expect *release = &kind_find_state(kind, "due")->expects[0];
    g_assert_true(release->deadline == DEADLINE_TABLE && release->expr != NULL);
    const struct expect *arrive = &kind_find_state(kind, "referred")->expects[0];
    g_assert_cmpstr(arrive->name, ==, "arrive_in_time");
    g_assert_true(arrive->deadline == DEADLINE_AT && arrive->optional && arrive->answers.place == PLACE_FIELD);
    g_assert_cmpint(arrive->answers.field, ==, form_find_field(&kind->form, "clinic"));
    const struct expect *report = &playbook_find_kind(playbook, "daily")->states[0].expects[0];
    g_assert_true(report->deadline == DEADLINE_DAILY && report->at_minutes == 16 * 60);
    const struct state *observing = kind_find_state(kind, "observing");
    g_assert_nonnull(observing->ends_at);
    g_assert_cmpstr(observing->ends_in->name, ==, "due");
}

static void test_entries(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const struct kind *kind = playbook_find_kind(playbook, "observation");
    const struct entry_def *check_in = kind_find_entry(kind, "check_in");
    g_assert_true(check_in->round_household);
    g_assert_cmpuint(check_in->by_count, ==, 4);
    g_assert_cmpuint(check_in->attempts->code_count, ==, 2);
    g_assert_cmpstr(check_in->attempts->codes[1].label.en, ==, "Away");
    g_assert_nonnull(playbook_find_list(playbook, "observation.check_in.attempt"));
    g_assert_nonnull(playbook_find_list(playbook, "observation.check_in.word_of"));
    g_assert_true(check_in->form.fields[0].required_unless_attempt);
    g_assert_nonnull(check_in->form.fields[3].required_when);
    const struct entry_def *release = kind_find_entry(kind, "release");
    g_assert_cmpstr(release->state->name, ==, "released");
    g_assert_cmpuint(release->branch_count, ==, 1);
    g_assert_true(release->branches[0].state == release->state && release->branches[0].when == NULL);
    g_assert_cmpuint(release->unless_actor_count, ==, 1);
    g_assert_true(release->unless_opener);
    g_assert_cmpuint(release->refusal_count, ==, 1);
    g_assert_cmpuint(release->effect_count, ==, 1);
    const struct entry_def *object = kind_find_entry(kind, "object");
    g_assert_cmpuint(object->in_count, ==, 4); /* neither final nor proposed */
}

static void test_effects(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const struct kind *kind = playbook_find_kind(playbook, "observation");
    const struct branch *branch = &kind_find_entry(kind, "recheck")->branches[0];
    static const enum effect_type types[] = {EFFECT_OPEN, EFFECT_WITHDRAW, EFFECT_DOCUMENT};
    g_assert_cmpuint(branch->effect_count, ==, G_N_ELEMENTS(types));
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        g_assert_cmpint(branch->effects[i].type, ==, types[i]);
    g_assert_cmpstr(branch->effects[0].kind->name, ==, "anomaly");
    g_assert_cmpuint(branch->effects[0].field_count, ==, 1);
    g_assert_cmpstr(branch->effects[1].name, ==, "check_in");
    const struct entry_def *move = kind_find_entry(kind, "move");
    g_assert_cmpint(move->effects[0].target, ==, TARGET_SELF);
    g_assert_cmpint(move->branches[0].effects[0].target, ==, TARGET_EACH);
    g_assert_cmpstr(move->branches[0].effects[0].loop->reason, ==, "member_moved");
    const struct effect *enter = &kind_find_entry(playbook_find_kind(playbook, "anomaly"), "take")->effects[0];
    g_assert_true(enter->type == EFFECT_ENTER && enter->target == TARGET_PARENT);
    g_assert_cmpstr(enter->entry->name, ==, "object");
}

/* Of proposed_by and handover. */
static void test_generated(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const struct kind *kind = playbook_find_kind(playbook, "observation");
    const struct entry_def *confirm = kind_find_entry(kind, "confirm"), *decline = kind_find_entry(kind, "decline");
    g_assert_true(confirm->in[0] == kind->proposed && confirm->state == kind->initial && confirm->unless_opener);
    g_assert_cmpuint(confirm->by_count, ==, 1);
    g_assert_cmpstr(decline->state->name, ==, "declined");
    g_assert_true(decline->state->final && decline->form.fields[0].required);
    const struct handover_def *handover = &kind->handover;
    g_assert_true(handover->present && handover->within_us == 4 * US_PER_HOUR && handover->bounce_cap == 1);
    g_assert_cmpint(handover->accept.place, ==, PLACE_RECEIVER);
    g_assert_cmpuint(handover->refuse_reasons->code_count, ==, 2);
    const struct entry_def *hand_over = kind_find_entry(kind, "hand_over");
    g_assert_true(hand_over->handover && hand_over->form.fields[0].type == FIELD_UNIT &&
                  hand_over->form.fields[0].clear);
    g_assert_true(kind_find_entry(kind, "refuse_handover")->form.fields[0].list == handover->refuse_reasons);
    g_assert_nonnull(kind_find_entry(kind, "accept_handover"));

    const struct kind *daily = playbook_find_kind(playbook, "daily");
    g_assert_true(daily->standing_one_per_unit);
    g_assert_cmpstr(daily->initial->name, ==, "standing");
    g_assert_true(daily->unit_types == daily->audience);
}

static void test_figures(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const struct kind *daily = playbook_find_kind(playbook, "daily");
    g_assert_cmpuint(daily->figure_count, ==, 7);
    for (size_t i = 0; i < daily->figure_count; i++)
        g_assert_cmpint((int)daily->figures[i].what, ==, (int)i); /* good/ has them in the order of the enum */
    g_assert_cmpstr(daily->figures[FIGURE_IN_STATE].state->name, ==, "observing");
    g_assert_cmpstr(daily->figures[FIGURE_ENTERED].entry->name, ==, "check_in");
    g_assert_cmpstr(daily->figures[FIGURE_OVERDUE].expect->name, ==, "arrive_in_time");
    g_assert_true(kind_find_entry(daily, "report")->shows_figures);
}

static void test_story(void)
{
    AUTO(playbook) struct playbook *playbook = load_good();
    const json_t *test = json_array_get(playbook->tests, 0);
    g_assert_cmpstr(json_string_value(json_object_get(test, "file")), ==, "stories.yaml");
    const json_t *step = json_array_get(json_object_get(test, "steps"), 1);
    g_assert_cmpint(json_integer_value(json_object_get(step, "line")), ==, 21);
    const json_t *expect = json_array_get(json_object_get(step, "expect"), 0);
    g_assert_cmpint(json_integer_value(json_object_get(json_object_get(expect, "met"), "check_in")), ==, 1);
    const json_t *wang = json_object_get(json_object_get(test, "people"), "wang");
    const json_t *post = json_array_get(json_object_get(wang, "posts"), 0);
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(post, "grounds"), 0)), ==, "grid_1");
}

/* ---- the reference ---- */

static bool is_document(const char *block)
{
    static const char *const firsts[] = {
        "playbook:", "unit_types:", "roles:",    "required_posts:", "clauses:", "list:",
        "calendar:", "rule:",       "document:", "kind:",           "world:",   "test:"};
    for (size_t i = 0; i < G_N_ELEMENTS(firsts); i++)
        if (g_str_has_prefix(block, firsts[i]))
            return true;
    return false;
}

/* All examples of docs/playbook.md that are whole documents make one playbook. */
static void test_reference(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "..", "docs", "playbook.md", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GString) yaml = g_string_new(NULL);
    int count = 0;
    for (const char *p = text; (p = strstr(p, "```yaml\n")) != NULL;) {
        p += strlen("```yaml\n");
        const char *end = strstr(p, "```");
        g_assert_nonnull(end);
        if (!is_document(p))
            continue;
        g_string_append(yaml, "---\n");
        g_string_append_len(yaml, p, end - p);
        count++;
    }
    g_assert_cmpint(count, >=, 12);
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(struct source));
    struct source source = {(char *)"docs/playbook.md", yaml->str, yaml->len};
    g_array_append_val(sources, source);
    AUTO(playbook) struct playbook *playbook = load(sources);
    g_assert_nonnull(playbook_find_kind(playbook, "home_observation"));
}

/* ---- limits ---- */

static void test_too_many_parts(void)
{
    g_autoptr(GArray) sources = fixture_read("good");
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    g_autoptr(GString) text = g_string_new("kind: k\ntitle: {zh: a, en: b}\nclauses: '3.5'\nopened_by: doctor\n"
                                           "entries: {e: {title: {zh: a, en: b}, by: doctor}}\nstates:\n");
    for (int i = 0; i <= LIMIT_KIND_PARTS; i++)
        g_string_append_printf(text, "  s%d: {title: {zh: a, en: b}}\n", i);
    struct source source = {g_strdup("more.yaml"), g_strdup(text->str), text->len};
    g_array_append_val(sources, source);
    g_assert_null(playbook_load((struct source *)sources->data, sources->len, diagnostics));
    g_assert_cmpuint(diagnostics->len, ==, 1);
    const struct diagnostic *only = &g_array_index(diagnostics, struct diagnostic, 0);
    g_assert_cmpint(only->line, ==, 7);
    g_assert_nonnull(strstr(only->text, "states: at most 300; there are 301"));
}

/* ---- files ---- */

static void test_read(void)
{
    g_autofree char *dir = g_dir_make_tmp("lianfang-load-XXXXXX", NULL);
    static const char *const names[] = {"b.yaml", "a/z.yaml", "a/.hidden.yaml", "a/notes.txt"};
    g_autofree char *folder = g_build_filename(dir, "a", NULL);
    g_mkdir(folder, 0700);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        g_assert_true(g_file_set_contents(path, names[i], -1, NULL));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) sources = playbook_read(dir, &error);
    g_assert_no_error(error);
    g_array_set_clear_func(sources, (GDestroyNotify)source_clear);
    g_assert_cmpuint(sources->len, ==, 2);
    g_assert_cmpstr(g_array_index(sources, struct source, 0).name, ==, "a/z.yaml");
    g_assert_cmpstr(g_array_index(sources, struct source, 1).text, ==, "b.yaml");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
    g_assert_null(playbook_read(dir, &error));
    g_assert_nonnull(error);
}

/* Names and keys as they are, in backquotes; what something is, in Chinese. */
static void test_chinese(void)
{
    static const char *const wanted[] = {
        "事项种类没有键 `stats`；是否为 `states`？",
        "待办缺少 `within`",
        "`grants` 缺少 `lawful_basis`",
        "没有这个角色：`comunity lacks`",
        "事项种类 `arrival` 写了两次，前一次在 `a.yaml` 第 3 行",
        "待办的名称应为单个值，不是列表",
        "`%s` 不是时限的百分比；写法如 `25%`，应为 1% 到 99%",
        "以 `°C` 计的数与代码表 `symptom` 中的多选不能比较",
        "字节 `0xB7` 不是正确的 UTF-8；请把文件另存为 UTF-8（不是 GB18030）",
        "`grid` 要求 `check_in` 的时间早于上级要求的 09:05；下级不得层层提前",
        "一个列表至多 300 项，这里有 301 项",
    };
    g_autoptr(GArray) found = fixture_diagnostics();
    diagnostics_add(found, "a.yaml", 1, 1, "states", "%s has no key %s", "kind", "stats");
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "%s lacks %s", "an expectation", "within");
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "%s lacks %s", "grants", "lawful_basis");
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "there is no %s %s", "role", "comunity lacks");
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "there are two of %s %s; the first in %s, line %d", "kind", "arrival",
                    "a.yaml", 3);
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "%s is a single value, not %s", "the name of an expectation",
                    "a list");
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "%s is not a share of the time such as 25%%: 1%% to 99%%", "%s");
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "%s cannot %s %s", "a number in °C", "be compared with",
                    "a list of `symptom`");
    diagnostics_add(found, "a.yaml", 1, 1, "saving the file as UTF-8 (not GB18030)", "byte 0x%02X is not UTF-8", 0xB7u);
    diagnostics_add(found, "a.yaml", 1, 1, NULL,
                    "%s asks for %s earlier than those above, who want it by %02d:%02d: no earlier deadline below",
                    "grid", "check_in", 9, 5);
    diagnostics_add(found, "a.yaml", 1, 1, NULL, "at most %d in one list; there are %zu", 300, (size_t)301);
    g_assert_cmpuint(found->len, ==, G_N_ELEMENTS(wanted));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const struct diagnostic *mistake = &g_array_index(found, struct diagnostic, i);
        g_autofree char *zh = diagnostic_text(mistake, true), *en = diagnostic_text(mistake, false);
        g_assert_cmpstr(zh, ==, wanted[i]);
        g_assert_true(g_str_has_prefix(en, mistake->text));
    }
    diagnostics_add(found, "a.yaml", 1, 1, "b", "a sentence without %s", "Chinese");
    g_autofree char *zh = diagnostic_text(&g_array_index(found, struct diagnostic, found->len - 1), true);
    g_assert_cmpstr(zh, ==, "a sentence without Chinese；是否为 `b`？");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/playbook/load/chinese", test_chinese);
    g_test_add_func("/playbook/load/head", test_head);
    g_test_add_func("/playbook/load/rules", test_rules);
    g_test_add_func("/playbook/load/kind", test_kind);
    g_test_add_func("/playbook/load/facts", test_facts);
    g_test_add_func("/playbook/load/expectations", test_expectations);
    g_test_add_func("/playbook/load/entries", test_entries);
    g_test_add_func("/playbook/load/effects", test_effects);
    g_test_add_func("/playbook/load/generated", test_generated);
    g_test_add_func("/playbook/load/figures", test_figures);
    g_test_add_func("/playbook/load/story", test_story);
    g_test_add_func("/playbook/load/reference", test_reference);
    g_test_add_func("/playbook/load/too-many-parts", test_too_many_parts);
    g_test_add_func("/playbook/load/read", test_read);
    return g_test_run();
}
