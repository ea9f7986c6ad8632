/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/matters.h"

#include "api/column_value.h"
#include "api/looks.h"
#include "api/participants.h"
#include "api/shape.h"
#include "api/submit.h"
#include "api/summons.h"
#include "api/visible.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "playbook/form/form.h"

#include <string.h>

bool request_unmasks(struct request *request, const struct matter *matter)
{
    return access_unmasks(request->reader->rows, request_rules(request), &request->viewer, matter);
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

/* What no version knows finds nothing: it is misspelt. */
static bool take_names(struct request *request, const char *kind, const char *state)
{
    if (kind != NULL && !request_knows(request, kind, NULL)) {
        request_refuse_kind(request, "kind", kind, NULL);
        return false;
    }
    if (state == NULL || request_knows(request, kind, state))
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "state",
                    request->chinese ? "该种事项的状态" : "a state of the kind");
    return false;
}

static bool take_sort(struct request *request, bool *out_by_due)
{
    const char *text = request_query(request, "sort");
    *out_by_due = text != NULL;
    if (text == NULL || strcmp(text, "due") == 0)
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "sort", "due");
    return false;
}

/* ?field=NAME:VALUE, of a column of the kind's lists. */
static bool take_field(struct request *request, struct matter_filter *filter, char **out_value)
{
    const char *text = request_query(request, "field");
    if (text == NULL)
        return true;
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct kind *kind =
        playbook != NULL && filter->kind != NULL ? playbook_find_kind(playbook, filter->kind) : NULL;
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    int at = kind != NULL && parts[0] != NULL && parts[1] != NULL ? form_find_field(&kind->form, parts[0]) : -1;
    const struct field *field = at >= 0 ? &kind->form.fields[at] : NULL;
    if (field == NULL || !field->list_column || (kind_is_sealed(kind) && !field->clear)) {
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "field",
                        request->chinese ? "列表栏:值，同时给出 kind" : "COLUMN:VALUE, with kind");
        return false;
    }
    filter->field = field->name;
    filter->value = *out_value = column_value(request, kind, field, parts[1]);
    return filter->value != NULL;
}

static bool take_filter(struct request *request, struct matter_filter *filter)
{
    bool has_cursor;
    *filter = (struct matter_filter){.kind = request_query(request, "kind"),
                                     .state = request_query(request, "state"),
                                     .text = request_query(request, "q")};
    int64_t cursor[4] = {0};
    if (!request_page(request, &filter->most, cursor, G_N_ELEMENTS(cursor), &has_cursor))
        return false;
    filter->tree_us = has_cursor ? cursor[3] : registry_tree_us(request->reader->rows, request->now_us);
    request_query_id(request, "subject", VAULT_ID_PERSON, &filter->subject);
    filter->after = (struct matter_cursor){cursor[0], cursor[1], cursor[2]};
    return take_names(request, filter->kind, filter->state) && request_query_unit(request, "under", &filter->under) &&
           request_query_time(request, "opened_from", 0, &filter->opened_from_us) &&
           request_query_time(request, "opened_to", 0, &filter->opened_to_us) && take_open(request, &filter->open);
}

/* False: it must not be shown, and the request has been answered. */
static bool may_show(struct request *request, const struct matter *matter, bool unmasked, const char *page)
{
    int64_t person = unmasked ? access_subject(request_rules(request), matter) : 0;
    return person == 0 || note_look(request, person, matter->id, page);
}

/* The fields of its form that are columns of lists; NULL: its kind has none, or none holds anything. */
static json_t *shape_columns(struct request *request, const struct kind *kind, const struct matter *matter,
                             bool unmasked)
{
    bool erased = false, any = false;
    for (size_t i = 0; i < kind->form.field_count; i++)
        any = any || kind->form.fields[i].list_column;
    g_autoptr(json_t) form = any ? matter_form(request->reader->rows, request->reader->vault, matter, &erased) : NULL;
    if (form == NULL)
        return NULL;
    for (size_t i = 0; i < kind->form.field_count; i++)
        if (!kind->form.fields[i].list_column)
            json_object_del(form, kind->form.fields[i].name);
    return shape_fields(request, matter, &kind->form, form, unmasked);
}

