/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/submit.h"

#include "api/endpoint.h"
#include "api/heavy.h"
#include "base/limits.h"
#include "engine/attachments.h"
#include "matter/matter.h"

#include <string.h>

struct item {
    json_t *answer; /* accepted */
    json_t *problem;
    struct problem *alone; /* of a single command: answered with headers of its own */
    int status;
    int64_t pos;
};

struct submission {
    struct request *request;
    struct item *items;
    size_t count;
    _Atomic int left; /* items without an answer yet, and one for the submitting thread */
    bool batch;
    json_t *told;           /* what an accepted command's answer has besides; NULL none */
    json_t *made;           /* of a file: the answer in place of the engine's; it holds the file's hash */
    int64_t made_stream;    /* below which the file lies */
    bool turned_away;       /* never queued */
    struct command *sought; /* a reader looks for it first */
};

struct pending_item { /* the context of engine_submit() */
    struct submission *submission;
    size_t index;
};

/* Removes the file of a refused command at once; where the outcome is unknown, the sweep does. */
static void drop_refused_file(const struct submission *submission)
{
    int status = submission->items[0].status;
    if (submission->made != NULL && status >= MHD_HTTP_BAD_REQUEST &&
        (submission->turned_away || status < MHD_HTTP_INTERNAL_SERVER_ERROR))
        attachment_remove(engine_data_dir(submission->request->server->engine), submission->made_stream,
                          json_get_text(submission->made, "hash", ""));
}

static void submission_free(void *work)
{
    struct submission *submission = work;
    drop_refused_file(submission); /* also when the client has disconnected */
    for (size_t i = 0; i < submission->count; i++) {
        json_decref(submission->items[i].answer);
        json_decref(submission->items[i].problem);
        problem_free(submission->items[i].alone);
    }
    json_decref(submission->made);
    json_decref(submission->told);
    command_free(submission->sought);
    g_free(submission->items);
    g_free(submission);
}

static void one_less(struct submission *submission)
{
    struct request *request = submission->request;
    if (--submission->left == 0)
        request_wake(request);
}

static struct problem *problem_copy_chain(const struct problem *problem)
{
    struct problem *copy = NULL;
    for (; problem != NULL; problem = problem->next) {
        struct problem *one = problem_new(problem->code, problem->field, NULL);
        for (int i = 0; i < PROBLEM_ARGS_MAX; i++)
            one->args[i] = g_strdup(problem->args[i]);
        problem_append(&copy, one);
    }
    return copy;
}

static void keep_problem(struct submission *submission, struct item *item, const struct problem *problem)
{
    item->status = problem_texts[problem->code].http_status;
    if (submission->batch)
        item->problem = problem_document(submission->request, problem);
    else
        item->alone = problem_copy_chain(problem);
}

static void on_decided(void *context, const struct answer *answer)
{
    struct pending_item *pending = context;
    struct submission *submission = pending->submission;
    struct item *item = &submission->items[pending->index];
    if (answer->problem != NULL) {
        keep_problem(submission, item, answer->problem);
    } else {
        item->answer = json_incref(answer->body);
        item->status = answer->repeated ? MHD_HTTP_OK : MHD_HTTP_CREATED;
        item->pos = answer->pos;
    }
    g_free(pending);
    one_less(submission);
}

/* That it came by a resident's link is said by that link alone. */
static struct problem *channel_problem(const struct request *request, const json_t *body)
{
    if (request->by_link || strcmp(json_get_text(body, "channel", ""), "link") != 0)
        return NULL;
    return problem_new(PROBLEM_NOT_IN_LIST, "channel", "channel", "door, phone, wechat, paper, device", NULL);
}

