/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/directory.h"

#include "api/looks.h"
#include "api/shape.h"
#include "api/unit_facts.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "matter/resident_link.h"
#include "base/name.h"
#include "playbook/form/form.h"
#include "registry/moves.h"

#include <string.h>

#define SEARCH_MOST 50        /* people found at once: a search that finds more is too vague */
#define NOON        (12 * 60) /* the time meant by "on 3 February" */

static const struct playbook *playbook_of(struct request *request)
{
    return rulebook_current(engine_rulebook(request->server->engine));
}

static bool has_right(struct request *request, enum registry_right right, int64_t unit)
{
    const struct playbook *playbook = playbook_of(request);
    return playbook != NULL &&
           registry_has_right(request->reader->rows, playbook, request->session.person, right, unit, request->now_us);
}

/* ---- units ---- */

/* With ?at= what the code meant then, as the unit was called then. */
static bool find_unit(struct request *request, const char *text, int64_t at_us, struct unit *out)
{
    int64_t id;
    struct db *rows = request->reader->rows;
    if (!registry_unit_by_text(rows, text, at_us, &id))
        return false;
    return at_us == request->now_us ? registry_unit(rows, id, out) : registry_unit_on(rows, id, at_us, out);
}

/* The time of ?at=, else now. */
static bool take_at(struct request *request, int64_t *out_us)
{
    *out_us = request->now_us;
    return request_query_time(request, "at", NOON, out_us);
}

/* The unit of the path; false when the request has been answered. */
static bool take_unit(struct request *request, int64_t at_us, struct unit *out)
{
    if (find_unit(request, request->params[0], at_us, out))
        return true;
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个单位" : "unit");
    return false;
}

/* Whether the playbook in force has the type (NULL: whatever it is): one that is misspelt finds nothing. */
static bool take_unit_type(struct request *request, const char *type)
{
    const struct playbook *playbook = playbook_of(request);
    if (type == NULL || playbook == NULL || playbook_find_unit_type(playbook, type) != NULL)
        return true;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < playbook->unit_type_count; i++)
        g_ptr_array_add(names, playbook->unit_types[i].name);
    g_ptr_array_add(names, NULL);
    g_autofree char *known = g_strjoinv(", ", (char **)names->pdata);
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "type", known);
    return false;
}

struct unit_page {
    struct request *request;
    const char *text, *type; /* NULL any */
    int64_t under, after;    /* after: the last that is shown; of a page that looking ended, the last looked at */
    int limit, looked_at;
    json_t *rows;
};

/* True: there is one more. */
static bool add_units(struct unit_page *page, const GArray *units)
{
    for (guint i = 0; i < units->len; i++) {
        const struct unit *unit = &g_array_index(units, struct unit, i);
        bool shown = page->type == NULL || strcmp(page->type, unit->type) == 0;
        if (shown && json_array_size(page->rows) == (size_t)page->limit)
            return true;
        if (shown)
            json_array_append_new(page->rows, shape_unit_whole(page->request, unit));
        page->after = unit->id;
    }
    return false;
}

static bool fill_units(struct unit_page *page)
{
    struct db *rows = page->request->reader->rows;
    for (int read = LIMIT_PAGE_ROWS; read == LIMIT_PAGE_ROWS; page->looked_at += read) {
        if (page->looked_at >= LIMIT_LIST_LOOKED_AT)
            return true;
        g_autoptr(GArray) units =
            page->text != NULL   ? registry_search_units(rows, page->under, page->text, page->after, LIMIT_PAGE_ROWS)
            : page->type != NULL ? registry_units_of_type(rows, page->under, page->type, page->after, LIMIT_PAGE_ROWS)
                                 : registry_children(rows, page->under, page->after, LIMIT_PAGE_ROWS);
        read = (int)units->len;
        if (add_units(page, units))
            return true;
    }
    return false;
}

static void respond_unit_coded(struct request *request, const char *code, int64_t at_us)
{
    json_t *rows = json_array();
    struct unit unit;
    if (find_unit(request, code, at_us, &unit))
        json_array_append_new(rows, shape_unit_whole(request, &unit));
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, NULL, 0));
}