static json_t *shape_next_due(struct request *request, const struct kind *kind, const struct matter *matter)
{
    struct next_due due;
    if (!access_next_due(request->reader->rows, request_rules(request), matter, &due))
        return json_null();
    const struct entry_def *entry = kind_find_entry(kind, due.entry);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:b, s:i}", "name", due.name, "entry", due.entry, "entry_title",
                     shape_title(request, entry != NULL ? &entry->title : NULL), "opens_at",
                     shape_time(request, due.opens_us), "due_at", shape_time(request, due.due_us), "overdue",
                     due.overdue, "escalated", due.escalated);
}

/* A matter as a row of a list: with the columns that its kind names, what is due first, and what its unit is in. */
static json_t *shape_listed(struct request *request, const struct matter *matter, bool unmasked)
{
    json_t *shape = shape_matter(request, matter, unmasked);
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    if (kind == NULL)
        return shape;
    json_t *columns = shape_columns(request, kind, matter, unmasked);
    if (columns != NULL)
        json_object_set_new(shape, "listed", columns);
    json_object_set_new(shape, "due", shape_next_due(request, kind, matter));
    json_object_set_new(shape, "path", shape_path(request, matter->unit));
    json_t *summoned = shape_summoned(request, kind, matter, unmasked);
    if (summoned != NULL)
        json_object_set_new(shape, "summoned", summoned);
    return shape;
}

/* ?external=SYSTEM:NUMBER: the one that has it, or where it goes on; or none. */
static void get_by_external(struct request *request, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    struct matter matter;
    json_t *rows = json_array();
    if (parts[0] == NULL || parts[1] == NULL) {
        json_decref(rows);
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "external", "SYSTEM:NUMBER");
        return;
    }
    int64_t id = matter_survivor(request->reader->rows, matter_by_external(request->reader->rows, parts[0], parts[1]));
    if (id != 0 && matter_get(request->reader->rows, id, &matter) &&
        access_may_see(request->reader->rows, request_rules(request), &request->viewer, &matter)) {
        bool unmasked = request_unmasks(request, &matter);
        if (!may_show(request, &matter, unmasked, "matters")) {
            json_decref(rows);
            return;
        }
        json_array_append_new(rows, shape_listed(request, &matter, unmasked));
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, NULL, 0));
}

