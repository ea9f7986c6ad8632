/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/follow.h"

#include "matter/commands/post_end.h"
#include "matter/lifecycle/route.h"
#include "registry/registry.h"

#define UNITS_PER_EVENT 5000 /* ids of 12 characters: far below LIMIT_EVENT_BODY_BYTES */

/* What follows, by stream. */
struct following {
    struct decision *decision;
    const char *event; /* that it follows from */
    GArray *streams;   /* of struct stream_body, as they came */
};

struct stream_body {
    int64_t stream;
    json_t *body;
};

static void clear_body(gpointer data)
{
    json_decref(((struct stream_body *)data)->body);
}

static struct following following_of(struct decision *decision, const struct event *event)
{
    struct following following = {decision, event->kind, g_array_new(FALSE, FALSE, sizeof(struct stream_body))};
    g_array_set_clear_func(following.streams, clear_body);
    return following;
}

static json_t *body_of(struct following *following, int64_t stream)
{
    for (guint i = 0; i < following->streams->len; i++)
        if (g_array_index(following->streams, struct stream_body, i).stream == stream)
            return g_array_index(following->streams, struct stream_body, i).body;
    struct stream_body made = {stream, json_pack("{s:s}", "event", following->event)};
    g_array_append_val(following->streams, made);
    return made.body;
}

static void add(struct following *following, int64_t stream, const char *member, json_t *item /* taken */)
{
    json_t *body = body_of(following, stream), *items = json_object_get(body, member);
    if (items == NULL) {
        items = json_array();
        json_object_set_new(body, member, items);
    }
    json_array_append_new(items, item);
}

static void send(struct decision *decision, int64_t stream, json_t *body /* taken */)
{
    int64_t unit = id_unit(stream, 1);
    if (decision->stream == stream)
        decision_emit(decision, "matters_followed", unit, 0, body, NULL);
    else
        decision_send_letter(decision, unit, "follow_registry", json_pack("{s:o}", "body", body), NULL);
}

/* All that has been added; following is empty afterwards. */
static void emit(struct following *following)
{
    for (guint i = 0; i < following->streams->len; i++) {
        const struct stream_body *each = &g_array_index(following->streams, struct stream_body, i);
        send(following->decision, each->stream, json_incref(each->body));
    }
    g_array_set_size(following->streams, 0);
}

static void end(struct following *following)
{
    emit(following);
    g_array_unref(following->streams);
}

/* ---- which streams ---- */

/* Every stream that has matters at the unit or in which it takes part: one look-up each, whatever their number. */
static void add_unit(struct following *following, int64_t unit)
{
    int64_t matter = 0;
    while (
        db_integer(following->decision->rows, &matter,
                   "SELECT * FROM (SELECT id FROM matter WHERE unit = ?1 AND id >= ?2 ORDER BY id LIMIT 1) UNION ALL "
                   "SELECT * FROM (SELECT matter FROM participant WHERE who = ?1 AND matter >= ?2 ORDER BY matter "
                   "LIMIT 1) ORDER BY 1 LIMIT 1",
                   "ii", unit, matter)) {
        int64_t stream = id_matter_stream(matter);
        add(following, stream, "units", json_integer(unit));
        matter = id_matter_first(stream + 1);
    }
}

/* Every stream of which the post answers for something. */
static void add_post(struct following *following, int64_t post, const char *member, json_t *item /* taken */)
{
    AUTO(cursor)
    struct cursor found = db_query(following->decision->rows,
                                   "SELECT matter / ?2 FROM expectation WHERE post = ?1 UNION "
                                   "SELECT matter / ?2 FROM alert WHERE post = ?1 ORDER BY 1",
                                   "ii", post, id_matter_first(1));
    while (cursor_next(&found))
        add(following, cursor_integer(&found, 0), member, json_incref(item));
    json_decref(item);
}

/* Open matters with a standing audience under the unit or one above it. */
static void add_audiences(struct following *following, int64_t unit, int64_t after_unit, int64_t at_us)
{
    AUTO(cursor)
    struct cursor found =
        db_query(following->decision->rows,
                 "SELECT a.matter, a.name FROM audience a JOIN matter m ON m.id = a.matter WHERE "
                 "a.standing = 1 AND m.closed_us = 0 AND a.under IN (SELECT ancestor FROM cover WHERE "
                 "unit = ?1 AND to_us >= ?2) ORDER BY a.matter, a.name",
                 "ii", unit, at_us);
    while (cursor_next(&found)) {
        int64_t matter = cursor_integer(&found, 0);
        add(following, id_matter_stream(matter), "audiences",
            json_pack("[I, s, I]", (json_int_t)matter, cursor_text(&found, 1), (json_int_t)after_unit));
    }
}

/* ---- events ---- */

void follow_unit_created(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    int64_t unit = json_get_integer(body, "id", 0);
    add_audiences(&following, unit, unit - 1, event->at_us);
    end(&following);
}

