/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/phone_list.h"

#include "api/looks.h"
#include "api/shape.h"
#include "base/limits.h"

#include <string.h>

/* The number is that of the holder of the post that answers, not of the matter's subject. */
static json_t *shape_ringing(struct request *request, const struct ringing *ringing, const struct matter *matter,
                             bool unmasked)
{
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    struct post post = {0};
    bool held = ringing->post > 0 && registry_post(request->reader->rows, ringing->post, &post);
    return json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "matter", shape_uuid(&matter->uuid),
                     "kind", matter->kind, "title", shape_title(request, kind != NULL ? &kind->title : NULL), "name",
                     ringing->name, "unit", shape_unit(request, matter->unit), "participant",
                     shape_unit(request, ringing->participant_unit), "since", shape_time(request, ringing->since_us),
                     "due_at", shape_time(request, ringing->due_us), "alerts", ringing->alerts, "post",
                     shape_post_id(request, ringing->post), "person",
                     held ? shape_person(request, post.person, unmasked, true) : json_null());
}

struct phone_page {
    struct request *request;
    json_t *rows;
    GArray *shown; /* of struct look: the persons whose number it shows */
    int limit;
    int looked_at;
    int64_t next[3]; /* of the last row that is shown; of a page that looking ended, of the last looked at */
};

static bool shows_ringing(const struct phone_page *page, const struct ringing *ringing, struct matter *out_matter)
{
    struct request *request = page->request;
    struct db *rows = request->reader->rows;
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    return matter_get(rows, ringing->matter, out_matter) &&
           access_may_see(rows, rulebook, &request->viewer, out_matter) &&
           access_sees_all_participants(rows, rulebook, &request->viewer, out_matter);
}

static void add_ringing(struct phone_page *page, const struct ringing *ringing, const struct matter *matter)
{
    struct request *request = page->request;
    struct post post;
    bool unmasked =
        access_unmasks(request->reader->rows, engine_rulebook(request->server->engine), &request->viewer, matter);
    json_array_append_new(page->rows, shape_ringing(request, ringing, matter, unmasked));
    if (unmasked && ringing->post > 0 && registry_post(request->reader->rows, ringing->post, &post))
        looks_add(page->shown, post.person, 0);
}

/* True: there is more. One more is looked for than is shown, so that `next` never stands for rows that stay hidden. */
static bool fill_phone_list(struct phone_page *page, int64_t under)
{
    int64_t after[3] = {page->next[0], page->next[1], page->next[2]};
    guint read = LIMIT_PAGE_ROWS;
    while (read == LIMIT_PAGE_ROWS && page->looked_at < LIMIT_LIST_LOOKED_AT) {
        g_autoptr(GArray) all = matter_ringing(page->request->reader->rows, under, page->request->now_us, after[0],
                                               after[1], after[2], LIMIT_PAGE_ROWS);
        read = all->len;
        for (guint i = 0; i < read; i++, page->looked_at++) {
            const struct ringing *ringing = &g_array_index(all, struct ringing, i);
            struct matter matter;
            memcpy(after, (int64_t[]){ringing->since_us, ringing->matter, ringing->slot}, sizeof after);
            if (!shows_ringing(page, ringing, &matter))
                continue;
            if (json_array_size(page->rows) == (size_t)page->limit)
                return true;
            add_ringing(page, ringing, &matter);
            memcpy(page->next, after, sizeof after);
        }
    }
    memcpy(page->next, after, sizeof after);
    return read == LIMIT_PAGE_ROWS;
}

/* For those who answer for the matter. A page is short where it ends or where looking ended. Reading a number leaves a
 * trace. */
void get_phone_list(struct request *request)
{
    struct phone_page page = {.request = request};
    int64_t under = 0;
    bool has_cursor;
    if (!request_page(request, &page.limit, page.next, G_N_ELEMENTS(page.next), &has_cursor) ||
        !request_query_unit(request, "unit", &under))
        return;
    g_autoptr(GArray) shown = looks_new();
    page.shown = shown;
    page.rows = json_array();
    bool more = fill_phone_list(&page, under);
    respond_looked(request, shown, "phone-list",
                   shape_page(request, page.rows, more ? page.next : NULL, G_N_ELEMENTS(page.next)));
}