/* A page that looking ended before it found anything: no client gets anywhere by asking for one after the other. */
static void refuse_broad(struct request *request, const struct matter_filter *filter, bool by_due)
{
    g_autoptr(GString) more = g_string_new(NULL);
    const struct {
        const char *name;
        bool given;
    } narrow[] = {
        {"kind", filter->kind != NULL},
        {"state", filter->state != NULL},
        {"open", filter->open >= 0},
        {"under", filter->under != 0},
        {"opened_from, opened_to", filter->opened_from_us != 0 && filter->opened_to_us != 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(narrow); i++)
        if (!narrow[i].given)
            g_string_append_printf(more, "%s%s", more->len > 0 ? ", " : "", narrow[i].name);
    if (more->len == 0)
        g_string_assign(more, "under");
    char looked_at[12];
    g_snprintf(looked_at, sizeof looked_at, "%d", filter->text != NULL ? LIMIT_TEXT_LOOKED_AT : LIMIT_LIST_LOOKED_AT);
    respond_refused(request, by_due ? PROBLEM_TOO_MANY_TO_SORT : PROBLEM_TOO_BROAD, filter->text != NULL ? "q" : NULL,
                    looked_at, more->str);
}

void get_matters(struct request *request)
{
    if (request_query(request, "external") != NULL) {
        get_by_external(request, request_query(request, "external"));
        return;
    }
    struct matter_filter filter;
    struct matter_cursor next;
    bool more, by_due;
    g_autofree char *value = NULL; /* of filter.field */
    if (!take_filter(request, &filter) || !take_field(request, &filter, &value) || !take_sort(request, &by_due))
        return;
    g_autoptr(json_t) states = json_object();
    g_autoptr(GArray) matters =
        by_due ? access_matters_by_due(request->reader->rows, request_rules(request), &request->viewer, &filter, states,
                                       &more, &next)
               : access_matters(request->reader->rows, request_rules(request), &request->viewer, &filter, &more, &next);
    if (matters->len == 0 && more) {
        refuse_broad(request, &filter, by_due);
        return;
    }
    g_autoptr(GArray) shown = looks_new();
    json_t *rows = json_array();
    for (guint i = 0; i < matters->len; i++) {
        const struct matter *matter = &g_array_index(matters, struct seen_matter, i).matter;
        bool unmasked = request_unmasks(request, matter);
        json_array_append_new(rows, shape_listed(request, matter, unmasked));
        int64_t person = unmasked ? access_subject(request_rules(request), matter) : 0;
        if (person != 0)
            looks_add(shown, person, matter->id);
    }
    int64_t cursor[] = {next.ground, next.unit, next.matter, filter.tree_us};
    json_t *page = shape_page(request, rows, more ? cursor : NULL, G_N_ELEMENTS(cursor));
    if (by_due)
        json_object_set(page, "states", states);
    respond_looked(request, shown, "matters", page);
}

/* Once for each participant for whom the viewer answers. */
static void note_seen(struct request *request, const struct matter *matter)
{
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    if (kind != NULL && matter->closed_us == 0 &&
        matter_is_news(request->reader->rows, kind, matter->id, request->session.person, request->now_us))
        submit_seen(request, &matter->uuid);
}

/* `conflict`: one system has closed it and the other has not. */
static json_t *shape_external(struct request *request, const struct matter *matter, const struct external *external)
{
    json_t *shape = json_pack(
        "{s:s, s:s, s:o, s:s?, s:o, s:o}", "system", external->system, "number", external->number, "due_at",
        shape_time(request, external->due_us), "state", *external->state != '\0' ? external->state : NULL, "closed_at",
        shape_time(request, external->closed_us), "mirrored_at", shape_time(request, external->mirrored_us));
    const char *conflict = matter_external_conflict(matter, external);
    if (conflict != NULL)
        json_object_set_new(shape, "conflict", json_string(conflict));
    return shape;
}

/* The id of a matter, when the viewer may see it; NULL else. */
static json_t *seen_id(struct request *request, int64_t id)
{
    struct matter matter;
    bool seen =
        id != 0 && matter_get(request->reader->rows, id, &matter) &&
        access_may_see(request->reader->rows, engine_rulebook(request->server->engine), &request->viewer, &matter);
    return seen ? shape_uuid(&matter.uuid) : NULL;
}

static void add_seen(struct request *request, json_t *shape, const char *name, int64_t id)
{
    json_t *uuid = seen_id(request, id);
    if (uuid != NULL)
        json_object_set_new(shape, name, uuid);
}

/* What was merged into it: its entries are read there. */
static void add_merged(struct request *request, json_t *shape, const struct matter *matter)
{
    g_autoptr(GArray) ids = matter_merged(request->reader->rows, matter->id);
    json_t *merged = json_array();
    for (guint i = 0; i < ids->len; i++) {
        json_t *uuid = seen_id(request, g_array_index(ids, int64_t, i));
        if (uuid != NULL)
            json_array_append_new(merged, uuid);
    }
    if (json_array_size(merged) > 0)
        json_object_set(shape, "merged", merged);
    json_decref(merged);
}

/* Links to matters and persons that the viewer may see, too; a relation is about both sides, so it is masked where
 * either is. */
static void add_links(struct request *request, json_t *shape, const struct matter *matter, bool unmasked)
{
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    struct db *rows = request->reader->rows;
    g_autoptr(GArray) links = matter_links(rows, request->reader->vault, matter->id);
    g_autoptr(json_t) list = json_array();
    for (guint i = 0; i < links->len; i++) {
        const struct link *link = &g_array_index(links, struct link, i);
        struct matter other;
        bool seen, open = unmasked;
        if (link->person != 0) {
            bool named;
            seen = access_may_see_person(rows, rulebook, &request->viewer, link->person, &named);
        } else {
            seen = matter_get(rows, link->matter, &other) && access_may_see(rows, rulebook, &request->viewer, &other);
            open = open && seen && access_unmasks(rows, rulebook, &request->viewer, &other);
        }
        if (!seen)
            continue;
        json_t *with = link->person != 0 ? shape_id(request, VAULT_ID_PERSON, link->person) : shape_uuid(&link->uuid);
        json_array_append_new(list, json_pack("{s:o, s:s?}", link->person != 0 ? "person" : "matter", with, "relation",
                                              open && *link->relation != '\0' ? link->relation : NULL));
    }
    if (json_array_size(list) > 0)
        json_object_set(shape, "links", list);
}

json_t *shape_matter_whole(struct request *request, const struct matter *matter, GArray *shown)
{
    bool unmasked = shown != NULL;
    json_t *shape = shape_matter(request, matter, unmasked);
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    bool erased = false;
    g_autoptr(json_t) form = matter_form(request->reader->rows, request->reader->vault, matter, &erased);
    if (kind != NULL && form != NULL)
        json_object_set_new(shape, "form", shape_fields(request, matter, &kind->form, form, unmasked));
    if (erased && !matter->erased && shape_is_damaged(request, matter))
        json_object_set_new(shape, "damaged", json_true());
    if (kind != NULL && kind->participant_count > 0)
        json_object_set_new(shape, "participants", shape_participants(request, kind, matter, shown));
    json_object_set_new(shape, "playbook", json_id(matter->rules));
    json_object_set_new(shape, "masked", json_boolean(!unmasked));
    struct external external;
    if (matter_external_of_all(request->reader->rows, matter->id, &external))
        json_object_set_new(shape, "external", shape_external(request, matter, &external));
    add_seen(request, shape, "parent", matter->parent);
    add_seen(request, shape, "merged_into", matter->merged_into);
    add_merged(request, shape, matter);
    add_links(request, shape, matter, unmasked);
    return shape;
}

/* What the viewer's entries in the matter have led to elsewhere: that it is there and how it stands, no more. Not where
 * they see its subject by a name alone: how many there are would tell how many live with them. */
static void add_caused(struct request *request, json_t *shape, const struct matter *matter)
{
    if (!access_shows_subject(request->reader->rows, request_rules(request), &request->viewer, matter))
        return;
    g_autoptr(GArray) below =
        matter_caused_below(request->reader->rows, matter->id, request->session.person, LIMIT_PAGE_ROWS);
    g_autoptr(json_t) caused = json_array();
    for (guint i = 0; i < below->len; i++) {
        const struct matter *one = &g_array_index(below, struct matter, i);
        if (access_has_caused(&request->viewer, one))
            json_array_append_new(caused, json_pack("{s:o, s:s, s:s}", "id", shape_uuid(&one->uuid), "kind", one->kind,
                                                    "state", one->state));
    }
    if (json_array_size(caused) > 0)
        json_object_set(shape, "caused", caused);
}

void get_matter(struct request *request)
{
    struct matter matter;
    if (!request_matter(request, &matter))
        return;
    bool unmasked = request_unmasks(request, &matter);
    int64_t person = unmasked ? access_subject(request_rules(request), &matter) : 0;
    g_autoptr(GArray) shown = looks_new();
    if (person != 0)
        looks_add(shown, person, matter.id);
    json_t *shape = shape_matter_whole(request, &matter, unmasked ? shown : NULL);
    add_caused(request, shape, &matter);
    if (respond_looked(request, shown, "matter", shape))
        note_seen(request, &matter);
}

json_t *shape_act(struct request *request, const struct matter_act *act)
{
    json_t *shape = json_pack("{s:s, s:o, s:b, s:o}", "entry", act->entry->name, "title",
                              shape_title(request, &act->entry->title), "expected", act->expected, "post",
                              act->post > 0 ? shape_id(request, VAULT_ID_POST, act->post) : json_null());
    json_t *refused = NULL;
    if (act->problem != NULL) {
        g_autoptr(json_t) document = problem_document(request, act->problem);
        refused = json_pack("{s:O, s:O}", "code", json_object_get(document, "title"), "detail",
                            json_object_get(document, "detail"));
    }
    json_object_set_new(shape, "refused", refused != NULL ? refused : json_null());
    return shape;
}

GArray *request_acts(struct request *request, const struct matter *matter)
{
    g_autoptr(json_t) nothing = json_object();
    const struct command asked = {.name = "enter",
                                  .origin = ORIGIN_DOOR,
                                  .person = request->session.person,
                                  .observed_us = request->now_us,
                                  .version = -1,
                                  .body = nothing,
                                  .outside = true};
    return matter_acts(&asked, engine_areas(request->server->engine), request->reader->rows, request->reader->vault,
                       request_rules(request), request->now_us, matter->id);
}

void get_matter_acts(struct request *request)
{
    struct matter matter;
    if (!request_matter(request, &matter))
        return;
    g_autoptr(GArray) acts = request_acts(request, &matter);
    json_t *rows = json_array();
    for (guint i = 0; i < acts->len; i++)
        json_array_append_new(rows, shape_act(request, &g_array_index(acts, struct matter_act, i)));
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o, s:I}", "data", rows, "version", (json_int_t)matter.version));
}

