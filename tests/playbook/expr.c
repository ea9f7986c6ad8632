/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vectors.json is the list of what expressions mean; an evaluator in another language runs the same file. crossed.json
 * crosses values at the edges (overflow, rounding, days without a midnight, missing) with the operators that take
 * them: `expr --write` writes what this evaluator makes of them, and the other must come to the same.
 */
#include "playbook/expr/expr.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/json.h"
#include "base/nearest.h"
#include "playbook/form/form.h"

#include <string.h>

struct world {
    json_t *file;
    const json_t *values; /* of the current vector */
    GTimeZone *zone;
};

static const char *const space_names[EXPR_SPACE_COUNT] = {"entry",   "matter",      "fact", "rule",       "table",
                                                          "builtin", "participant", "line", "expectation"};

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (g_strcmp0(names[i], name) == 0)
            return i;
    g_assert_not_reached();
}

static enum value_type type_of(const json_t *object)
{
    const char *name = json_get_text(object, "type", "missing");
    return (enum value_type)index_of(value_type_names, VALUE_TYPE_COUNT, name);
}

/* What the file says of the columns of `lines` and `parcels`. */
static struct field line_columns[] = {{.name = "item", .type = FIELD_TEXT},
                                      {.name = "quantity", .type = FIELD_INTEGER, .unit = "piece"},
                                      {.name = "received", .type = FIELD_INTEGER, .unit = "piece"},
                                      {.name = "took", .type = FIELD_DURATION},
                                      {.name = "damaged", .type = FIELD_BOOL}};
static struct field parcel_columns[] = {{.name = "weight", .type = FIELD_DECIMAL, .decimals = 1}};
static const struct form forms[] = {{line_columns, G_N_ELEMENTS(line_columns)},
                                    {parcel_columns, G_N_ELEMENTS(parcel_columns)}};

static const struct form *columns_of(const json_t *symbol)
{
    const json_t *named = json_object_get(symbol, "columns");
    for (size_t i = 0; named != NULL && i < G_N_ELEMENTS(forms); i++)
        if (json_object_get(named, forms[i].fields[0].name) != NULL) {
            g_assert_cmpuint(json_object_size(named), ==, forms[i].field_count);
            return &forms[i];
        }
    g_assert_null(named);
    return NULL;
}

/* The symbol's place in the file is its index. */
static bool resolve(void *context, const char *name, struct expr_symbol *out, char **suggestion)
{
    struct world *world = context;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *key;
    json_t *symbol;
    json_object_foreach(json_object_get(world->file, "symbols"), key, symbol)
    {
        if (strcmp(key, name) == 0) {
            *out = (struct expr_symbol){
                .space = (enum expr_space)index_of(space_names, EXPR_SPACE_COUNT, json_get_text(symbol, "space", NULL)),
                .index = (int)names->len,
                .type = type_of(symbol),
                .unit = json_get_text(symbol, "unit", NULL),
                .list = json_get_text(symbol, "list", NULL),
                .key_list = json_get_text(symbol, "key_list", NULL),
                .lines = columns_of(symbol),
            };
            return true;
        }
        g_ptr_array_add(names, (gpointer)key);
    }
    *suggestion = g_strdup(nearest_name(name, (const char *const *)names->pdata, names->len));
    return false;
}

static bool has_code(void *context, const char *list, const char *code, char **suggestion)
{
    struct world *world = context;
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    size_t i;
    json_t *known;
    json_array_foreach(json_object_get(json_object_get(world->file, "lists"), list), i, known)
    {
        if (strcmp(json_string_value(known), code) == 0)
            return true;
        g_ptr_array_add(codes, (gpointer)json_string_value(known));
    }
    *suggestion = g_strdup(nearest_name(code, (const char *const *)codes->pdata, codes->len));
    return false;
}

