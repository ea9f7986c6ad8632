/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/tasks.h"

#include "api/looks.h"
#include "api/matters.h"
#include "api/shape.h"
#include "api/visible.h"
#include "base/limits.h"

#include <string.h>

/* With ?post=, that one alone; false when the request has been answered. */
static bool take_list(struct request *request, struct task_list *out)
{
    int64_t wanted = 0;
    request_query_id(request, "post", VAULT_ID_POST, &wanted);
    task_list_init(out, request->reader->rows, request_rules(request), &request->viewer, wanted);
    if (out->own == 0)
        respond_refused(request, PROBLEM_POST_NOT_HELD, "post");
    return out->own > 0;
}

/* ---- rows ---- */

/* As access_unmasks(); the matter is not read where the role of the viewer's post that answers unmasks. */
static bool todo_unmasks(struct request *request, const struct todo *todo, const struct kind *kind)
{
    struct matter matter;
    for (guint i = 0; i < request->viewer.posts->len; i++) {
        const struct post *post = &g_array_index(request->viewer.posts, struct post, i);
        if (post->id != todo->post)
            continue;
        for (size_t j = 0; kind != NULL && j < kind->unmasked_by_count; j++)
            if (strcmp(kind->unmasked_by[j]->name, post->role) == 0)
                return true;
    }
    return matter_get(request->reader->rows, todo->matter, &matter) && request_unmasks(request, &matter);
}

static bool todo_shows_subject(struct request *request, const struct todo *todo)
{
    struct matter matter;
    return !todo->named_only ||
           (matter_get(request->reader->rows, todo->matter, &matter) &&
            access_shows_subject(request->reader->rows, request_rules(request), &request->viewer, &matter));
}

/* `named`: their subject is shown. */
static json_t *shape_todo(struct request *request, const struct todo *todo, bool named, bool unmasked,
                          const struct kind *kind)
{
    const struct entry_def *entry = kind != NULL ? kind_find_entry(kind, todo->entry) : NULL;
    const struct {
        const char *name;
        json_t *value;
    } members[] = {
        /* without json_pack(), which reads and checks each name again */
        {"matter", shape_uuid(&todo->uuid)},
        {"number", json_integer(todo->number)},
        {"kind", json_string(todo->kind)},
        {"title", shape_title(request, kind != NULL ? &kind->title : NULL)},
        {"entry", json_string(todo->entry)},
        {"entry_title", shape_title(request, entry != NULL ? &entry->title : NULL)},
        {"state", json_string(todo->state)},
        {"unit", shape_unit(request, todo->unit)},
        {"opens_at", shape_time(request, todo->opens_us)},
        {"due_at", shape_time(request, todo->due_us)},
        {"overdue", json_boolean(todo->overdue)},
        {"escalated", json_integer(todo->escalated)},
        {"subject", shape_subject(request, kind, todo->subject, unmasked)},
        {"post", shape_id(request, VAULT_ID_POST, todo->post)},
    };
    json_t *shape = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        json_object_set_new_nocheck(shape, members[i].name, members[i].value);
    if (todo->participant != 0)
        json_object_set_new(shape, "participant", json_integer(todo->participant));
    if (todo->line != 0)
        json_object_set_new(shape, "line", json_integer(todo->line));
    if (todo->household != 0 && named)
        json_object_set_new(shape, "household", shape_id(request, VAULT_ID_HOUSEHOLD, todo->household));
    if (unmasked && todo->subject != 0 && kind != NULL && kind->about == ABOUT_PERSON) {
        g_autofree char *dwelling =
            registry_dwelling(request->reader->rows, request->reader->vault, todo->subject, request->now_us);
        if (dwelling != NULL)
            json_object_set_new(shape, "dwelling", json_string(dwelling));
    }
    return shape;
}

json_t *shape_task(struct request *request, struct task_list *list, const struct todo *todo, bool *out_named)
{
    const struct kind *kind = shape_kind(request, todo->rules, todo->kind);
    bool named = todo_shows_subject(request, todo), unmasked = named && todo_unmasks(request, todo, kind);
    *out_named = unmasked && todo->subject != 0 && kind != NULL && kind->about == ABOUT_PERSON;
    json_t *shape = shape_todo(request, todo, named, unmasked, kind);
    struct matter matter;
    if (kind != NULL && kind->about != ABOUT_PERSON && matter_get(request->reader->rows, todo->matter, &matter))
        shape_add_heading(request, &matter, kind, shape);
    shape_add_sharing(request, list, todo, shape);
    if (json_object_get(shape, "mine") != NULL)
        json_object_set_new(shape, "who", shape_post_id(request, todo->post));
    return shape;
}

