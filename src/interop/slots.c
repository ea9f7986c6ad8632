/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/slots.h"

#include "base/identity.h"
#include "base/nearest.h"

#include <string.h>

static const struct slot unit_slots[] = {
    {(char *)"id", "编号", "ID", CELL_CODE, .shown_only = true},
    {(char *)"code", "代码", "Code", CELL_CODE},
    {(char *)"name", "名称", "Name", CELL_TEXT, .required = true},
    {(char *)"type", "类型", "Type", CELL_TEXT, .required = true},
    {(char *)"parent", "上级单位", "Parent", CELL_CODE, .required = true},
    {(char *)"date", "起始日期", "From", CELL_DATE},
};
static const struct slot person_slots[] = {
    {(char *)"id", "编号", "ID", CELL_CODE, .shown_only = true},
    {(char *)"name", "姓名", "Name", CELL_TEXT, .required = true},
    {(char *)"id_number", "身份证号", "ID number", CELL_CODE},
    {(char *)"phone", "手机号", "Phone", CELL_CODE},
    {(char *)"unit", "所在单位", "Unit", CELL_UNIT},
    {(char *)"home", "居住地", "Home", CELL_UNIT},
    {(char *)"dwelling", "门牌", "Dwelling", CELL_TEXT},
    {(char *)"since", "居住起始", "Lives there since", CELL_DATETIME},
};
static const struct slot post_slots[] = {
    {(char *)"id", "编号", "ID", CELL_CODE, .shown_only = true},
    {(char *)"person", "人员编号", "Person", CELL_CODE},
    {(char *)"person.name", "姓名", "Name", CELL_TEXT},
    {(char *)"person.id_number", "身份证号", "ID number", CELL_CODE},
    {(char *)"person.phone", "手机号", "Phone", CELL_CODE},
    {(char *)"role", "岗位", "Role", CELL_TEXT, .required = true},
    {(char *)"grounds", "责任区", "Grounds", CELL_UNITS, .required = true},
    {(char *)"seat", "所在单位", "Seat", CELL_UNIT},
    {(char *)"from", "开始时间", "From", CELL_DATETIME},
    {(char *)"to", "结束时间", "To", CELL_DATETIME},
};
static const struct slot matter_slots[] = {
    {(char *)"id", "事项编号", "Matter", CELL_CODE},
    {(char *)"unit", "单位", "Unit", CELL_UNIT, .required = true},
    {(char *)"unit.name", "单位名称", "Unit name", CELL_TEXT, .shown_only = true},
    {(char *)"state", "状态", "State", CELL_TEXT, .shown_only = true},
    {(char *)"opened_at", "立项时间", "Opened at", CELL_DATETIME},
    {(char *)"closed_at", "办结时间", "Closed at", CELL_TEXT, .shown_only = true},
    {(char *)"parent", "上级事项", "Parent matter", CELL_CODE},
};
/* Of a kind whose form has no field of this name. */
static const struct slot observed_slot = {(char *)"observed_at", "获知时间", "Observed at", CELL_DATETIME};
static const struct slot person_subject_slots[] = {
    {(char *)"subject", "人员编号", "Person", CELL_CODE},
    {(char *)"subject.name", "姓名", "Name", CELL_TEXT},
    {(char *)"subject.id_number", "身份证号", "ID number", CELL_CODE},
    {(char *)"subject.phone", "手机号", "Phone", CELL_CODE},
};
static const struct slot unit_subject_slots[] = {
    {(char *)"subject", "对象单位", "About unit", CELL_UNIT, .required = true},
};
static const struct slot entry_slots[] = {
    {(char *)"observed_at", "发生时间", "Observed at", CELL_DATETIME},
    {(char *)"attempt", "未成原因", "Attempt", CELL_TEXT},
    {(char *)"word_of", "何人所述", "Word of", CELL_TEXT},
    {(char *)"channel", "渠道", "Channel", CELL_TEXT},
};