static struct value value_of(enum value_type type, const json_t *json)
{
    struct value value = {.type = type};
    bool right = true;
    switch (type) {
    case VALUE_BOOL:
        value.truth = json_is_true(json);
        break;
    case VALUE_NUMBER:
        right = decimal_parse(json_string_value(json), &value.number);
        break;
    case VALUE_TEXT:
    case VALUE_CHOICE:
        value.text = json_string_value(json);
        break;
    case VALUE_CHOICES:
    case VALUE_LOCATION:
    case VALUE_CALL:
    case VALUE_FILE:
    case VALUE_LINES:
        value.list = json;
        break;
    case VALUE_DATE:
        right = date_parse(json_string_value(json), &value.day);
        break;
    case VALUE_DATETIME:
        right = datetime_parse(json_string_value(json), &value.us);
        break;
    case VALUE_DURATION:
        value.us = json_integer_value(json);
        break;
    case VALUE_UNIT:
    case VALUE_PERSON:
        value.id = json_integer_value(json);
        break;
    case VALUE_MISSING:
    case VALUE_TYPE_COUNT:
        g_assert_not_reached();
    }
    g_assert_true(right);
    return value;
}

static struct value get(void *context, enum expr_space space, int index, const struct value *key)
{
    struct world *world = context;
    const char *name;
    json_t *symbol = NULL;
    int at = 0;
    json_object_foreach(json_object_get(world->file, "symbols"), name, symbol) if (at++ == index) break;
    g_assert_cmpstr(json_get_text(symbol, "space", NULL), ==, space_names[space]);
    const json_t *value = json_object_get(world->values, name);
    g_assert_true((key != NULL) == (space == EXPR_TABLE));
    if (key != NULL)
        value = json_object_get(value, key->text);
    return value == NULL ? (struct value){.type = VALUE_MISSING} : value_of(type_of(symbol), value);
}

static GArray *faults_new(void)
{
    GArray *faults = g_array_new(FALSE, FALSE, sizeof(struct expr_fault));
    g_array_set_clear_func(faults, (GDestroyNotify)expr_fault_clear);
    return faults;
}

static struct expr *parse(struct world *world, const char *text, const struct expr_target *target, GArray *faults)
{
    struct expr_symbols symbols = {resolve, has_code, world, form_find_column};
    return expr_parse_for(text, target, &symbols, faults);
}

static struct expr *parse_right(struct world *world, const char *text)
{
    g_autoptr(GArray) faults = faults_new();
    struct expr *expr = parse(world, text, &(struct expr_target){.type = VALUE_MISSING}, faults);
    if (expr == NULL)
        g_test_message("%s", g_array_index(faults, struct expr_fault, 0).text);
    g_assert_nonnull(expr);
    return expr;
}

static void check_json(const char *what, const char *text, json_t *is, const json_t *wanted)
{
    if (!json_equal(is, wanted)) {
        g_autofree char *is_text = json_text(is, NULL);
        g_test_message("%s: the %s is %s", text, what, is_text);
        g_test_fail();
    }
}

static void test_vectors(gconstpointer context)
{
    struct world *world = (struct world *)context;
    const json_t *vectors = json_object_get(world->file, "vectors");
    size_t i;
    json_t *vector;
    g_assert_cmpuint(json_array_size(vectors), >=, 120);
    json_array_foreach(vectors, i, vector)
    {
        const char *text = json_get_text(vector, "expr", NULL);
        world->values = json_object_get(vector, "values");
        struct expr_scope scope = {get, world, world->zone};
        AUTO(expr) struct expr *expr = parse_right(world, text);
        g_autoptr(json_t) tree = expr_to_json(expr);
        struct value value = expr_evaluate(expr, &scope);
        g_autoptr(json_t) result = value_to_json(value);
        check_json("tree", text, tree, json_object_get(vector, "tree"));
        check_json("result", text, result, json_object_get(vector, "result"));
        g_assert_true(value.type == VALUE_MISSING || value.type == expr_type(expr));
        g_assert_true(expr_is_true(expr, &scope) == json_is_true(json_object_get(vector, "result")));
    }
}

static void add_ops(const json_t *tree, json_t *ops)
{
    size_t i;
    json_t *arg;
    json_object_set_new(ops, json_get_text(tree, "op", ""), json_true());
    json_array_foreach(json_object_get(tree, "args"), i, arg) add_ops(arg, ops);
}

