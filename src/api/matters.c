/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/matters.h"

#include "api/shape.h"
#include "api/submit.h"
#include "base/limits.h"
#include "playbook/form.h"

#include <string.h>

static struct rulebook *rules_of(struct request *request)
{
    return engine_rulebook(request->server->engine);
}

static bool unmasks(struct request *request, const struct matter *matter)
{
    return access_unmasks(request->reader->rows, rules_of(request), &request->viewer, matter);
}

static void not_found(struct request *request)
{
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这件事项" : "matter");
}

/* The matter of the path; false when the request has been answered, alike for "is not" and "may not be seen".
 */
static bool take_matter(struct request *request, struct matter *out)
{
    struct uuid uuid;
    if (uuid_parse(request->params[0], &uuid) && matter_get_by_uuid(request->reader->rows, &uuid, out) &&
        access_may_see(request->reader->rows, rules_of(request), &request->viewer, out))
        return true;
    not_found(request);
    return false;
}

/* ---- lists ---- */

static bool take_open(struct request *request, int *out)
{
    const char *text = request_query(request, "open");
    if (text == NULL)
        *out = -1;
    else if (strcmp(text, "true") == 0)
        *out = 1;
    else if (strcmp(text, "false") == 0)
        *out = 0;
    else {
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "open", "true, false");
        return false;
    }
    return true;
}

static bool take_filter(struct request *request, struct matter_filter *filter)
{
    bool has_cursor;
    *filter = (struct matter_filter){.kind = request_query(request, "kind"),
                                     .state = request_query(request, "state")};
    int64_t cursor[3] = {0};
    if (!request_page(request, &filter->most, cursor, G_N_ELEMENTS(cursor), &has_cursor))
        return false;
    filter->after = (struct matter_cursor){cursor[0], cursor[1], cursor[2]};
    return request_query_unit(request, "under", &filter->under) &&
           request_query_integer(request, "subject", 1, INT64_MAX, &filter->subject) &&
           request_query_time(request, "opened_from", &filter->opened_from_us) &&
           request_query_time(request, "opened_to", &filter->opened_to_us) &&
           take_open(request, &filter->open);
}

static void trace_shown(struct request *request, GArray *matters, GArray *persons, const char *page)
{
    submit_trace(request, (const int64_t *)(void *)matters->data, matters->len,
                 (const int64_t *)(void *)persons->data, persons->len, page);
}

void get_matters(struct request *request)
{
    struct matter_filter filter;
    if (!take_filter(request, &filter))
        return;
    guint limit = (guint)filter.most++;
    g_autoptr(GArray) matters =
        access_matters(request->reader->rows, rules_of(request), &request->viewer, &filter);
    g_autoptr(GArray) shown_matters = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) nobody = g_array_new(FALSE, FALSE, sizeof(int64_t));
    json_t *rows = json_array();
    int64_t cursor[3] = {0};
    for (guint i = 0; i < matters->len && i < limit; i++) {
        const struct seen_matter *seen = &g_array_index(matters, struct seen_matter, i);
        bool unmasked = unmasks(request, &seen->matter);
        json_array_append_new(rows, shape_matter(request, &seen->matter, unmasked));
        memcpy(cursor, (int64_t[]){seen->cursor.ground, seen->cursor.unit, seen->cursor.matter},
               sizeof cursor);
        if (unmasked && seen->matter.subject != 0)
            g_array_append_val(shown_matters, seen->matter.id);
    }
    trace_shown(request, shown_matters, nobody, "matters");
    respond_json(request, MHD_HTTP_OK,
                 shape_page(rows, matters->len > limit ? cursor : NULL, G_N_ELEMENTS(cursor)));
}

void get_matter(struct request *request)
{
    struct matter matter;
    if (!take_matter(request, &matter))
        return;
    bool unmasked = unmasks(request, &matter);
    if (unmasked && matter.subject != 0)
        submit_trace(request, &matter.id, 1, NULL, 0, "matter");
    respond_json(request, MHD_HTTP_OK, shape_matter_whole(request, &matter, unmasked));
}

/* ---- entries ---- */

static void add_text(json_t *shape, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        json_object_set_new(shape, name, json_string(text));
}