static void add(struct slots *slots, const struct slot *slot, char *name /* taken */)
{
    struct slot copy = *slot;
    copy.name = name;
    g_array_append_val(slots->all, copy);
}

static void add_fixed(struct slots *slots, const struct slot *fixed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slot slot = fixed[i];
        slot.entry = -1;
        add(slots, &slot, g_strdup(slot.name));
    }
}

static void add_field(struct slots *slots, const struct field *field, int entry, char *name /* taken */)
{
    struct slot slot = {.zh = field->label.zh,
                        .en = field->label.en,
                        .type = cell_type_of(field),
                        .field = field,
                        .required = field->required && entry < 0,
                        .entry = entry};
    add(slots, &slot, name);
}

static struct slot *last(struct slots *slots)
{
    return &g_array_index(slots->all, struct slot, slots->all->len - 1);
}

/* "物资：数量", "Wanted: quantity": of lines, each of which is a row, or of a value. `prefix` is the whole's column. */
static void add_parts(struct slots *slots, const struct field *whole, int entry, const char *prefix)
{
    const struct form *parts = whole->lines != NULL ? whole->lines : field_parts(whole);
    for (size_t i = 0; parts != NULL && i < parts->field_count; i++) {
        const struct field *field = &parts->fields[i];
        char *name = g_strconcat(prefix, ".", field->name, NULL);
        if (slots_find(slots, name) >= 0) {
            g_free(name);
            name = g_strconcat("form.", prefix, ".", field->name, NULL);
        }
        add_field(slots, field, entry, name);
        struct slot *added = last(slots);
        added->whole = whole;
        added->required = false;
        if (whole->label.zh == NULL)
            continue;
        added->zh = added->own_zh = g_strconcat(whole->label.zh, "：", field->label.zh, NULL);
        added->en = added->own_en = g_strconcat(whole->label.en, ": ", field->label.en, NULL);
    }
}

static void add_form(struct slots *slots, const struct kind *kind)
{
    for (size_t i = 0; i < kind->form.field_count; i++) {
        const struct field *field = &kind->form.fields[i];
        bool taken = slots_find(slots, field->name) >= 0;
        add_field(slots, field, -1, taken ? g_strconcat("form.", field->name, NULL) : g_strdup(field->name));
        if (field->lines != NULL || field_parts(field) != NULL)
            last(slots)->required = false; /* its columns are there, or it is missing where it is decided */
    }
}

/* Behind those of entries, whose names come first. */
static void add_form_parts(struct slots *slots, const struct kind *kind)
{
    for (size_t i = 0; i < kind->form.field_count; i++)
        add_parts(slots, &kind->form.fields[i], -1, kind->form.fields[i].name);
}

/* Titles of an entry's columns are those of its fields: only names tell two entries with the same field apart, so an
 * export has them, and a mapping file names them. */
static void add_entry(struct slots *slots, const struct kind *kind, int index)
{
    const struct entry_def *entry = &kind->entries[index];
    for (size_t i = 0; i < G_N_ELEMENTS(entry_slots); i++) {
        struct slot slot = entry_slots[i];
        slot.entry = index;
        slot.zh = slot.en = NULL;
        add(slots, &slot, g_strconcat(entry->name, ".", entry_slots[i].name, NULL));
    }
    for (size_t i = 0; i < entry->form.field_count; i++) {
        const struct field *field = &entry->form.fields[i];
        g_autofree char *name = g_strconcat(entry->name, ".", field->name, NULL);
        add_field(slots, field, index, g_strdup(name));
        last(slots)->zh = last(slots)->en = NULL;
        guint from = slots->all->len;
        add_parts(slots, field, index, name);
        for (; from < slots->all->len; from++) {
            struct slot *line = &g_array_index(slots->all, struct slot, from);
            line->zh = line->en = NULL;
        }
    }
}

