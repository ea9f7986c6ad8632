/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/participants.h"

#include "api/looks.h"
#include "api/shape.h"
#include "api/visible.h"
#include "base/limits.h"
#include "base/name.h"
#include "playbook/form/form.h"

#include <string.h>

static const struct participant_set *set_of(const struct kind *kind, const char *name)
{
    for (size_t i = 0; kind != NULL && i < kind->participant_count; i++)
        if (strcmp(kind->participants[i].name, name) == 0)
            return &kind->participants[i];
    return NULL;
}

/* `shown`: where a name that is read is noted; NULL: names are masked. */
static json_t *shape_participant(struct request *request, const struct kind *kind, const struct matter *matter,
                                 const struct participant_row *row, GArray *shown)
{
    const struct participant_set *set = set_of(kind, row->name);
    const struct code *state = set != NULL && set->states != NULL ? code_list_find(set->states, row->state) : NULL;
    json_t *shape = json_pack("{s:I, s:s, s:o, s:o, s:o}", "number", (json_int_t)row->number, "set", row->name,
                              "set_title", shape_title(request, set != NULL ? &set->title : NULL), "joined_at",
                              shape_time(request, row->joined_us), "left_at", shape_time(request, row->left_us));
    if (row->who > 0)
        json_object_set_new(shape, "unit", shape_unit(request, row->who));
    else if (row->who < 0)
        json_object_set_new(shape, "person", shape_person(request, -row->who, shown != NULL, false));
    if (row->who < 0 && shown != NULL)
        looks_add(shown, -row->who, matter->id);
    if (state != NULL)
        json_object_set_new(shape, "state", json_string(state->code));
    if (state != NULL)
        json_object_set_new(shape, "state_title", shape_title(request, &state->label));
    if (row->seen_us != 0)
        json_object_set_new(shape, "seen_at", shape_time(request, row->seen_us));
    if (row->reason != NULL)
        json_object_set_new(shape, "reason", json_string(row->reason));
    return shape;
}

/* ---- within the matter ---- */

static void add_rows(struct request *request, const struct kind *kind, const struct matter *matter,
                     GArray *rows /* taken */, GArray *shown, json_t *out)
{
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(
            out, shape_participant(request, kind, matter, &g_array_index(rows, struct participant_row, i), shown));
    g_array_unref(rows);
}

/* Of an audience: what a client needs to enter for one. */
static void add_own(struct request *request, const struct kind *kind, const struct matter *matter, GArray *shown,
                    json_t *out)
{
    struct db *rows = request->reader->rows;
    g_autoptr(GArray) own =
        matter_participants_of(rows, kind, matter->id, request->session.person, request->now_us, false);
    for (guint i = 0; i < own->len && i < LIMIT_PAGE_ROWS; i++) {
        GArray *one =
            matter_participants(rows, request->reader->vault, matter->id, NULL, g_array_index(own, int64_t, i) - 1, 1);
        bool audience = one->len > 0 && set_of(kind, g_array_index(one, struct participant_row, 0).name)->audience;
        if (!audience)
            g_array_set_size(one, 0);
        add_rows(request, kind, matter, one, shown, out);
    }
}

json_t *shape_participants(struct request *request, const struct kind *kind, const struct matter *matter, GArray *shown)
{
    json_t *shape = json_array();
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_filter filter = {.name = kind->participants[i].name, .seen = -1};
        if (!kind->participants[i].audience)
            add_rows(request, kind, matter,
                     matter_participants(request->reader->rows, request->reader->vault, matter->id, &filter, 0,
                                         LIMIT_PARTICIPANTS),
                     shown, shape);
    }
    if (kind->has_audience)
        add_own(request, kind, matter, shown, shape);
    return shape;
}

/* ---- the list ---- */

static bool take_seen(struct request *request, int *out)
{
    const char *text = request_query(request, "seen");
    *out = text == NULL ? -1 : strcmp(text, "true") == 0;
    if (text == NULL || strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "seen", "true, false");
    return false;
}

static bool has_state(const struct kind *kind, const char *set, const char *state)
{
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_set *one = &kind->participants[i];
        if ((set == NULL || strcmp(one->name, set) == 0) && one->states != NULL &&
            code_list_find(one->states, state) != NULL)
            return true;
    }
    return false;
}

