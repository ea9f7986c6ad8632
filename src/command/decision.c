/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/decision.h"

#include "base/datetime.h"
#include "base/identity.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void decided_event_free(struct decided_event *decided)
{
    json_decref(decided->json);
    free(decided->body); /* jansson's allocation */
    if (decided->sealed != NULL)
        g_bytes_unref(decided->sealed);
    g_free(decided);
}

static void free_element(gpointer decided)
{
    decided_event_free(decided);
}

void decision_init(struct decision *decision)
{
    decision->problem = NULL;
    decision->events = g_ptr_array_new_with_free_func(free_element);
    decision->letters = g_array_new(FALSE, FALSE, sizeof(int64_t));
    decision->last_seen = g_new0(struct sighting, 1);
    decision->stream = -1;
}

void decision_init_asked(struct decision *decision, const struct command *command, const struct areas *areas,
                         struct db *rows, struct vault *vault, struct rulebook *rulebook, int64_t now_us)
{
    *decision = (struct decision){.rows = rows,
                                  .vault = vault,
                                  .rulebook = rulebook,
                                  .playbook = rulebook_current(rulebook),
                                  .command = command,
                                  .now_us = now_us,
                                  .areas = areas};
    decision_init(decision);
    decision_take_post(decision);
}

void decision_clear(struct decision *decision)
{
    problem_free(decision->problem);
    decision->problem = NULL;
    g_clear_pointer(&decision->events, g_ptr_array_unref);
    g_clear_pointer(&decision->letters, g_array_unref);
    g_clear_pointer(&decision->last_seen, g_free);
}

bool decision_refuse_with(struct decision *decision, struct problem *problem)
{
    problem_append(&decision->problem, problem);
    return false;
}

static bool may_be_asked(const struct command_kind *kind, enum origin origin)
{
    return origin != ORIGIN_DOOR || !kind->by_clock;
}

static struct problem *unknown_command(const struct areas *areas, const struct command *command)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct area *const *area = areas->list; *area != NULL; area++)
        for (const struct command_kind *kind = (*area)->commands; kind != NULL && kind->name != NULL; kind++)
            if (may_be_asked(kind, command->origin))
                g_ptr_array_add(names, (gpointer)kind->name);
    const char *nearest = nearest_name(command->name, (const char *const *)names->pdata, names->len);
    return problem_new(PROBLEM_UNKNOWN_COMMAND, "command", nearest != NULL ? nearest : "", NULL);
}

struct problem *command_shape_problem(const struct areas *areas, const struct command *command)
{
    const struct command_kind *kind = areas_command(areas, command->name);
    bool from_people = command->origin == ORIGIN_DOOR || command->origin == ORIGIN_OPERATOR;
    if (kind == NULL || !may_be_asked(kind, command->origin))
        return unknown_command(areas, command);
    return from_people && kind->members != NULL ? command_unknown_members(command, kind->members) : NULL;
}

void decision_take_post(struct decision *decision)
{
    const char *post = decision->command->post;
    decision->wanted_post = post != NULL ? decision_inner_id(decision, VAULT_ID_POST, post) : 0;
}

bool decision_decide(struct decision *decision)
{
    const struct command *command = decision->command;
    decision->problem = command_shape_problem(decision->areas, command);
    decision_take_post(decision);
    return decision->problem == NULL && areas_command(decision->areas, command->name)->decide(decision);
}

bool decision_would(struct decision *decision, bool (*decide)(struct decision *there, void *context), void *context)
{
    AUTO(decision) struct decision there = *decision;
    decision_init(&there);
    there.marks = false;
    db_mark(decision->rows);
    vault_mark(decision->vault);
    bool accepted = decide(&there, context);
    decision_take_back(&there);
    db_rollback_to_mark(decision->rows);
    vault_rollback_to_mark(decision->vault);
    return accepted || decision_refuse_with(decision, g_steal_pointer(&there.problem));
}

/* Room for one more event; a refusal takes back what comes after the first one's mark. */
static struct decided_event *add_event(struct decision *decision)
{
    if (decision->marks && decision->events->len == 0)
        db_mark(decision->rows);
    struct decided_event *decided = g_new0(struct decided_event, 1);
    g_ptr_array_add(decision->events, decided);
    return decided;
}

void decision_would_emit(struct decision *decision)
{
    g_assert(decision->command->dry_run && decision->command->discard_writes);
    add_event(decision);
}

/* What the areas decide to follow from an event that was just applied. */
static void follow(struct decision *decision, const struct event *event, const json_t *body)
{
    const struct known_event *known = areas_event(decision->areas, event->kind);
    for (size_t i = 0; i < known->follow_count; i++)
        known->follow[i](decision, event, body);
}

/* An event that does not fit the catalogue is our bug, and ends the program. */
static const struct event_kind *kind_of(const struct decision *decision, const char *name, const json_t *body,
                                        const GBytes *sealed)
{
    const struct known_event *known = areas_event(decision->areas, name);
    if (known == NULL)
        g_error("event kind %s stands in no area's table", name);
    g_autofree char *mistake = catalogue_mistake(known->index, body, sealed);
    if (mistake != NULL)
        g_error("event %s: %s", name, mistake);
    return known->kind;
}