void get_units(struct request *request)
{
    struct unit_page page = {
        .request = request, .text = request_query(request, "q"), .type = request_query(request, "type")};
    int64_t at_us;
    bool has_cursor;
    const char *code = request_query(request, "code");
    if (!request_page(request, &page.limit, &page.after, 1, &has_cursor) ||
        !request_query_unit(request, "under", &page.under) || !take_at(request, &at_us) ||
        !take_unit_type(request, page.type))
        return;
    if (code != NULL) {
        respond_unit_coded(request, code, at_us);
        return;
    }
    if (at_us != request->now_us) {
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "at", "code=…&at=…");
        return;
    }
    page.rows = json_array();
    bool more = fill_units(&page);
    respond_json(request, MHD_HTTP_OK, shape_page(request, page.rows, more ? &page.after : NULL, 1));
}

void get_unit(struct request *request)
{
    struct unit unit;
    int64_t at_us;
    if (!take_at(request, &at_us) || !take_unit(request, at_us, &unit))
        return;
    json_t *shape = shape_unit_whole(request, &unit);
    json_object_set_new(shape, "facts", shape_unit_facts(request, &unit, at_us));
    respond_json(request, MHD_HTTP_OK, shape);
}

void get_unit_facts(struct request *request)
{
    struct unit unit;
    int limit;
    int64_t before_us = INT64_MAX;
    bool has_cursor;
    if (request_page(request, &limit, &before_us, 1, &has_cursor) && take_unit(request, request->now_us, &unit))
        respond_unit_facts(request, &unit, before_us, limit);
}

void get_unit_responsible(struct request *request)
{
    struct unit unit;
    int64_t at_us, after[2] = {-1, 0}; /* level, post */
    int limit;
    bool has_cursor, more = false;
    if (!request_page(request, &limit, after, G_N_ELEMENTS(after), &has_cursor) || !take_at(request, &at_us) ||
        !take_unit(request, at_us, &unit))
        return;
    g_autoptr(GArray) found = registry_responsible(request->reader->rows, unit.id, at_us);
    json_t *rows = json_array();
    for (guint i = 0; i < found->len && !more; i++) {
        const struct responsible *responsible = &g_array_index(found, struct responsible, i);
        if (responsible->level < after[0] || (responsible->level == after[0] && responsible->post.id <= after[1]))
            continue;
        more = json_array_size(rows) == (size_t)limit;
        if (more)
            break;
        after[0] = responsible->level;
        after[1] = responsible->post.id;
        json_array_append_new(rows, json_pack("{s:o, s:o, s:i, s:b}", "post", shape_post(request, &responsible->post),
                                              "ground", shape_unit(request, responsible->ground), "level",
                                              responsible->level, "on_duty", responsible->on_duty));
    }
    json_t *page = shape_page(request, rows, more ? after : NULL, G_N_ELEMENTS(after));
    json_object_set_new(page, "unit", shape_unit(request, unit.id));
    json_object_set_new(page, "at", shape_time(request, at_us));
    respond_json(request, MHD_HTTP_OK, page);
}

void get_unit_gaps(struct request *request)
{
    struct unit unit;
    int limit;
    int64_t after = 0, last = 0;
    bool has_cursor;
    const struct playbook *playbook = playbook_of(request);
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !take_unit(request, request->now_us, &unit))
        return;
    if (playbook == NULL) {
        respond_refused(request, PROBLEM_NO_PLAYBOOK, NULL);
        return;
    }
    g_autoptr(GArray) gaps = registry_gaps(request->reader->rows, playbook, unit.id, request->now_us, after, limit);
    json_t *rows = json_array();
    for (guint i = 0; i < gaps->len; i++) {
        const struct gap *gap = &g_array_index(gaps, struct gap, i);
        json_array_append_new(rows,
                              json_pack("{s:o, s:o, s:s, s:o, s:i, s:i}", "unit", shape_unit(request, gap->unit),
                                        "path", shape_path(request, gap->unit), "role", gap->role->name, "title",
                                        shape_texts(&gap->role->title), "required", gap->required, "held", gap->held));
        last = gap->unit;
    }
    bool more = gaps->len >= (guint)limit;
    if (more) {
        g_autoptr(GArray) rest = registry_gaps(request->reader->rows, playbook, unit.id, request->now_us, last, 1);
        more = rest->len > 0;
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &last : NULL, 1));
}