static bool has_expectation(const struct kind *kind, const char *name)
{
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++)
            if (strcmp(kind->states[s].expects[i].name, name) == 0)
                return true;
    return false;
}

/* What the kind does not have finds nothing: it is misspelt. */
static bool take_names(struct request *request, const struct kind *kind, const struct participant_filter *filter)
{
    const char *wrong = NULL, *known = NULL;
    if (kind != NULL && filter->name != NULL && set_of(kind, filter->name) == NULL) {
        wrong = "set";
        known = request->chinese ? "该种事项的参与方" : "a participant set of the kind";
    } else if (kind != NULL && filter->state != NULL && !has_state(kind, filter->name, filter->state)) {
        wrong = "state";
        known = request->chinese ? "参与方的状态" : "a state of its participants";
    } else if (kind != NULL && filter->open != NULL && !has_expectation(kind, filter->open)) {
        wrong = "open";
        known = request->chinese ? "该种事项的待办" : "an expectation of the kind";
    }
    if (wrong != NULL)
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, wrong, known);
    return wrong == NULL;
}

/* What the participant entered, with its time, and the participant's expectations. */
static void add_steps(struct request *request, json_t *shape, json_t *steps)
{
    const char *name;
    json_t *at, *entered = json_object_get(steps, "entered"), *expectations = json_object_get(steps, "expectations");
    json_t *times = json_object();
    json_object_foreach(entered, name, at)
        json_object_set_new(times, name, shape_time(request, json_integer_value(at)));
    json_object_set_new(shape, "entered", times);
    json_object_set_new(shape, "expectations", expectations != NULL ? json_incref(expectations) : json_object());
}

json_t *shape_participant_rows(struct request *request, const struct kind *kind, const struct matter *matter,
                               GArray *all, guint most, GArray *looks)
{
    json_t *rows = json_array();
    guint count = MIN(all->len, most);
    if (count == 0)
        return rows;
    bool unmasked = looks != NULL && access_unmasks(request->reader->rows, engine_rulebook(request->server->engine),
                                                    &request->viewer, matter);
    g_autoptr(json_t) steps = matter_participant_steps(request->reader->rows, matter->id, all, count);
    for (guint i = 0; i < count; i++) {
        const struct participant_row *row = &g_array_index(all, struct participant_row, i);
        json_t *shape = shape_participant(request, kind, matter, row, unmasked ? looks : NULL);
        g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, row->number);
        add_steps(request, shape, json_object_get(steps, key));
        json_array_append_new(rows, shape);
    }
    return rows;
}

/* On the first page, for viewers who see all participants. */
static json_t *shape_counts(struct request *request, const struct kind *kind, const struct matter *matter,
                            const char *name)
{
    json_t *counts = json_object();
    for (size_t i = 0; i < kind->participant_count; i++)
        if (name == NULL || strcmp(name, kind->participants[i].name) == 0)
            json_object_set_new(
                counts, kind->participants[i].name,
                matter_participant_counts(request->reader->rows, matter->id, kind->participants[i].name));
    return counts;
}

/* Of a person only where the viewer reads the name; units are told apart by the rows already. */
static bool is_called(struct request *request, const struct participant_row *row, const char *text, bool unmasked)
{
    AUTO(person_data) struct person_data data = {0};
    if (text == NULL || row->who > 0)
        return true;
    return unmasked && row->who < 0 &&
           registry_person(request->reader->rows, request->reader->vault, -row->who, &data) &&
           name_holds(data.name, text);
}

static void clear_row(gpointer row)
{
    g_free(((struct participant_row *)row)->reason);
}

/* One more than the page shows, if there is one: rows are read until then, or until looking ends: *out_ended, and
 * *after is the last looked at. */