/* NULL with the problem; a door's commands are looked at before they are queued. */
static struct command *read_command(struct request *request, json_t *body, struct problem **out_problem)
{
    struct command_times times = phones_times(&request->server->phones, request->server->clock, request->session.person,
                                              command_claims_us(body));
    AUTO(command)
    struct command *command = command_parse_at(body, request->session.person, &times, out_problem);
    if (command != NULL) {
        command->request = request->number;
        *out_problem = command_shape_problem(engine_areas(request->server->engine), command);
        if (*out_problem == NULL)
            *out_problem = channel_problem(request, command->body);
    }
    return *out_problem == NULL ? g_steal_pointer(&command) : NULL;
}

static void refuse_item(struct submission *submission, size_t index, const struct problem *problem)
{
    keep_problem(submission, &submission->items[index], problem);
    one_less(submission);
}

/* Takes the command. False when the queue takes no more: later ones of the batch must not overtake it. */
static bool queue_item(struct submission *submission, size_t index, struct command *command)
{
    AUTO(problem) struct problem *problem = NULL;
    struct pending_item *pending = g_new(struct pending_item, 1);
    *pending = (struct pending_item){submission, index};
    command->of_batch = submission->batch;
    if (engine_submit(submission->request->server->engine, command, on_decided, pending, &problem))
        return true;
    command_free(command);
    g_free(pending);
    refuse_item(submission, index, problem);
    return problem_texts[problem->code].http_status != MHD_HTTP_SERVICE_UNAVAILABLE;
}

static bool submit_item(struct submission *submission, size_t index, json_t *body)
{
    AUTO(problem) struct problem *problem = NULL;
    struct command *command = read_command(submission->request, body, &problem);
    if (command != NULL)
        return queue_item(submission, index, command);
    refuse_item(submission, index, problem);
    return true;
}

/* ---- searches that a reader does before the command is queued ---- */

static void look_in_snapshot(struct request *request)
{
    struct submission *submission = request->work;
    submission->sought->found =
        matter_outage_look(submission->sought, engine_areas(request->server->engine), request->reader->rows,
                           request->reader->vault, engine_rulebook(request->server->engine), request->now_us);
}

static void look(void *context, struct reader *reader)
{
    struct submission *submission = context;
    struct request *request = submission->request;
    request->reader = reader;
    if (reader == NULL)
        return;
    if (!engine_wait_rows(request->server->engine, engine_durable_pos(request->server->engine), LIMIT_READ_WAIT_US))
        return;
    if (!server_read(request, look_in_snapshot) && submission->sought->found != NULL)
        g_clear_pointer(&submission->sought->found, g_array_unref);
}

static void queue_sought(void *context)
{
    struct submission *submission = context;
    if (submission->sought->found != NULL) {
        queue_item(submission, 0, g_steal_pointer(&submission->sought));
    } else {
        AUTO(problem) struct problem *problem = problem_new(PROBLEM_QUEUE_FULL, NULL, NULL);
        refuse_item(submission, 0, problem);
    }
}

static void submit_sought(struct submission *submission, struct command *command)
{
    AUTO(problem) struct problem *problem = NULL;
    struct request *request = submission->request;
    const struct heavy_job job = {
        .account = request->session.account,
        .size = HEAVY_LONG,
        .fd = MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
        .run = look,
        .done = queue_sought,
        .context = submission};
    submission->sought = command;
    if (!heavy_submit(request->server->heavy, &job, &problem))
        refuse_item(submission, 0, problem);
}

static void turn_away(struct submission *submission, size_t index)
{
    AUTO(problem) struct problem *problem = problem_new(PROBLEM_QUEUE_FULL, NULL, NULL);
    keep_problem(submission, &submission->items[index], problem);
    one_less(submission);
}

static void note_positions(struct submission *submission)
{
    struct request *request = submission->request;
    int64_t last = 0;
    for (size_t i = 0; i < submission->count; i++)
        last = MAX(last, submission->items[i].pos);
    if (last > 0)
        server_note_written(request->server, request->session.person, last);
}