void get_unit_posts(struct request *request)
{
    struct unit unit;
    int64_t at_us, after = 0, last = 0;
    int limit;
    bool has_cursor;
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !take_at(request, &at_us) ||
        !take_unit(request, at_us, &unit))
        return;
    g_autoptr(GArray) posts = registry_posts_at(request->reader->rows, unit.id, at_us, after, limit + 1);
    json_t *rows = json_array();
    for (guint i = 0; i < posts->len && i < (guint)limit; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        json_array_append_new(rows, shape_post(request, post));
        last = post->id;
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, posts->len > (guint)limit ? &last : NULL, 1));
}

/* ---- posts and hand-overs ---- */

void get_post(struct request *request)
{
    struct db *rows = request->reader->rows;
    struct post post;
    int64_t id = request_id(request, VAULT_ID_POST);
    if (!registry_post(rows, id, &post)) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个岗位" : "post");
        return;
    }
    json_t *shape = shape_post(request, &post), *grounds = json_array(), *shifts = json_array();
    g_autoptr(GArray) units = registry_grounds(rows, id, request->now_us);
    for (guint i = 0; i < units->len; i++)
        json_array_append_new(grounds, shape_unit(request, g_array_index(units, int64_t, i)));
    g_autoptr(GArray) roster =
        registry_shifts(rows, id, request->now_us - US_PER_DAY, request->now_us + 7 * US_PER_DAY);
    for (guint i = 0; i < roster->len; i++) {
        const struct shift *shift = &g_array_index(roster, struct shift, i);
        json_array_append_new(shifts, json_pack("{s:o, s:o}", "from", shape_time(request, shift->from_us), "to",
                                                shape_time(request, shift->to_us)));
    }
    json_object_set_new(shape, "grounds", grounds);
    json_object_set_new(shape, "shifts", shifts);
    respond_json(request, MHD_HTTP_OK, shape);
}

/* With how much is open: the list that goes over with it. */
/* To the taker the giver is told; to whoever offers, who holds the other post only where it is told anyway. */
static json_t *shape_taker(struct request *request, const struct handover *handover)
{
    struct post post;
    if (handover->to_post == 0 || !registry_post(request->reader->rows, handover->to_post, &post))
        return json_null();
    return shape_post(request, &post);
}

static json_t *shape_handover(struct request *request, const struct handover *handover)
{
    g_autofree char *reason =
        registry_handover_reason(request->reader->rows, request->reader->vault, handover->id, false);
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:s?, s:I}", "id", json_id(handover->id), "mode",
                     handover->mode, "state", handover->state, "from", shape_post_id(request, handover->from_post),
                     "to", shape_taker(request, handover), "offered_at", shape_time(request, handover->offered_us),
                     "until", shape_time(request, handover->until_us), "reason", reason, "open_count",
                     (json_int_t)matter_todo_count(request->reader->rows, handover->from_post));
}

/* Those that wait for the viewer, then those that the viewer has given, then shifts lent by or to the viewer: a page
 * holds rows of all, `limit` together. */
