/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents as issued: the text frozen in the event. An event of an earlier version has no text; it is filled in at
 * each read.
 */
#include "matter/matter.h"

#include "matter/rows/document_text.h"
#include "matter/rows/events.h"

#include <sodium.h>
#include <stdlib.h>

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
    return erased ? NULL : document_fill(&filling, document);
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
                             const struct matter *matter, const char *name, int64_t place, struct issued *out)
{
    *out = (struct issued){0};
    const struct document *document = document_find(playbook_find_kind(playbook, matter->kind), name);
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT place, at_us, unit, sealed FROM document_issued WHERE matter = ?1 AND name = "
                 "?2 AND (?3 = 0 OR place = ?3) ORDER BY place DESC LIMIT 1",
                 "isi", matter->id, name, place);
    if (document == NULL || !cursor_next(&found))
        return ISSUED_NEVER;
    out->place = cursor_integer(&found, 0);
    out->at_us = cursor_integer(&found, 1);
    out->unit = cursor_integer(&found, 2);
    size_t bytes;
    const void *sealed = cursor_blob(&found, 3, &bytes);
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

GArray *matter_documents(struct db *rows, const struct playbook *playbook, const struct matter *matter)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct issued_name));
    const struct kind *kind = playbook_find_kind(playbook, matter->kind);
    for (size_t i = 0; kind != NULL && !matter->erased && i < kind->document_count; i++) {
        const char *name = kind->documents[i]->name;
        AUTO(cursor)
        struct cursor last = db_query(
            rows, "SELECT at_us FROM document_issued WHERE matter = ?1 AND name = ?2 ORDER BY place DESC LIMIT 1", "is",
            matter->id, name);
        if (!cursor_next(&last))
            continue;
        const struct issued_name issued = {name, cursor_integer(&last, 0)};
        g_array_append_val(found, issued);
    }
    return found;
}

void issued_clear(struct issued *issued)
{
    g_clear_pointer(&issued->title.zh, g_free);
    g_clear_pointer(&issued->title.en, g_free);
    g_clear_pointer(&issued->body.zh, g_free);
    g_clear_pointer(&issued->body.en, g_free);
}
