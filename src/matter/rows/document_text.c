/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/rows/document_text.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "playbook/form/form.h"

#include <string.h>

#define MISSING "——"

static const char *pick(const struct filling *filling, const struct texts *texts)
{
    return filling->chinese ? texts->zh : texts->en;
}

/* ---- a value as people read it ---- */

/* What a value is formatted with: the unit of a number, the list of a code. */
struct reading {
    const char *unit;
    const struct code_list *list;
};

static void add_label(const struct filling *filling, GString *out, const struct code_list *list, const char *code)
{
    const struct code *found = list != NULL ? code_list_find(list, code) : NULL;
    g_string_append(out, found != NULL ? pick(filling, &found->label) : code);
}

static void add_truth(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    g_string_append(out, filling->chinese ? (value.truth ? "是" : "否") : (value.truth ? "yes" : "no"));
}

static void add_number(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    char number[DECIMAL_TEXT_MAX];
    decimal_format(value.number, number);
    g_string_append_printf(out, "%s%s%s", number, as.unit != NULL ? " " : "", as.unit != NULL ? as.unit : "");
}

static void add_text(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    g_string_append(out, value.text);
}

static void add_choice(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    add_label(filling, out, as.list, value.text);
}

static void add_choices(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    size_t i;
    const json_t *code;
    json_array_foreach((json_t *)value.list, i, code)
    {
        if (i > 0)
            g_string_append(out, filling->chinese ? "、" : ", ");
        add_label(filling, out, as.list, json_string_value(code));
    }
}

static void add_day(GString *out, int32_t day)
{
    char text[DATETIME_TEXT_MAX];
    date_format(day, text);
    g_string_append(out, text);
}

static void add_date(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    add_day(out, value.day);
}

static void add_datetime(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    char text[DATETIME_TEXT_MAX];
    datetime_format(value.us, filling->playbook->zone, text);
    g_string_append_len(out, text, strlen("2020-02-03"));
    g_string_append_c(out, ' ');
    g_string_append_len(out, text + strlen("2020-02-03T"), strlen("08:30"));
}

static void add_duration(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    static const struct {
        int64_t us;
        const char *zh, *en;
    } units[] = {{US_PER_DAY, " 天", " days"},
                 {US_PER_HOUR, " 小时", " hours"},
                 {US_PER_MINUTE, " 分钟", " minutes"},
                 {US_PER_SECOND, " 秒", " seconds"}};
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(units) && value.us % units[i].us != 0)
        i++;
    g_string_append_printf(out, "%" G_GINT64_FORMAT "%s", value.us / units[i].us,
                           filling->chinese ? units[i].zh : units[i].en);
}

static void add_unit(const struct filling *filling, GString *out, int64_t id)
{
    struct unit unit;
    g_string_append(out, registry_unit(filling->rows, id, &unit) ? unit.name : MISSING);
}

static void add_named_unit(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    add_unit(filling, out, value.id);
}

static void add_person(const struct filling *filling, GString *out, int64_t id)
{
    AUTO(person_data) struct person_data person = {0};
    bool known = registry_person(filling->rows, filling->vault, id, &person) && person.name != NULL;
    g_string_append(out, known ? person.name : MISSING);
}

static void add_named_person(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    add_person(filling, out, value.id);
}

static void add_value(const struct filling *filling, GString *out, struct value value, struct reading as)
{
    /* The loader lets none of the others into a document. */
    static void (*const adds[])(const struct filling *, GString *, struct value, struct reading) = {
        [VALUE_BOOL] = add_truth,
        [VALUE_NUMBER] = add_number,
        [VALUE_TEXT] = add_text,
        [VALUE_CHOICE] = add_choice,
        [VALUE_CHOICES] = add_choices,
        [VALUE_DATE] = add_date,
        [VALUE_DATETIME] = add_datetime,
        [VALUE_DURATION] = add_duration,
        [VALUE_UNIT] = add_named_unit,
        [VALUE_PERSON] = add_named_person,
        [VALUE_FILE] = NULL,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(adds) == VALUE_TYPE_COUNT);
    if (adds[value.type] != NULL)
        adds[value.type](filling, out, value, as);
    else
        g_string_append(out, MISSING);
}