void get_handovers(struct request *request)
{
    int64_t after[2] = {0, 0}; /* side, id */
    int limit, left;
    bool has_cursor, more = false;
    if (!request_page(request, &limit, after, G_N_ELEMENTS(after), &has_cursor))
        return;
    json_t *sides[HANDOVER_SIDES] = {json_array(), json_array(), json_array()};
    left = limit;
    for (int64_t side = after[0]; side < HANDOVER_SIDES && !more; side++) {
        g_autoptr(GArray) found =
            registry_handovers(request->reader->rows, request->session.person, (enum handover_side)side,
                               request->now_us, side == after[0] ? after[1] : 0, left + 1);
        more = found->len > (guint)left;
        for (guint i = 0; i < found->len && left > 0; i++, left--) {
            const struct handover *handover = &g_array_index(found, struct handover, i);
            json_array_append_new(sides[side], shape_handover(request, handover));
            after[0] = side;
            after[1] = handover->id;
        }
    }
    json_t *page = shape_page(request, sides[HANDOVER_OFFERED_TO], more ? after : NULL, G_N_ELEMENTS(after));
    json_object_set_new(page, "given", sides[HANDOVER_GIVEN]);
    json_object_set_new(page, "lent", sides[HANDOVER_LENT]);
    respond_json(request, MHD_HTTP_OK, page);
}

/* The name is unmasked for the actor who decides on it, not for the giver. */
void get_moves(struct request *request)
{
    int limit;
    int64_t after = 0, last;
    bool has_cursor;
    if (!request_page(request, &limit, &after, 1, &has_cursor))
        return;
    g_autoptr(GArray) moves = registry_moves_waiting(request->reader->rows, playbook_of(request),
                                                     request->session.person, request->now_us, after, limit, &last);
    g_autoptr(GArray) shown = looks_new();
    json_t *rows = json_array();
    for (guint i = 0; i < moves->len; i++) {
        const struct move *move = &g_array_index(moves, struct move, i);
        json_array_append_new(rows,
                              json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "id", json_id(move->id), "person",
                                        shape_person(request, move->person, move->to_decide, false), "unit",
                                        shape_unit(request, move->unit), "from", shape_time(request, move->from_us),
                                        "offered_at", shape_time(request, move->offered_us), "by",
                                        shape_person(request, move->giver, true, false), "to_decide", move->to_decide));
        if (move->to_decide)
            looks_add(shown, move->person, 0);
    }
    respond_looked(request, shown, "moves", shape_page(request, rows, last != 0 ? &last : NULL, 1));
}

/* ---- people ---- */

static bool take_person(struct request *request, int64_t *out, bool *out_unmasked)
{
    int64_t id = request_id(request, VAULT_ID_PERSON);
    if (registry_person_exists(request->reader->rows, id) &&
        access_may_see_person(request->reader->rows, engine_rulebook(request->server->engine), &request->viewer, id,
                              out_unmasked)) {
        *out = id;
        return true;
    }
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个人" : "person");
    return false;
}

static json_t *shape_proposal(struct request *request, const struct erasure_proposal *proposal)
{
    return json_pack("{s:o, s:o, s:o}", "by", shape_person(request, proposal->by, true, false), "at",
                     shape_time(request, proposal->at_us), "until", shape_time(request, proposal->until_us));
}

/* A proposal ends when its proposer has lost the right. */
static bool is_still_proposed(struct request *request, const struct erasure_proposal *proposal)
{
    return registry_has_right(request->reader->rows, playbook_of(request), proposal->by, RIGHT_PERSONS, REGISTRY_ROOT,
                              request->now_us);
}

static bool shows_proposal(struct request *request, const struct erasure_proposal *proposal)
{
    bool unmasked;
    return proposal->until_us > request->now_us && is_still_proposed(request, proposal) &&
           access_may_see_person(request->reader->rows, engine_rulebook(request->server->engine), &request->viewer,
                                 proposal->person, &unmasked);
}

/* True: there is one more. */
static bool add_proposals(struct request *request, const GArray *waiting, int limit, json_t *rows, int64_t *after)
{
    for (guint i = 0; i < waiting->len; i++) {
        const struct erasure_proposal *proposal = &g_array_index(waiting, struct erasure_proposal, i);
        bool shown = shows_proposal(request, proposal);
        if (shown && json_array_size(rows) == (size_t)limit)
            return true;
        if (shown) {
            json_t *row = shape_proposal(request, proposal);
            json_object_set_new(row, "person", shape_person(request, proposal->person, false, false));
            json_array_append_new(rows, row);
        }
        *after = proposal->person;
    }
    return false;
}