struct retention_page {
    struct request *request;
    json_t *rows;
    int limit;
    int looked_at;
    int64_t next[2]; /* of the last row that is shown; of a page that looking ended, of the last looked at */
};

static bool may_see_retained(const struct retention_page *page, const struct retained *retained,
                             struct matter *out_matter)
{
    struct request *request = page->request;
    return matter_get(request->reader->rows, retained->matter, out_matter) &&
           access_may_see(request->reader->rows, request_rules(request), &request->viewer, out_matter);
}

static void add_retained(struct retention_page *page, const struct retained *retained, const struct matter *matter)
{
    struct request *request = page->request;
    json_array_append_new(page->rows,
                          json_pack("{s:o, s:s, s:o, s:o, s:s?}", "matter", shape_uuid(&matter->uuid), "kind",
                                    matter->kind, "unit", shape_unit(request, matter->unit), "erase_at",
                                    shape_time(request, retained->erase_us), "held_for", retained->holds));
}

/* True: there is more. One more is looked for than is shown, so that `next` never stands for rows that stay hidden. */
static bool fill_retention(struct retention_page *page, int64_t to_us)
{
    int64_t after[2] = {page->next[0], page->next[1]};
    guint read = LIMIT_PAGE_ROWS;
    while (read == LIMIT_PAGE_ROWS && page->looked_at < LIMIT_LIST_LOOKED_AT) {
        g_autoptr(GArray) all = matter_retained(page->request->reader->rows, page->request->reader->vault, after[0],
                                                after[1], to_us, LIMIT_PAGE_ROWS);
        read = all->len;
        for (guint i = 0; i < read; i++, page->looked_at++) {
            const struct retained *retained = &g_array_index(all, struct retained, i);
            after[0] = retained->erase_us;
            after[1] = retained->matter;
            struct matter matter;
            if (!may_see_retained(page, retained, &matter))
                continue;
            if (json_array_size(page->rows) == (size_t)page->limit)
                return true;
            add_retained(page, retained, &matter);
            memcpy(page->next, after, sizeof after);
        }
    }
    memcpy(page->next, after, sizeof after);
    return read == LIMIT_PAGE_ROWS;
}