void follow_unit_closed(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    add_audiences(&following, json_get_integer(body, "id", 0), 0, json_get_integer(body, "to_us", 0));
    end(&following);
}

static GArray *units_below(struct decision *decision, int64_t unit, int64_t at_us)
{
    return cursor_integers(db_query(decision->rows,
                                    "SELECT DISTINCT unit FROM cover WHERE ancestor = ?1 AND to_us > ?2 ORDER BY unit",
                                    "ii", unit, at_us));
}

static void add_below(struct following *following, int64_t unit, int64_t at_us)
{
    g_autoptr(GArray) units = units_below(following->decision, unit, at_us);
    for (guint i = 0; i < units->len; i++) {
        add_unit(following, g_array_index(units, int64_t, i));
        if (i % UNITS_PER_EVENT == UNITS_PER_EVENT - 1)
            emit(following);
    }
}

/* Under another parent other posts may answer from above, and the unit may be in other audiences. */
void follow_unit_changed(struct decision *decision, const struct event *event, const json_t *body)
{
    if (json_object_get(body, "parent") == NULL)
        return;
    struct following following = following_of(decision, event);
    int64_t unit = json_get_integer(body, "id", 0);
    add_audiences(&following, unit, 0, event->at_us);
    add_below(&following, unit, event->at_us);
    end(&following);
}

/* What a post answers for in a unit and below it goes to another one: by the units that are below it now. */
static void move_ground(struct following *following, int64_t from, int64_t to, int64_t ground, int64_t at_us)
{
    AUTO(cursor)
    struct cursor found =
        db_query(following->decision->rows,
                 "SELECT unit FROM cover WHERE ancestor = ?1 AND from_us <= ?2 AND to_us > ?2 ORDER BY "
                 "unit",
                 "ii", ground, at_us);
    for (bool more = true; more;) {
        json_t *units = json_array();
        while (json_array_size(units) < UNITS_PER_EVENT && (more = cursor_next(&found)))
            json_array_append_new(units, json_integer(cursor_integer(&found, 0)));
        json_t *item = json_pack("[I, I, o]", (json_int_t)from, (json_int_t)to, units);
        if (json_array_size(units) > 0)
            add_post(following, from, "moves", item);
        else
            json_decref(item);
        if (more)
            emit(following);
    }
}

void follow_post_handed_over(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    int64_t from = json_get_integer(body, "from", 0), to = json_get_integer(body, "to", 0);
    const json_t *grounds = json_object_get(body, "grounds"), *ground;
    size_t i;
    if (json_array_size(grounds) == 0)
        add_post(&following, from, "moves", json_pack("[I, I]", (json_int_t)from, (json_int_t)to));
    json_array_foreach(grounds, i, ground) move_ground(&following, from, to, json_integer_value(ground), event->at_us);
    struct post taker;
    struct handover handover = {0};
    int64_t until_us = registry_post(decision->rows, to, &taker) ? taker.to_us : REGISTRY_OPEN;
    if (registry_handover(decision->rows, json_get_integer(body, "handover", 0), &handover) && handover.until_us != 0)
        until_us = MIN(until_us, handover.until_us); /* of a shift: its expectations go back then */
    if (until_us != REGISTRY_OPEN)
        add_post(&following, from, "posts", json_pack("[I, I]", (json_int_t)to, (json_int_t)until_us));
    end(&following);
}

/* Of a shift that was lent: what the taker answers for is looked at now, as when it ends by itself. */
void follow_handover_withdrawn(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    struct handover handover;
    if (registry_handover(decision->rows, json_get_integer(body, "id", 0), &handover) && handover.to_post != 0 &&
        handover.until_us > event->at_us)
        add_post(&following, handover.to_post, "posts",
                 json_pack("[I, I]", (json_int_t)handover.to_post, (json_int_t)event->at_us));
    end(&following);
}

/* No other post of the role has the unit for a ground: posts from above have answered there and below it. */
static bool fills_gap(struct decision *decision, const char *role, int64_t post, int64_t unit)
{
    int64_t found;
    return !db_integer(decision->rows, &found,
                       "SELECT 1 FROM post_ground WHERE unit = ?1 AND role = ?2 AND post <> ?3 AND from_us <= ?4 AND "
                       "to_us > ?4 LIMIT 1",
                       "isii", unit, role, post, decision->now_us);
}

/* The post covers these from now on: what is expected there is routed again, and below where no post covered them. */
static void add_grounds(struct following *following, const char *role, int64_t post, const json_t *grounds)
{
    struct decision *decision = following->decision;
    size_t i;
    const json_t *ground;
    json_array_foreach(grounds, i, ground)
    {
        int64_t unit = json_integer_value(ground);
        if (fills_gap(decision, role, post, unit))
            add_below(following, unit, decision->now_us);
        else
            add_unit(following, unit);
    }
}

static void look_at_post(struct following *following, int64_t post, int64_t until_us)
{
    add_post(following, post, "posts", json_pack("[I, I]", (json_int_t)post, (json_int_t)until_us));
}

