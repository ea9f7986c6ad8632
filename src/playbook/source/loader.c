/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/source/loader.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "playbook/model/calendar.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/role.h"
#include "playbook/model/rule.h"
#include "playbook/model/texts.h"
#include "playbook/source/diagnostic.h"

#include <stdarg.h>
#include <string.h>

#define NAME_CHARS_MAX 40 /* rows keep names in 48 bytes */

/* ---- reporting ---- */

__attribute__((format(printf, 4, 0))) static void report(struct loader *loader, const struct yaml_node *node,
                                                         const char *suggestion, const char *format, va_list arguments)
{
    if (node->type == NODE_REFUSED || loader_is_full(loader))
        return;
    g_autofree char *narrow = suggestion == NULL && node->type == NODE_SCALAR ? yaml_halfwidth(node->text) : NULL;
    diagnostics_add_list(loader->diagnostics, node->file, node->line, node->column,
                         suggestion != NULL ? suggestion : narrow, format, arguments);
}

void loader_report(struct loader *loader, const struct yaml_node *node, const char *suggestion, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(loader, node, suggestion, format, arguments);
    va_end(arguments);
}

void loader_lint(struct loader *loader, const struct yaml_node *node, const char *suggestion, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!loader->adopted)
        report(loader, node, suggestion, format, arguments);
    va_end(arguments);
}

bool loader_is_full(const struct loader *loader)
{
    return loader->diagnostics->len >= LIMIT_DIAGNOSTICS;
}

void loader_set_node(struct loader *loader, const void *thing, const struct yaml_node *node)
{
    g_hash_table_insert(loader->part_nodes, (gpointer)thing, (gpointer)node);
}

const struct yaml_node *loader_node(struct loader *loader, const void *thing)
{
    static const struct yaml_node nowhere = {.type = NODE_REFUSED, .file = "", .line = 1, .column = 1};
    const struct yaml_node *node = g_hash_table_lookup(loader->part_nodes, thing);
    return node != NULL ? node : &nowhere;
}

void loader_mark_unresolved(struct loader *loader, const void *thing)
{
    g_hash_table_add(loader->unresolved, (gpointer)thing);
}

bool loader_is_unresolved(struct loader *loader, const void *thing)
{
    return g_hash_table_contains(loader->unresolved, thing);
}

/* ---- values ---- */

static const char *const yaml_type_names[] = {
    [NODE_SCALAR] = "a single value",
    [NODE_SEQUENCE] = "a list",
    [NODE_MAPPING] = "a mapping",
    [NODE_REFUSED] = "something refused",
};

const char *load_text(struct loader *loader, const struct yaml_node *node, const char *what)
{
    if (node->type != NODE_SCALAR) {
        loader_report(loader, node, NULL, "%s is a single value, not %s", what, yaml_type_names[node->type]);
        return NULL;
    }
    if (*node->text == '\0') {
        loader_report(loader, node, NULL, "%s is empty", what);
        return NULL;
    }
    return node->text;
}

static bool is_blank(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text))
        if (!g_unichar_isspace(g_utf8_get_char(text)))
            return false;
    return true;
}

static bool read_one_text(struct loader *loader, const struct yaml_node *node, const char *what, char **out)
{
    if (load_text(loader, node, what) == NULL)
        return false;
    if (is_blank(node->text)) {
        loader_report(loader, node, NULL, "%s is empty", what);
        return false;
    }
    *out = storage_copy(loader->storage, node->text);
    return true;
}

static const struct key text_keys[] = {
    {"zh", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct texts, zh)},
    {"en", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct texts, en)},
};

bool load_texts(struct loader *loader, const struct yaml_node *node, struct texts *out)
{
    if (loader->one_language) {
        bool read = read_one_text(loader, node, "a text", &out->zh);
        out->en = out->zh;
        return read;
    }
    if (node->type == NODE_SCALAR) {
        loader_report(loader, node, "{zh: 中文, en: English}", "a text in both languages is needed");
        return false;
    }
    return LOAD_KEYS(loader, node, text_keys, out, "a text") && out->zh != NULL && out->en != NULL;
}

bool load_bool(struct loader *loader, const struct yaml_node *node, bool *out)
{
    if (node->type == NODE_SCALAR && strcmp(node->text, "true") == 0)
        return *out = true;
    if (node->type == NODE_SCALAR && strcmp(node->text, "false") == 0)
        return *out = false, true;
    static const char *const yes[] = {"yes", "Yes", "YES", "on", "True", "TRUE", "y", "1", "是"};
    const char *suggestion = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(yes) && node->type == NODE_SCALAR; i++)
        if (strcmp(node->text, yes[i]) == 0)
            suggestion = "true";
    loader_report(loader, node, suggestion, "true or false is needed");
    return false;
}

