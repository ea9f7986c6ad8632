/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/column_defs.h"

#include "base/identity.h"
#include "base/nearest.h"

#include <string.h>

static const struct column_def unit_columns[] = {
    {(char *)"id", "编号", "ID", CELL_CODE, .shown_only = true},
    {(char *)"code", "代码", "Code", CELL_CODE},
    {(char *)"name", "名称", "Name", CELL_TEXT, .required = true},
    {(char *)"type", "类型", "Type", CELL_TEXT, .required = true},
    {(char *)"parent", "上级单位", "Parent", CELL_CODE, .required = true},
    {(char *)"date", "起始日期", "From", CELL_DATE},
};
static const struct column_def fact_unit_columns[] = {
    {(char *)"code", "代码", "Code", CELL_UNIT, .required = true},
    {(char *)"name", "名称", "Name", CELL_TEXT, .shown_only = true},
};
static const struct column_def fact_date_columns[] = {
    {(char *)"date", "起始日期", "From", CELL_DATE},
    {(char *)"source", "来源", "Source", CELL_TEXT},
};
static const struct column_def person_columns[] = {
    {(char *)"id", "编号", "ID", CELL_CODE, .shown_only = true},
    {(char *)"name", "姓名", "Name", CELL_TEXT, .required = true},
    {(char *)"id_type", "证件类型", "ID type", CELL_TEXT, .not_written = true},
    {(char *)"id_number", "身份证号", "ID number", CELL_CODE},
    {(char *)"phone", "手机号", "Phone", CELL_CODE},
    {(char *)"unit", "所在单位", "Unit", CELL_UNIT},
    {(char *)"home", "居住地", "Home", CELL_UNIT},
    {(char *)"dwelling", "门牌", "Dwelling", CELL_TEXT},
    {(char *)"since", "居住起始", "Lives there since", CELL_DATETIME, .from_midnight = true},
};
static const struct column_def post_id_column = {(char *)"id", "编号", "ID", CELL_CODE, .shown_only = true};
/* Who holds which post, of posts and of their shifts. */
static const struct column_def holder_columns[] = {
    {(char *)"person", "人员编号", "Person", CELL_CODE},
    {(char *)"person.name", "姓名", "Name", CELL_TEXT},
    {(char *)"person.id_type", "证件类型", "ID type", CELL_TEXT, .not_written = true},
    {(char *)"person.id_number", "身份证号", "ID number", CELL_CODE},
    {(char *)"person.phone", "手机号", "Phone", CELL_CODE},
    {(char *)"role", "岗位", "Role", CELL_TEXT, .required = true},
};
static const struct column_def post_columns[] = {
    {(char *)"grounds", "责任区", "Grounds", CELL_UNITS, .required = true},
    {(char *)"seat", "所在单位", "Seat", CELL_UNIT},
    {(char *)"from", "开始时间", "From", CELL_DATETIME, .from_midnight = true},
    {(char *)"to", "结束时间", "To", CELL_DATETIME},
};
static const struct column_def shift_columns[] = {
    {(char *)"grounds", "责任区", "Grounds", CELL_UNITS},
    {(char *)"from", "值班开始", "On duty from", CELL_DATETIME, .required = true},
    {(char *)"to", "值班结束", "On duty to", CELL_DATETIME, .required = true},
};
static const struct column_def matter_columns[] = {
    {(char *)"id", "事项编号", "Matter", CELL_CODE},
    {(char *)"unit", "单位", "Unit", CELL_UNIT, .required = true},
    {(char *)"unit.name", "单位名称", "Unit name", CELL_TEXT, .shown_only = true},
    {(char *)"state", "状态", "State", CELL_TEXT, .shown_only = true},
    {(char *)"opened_at", "立项时间", "Opened at", CELL_DATETIME},
    {(char *)"closed_at", "办结时间", "Closed at", CELL_TEXT, .shown_only = true},
    {(char *)"parent", "上级事项", "Parent matter", CELL_CODE},
};
/* Of a kind whose form has no field of this name. */
static const struct column_def observed_column = {(char *)"observed_at", "获知时间", "Observed at", CELL_DATETIME};
static const struct column_def person_subject_columns[] = {
    {(char *)"subject", "人员编号", "Person", CELL_CODE},
    {(char *)"subject.name", "姓名", "Name", CELL_TEXT},
    {(char *)"subject.id_type", "证件类型", "ID type", CELL_TEXT, .not_written = true},
    {(char *)"subject.id_number", "身份证号", "ID number", CELL_CODE},
    {(char *)"subject.phone", "手机号", "Phone", CELL_CODE},
};
static const struct column_def unit_subject_columns[] = {
    {(char *)"subject", "对象单位", "About unit", CELL_UNIT, .required = true},
};
static const struct column_def entry_columns[] = {
    {(char *)"observed_at", "发生时间", "Observed at", CELL_DATETIME},
    {(char *)"attempt", "未成原因", "Attempt", CELL_TEXT},
    {(char *)"word_of", "何人所述", "Word of", CELL_TEXT},
    {(char *)"channel", "渠道", "Channel", CELL_TEXT},
};