/* What will be erased and when, soonest first; a page is short where it ends or where looking ended. */
void get_retention(struct request *request)
{
    struct retention_page page = {.request = request};
    int64_t to_us = INT64_MAX;
    bool has_cursor;
    if (!request_page(request, &page.limit, page.next, G_N_ELEMENTS(page.next), &has_cursor) ||
        !request_query_time(request, "to", 0, &to_us))
        return;
    page.rows = json_array();
    bool more = fill_retention(&page, to_us);
    respond_json(request, MHD_HTTP_OK,
                 shape_page(request, page.rows, more ? page.next : NULL, G_N_ELEMENTS(page.next)));
}

/* ---- entries ---- */

static void add_text(json_t *shape, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        json_object_set_new(shape, name, json_string(text));
}

static const char *const confirmation_names[] = {[CONFIRMATION_NONE] = "",
                                                 [CONFIRMATION_PENDING] = "waits",
                                                 [CONFIRMATION_GIVEN] = "confirmed",
                                                 [CONFIRMATION_DECLINED] = "declined"};

/* What was computed and stands in the entry; the record of a post is about a person. */
static void add_frozen(json_t *shape, json_t *fields, bool unmasked)
{
    json_t *figures = json_object_get(fields, "figures"), *record = json_object_get(fields, "duty_record");
    json_t *reason = json_object_get(fields, "because");
    if (figures != NULL)
        json_object_set(shape, "figures", figures);
    if (record != NULL && unmasked)
        json_object_set(shape, "duty_record", record);
    if (reason != NULL && unmasked)
        json_object_set(shape, "because", reason);
}

