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

static void add_label(const struct filling *filling, GString *out, const struct code_list *list, const char *code)
{
    const struct code *found = list != NULL ? code_list_find(list, code) : NULL;
    g_string_append(out, found != NULL ? pick(filling, &found->label) : code);
}

static void add_duration(const struct filling *filling, GString *out, int64_t us)
{
    static const struct {
        int64_t us;
        const char *zh, *en;
    } units[] = {{US_PER_DAY, " 天", " days"},
                 {US_PER_HOUR, " 小时", " hours"},
                 {US_PER_MINUTE, " 分钟", " minutes"},
                 {US_PER_SECOND, " 秒", " seconds"}};
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(units) && us % units[i].us != 0)
        i++;
    g_string_append_printf(out, "%" G_GINT64_FORMAT "%s", us / units[i].us,
                           filling->chinese ? units[i].zh : units[i].en);
}

static void add_datetime(const struct filling *filling, GString *out, int64_t us)
{
    char text[DATETIME_TEXT_MAX];
    datetime_format(us, filling->playbook->zone, text);
    g_string_append_len(out, text, strlen("2020-02-03"));
    g_string_append_c(out, ' ');
    g_string_append_len(out, text + strlen("2020-02-03T"), strlen("08:30"));
}

static void add_date(GString *out, int32_t day)
{
    char text[DATETIME_TEXT_MAX];
    date_format(day, text);
    g_string_append(out, text);
}

static void add_unit(const struct filling *filling, GString *out, int64_t id)
{
    struct unit unit;
    g_string_append(out, registry_unit(filling->rows, id, &unit) ? unit.name : MISSING);
}

static void add_person(const struct filling *filling, GString *out, int64_t id)
{
    AUTO(person_data) struct person_data person = {0};
    bool known = registry_person(filling->rows, filling->vault, id, &person) && person.name != NULL;
    g_string_append(out, known ? person.name : MISSING);
}

static void add_choices(const struct filling *filling, GString *out, const struct code_list *list, const json_t *codes)
{
    size_t i;
    const json_t *code;
    json_array_foreach(codes, i, code)
    {
        if (i > 0)
            g_string_append(out, filling->chinese ? "、" : ", ");
        add_label(filling, out, list, json_string_value(code));
    }
}

static void add_value(const struct filling *filling, GString *out, struct value value, const char *unit,
                      const struct code_list *list)
{
    char number[DECIMAL_TEXT_MAX];
    switch (value.type) {
    case VALUE_MISSING:
    case VALUE_TYPE_COUNT:
        g_string_append(out, MISSING);
        break;
    case VALUE_BOOL:
        g_string_append(out, filling->chinese ? (value.truth ? "是" : "否") : (value.truth ? "yes" : "no"));
        break;
    case VALUE_NUMBER:
        decimal_format(value.number, number);
        g_string_append_printf(out, "%s%s%s", number, unit != NULL ? " " : "", unit != NULL ? unit : "");
        break;
    case VALUE_TEXT:
        g_string_append(out, value.text);
        break;
    case VALUE_CHOICE:
        add_label(filling, out, list, value.text);
        break;
    case VALUE_CHOICES:
        add_choices(filling, out, list, value.list);
        break;
    case VALUE_LINES:
    case VALUE_LOCATION:
    case VALUE_CALL:
    case VALUE_FILE: /* the loader lets none through */
        g_string_append(out, MISSING);
        break;
    case VALUE_DATE:
        add_date(out, value.day);
        break;
    case VALUE_DATETIME:
        add_datetime(filling, out, value.us);
        break;
    case VALUE_DURATION:
        add_duration(filling, out, value.us);
        break;
    case VALUE_UNIT:
        add_unit(filling, out, value.id);
        break;
    case VALUE_PERSON:
        add_person(filling, out, value.id);
        break;
    }
}

static void add_field(const struct filling *filling, GString *out, const char *name)
{
    int at = form_find_field(&filling->kind->form, name);
    const json_t *stored = at >= 0 ? json_object_get(filling->form, name) : NULL;
    const struct field *field = at >= 0 ? &filling->kind->form.fields[at] : NULL;
    struct value value = stored != NULL ? form_value(field, stored) : (struct value){.type = VALUE_MISSING};
    add_value(filling, out, value, field != NULL ? field->unit : NULL, field != NULL ? field->list : NULL);
}

static void add_rule(const struct filling *filling, GString *out, const char *name)
{
    const struct rule *rule = playbook_find_rule(filling->playbook, name);
    struct value value = {.type = VALUE_MISSING};
    if (rule != NULL && !rule->table)
        value = rule_value_on(rule, day_of(filling->issued_us, filling->playbook->zone), NULL);
    add_value(filling, out, value, rule != NULL ? rule->unit : NULL, rule != NULL ? rule->list : NULL);
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
        add_date(out, day_of(filling->issued_us, filling->playbook->zone));
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