static GArray *find_participants(struct request *request, const struct matter *matter,
                                 const struct participant_filter *filter, const char *text, int limit, int64_t *after,
                                 bool *out_ended)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct participant_row));
    g_array_set_clear_func(found, clear_row);
    bool unmasked = text != NULL && access_unmasks(request->reader->rows, engine_rulebook(request->server->engine),
                                                   &request->viewer, matter);
    int looked_at = 0;
    *out_ended = false;
    for (int read = limit + 1; read == limit + 1 && found->len <= (guint)limit && !*out_ended; looked_at += read) {
        g_autoptr(GArray) rows =
            matter_participants(request->reader->rows, request->reader->vault, matter->id, filter, *after, limit + 1);
        read = (int)rows->len;
        for (guint i = 0; i < rows->len && found->len <= (guint)limit; i++) {
            struct participant_row *row = &g_array_index(rows, struct participant_row, i);
            *after = row->number;
            if (!is_called(request, row, text, unmasked))
                continue;
            g_array_append_val(found, *row);
            row->reason = NULL;
        }
        *out_ended = read == limit + 1 && looked_at >= LIMIT_LIST_LOOKED_AT;
    }
    return found;
}

/* What q= asks for, in the form of names; false: it has no letters, and that has been answered. */
static bool take_text(struct request *request, struct participant_filter *filter, char **out_plain)
{
    filter->code = request_query(request, "q");
    *out_plain = filter->code != NULL ? name_index_form(filter->code) : NULL;
    filter->plain = *out_plain;
    if (*out_plain == NULL || **out_plain != '\0')
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "q",
                    request->chinese ? "名称中的文字" : "text of a name");
    return false;
}

void get_matter_participants(struct request *request)
{
    struct matter matter;
    g_autofree char *plain = NULL;
    int64_t after = 0;
    int limit;
    bool has_cursor, ended;
    struct participant_filter filter = {.name = request_query(request, "set"),
                                        .state = request_query(request, "state"),
                                        .open = request_query(request, "open"),
                                        .at_us = request->now_us};
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !take_seen(request, &filter.seen) ||
        !take_text(request, &filter, &plain) || !request_matter(request, &matter))
        return;
    const struct kind *kind = shape_kind(request, matter.rules, matter.kind);
    if (!take_names(request, kind, &filter))
        return;
    bool all = access_sees_all_participants(request->reader->rows, engine_rulebook(request->server->engine),
                                            &request->viewer, &matter);
    filter.reader = all ? 0 : request->session.person;
    g_autoptr(GArray) found = find_participants(request, &matter, &filter, filter.code, limit, &after, &ended);
    bool more = found->len > (guint)limit;
    int64_t last = more ? g_array_index(found, struct participant_row, limit - 1).number : after;
    g_autoptr(GArray) looks = looks_new();
    json_t *rows = shape_participant_rows(request, kind, &matter, found, (guint)limit, looks);
    json_t *page = shape_page(request, rows, more || ended ? &last : NULL, 1);
    if (all && !has_cursor && kind != NULL)
        json_object_set_new(page, "counts", shape_counts(request, kind, &matter, filter.name));
    respond_looked(request, looks, "participants", page);
}

/* ---- how far they have come, below ---- */

/* The audience of the kind that ?set= names, else its first; NULL when the request has been answered. */
static const struct participant_set *take_audience(struct request *request, const struct kind *kind)
{
    const char *name = request_query(request, "set");
    for (size_t i = 0; kind != NULL && i < kind->participant_count; i++) {
        const struct participant_set *set = &kind->participants[i];
        if (set->audience && (name == NULL || strcmp(set->name, name) == 0))
            return set;
    }
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "set",
                    request->chinese ? "由一批单位组成的参与方" : "a participant set that is an audience");
    return NULL;
}

static int64_t audience_place(struct request *request, const struct matter *matter, const struct participant_set *set)
{
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    bool erased = false;
    if (set->under < 0)
        return matter->unit;
    g_autoptr(json_t) form = matter_form(request->reader->rows, request->reader->vault, matter, &erased);
    int64_t unit = json_get_integer(form, kind->form.fields[set->under].name, 0);
    return unit != 0 ? unit : matter->unit; /* erased */
}

static int64_t id_of_text(const char *text)
{
    return g_ascii_strtoll(text, NULL, 10);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    int64_t left = id_of_text(*(const char *const *)a), right = id_of_text(*(const char *const *)b);
    return (left > right) - (left < right);
}

