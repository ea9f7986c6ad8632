/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/matter.h"

#include "matter/rows/events.h"
#include "matter/rows/row.h"
#include "matter/rows/words.h"

bool matter_get_by_uuid(struct db *rows, const struct uuid *uuid, struct matter *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT " MATTER_COLUMNS " FROM matter WHERE uuid = ?1", "u", uuid);
    if (!cursor_next(&found))
        return false;
    matter_read(&found, out);
    return true;
}

bool matter_get(struct db *rows, int64_t id, struct matter *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT " MATTER_COLUMNS " FROM matter WHERE id = ?1", "i", id);
    if (!cursor_next(&found))
        return false;
    matter_read(&found, out);
    return true;
}

bool matter_has_open_below(struct db *rows, int64_t parent, const char *kind, int64_t subject)
{
    int64_t one;
    return db_integer(rows, &one,
                      "SELECT 1 FROM matter INDEXED BY matter_parent WHERE parent = ?1 AND parent <> 0 AND kind = ?2 "
                      "AND subject = ?3 AND closed_us = 0 LIMIT 1",
                      "isi", parent, kind, subject);
}

GArray *matter_caused_below(struct db *rows, int64_t parent, int64_t person, int most)
{
    GArray *below = g_array_new(FALSE, FALSE, sizeof(struct matter));
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT " MATTER_COLUMNS " FROM matter WHERE parent = ?1 AND parent <> 0 AND "
                                   "caused = 1 AND opener_person = ?2 ORDER BY id LIMIT ?3",
                                   "iii", parent, person, (int64_t)most);
    while (cursor_next(&found)) {
        struct matter matter;
        matter_read(&found, &matter);
        g_array_append_val(below, matter);
    }
    return below;
}

bool matter_get_uuid(struct db *rows, int64_t id, struct uuid *out)
{
    AUTO(cursor) struct cursor found = db_query(rows, "SELECT uuid FROM matter WHERE id = ?1", "i", id);
    return cursor_next(&found) && cursor_uuid(&found, 0, out);
}

int64_t matter_offered_to(struct db *rows, int64_t matter)
{
    int64_t unit = 0;
    db_integer(rows, &unit, "SELECT to_unit FROM matter_handover WHERE matter = ?1 AND pending = 1", "i", matter);
    return unit;
}

GArray *matter_rules(struct db *rows, int64_t matter)
{
    return cursor_integers(db_query(
        rows, "SELECT rules FROM span WHERE matter = ?1 GROUP BY rules ORDER BY max(version) DESC", "i", matter));
}

bool matter_unit_is_busy(struct db *rows, int64_t unit, int64_t *out_count)
{
    int64_t count = 0;
    db_integer(rows, &count, "SELECT count(*) FROM matter WHERE unit = ?1 AND closed_us = 0 AND standing = 0", "i",
               unit);
    *out_count = count;
    return count > 0;
}

/* In the clear where it was made before relations were sealed. */
static void read_relation(struct vault *vault, int64_t holder, struct cursor *row, struct link *link)
{
    size_t bytes;
    const void *sealed = cursor_blob(row, 5, &bytes);
    if (!cursor_is_null(row, 4))
        g_strlcpy(link->relation, cursor_text(row, 4), sizeof link->relation);
    g_autoptr(GBytes) open =
        sealed != NULL ? vault_unseal(vault, VAULT_MATTER, holder, sealed_contexts[SEALED_NOTE], sealed, bytes) : NULL;
    gsize count = 0;
    const char *text = open != NULL ? g_bytes_get_data(open, &count) : NULL;
    g_autoptr(json_t) note = text != NULL ? json_loadb(text, count, 0, NULL) : NULL;
    if (note != NULL)
        g_strlcpy(link->relation, json_get_text(note, "relation", ""), sizeof link->relation);
}

static void add_links(struct cursor cursor, struct vault *vault, GArray *out)
{
    while (cursor_next(&cursor)) {
        struct link link = {.matter = cursor_integer(&cursor, 0), .person = cursor_integer(&cursor, 1)};
        cursor_uuid(&cursor, 2, &link.uuid);
        g_strlcpy(link.kind, cursor_is_null(&cursor, 3) ? "" : cursor_text(&cursor, 3), sizeof link.kind);
        read_relation(vault, cursor_integer(&cursor, 6), &cursor, &link);
        g_array_append_val(out, link);
    }
}