int64_t decision_emit(struct decision *decision, const char *name, int64_t unit, int64_t matter, json_t *body,
                      GBytes *sealed)
{
    return decision_emit_of(decision, name, unit, &(struct matter_name){.id = matter}, body, sealed);
}

int64_t decision_emit_of(struct decision *decision, const char *name, int64_t unit, const struct matter_name *of,
                         json_t *body, GBytes *sealed)
{
    int64_t matter = of->id;
    const struct event_kind *kind = kind_of(decision, name, body, sealed);
    const struct command *command = decision->command;
    int64_t stream = matter != 0 ? id_matter_stream(matter) : decision_stream(decision, unit);
    if (decision->stream >= 0 && decision->stream != stream)
        g_error("%s: %s of stream %" G_GINT64_FORMAT " in a command of stream %" G_GINT64_FORMAT, command->name, name,
                stream, decision->stream);
    decision->stream = stream;
    struct decided_event *decided = add_event(decision);
    decided->json = body;
    decided->sealed = sealed;
    decided->erases = kind->erases;
    decided->matter = of->uuid;
    struct event *event = &decided->event;
    *event = (struct event){
        .stream = decision->stream,
        .seq = ++decision->seqs[decision->stream],
        .command = command->id,
        .at_us = decision->now_us,
        .observed_us = command->observed_us,
        .person = command->person,
        .post = decision->post,
        .kind = kind->name,
        .version = kind->version,
        .unit = unit,
        .matter = matter,
        .digest =
            decision->events->len == 1 && command->origin == ORIGIN_DOOR && !command->nested ? command->digest : NULL,
    };
    if (!command->dry_run) { /* which no journal will hold */
        decided->body = json_text(body, &event->body_bytes);
        event->body = decided->body;
    }
    if (sealed != NULL)
        event->sealed = g_bytes_get_data(sealed, &event->sealed_bytes);
    g_assert((kind->stream == STREAM_OF_MATTER) == (matter != 0));
    g_assert(kind->stream != STREAM_OF_ROOT || event->stream == 0);
    event_apply(decision->areas, decision->rows, event, body);
    follow(decision, event, body);
    return event_place(event);
}

int64_t decision_stream(const struct decision *decision, int64_t unit)
{
    return decision->stream >= 0 ? decision->stream : id_unit_stream(unit);
}

int64_t decision_next_id(const struct decision *decision, int64_t unit)
{
    int64_t stream = decision_stream(decision, unit);
    return id_place(stream, decision->seqs[stream] + 1);
}

bool decision_begin(struct decision *decision, int64_t stream)
{
    if (decision->stream < 0)
        decision->stream = stream;
    return decision->stream == stream;
}

void decision_take_back(struct decision *decision)
{
    for (guint i = decision->events->len; i > 0; i--) {
        const struct event *event = &((struct decided_event *)g_ptr_array_index(decision->events, i - 1))->event;
        if (event->seq > 0) /* 0: decision_would_emit() */
            decision->seqs[event->stream] = event->seq - 1;
    }
    g_ptr_array_set_size(decision->events, 0);
    g_array_set_size(decision->letters, 0);
    decision->stream = -1;
}

bool decision_is_operator(const struct decision *decision)
{
    return decision->command->origin == ORIGIN_OPERATOR;
}

bool decision_act_by(struct decision *decision, struct right right)
{
    if (right.given)
        decision->post = right.post;
    return right.given;
}

void decision_send_letter(struct decision *decision, int64_t to_unit, const char *name, json_t *body, GBytes *sealed)
{
    json_t *letter = json_pack("{s:s, s:I, s:o}", "command", name, "to", (json_int_t)to_unit, "body", body);
    int64_t place = decision_emit(decision, "letter_sent", 0, 0, letter, sealed);
    g_array_append_val(decision->letters, place);
}

static const json_t *member_of(const struct decision *decision, const char *member)
{
    const json_t *value = json_object_get(decision->command->body, member);
    return json_is_null(value) ? NULL : value;
}

static bool missing(struct decision *decision, const char *member)
{
    return decision_refuse(decision, PROBLEM_MISSING_FIELD, member);
}

static bool wrong_type(struct decision *decision, const char *member, const char *expected)
{
    return decision_refuse(decision, PROBLEM_WRONG_TYPE, member, expected);
}

bool decision_text(struct decision *decision, const char *member, const char **out)
{
    return member_of(decision, member) != NULL ? decision_text_optional(decision, member, out)
                                               : missing(decision, member);
}

bool decision_text_optional(struct decision *decision, const char *member, const char **out)
{
    const json_t *value = member_of(decision, member);
    if (value == NULL)
        return true;
    if (!json_is_string(value))
        return wrong_type(decision, member, "text");
    if (g_utf8_strlen(json_string_value(value), -1) > LIMIT_LONG_TEXT_CHARS)
        return decision_refuse(decision, PROBLEM_TEXT_TOO_LONG, member, G_STRINGIFY(LIMIT_LONG_TEXT_CHARS));
    if (*json_string_value(value) == '\0')
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, member);
    *out = json_string_value(value);
    return true;
}

