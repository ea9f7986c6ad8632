/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/model.h"

#include "base/datetime.h"
#include "playbook/model/rulebook.h"

static int released;

static void release(struct playbook *playbook)
{
    released++;
    g_free(playbook);
}

static struct playbook *new_playbook(int64_t id)
{
    struct playbook *playbook = g_new0(struct playbook, 1);
    playbook->references = 1;
    playbook->release = release;
    playbook->id = id;
    return playbook;
}

static void test_references(void)
{
    released = 0;
    struct playbook *playbook = new_playbook(1);
    g_assert_true(playbook_ref(playbook) == playbook);
    playbook_unref(playbook);
    g_assert_cmpint(released, ==, 0);
    playbook_unref(playbook);
    g_assert_cmpint(released, ==, 1);
}

static void test_find(void)
{
    struct field fields[] = {{.name = "a"}, {.name = "b"}};
    struct form form = {fields, 2};
    struct state states[] = {{.name = "observing"}, {.name = "released"}};
    struct entry_def entries[] = {{.name = "check_in"}};
    struct fact facts[] = {{.name = "returns"}};
    struct kind kinds[] = {{.name = "arrival"},
                           {.name = "home_observation",
                            .states = states,
                            .state_count = 2,
                            .entries = entries,
                            .entry_count = 1,
                            .facts = facts,
                            .fact_count = 1}};
    struct code codes[] = {{.code = "fever"}};
    struct code_list lists[] = {{.name = "symptom", .codes = codes, .code_count = 1}};
    struct role roles[] = {{.name = "grid_worker"}};
    struct unit_type unit_types[] = {{.name = "city"}};
    struct rule rules[] = {{.name = "fever_threshold"}};
    struct document documents[] = {{.name = "notice"}};
    struct playbook playbook = {.kinds = kinds,
                                .kind_count = 2,
                                .lists = lists,
                                .list_count = 1,
                                .roles = roles,
                                .role_count = 1,
                                .unit_types = unit_types,
                                .unit_type_count = 1,
                                .rules = rules,
                                .rule_count = 1,
                                .documents = documents,
                                .document_count = 1};
    g_assert_true(playbook_find_kind(&playbook, "home_observation") == &kinds[1]);
    g_assert_null(playbook_find_kind(&playbook, "home"));
    g_assert_true(playbook_find_role(&playbook, "grid_worker") == roles);
    g_assert_null(playbook_find_role(&playbook, ""));
    g_assert_true(playbook_find_unit_type(&playbook, "city") == unit_types);
    g_assert_null(playbook_find_unit_type(&playbook, "City"));
    g_assert_true(playbook_find_list(&playbook, "symptom") == lists);
    g_assert_null(playbook_find_list(&playbook, "x"));
    g_assert_true(playbook_find_rule(&playbook, "fever_threshold") == rules);
    g_assert_null(playbook_find_rule(&playbook, "x"));
    g_assert_true(playbook_find_document(&playbook, "notice") == documents);
    g_assert_null(playbook_find_document(&playbook, "x"));
    g_assert_true(kind_find_entry(&kinds[1], "check_in") == entries);
    g_assert_null(kind_find_entry(&kinds[0], "check_in"));
    g_assert_true(kind_find_state(&kinds[1], "released") == &states[1]);
    g_assert_null(kind_find_state(&kinds[1], "x"));
    g_assert_cmpint(kind_find_fact(&kinds[1], "returns"), ==, 0);
    g_assert_cmpint(kind_find_fact(&kinds[1], "x"), ==, -1);
    g_assert_cmpint(form_find_field(&form, "b"), ==, 1);
    g_assert_cmpint(form_find_field(&form, "c"), ==, -1);
    g_assert_true(code_list_find(lists, "fever") == codes);
    g_assert_null(code_list_find(lists, "cough"));
}

static void test_editions(void)
{
    struct rule_value first[] = {{NULL, {.type = VALUE_NUMBER, .number = {373, 1}}}};
    struct rule_value second[] = {{NULL, {.type = VALUE_NUMBER, .number = {372, 1}}}};
    struct rule_edition editions[] = {{day_from_civil(2020, 1, 1), NULL, first, 1},
                                      {day_from_civil(2020, 3, 7), NULL, second, 1}};
    struct rule rule = {.name = "fever_threshold", .editions = editions, .edition_count = 2};
    static const struct {
        int month, day, digits; /* of 2020; 0 missing */
    } cases[] = {{1, 1, 373}, {3, 6, 373}, {3, 7, 372}, {12, 31, 372}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct value value = rule_value_on(&rule, day_from_civil(2020, cases[i].month, cases[i].day), NULL);
        g_assert_cmpint(value.number.digits, ==, cases[i].digits);
    }
    int32_t before = day_from_civil(2019, 12, 31);
    g_assert_null(rule_edition_on(&rule, before));
    g_assert_cmpint(rule_value_on(&rule, before, NULL).type, ==, VALUE_MISSING);
}

static void test_table(void)
{
    struct rule_value values[] = {{"danger", {.type = VALUE_DURATION, .us = 2}},
                                  {"ordinary", {.type = VALUE_DURATION, .us = 7}}};
    struct rule_edition edition = {0, NULL, values, 2};
    struct rule rule = {.name = "deadline", .table = true, .editions = &edition, .edition_count = 1};
    g_assert_cmpint(rule_value_on(&rule, 5, "ordinary").us, ==, 7);
    g_assert_cmpint(rule_value_on(&rule, 5, "complex").type, ==, VALUE_MISSING);
    g_assert_cmpint(rule_value_on(&rule, 5, NULL).type, ==, VALUE_MISSING);
}