static void add(struct column_defs *column_defs, const struct column_def *column_def, char *name /* taken */)
{
    struct column_def copy = *column_def;
    copy.name = name;
    g_array_append_val(column_defs->all, copy);
}

static void add_fixed(struct column_defs *column_defs, const struct column_def *fixed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct column_def column_def = fixed[i];
        column_def.entry = -1;
        add(column_defs, &column_def, g_strdup(column_def.name));
    }
}

static void add_field(struct column_defs *column_defs, const struct field *field, int entry, char *name /* taken */)
{
    struct column_def column_def = {.zh = field->label.zh,
                                    .en = field->label.en,
                                    .type = cell_type_of(field),
                                    .field = field,
                                    .required = field->required && entry < 0,
                                    .entry = entry};
    add(column_defs, &column_def, name);
}

static struct column_def *last(struct column_defs *column_defs)
{
    return &g_array_index(column_defs->all, struct column_def, column_defs->all->len - 1);
}

/* "物资：数量", "Wanted: quantity": of lines, each of which is a row, or of a value. `prefix` is the whole's column. */
static void add_parts(struct column_defs *column_defs, const struct field *whole, int entry, const char *prefix)
{
    const struct form *parts = whole->lines != NULL ? whole->lines : field_parts(whole);
    for (size_t i = 0; parts != NULL && i < parts->field_count; i++) {
        const struct field *field = &parts->fields[i];
        char *name = g_strconcat(prefix, ".", field->name, NULL);
        if (column_defs_find(column_defs, name) >= 0) {
            g_free(name);
            name = g_strconcat("form.", prefix, ".", field->name, NULL);
        }
        add_field(column_defs, field, entry, name);
        struct column_def *added = last(column_defs);
        added->whole = whole;
        added->required = false;
        if (whole->label.zh == NULL)
            continue;
        added->zh = added->own_zh = g_strconcat(whole->label.zh, "：", field->label.zh, NULL);
        added->en = added->own_en = g_strconcat(whole->label.en, ": ", field->label.en, NULL);
    }
}

static void add_form(struct column_defs *column_defs, const struct kind *kind)
{
    for (size_t i = 0; i < kind->form.field_count; i++) {
        const struct field *field = &kind->form.fields[i];
        bool taken = column_defs_find(column_defs, field->name) >= 0;
        add_field(column_defs, field, -1, taken ? g_strconcat("form.", field->name, NULL) : g_strdup(field->name));
        if (field->lines != NULL || field_parts(field) != NULL)
            last(column_defs)->required = false; /* the columns of its parts are required instead */
    }
}

/* After those of entries, whose names come first. */
static void add_form_parts(struct column_defs *column_defs, const struct kind *kind)
{
    for (size_t i = 0; i < kind->form.field_count; i++)
        add_parts(column_defs, &kind->form.fields[i], -1, kind->form.fields[i].name);
}

/* Titles of an entry's columns are those of its fields. Two entries with the same field differ in names alone, so
 * exports write names and mapping files use them. */
