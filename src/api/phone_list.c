/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/phone_list.h"

#include "api/looks.h"
#include "api/shape.h"

/* Whoever answers holds a post; the number is theirs, not of whom the matter is about. */
static json_t *shape_ringing(struct request *request, const struct ringing *ringing,
                             const struct matter *matter, bool unmasked)
{
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    struct post post = {0};
    bool held = ringing->post > 0 && registry_post(request->reader->rows, ringing->post, &post);
    return json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "matter",
                     shape_uuid(&matter->uuid), "kind", matter->kind, "title",
                     shape_title(request, kind != NULL ? &kind->title : NULL), "name", ringing->name, "unit",
                     shape_unit(request, matter->unit), "participant",
                     shape_unit(request, ringing->participant_unit), "since",
                     shape_time(request, ringing->since_us), "due_at", shape_time(request, ringing->due_us),
                     "alerts", ringing->alerts, "post", shape_post_id(request, ringing->post), "person",
                     held ? shape_person(request, post.person, unmasked, true) : json_null());
}

/* For those who answer for the matter. A page may be short: what they may not see is left out. Reading a number leaves
 * a trace. */
void get_phone_list(struct request *request)
{
    struct db *rows = request->reader->rows;
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    int64_t cursor[3] = {0, 0, 0}, under = 0;
    int limit;
    bool has_cursor;
    if (!request_page(request, &limit, cursor, G_N_ELEMENTS(cursor), &has_cursor) ||
        !request_query_unit(request, "unit", &under))
        return;
    g_autoptr(GArray) all =
        matter_ringing(rows, under, request->now_us, cursor[0], cursor[1], cursor[2], limit + 1);
    g_autoptr(GArray) shown = looks_new();
    json_t *page = json_array();
    for (guint i = 0; i < all->len && i < (guint)limit; i++) {
        const struct ringing *ringing = &g_array_index(all, struct ringing, i);
        struct matter matter;
        struct post post;
        cursor[0] = ringing->since_us;
        cursor[1] = ringing->matter;
        cursor[2] = ringing->slot;
        if (!matter_get(rows, ringing->matter, &matter) ||
            !access_may_see(rows, rulebook, &request->viewer, &matter) ||
            !access_sees_all_participants(rows, rulebook, &request->viewer, &matter))
            continue;
        bool unmasked = access_unmasks(rows, rulebook, &request->viewer, &matter);
        json_array_append_new(page, shape_ringing(request, ringing, &matter, unmasked));
        if (unmasked && ringing->post > 0 && registry_post(rows, ringing->post, &post))
            looks_add(shown, post.person, 0);
    }
    respond_looked(request, shown, "phone-list",
                   shape_page(page, all->len > (guint)limit ? cursor : NULL, G_N_ELEMENTS(cursor)));
}