/* ---- placeholders ---- */

static void add_field(const struct filling *filling, GString *out, const char *name)
{
    int at = form_find_field(&filling->kind->form, name);
    const json_t *stored = at >= 0 ? json_object_get(filling->form, name) : NULL;
    const struct field *field = at >= 0 ? &filling->kind->form.fields[at] : NULL;
    struct value value = stored != NULL ? form_value(field, stored) : (struct value){.type = VALUE_MISSING};
    add_value(filling, out, value, field != NULL ? (struct reading){field->unit, field->list} : (struct reading){0});
}

static void add_rule(const struct filling *filling, GString *out, const char *name)
{
    const struct rule *rule = playbook_find_rule(filling->playbook, name);
    struct value value = {.type = VALUE_MISSING};
    if (rule != NULL && !rule->table)
        value = rule_value_on(rule, day_of(filling->issued_us, filling->playbook->zone), NULL);
    add_value(filling, out, value, rule != NULL ? (struct reading){rule->unit, rule->list} : (struct reading){0});
}

static void add_placeholder(const struct filling *filling, GString *out, const char *name)
{
    if (filling->blank)
        g_string_append(out, MISSING);
    else if (strcmp(name, "subject.name") == 0 && filling->kind->about == ABOUT_UNIT)
        add_unit(filling, out, filling->matter->subject);
    else if (strcmp(name, "subject.name") == 0)
        add_person(filling, out, filling->matter->subject);
    else if (strcmp(name, "unit.name") == 0)
        add_unit(filling, out, filling->matter->unit);
    else if (strcmp(name, "date") == 0)
        add_day(out, day_of(filling->issued_us, filling->playbook->zone));
    else if (g_str_has_prefix(name, "rule."))
        add_rule(filling, out, name + strlen("rule."));
    else
        add_field(filling, out, name);
}

static char *fill(const struct filling *filling, const char *template)
{
    GString *out = g_string_new(NULL);
    for (const char *at = template; *at != '\0';) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (end == NULL) {
            g_string_append_c(out, *at++);
            continue;
        }
        g_autofree char *name = g_strndup(at + 1, (gsize)(end - at - 1));
        add_placeholder(filling, out, g_strstrip(name));
        at = end + 1;
    }
    return g_string_free(out, FALSE);
}

const struct document *document_find(const struct kind *kind, const char *name)
{
    for (size_t i = 0; kind != NULL && i < kind->document_count; i++)
        if (strcmp(kind->documents[i]->name, name) == 0)
            return kind->documents[i];
    return NULL;
}

static bool tells(const char *template, const char *field)
{
    for (const char *at = strchr(template, '{'); at != NULL; at = strchr(at + 1, '{')) {
        const char *end = strchr(at, '}');
        g_autofree char *name = end != NULL ? g_strndup(at + 1, (gsize)(end - at - 1)) : NULL;
        if (name != NULL && strcmp(g_strstrip(name), field) == 0)
            return true;
    }
    return false;
}

bool matter_document_tells(const struct kind *kind, const char *name, const char *field)
{
    const struct document *document = document_find(kind, name);
    return document != NULL && (tells(document->title.zh, field) || tells(document->title.en, field) ||
                                tells(document->body.zh, field) || tells(document->body.en, field));
}

json_t *document_fill(struct filling *filling, const struct document *document)
{
    json_t *texts = json_object();
    for (int chinese = 1; chinese >= 0; chinese--) {
        filling->chinese = chinese != 0;
        g_autofree char *title = fill(filling, pick(filling, &document->title));
        g_autofree char *body = fill(filling, pick(filling, &document->body));
        json_object_set_new(texts, chinese ? "zh" : "en", json_pack("[s, s]", title, body));
    }
    return texts;
}

char *matter_document_title(const struct playbook *playbook, const struct matter *matter, const char *name,
                            bool chinese)
{
    const struct document *document = document_find(playbook_find_kind(playbook, matter->kind), name);
    struct filling filling = {.blank = true, .chinese = chinese};
    return document != NULL ? fill(&filling, pick(&filling, &document->title)) : NULL;
}