/* The engine's answer is shared: a copy has the rest. */
static void respond_told(struct request *request, const struct item *item, json_t *told)
{
    json_t *answer = json_copy(item->answer);
    json_object_update(answer, told);
    respond_json(request, item->status, answer);
}

static void answer_single(struct request *request)
{
    struct submission *submission = request->work;
    struct item *item = &submission->items[0];
    note_positions(submission);
    drop_refused_file(submission);
    if (item->alone != NULL)
        respond_problem(request, g_steal_pointer(&item->alone));
    else if (submission->made != NULL)
        respond_json(request, MHD_HTTP_CREATED, g_steal_pointer(&submission->made));
    else if (submission->told != NULL)
        respond_told(request, item, submission->told);
    else
        respond_json(request, item->status, g_steal_pointer(&item->answer));
}

static void answer_batch(struct request *request)
{
    struct submission *submission = request->work;
    note_positions(submission);
    json_t *items = json_array();
    for (size_t i = 0; i < submission->count; i++) {
        struct item *item = &submission->items[i];
        json_t *row = json_pack("{s:i}", "status", item->status);
        if (item->answer != NULL)
            json_object_set(row, "answer", item->answer);
        else
            json_object_set(row, "problem", item->problem);
        json_array_append_new(items, row);
    }
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o}", "items", items));
}

static struct submission *submission_new(struct request *request, size_t count, bool batch)
{
    struct submission *submission = g_new0(struct submission, 1);
    submission->request = request;
    submission->items = g_new0(struct item, count);
    submission->count = count;
    submission->left = (int)count + 1;
    submission->batch = batch;
    return submission;
}

void submit_telling(struct request *request, json_t *body, json_t *told)
{
    struct submission *submission = submission_new(request, 1, false);
    submission->told = told;
    request_sleep(request, answer_single, submission, submission_free);
    AUTO(problem) struct problem *problem = NULL;
    struct command *command = read_command(request, body, &problem);
    if (command == NULL)
        refuse_item(submission, 0, problem);
    else if (matter_outage_is_asked(command->body))
        submit_sought(submission, command);
    else
        queue_item(submission, 0, command);
    one_less(submission);
}

static void submit_single(struct request *request, json_t *body)
{
    submit_telling(request, body, NULL);
}

void submit_file(struct request *request, struct command *command, json_t *made, int64_t stream)
{
    AUTO(problem) struct problem *problem = NULL;
    struct submission *submission = submission_new(request, 1, false);
    struct pending_item *pending = g_new(struct pending_item, 1);
    submission->made = made;
    submission->made_stream = stream;
    *pending = (struct pending_item){submission, 0};
    request_sleep(request, answer_single, submission, submission_free);
    if (!engine_submit(request->server->engine, command, on_decided, pending, &problem)) {
        submission->turned_away = true;
        command_free(command);
        g_free(pending);
        keep_problem(submission, &submission->items[0], problem);
        one_less(submission);
    }
    one_less(submission);
}

/* What a command holds of what could have been sent one by one: the rows of a round, the expectations of an excuse. */
static double things_in(const json_t *body)
{
    const char *name;
    json_t *member;
    size_t most = 1;
    json_object_foreach((json_t *)body, name, member) if (json_is_array(member)) most =
        MAX(most, json_array_size(member));
    return (double)most;
}

/* An account pays for a batch as for its commands sent one by one; the request itself is paid. */
static double items_of(const json_t *items)
{
    double count = 0;
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)items, index, item) count += things_in(item);
    return count;
}

/* A link's token is told to whoever gives it, by its own address alone: elsewhere the link would be nobody's. False: it
 * was refused. */
static bool may_come_here(struct request *request, const json_t *body, const char *field)
{
    if (strcmp(json_get_text(body, "command", ""), "give_resident_link") != 0)
        return true;
    respond_refused(request, PROBLEM_OTHER_ADDRESS, field, "/api/v1/matters/…/resident-links");
    return false;
}