/* Whoever adds an operator adds a vector. */
static void test_every_operator(gconstpointer context)
{
    static const char *const names[] = {
        "literal", "name", "table",  "or",  "and",        "not",      "=",    "!=",    "<",
        "<=",      ">",    ">=",     "in",  "is_missing", "is_empty", "+",    "-",     "*",
        "/",       "min",  "max",    "abs", "negate",     "days",     "day",  "count", "contains",
        "sum",     "any",  "any_of", "all", "coalesce",   "count_if", "line", "under", "above"};
    const struct world *world = context;
    g_autoptr(json_t) ops = json_object();
    size_t i;
    json_t *vector;
    json_array_foreach(json_object_get(world->file, "vectors"), i, vector)
        add_ops(json_object_get(vector, "tree"), ops);
    for (i = 0; i < G_N_ELEMENTS(names); i++)
        if (json_object_get(ops, names[i]) == NULL)
            g_error("no vector has the operator %s", names[i]);
    g_assert_cmpuint(json_object_size(ops), ==, G_N_ELEMENTS(names));
}

/* ---- values at the edges ---- */

static const char *const numbers[] = {"0", "(-0.5)", "7", "0.000000001", "9223372036854775807", "quantity", NULL};
static const char *const lengths[] = {"90s", "(-14d)", "(100000d + 4249d + 85654s + 1s * 0.740992)", "delay", NULL};
/* A midnight that was not (1940-06-01), a day that began an hour early, the last of local mean time, the first and the
 * last day that there is; what is missing. */
static const char *const moments[] = {
    "2020-02-29",           "1940-06-01",           "1900-01-01", "2199-12-31", "2020-02-03T23:59:59.999999+08:00",
    "1986-05-03T16:30:00Z", "1900-12-31T15:54:16Z", "onset",      "arrived_at", NULL};
static const struct {
    const char *before, *between, *after;
    const char *const *left, *const *right;
} crossings[] = {
    {"", " + ", "", numbers, numbers},      {"", " - ", "", numbers, numbers},     {"", " * ", "", numbers, numbers},
    {"", " / ", "", numbers, numbers},      {"max(", ", ", ")", numbers, numbers}, {"", " < ", "", numbers, numbers},
    {"", " + ", "", lengths, lengths},      {"", " - ", "", lengths, lengths},     {"", " / ", "", lengths, lengths},
    {"min(", ", ", ")", lengths, lengths},  {"", " >= ", "", lengths, lengths},    {"", " * ", "", lengths, numbers},
    {"", " / ", "", lengths, numbers},      {"", " - ", "", moments, moments},     {"", " < ", "", moments, moments},
    {"days(", ", ", ")", moments, moments}, {"", " + ", "", moments, lengths},     {"", " - ", "", moments, lengths},
};

/* NULL: no expression of the language. */
static json_t *crossed(struct world *world, const char *text)
{
    g_autoptr(GArray) faults = faults_new();
    g_autoptr(json_t) none = json_object();
    struct expr_scope scope = {get, world, world->zone};
    AUTO(expr) struct expr *expr = parse(world, text, &(struct expr_target){.type = VALUE_MISSING}, faults);
    if (expr == NULL)
        return NULL;
    world->values = none;
    return json_pack("{s:s, s:o, s:o, s:o}", "expr", text, "values", json_object(), "result",
                     value_to_json(expr_evaluate(expr, &scope)), "tree", expr_to_json(expr));
}

static json_t *cross(struct world *world)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(crossings); i++)
        for (const char *const *left = crossings[i].left; *left != NULL; left++)
            for (const char *const *right = crossings[i].right; *right != NULL; right++) {
                g_autofree char *text =
                    g_strconcat(crossings[i].before, *left, crossings[i].between, *right, crossings[i].after, NULL);
                json_t *row = crossed(world, text);
                if (row != NULL)
                    json_array_append_new(rows, row);
            }
    return rows;
}

static void test_crossed(gconstpointer context)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "crossed.json", NULL);
    g_autoptr(json_t) kept = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    g_autoptr(json_t) rows = cross((struct world *)context);
    size_t i;
    json_t *row;
    g_assert_cmpuint(json_array_size(rows), >, 400);
    json_array_foreach(rows, i, row) check_json("row", json_get_text(row, "expr", ""), row, json_array_get(kept, i));
    g_assert_cmpuint(json_array_size(kept), ==, json_array_size(rows));
}