/* For those who may confirm it, or take it back. A page is short where it ends or where looking ended. */
void get_erasures(struct request *request)
{
    int limit, looked_at = 0;
    int64_t after = 0;
    bool has_cursor, more = false;
    if (!request_page(request, &limit, &after, 1, &has_cursor))
        return;
    if (!has_right(request, RIGHT_PERSONS, REGISTRY_ROOT)) {
        respond_refused(request, PROBLEM_NO_RIGHT, NULL,
                        request->chinese ? "全市的人员登记员" : "posts that register people for the whole city");
        return;
    }
    json_t *rows = json_array();
    for (int read = LIMIT_PAGE_ROWS; read == LIMIT_PAGE_ROWS && !more; looked_at += read) {
        if (looked_at >= LIMIT_LIST_LOOKED_AT) {
            more = true;
            break;
        }
        g_autoptr(GArray) waiting = registry_erasures_waiting(request->reader->rows, after, LIMIT_PAGE_ROWS);
        read = (int)waiting->len;
        more = add_proposals(request, waiting, limit, rows, &after);
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &after : NULL, 1));
}

/* Matters that link to the person, those that the viewer sees. */
static json_t *shape_links(struct request *request, int64_t person, bool unmasked)
{
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    struct db *rows = request->reader->rows;
    g_autoptr(GArray) links = matter_links_of_person(rows, request->reader->vault, person, LIMIT_PAGE_ROWS);
    json_t *list = json_array();
    for (guint i = 0; i < links->len; i++) {
        const struct link *link = &g_array_index(links, struct link, i);
        struct matter matter;
        if (!matter_get(rows, link->matter, &matter) || !access_may_see(rows, rulebook, &request->viewer, &matter))
            continue;
        bool open = unmasked && access_unmasks(rows, rulebook, &request->viewer, &matter);
        json_array_append_new(list, json_pack("{s:o, s:s, s:s?}", "matter", shape_uuid(&link->uuid), "kind", link->kind,
                                              "relation", open && *link->relation != '\0' ? link->relation : NULL));
    }
    return list;
}

void get_person(struct request *request)
{
    int64_t person;
    bool unmasked;
    if (!take_person(request, &person, &unmasked))
        return;
    struct db *rows = request->reader->rows;
    json_t *shape = shape_person(request, person, unmasked, true);
    struct residency residency;
    if (unmasked && registry_residency(rows, person, request->now_us, &residency)) { /* personal data */
        g_autofree char *dwelling = registry_dwelling(rows, request->reader->vault, person, request->now_us);
        json_object_set_new(shape, "residence",
                            json_pack("{s:o, s:s?, s:o, s:o}", "unit", shape_unit(request, residency.unit), "dwelling",
                                      dwelling, "household", shape_id(request, VAULT_ID_HOUSEHOLD, residency.household),
                                      "since", shape_time(request, residency.from_us)));
    }
    g_autoptr(GArray) same = registry_same_persons(rows, person);
    json_t *registrations = json_array();
    for (guint i = 0; i < same->len; i++)
        json_array_append_new(registrations, shape_id(request, VAULT_ID_PERSON, g_array_index(same, int64_t, i)));
    json_object_set_new(shape, "registrations", registrations);
    json_object_set_new(shape, "links", shape_links(request, person, unmasked));
    struct erasure_proposal proposal;
    if (registry_erasure_proposed(rows, person, request->now_us, &proposal) &&
        has_right(request, RIGHT_PERSONS, REGISTRY_ROOT) && is_still_proposed(request, &proposal))
        json_object_set_new(shape, "erasure_proposed", shape_proposal(request, &proposal));
    if (unmasked && !note_look(request, person, 0, "person"))
        json_decref(shape);
    else
        respond_json(request, MHD_HTTP_OK, shape);
}

/* What the kind asks for, the first field of the concept; NULL: it does not. */
static const struct field *asking_field(const struct kind *kind, const char *concept)
{
    const struct form *form = &kind->form;
    for (size_t i = 0;; form = &kind->entries[i++].form) {
        for (size_t j = 0; j < form->field_count; j++)
            if (g_strcmp0(form->fields[j].concept, concept) == 0)
                return &form->fields[j];
        if (i == kind->entry_count)
            return NULL;
    }
}