/* An entry that the matter's rules no longer have is described by the last that had it. */
static const struct entry_def *entry_def_of(struct request *request, const struct matter *matter,
                                            const struct kind *kind, const struct entry_row *row)
{
    const struct entry_def *def = kind != NULL ? kind_find_entry(kind, row->kind) : NULL;
    if (def != NULL)
        return def;
    g_autoptr(GArray) rules = matter_rules(request->reader->rows, matter->id);
    for (guint i = 0; i < rules->len && def == NULL; i++) {
        const struct kind *then = shape_kind(request, g_array_index(rules, int64_t, i), matter->kind);
        def = then != NULL ? kind_find_entry(then, row->kind) : NULL;
    }
    return def;
}

json_t *shape_entry(struct request *request, const struct matter *matter, const struct kind *kind,
                    const struct entry_row *row, bool unmasked)
{
    const struct entry_def *def = entry_def_of(request, matter, kind, row);
    bool erased = false;
    g_autoptr(json_t) fields = matter_entry_fields(request->reader->vault, row, &erased);
    json_t *shape =
        json_pack("{s:I, s:s, s:o, s:o, s:o, s:o}", "number", (json_int_t)row->number, "entry", row->kind, "title",
                  def != NULL ? shape_texts(&def->title) : json_null(), "at", shape_time(request, row->at_us),
                  "observed_at", shape_time(request, row->observed_us), "post", shape_post_id(request, row->post));
    add_text(shape, "attempt", row->attempt);
    add_text(shape, "word_of", row->word_of);
    add_text(shape, "channel", row->channel);
    if (fields != NULL && def != NULL)
        json_object_set_new(shape, "fields", shape_fields(request, matter, &def->form, fields, unmasked));
    add_frozen(shape, fields, unmasked);
    if (erased)
        json_object_set_new(shape, !matter->erased && shape_is_damaged(request, matter) ? "damaged" : "erased",
                            json_true());
    if (row->corrects != 0)
        json_object_set_new(shape, "corrects", json_integer(row->corrects));
    if (row->corrected)
        json_object_set_new(shape, "corrected", json_true());
    if (row->participant != 0)
        json_object_set_new(shape, "participant", json_integer(row->participant));
    if (row->line != 0)
        json_object_set_new(shape, "line", json_integer(row->line));
    if (row->confirmation != CONFIRMATION_NONE)
        json_object_set_new(shape, "second", json_string(confirmation_names[row->confirmation]));
    return shape;
}

/* Those that the viewer is shown, up to the limit; true: there is one more. */
static bool add_entries(struct request *request, const struct matter *matter, const struct kind *kind,
                        const GArray *entries, bool unmasked, int limit, json_t *rows, int64_t *after)
{
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        bool shown = access_shows_entry(request->reader->rows, request_rules(request), &request->viewer, matter, row);
        if (shown && json_array_size(rows) == (size_t)limit)
            return true;
        if (shown)
            json_array_append_new(rows, shape_entry(request, matter, kind, row, unmasked));
        *after = row->number;
    }
    return false;
}

void get_matter_entries(struct request *request)
{
    struct matter matter;
    int limit;
    int64_t after = 0;
    bool has_cursor;
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !request_matter(request, &matter))
        return;
    bool unmasked = request_unmasks(request, &matter);
    if (!may_show(request, &matter, unmasked, "entries"))
        return;
    const struct kind *kind = shape_kind(request, matter.rules, matter.kind);
    json_t *rows = json_array();
    bool more = false;
    for (guint read = LIMIT_PAGE_ROWS; read == LIMIT_PAGE_ROWS && !more;) {
        g_autoptr(GArray) entries = matter_entries(request->reader->rows, matter.id, after, LIMIT_PAGE_ROWS);
        read = entries->len;
        more = add_entries(request, &matter, kind, entries, unmasked, limit, rows, &after);
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &after : NULL, 1));
}

/* ---- expectations ---- */

static void add_sharing(struct request *request, struct task_list *list, const struct matter *matter,
                        const struct expectation_row *row, json_t *shape)
{
    struct todo todo = {.matter = matter->id,
                        .number = row->number,
                        .post = row->post,
                        .unit = matter->unit,
                        .participant = row->participant,
                        .rules = matter->rules,
                        .claimed_us = row->claimed_us,
                        .claim_until_us = row->claim_until_us};
    g_strlcpy(todo.kind, matter->kind, sizeof todo.kind);
    g_strlcpy(todo.name, row->name, sizeof todo.name);
    shape_add_sharing(request, list, &todo, shape);
}