int64_t decision_inner_id(const struct decision *decision, enum vault_class class, const char *text)
{
    gint64 id;
    if (decision->command->outside)
        return vault_inner_id(decision->vault, class, text);
    return g_ascii_string_to_signed(text, 10, 1, INT64_MAX, &id, NULL) ? id : VAULT_NOBODY;
}

bool decision_read_id(struct decision *decision, enum vault_class class, const json_t *value, const char *field,
                      int64_t *out)
{
    if (!json_is_string(value))
        return wrong_type(decision, field, "id");
    *out = decision_inner_id(decision, class, json_string_value(value));
    return true;
}

static bool outer_id(struct decision *decision, enum vault_class class, const char *member, int64_t *out)
{
    const json_t *value = member_of(decision, member);
    return value != NULL ? decision_read_id(decision, class, value, member, out) : missing(decision, member);
}

bool decision_person_id(struct decision *decision, const char *member, int64_t *out)
{
    return outer_id(decision, VAULT_ID_PERSON, member, out);
}

bool decision_post_id(struct decision *decision, const char *member, int64_t *out)
{
    return outer_id(decision, VAULT_ID_POST, member, out);
}

bool decision_household_id_optional(struct decision *decision, const char *member, int64_t *out)
{
    return member_of(decision, member) == NULL || outer_id(decision, VAULT_ID_HOUSEHOLD, member, out);
}

bool decision_id(struct decision *decision, const char *member, int64_t *out)
{
    const json_t *value = member_of(decision, member);
    if (value == NULL)
        return missing(decision, member);
    gint64 id;
    if (!json_is_string(value) || !g_ascii_string_to_signed(json_string_value(value), 10, 1, INT64_MAX, &id, NULL))
        return wrong_type(decision, member, "id");
    *out = id;
    return true;
}

bool decision_uuid(struct decision *decision, const char *member, struct uuid *out)
{
    const json_t *value = member_of(decision, member);
    if (value == NULL)
        return missing(decision, member);
    if (!json_is_string(value) || !uuid_parse(json_string_value(value), out))
        return decision_refuse(decision, PROBLEM_INVALID_UUID, member);
    return true;
}

bool decision_time_optional(struct decision *decision, const char *member, int64_t *out_us)
{
    const json_t *value = member_of(decision, member);
    if (value == NULL)
        return true;
    g_autofree char *text = json_is_string(value) ? identity_plain(json_string_value(value)) : NULL;
    if (text == NULL || !datetime_parse(text, out_us))
        return decision_refuse(decision, PROBLEM_INVALID_DATETIME, member);
    return true;
}

bool decision_date_optional(struct decision *decision, const char *member, int32_t *out_day)
{
    const json_t *value = member_of(decision, member);
    if (value == NULL)
        return true;
    g_autofree char *text = json_is_string(value) ? identity_plain(json_string_value(value)) : NULL;
    if (text == NULL || !date_parse(text, out_day))
        return decision_refuse(decision, PROBLEM_INVALID_DATE, member);
    return true;
}

bool decision_object(struct decision *decision, const char *member, const json_t **out)
{
    const json_t *value = member_of(decision, member);
    if (value == NULL)
        return missing(decision, member);
    if (!json_is_object(value))
        return wrong_type(decision, member, "object");
    *out = value;
    return true;
}

bool decision_array(struct decision *decision, const char *member, size_t most, const json_t **out)
{
    const json_t *value = member_of(decision, member);
    if (value == NULL)
        return missing(decision, member);
    if (!json_is_array(value))
        return wrong_type(decision, member, "array");
    if (json_array_size(value) > most) {
        g_autofree char *limit = g_strdup_printf("%zu", most);
        return decision_refuse(decision, PROBLEM_TOO_MANY_ITEMS, member, limit);
    }
    *out = value;
    return true;
}

bool decision_reason_fits(struct decision *decision, const char *reason, const char *field, int most_chars)
{
    if (reason == NULL || text_is_blank(reason))
        return decision_refuse(decision, PROBLEM_REASON_NEEDED, field);
    struct problem *problem = text_problem(reason, field, most_chars, true);
    return problem == NULL || decision_refuse_with(decision, problem);
}

bool decision_reason(struct decision *decision, int most_chars, const char **out)
{
    *out = NULL;
    if (!decision_text_optional(decision, "reason", out))
        return false;
    return decision_reason_fits(decision, *out, "reason", most_chars);
}

bool decision_may_go_on(struct decision *decision)
{
    return decision->events->len < LIMIT_EVENTS_PER_COMMAND ||
           decision_refuse(decision, PROBLEM_TOO_MANY_EFFECTS, NULL, G_STRINGIFY(LIMIT_EVENTS_PER_COMMAND));
}