/* So long ago that it is to be asked for anew rather than confirmed. */
static bool is_asked_again(struct request *request, const struct kind *asking, const struct known_value *known)
{
    const struct field *field = asking != NULL ? asking_field(asking, known->field->concept) : NULL;
    return field != NULL && field->ask_again.every_us > 0 &&
           request->now_us - known->at_us >= field->ask_again.every_us;
}

static json_t *shape_known(struct request *request, const struct kind *asking, const struct known_value *known)
{
    g_autoptr(json_t) stored = json_pack("{s:O}", known->field->name, known->value);
    g_autoptr(json_t) shown = shape_fields(request, &known->matter, known->form, stored, known->unmasked);
    json_t *shape = json_pack(
        "{s:s, s:O?, s:b, s:o, s:o, s:s, s:s, s:b}", "concept", known->field->concept, "value",
        json_object_get(shown, known->field->name), "masked", !known->unmasked && field_is_personal(known->field), "at",
        shape_time(request, known->at_us), "matter", shape_uuid(&known->matter.uuid), "kind", known->matter.kind,
        "field", known->field->name, "ask_again", is_asked_again(request, asking, known));
    if (known->entry != 0)
        json_object_set_new(shape, "entry", json_integer(known->entry));
    return shape;
}

void get_person_known(struct request *request)
{
    int64_t person;
    bool unmasked;
    const struct playbook *playbook = playbook_of(request);
    const char *name = request_query(request, "kind");
    if (!take_person(request, &person, &unmasked))
        return;
    const struct kind *asking = name != NULL && playbook != NULL ? playbook_find_kind(playbook, name) : NULL;
    if (name != NULL && asking == NULL) {
        respond_refused(request, PROBLEM_NOT_FOUND, "kind", request->chinese ? "这种事项" : "kind");
        return;
    }
    g_autoptr(GArray) found = access_known(request->reader->rows, request->reader->vault,
                                           engine_rulebook(request->server->engine), &request->viewer, person, asking);
    g_autoptr(GArray) shown = looks_new();
    json_t *rows = json_array();
    for (guint i = 0; i < found->len; i++) {
        const struct known_value *known = &g_array_index(found, struct known_value, i);
        json_array_append_new(rows, shape_known(request, asking, known));
        if (known->unmasked)
            looks_add(shown, person, known->matter.id);
    }
    respond_looked(request, shown, "known", shape_page(request, rows, NULL, 0));
}

/* The whole history, or with ?at= the custody at that time. */
void get_person_custody(struct request *request)
{
    int64_t person, at_us, after[2] = {INT64_MIN, 0}; /* since when, unit */
    int limit;
    bool unmasked, has_cursor, more = false, one = request_query(request, "at") != NULL;
    if (!request_page(request, &limit, after, G_N_ELEMENTS(after), &has_cursor) || !take_at(request, &at_us) ||
        !take_person(request, &person, &unmasked))
        return;
    g_autoptr(GArray) custody = registry_custody(request->reader->rows, person);
    json_t *rows = json_array();
    for (guint i = 0; i < custody->len; i++) {
        const struct custody *row = &g_array_index(custody, struct custody, i);
        if (row->from_us < after[0] || (row->from_us == after[0] && row->unit <= after[1]) ||
            (one && (at_us < row->from_us || at_us >= row->to_us)))
            continue;
        more = json_array_size(rows) == (size_t)limit;
        if (more)
            break;
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:o}", "unit", row->unit != 0 ? shape_unit(request, row->unit) : json_null(),
                            "from", shape_time(request, row->from_us), "to", shape_time(request, row->to_us)));
        after[0] = row->from_us;
        after[1] = row->unit;
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? after : NULL, G_N_ELEMENTS(after)));
}