static bool read_count(struct loader *loader, const struct yaml_node *node, int *out)
{
    gint64 number;
    const char *text = load_text(loader, node, "a whole number");
    if (text == NULL)
        return false;
    if (!g_ascii_string_to_signed(text, 10, 0, 999999999, &number, NULL)) {
        loader_report(loader, node, NULL, "%s is not a whole number from 0", text);
        return false;
    }
    *out = (int)number;
    return true;
}

bool load_duration(struct loader *loader, const struct yaml_node *node, int64_t *out_us)
{
    const char *text = load_text(loader, node, "a duration");
    if (text == NULL)
        return false;
    if (duration_parse(text, out_us))
        return true;
    size_t digits = strspn(text, "0123456789");
    g_autofree char *suggestion = NULL;
    static const struct {
        const char *wrong, *right;
    } units[] = {{"m", "min"},          {"minutes", "min"}, {"mins", "min"},
                 {"分钟", "min"},       {"hours", "h"},     {"hour", "h"},
                 {"小时", "h"},         {"days", "d"},      {"day", "d"},
                 {"天", "d"},           {"日", "d"},        {"sec", "s"},
                 {"秒", "s"},           {"H", "h"},         {"D", "d"},
                 {"hr", "h"},           {"个工作日", "wd"}, {"工作日", "wd"},
                 {"working days", "wd"}};
    const char *unit = text + digits;
    while (*unit == ' ')
        unit++;
    for (size_t i = 0; i < G_N_ELEMENTS(units) && digits > 0 && suggestion == NULL; i++)
        if (strcmp(unit, units[i].wrong) == 0 || (unit > text + digits && strcmp(unit, units[i].right) == 0))
            suggestion = g_strdup_printf("%.*s%s", (int)digits, text, units[i].right);
    static const char *const weeks[] = {"w", "wk", "week", "weeks", "周", "星期", "个星期", "礼拜"};
    gint64 count;
    for (size_t i = 0; i < G_N_ELEMENTS(weeks) && digits > 0 && digits < 4 && suggestion == NULL; i++) {
        g_autofree char *number = g_strndup(text, digits);
        if (strcmp(unit, weeks[i]) == 0 && g_ascii_string_to_signed(number, 10, 0, 999, &count, NULL))
            suggestion = g_strdup_printf("%" G_GINT64_FORMAT "d", 7 * count);
    }
    loader_report(loader, node, suggestion, "%s is not a duration such as 90s, 30min, 2h or 14d", text);
    return false;
}

bool load_length(struct loader *loader, const struct yaml_node *node, struct length *out)
{
    if (node->type == NODE_SCALAR && working_days_parse(node->text, &out->working_days))
        return true;
    return load_duration(loader, node, &out->us);
}

/* ---- times of day ---- */

/* What people write between two times; of bytes that begin with others of the list, the longer first. */
static const char *const dashes[] = {"--", "–", "—", "―", "‐", "‑", "−", "~", "～", "〜", "至", "到"};

static char *replaced(char *text /* taken */, const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(text, from, -1);
    g_free(text);
    return g_strjoinv(to, parts);
}

/* "9:00", "９：３０" and "9.30" as the language has them; NULL: no time of day. */
static char *time_meant(const char *text)
{
    char *narrow = yaml_halfwidth(text);
    g_autofree char *plain = replaced(narrow != NULL ? narrow : g_strdup(text), " ", "");
    int minutes;
    g_strdelimit(plain, ".", ':');
    g_autofree char *padded = plain[0] != '\0' && plain[1] == ':' ? g_strconcat("0", plain, NULL) : g_strdup(plain);
    return time_of_day_parse(padded, &minutes) ? g_steal_pointer(&padded) : NULL;
}

/* With any dash, blanks around it, and times as above: as it is written; NULL: no window. */
static char *window_meant(const char *text)
{
    char *plain = g_strdup(text);
    for (size_t i = 0; i < G_N_ELEMENTS(dashes); i++)
        plain = replaced(plain, dashes[i], "-");
    g_auto(GStrv) halves = g_strsplit(plain, "-", 2);
    g_free(plain);
    g_autofree char *from = halves[0] != NULL ? time_meant(halves[0]) : NULL;
    g_autofree char *to = halves[0] != NULL && halves[1] != NULL ? time_meant(halves[1]) : NULL;
    return from != NULL && to != NULL ? g_strdup_printf("'%s-%s'", from, to) : NULL;
}

