/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A notice or certificate: the playbook's template with its {placeholders} filled in when it is issued, as the form,
 * the names and the rules stand then; that text is kept and shown from then on. What is missing is shown as ——. What
 * an earlier program issued has no text of its own, and is filled in anew each time.
 */
#include "matter/draft/document.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "playbook/form.h"

#include <sodium.h>
#include <string.h>

#define MISSING "——"

struct filling {
    struct db *rows;
    struct vault *vault;
    const struct playbook *playbook;
    const struct kind *kind;
    const struct matter *matter;
    const json_t *form;
    int64_t issued_us;
    bool chinese;
    bool blank; /* nothing is filled in */
};

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

static const struct document *find(const struct kind *kind, const char *name)
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
    const struct document *document = find(kind, name);
    return document != NULL && (tells(document->title.zh, field) || tells(document->title.en, field) ||
                                tells(document->body.zh, field) || tells(document->body.en, field));
}

/* {"zh": [title, body], "en": [title, body]} */
static json_t *fill_both(struct filling *filling, const struct document *document)
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

/* ---- issuing ---- */

void document_freeze(struct draft *draft)
{
    const json_t *names = json_object_get(draft->body, "d");
    if (names == NULL)
        return;
    struct decision *decision = draft->decision;
    struct filling filling = {
        .rows = decision->rows,
        .vault = decision->vault,
        .playbook = draft->playbook,
        .kind = draft->kind,
        .matter = &draft->matter,
        .form = draft_form(draft),
        .issued_us = decision->now_us,
    };
    g_autoptr(json_t) all = json_object();
    size_t i;
    const json_t *name;
    json_array_foreach(names, i, name) json_object_set_new(
        all, json_string_value(name), fill_both(&filling, find(draft->kind, json_string_value(name))));
    if (!kind_is_sealed(draft->kind) && !vault_has_key(decision->vault, VAULT_MATTER, draft->matter.id))
        vault_key_new(decision->vault, VAULT_MATTER, draft->matter.id, 0);
    draft_seal(draft, SEALED_DOCUMENTS, all);
}

/* ---- reading ---- */

static json_t *thaw(struct vault *vault, int64_t matter, const char *name, const void *sealed, size_t bytes)
{
    g_autoptr(GBytes) open =
        vault_unseal(vault, VAULT_MATTER, matter, sealed_contexts[SEALED_DOCUMENTS], sealed, bytes);
    if (open == NULL)
        return NULL;
    gsize count;
    const char *text = g_bytes_get_data(open, &count);
    g_autoptr(json_t) all = json_loadb(text, count, 0, NULL);
    return json_incref(json_object_get(all, name));
}

static json_t *fill_again(struct db *rows, struct vault *vault, const struct playbook *playbook,
                          const struct matter *matter, const struct document *document, int64_t issued_us)
{
    bool erased = false;
    g_autoptr(json_t) form = matter_form(rows, vault, matter, &erased);
    struct filling filling = {
        .rows = rows,
        .vault = vault,
        .playbook = playbook,
        .kind = playbook_find_kind(playbook, matter->kind),
        .matter = matter,
        .form = form,
        .issued_us = issued_us,
    };
    return erased ? NULL : fill_both(&filling, document);
}

static void take_texts(struct issued *out, const json_t *texts)
{
    const json_t *zh = json_object_get(texts, "zh"), *en = json_object_get(texts, "en");
    out->title = (struct texts){g_strdup(json_string_value(json_array_get(zh, 0))),
                                g_strdup(json_string_value(json_array_get(en, 0)))};
    out->body = (struct texts){g_strdup(json_string_value(json_array_get(zh, 1))),
                               g_strdup(json_string_value(json_array_get(en, 1)))};
    size_t bytes;
    char *text = json_text(texts, &bytes);
    crypto_generichash(out->digest, sizeof out->digest, (const uint8_t *)text, bytes, NULL, 0);
    free(text); /* jansson's allocation */
}

enum issuing matter_document(struct db *rows, struct vault *vault, const struct playbook *playbook,
                             const struct matter *matter, const char *name, int64_t pos, struct issued *out)
{
    *out = (struct issued){0};
    const struct document *document = find(playbook_find_kind(playbook, matter->kind), name);
    AUTO(rows)
    struct rows found = rows_of(rows,
                                "SELECT pos, at_us, unit, sealed FROM document_issued WHERE matter = ?1 AND name = "
                                "?2 AND (?3 = 0 OR pos = ?3) ORDER BY pos DESC LIMIT 1",
                                "isi", matter->id, name, pos);
    if (document == NULL || !rows_next(&found))
        return ISSUED_NEVER;
    out->pos = rows_integer(&found, 0);
    out->at_us = rows_integer(&found, 1);
    out->unit = rows_integer(&found, 2);
    size_t bytes;
    const void *sealed = rows_blob(&found, 3, &bytes);
    out->frozen = sealed != NULL;
    g_autoptr(json_t) texts = NULL;
    if (sealed != NULL)
        texts = thaw(vault, matter->id, name, sealed, bytes);
    else if (!matter->erased)
        texts = fill_again(rows, vault, playbook, matter, document, out->at_us);
    if (texts == NULL)
        return ISSUED_ERASED;
    take_texts(out, texts);
    return ISSUED_READABLE;
}

char *matter_document_title(const struct playbook *playbook, const struct matter *matter, const char *name,
                            bool chinese)
{
    const struct document *document = find(playbook_find_kind(playbook, matter->kind), name);
    struct filling filling = {.blank = true, .chinese = chinese};
    return document != NULL ? fill(&filling, pick(&filling, &document->title)) : NULL;
}

void issued_clear(struct issued *issued)
{
    g_clear_pointer(&issued->title.zh, g_free);
    g_clear_pointer(&issued->title.en, g_free);
    g_clear_pointer(&issued->body.zh, g_free);
    g_clear_pointer(&issued->body.en, g_free);
}
