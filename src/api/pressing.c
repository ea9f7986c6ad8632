/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/pressing.h"

#include "api/looks.h"
#include "api/matters.h"
#include "api/shape.h"
#include "api/visible.h"

#include <string.h>

static const char *const groupings[] = {
    [PRESSING_BY_POST] = "post", [PRESSING_BY_UNIT] = "unit", [PRESSING_BY_NAME] = "name"};

/* ---- what is asked ---- */

/* Kinds all of whose matters there the viewer may see, as counts have it; NULL: there is none. */
static char *seen_kinds(struct request *request, int64_t unit)
{
    g_autoptr(json_t) names = json_array();
    const struct playbook *playbook = rulebook_current(request_rules(request));
    for (size_t i = 0; playbook != NULL && i < playbook->kind_count; i++)
        if (request_sees_all(request, &playbook->kinds[i], unit))
            json_array_append_new(names, json_string(playbook->kinds[i].name));
    return json_array_size(names) > 0 ? json_dumps(names, JSON_COMPACT) : NULL;
}

static bool take_bool(struct request *request, const char *name, const char *accepted, bool *out)
{
    const char *text = request_query(request, name);
    *out = text == NULL || strcmp(text, "true") == 0;
    if (*out || (strcmp(text, "false") == 0 && strstr(accepted, "false") != NULL))
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, name, accepted);
    return false;
}

static bool expects(const struct playbook *playbook, const char *name)
{
    for (size_t k = 0; k < playbook->kind_count; k++)
        for (size_t s = 0; s < playbook->kinds[k].state_count; s++)
            for (size_t i = 0; i < playbook->kinds[k].states[s].expect_count; i++)
                if (strcmp(playbook->kinds[k].states[s].expects[i].name, name) == 0)
                    return true;
    return false;
}

/* What no version knows finds nothing: it is misspelt. */
static bool take_names(struct request *request, const char *kind, const char *name)
{
    struct rulebook *rulebook = request_rules(request);
    const struct playbook *playbook = rulebook_current(rulebook);
    if (kind != NULL && !request_knows(request, kind, NULL)) {
        respond_refused(request, PROBLEM_UNKNOWN_KIND, "kind", "");
        return false;
    }
    while (playbook != NULL && name != NULL && !expects(playbook, name))
        playbook = rulebook_before(rulebook, playbook->id);
    if (name == NULL || playbook != NULL)
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "name",
                    request->chinese ? "应办事项的名称" : "the name of an expectation");
    return false;
}

/* -1 none. */
static bool take_grouping(struct request *request, int *out)
{
    const char *text = request_query(request, "by"), *sort = request_query(request, "sort");
    *out = -1;
    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(groupings); i++)
        if (strcmp(groupings[i], text) == 0)
            *out = (int)i;
    if (text != NULL && *out < 0)
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "by", "post, unit, name");
    else if (sort != NULL && strcmp(sort, "next_escalation") != 0)
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "sort", "next_escalation");
    else
        return true;
    return false;
}

/* "none": what nobody answers for. */
static void take_post(struct request *request, int64_t *post, const int64_t **out)
{
    const char *text = request_query(request, "post");
    *post = 0;
    if (text != NULL && strcmp(text, "none") != 0)
        request_query_id(request, "post", VAULT_ID_POST, post);
    *out = text != NULL ? post : NULL;
}

static bool take_place(struct request *request, int64_t *out)
{
    *out = 0;
    if (!request_query_unit(request, "under", out))
        return false;
    if (*out == 0)
        respond_refused(request, PROBLEM_MISSING_FIELD, "under");
    return *out != 0;
}

/* ---- what is shown ---- */

struct page {
    struct request *request;
    json_t *rows;
    GArray *shown; /* of struct look */
    struct {       /* the number shown last: neighbours are of the same post */
        int64_t person;
        bool unmasked;
        json_t *phone;
    } last;
};

static void look_at(struct page *page, int64_t person, int64_t matter)
{
    if (person != 0)
        looks_add(page->shown, person, matter);
}