static bool read_time(struct loader *loader, const struct yaml_node *node, int *out_minutes)
{
    const char *text = load_text(loader, node, "a time of day");
    if (text == NULL)
        return false;
    if (time_of_day_parse(text, out_minutes))
        return true;
    g_autofree char *time = time_meant(text);
    g_autofree char *meant = time != NULL ? g_strdup_printf("'%s'", time) : NULL;
    loader_report(loader, node, meant, "%s is not a time of day such as '06:30'", text);
    return false;
}

bool load_date(struct loader *loader, const struct yaml_node *node, int32_t *out_day)
{
    const char *text = load_text(loader, node, "a date");
    if (text == NULL)
        return false;
    if (date_parse(text, out_day))
        return true;
    loader_report(loader, node, NULL, "%s is not a date such as 2020-01-28", text);
    return false;
}

bool load_window(struct loader *loader, const struct yaml_node *node, int *out_from, int *out_to)
{
    const char *text = load_text(loader, node, "a window");
    if (text == NULL)
        return false;
    g_auto(GStrv) halves = g_strsplit(text, "-", 2);
    if (halves[0] != NULL && halves[1] != NULL && time_of_day_parse(halves[0], out_from) &&
        time_of_day_parse(halves[1], out_to))
        return true;
    g_autofree char *meant = window_meant(text);
    loader_report(loader, node, meant, "%s is not a window such as '06:30-10:00'", text);
    return false;
}

bool name_is_valid(const char *text, size_t most)
{
    size_t length = strlen(text);
    return length > 0 && length <= most && g_ascii_islower(*text) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

bool code_is_valid(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > NAME_CHARS_MAX)
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && strchr("_-.", *p) == NULL)
            return false;
    return true;
}

bool load_name(struct loader *loader, const struct yaml_node *node, const char *what, char **out)
{
    g_autofree char *kind_of_name = g_strdup_printf("the name of %s", what);
    const char *text = load_text(loader, node, kind_of_name);
    if (text == NULL)
        return false;
    *out = storage_copy(loader->storage, text); /* a malformed name is known too, so that it is reported once */
    if (!name_is_valid(text, NAME_CHARS_MAX)) {
        g_autofree char *lower = g_ascii_strdown(text, -1);
        g_strdelimit(lower, "- .", '_');
        if (name_is_valid(lower, NAME_CHARS_MAX))
            *out = storage_copy(loader->storage, lower);
        loader_report(loader, node, name_is_valid(lower, NAME_CHARS_MAX) ? lower : NULL,
                      "%s is not a name: a-z, 0-9 and _, beginning with a letter, at most %d characters", text,
                      NAME_CHARS_MAX);
        return false;
    }
    return true;
}

