/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an expression: faults or a tree, and of a tree always a value and JSON, whatever the values of its
 * names are. The first byte chooses those. */
#include "playbook/expr/expr.h"

#include "base/json.h"
#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One name of every type, unit and list that changes what is checked. */
static const struct {
    const char *name;
    struct expr_symbol symbol;
} names[] = {
    {"b", {EXPR_ENTRY_FIELD, 0, VALUE_BOOL, NULL, NULL, NULL}},
    {"n", {EXPR_ENTRY_FIELD, 1, VALUE_NUMBER, NULL, NULL, NULL}},
    {"t", {EXPR_ENTRY_FIELD, 2, VALUE_NUMBER, "°C", NULL, NULL}},
    {"p", {EXPR_MATTER_FIELD, 3, VALUE_NUMBER, "bpm", NULL, NULL}},
    {"x", {EXPR_ENTRY_FIELD, 4, VALUE_TEXT, NULL, NULL, NULL}},
    {"c", {EXPR_ENTRY_FIELD, 5, VALUE_CHOICE, NULL, "list", NULL}},
    {"e", {EXPR_BUILTIN, 6, VALUE_CHOICE, NULL, NULL, NULL}},
    {"cs", {EXPR_ENTRY_FIELD, 7, VALUE_CHOICES, NULL, "list", NULL}},
    {"fs", {EXPR_RULE, 8, VALUE_CHOICES, NULL, NULL, NULL}},
    {"d", {EXPR_ENTRY_FIELD, 9, VALUE_DATE, NULL, NULL, NULL}},
    {"at", {EXPR_BUILTIN, 10, VALUE_DATETIME, NULL, NULL, NULL}},
    {"w", {EXPR_FACT, 11, VALUE_DURATION, NULL, NULL, NULL}},
    {"u", {EXPR_ENTRY_FIELD, 12, VALUE_UNIT, NULL, NULL, NULL}},
    {"who", {EXPR_BUILTIN, 13, VALUE_PERSON, NULL, NULL, NULL}},
    {"table.k", {EXPR_TABLE, 14, VALUE_DURATION, NULL, NULL, "list"}},
    {"table.f", {EXPR_TABLE, 15, VALUE_NUMBER, NULL, NULL, NULL}},
};

struct world {
    unsigned choice;
    json_t *codes;
};

static bool resolve(void *context, const char *name, struct expr_symbol *out, char **suggestion)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i].name, name) == 0) {
            *out = names[i].symbol;
            return true;
        }
    *suggestion = g_strdup("b");
    return false;
}

static bool has_code(void *context, const char *list, const char *code, char **suggestion)
{
    g_assert(strcmp(list, "list") == 0);
    return strcmp(code, "fever") == 0 || strcmp(code, "b") == 0;
}

static struct value get(void *context, enum expr_space space, int index, const struct value *key)
{
    static const int64_t integers[] = {0,          1, -1, INT64_MAX, INT64_MIN + 1, 18295, INT64_C(1580688000000000),
                                       43200000000};
    const struct world *world = context;
    unsigned choice = world->choice + (unsigned)index;
    int64_t integer = integers[choice % G_N_ELEMENTS(integers)];
    struct value value = {.type = names[index].symbol.type};
    g_assert((key != NULL) == (space == EXPR_TABLE) && space == names[index].symbol.space);
    if (choice % 11 == 0)
        return (struct value){.type = VALUE_MISSING};
    if (choice % 13 == 0) /* a stored value of another type than the rule knows */
        value.type = names[choice % G_N_ELEMENTS(names)].symbol.type;
    if (value.type == VALUE_BOOL)
        value.truth = choice & 1;
    else if (value.type == VALUE_NUMBER)
        value.number = (struct decimal){integer, (int)(choice % (DECIMAL_SCALE_MAX + 1))};
    else if (value.type == VALUE_TEXT || value.type == VALUE_CHOICE)
        value.text = choice & 1 ? "fever" : "";
    else if (value.type == VALUE_CHOICES)
        value.list = world->codes;
    else if (value.type == VALUE_DATE)
        value.day = (int32_t)CLAMP(integer, -25567, 84005);
    else if (value.type == VALUE_DATETIME)
        value.us = CLAMP(integer, -25567 * INT64_C(86400000000), 84005 * INT64_C(86400000000));
    else if (value.type == VALUE_DURATION)
        value.us = CLAMP(integer, -(INT64_C(1) << 53), INT64_C(1) << 53);
    else
        value.id = integer;
    return value;
}

static void check_faults(GArray *faults, const char *text)
{
    g_assert(faults->len > 0);
    glong most = g_utf8_validate(text, -1, NULL) ? g_utf8_strlen(text, -1) + 1 : 1;
    for (guint i = 0; i < faults->len; i++) {
        struct expr_fault *fault = &g_array_index(faults, struct expr_fault, i);
        g_assert(fault->column >= 1 && fault->column <= most && fault->text != NULL);
        g_assert(g_utf8_validate(fault->text, -1, NULL));
        expr_fault_clear(fault);
    }
}

static void check_tree(struct expr *expr, unsigned choice, GTimeZone *zone)
{
    struct world world = {choice, json_pack("[s, s]", "fever", "b")};
    struct expr_scope scope = {get, &world, zone};
    for (unsigned i = 0; i < 16; i++, world.choice++) {
        g_autoptr(json_t) value = value_to_json(expr_evaluate(expr, &scope));
        g_assert(value != NULL);
    }
    g_autoptr(json_t) tree = expr_to_json(expr);
    g_autofree char *text = json_text(tree, NULL);
    g_assert(text != NULL);
    json_decref(world.codes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static GTimeZone *zone;
    if (zone == NULL)
        zone = g_time_zone_new_identifier("Asia/Shanghai");
    if (size == 0 || size > 4 * LIMIT_EXPRESSION_CHARS)
        return 0;
    struct expr_symbols symbols = {resolve, has_code, NULL};
    struct expr_target target = {(enum value_type)(data[0] % 8 == 7 ? data[0] / 8 % VALUE_TYPE_COUNT : VALUE_MISSING),
                                 NULL, "list"};
    g_autofree char *text = g_strndup((const char *)data + 1, size - 1);
    g_autoptr(GArray) faults = g_array_new(FALSE, FALSE, sizeof(struct expr_fault));
    AUTO(expr) struct expr *expr = expr_parse_for(text, &target, &symbols, faults);
    if (expr == NULL)
        check_faults(faults, text);
    else
        check_tree(expr, data[0], zone);
    return 0;
}