/* True: there is one more. */
static bool add_tasks(struct request *request, struct task_list *list, const GArray *todos, int limit, json_t *rows,
                      GArray *shown, int64_t after[3])
{
    for (guint i = 0; i < todos->len; i++) {
        const struct todo *todo = &g_array_index(todos, struct todo, i);
        bool has = task_list_has(list, todo), named = false;
        if (has && json_array_size(rows) == (size_t)limit)
            return true;
        if (has)
            json_array_append_new(rows, shape_task(request, list, todo, &named));
        if (named)
            looks_add(shown, todo->subject, todo->matter);
        memcpy(after, (int64_t[]){todo->due_us, todo->matter, todo->number}, 3 * sizeof *after);
    }
    return false;
}

/* A page is short where it ends or where looking ended: at what colleagues have elsewhere. */
void get_tasks(struct request *request)
{
    int64_t after[3] = {0, 0, 0};
    int limit, looked_at = 0;
    bool has_cursor, more = false;
    AUTO(task_list) struct task_list list = {0};
    if (!request_page(request, &limit, after, G_N_ELEMENTS(after), &has_cursor) || !take_list(request, &list))
        return;
    g_autoptr(GArray) shown = looks_new();
    json_t *rows = json_array();
    for (int most = limit + 1, read = most; read == most && !more; looked_at += read) {
        if (looked_at >= LIMIT_LIST_LOOKED_AT) {
            more = true;
            break;
        }
        g_autoptr(GArray) todos = task_list_read(&list, after[0], after[1], after[2], most);
        read = (int)todos->len;
        more = add_tasks(request, &list, todos, limit, rows, shown, after);
    }
    respond_looked(request, shown, "tasks", shape_page(request, rows, more ? after : NULL, G_N_ELEMENTS(after)));
}

/* ---- before a hand-over ---- */

/* The two, and whoever keeps the registry there; to others, and once it is settled, there is none. */
static bool may_look(struct request *request, const struct handover *handover)
{
    struct db *rows = request->reader->rows;
    const struct playbook *playbook = rulebook_current(request_rules(request));
    int64_t person = request->session.person;
    struct post from;
    if (strcmp(handover->state, "offered") != 0 || !registry_post(rows, handover->from_post, &from))
        return false;
    return person == handover->to_person || person == from.person ||
           (playbook != NULL && registry_has_right(rows, playbook, person, RIGHT_REGISTRY, from.seat, request->now_us));
}

static bool take_handover(struct request *request, struct handover *out)
{
    gint64 id;
    if (g_ascii_string_to_signed(request->params[0], 10, 1, INT64_MAX, &id, NULL) &&
        registry_handover(request->reader->rows, id, out) && may_look(request, out))
        return true;
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这次交接" : "hand-over");
    return false;
}

static bool goes_over(struct request *request, const GArray *grounds, const struct todo *todo)
{
    bool goes = grounds->len == 0;
    for (guint i = 0; i < grounds->len && !goes; i++)
        goes = registry_covers(request->reader->rows, g_array_index(grounds, int64_t, i), todo->unit, request->now_us);
    return goes;
}

static json_t *shape_going_over(struct request *request, const struct todo *todo)
{
    const struct kind *kind = shape_kind(request, todo->rules, todo->kind);
    const struct entry_def *entry = kind != NULL ? kind_find_entry(kind, todo->entry) : NULL;
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:i}", "kind", todo->kind, "title",
                     shape_title(request, kind != NULL ? &kind->title : NULL), "entry", todo->entry, "entry_title",
                     shape_title(request, entry != NULL ? &entry->title : NULL), "unit",
                     shape_unit(request, todo->unit), "opens_at", shape_time(request, todo->opens_us), "due_at",
                     shape_time(request, todo->due_us), "overdue", todo->overdue, "escalated", todo->escalated);
}