int load_word(struct loader *loader, const struct yaml_node *node, const char *what, const char *const *words,
              size_t count)
{
    const char *text = load_text(loader, node, what);
    if (text == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return (int)i;
    g_autoptr(GString) allowed = g_string_new(NULL);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(allowed, "%s%s", i > 0 ? ", " : "", words[i]);
    loader_report(loader, node, nearest_name(text, words, count),
                  count > 1 ? "%s is one of %s, not %s" : "%s is always %s, not %s", what, allowed->str, text);
    return -1;
}

/* ---- keys ---- */

static bool check_shape(struct loader *loader, const struct yaml_node *node, const struct key *key)
{
    enum yaml_type wanted = key->shape == SHAPE_MAPPING ? NODE_MAPPING : NODE_SCALAR;
    if (node->type == wanted || node->type == NODE_REFUSED)
        return node->type == wanted;
    loader_report(loader, node, NULL, "%s is %s, not %s", key->name, yaml_type_names[wanted],
                  yaml_type_names[node->type]);
    return false;
}

static bool read_value(struct loader *loader, const struct yaml_node *node, const struct key *key, void *place)
{
    switch (key->shape) {
    case SHAPE_NODE:
        return true;
    case SHAPE_MAPPING:
    case SHAPE_SCALAR:
        return check_shape(loader, node, key);
    case SHAPE_TEXT:
        return read_one_text(loader, node, key->name, place);
    case SHAPE_TEXTS:
        return load_texts(loader, node, place);
    case SHAPE_BOOL:
        return load_bool(loader, node, place);
    case SHAPE_COUNT:
        return read_count(loader, node, place);
    case SHAPE_DURATION:
        return load_duration(loader, node, place);
    case SHAPE_TIME:
        return read_time(loader, node, place);
    }
    g_assert_not_reached();
}

static const struct key *find_key(const struct key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

/* A key that is only misspelt is not missing as well. */
static bool is_misspelt(const struct yaml_node *node, const struct key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < node->count; i++) {
        const char *written = node->keys[i]->text;
        if (find_key(keys, count, written) == NULL &&
            g_strcmp0(named_nearest(keys, count, sizeof *keys, written), name) == 0)
            return true;
    }
    return false;
}

/* {zh: 甲, 乙}: what a comma took apart is a key without a value. */
static bool is_rest_of_text(const struct yaml_node *node, size_t i)
{
    const struct yaml_node *value = node->items[i];
    return i > 0 && value->type == NODE_SCALAR && *value->text == '\0' && value->quote == 0 &&
           node->keys[i]->line == node->keys[i - 1]->line;
}

bool load_keys(struct loader *loader, const struct yaml_node *node, const struct key *keys, size_t count, void *target,
               const char *what)
{
    if (node->type != NODE_MAPPING) {
        loader_report(loader, node, NULL, "%s is a mapping, not %s", what, yaml_type_names[node->type]);
        return false;
    }
    for (size_t i = 0; i < node->count && !loader_is_full(loader); i++) {
        const struct key *key = find_key(keys, count, node->keys[i]->text);
        if (key == NULL && is_rest_of_text(node, i))
            loader_report(loader, node->keys[i], NULL,
                          "the comma before %s ends the value of %s: quote what has a comma in it", node->keys[i]->text,
                          node->keys[i - 1]->text);
        else if (key == NULL && strcmp(what, "kind") == 0 && strcmp(node->keys[i]->text, "refuse") == 0)
            loader_report(loader, node->keys[i], NULL,
                          "only an entry has refuse: with what a matter may be opened its form says, by `required`, "
                          "`required_when`, `min`, `max` and `of`; or its first entry refuses");
        else if (key == NULL)
            loader_report(loader, node->keys[i], named_nearest(keys, count, sizeof *keys, node->keys[i]->text),
                          "%s has no key %s", what, node->keys[i]->text);
        else if (node->items[i]->type != NODE_REFUSED)
            read_value(loader, node->items[i], key, target != NULL ? (char *)target + key->offset : NULL);
    }
    for (size_t i = 0; i < count && !loader_is_full(loader); i++)
        if (keys[i].needed && yaml_find(node, keys[i].name) == NULL && !is_misspelt(node, keys, count, keys[i].name))
            loader_report(loader, node, NULL, "%s lacks %s", what, keys[i].name);
    return true;
}

size_t yaml_item_count(const struct yaml_node *node)
{
    if (node == NULL || node->type == NODE_REFUSED)
        return 0;
    return node->type == NODE_SEQUENCE ? node->count : 1;
}

const struct yaml_node *yaml_item(const struct yaml_node *node, size_t i)
{
    return node->type == NODE_SEQUENCE ? node->items[i] : node;
}

/* ---- names ---- */

static const char *name_at(const void *array, size_t bytes, size_t i)
{
    return *(const char *const *)((const char *)array + i * bytes);
}

const void *named_find(const void *array, size_t count, size_t bytes, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name_at(array, bytes, i), name) == 0)
            return (const char *)array + i * bytes;
    return NULL;
}

const char *named_nearest(const void *array, size_t count, size_t bytes, const char *name)
{
    g_autofree char *narrow = yaml_halfwidth(name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < count; i++)
        if (*name_at(array, bytes, i) != '\0')
            g_ptr_array_add(names, (gpointer)name_at(array, bytes, i));
    return nearest_name(narrow != NULL ? narrow : name, (const char *const *)names->pdata, names->len);
}

/* As far as titles have been read. */
const char *named_by_title(struct names names, const char *text)
{
    for (size_t i = 0; names.title != 0 && i < names.count; i++) {
        const char *thing = (const char *)names.array + i * names.bytes;
        const struct texts *title = (const void *)(thing + names.title);
        if (g_strcmp0(title->zh, text) == 0 || g_strcmp0(title->en, text) == 0)
            return name_at(names.array, names.bytes, i);
    }
    return NULL;
}

const void *loader_resolve_text(struct loader *loader, const struct yaml_node *node, const char *name,
                                struct names names)
{
    const void *found = named_find(names.array, names.count, names.bytes, name);
    if (found != NULL)
        return found;
    if (loader_is_full(loader))
        return NULL;
    g_autofree char *full = g_strdup_printf("%s %s", names.what, name);
    if (g_hash_table_contains(loader->truncated, full) || g_hash_table_contains(loader->truncated, names.what))
        return NULL;
    const char *meant = named_by_title(names, name);
    if (meant != NULL)
        loader_report(loader, node, meant, "%s is the title of a %s; what is needed is its name", name, names.what);
    else
        loader_report(loader, node, named_nearest(names.array, names.count, names.bytes, name), "there is no %s %s",
                      names.what, name);
    return NULL;
}