/* Only persons whom the viewer may see; the answer names what they share and does not show it. */
void get_person_duplicates(struct request *request)
{
    int64_t person;
    bool unmasked;
    if (!take_person(request, &person, &unmasked))
        return;
    g_autoptr(GArray) found =
        registry_likely_duplicates(request->reader->rows, request->reader->vault, person, SEARCH_MOST);
    json_t *rows = json_array();
    for (guint i = 0; i < found->len; i++) {
        const struct duplicate *one = &g_array_index(found, struct duplicate, i);
        if (!access_may_see_person(request->reader->rows, engine_rulebook(request->server->engine), &request->viewer,
                                   one->person, &unmasked))
            continue;
        json_array_append_new(rows, json_pack("{s:o, s:b, s:b, s:b}", "person",
                                              shape_person(request, one->person, false, false), "name", one->name,
                                              "phone", one->phone, "id_number", one->id_number));
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, NULL, 0));
}

/* By which links it was read, as the reader alone would be named for them: who gave each (null: no longer known). */
static json_t *shape_trace_links(struct request *request, const json_t *pages)
{
    json_t *links = json_array(), *looks;
    const char *page;
    json_object_foreach((json_t *)pages, page, looks)
    {
        struct resident_link link;
        const char *digest = page + strlen(RESIDENT_LINK_PAGE);
        if (!g_str_has_prefix(page, RESIDENT_LINK_PAGE))
            continue;
        bool known = resident_link_find(request->reader->rows, digest, &link) && link.person != 0;
        json_array_append_new(links, json_pack("{s:s, s:o}", "id", digest, "by",
                                               known ? shape_person(request, link.person, true, false) : json_null()));
    }
    return links;
}

/* For the person and for auditors: who has read the person's data, one row a reader and hour. */
void get_person_traces(struct request *request)
{
    int limit;
    int64_t cursor[2] = {INT64_MAX, INT64_MAX};
    bool has_cursor;
    if (!request_page(request, &limit, cursor, G_N_ELEMENTS(cursor), &has_cursor))
        return;
    int64_t person = request_id(request, VAULT_ID_PERSON);
    if (person != request->session.person && !has_right(request, RIGHT_AUDIT, REGISTRY_ROOT)) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个人" : "person");
        return;
    }
    g_autoptr(GArray) traces = access_traces_of(request->reader->rows, person, cursor[0], cursor[1], limit + 1);
    json_t *rows = json_array();
    for (guint i = 0; i < traces->len && i < (guint)limit; i++) {
        const struct read_trace *trace = &g_array_index(traces, struct read_trace, i);
        json_t *pages = access_traced_pages(request->reader->rows, person, trace);
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:o, s:I, s:o, s:o}", "at", shape_time(request, trace->last_us), "since",
                            shape_time(request, trace->first_us), "reader",
                            shape_person(request, trace->reader_person, true, false), "count", (json_int_t)trace->looks,
                            "links", shape_trace_links(request, pages), "pages", pages));
        cursor[0] = trace->hour;
        cursor[1] = trace->reader_person;
    }
    respond_json(request, MHD_HTTP_OK,
                 shape_page(request, rows, traces->len > (guint)limit ? cursor : NULL, G_N_ELEMENTS(cursor)));
}

/* ---- finding people: in the body, since addresses end up in logs ---- */

static enum vault_index what_is_given(const json_t *body, const char **out_value)
{
    static const struct {
        const char *name;
        enum vault_index index;
    } keys[] = {{"id_number", VAULT_INDEX_ID_NUMBER}, {"phone", VAULT_INDEX_PHONE}, {"name", VAULT_INDEX_NAME}};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        *out_value = json_get_text(body, keys[i].name, NULL);
        if (*out_value != NULL)
            return keys[i].index;
    }
    return 0;
}

/* The index knows bigrams; only the opened name shows whether they stand together. */
static bool really_matches(struct request *request, int64_t person, enum vault_index index, const char *value)
{
    AUTO(person_data) struct person_data data = {0};
    if (index != VAULT_INDEX_NAME)
        return true;
    return registry_person(request->reader->rows, request->reader->vault, person, &data) &&
           name_holds(data.name, value);
}