static json_t *shape_expectation(struct request *request, const struct expectation_row *row)
{
    json_t *shape =
        json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:b, s:o}", "number", (json_int_t)row->number, "name", row->name,
                  "outcome", outcome_names[row->outcome], "opens_at", shape_time(request, row->opens_us), "due_at",
                  shape_time(request, row->due_us), "ended_at", shape_time(request, row->ended_us), "overdue",
                  row->overdue, "post", shape_post_id(request, row->post));
    if (row->participant != 0)
        json_object_set_new(shape, "participant", json_integer(row->participant));
    if (row->line != 0)
        json_object_set_new(shape, "line", json_integer(row->line));
    if (row->entry_number != 0)
        json_object_set_new(shape, "entry", json_integer(row->entry_number));
    add_text(shape, "reason", row->reason);
    if (row->paused_us != 0)
        json_object_set_new(shape, "paused_at", shape_time(request, row->paused_us));
    if (row->extensions != 0)
        json_object_set_new(shape, "extended", json_integer(row->extensions));
    if (row->attempts != 0)
        json_object_set_new(shape, "attempts", json_integer(row->attempts));
    if (row->ours_us != 0)
        json_object_set_new(shape, "ours_at", shape_time(request, row->ours_us));
    if (row->reopened)
        json_object_set_new(shape, "reopened", json_true());
    if (row->alerts != 0)
        json_object_set_new(shape, "alerts", json_integer(row->alerts));
    if (row->seen_us != 0)
        json_object_set_new(shape, "seen_at", shape_time(request, row->seen_us));
    if (row->phone_us != 0)
        json_object_set_new(shape, "to_be_rung_since", shape_time(request, row->phone_us));
    return shape;
}

/* The sets whose members see of each other only who stands on their grounds. */
static char *audiences_of(const struct kind *kind)
{
    g_autoptr(json_t) names = json_array();
    for (size_t i = 0; kind != NULL && i < kind->participant_count; i++)
        if (kind->participants[i].audience)
            json_array_append_new(names, json_string(kind->participants[i].name));
    return json_dumps(names, JSON_COMPACT);
}

/* The rows narrow the walk; access_shows_participant() decides. True: there is one more. */
static bool add_expectations(struct request *request, const struct matter *matter, bool all, const GArray *found,
                             int limit, json_t *rows, int64_t *after)
{
    AUTO(task_list) struct task_list list = {0};
    task_list_init(&list, request->reader->rows, request_rules(request), &request->viewer, 0);
    for (guint i = 0; i < found->len; i++) {
        const struct expectation_row *row = &g_array_index(found, struct expectation_row, i);
        bool shown = all || access_shows_participant(request->reader->rows, request_rules(request), &request->viewer,
                                                     matter, row->participant);
        if (shown && json_array_size(rows) == (size_t)limit)
            return true;
        if (shown) {
            json_t *shape = shape_expectation(request, row);
            if (row->outcome == OUTCOME_OPEN)
                add_sharing(request, &list, matter, row, shape);
            json_array_append_new(rows, shape);
        }
        *after = row->number;
    }
    return false;
}

void get_matter_expectations(struct request *request)
{
    struct matter matter;
    struct expectation_filter filter = {.at_us = request->now_us};
    int limit;
    bool has_cursor, more = false;
    if (!request_page(request, &limit, &filter.after, 1, &has_cursor) || !request_matter(request, &matter))
        return;
    bool all = access_sees_all_participants(request->reader->rows, request_rules(request), &request->viewer, &matter);
    g_autofree char *audiences = audiences_of(shape_kind(request, matter.rules, matter.kind));
    filter.reader = all ? 0 : request->session.person;
    filter.audiences = audiences;
    filter.most = limit + 1;
    json_t *rows = json_array();
    for (guint read = (guint)filter.most; read == (guint)filter.most && !more;) {
        g_autoptr(GArray) found =
            matter_expectations_page(request->reader->rows, request->reader->vault, matter.id, &filter);
        read = found->len;
        more = add_expectations(request, &matter, all, found, limit, rows, &filter.after);
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &filter.after : NULL, 1));
}