const void *loader_resolve(struct loader *loader, const struct yaml_node *node, struct names names)
{
    g_autofree char *what = g_strdup_printf("the name of a %s", names.what);
    const char *name = load_text(loader, node, what);
    return name == NULL ? NULL : loader_resolve_text(loader, node, name, names);
}

bool loader_takes_all(struct loader *loader, const struct yaml_node *node)
{
    size_t count = yaml_item_count(node);
    if (loader->adopted)
        return true; /* it was read before */
    if (count > LIMIT_KIND_PARTS)
        loader_report(loader, node, NULL, "at most %d in one list; there are %zu", LIMIT_KIND_PARTS, count);
    return count <= LIMIT_KIND_PARTS;
}

void *loader_resolve_list(struct loader *loader, const struct yaml_node *node, struct names names, size_t *out_count)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(const void *));
    size_t count = loader_takes_all(loader, node) ? yaml_item_count(node) : 0;
    for (size_t i = 0; i < count; i++) {
        const void *thing = loader_resolve(loader, yaml_item(node, i), names);
        bool twice = false;
        for (guint j = 0; j < found->len && thing != NULL; j++)
            twice = twice || g_array_index(found, const void *, j) == thing;
        if (twice)
            loader_report(loader, yaml_item(node, i), NULL, "%s is given twice here", yaml_item(node, i)->text);
        else if (thing != NULL)
            g_array_append_val(found, thing);
    }
    return storage_take_array(loader->storage, found, out_count);
}

#define TITLED(what, array, count, type)                                                                               \
    ((struct names){what, array, count, sizeof *(array), G_STRUCT_OFFSET(type, title)})

struct names names_of_unit_types(const struct loader *loader)
{
    return TITLED("unit type", loader->playbook->unit_types, loader->playbook->unit_type_count, struct unit_type);
}

struct names names_of_unit_facts(const struct loader *loader)
{
    return TITLED("fact about units", loader->playbook->unit_facts, loader->playbook->unit_fact_count,
                  struct unit_fact);
}

struct names names_of_roles(const struct loader *loader)
{
    return TITLED("role", loader->playbook->roles, loader->playbook->role_count, struct role);
}

struct names names_of_lists(const struct loader *loader)
{
    return TITLED("list", loader->playbook->lists, loader->playbook->list_count, struct code_list);
}

struct names names_of_codes(const struct code_list *list)
{
    return (struct names){"code", list->codes, list->code_count, sizeof *list->codes,
                          G_STRUCT_OFFSET(struct code, label)};
}

struct names names_of_rules(const struct loader *loader)
{
    return TITLED("rule", loader->playbook->rules, loader->playbook->rule_count, struct rule);
}

struct names names_of_calendars(const struct loader *loader)
{
    return TITLED("calendar", loader->playbook->calendars, loader->playbook->calendar_count, struct calendar);
}

struct names names_of_documents(const struct loader *loader)
{
    return TITLED("document", loader->playbook->documents, loader->playbook->document_count, struct document);
}

struct names names_of_kinds(const struct loader *loader)
{
    return TITLED("kind", loader->playbook->kinds, loader->playbook->kind_count, struct kind);
}

struct names names_of_states(const struct kind *kind)
{
    return TITLED("state", kind->states, kind->state_count, struct state);
}

struct names names_of_entries(const struct kind *kind)
{
    return NAMES("entry", kind->entries, kind->entry_count);
}

struct names names_of_fields(const struct form *form)
{
    return NAMES("field", form->fields, form->field_count);
}

struct names names_of_participants(const struct kind *kind)
{
    return NAMES("participant set", kind->participants, kind->participant_count);
}

const struct expect *loader_resolve_expect(struct loader *loader, const struct yaml_node *node, const struct kind *kind,
                                           const char *name)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(const char *));
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++) {
            const struct expect *expect = &kind->states[i].expects[j];
            if (g_strcmp0(expect->name, name) == 0)
                return expect;
            g_array_append_val(all, expect->name);
        }
    if (!loader_is_unresolved(loader, &kind->entries))
        loader_resolve_text(loader, node, name, (struct names){"expectation", all->data, all->len, sizeof(char *), 0});
    return NULL;
}
