/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as the body of a request: a problem that names its place, or a value that is written and read again
 * as itself; as a command: its mistakes, or a command whose envelope is right; as an answer: a form's problems, or
 * fields that are stored and masked.
 */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/limits.h"
#include "command/command.h"
#include "playbook/form/field.h"

#include <string.h>

#define NOW_US INT64_C(1580688000000000) /* 2020-02-03T08:00:00+08:00 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_problem(struct problem *problem)
{
    g_assert(problem != NULL);
    for (const struct problem *each = problem; each != NULL; each = each->next)
        for (int chinese = 0; chinese < 2; chinese++) {
            g_autofree char *sentence = problem_sentence(each, chinese == 1);
            g_assert(g_utf8_validate(sentence, -1, NULL) && *sentence != '\0');
            g_assert(each->field == NULL || g_utf8_validate(each->field, -1, NULL));
        }
    problem_free(problem);
}

static void check_decimals(const json_t *value)
{
    struct decimal decimal;
    char text[DECIMAL_TEXT_MAX];
    if (!json_decimal(value, &decimal))
        return;
    struct decimal again;
    decimal_format(decimal, text);
    g_assert(decimal_parse(text, &again) && decimal_compare(decimal, again) == 0);
}

static void check_again(const json_t *value)
{
    size_t bytes;
    struct problem *problem = NULL;
    char *text = json_text(value, &bytes);
    g_autoptr(json_t) again = json_parse_strict(text, bytes, &problem);
    g_assert(again != NULL && json_equal(value, again));
    free(text);
}

static void check_command(json_t *value)
{
    static const char *const members[] = {"matter", "entry", "fields", NULL};
    struct problem *problem = NULL;
    struct command *command = command_parse(json_incref(value), 7, NOW_US, &problem);
    if (command == NULL) {
        check_problem(problem);
        return;
    }
    g_assert(command->name != NULL && command->person == 7 && command->origin == ORIGIN_DOOR);
    g_assert(uuid_version(&command->id) == 7 && command->observed_us <= NOW_US && command->outside);
    struct problem *unknown = command_unknown_members(command, members);
    if (unknown != NULL)
        check_problem(unknown);
    command_free(command);
}

/* ---- a form with a field of each type ---- */

static struct code codes[] = {{(char *)"fever", {(char *)"发热", (char *)"Fever"}},
                              {(char *)"cough", {(char *)"咳嗽", (char *)"Cough"}}};
static const struct code_list list = {.name = (char *)"symptom", .codes = codes, .code_count = 2};
static struct field fields[FIELD_TYPE_COUNT];

static struct field columns[] = {
    {.name = (char *)"item", .label = {(char *)"品名", (char *)"Item"}, .type = FIELD_CHOICE, .list = &list},
    {.name = (char *)"quantity",
     .label = {(char *)"数量", (char *)"Quantity"},
     .type = FIELD_INTEGER,
     .personal = true},
};
static struct form one_line = {columns, G_N_ELEMENTS(columns)};

static const struct form *whole_form(void)
{
    static const struct form form = {fields, FIELD_TYPE_COUNT};
    for (size_t i = 0; i < FIELD_TYPE_COUNT; i++)
        fields[i] = (struct field){.name = (char *)field_types[i].name,
                                   .label = {(char *)"字段", (char *)"Field"},
                                   .type = (enum field_type)i,
                                   .required = i == FIELD_TEXT,
                                   .has_max = i == FIELD_INTEGER || i == FIELD_DECIMAL,
                                   .max = {100, 0},
                                   .decimals = 1,
                                   .max_chars = 20,
                                   .list = &list};
    fields[FIELD_LINES].lines = &one_line;
    fields[FIELD_REFS].lines = (struct form *)&ref_parts; /* as the loader has it */
    return &form;
}

static bool find(void *context, const char *text, int64_t *out_id)
{
    *out_id = 1;
    return *text == '1';
}

static void check_form_answer(const json_t *value, GTimeZone *zone)
{
    struct problem *problem = NULL;
    const struct form *form = whole_form();
    const struct form_context context = {.now_us = NOW_US, .zone = zone, .find_unit = find, .find_person = find};
    g_autoptr(json_t) stored = form_check(form, value, &context, &problem);
    if (stored == NULL) {
        check_problem(problem);
        return;
    }
    g_autoptr(json_t) clear = NULL;
    g_autoptr(json_t) sealed = NULL;
    form_split(form, true, stored, &clear, &sealed);
    g_assert(json_object_size(clear) + json_object_size(sealed) == json_object_size(stored));
    for (size_t i = 0; i < form->field_count; i++) {
        const json_t *field = json_object_get(stored, form->fields[i].name);
        if (field == NULL)
            continue;
        g_autoptr(json_t) masked = field_mask(&form->fields[i], field);
        g_assert(masked != NULL);
        form_value(&form->fields[i], stored);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static GTimeZone *zone;
    if (zone == NULL)
        zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct problem *problem = NULL;
    g_autoptr(json_t) value = json_parse_strict((const char *)data, size, &problem);
    if (value == NULL) {
        check_problem(problem);
        return 0;
    }
    check_again(value);
    check_decimals(value);
    check_command(value);
    check_form_answer(value, zone);
    return 0;
}