/* Nobody's name: whoever is asked has no right to it yet. */
void get_handover_tasks(struct request *request)
{
    int64_t after[3] = {0, 0, 0};
    int limit;
    bool has_cursor;
    struct handover handover;
    if (!request_page(request, &limit, after, G_N_ELEMENTS(after), &has_cursor) || !take_handover(request, &handover))
        return;
    g_autoptr(GArray) grounds = registry_handover_grounds(request->reader->rows, handover.id);
    json_t *rows = json_array();
    bool more = false;
    for (int most = limit + 1, read = most; read == most && !more;) {
        g_autoptr(GArray) todos =
            matter_todo(request->reader->rows, &handover.from_post, 1, after[0], after[1], after[2], most);
        read = (int)todos->len;
        for (guint i = 0; i < todos->len && !more; i++) {
            const struct todo *todo = &g_array_index(todos, struct todo, i);
            bool goes = goes_over(request, grounds, todo);
            more = goes && json_array_size(rows) == (size_t)limit;
            if (more)
                break;
            if (goes)
                json_array_append_new(rows, shape_going_over(request, todo));
            memcpy(after, (int64_t[]){todo->due_us, todo->matter, todo->number}, sizeof after);
        }
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? after : NULL, G_N_ELEMENTS(after)));
}

/* ---- alerts ---- */

/* What the list of matters would say of its matter. */
static void add_matter(struct request *request, const struct matter *matter, bool unmasked, json_t *shape)
{
    static const char *const names[] = {"title", "state", "state_title", "unit", "subject", "heading"};
    g_autoptr(json_t) row = shape_matter(request, matter, unmasked);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (json_object_get(row, names[i]) != NULL)
            json_object_set(shape, names[i], json_object_get(row, names[i]));
}

static json_t *shape_alert(struct request *request, const struct alert *alert)
{
    json_t *shape = json_pack("{s:o, s:o, s:I, s:s, s:s, s:i, s:b, s:o, s:o, s:o}", "id", json_id(alert->id), "matter",
                              shape_uuid(&alert->uuid), "number", (json_int_t)alert->number, "kind", alert->kind,
                              "name", alert->name, "step", MAX(0, alert->step), "open", alert->open, "raised_at",
                              shape_time(request, alert->raised_us), "shown_at", shape_time(request, alert->shown_us),
                              "post", shape_id(request, VAULT_ID_POST, alert->post));
    if (alert->step < 0)
        json_object_set_new(shape, "alert", json_integer(-alert->step));
    return shape;
}

/* The matter of an alert may have been handed over since. */
static bool still_sees(struct request *request, const struct alert *alert, struct matter *out)
{
    return matter_get(request->reader->rows, alert->matter, out) &&
           access_may_see(request->reader->rows, request_rules(request), &request->viewer, out);
}

static json_t *shape_alert_row(struct request *request, const struct alert *alert, const struct matter *matter,
                               GArray *looks)
{
    json_t *shape = shape_alert(request, alert);
    bool unmasked = request_unmasks(request, matter);
    int64_t person = unmasked ? access_subject(request_rules(request), matter) : 0;
    add_matter(request, matter, unmasked, shape);
    if (person != 0)
        looks_add(looks, person, matter->id);
    return shape;
}

/* True: there is one more. */
static bool add_alerts(struct request *request, const GArray *alerts, int limit, json_t *rows, GArray *looks,
                       int64_t after[2])
{
    for (guint i = 0; i < alerts->len; i++) {
        const struct alert *alert = &g_array_index(alerts, struct alert, i);
        struct matter matter;
        bool shown = still_sees(request, alert, &matter);
        if (shown && json_array_size(rows) == (size_t)limit)
            return true;
        if (shown)
            json_array_append_new(rows, shape_alert_row(request, alert, &matter, looks));
        after[0] = alert->shown_us;
        after[1] = alert->id;
    }
    return false;
}

/* Alerts of one post that are shown at the same moment are one digest. A page is short where it ends or where looking
 * ended. */
void get_alerts(struct request *request)
{
    int64_t after[2] = {0, 0};
    int limit, looked_at = 0;
    bool has_cursor, more = false;
    AUTO(task_list) struct task_list list = {0};
    if (!request_page(request, &limit, after, G_N_ELEMENTS(after), &has_cursor) || !take_list(request, &list))
        return;
    g_autoptr(GArray) looks = looks_new();
    json_t *rows = json_array();
    for (int read = LIMIT_PAGE_ROWS; read == LIMIT_PAGE_ROWS && !more; looked_at += read) {
        if (looked_at >= LIMIT_LIST_LOOKED_AT) {
            more = true;
            break;
        }
        g_autoptr(GArray) alerts = matter_alerts(request->reader->rows, (const int64_t *)(void *)list.posts->data,
                                                 list.own, request->now_us, after[0], after[1], LIMIT_PAGE_ROWS);
        read = (int)alerts->len;
        more = add_alerts(request, alerts, limit, rows, looks, after);
    }
    respond_looked(request, looks, "alerts", shape_page(request, rows, more ? after : NULL, G_N_ELEMENTS(after)));
}