/* Replaces merged matters by their survivors, and merged registrations by the kept one. */
static void follow_merged(struct db *rows, int64_t matter, GArray *links)
{
    for (guint i = links->len; i > 0; i--) {
        struct link *link = &g_array_index(links, struct link, i - 1);
        struct matter other;
        if (link->person != 0) {
            link->person = registry_person_kept(rows, link->person);
            continue;
        }
        int64_t survivor = matter_survivor(rows, link->matter);
        if (survivor == matter || !matter_get(rows, survivor, &other)) {
            g_array_remove_index(links, i - 1);
            continue;
        }
        link->matter = survivor;
        link->uuid = other.uuid;
        g_strlcpy(link->kind, other.kind, sizeof link->kind);
    }
}

#define ONE                                                                                                            \
    "WITH RECURSIVE one (id) AS (SELECT ?1 UNION SELECT m.id FROM matter m JOIN one ON m.merged_into = one.id WHERE "  \
    "m.merged_into <> 0) "

GArray *matter_merged(struct db *rows, int64_t matter)
{
    return cursor_integers(
        db_query(rows, "SELECT id FROM matter WHERE merged_into = ?1 AND merged_into <> 0 ORDER BY id", "i", matter));
}

GArray *matter_links(struct db *rows, struct vault *vault, int64_t matter)
{
    GArray *links = g_array_new(FALSE, FALSE, sizeof(struct link));
    add_links(
        db_query(rows,
                 ONE "SELECT l.other, 0, NULL, NULL, l.relation, l.sealed, l.matter, l.place FROM one CROSS JOIN link "
                     "l ON l.matter = one.id WHERE l.relation IS NOT 'merged' UNION ALL SELECT l.matter, 0, NULL, "
                     "NULL, l.relation, l.sealed, l.matter, l.place FROM one CROSS JOIN link l ON l.other = one.id "
                     "WHERE l.relation IS NOT 'merged' ORDER BY 1, 8",
                 "i", matter),
        vault, links);
    add_links(db_query(rows,
                       ONE "SELECT 0, person, NULL, NULL, relation, sealed, matter FROM one CROSS JOIN link_person ON "
                           "matter = one.id ORDER BY person, place",
                       "i", matter),
              vault, links);
    follow_merged(rows, matter, links);
    return links;
}

GArray *matter_links_of_person(struct db *rows, struct vault *vault, int64_t person, int most)
{
    GArray *links = g_array_new(FALSE, FALSE, sizeof(struct link));
    add_links(db_query(rows,
                       "WITH RECURSIVE same (id) AS (SELECT ?1 UNION SELECT other FROM person_same JOIN same ON kept = "
                       "same.id) SELECT m.id, 0, m.uuid, m.kind, l.relation, l.sealed, l.matter FROM same CROSS JOIN "
                       "link_person l ON l.person = same.id JOIN matter m ON m.id = l.matter ORDER BY m.id, l.place "
                       "LIMIT ?2",
                       "ii", registry_person_kept(rows, person), (int64_t)most),
              vault, links);
    return links;
}

/* `all` (taken) and what was sealed as one object; *out_erased when there is something that no key opens. */
static json_t *merge(struct vault *vault, int64_t matter, enum sealed_part part, json_t *all, const void *sealed,
                     size_t bytes, bool *out_erased)
{
    if (sealed == NULL)
        return all;
    g_autoptr(GBytes) open = vault_unseal(vault, VAULT_MATTER, matter, sealed_contexts[part], sealed, bytes);
    if (open == NULL) {
        *out_erased = true;
        return all;
    }
    gsize open_bytes;
    const char *text = g_bytes_get_data(open, &open_bytes);
    g_autoptr(json_t) opened = json_loadb(text, open_bytes, 0, NULL);
    json_object_update(all, opened);
    return all;
}

json_t *matter_clear_part(struct cursor *row, int column)
{
    if (cursor_is_null(row, column))
        return json_object();
    json_t *part = json_loads(cursor_text(row, column), 0, NULL);
    if (json_is_object(part))
        return part;
    json_decref(part);
    db_corrupt(row->db, "the text of a form cannot be read");
    return json_object();
}