static json_t *shape_entry(struct request *request, const struct kind *kind, const struct entry_row *row,
                           bool unmasked)
{
    const struct entry_def *def = kind != NULL ? kind_find_entry(kind, row->kind) : NULL;
    bool erased = false;
    g_autoptr(json_t) fields = matter_entry_fields(request->reader->vault, row, &erased);
    json_t *shape = json_pack(
        "{s:I, s:s, s:o, s:o, s:o, s:o}", "number", (json_int_t)row->number, "entry", row->kind, "title",
        def != NULL ? shape_texts(&def->title) : json_null(), "at", shape_time(request, row->at_us),
        "observed_at", shape_time(request, row->observed_us), "post", shape_post_id(request, row->post));
    add_text(shape, "attempt", row->attempt);
    if (fields != NULL && def != NULL)
        json_object_set_new(shape, "fields", shape_fields(request, &def->form, fields, unmasked));
    if (erased)
        json_object_set_new(shape, "erased", json_true());
    if (row->corrects != 0)
        json_object_set_new(shape, "corrects", json_integer(row->corrects));
    if (row->corrected)
        json_object_set_new(shape, "corrected", json_true());
    return shape;
}

void get_matter_entries(struct request *request)
{
    struct matter matter;
    int limit;
    int64_t after = 0;
    bool has_cursor;
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !take_matter(request, &matter))
        return;
    bool unmasked = unmasks(request, &matter);
    const struct kind *kind = shape_kind(request, matter.rules, matter.kind);
    g_autoptr(GArray) entries = matter_entries(request->reader->rows, matter.id, after, limit + 1);
    json_t *rows = json_array();
    int64_t last = 0;
    for (guint i = 0; i < entries->len && i < (guint)limit; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        json_array_append_new(rows, shape_entry(request, kind, row, unmasked));
        last = row->number;
    }
    if (unmasked && matter.subject != 0)
        submit_trace(request, &matter.id, 1, NULL, 0, "entries");
    respond_json(request, MHD_HTTP_OK, shape_page(rows, entries->len > (guint)limit ? &last : NULL, 1));
}

/* ---- expectations ---- */

static json_t *shape_expectation(struct request *request, const struct expectation_row *row)
{
    json_t *shape = json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:b, s:o}", "number", (json_int_t)row->number,
                              "name", row->name, "outcome", outcome_names[row->outcome], "opens_at",
                              shape_time(request, row->opens_us), "due_at", shape_time(request, row->due_us),
                              "ended_at", shape_time(request, row->ended_us), "overdue", row->overdue, "post",
                              shape_post_id(request, row->post));
    if (row->entry_number != 0)
        json_object_set_new(shape, "entry", json_integer(row->entry_number));
    add_text(shape, "reason", row->reason);
    return shape;
}

void get_matter_expectations(struct request *request)
{
    struct matter matter;
    if (!take_matter(request, &matter))
        return;
    g_autoptr(GArray) expectations = matter_expectations(request->reader->rows, matter.id);
    json_t *rows = json_array();
    for (guint i = 0; i < expectations->len; i++)
        json_array_append_new(
            rows, shape_expectation(request, &g_array_index(expectations, struct expectation_row, i)));
    respond_json(request, MHD_HTTP_OK, shape_page(rows, NULL, 0));
}

/* ---- documents ---- */

void get_matter_document(struct request *request)
{
    struct matter matter;
    if (!take_matter(request, &matter))
        return;
    if (matter.subject != 0 && !unmasks(request, &matter) && matter.subject != request->session.person) {
        respond_refused(request, PROBLEM_NO_RIGHT, NULL,
                        request->chinese ? "经办人员" : "those who handle it");
        return;
    }
    const struct playbook *playbook = rulebook_get(rules_of(request), matter.rules);
    g_autofree char *title = NULL;
    g_autofree char *text = matter_document(request->reader->rows, request->reader->vault, playbook, &matter,
                                            request->params[1], request->chinese, &title);
    if (text == NULL) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这份文书" : "document");
        return;
    }
    if (matter.subject != 0)
        submit_trace(request, &matter.id, 1, NULL, 0, "document");
    respond_json(request, MHD_HTTP_OK,
                 json_pack("{s:s, s:s, s:s}", "name", request->params[1], "title", title, "text", text));
}

/* ---- the to-do list ---- */

/* The posts that the viewer holds now; with ?post=, that one alone. */
static GArray *own_posts(struct request *request, bool *out_ok)
{
    int64_t wanted = 0;
    *out_ok = request_query_integer(request, "post", 1, INT64_MAX, &wanted);
    GArray *posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; *out_ok && i < request->viewer.posts->len; i++) {
        const struct post *post = &g_array_index(request->viewer.posts, struct post, i);
        if (wanted == 0 || wanted == post->id)
            g_array_append_val(posts, post->id);
    }
    if (*out_ok && wanted != 0 && posts->len == 0) {
        respond_refused(request, PROBLEM_POST_NOT_HELD, "post");
        *out_ok = false;
    }
    return posts;
}