static void add_entry(struct column_defs *column_defs, const struct kind *kind, int index)
{
    const struct entry_def *entry = &kind->entries[index];
    for (size_t i = 0; i < G_N_ELEMENTS(entry_columns); i++) {
        struct column_def column_def = entry_columns[i];
        column_def.entry = index;
        column_def.zh = column_def.en = NULL;
        add(column_defs, &column_def, g_strconcat(entry->name, ".", entry_columns[i].name, NULL));
    }
    for (size_t i = 0; i < entry->form.field_count; i++) {
        const struct field *field = &entry->form.fields[i];
        g_autofree char *name = g_strconcat(entry->name, ".", field->name, NULL);
        add_field(column_defs, field, index, g_strdup(name));
        last(column_defs)->zh = last(column_defs)->en = NULL;
        guint from = column_defs->all->len;
        add_parts(column_defs, field, index, name);
        for (; from < column_defs->all->len; from++) {
            struct column_def *line = &g_array_index(column_defs->all, struct column_def, from);
            line->zh = line->en = NULL;
        }
    }
}

static void add_matter(struct column_defs *column_defs, const struct kind *kind)
{
    add_fixed(column_defs, matter_columns, G_N_ELEMENTS(matter_columns));
    if (kind->about == ABOUT_PERSON)
        add_fixed(column_defs, person_subject_columns, G_N_ELEMENTS(person_subject_columns));
    else if (kind->about == ABOUT_UNIT)
        add_fixed(column_defs, unit_subject_columns, G_N_ELEMENTS(unit_subject_columns));
    add_form(column_defs, kind);
    for (size_t i = 0; i < kind->entry_count; i++)
        add_entry(column_defs, kind, (int)i);
    add_form_parts(column_defs, kind);
    if (column_defs_find(column_defs, observed_column.name) < 0)
        add_fixed(column_defs, &observed_column, 1);
}

/* A fact that is named as a fixed column is `fact.NAME`. */
static void add_unit_facts(struct column_defs *column_defs, const struct playbook *playbook)
{
    static const char *const fixed[] = {"code", "name", "date", "source", NULL};
    add_fixed(column_defs, fact_unit_columns, G_N_ELEMENTS(fact_unit_columns));
    for (size_t i = 0; i < playbook->unit_fact_count; i++) {
        const struct unit_fact *fact = &playbook->unit_facts[i];
        const struct column_def column_def = {
            .zh = fact->title.zh, .en = fact->title.en, .type = CELL_INTEGER, .fact = fact, .entry = -1};
        bool taken = g_strv_contains(fixed, fact->name);
        add(column_defs, &column_def, taken ? g_strconcat("fact.", fact->name, NULL) : g_strdup(fact->name));
    }
    add_fixed(column_defs, fact_date_columns, G_N_ELEMENTS(fact_date_columns));
}

bool column_defs_init(struct column_defs *column_defs, const struct playbook *playbook, const char *what)
{
    *column_defs = (struct column_defs){.all = g_array_new(FALSE, FALSE, sizeof(struct column_def))};
    if (strcmp(what, "units") == 0) {
        column_defs->what = SHEET_UNITS;
        add_fixed(column_defs, unit_columns, G_N_ELEMENTS(unit_columns));
    } else if (strcmp(what, "unit_facts") == 0 && playbook->unit_fact_count > 0) {
        column_defs->what = SHEET_UNIT_FACTS;
        add_unit_facts(column_defs, playbook);
    } else if (strcmp(what, "persons") == 0) {
        column_defs->what = SHEET_PERSONS;
        add_fixed(column_defs, person_columns, G_N_ELEMENTS(person_columns));
    } else if (strcmp(what, "posts") == 0) {
        column_defs->what = SHEET_POSTS;
        add_fixed(column_defs, &post_id_column, 1);
        add_fixed(column_defs, holder_columns, G_N_ELEMENTS(holder_columns));
        add_fixed(column_defs, post_columns, G_N_ELEMENTS(post_columns));
    } else if (strcmp(what, "rosters") == 0) {
        column_defs->what = SHEET_ROSTERS;
        add_fixed(column_defs, holder_columns, G_N_ELEMENTS(holder_columns));
        add_fixed(column_defs, shift_columns, G_N_ELEMENTS(shift_columns));
    } else {
        column_defs->what = SHEET_MATTERS;
        column_defs->kind = playbook_find_kind(playbook, what);
        if (column_defs->kind != NULL)
            add_matter(column_defs, column_defs->kind);
    }
    return column_defs->all->len > 0;
}

