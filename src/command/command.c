/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/command.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/identity.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "journal/journal.h"

#include <string.h>

static const char *const envelope_members[] = {"id", "command", "observed_at", "post", "version"};

struct command *command_new(const char *name, enum origin origin, int64_t person, json_t *body)
{
    g_assert(json_is_object(body));
    struct command *command = g_new0(struct command, 1);
    command->name = name;
    command->origin = origin;
    command->person = person;
    command->version = -1;
    command->body = body;
    return command;
}

void command_free(struct command *command)
{
    if (command == NULL)
        return;
    json_decref(command->body);
    if (command->found != NULL)
        g_array_unref(command->found);
    if (command->sealed != NULL)
        g_bytes_unref(command->sealed);
    g_free(command);
}

static struct problem *in_future(const struct command_times *times, enum problem_code code, const char *field)
{
    return problem_new(times->behind ? PROBLEM_SERVER_CLOCK_BEHIND : code, field, NULL);
}

static struct problem *read_id(struct command *command, const struct command_times *times)
{
    int64_t now_us = times->now_us;
    const json_t *id = json_object_get(command->body, "id");
    if (id == NULL)
        return problem_new(PROBLEM_MISSING_FIELD, "id", NULL);
    if (!json_is_string(id) || !uuid_parse(json_string_value(id), &command->id))
        return problem_new(PROBLEM_INVALID_UUID, "id", NULL);
    if (uuid_version(&command->id) != 7)
        return problem_new(PROBLEM_INVALID_REQUEST_ID, "id", NULL);
    if (uuid_time_us(&command->id) > times->latest_us + LIMIT_CLOCK_SKEW_US)
        return in_future(times, PROBLEM_INVALID_REQUEST_ID, "id");
    if (uuid_time_us(&command->id) < now_us - LIMIT_REQUEST_ID_DAYS * US_PER_DAY)
        return problem_new(PROBLEM_REQUEST_ID_TOO_OLD, "id", G_STRINGIFY(LIMIT_REQUEST_ID_DAYS), NULL);
    return NULL;
}

static struct problem *read_observed(struct command *command, const struct command_times *times)
{
    int64_t now_us = times->now_us;
    const json_t *observed = json_object_get(command->body, "observed_at");
    if (observed == NULL || json_is_null(observed))
        return NULL;
    g_autofree char *text = json_is_string(observed) ? identity_plain(json_string_value(observed)) : NULL;
    if (text == NULL || !datetime_parse(text, &command->observed_us))
        return problem_new(PROBLEM_INVALID_DATETIME, "observed_at", NULL);
    if (command->observed_us > times->latest_us + LIMIT_CLOCK_SKEW_US)
        return in_future(times, PROBLEM_OBSERVED_IN_FUTURE, "observed_at");
    if (command->observed_us < now_us - LIMIT_OBSERVED_PAST_DAYS * US_PER_DAY)
        return problem_new(PROBLEM_OBSERVED_TOO_EARLY, "observed_at", G_STRINGIFY(LIMIT_OBSERVED_PAST_DAYS), NULL);
    command->observed_us = MIN(command->observed_us, now_us);
    return NULL;
}

static struct problem *read_post(struct command *command)
{
    const json_t *post = json_object_get(command->body, "post");
    if (post == NULL || json_is_null(post))
        return NULL;
    if (!json_is_string(post))
        return problem_new(PROBLEM_WRONG_TYPE, "post", "id", NULL);
    command->post = json_string_value(post);
    return NULL;
}

static struct problem *read_version(struct command *command)
{
    const json_t *version = json_object_get(command->body, "version");
    if (version == NULL || json_is_null(version))
        return NULL;
    if (!json_is_integer(version) || json_integer_value(version) < 0)
        return problem_new(PROBLEM_WRONG_TYPE, "version", "integer", NULL);
    command->version = json_integer_value(version);
    return NULL;
}

/* A hint for several nodes: the stream of an earlier answer. A resend may differ in it. */
static struct problem *read_stream(struct command *command)
{
    const json_t *stream = json_object_get(command->body, "stream");
    bool well =
        stream == NULL || json_is_null(stream) ||
        (json_is_integer(stream) && json_integer_value(stream) >= 0 && json_integer_value(stream) <= STREAM_MAX);
    json_object_del(command->body, "stream");
    return well ? NULL : problem_new(PROBLEM_WRONG_TYPE, "stream", "integer", NULL);
}

int64_t command_claims_us(const json_t *body)
{
    struct uuid id;
    int64_t observed_us = 0, made_us = 0;
    if (uuid_parse(json_get_text(body, "id", ""), &id) && uuid_version(&id) == 7)
        made_us = uuid_time_us(&id);
    g_autofree char *observed = identity_plain(json_get_text(body, "observed_at", ""));
    return datetime_parse(observed, &observed_us) ? MAX(made_us, observed_us) : made_us;
}

struct command *command_parse(json_t *body, int64_t person, int64_t now_us, struct problem **out_problem)
{
    return command_parse_at(body, person, &(struct command_times){.now_us = now_us, .latest_us = now_us}, out_problem);
}

struct command *command_parse_at(json_t *body, int64_t person, const struct command_times *times,
                                 struct problem **out_problem)
{
    if (!json_is_object(body)) {
        json_decref(body);
        *out_problem = problem_new(PROBLEM_NOT_AN_OBJECT, NULL, NULL);
        return NULL;
    }
    AUTO(command) struct command *command = command_new(NULL, ORIGIN_DOOR, person, body);
    command->outside = true;
    const json_t *name = json_object_get(body, "command");
    struct problem *problem = NULL;
    if (name == NULL)
        problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, "command", NULL));
    else if (!json_is_string(name))
        problem_append(&problem, problem_new(PROBLEM_WRONG_TYPE, "command", "text", NULL));
    problem_append(&problem, read_id(command, times));
    problem_append(&problem, read_observed(command, times));
    problem_append(&problem, read_post(command));
    problem_append(&problem, read_version(command));
    problem_append(&problem, read_stream(command));
    if (problem != NULL) {
        *out_problem = problem;
        return NULL;
    }
    command->name = json_string_value(name);
    return g_steal_pointer(&command);
}

static bool stands_in(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

struct problem *command_unknown_members(const struct command *command, const char *const *names)
{
    size_t count = 0;
    while (names != NULL && names[count] != NULL)
        count++;
    struct problem *problem = NULL;
    size_t unknown = 0;
    const char *name;
    json_t *value;
    json_object_foreach(command->body, name, value)
    {
        if (stands_in(name, envelope_members, G_N_ELEMENTS(envelope_members)) || stands_in(name, names, count))
            continue;
        const char *nearest = unknown++ < LIMIT_PROBLEMS ? nearest_name(name, names, count) : NULL;
        problem_append(&problem, problem_new(PROBLEM_UNKNOWN_FIELD, name, nearest != NULL ? nearest : "", NULL));
    }
    return problem;
}
