/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a playbook: mistakes that lie within the file, or a playbook whose every name leads somewhere. The
 * bytes are a file of their own or, after a first byte '+', one more file beside a small good playbook, so that the
 * fuzzer need not find a whole playbook before it reaches kinds and tests.
 */
#include "playbook/load/load.h"

#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char base[] =
    "playbook: p\nversion: 1\ntitle: {zh: 通知, en: Notice}\nzone: Asia/Shanghai\nauthority: 市委\n"
    "---\nunit_types: {city: {title: {zh: a, en: b}}, grid: {title: {zh: a, en: b}, under: city}}\n"
    "---\nroles: {w: {title: {zh: a, en: b}, grounds: [grid, city]}}\n"
    "---\nlist: l\ntitle: {zh: a, en: b}\ncodes: {x: {zh: a, en: b}, y: {zh: a, en: b}}\n"
    "---\nlist: attempt\ntitle: {zh: a, en: b}\ncodes: {x: {zh: a, en: b}}\n"
    "---\nrule: r\ntitle: {zh: a, en: b}\ntype: number\neditions: {from: 2020-01-01, value: 1, source: s}\n"
    "---\nrule: t\ntitle: {zh: a, en: b}\ntype: duration\nkeys: l\n"
    "editions: {from: 2020-01-01, values: {x: 2h}, source: s}\n"
    "---\ndocument: d\ntitle: {zh: a, en: b}\nbody: {zh: '{date}', en: '{rule.r}'}\n";

static int count_lines(const char *text, size_t bytes)
{
    int lines = 1;
    for (size_t i = 0; i < bytes; i++)
        lines += text[i] == '\n';
    return lines;
}

static void check_diagnostics(const GArray *diagnostics, const struct source *sources, size_t count)
{
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        const struct source *source = NULL;
        for (size_t j = 0; j < count; j++)
            if (strcmp(sources[j].name, d->file) == 0)
                source = &sources[j];
        g_assert(source != NULL && d->column >= 1 && d->line >= 1);
        /* An unfinished line ends behind the last; YAML also breaks lines at CR, NEL, LS and PS. */
        g_assert(d->line <= count_lines(source->text, source->bytes) + 1 ||
                 memchr(source->text, '\r', source->bytes) != NULL || strstr(source->text, "\xC2\x85") != NULL ||
                 strstr(source->text, "\xE2\x80") != NULL);
        g_assert(g_utf8_validate(d->text, -1, NULL));
        g_assert(d->suggestion == NULL || g_utf8_validate(d->suggestion, -1, NULL));
    }
}

static void check_form(const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        g_assert(*field->name != '\0' && field->label.zh != NULL && field->label.en != NULL);
        g_assert((field->type != FIELD_CHOICE && field->type != FIELD_CHOICES) || field->list->code_count > 0);
    }
}

static void check_kind(const struct kind *kind)
{
    g_assert(kind->initial != NULL && kind->clauses[0] != NULL);
    check_form(&kind->form);
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        check_form(&entry->form);
        for (size_t j = 0; j < entry->in_count; j++)
            g_assert(entry->in[j] != NULL);
        for (size_t j = 0; j < entry->refusal_count; j++)
            g_assert(entry->refusals[j].when != NULL && entry->refusals[j].say.en != NULL);
    }
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++) {
            const struct expect *expect = &kind->states[i].expects[j];
            g_assert(expect->entry != NULL);
            g_assert(expect->answers.party == PARTY_SUBJECT || expect->answers.role != NULL);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > LIMIT_PLAYBOOK_BYTES)
        return 0;
    bool more = size > 0 && data[0] == '+';
    g_autofree char *text = g_strndup((const char *)data + more, size - more);
    struct source sources[] = {{(char *)"fuzz.yaml", text, size - more}, {(char *)"base.yaml", base, strlen(base)}};
    g_autoptr(GArray) diagnostics = g_array_new(FALSE, FALSE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, (GDestroyNotify)diagnostic_clear);
    struct playbook *playbook = playbook_load(sources, more ? 2 : 1, diagnostics);
    g_assert((playbook == NULL) == (diagnostics->len > 0));
    check_diagnostics(diagnostics, sources, more ? 2 : 1);
    for (size_t i = 0; playbook != NULL && i < playbook->kind_count; i++)
        check_kind(&playbook->kinds[i]);
    if (playbook != NULL)
        playbook_unref(playbook);
    return 0;
}