void column_defs_clear(struct column_defs *column_defs)
{
    for (guint i = 0; column_defs->all != NULL && i < column_defs->all->len; i++) {
        struct column_def *column_def = &g_array_index(column_defs->all, struct column_def, i);
        g_free(column_def->name);
        g_free(column_def->own_zh);
        g_free(column_def->own_en);
    }
    g_clear_pointer(&column_defs->all, g_array_unref);
}

const struct column_def *column_defs_at(const struct column_defs *column_defs, int index)
{
    return &g_array_index(column_defs->all, struct column_def, (guint)index);
}

int column_defs_whole(const struct column_defs *column_defs, int part)
{
    const struct column_def *of = column_defs_at(column_defs, part);
    for (guint i = 0; i < column_defs->all->len; i++)
        if (column_defs_at(column_defs, (int)i)->field == of->whole &&
            column_defs_at(column_defs, (int)i)->entry == of->entry)
            return (int)i;
    g_assert_not_reached();
}

bool column_def_is_line(const struct column_def *column_def)
{
    return column_def->whole != NULL && column_def->whole->lines != NULL;
}

int column_defs_find(const struct column_defs *column_defs, const char *name)
{
    for (guint i = 0; i < column_defs->all->len; i++)
        if (strcmp(column_defs_at(column_defs, (int)i)->name, name) == 0)
            return (int)i;
    return -1;
}

/* ---- headers ---- */

static char *plain_header(const char *header)
{
    static const char *const marks[] = {"(必填)", "(选填)", "(required)", "(optional)"};
    g_autofree char *narrow = identity_halfwidth(header);
    g_autofree char *folded = g_utf8_casefold(narrow, -1);
    GString *plain = g_string_new(NULL);
    for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (!g_unichar_isspace(c) && c != '*' && (c < 0x200b || c > 0x200f) && c != 0xfeff)
            g_string_append_unichar(plain, c);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (g_str_has_suffix(plain->str, marks[i]))
            g_string_truncate(plain, plain->len - strlen(marks[i]));
    return g_string_free(plain, FALSE);
}

static bool is_called(const char *title, const char *plain)
{
    g_autofree char *other = title != NULL ? plain_header(title) : NULL;
    return other != NULL && strcmp(other, plain) == 0;
}

int column_defs_match(const struct column_defs *column_defs, const char *header)
{
    g_autofree char *plain = plain_header(header);
    if (*plain == '\0')
        return -1;
    for (guint i = 0; i < column_defs->all->len; i++)
        if (is_called(column_defs_at(column_defs, (int)i)->name, plain))
            return (int)i;
    if (g_str_has_prefix(plain, "form.") && column_defs_find(column_defs, plain + strlen("form.")) >= 0)
        return column_defs_find(column_defs, plain + strlen("form."));
    for (int shown_only = 0; shown_only < 2; shown_only++)
        for (guint i = 0; i < column_defs->all->len; i++) {
            const struct column_def *column_def = column_defs_at(column_defs, (int)i);
            if (column_def->shown_only == (shown_only == 1) &&
                (is_called(column_def->zh, plain) || is_called(column_def->en, plain)))
                return (int)i;
        }
    return -1;
}

const char *column_defs_nearest(const struct column_defs *column_defs, const char *header)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    bool chinese = !g_str_is_ascii(header);
    for (guint i = 0; i < column_defs->all->len; i++) {
        const struct column_def *column_def = column_defs_at(column_defs, (int)i);
        const char *title = chinese ? column_def->zh : column_def->name;
        if (title != NULL)
            g_ptr_array_add(names, (gpointer)title);
    }
    return nearest_name(header, (const char *const *)names->pdata, names->len);
}