static void add_matter(struct slots *slots, const struct kind *kind)
{
    add_fixed(slots, matter_slots, G_N_ELEMENTS(matter_slots));
    if (kind->about == ABOUT_PERSON)
        add_fixed(slots, person_subject_slots, G_N_ELEMENTS(person_subject_slots));
    else if (kind->about == ABOUT_UNIT)
        add_fixed(slots, unit_subject_slots, G_N_ELEMENTS(unit_subject_slots));
    add_form(slots, kind);
    for (size_t i = 0; i < kind->entry_count; i++)
        add_entry(slots, kind, (int)i);
    add_form_parts(slots, kind);
    if (slots_find(slots, observed_slot.name) < 0)
        add_fixed(slots, &observed_slot, 1);
}

bool slots_init(struct slots *slots, const struct playbook *playbook, const char *what)
{
    *slots = (struct slots){.all = g_array_new(FALSE, FALSE, sizeof(struct slot))};
    if (strcmp(what, "units") == 0) {
        slots->what = SHEET_UNITS;
        add_fixed(slots, unit_slots, G_N_ELEMENTS(unit_slots));
    } else if (strcmp(what, "persons") == 0) {
        slots->what = SHEET_PERSONS;
        add_fixed(slots, person_slots, G_N_ELEMENTS(person_slots));
    } else if (strcmp(what, "posts") == 0) {
        slots->what = SHEET_POSTS;
        add_fixed(slots, post_slots, G_N_ELEMENTS(post_slots));
    } else {
        slots->what = SHEET_MATTERS;
        slots->kind = playbook_find_kind(playbook, what);
        if (slots->kind != NULL)
            add_matter(slots, slots->kind);
    }
    return slots->all->len > 0;
}

void slots_clear(struct slots *slots)
{
    for (guint i = 0; slots->all != NULL && i < slots->all->len; i++) {
        struct slot *slot = &g_array_index(slots->all, struct slot, i);
        g_free(slot->name);
        g_free(slot->own_zh);
        g_free(slot->own_en);
    }
    g_clear_pointer(&slots->all, g_array_unref);
}

const struct slot *slots_at(const struct slots *slots, int index)
{
    return &g_array_index(slots->all, struct slot, (guint)index);
}

int slots_whole(const struct slots *slots, int part)
{
    const struct slot *of = slots_at(slots, part);
    for (guint i = 0; i < slots->all->len; i++)
        if (slots_at(slots, (int)i)->field == of->whole && slots_at(slots, (int)i)->entry == of->entry)
            return (int)i;
    g_assert_not_reached();
}

bool slot_is_line(const struct slot *slot)
{
    return slot->whole != NULL && slot->whole->lines != NULL;
}

int slots_find(const struct slots *slots, const char *name)
{
    for (guint i = 0; i < slots->all->len; i++)
        if (strcmp(slots_at(slots, (int)i)->name, name) == 0)
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

int slots_match(const struct slots *slots, const char *header)
{
    g_autofree char *plain = plain_header(header);
    if (*plain == '\0')
        return -1;
    for (guint i = 0; i < slots->all->len; i++)
        if (is_called(slots_at(slots, (int)i)->name, plain))
            return (int)i;
    if (g_str_has_prefix(plain, "form.") && slots_find(slots, plain + strlen("form.")) >= 0)
        return slots_find(slots, plain + strlen("form."));
    for (int shown_only = 0; shown_only < 2; shown_only++)
        for (guint i = 0; i < slots->all->len; i++) {
            const struct slot *slot = slots_at(slots, (int)i);
            if (slot->shown_only == (shown_only == 1) && (is_called(slot->zh, plain) || is_called(slot->en, plain)))
                return (int)i;
        }
    return -1;
}

const char *slots_nearest(const struct slots *slots, const char *header)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    bool chinese = !g_str_is_ascii(header);
    for (guint i = 0; i < slots->all->len; i++) {
        const struct slot *slot = slots_at(slots, (int)i);
        const char *title = chinese ? slot->zh : slot->name;
        if (title != NULL)
            g_ptr_array_add(names, (gpointer)title);
    }
    return nearest_name(header, (const char *const *)names->pdata, names->len);
}