static bool is_listed(struct request *request, const json_t *rows, int64_t person)
{
    g_autoptr(json_t) id = shape_id(request, VAULT_ID_PERSON, person);
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (json_equal(json_object_get(json_array_get(rows, i), "id"), id))
            return true;
    return false;
}

/* Adds to the rows those who have the value; true: there may be more. */
static bool find_people(struct request *request, enum vault_index index, const char *value, json_t *rows, GArray *shown)
{
    int64_t after = 0;
    guint looked_at = 0;
    bool more = true, cut = false;
    while (more && !cut && looked_at < LIMIT_SEARCH_LOOKED_AT) {
        g_autoptr(GArray) people = vault_index_find(request->reader->vault, index, value, after, LIMIT_PAGE_ROWS);
        more = people->len == LIMIT_PAGE_ROWS;
        looked_at += people->len;
        for (guint i = 0; i < people->len && !cut; i++) {
            int64_t person = g_array_index(people, int64_t, i);
            bool unmasked = false;
            after = person;
            if (!access_may_see_person(request->reader->rows, engine_rulebook(request->server->engine),
                                       &request->viewer, person, &unmasked) ||
                !really_matches(request, person, index, value))
                continue;
            int64_t kept = registry_person_kept(request->reader->rows, person);
            if (is_listed(request, rows, kept))
                continue;
            cut = json_array_size(rows) == SEARCH_MOST;
            if (cut)
                break;
            json_array_append_new(rows, shape_person(request, kept, unmasked, true));
            if (unmasked)
                looks_add(shown, kept, 0);
        }
    }
    return more || cut;
}

static bool is_long_enough(enum vault_index index, const char *value)
{
    g_autofree char *name = index == VAULT_INDEX_NAME ? name_index_form(value) : NULL;
    return g_utf8_strlen(name != NULL ? name : value, -1) >= 2 && g_utf8_strlen(value, -1) <= LIMIT_TEXT_CHARS;
}

/* The number as the documents of one type, or of each where none is said, have it: array of char *. */
static GPtrArray *keys_of(const struct playbook *playbook, const char *type, const char *number, int32_t today)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    bool says = type != NULL || strchr(number, ':') != NULL;
    size_t count;
    const struct identity_type *types = playbook_identity_types(playbook, &count);
    for (size_t i = 0; i < (says ? 1 : count); i++) {
        char *key = NULL;
        AUTO(problem)
        struct problem *problem = playbook_identity_read(playbook, says ? type : types[i].name, number, today, &key);
        if (problem == NULL)
            g_ptr_array_add(keys, key);
    }
    return keys;
}

static bool find_all(struct request *request, enum vault_index index, const char *value, const char *type, json_t *rows,
                     GArray *shown)
{
    const struct playbook *playbook = playbook_of(request);
    if (index != VAULT_INDEX_ID_NUMBER)
        return find_people(request, index, value, rows, shown);
    bool more = false;
    int32_t today =
        playbook != NULL ? day_of(request->now_us, playbook->zone) : (int32_t)(request->now_us / US_PER_DAY);
    g_autoptr(GPtrArray) keys = keys_of(playbook, type, value, today);
    for (guint i = 0; i < keys->len; i++)
        more = find_people(request, index, keys->pdata[i], rows, shown) || more;
    return more;
}

void post_person_search(struct request *request)
{
    g_autoptr(json_t) body = request_json(request);
    if (body == NULL)
        return;
    const char *value, *type = json_get_text(body, "id_type", NULL);
    enum vault_index index = what_is_given(body, &value);
    if (index == 0 || json_object_size(body) != (index == VAULT_INDEX_ID_NUMBER && type != NULL ? 2 : 1)) {
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, NULL, "id_number (id_type) | phone | name");
        return;
    }
    if (!is_long_enough(index, value)) {
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, NULL, "2–500");
        return;
    }
    g_autoptr(GArray) shown = looks_new();
    json_t *rows = json_array();
    bool more = find_all(request, index, value, type, rows, shown);
    json_t *page = shape_page(request, rows, NULL, 0);
    json_object_set_new(page, "more", json_boolean(more)); /* a longer name finds fewer */
    respond_looked(request, shown, "search", page);
}
