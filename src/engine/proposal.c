/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/proposal.h"

#include "command/ids.h"

#include "base/limits.h"

#include <string.h>

void playbook_proposal_clear(struct playbook_proposal *proposal)
{
    g_free(proposal->name);
    g_free(proposal->digest);
    g_free(proposal->role);
    json_decref(proposal->widens);
}

/* Over the names and texts of the files, in their order. */
char *playbook_digest(const json_t *files)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    size_t i;
    json_t *file;
    json_array_foreach((json_t *)files, i, file)
    {
        const char *texts[] = {json_get_text(file, "name", ""), json_get_text(file, "text", "")};
        for (size_t k = 0; k < G_N_ELEMENTS(texts); k++)
            g_checksum_update(sum, (const guchar *)texts[k], (gssize)strlen(texts[k]) + 1);
    }
    return g_strdup(g_checksum_get_string(sum));
}

#define COLUMNS                                                                                                        \
    "SELECT digest, name, version, by_person, role, at_us, until_us, widens, widens_count, place "                     \
    "FROM playbook_proposal "

static struct playbook_proposal proposal_of(struct cursor *cursor)
{
    return (struct playbook_proposal){.digest = g_strdup(cursor_text(cursor, 0)),
                                      .name = g_strdup(cursor_text(cursor, 1)),
                                      .version = cursor_integer(cursor, 2),
                                      .by = cursor_integer(cursor, 3),
                                      .role = g_strdup(cursor_text(cursor, 4)),
                                      .at_us = cursor_integer(cursor, 5),
                                      .until_us = cursor_integer(cursor, 6),
                                      .widens = json_loads(cursor_text(cursor, 7), 0, NULL),
                                      .widens_count = cursor_integer(cursor, 8),
                                      .place = cursor_integer(cursor, 9)};
}

bool playbook_proposal_find(struct db *rows, const char *digest, int64_t at_us, struct playbook_proposal *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows, COLUMNS "WHERE digest = ?1 AND until_us > ?2", "si", digest, at_us);
    if (!cursor_next(&found))
        return false;
    *out = proposal_of(&found);
    return true;
}

static void clear_element(gpointer proposal)
{
    playbook_proposal_clear(proposal);
}

GArray *playbook_proposals(struct db *rows, int64_t at_us, int64_t after, int most)
{
    GArray *proposals = g_array_new(FALSE, FALSE, sizeof(struct playbook_proposal));
    g_array_set_clear_func(proposals, clear_element);
    AUTO(cursor)
    struct cursor found = db_query(rows, COLUMNS "WHERE until_us > ?1 AND place > ?2 ORDER BY place LIMIT ?3", "iii",
                                   at_us, after, (int64_t)most);
    while (cursor_next(&found)) {
        struct playbook_proposal proposal = proposal_of(&found);
        g_array_append_val(proposals, proposal);
    }
    return proposals;
}

json_t *playbook_proposal_files(struct db *rows, const char *digest)
{
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT files FROM playbook_proposal WHERE digest = ?1", "s", digest);
    return cursor_next(&found) ? json_loads(cursor_text(&found, 0), 0, NULL) : NULL;
}

/* ---- applying ---- */

void apply_playbook_proposed(struct db *rows, const struct event *event, const json_t *body)
{
    const json_t *widens = json_object_get(body, "widens");
    char *files = json_dumps(json_object_get(body, "files"), JSON_COMPACT);
    char *told = json_dumps(widens, JSON_COMPACT);
    db_run(rows, "DELETE FROM playbook_proposal WHERE by_person = ?1 OR digest = ?2", "is", event->person,
           json_get_text(body, "digest", ""));
    db_run(rows,
           "INSERT INTO playbook_proposal (place, digest, name, version, by_person, role, at_us, until_us, widens, "
           "widens_count, files) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
           "issiisiisis", event_place(event), json_get_text(body, "digest", ""), json_get_text(body, "name", ""),
           json_get_integer(body, "version", 0), event->person, json_get_text(body, "role", ""), event->at_us,
           json_get_integer(body, "until_us", 0), told, json_get_integer(body, "widens_count", 0), files);
    free(files);
    free(told);
}

void apply_playbook_proposal_withdrawn(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "DELETE FROM playbook_proposal WHERE digest = ?1", "s", json_get_text(body, "digest", ""));
}

void playbook_proposals_end(struct db *rows)
{
    db_run(rows, "DELETE FROM playbook_proposal", "");
}