static void test_rulebook(void)
{
    released = 0;
    struct rulebook *rulebook = rulebook_new();
    g_assert_null(rulebook_current(rulebook));
    g_assert_null(rulebook_get(rulebook, 5));
    struct playbook *first = new_playbook(5), *second = new_playbook(9), *third = new_playbook(9);
    rulebook_add(rulebook, first);
    rulebook_add(rulebook, second);
    g_assert_true(rulebook_current(rulebook) == second);
    g_assert_true(rulebook_get(rulebook, 5) == first);
    g_assert_null(rulebook_get(rulebook, 6));
    rulebook_remove(rulebook, 9);
    g_assert_true(rulebook_current(rulebook) == first);
    g_assert_null(rulebook_get(rulebook, 9));
    g_assert_cmpint(released, ==, 0); /* a reader may still hold it */
    rulebook_add(rulebook, third);
    g_assert_true(rulebook_get(rulebook, 9) == third);
    rulebook_free(rulebook);
    g_assert_cmpint(released, ==, 3);
}

/* In the order of the types that the program knows; NULL the default. */
static void test_identity_numbers(void)
{
    static const struct {
        const char *type, *number, *key; /* key NULL: refused */
    } rows[] = {
        {NULL, "１１０１０１１９９００３０７０２１４", "110101199003070214"},
        {NULL, "E12345678", NULL},
        {NULL, "passport:e12345678", "passport:E12345678"},
        {NULL, "护照：Ｅ１２３４５６７８", "passport:E12345678"},
        {NULL, "bus ticket:12345", NULL},
        {"护照", " E1234 5678 ", "passport:E12345678"},
        {"Passport", "C01X00T47", "passport:C01X00T47"},
        {"passport", "ABCDE", NULL},
        {"passport", "E1234567890", NULL},
        {"passport", "无", NULL},
        {"身份证", "110101199003070214", "110101199003070214"},
        {"永久居留身份证", "93112419900307001x", "93112419900307001X"},
        {"身份证", "110101199003070215", NULL},
        {"回乡证", "h12345678", "hk_macao_permit:H12345678"},
        {"港澳居民来往内地通行证", "M1234567801", "hk_macao_permit:M12345678"},
        {"hk_macao_permit", "K12345678", NULL},
        {"hk_macao_permit", "H1234567", NULL},
        {"台胞证", "１２３４５６７８", "taiwan_permit:12345678"},
        {"台胞证", "1234567801", "taiwan_permit:12345678"},
        {"台胞证", "123456789", NULL},
        {"驾驶证", "110101199003070214", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *key = NULL;
        AUTO(problem)
        struct problem *problem =
            playbook_identity_read(NULL, rows[i].type, rows[i].number, day_from_civil(2024, 2, 3), &key);
        g_test_message("%s %s", rows[i].type, rows[i].number);
        g_assert_cmpstr(key, ==, rows[i].key);
        g_assert_true((problem == NULL) == (key != NULL));
    }
}

static void test_identity_patterns(void)
{
    static const struct {
        const char *pattern, *number;
        bool fits;
    } rows[] = {
        {"[STFGM]\\d{7}[A-Z]", "S1234567D", true},
        {"[STFGM]\\d{7}[A-Z]", "s 1234567-d", true},
        {"[STFGM]\\d{7}[A-Z]", "S123456D", false},
        {"[STFGM]\\d{7}[A-Z]", "S12345678D", false},
        {"^\\d{3}-?\\d{2}-?\\d{4}$", "123-45-6789", true},
        {"A|B?C", "C", true},
        {"A|B?C", "BC", true},
        {"A|B?C", "AC", false},
        {"A+B*", "AAAB", true},
        {"A+B*", "B", false},
        {"\\d{2,3}", "1234", false},
        {"\\d{2,3}", "123", true},
        {"[A-Z]*[A-Z]*[A-Z]*[A-Z]*[A-Z]*1", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false},
    };
    static const char *const wrong[] = {"",    "[A", "[]", "[Z-A]", "a{", "a{3,2}", "a{41}",
                                        "(a)", "a|", "|a", "a$b",   ".",  "é"};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct identity_type types[] = {{(char *)"own", {(char *)"甲证", (char *)"Own"}, (char *)rows[i].pattern}};
        struct playbook playbook = {.identity_types = types, .identity_type_count = 1};
        g_autofree char *key = NULL;
        AUTO(problem) struct problem *problem = playbook_identity_read(&playbook, NULL, rows[i].number, 19000, &key);
        g_test_message("%s %s", rows[i].pattern, rows[i].number);
        g_assert_null(identity_pattern_fault(rows[i].pattern));
        g_assert_true((problem == NULL) == rows[i].fits);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_test_message("%s", wrong[i]);
        g_assert_nonnull(identity_pattern_fault(wrong[i]));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/references", test_references);
    g_test_add_func("/model/identity-numbers", test_identity_numbers);
    g_test_add_func("/model/identity-patterns", test_identity_patterns);
    g_test_add_func("/model/find", test_find);
    g_test_add_func("/model/editions", test_editions);
    g_test_add_func("/model/table", test_table);
    g_test_add_func("/model/rulebook", test_rulebook);
    return g_test_run();
}
