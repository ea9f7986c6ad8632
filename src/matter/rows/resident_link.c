/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links of residents: their rows, made by events and read. */
#include "matter/resident_link.h"

#include "base/json.h"
#include "matter/rows/apply.h"

#define LINK_COLUMNS "digest, matter, purpose, given_us, until_us, person, post, ended_us"

void apply_resident_link_given(struct db *rows, const struct event *event, const json_t *body)
{
    apply_change(rows, event, body);
    db_run(rows,
           "INSERT OR REPLACE INTO resident_link (digest, matter, purpose, given_us, until_us, person, post) VALUES "
           "(?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0))",
           "siiiiii", json_get_text(body, "link", ""), event->matter, json_get_integer(body, "purpose", 0),
           event->at_us, json_get_integer(body, "until", 0), event->person, event->post);
}

void apply_resident_link_ended(struct db *rows, const struct event *event, const json_t *body)
{
    apply_change(rows, event, body);
    db_run(rows, "UPDATE resident_link SET ended_us = ?3 WHERE digest = ?1 AND matter = ?2", "sii",
           json_get_text(body, "link", ""), event->matter, event->at_us);
}

static void read_row(struct cursor *cursor, struct resident_link *out)
{
    g_strlcpy(out->digest, cursor_text(cursor, 0), sizeof out->digest);
    out->matter = cursor_integer(cursor, 1);
    out->purpose = (enum link_purpose)cursor_integer(cursor, 2);
    out->given_us = cursor_integer(cursor, 3);
    out->until_us = cursor_integer(cursor, 4);
    out->person = cursor_integer(cursor, 5);
    out->post = cursor_integer(cursor, 6);
    out->ended_us = cursor_integer(cursor, 7);
}

bool resident_link_find(struct db *rows, const char *digest, struct resident_link *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT " LINK_COLUMNS " FROM resident_link WHERE digest = ?1", "s", digest);
    *out = (struct resident_link){0};
    if (!cursor_next(&found))
        return false;
    read_row(&found, out);
    return true;
}

GArray *resident_links(struct db *rows, int64_t matter)
{
    GArray *links = g_array_new(FALSE, FALSE, sizeof(struct resident_link));
    AUTO(cursor)
    struct cursor found = db_query(
        rows, "SELECT " LINK_COLUMNS " FROM resident_link WHERE matter = ?1 ORDER BY given_us DESC, digest LIMIT ?2",
        "ii", matter, (int64_t)RESIDENT_LINKS_SHOWN);
    while (cursor_next(&found)) {
        struct resident_link link = {0};
        read_row(&found, &link);
        g_array_append_val(links, link);
    }
    return links;
}

bool resident_link_is_valid(const struct resident_link *link, int64_t now_us)
{
    return link->ended_us == 0 && now_us < link->until_us;
}

bool resident_link_is_held(struct db *rows, const struct resident_link *link, int64_t now_us)
{
    struct post post;
    if (!resident_link_is_valid(link, now_us))
        return false;
    return link->post == 0 ||
           (registry_post(rows, link->post, &post) && post.person == link->person && post.to_us > now_us);
}

bool kind_takes_reports(const struct kind *kind)
{
    for (size_t i = 0; kind->about == ABOUT_PERSON && i < kind->entry_count; i++)
        for (size_t j = 0; j < kind->entries[i].by_count; j++)
            if (kind->entries[i].by[j].party == PARTY_SUBJECT)
                return true;
    return false;
}