bool matter_form_text(struct db *rows, int64_t matter, GString *out)
{
    AUTO(cursor)
    struct cursor found = db_query(
        rows, "SELECT clear FROM matter_form WHERE matter = ?1 AND sealed IS NULL AND clear IS NOT NULL", "i", matter);
    if (!cursor_next(&found))
        return false;
    g_string_assign(out, cursor_text(&found, 0));
    return true;
}

json_t *matter_form(struct db *rows, struct vault *vault, const struct matter *matter, bool *out_erased)
{
    *out_erased = matter->erased;
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT clear, sealed FROM matter_form WHERE matter = ?1", "i", matter->id);
    if (!cursor_next(&found))
        return json_object();
    size_t bytes;
    const void *sealed = cursor_blob(&found, 1, &bytes);
    return merge(vault, matter->id, SEALED_FORM, matter_clear_part(&found, 0), sealed, bytes, out_erased);
}

/* ---- entries ---- */

static void entry_row_clear(gpointer data)
{
    struct entry_row *row = data;
    json_decref(row->clear);
    g_clear_pointer(&row->sealed, g_bytes_unref);
}

static void copy_text(struct cursor *cursor, int column, char *out, size_t size)
{
    const char *text = cursor_text(cursor, column);
    g_strlcpy(out, text != NULL ? text : "", size);
}

static void read_entry(struct cursor *cursor, int64_t matter, struct entry_row *out)
{
    *out = (struct entry_row){
        .matter = matter,
        .number = cursor_integer(cursor, 0),
        .place = cursor_integer(cursor, 1),
        .person = cursor_integer(cursor, 2),
        .post = cursor_integer(cursor, 3),
        .at_us = cursor_integer(cursor, 4),
        .observed_us = cursor_integer(cursor, 5),
        .corrects = cursor_integer(cursor, 8),
        .corrected = !cursor_is_null(cursor, 9),
        .proxy = cursor_integer(cursor, 12),
        .confirmation = (enum confirmation)cursor_integer(cursor, 15),
        .participant = cursor_integer(cursor, 16),
        .line = cursor_integer(cursor, 17),
    };
    copy_text(cursor, 6, out->kind, sizeof out->kind);
    copy_text(cursor, 7, out->attempt, sizeof out->attempt);
    copy_text(cursor, 10, out->word_of, sizeof out->word_of);
    copy_text(cursor, 11, out->channel, sizeof out->channel);
    out->clear = matter_clear_part(cursor, 13);
    size_t bytes;
    const void *sealed = cursor_blob(cursor, 14, &bytes);
    if (sealed != NULL)
        out->sealed = g_bytes_new(sealed, bytes);
}

int64_t matter_entry_at(struct db *rows, int64_t matter, const char *kind, int64_t observed_us)
{
    int64_t number = 0;
    db_integer(rows, &number,
               "SELECT number FROM entry WHERE matter = ?1 AND kind = ?2 AND observed_us = ?3 ORDER BY number LIMIT 1",
               "isi", matter, kind, observed_us);
    return number;
}

#define ENTRY_COLUMNS                                                                                                  \
    "number, place, person, post, at_us, observed_us, kind, attempt, corrects, corrected, word_of, channel, proxy, "   \
    "clear, sealed, second, participant, line"

static GArray *entries_in(struct cursor found, int64_t matter)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry_row));
    g_array_set_clear_func(entries, entry_row_clear);
    AUTO(cursor) struct cursor all = found;
    while (cursor_next(&all)) {
        struct entry_row row;
        read_entry(&all, matter, &row);
        g_array_append_val(entries, row);
    }
    return entries;
}

GArray *matter_entries(struct db *rows, int64_t matter, int64_t after_number, int most)
{
    return entries_in(
        db_query(rows, "SELECT " ENTRY_COLUMNS " FROM entry WHERE matter = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
                 "iii", matter, after_number, (int64_t)most),
        matter);
}

GArray *matter_last_entries(struct db *rows, int64_t matter, const char *kind, int most)
{
    return entries_in(db_query(rows,
                               "SELECT " ENTRY_COLUMNS " FROM entry WHERE matter = ?1 AND kind = ?2 AND corrected "
                               "IS NULL AND second <> ?3 ORDER BY observed_us DESC, number DESC LIMIT ?4",
                               "isii", matter, kind, (int64_t)CONFIRMATION_DECLINED, (int64_t)most),
                      matter);
}