/* Owned by the page. */
static json_t *phone_of(struct page *page, int64_t person, bool unmasked)
{
    if (page->last.phone != NULL && page->last.person == person && page->last.unmasked == unmasked)
        return page->last.phone;
    g_autoptr(json_t) shape = shape_person(page->request, person, unmasked, true);
    json_decref(page->last.phone);
    page->last.person = person;
    page->last.unmasked = unmasked;
    page->last.phone = json_incref(json_object_get(shape, "phone"));
    return page->last.phone;
}

/* Who answers, with the number to ring: that of the phone list, whole for whom it is whole there. */
static void add_who(struct page *page, json_t *shape, int64_t post_id, const struct matter *matter)
{
    struct request *request = page->request;
    struct post post;
    bool held = post_id > 0 && registry_post(request->reader->rows, post_id, &post);
    json_object_set_new(shape, "answers", json_string(held ? "post" : post_id < 0 ? "subject" : "nobody"));
    json_object_set_new(shape, "post", shape_post_id(request, post_id));
    if (!held)
        return;
    bool unmasked = matter != NULL && request_unmasks(request, matter);
    json_object_set(shape, "phone", phone_of(page, post.person, unmasked));
    json_object_set_new(shape, "phone_masked", json_boolean(!unmasked));
    if (unmasked)
        look_at(page, post.person, 0);
}

static const struct texts *expect_title(const struct kind *kind, const char *name)
{
    struct expect accepting;
    const struct expect *expect = kind != NULL ? expect_find(kind, name, &accepting) : NULL;
    return expect != NULL && expect->entry != NULL ? &expect->entry->title : NULL;
}

static const struct expect *expect_of(const struct kind *kind, const struct matter *matter, const char *name)
{
    const struct state *state = kind != NULL ? kind_find_state(kind, matter->state) : NULL;
    for (size_t i = 0; state != NULL && i < state->expect_count; i++)
        if (strcmp(state->expects[i].name, name) == 0)
            return &state->expects[i];
    return NULL;
}

/* 0: it has gone as far as it goes. */
static int64_t escalates_us(const struct expect *expect, const struct pressing *row)
{
    if (expect == NULL || row->escalated < 0 || (size_t)row->escalated >= expect->escalation_count)
        return 0;
    return row->due_us + MAX(1, expect->escalations[row->escalated].after_us);
}

static json_t *shape_subject_of(struct page *page, const struct kind *kind, const struct matter *matter)
{
    struct request *request = page->request;
    bool named = request_unmasks(request, matter) &&
                 access_shows_subject(request->reader->rows, request_rules(request), &request->viewer, matter);
    if (named)
        look_at(page, access_subject(request_rules(request), matter), matter->id);
    return shape_subject(request, kind, matter->subject, named);
}

static void add_row(struct page *page, const struct pressing *row, const struct matter *matter)
{
    struct request *request = page->request;
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    const struct entry_def *entry = kind != NULL ? kind_find_entry(kind, row->entry) : NULL;
    json_t *shape =
        json_pack("{s:o, s:I, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:i, s:o, s:o}", "matter",
                  shape_uuid(&matter->uuid), "number", (json_int_t)row->number, "kind", matter->kind, "title",
                  shape_title(request, kind != NULL ? &kind->title : NULL), "name", row->name, "entry", row->entry,
                  "entry_title", shape_title(request, entry != NULL ? &entry->title : NULL), "unit",
                  shape_unit(request, matter->unit), "path", shape_path(request, matter->unit), "subject",
                  shape_subject_of(page, kind, matter), "due_at", shape_time(request, row->due_us), "overdue",
                  row->overdue, "escalated", row->escalated, "next_at", shape_time(request, row->next_us),
                  "escalates_at", shape_time(request, escalates_us(expect_of(kind, matter, row->name), row)));
    if (row->participant != 0)
        json_object_set_new(shape, "participant", json_integer(row->participant));
    if (row->line != 0)
        json_object_set_new(shape, "line", json_integer(row->line));
    add_who(page, shape, row->post, matter);
    if (row->claimed_us != 0)
        json_object_set_new(shape, "claimed", shape_claim(request, row->claimed_us, row->claim_until_us));
    json_array_append_new(page->rows, shape);
}