static int write_crossed(struct world *world)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "crossed.json", NULL);
    g_autoptr(json_t) rows = cross(world);
    GString *text = g_string_new("[\n");
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        g_autofree char *line = json_text(row, NULL);
        g_string_append_printf(text, "%s%s\n", line, i + 1 < json_array_size(rows) ? "," : "");
    }
    g_autofree char *whole = g_string_free(g_string_append(text, "]\n"), FALSE);
    return g_file_set_contents(path, whole, -1, NULL) ? 0 : 1;
}

static void test_faults(gconstpointer context)
{
    struct world *world = (struct world *)context;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(world->file, "faults"), i, row)
    {
        const json_t *target_row = json_object_get(row, "target");
        struct expr_target target = {
            .type = target_row != NULL ? type_of(target_row) : VALUE_MISSING,
            .unit = json_get_text(target_row, "unit", NULL),
            .list = json_get_text(target_row, "list", NULL),
        };
        g_autoptr(GArray) faults = faults_new();
        const char *text = json_get_text(row, "expr", NULL);
        AUTO(expr) struct expr *expr = parse(world, text, &target, faults);
        g_test_message("%s", text);
        g_assert_null(expr);
        g_assert_cmpuint(faults->len, >, 0);
        const struct expr_fault *fault = &g_array_index(faults, struct expr_fault, 0);
        g_test_message("%d: %s (%s)", fault->column, fault->text, fault->suggestion != NULL ? fault->suggestion : "-");
        g_assert_cmpint(fault->column, ==, json_get_integer(row, "column", 0));
        g_assert_nonnull(strstr(fault->text, json_get_text(row, "text", NULL)));
        g_assert_cmpstr(fault->suggestion, ==, json_get_text(row, "suggestion", NULL));
    }
}

static void test_several_faults(gconstpointer context)
{
    static const int columns[] = {1, 24, 24, 35, 44};
    g_autoptr(GArray) faults = faults_new();
    struct expr_target target = {.type = VALUE_BOOL};
    AUTO(expr)
    struct expr *expr =
        parse((struct world *)context, "temprature > 37 and 14 ＞ delay or channl = fone", &target, faults);
    g_assert_null(expr);
    g_assert_cmpuint(faults->len, ==, G_N_ELEMENTS(columns));
    for (guint i = 0; i < faults->len; i++)
        g_assert_cmpint(g_array_index(faults, struct expr_fault, i).column, ==, columns[i]);
}

/* Faults of one text never hide those of another that come into the same array. */
static void test_many_faults(gconstpointer context)
{
    g_autoptr(GArray) faults = faults_new();
    struct expr_target target = {.type = VALUE_MISSING};
    for (int i = 0; i < 40; i++) {
        AUTO(expr)
        struct expr *expr =
            parse((struct world *)context, "，，，，，，，，，，，，，，，，，，，，，，，，，，，", &target, faults);
        g_assert_null(expr);
    }
    g_assert_cmpuint(faults->len, ==, 40 * 20);
}

static void test_invalid_utf8(gconstpointer context)
{
    g_autoptr(GArray) faults = faults_new();
    AUTO(expr)
    struct expr *expr =
        parse((struct world *)context, "remark = '\xff'", &(struct expr_target){.type = VALUE_BOOL}, faults);
    g_assert_null(expr);
    g_assert_nonnull(strstr(g_array_index(faults, struct expr_fault, 0).text, "UTF-8"));
}

static void test_too_long(gconstpointer context)
{
    g_autoptr(GArray) faults = faults_new();
    g_autofree char *text = g_strnfill(2001, ' ');
    AUTO(expr)
    struct expr *expr = parse((struct world *)context, text, &(struct expr_target){.type = VALUE_BOOL}, faults);
    g_assert_null(expr);
    g_assert_nonnull(strstr(g_array_index(faults, struct expr_fault, 0).text, "2000"));
}

static void count_symbol(void *context, const struct expr_symbol *symbol)
{
    (*(int *)context)++;
}