/* Until then other posts answer there, or none: what is theirs is routed again then. */
static void look_when_it_begins(struct following *following, const json_t *appointment, int64_t from_us)
{
    struct decision *decision = following->decision;
    const struct role *role = playbook_find_role(decision->playbook, json_get_text(appointment, "role", ""));
    const json_t *grounds = json_object_get(appointment, "grounds"), *ground;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    size_t i;
    json_array_foreach(grounds, i, ground)
    {
        int64_t post = role != NULL ? route_role(decision, NULL, role, json_integer_value(ground)).post : 0;
        if (g_hash_table_add(seen, g_memdup2(&post, sizeof post)))
            look_at_post(following, post, from_us);
    }
}

/* A nearer post may answer, from now on or from a later time on. */
void follow_post_appointed(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    int64_t from_us = json_get_integer(body, "from_us", 0);
    if (from_us > decision->now_us)
        look_when_it_begins(&following, body, from_us);
    else
        add_grounds(&following, json_get_text(body, "role", ""), json_get_integer(body, "id", 0),
                    json_object_get(body, "grounds"));
    end(&following);
}

void follow_grounds_changed(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    add_grounds(&following, json_get_text(body, "role", ""), json_get_integer(body, "post", 0),
                json_object_get(body, "added"));
    if (json_array_size(json_object_get(body, "removed")) > 0)
        look_at_post(&following, json_get_integer(body, "post", 0), 0);
    end(&following);
}

void follow_post_ended(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    look_at_post(&following, json_get_integer(body, "id", 0), json_get_integer(body, "to_us", 0));
    end(&following);
    post_end_follow(decision, json_get_integer(body, "id", 0));
}

/* Claims of the post end with the shift that runs now; off duty there is none. */
void follow_roster_set(struct decision *decision, const struct event *event, const json_t *body)
{
    struct following following = following_of(decision, event);
    int64_t post = json_get_integer(body, "post", 0), until_us;
    if (json_get_bool(body, "keeps_hours", false)) {
        until_us = registry_shift_end_us(decision->rows, post, decision->now_us);
        AUTO(cursor)
        struct cursor found =
            db_query(decision->rows,
                     "SELECT DISTINCT matter / ?2 FROM expectation WHERE post = ?1 AND claimed_us <> 0 ORDER BY 1",
                     "ii", post, id_matter_first(1));
        while (cursor_next(&found))
            add(&following, cursor_integer(&found, 0), "claims",
                json_pack("[I, I]", (json_int_t)post, (json_int_t)until_us));
    }
    end(&following);
}

static void emit_subject_erased(struct decision *decision, int64_t unit, int64_t person)
{
    int64_t stream = id_unit_stream(unit);
    json_t *matters = json_array();
    AUTO(cursor)
    struct cursor found = db_query(decision->rows,
                                   "SELECT id FROM matter WHERE subject = ?1 AND subject <> 0 AND id BETWEEN ?2 AND ?3 "
                                   "ORDER BY id",
                                   "iii", person, id_matter_first(stream), id_matter_last(stream));
    while (cursor_next(&found))
        json_array_append_new(matters, json_integer(cursor_integer(&found, 0)));
    cursor_clear(&found);
    decision_emit(decision, "subject_erased", unit, 0,
                  json_pack("{s:I, s:o}", "person", (json_int_t)person, "matters", matters), NULL);
}

static void erase_subject(struct decision *decision, int64_t stream, int64_t person)
{
    int64_t unit = id_unit(stream, 1);
    if (decision->stream == stream)
        emit_subject_erased(decision, unit, person);
    else
        decision_send_letter(decision, unit, "erase_subject", json_pack("{s:I}", "person", (json_int_t)person), NULL);
}

/* Their keys are gone already; rows that name them, and what is expected, go with these. */
void follow_person_erased(struct decision *decision, const struct event *event, const json_t *body)
{
    int64_t person = json_get_integer(body, "id", 0);
    g_autoptr(GArray) streams = cursor_integers(db_query(
        decision->rows,
        "SELECT id / ?2 FROM matter WHERE subject = ?1 AND subject <> 0 UNION SELECT matter / ?2 FROM participant "
        "WHERE who = -?1 UNION SELECT matter / ?2 FROM link_person WHERE person = ?1 ORDER BY 1",
        "ii", person, id_matter_first(1)));
    for (guint i = 0; i < streams->len; i++)
        erase_subject(decision, g_array_index(streams, int64_t, i), person);
}

/* ---- letters ---- */

bool decide_follow_registry(struct decision *decision)
{
    json_t *body = json_object_get(decision->command->body, "body");
    decision_emit(decision, "matters_followed", decision->command->to_unit, 0, json_incref(body), NULL);
    return true;
}

bool decide_erase_subject(struct decision *decision)
{
    emit_subject_erased(decision, decision->command->to_unit, json_get_integer(decision->command->body, "person", 0));
    return true;
}