static void add_group(struct page *page, enum pressing_by by, const struct pressing_group *group)
{
    struct request *request = page->request;
    struct matter matter;
    bool there = matter_get(request->reader->rows, group->matter, &matter);
    json_t *shape = json_pack("{s:I, s:o, s:o}", "count", (json_int_t)group->count, "next_at",
                              shape_time(request, group->next_us), "due_at", shape_time(request, group->due_us));
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct kind *kind = playbook != NULL ? playbook_find_kind(playbook, group->kind) : NULL;
    switch (by) {
    case PRESSING_BY_POST:
        add_who(page, shape, group->key, there ? &matter : NULL);
        break;
    case PRESSING_BY_UNIT:
        json_object_set_new(shape, "unit", shape_unit(request, group->key));
        break;
    case PRESSING_BY_NAME:
        json_object_set_new(shape, "kind", json_string(group->kind));
        json_object_set_new(shape, "title", shape_title(request, kind != NULL ? &kind->title : NULL));
        json_object_set_new(shape, "name", json_string(group->name));
        json_object_set_new(shape, "entry_title", shape_title(request, expect_title(kind, group->name)));
        break;
    }
    json_array_append_new(page->rows, shape);
}

/* ---- pages ---- */

/* True: there is one more. Each row is judged once more, since old rules may hide its matter. */
static bool fill(struct page *page, const struct pressing_filter *filter, int limit, int64_t after[3])
{
    struct request *request = page->request;
    int most = limit + 1;
    for (guint read = (guint)most; read == (guint)most;) {
        g_autoptr(GArray) found = matter_pressing(request->reader->rows, filter, after[0], after[1], after[2], most);
        read = found->len;
        for (guint i = 0; i < read; i++) {
            const struct pressing *row = &g_array_index(found, struct pressing, i);
            struct matter matter;
            bool seen = matter_get(request->reader->rows, row->matter, &matter) &&
                        access_may_see(request->reader->rows, request_rules(request), &request->viewer, &matter);
            if (seen && json_array_size(page->rows) == (size_t)limit)
                return true;
            if (seen)
                add_row(page, row, &matter);
            memcpy(after, (int64_t[]){row->next_us, row->matter, row->slot}, 3 * sizeof *after);
        }
    }
    return false;
}

static bool fill_groups(struct page *page, const struct pressing_filter *filter, enum pressing_by by, int limit,
                        int64_t after[3])
{
    g_autoptr(GArray) found =
        matter_pressing_groups(page->request->reader->rows, filter, by, after[0], after[1], limit + 1);
    for (guint i = 0; i < found->len && i < (guint)limit; i++) {
        const struct pressing_group *group = &g_array_index(found, struct pressing_group, i);
        add_group(page, by, group);
        after[0] = group->next_us;
        after[1] = group->key;
    }
    return found->len > (guint)limit;
}

void get_expectations(struct request *request)
{
    struct pressing_filter filter = {
        .at_us = request->now_us, .kind = request_query(request, "kind"), .name = request_query(request, "name")};
    int64_t after[3] = {0}, post;
    int limit, by;
    bool has_cursor, open, overdue;
    if (!request_page(request, &limit, after, G_N_ELEMENTS(after), &has_cursor) ||
        !take_place(request, &filter.under) || !take_bool(request, "open", "true", &open) ||
        !take_bool(request, "overdue", "true, false", &overdue) || !take_grouping(request, &by) ||
        !take_names(request, filter.kind, filter.name))
        return;
    g_autofree char *kinds = seen_kinds(request, filter.under);
    if (kinds == NULL) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL,
                        request->chinese ? "可看的逾期事项" : "expectations to be shown");
        return;
    }
    g_autoptr(GArray) shown = looks_new();
    struct page page = {.request = request, .rows = json_array(), .shown = shown};
    filter.kinds = kinds;
    filter.warned = !overdue;
    take_post(request, &post, &filter.post);
    if (!has_cursor)
        after[0] = -1;
    bool more =
        by < 0 ? fill(&page, &filter, limit, after) : fill_groups(&page, &filter, (enum pressing_by)by, limit, after);
    json_decref(page.last.phone);
    respond_looked(request, shown, "late", shape_page(request, page.rows, more ? after : NULL, G_N_ELEMENTS(after)));
}