static void test_what_it_reads(gconstpointer context)
{
    AUTO(expr)
    struct expr *expr = parse_right(
        (struct world *)context, "temperature > rule.fever_threshold or delay > table.deadline[urgency] or delay > 2h");
    int count = 0;
    expr_visit(expr, count_symbol, &count);
    g_assert_cmpint(count, ==, 6);
    g_assert_cmpuint(expr_spaces(expr), ==,
                     1 << EXPR_ENTRY_FIELD | 1 << EXPR_RULE | 1 << EXPR_TABLE | 1 << EXPR_MATTER_FIELD);
    g_assert_cmpint(expr_type(expr), ==, VALUE_BOOL);
}

static void test_codes_for_a_place(gconstpointer context)
{
    struct world *world = (struct world *)context;
    struct expr_scope scope = {get, world, world->zone};
    g_autoptr(GArray) faults = faults_new();
    AUTO(expr)
    struct expr *code = parse(world, "door", &(struct expr_target){VALUE_CHOICE, NULL, "channel"}, faults);
    AUTO(expr)
    struct expr *codes = parse(world, "[door, 'phone']", &(struct expr_target){VALUE_CHOICES, NULL, "channel"}, faults);
    g_assert_nonnull(code);
    g_assert_nonnull(codes);
    g_assert_cmpstr(expr_evaluate(code, &scope).text, ==, "door");
    g_assert_cmpuint(json_array_size(expr_evaluate(codes, &scope).list), ==, 2);
}

static void test_no_condition_is_true(gconstpointer context)
{
    struct world *world = (struct world *)context;
    struct expr_scope scope = {get, world, world->zone};
    g_assert_true(expr_is_true(NULL, &scope));
}

static struct value get_fast(void *context, enum expr_space space, int index, const struct value *key)
{
    const struct value *values = context;
    return values[space];
}

static void test_speed(gconstpointer context)
{
    AUTO(expr)
    struct expr *expr =
        parse_right((struct world *)context, "temperature > rule.fever_threshold or symptoms is not empty");
    struct value values[EXPR_SPACE_COUNT] = {
        [EXPR_ENTRY_FIELD] = {.type = VALUE_NUMBER, .number = {365, 1}},
        [EXPR_RULE] = {.type = VALUE_NUMBER, .number = {373, 1}},
    };
    struct expr_scope scope = {get_fast, values, ((const struct world *)context)->zone};
    const int rounds = 200000;
    int count = 0;
    int64_t start_us = clock_monotonic_us();
    for (int i = 0; i < rounds; i++)
        count += expr_is_true(expr, &scope);
    double each_ns = (double)(clock_monotonic_us() - start_us) * 1000 / rounds;
    g_test_message("%.0f ns an evaluation", each_ns);
    g_assert_cmpint(count, ==, rounds);   /* a number is no empty list */
    g_assert_cmpfloat(each_ns, <, 20000); /* under sanitizers and load; 1000 is the aim */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "vectors.json", NULL);
    json_error_t error;
    struct world world = {.file = json_load_file(path, JSON_REJECT_DUPLICATES, &error)};
    if (world.file == NULL)
        g_error("%s: %d: %s", path, error.line, error.text);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(json_get_text(world.file, "zone", NULL));
    g_assert_nonnull(zone);
    world.zone = zone;
    g_test_add_data_func("/expr/vectors", &world, test_vectors);
    g_test_add_data_func("/expr/every_operator", &world, test_every_operator);
    g_test_add_data_func("/expr/crossed", &world, test_crossed);
    g_test_add_data_func("/expr/faults", &world, test_faults);
    g_test_add_data_func("/expr/several_faults", &world, test_several_faults);
    g_test_add_data_func("/expr/many_faults", &world, test_many_faults);
    g_test_add_data_func("/expr/invalid_utf8", &world, test_invalid_utf8);
    g_test_add_data_func("/expr/too_long", &world, test_too_long);
    g_test_add_data_func("/expr/what_it_reads", &world, test_what_it_reads);
    g_test_add_data_func("/expr/codes_for_a_place", &world, test_codes_for_a_place);
    g_test_add_data_func("/expr/no_condition_is_true", &world, test_no_condition_is_true);
    g_test_add_data_func("/expr/speed", &world, test_speed);
    bool write = argc > 1 && strcmp(argv[1], "--write") == 0;
    int failed = write ? write_crossed(&world) : g_test_run();
    json_decref(world.file);
    return failed;
}