/* Whoever answers sees the name when their role does: the matter need not be read for that. */
static bool post_unmasks(struct request *request, int64_t post_id, const struct kind *kind)
{
    for (guint i = 0; i < request->viewer.posts->len; i++) {
        const struct post *post = &g_array_index(request->viewer.posts, struct post, i);
        if (post->id != post_id)
            continue;
        for (size_t j = 0; j < kind->unmasked_by_count; j++)
            if (strcmp(kind->unmasked_by[j]->name, post->role) == 0)
                return true;
    }
    return false;
}

static json_t *shape_todo(struct request *request, const struct todo *todo, bool unmasked,
                          const struct kind *kind)
{
    const struct entry_def *entry = kind != NULL ? kind_find_entry(kind, todo->entry) : NULL;
    json_t *shape = json_pack(
        "{s:o, s:I, s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:b, s:i, s:o, s:o}", "matter",
        shape_uuid(&todo->uuid), "number", (json_int_t)todo->number, "kind", todo->kind, "title",
        kind != NULL ? shape_texts(&kind->title) : json_null(), "entry", todo->entry, "entry_title",
        entry != NULL ? shape_texts(&entry->title) : json_null(), "state", todo->state, "unit",
        shape_unit(request, todo->unit), "opens_at", shape_time(request, todo->opens_us), "due_at",
        shape_time(request, todo->due_us), "overdue", todo->overdue, "escalated", todo->escalated, "subject",
        shape_person(request, todo->subject, unmasked, false), "post", json_id(todo->post));
    if (todo->household != 0)
        json_object_set_new(shape, "household", json_id(todo->household));
    return shape;
}

void get_tasks(struct request *request)
{
    int64_t cursor[3] = {0, 0, 0};
    int limit;
    bool has_cursor, ok;
    if (!request_page(request, &limit, cursor, G_N_ELEMENTS(cursor), &has_cursor))
        return;
    g_autoptr(GArray) posts = own_posts(request, &ok);
    if (!ok)
        return;
    g_autoptr(GArray) todos = matter_todo(request->reader->rows, (const int64_t *)(void *)posts->data,
                                          posts->len, cursor[0], cursor[1], cursor[2], limit + 1);
    g_autoptr(GArray) shown_matters = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) nobody = g_array_new(FALSE, FALSE, sizeof(int64_t));
    json_t *rows = json_array();
    for (guint i = 0; i < todos->len && i < (guint)limit; i++) {
        const struct todo *todo = &g_array_index(todos, struct todo, i);
        const struct kind *kind = shape_kind(request, todo->rules, todo->kind);
        bool unmasked = kind != NULL && post_unmasks(request, todo->post, kind);
        json_array_append_new(rows, shape_todo(request, todo, unmasked, kind));
        if (unmasked && todo->subject != 0)
            g_array_append_val(shown_matters, todo->matter);
        memcpy(cursor, (int64_t[]){todo->due_us, todo->matter, todo->number}, sizeof cursor);
    }
    trace_shown(request, shown_matters, nobody, "tasks");
    respond_json(request, MHD_HTTP_OK,
                 shape_page(rows, todos->len > (guint)limit ? cursor : NULL, G_N_ELEMENTS(cursor)));
}

static json_t *shape_alert(struct request *request, const struct alert *alert)
{
    return json_pack("{s:o, s:o, s:I, s:s, s:s, s:i, s:b, s:o, s:o, s:o}", "id", json_id(alert->id), "matter",
                     shape_uuid(&alert->uuid), "number", (json_int_t)alert->number, "kind", alert->kind,
                     "name", alert->name, "step", alert->step, "open", alert->open, "raised_at",
                     shape_time(request, alert->raised_us), "shown_at", shape_time(request, alert->shown_us),
                     "post", json_id(alert->post));
}

/* Alerts of one post that are shown at the same moment are one digest. */
void get_alerts(struct request *request)
{
    int64_t after = 0;
    int limit;
    bool has_cursor, ok;
    if (!request_page(request, &limit, &after, 1, &has_cursor))
        return;
    g_autoptr(GArray) posts = own_posts(request, &ok);
    if (!ok)
        return;
    g_autoptr(GArray) alerts = matter_alerts(request->reader->rows, (const int64_t *)(void *)posts->data,
                                             posts->len, request->now_us, after, limit + 1);
    json_t *rows = json_array();
    int64_t last = 0;
    for (guint i = 0; i < alerts->len && i < (guint)limit; i++) {
        const struct alert *alert = &g_array_index(alerts, struct alert, i);
        json_array_append_new(rows, shape_alert(request, alert));
        last = alert->id;
    }
    respond_json(request, MHD_HTTP_OK, shape_page(rows, alerts->len > (guint)limit ? &last : NULL, 1));
}