void post_command(struct request *request)
{
    json_t *body = request_json(request);
    if (body == NULL)
        return;
    if (may_come_here(request, body, "command") && request_pays(request, things_in(body) - 1))
        submit_single(request, body);
    else
        json_decref(body);
}

void submit_command_route(struct request *request)
{
    g_autoptr(json_t) body = request_json(request);
    if (body == NULL)
        return;
    const struct endpoint *endpoint = request->endpoint;
    if (json_object_get(body, "command") != NULL) {
        respond_refused(request, PROBLEM_UNKNOWN_FIELD, "command", "");
        return;
    }
    json_object_set_new(body, "command", json_string(endpoint->command));
    if (endpoint->path_member != NULL) {
        if (json_object_get(body, endpoint->path_member) != NULL) {
            respond_refused(request, PROBLEM_DUPLICATE_KEY, endpoint->path_member);
            return;
        }
        json_object_set_new(body, endpoint->path_member, json_string(request->params[0]));
    }
    if (request_pays(request, things_in(body) - 1))
        submit_single(request, g_steal_pointer(&body));
}

/* The first item that a reader would have to look for, -1 none. */
static ssize_t sought_in(const json_t *items)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)items, index, item) if (matter_outage_is_asked(item)) return (ssize_t)index;
    return -1;
}

static bool may_all_come_here(struct request *request, const json_t *items)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)items, index, item)
    {
        g_autofree char *field = g_strdup_printf("items[%zu].command", index);
        if (!may_come_here(request, item, field))
            return false;
    }
    return true;
}

void post_batch(struct request *request)
{
    static const char *const names[] = {"items"};
    if (engine_is_crowded(request->server->engine)) { /* before its body is parsed, so that single commands wait less */
        respond_refused(request, PROBLEM_QUEUE_FULL, NULL);
        return;
    }
    g_autoptr(json_t) body = request_json(request);
    if (body == NULL || !request_only_members(request, body, names, G_N_ELEMENTS(names)))
        return;
    json_t *items = json_object_get(body, "items");
    ssize_t sought = sought_in(items);
    if (items == NULL) {
        respond_refused(request, PROBLEM_MISSING_FIELD, "items");
    } else if (!json_is_array(items)) {
        respond_refused(request, PROBLEM_WRONG_TYPE, "items", "array");
    } else if (json_array_size(items) == 0) {
        respond_refused(request, PROBLEM_NOTHING_ENTERED, "items");
    } else if (json_array_size(items) > LIMIT_BATCH_ITEMS) {
        respond_refused(request, PROBLEM_TOO_MANY_ITEMS, "items", G_STRINGIFY(LIMIT_BATCH_ITEMS));
    } else if (sought >= 0) {
        g_autofree char *field = g_strdup_printf("items[%zd].command", sought);
        respond_refused(request, PROBLEM_ONLY_ALONE, field);
    } else if (may_all_come_here(request, items) && request_pays(request, items_of(items) - 1)) {
        struct submission *submission = submission_new(request, json_array_size(items), true);
        request_sleep(request, answer_batch, submission, submission_free);
        bool taking = true;
        for (size_t i = 0; i < submission->count; i++) {
            if (taking)
                taking = submit_item(submission, i, json_incref(json_array_get(items, i)));
            else
                turn_away(submission, i);
        }
        one_less(submission);
    }
}

static void nobody_waits(void *context, const struct answer *answer)
{
}

static void submit_own(struct request *request, const char *name, json_t *body /* taken */)
{
    struct command *command = command_new(name, ORIGIN_PROGRAM, request->session.person, body);
    uuid_make(request->now_us, &command->id);
    AUTO(problem) struct problem *problem = NULL;
    if (!engine_submit(request->server->engine, command, nobody_waits, NULL, &problem))
        command_free(command);
}

void submit_seen(struct request *request, const struct uuid *matter)
{
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(matter, uuid);
    submit_own(request, "see_matter", json_pack("{s:s}", "matter", uuid));
}