int64_t matter_entry_maker(struct db *rows, const struct entry_row *row)
{
    int64_t person = row->person, number = row->corrects, last = row->number;
    while (number != 0 && number < last) {
        AUTO(cursor)
        struct cursor found =
            db_query(rows, "SELECT person, coalesce(corrects, 0) FROM entry WHERE matter = ?1 AND number = ?2", "ii",
                     row->matter, number);
        last = number;
        number = 0;
        if (cursor_next(&found)) {
            person = cursor_integer(&found, 0);
            number = cursor_integer(&found, 1);
        }
    }
    return person;
}

int64_t matter_newest_entry(struct db *rows, int64_t matter)
{
    int64_t next = 1;
    db_integer(rows, &next, "SELECT next_entry FROM matter WHERE id = ?1", "i", matter);
    return next - 1;
}

json_t *matter_entry_fields(struct vault *vault, const struct entry_row *row, bool *out_erased)
{
    *out_erased = false;
    json_t *all = json_copy(row->clear);
    if (row->sealed == NULL)
        return all;
    gsize bytes;
    const void *sealed = g_bytes_get_data(row->sealed, &bytes);
    g_autoptr(json_t) opened = merge(vault, row->matter, SEALED_ENTRY, json_object(), sealed, bytes, out_erased);
    json_object_update(all, opened);
    return all;
}

static void retained_clear(gpointer data)
{
    g_free(((struct retained *)data)->holds);
}

GPtrArray *matter_holds(struct db *rows, struct vault *vault, int64_t matter)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    AUTO(cursor)
    struct cursor holds = db_query(
        rows, "SELECT reason, words FROM matter_hold WHERE matter = ?1 AND to_us = 0 ORDER BY from_us, reason, words",
        "i", matter);
    while (cursor_next(&holds)) {
        char *reason = words_of_row(vault, matter, &holds, 0);
        g_ptr_array_add(all, reason != NULL ? reason : g_strdup("")); /* damaged: it holds all the same */
    }
    return all;
}

static char *holds_text(struct db *rows, struct vault *vault, int64_t matter)
{
    g_autoptr(GPtrArray) holds = matter_holds(rows, vault, matter);
    if (holds->len == 0)
        return NULL;
    g_ptr_array_add(holds, NULL);
    return g_strjoinv("; ", (char **)holds->pdata);
}

GArray *matter_retained(struct db *rows, struct vault *vault, int64_t after_us, int64_t after_matter, int64_t to_us,
                        int most)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct retained));
    g_array_set_clear_func(all, retained_clear);
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT retain_us, id, held FROM matter WHERE retain_us IS NOT NULL AND "
                                   "(retain_us, id) > (?1, ?2) AND retain_us < ?3 ORDER BY retain_us, id LIMIT ?4",
                                   "iiii", after_us, after_matter, to_us, (int64_t)most);
    while (cursor_next(&found)) {
        struct retained retained = {.erase_us = cursor_integer(&found, 0), .matter = cursor_integer(&found, 1)};
        if (cursor_integer(&found, 2) != 0)
            retained.holds = holds_text(rows, vault, retained.matter);
        g_array_append_val(all, retained);
    }
    return all;
}

void matter_count_open(struct db *rows, void (*each)(void *context, const char *kind, const char *state, int64_t count),
                       void *context)
{
    AUTO(cursor)
    struct cursor found = db_query(
        rows, "SELECT kind, state, sum(count) FROM tally_matter WHERE open = 1 GROUP BY 1, 2 ORDER BY 1, 2", "");
    while (cursor_next(&found))
        each(context, cursor_text(&found, 0), cursor_text(&found, 1), cursor_integer(&found, 2));
}

GArray *matter_open_in_state(struct db *rows, const char *kind, const char *state, int most)
{
    GArray *matters = g_array_new(FALSE, FALSE, sizeof(struct uuid));
    struct uuid uuid;
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT uuid FROM matter WHERE closed_us = 0 AND kind = ?1 AND state = ?2 "
                                   "ORDER BY opened_us, id LIMIT ?3",
                                   "ssi", kind, state, (int64_t)most);
    while (cursor_next(&found))
        if (cursor_uuid(&found, 0, &uuid))
            g_array_append_val(matters, uuid);
    return matters;
}
