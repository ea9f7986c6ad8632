/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transcript.h"

#include "matter/draft/draft.h"

#include <string.h>

struct reading {
    struct reader *reader;
    struct transcript *out;
    GHashTable *erased; /* "person 12", "matter 34" → itself: whatever the journal says was erased */
};

static char *owner_name(enum vault_owner owner, int64_t id)
{
    return g_strdup_printf("%s %" G_GINT64_FORMAT, owner == VAULT_PERSON ? "person" : "matter", id);
}

static int64_t column(struct reading *reading, const char *sql, int64_t id)
{
    int64_t value = 0;
    AUTO(cursor) struct cursor cursor = db_query_text(reading->reader->rows, sql);
    cursor_bind_integer(&cursor, 1, id);
    if (cursor_next(&cursor))
        value = cursor_integer(&cursor, 0);
    return value;
}

static void open_part(struct reading *reading, GString *line, enum vault_owner owner, int64_t id, const char *context,
                      const uint8_t *sealed, size_t bytes)
{
    g_autofree char *name = owner_name(owner, id);
    bool erased = g_hash_table_contains(reading->erased, name);
    g_autoptr(GBytes) open = bytes > 0 ? vault_unseal(reading->reader->vault, owner, id, context, sealed, bytes) : NULL;
    if (bytes == 0)
        return;
    if (open == NULL && !erased)
        g_error("%s: no key opens its %s", name, context);
    if (open != NULL && erased)
        g_error("%s: its %s opens although it was erased", name, context);
    reading->out->sealed += !erased;
    reading->out->erased += erased;
    gsize count = 0;
    const char *text = open != NULL ? g_bytes_get_data(open, &count) : "";
    g_string_append_printf(line, " | %s %.*s", context, (int)count, text);
}

static void open_matter(struct reading *reading, GString *line, const struct event *event, const json_t *body)
{
    const json_t *lengths = json_object_get(body, "z");
    const uint8_t *at = event->sealed;
    for (size_t part = 0; part < SEALED_PART_COUNT; part++) {
        size_t whole = part == SEALED_ENTRY ? event->sealed_bytes : 0;
        size_t bytes = lengths != NULL ? (size_t)json_integer_value(json_array_get(lengths, part)) : whole;
        open_part(reading, line, VAULT_MATTER, event->matter, sealed_contexts[part], at, bytes);
        at += bytes;
    }
}

/* Whose person's key seals an event's words, and under which context. */
static void open_person(struct reading *reading, GString *line, const struct event *event, const json_t *body)
{
    static const struct {
        const char *kind, *member, *sql, *context;
    } kinds[] = {
        {"person_registered", "id", NULL, "person"},
        {"person_changed", "id", NULL, "person"},
        {"moved_in", "person", NULL, "dwelling"},
        {"handover_offered", "from", "SELECT person FROM post WHERE id = ?1", "reason"},
        {"handover_refused", "id", "SELECT to_person FROM handover WHERE id = ?1", "refusal"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(event->kind, kinds[i].kind) != 0)
            continue;
        int64_t id = json_get_integer(body, kinds[i].member, 0);
        if (kinds[i].sql != NULL)
            id = column(reading, kinds[i].sql, id);
        open_part(reading, line, VAULT_PERSON, id, kinds[i].context, event->sealed, event->sealed_bytes);
        return;
    }
    g_error("%s: whose key seals it?", event->kind);
}

static char *line_of(struct reading *reading, const struct event *event, const json_t *body)
{
    char command[UUID_TEXT_LENGTH + 1];
    GString *line = g_string_new(NULL);
    uuid_format(&event->command, command);
    if (strcmp(event->kind, "person_erased") == 0 || strcmp(event->kind, "subject_erased") == 0)
        command[0] = '\0'; /* where its event was lost the engine asks for it again by itself */
    g_string_append_printf(line, "%lld %lld %s %d %s %lld %lld %lld %lld %lld %lld %.*s", (long long)event->pos,
                           (long long)event->stream, event->kind, event->version, command, (long long)event->at_us,
                           (long long)event->observed_us, (long long)event->person, (long long)event->post,
                           (long long)event->unit, (long long)event->matter, (int)event->body_bytes,
                           (const char *)event->body);
    if (event->sealed != NULL && event->matter != 0)
        open_matter(reading, line, event, body);
    else if (event->sealed != NULL)
        open_person(reading, line, event, body);
    return g_string_free(line, FALSE);
}

static void walk(struct reading *reading, void (*see)(struct reading *, const struct event *, const json_t *))
{
    GError *error = NULL;
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(reading->reader->journal, 1, 0);
    struct event event;
    while (journal_next(cursor, &event, &error)) {
        g_autoptr(json_t) body = json_loadb(event.body, event.body_bytes, 0, NULL);
        g_assert_nonnull(body);
        see(reading, &event, body);
    }
    g_assert_no_error(error);
}

static void forget(struct reading *reading, enum vault_owner owner, int64_t id)
{
    g_hash_table_add(reading->erased, owner_name(owner, id));
}

/* With a person go the matters about them: those that stand in the journal before, by their subject. */
static void see_erasure(struct reading *reading, const struct event *event, const json_t *body)
{
    if (strcmp(event->kind, "matter_erased") == 0)
        forget(reading, VAULT_MATTER, event->matter);
    if (strcmp(event->kind, "person_erased") == 0)
        forget(reading, VAULT_PERSON, json_get_integer(body, "id", 0));
}

static void see_subject(struct reading *reading, const struct event *event, const json_t *body)
{
    g_autofree char *subject = owner_name(VAULT_PERSON, json_get_integer(body, "subject", 0));
    if (strcmp(event->kind, "matter_opened") == 0 && g_hash_table_contains(reading->erased, subject))
        forget(reading, VAULT_MATTER, event->matter);
}

static void see_line(struct reading *reading, const struct event *event, const json_t *body)
{
    g_ptr_array_add(reading->out->lines, line_of(reading, event, body));
}

void transcript_read(struct transcript *out, const char *data_dir, const char *keys_dir)
{
    GError *error = NULL;
    *out = (struct transcript){.lines = g_ptr_array_new_with_free_func(g_free)};
    struct reading reading = {.out = out, .reader = reader_open(data_dir, keys_dir, &error)};
    g_assert_no_error(error);
    reading.erased = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    walk(&reading, see_erasure);
    walk(&reading, see_subject);
    walk(&reading, see_line);
    g_hash_table_unref(reading.erased);
    reader_close(reading.reader);
}

void transcript_clear(struct transcript *transcript)
{
    g_clear_pointer(&transcript->lines, g_ptr_array_unref);
}

void transcript_assert_equal(const struct transcript *one, const struct transcript *other)
{
    for (guint i = 0; i < MIN(one->lines->len, other->lines->len); i++)
        g_assert_cmpstr(g_ptr_array_index(one->lines, i), ==, g_ptr_array_index(other->lines, i));
    g_assert_cmpuint(one->lines->len, ==, other->lines->len);
    g_assert_cmpint(one->sealed, ==, other->sealed);
    g_assert_cmpint(one->erased, ==, other->erased);
}