/* By unit, behind `after`, which becomes the last; true in *out_more: there is one more. */
static json_t *shape_below(struct request *request, json_t *all, int limit, int64_t *after, bool *out_more)
{
    int64_t behind = *after;
    g_autoptr(GPtrArray) units = g_ptr_array_new();
    const char *unit;
    json_t *counts, *rows = json_array();
    json_object_foreach(all, unit, counts) g_ptr_array_add(units, (char *)unit);
    g_ptr_array_sort(units, by_id);
    for (guint i = 0; i < units->len && !*out_more; i++) {
        int64_t id = id_of_text(g_ptr_array_index(units, i));
        if (id <= behind)
            continue;
        *out_more = json_array_size(rows) == (size_t)limit;
        if (*out_more)
            break;
        *after = id;
        json_array_append_new(rows, json_pack("{s:o, s:O}", "unit", shape_unit(request, id), "counts",
                                              json_object_get(all, g_ptr_array_index(units, i))));
    }
    return rows;
}

/* For viewers who see all participants, as counts are. */
void get_matter_participants_below(struct request *request)
{
    struct matter matter;
    int64_t under = 0, after = 0;
    int limit;
    bool has_cursor, more = false;
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !request_query_unit(request, "under", &under) ||
        !request_matter(request, &matter))
        return;
    const struct participant_set *set = take_audience(request, shape_kind(request, matter.rules, matter.kind));
    if (set == NULL)
        return;
    if (!access_sees_all_participants(request->reader->rows, request_rules(request), &request->viewer, &matter)) {
        respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "经办人员" : "posts that handle it");
        return;
    }
    if (under == 0)
        under = audience_place(request, &matter, set);
    g_autoptr(json_t) all =
        matter_participant_counts_below(request->reader->rows, matter.id, set->name, under, request->now_us);
    json_t *rows = shape_below(request, all, limit, &after, &more);
    json_t *page = shape_page(request, rows, more ? &after : NULL, 1);
    json_object_set_new(page, "unit", shape_unit(request, under));
    respond_json(request, MHD_HTTP_OK, page);
}

/* ---- of a kind ---- */

void get_kind_audience(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct kind *kind = playbook != NULL ? playbook_find_kind(playbook, request->params[0]) : NULL;
    int64_t under = 0;
    if (kind == NULL) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这种事项" : "kind");
        return;
    }
    if (!request_query_unit(request, "under", &under))
        return;
    const struct participant_set *set = take_audience(request, kind);
    if (set == NULL)
        return;
    if (under == 0) {
        respond_refused(request, PROBLEM_MISSING_FIELD, "under");
        return;
    }
    int64_t count = matter_audience_size(request->reader->rows, set, under, request->now_us);
    respond_json(request, MHD_HTTP_OK,
                 json_pack("{s:s, s:o, s:I, s:i}", "set", set->name, "unit", shape_unit(request, under), "count",
                           (json_int_t)count, "most", LIMIT_AUDIENCE));
}

static json_t *shape_states(const struct code_list *list)
{
    json_t *states = json_array();
    for (size_t i = 0; list != NULL && i < list->code_count; i++)
        json_array_append_new(
            states, json_pack("{s:s, s:o}", "code", list->codes[i].code, "label", shape_texts(&list->codes[i].label)));
    return states;
}

json_t *shape_participant_sets(const struct kind *kind)
{
    json_t *sets = json_array();
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_set *set = &kind->participants[i];
        json_t *types = json_array();
        for (size_t j = 0; j < set->unit_type_count; j++)
            json_array_append_new(types, json_string(set->unit_types[j]->name));
        json_t *shape =
            json_pack("{s:s, s:o, s:s, s:o, s:o}", "name", set->name, "title", shape_texts(&set->title), "is",
                      set->persons ? "person" : "unit", "unit_types", types, "states", shape_states(set->states));
        if (set->audience) {
            json_object_set_new(shape, "audience", json_string(set->standing ? "standing" : "frozen"));
            json_object_set_new(shape, "under",
                                set->under >= 0 ? json_string(kind->form.fields[set->under].name) : json_null());
        } else {
            json_object_set_new(shape, "least", json_integer(set->least));
            json_object_set_new(shape, "most", set->most != 0 ? json_integer(set->most) : json_null());
            json_object_set_new(shape, "from",
                                set->field >= 0 ? json_string(kind->form.fields[set->field].name) : json_null());
        }
        json_array_append_new(sets, shape);
    }
    return sets;
}
