/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/system.h"

#include "access/adopting.h"
#include "api/endpoint.h"
#include "api/expects.h"
#include "api/kinds.h"
#include "api/machine.h"
#include "api/participants.h"
#include "api/rule_values.h"
#include "api/shape.h"
#include "api/streams.h"
#include "api/summons.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "engine/proposal.h"
#include "outbox/outbox.h"
#include "playbook/form/form.h"
#include "playbook/model/seeing.h"

#include <sodium.h>
#include <string.h>

#define HEADS_MAX 100

/* The bare address names the others. */
void get_front(struct request *request)
{
    respond_json(request, MHD_HTTP_OK,
                 json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "program", "lianfang", "version", LIANFANG_VERSION,
                           "title", request->chinese ? "联防：JSON 接口" : "Lianfang: an API in JSON", "reference",
                           "/api/v1/openapi.json", "log_in", "/api/v1/session", "health", "/healthz"));
}

/* Each a word; docs/operations.md says what to do. */
static json_t *health_causes(struct server *server, bool *out_serves)
{
    json_t *causes = json_array();
    unsigned found = engine_causes(server->engine);
    for (int cause = 0; cause < ENGINE_CAUSE_COUNT; cause++)
        if (found & (1u << cause))
            json_array_append_new(causes, json_string(engine_cause_names[cause]));
    *out_serves = found == 0;
    if (engine_clock_off_us(server->engine) != 0)
        json_array_append_new(causes, json_string("clock_not_believed"));
    if (phones_are_ahead(&server->phones))
        json_array_append_new(causes, json_string("clock_behind_phones"));
    if (server->outbox != NULL && outbox_standing_us(server->outbox) > 0)
        json_array_append_new(causes, json_string("outbox_stands"));
    return causes;
}

/* A held clock is degraded and yet 200: requests are served, and a balancer that took the only server out, or a service
 * manager that restarted it, would make it worse. Monitoring reads `status` or the metrics. */
void get_healthz(struct request *request)
{
    struct engine *engine = request->server->engine;
    bool serves;
    json_t *causes = health_causes(request->server, &serves);
    const char *status = !serves ? "failed" : json_array_size(causes) > 0 ? "degraded" : "ok";
    json_t *body = json_pack("{s:s, s:o, s:s, s:I, s:I}", "status", status, "causes", causes, "version",
                             LIANFANG_VERSION, "durable_pos", (json_int_t)engine_durable_pos(engine), "rows_pos",
                             (json_int_t)engine_rows_pos(engine));
    int64_t off_us = engine_clock_off_us(engine);
    if (off_us != 0)
        json_object_set_new(body, "clock_off_seconds", json_integer(off_us / US_PER_SECOND));
    respond_json(request, serves ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, body);
}

static void metric(GString *text, const char *name, const char *type, const char *help, int64_t value)
{
    g_string_append_printf(text, "# HELP lianfang_%s %s\n# TYPE lianfang_%s %s\nlianfang_%s %" G_GINT64_FORMAT "\n",
                           name, help, name, type, name, value);
}

static void add_machine(GString *text, const struct server *server)
{
    struct machine machine;
    machine_look(engine_data_dir(server->engine), &machine);
    metric(text, "disk_bytes", "gauge", "Size of the data directory's file system.", machine.disk_bytes);
    metric(text, "disk_free_bytes", "gauge", "What of it is free for the program.", machine.disk_free_bytes);
    metric(text, "journal_bytes", "gauge", "Size of journal.db.", machine.journal_bytes);
    metric(text, "rows_bytes", "gauge", "Size of rows.db.", machine.rows_bytes);
    metric(text, "secrets_bytes", "gauge", "Size of secrets.db.", machine.secrets_bytes);
    metric(text, "last_backup_timestamp_seconds", "gauge",
           "When the newest verified backup was made; 0: there is none.", machine.last_backup_us / US_PER_SECOND);
    metric(text, "clock_timestamp_seconds", "gauge", "The time that the program trusts.",
           clock_now_us(server->clock) / US_PER_SECOND);
}

/* ---- of each destination of alerts ---- */

struct outbox_metric {
    const char *name, *type, *help;
    GString *text;
    int64_t now_us;
};

static int64_t outbox_value(const struct outbox_metric *metric, const struct delivery_counts *counts)
{
    const struct {
        const char *name;
        int64_t value;
    } values[] = {
        {"outbox_waiting", counts->waiting},
        {"outbox_oldest_seconds",
         counts->oldest_us > 0 ? MAX(0, metric->now_us - counts->oldest_us) / US_PER_SECOND : 0},
        {"outbox_dead", counts->dead},
        {"outbox_delivered_total", counts->delivered},
        {"outbox_failures_total", counts->failures},
        {"outbox_unneeded_total", counts->unneeded},
        {"outbox_lost_total", counts->lost},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        if (strcmp(values[i].name, metric->name) == 0)
            return values[i].value;
    g_assert_not_reached();
}

static void add_outbox_line(void *context, const char *destination, const struct delivery_counts *counts)
{
    const struct outbox_metric *metric = context;
    g_string_append_printf(metric->text, "lianfang_%s{destination=\"%s\"} %" G_GINT64_FORMAT "\n", metric->name,
                           destination, outbox_value(metric, counts));
}

static void add_outbox(GString *text, const struct server *server)
{
    struct outbox_metric metrics[] = {
        {"outbox_waiting", "gauge", "Alerts that wait to be delivered."},
        {"outbox_oldest_seconds", "gauge", "For how long the oldest of them has waited."},
        {"outbox_dead", "gauge", "Alerts that were given up: lianfang outbox lists them."},
        {"outbox_delivered_total", "counter", "Alerts that the destination has taken."},
        {"outbox_failures_total", "counter", "Tries that came to nothing."},
        {"outbox_unneeded_total", "counter", "Alerts that were seen or done before they were sent."},
        {"outbox_lost_total", "counter", "Alerts given up that gave way to younger ones."},
    };
    for (size_t i = 0; server->outbox != NULL && i < G_N_ELEMENTS(metrics); i++) {
        metrics[i].text = text;
        metrics[i].now_us = clock_now_us(server->clock);
        g_string_append_printf(text, "# HELP lianfang_%s %s\n# TYPE lianfang_%s %s\n", metrics[i].name, metrics[i].help,
                               metrics[i].name, metrics[i].type);
        outbox_counts(server->outbox, add_outbox_line, &metrics[i]);
    }
}

void get_metrics(struct request *request)
{
    struct server *server = request->server;
    struct engine_metrics metrics;
    engine_metrics(server->engine, &metrics);
    GString *text = g_string_new(NULL);
    metric(text, "commands_total", "counter", "Commands decided.", metrics.commands);
    metric(text, "commands_refused_total", "counter", "Commands that the rules refused.", metrics.refused);
    metric(text, "events_total", "counter", "Events appended to the journal.", metrics.events);
    metric(text, "batches_total", "counter", "Batches, each one fsync.", metrics.batches);
    metric(text, "lapses_total", "counter", "Expectations that the clock has handled.", metrics.lapses);
    metric(text, "letters_total", "counter", "Letters between streams.", metrics.letters);
    metric(text, "queue_length", "gauge", "Commands waiting.", metrics.queue_length);
    metric(text, "clock_late_microseconds", "gauge", "How far the clock is behind.", metrics.clock_late_us);
    metric(text, "clock_off_microseconds", "gauge",
           "How far the machine's clock is from the trusted time; if not 0, nothing lapses or is erased.",
           engine_clock_off_us(server->engine));
    metric(text, "clock_holds_total", "counter", "How often the machine's clock was not trusted.", metrics.clock_holds);
    metric(text, "journal_wal_bytes", "gauge", "Write-ahead log of journal.db.", metrics.journal_wal_bytes);
    metric(text, "rows_wal_bytes", "gauge", "Write-ahead log of rows.db.", metrics.rows_wal_bytes);
    metric(text, "secrets_wal_bytes", "gauge", "Write-ahead log of secrets.db.", metrics.secrets_wal_bytes);
    metric(text, "still_microseconds_total", "counter", "Time that the writer paused so that logs could start again.",
           metrics.paused_us);
    add_machine(text, server);
    metric(text, "durable_pos", "gauge", "Position of the last durable event.", engine_durable_pos(server->engine));
    metric(text, "rows_pos", "gauge", "Position that rows.db shows.", engine_rows_pos(server->engine));
    metric(text, "http_requests_total", "counter", "HTTP requests answered.", server->requests);
    metric(text, "http_microseconds_total", "counter", "Time from first header to last byte.", server->microseconds);
    metric(text, "http_streams", "gauge", "Open pages that are told what changes: GET /events.",
           streams_count(server->streams));
    g_string_append(text, "# HELP lianfang_http_answers_total HTTP answers by class of status.\n"
                          "# TYPE lianfang_http_answers_total counter\n");
    for (int class = 2; class <= 5; class ++)
        g_string_append_printf(text, "lianfang_http_answers_total{class=\"%dxx\"} %" G_GINT64_FORMAT "\n", class,
                               (int64_t)server->answers_by_class[class]);
    add_outbox(text, server);
    respond_text(request, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", g_string_free(text, FALSE));
}

static json_t *hex(const uint8_t *bytes, size_t count)
{
    g_autofree char *text = g_malloc(count * 2 + 1);
    return json_string(sodium_bin2hex(text, count * 2 + 1, bytes, count));
}

static json_t *shape_tips(const GArray *tips)
{
    json_t *shape = json_array();
    for (guint i = 0; i < tips->len; i++) {
        const struct journal_tip *tip = &g_array_index(tips, struct journal_tip, i);
        json_array_append_new(shape, json_pack("{s:I, s:I, s:o}", "stream", (json_int_t)tip->stream, "seq",
                                               (json_int_t)tip->seq, "hash", hex(tip->hash, sizeof tip->hash)));
    }
    return shape;
}

void get_heads(struct request *request)
{
    g_autoptr(GArray) heads = journal_heads(request->reader->journal, HEADS_MAX, NULL);
    if (heads == NULL) {
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
        return;
    }
    json_t *rows = json_array();
    for (guint i = 0; i < heads->len; i++) {
        const struct journal_head *head = &g_array_index(heads, struct journal_head, i);
        json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:o, s:o}", "pos", json_id(head->pos), "at",
                                              shape_time(request, head->at_us), "tips", shape_tips(head->tips),
                                              "public_key", hex(head->public_key, JOURNAL_KEY_BYTES), "signature",
                                              hex(head->signature, JOURNAL_SIGNATURE_BYTES)));
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, NULL, 0));
}

/* ---- playbooks ---- */

static json_t *shape_named(const char *name, const struct texts *title)
{
    return json_pack("{s:s, s:o}", "name", name, "title", shape_texts(title));
}

static json_t *shape_roles(const struct role *const *roles, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(names, json_string(roles[i]->name));
    return names;
}

static json_t *shape_ask_again(const struct ask_again *again)
{
    char every[DATETIME_TEXT_MAX] = "once";
    if (again->every_us > 0)
        duration_format(again->every_us, every);
    return json_pack("{s:o, s:s}", "why", shape_texts(&again->why), "every", every);
}

/* What is particular about its values, and who may do what with them. */
static void add_treatment(json_t *shape, const struct field *field)
{
    json_object_set_new(shape, "x-type", json_string(field_types[field->type].name));
    if (field_takes(field, FIELD_KEY_DECIMALS))
        json_object_set_new(shape, "x-decimals", json_integer(field->decimals));
    if (field->personal)
        json_object_set_new(shape, "personal", json_true());
    if (field->list_column)
        json_object_set_new(shape, "list", json_true());
    if (field->clear)
        json_object_set_new(shape, "clear", json_true());
    if (field->clear_reason != NULL)
        json_object_set_new(shape, "clear_reason", json_string(field->clear_reason));
}

json_t *shape_field_def(const struct field *field)
{
    json_t *shape = field_schema(field);
    json_object_set_new(shape, "name", json_string(field->name));
    json_object_set_new(shape, "required", json_boolean(field->required));
    if (field->concept != NULL)
        json_object_set_new(shape, "concept", json_string(field->concept));
    if (field->ask_again.present)
        json_object_set_new(shape, "ask_again", shape_ask_again(&field->ask_again));
    if (field->visible_to_count > 0)
        json_object_set_new(shape, "visible_to", shape_roles(field->visible_to, field->visible_to_count));
    if (field->required_when != NULL)
        json_object_set_new(shape, "required_when", expr_to_json(field->required_when));
    add_treatment(shape, field);
    return shape;
}

json_t *shape_form(const struct form *form)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < form->field_count; i++)
        json_array_append_new(fields, shape_field_def(&form->fields[i]));
    return fields;
}

static json_t *shape_attempts(const struct code_list *attempts)
{
    json_t *codes = json_array();
    for (size_t i = 0; attempts != NULL && i < attempts->code_count; i++)
        json_array_append_new(codes, json_pack("{s:s, s:o}", "code", attempts->codes[i].code, "label",
                                               shape_texts(&attempts->codes[i].label)));
    return codes;
}

static json_t *shape_entry_def(const struct kind *kind, const struct entry_def *entry)
{
    json_t *in = json_array();
    for (size_t i = 0; i < entry->in_count; i++)
        json_array_append_new(in, json_string(entry->in[i]->name));
    json_t *shape =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:b, s:s*}", "name", entry->name, "title", shape_texts(&entry->title),
                  "in", in, "attempts", shape_attempts(entry->attempts), "form", shape_form(&entry->form), "round",
                  entry->round_household, "line", entry->line != NULL ? entry->line->name : NULL);
    entry_add_rules(shape, kind, entry);
    return shape;
}

json_t *shape_state_def(const struct kind *kind, const struct state *state)
{
    json_t *shape = json_pack("{s:s, s:o, s:b, s:b, s:o}", "name", state->name, "title", shape_texts(&state->title),
                              "initial", state->initial, "final", state->final, "expects", shape_expects(kind, state));
    state_add_rules(shape, kind, state);
    return shape;
}

static json_t *shape_external_def(const struct kind *kind)
{
    const struct external_def *external = &kind->external;
    if (!external->present)
        return json_null();
    json_t *of = json_array();
    for (size_t i = 0; i < external->of_count; i++)
        json_array_append_new(of, json_string(external->of[i]->name));
    return json_pack("{s:s, s:s, s:o}", "system", external->system, "field", kind->form.fields[external->field].name,
                     "clock_of", of);
}

static json_t *shape_kind_whole(const struct playbook *playbook, const struct kind *kind)
{
    json_t *states = json_array(), *entries = json_array(), *clauses = json_array();
    for (size_t i = 0; i < kind->state_count; i++)
        json_array_append_new(states, shape_state_def(kind, &kind->states[i]));
    for (size_t i = 0; i < kind->entry_count; i++)
        json_array_append_new(entries, shape_entry_def(kind, &kind->entries[i]));
    for (char **clause = kind->clauses; clause != NULL && *clause != NULL; clause++)
        json_array_append_new(clauses, json_string(*clause));
    json_t *shape = json_pack("{s:s, s:o, s:o, s:b, s:o, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", kind->name,
                              "title", shape_texts(&kind->title), "clauses", clauses, "about_person",
                              kind->about == ABOUT_PERSON, "purpose", shape_texts(&kind->purpose), "lawful_basis",
                              kind->lawful_basis, "opened_by", shape_roles(kind->opened_by, kind->opened_by_count),
                              "proposed_by", shape_roles(kind->proposed_by, kind->proposed_by_count), "form",
                              shape_form(&kind->form), "states", states, "entries", entries, "external",
                              shape_external_def(kind), "participants", shape_participant_sets(kind));
    kind_add_rules(shape, kind);
    json_object_set_new(shape, "playbook", json_id(playbook->id));
    json_object_set_new(shape, "rules", shape_rules_read(shape, playbook));
    return shape;
}

/* The playbook in force, or that of ?version= (an id as matters name it). False when the request has been
 * answered. */
static const struct playbook *take_playbook(struct request *request)
{
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    int64_t id = 0;
    if (!request_query_integer(request, "version", 1, INT64_MAX, &id))
        return NULL;
    const struct playbook *playbook = id != 0 ? rulebook_get(rulebook, id) : rulebook_current(rulebook);
    if (playbook == NULL)
        respond_refused(request, PROBLEM_NO_PLAYBOOK, NULL);
    return playbook;
}

/* With what its holders may do besides matters, and the types of units that may be its grounds. */
static json_t *shape_role(const struct role *role)
{
    const struct {
        bool has;
        const char *name;
    } rights[] = {{role->registers_people, "persons"},
                  {role->keeps_registry, "registry"},
                  {role->keeps_accounts, "accounts"},
                  {role->adopts, "playbook"},
                  {role->supervises, "audit"}};
    json_t *shape = shape_named(role->name, &role->title), *may = json_array(), *grounds = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++)
        if (rights[i].has)
            json_array_append_new(may, json_string(rights[i].name));
    for (size_t i = 0; i < role->ground_count; i++)
        json_array_append_new(grounds, json_string(role->grounds[i]->name));
    json_object_set_new(shape, "may", may);
    json_object_set_new(shape, "grounds", grounds);
    return shape;
}

/* One of the viewer's roles sees matters of the kind, whatever its grounds. */
static bool role_sees(const struct request *request, const struct playbook *playbook, const struct kind *kind)
{
    struct role_names roles;
    bool found = false;
    roles_seeing(playbook, kind, &roles);
    for (guint i = 0; i < request->viewer.posts->len && !found; i++)
        found = roles_have(&roles, g_array_index(request->viewer.posts, struct post, i).role);
    return found;
}

/* With `handler` and `summons` for those who see matters of the kind, so that a page knows whose desk has them. */
static json_t *shape_kind_name(const struct request *request, const struct playbook *playbook, const struct kind *kind)
{
    json_t *shape = shape_named(kind->name, &kind->title);
    const char *handler = kind_handler(kind);
    g_autoptr(json_t) summons = shape_summons(kind);
    if ((handler == NULL && summons == NULL) || !role_sees(request, playbook, kind))
        return shape;
    if (handler != NULL)
        json_object_set_new(shape, "handler", json_string(handler));
    if (summons != NULL)
        json_object_set(shape, "summons", summons);
    return shape;
}

void get_playbook(struct request *request)
{
    const struct playbook *playbook = take_playbook(request);
    if (playbook == NULL)
        return;
    json_t *kinds = json_array(), *roles = json_array(), *types = json_array(), *documents = json_array();
    json_t *clauses = json_array();
    size_t document_count;
    const struct identity_type *identity = playbook_identity_types(playbook, &document_count);
    for (size_t i = 0; i < document_count; i++)
        json_array_append_new(documents, shape_named(identity[i].name, &identity[i].title));
    for (size_t i = 0; i < playbook->kind_count; i++)
        json_array_append_new(kinds, shape_kind_name(request, playbook, &playbook->kinds[i]));
    for (size_t i = 0; i < playbook->clause_count; i++) {
        const struct clause *clause = &playbook->clauses[i];
        json_array_append_new(
            clauses, json_pack("{s:s, s:s, s:s}", "id", clause->id, "zh", clause->title.zh, "en", clause->title.en));
    }
    for (size_t i = 0; i < playbook->role_count; i++)
        json_array_append_new(roles, shape_role(&playbook->roles[i]));
    for (size_t i = 0; i < playbook->unit_type_count; i++)
        json_array_append_new(types, shape_named(playbook->unit_types[i].name, &playbook->unit_types[i].title));
    respond_json(request, MHD_HTTP_OK,
                 json_pack("{s:o, s:s, s:i, s:b, s:o, s:s?, s:o, s:o, s:o, s:o, s:o}", "id", json_id(playbook->id),
                           "name", playbook->name, "version", playbook->version, "drill",
                           registry_is_drill(request->reader->rows), "title", shape_texts(&playbook->title),
                           "time_zone", playbook->zone_name, "identity", documents, "unit_types", types, "roles", roles,
                           "kinds", kinds, "clauses", clauses));
}

void get_playbooks(struct request *request)
{
    const struct playbook *current = rulebook_current(engine_rulebook(request->server->engine));
    int64_t before = INT64_MAX;
    int limit;
    bool has_cursor;
    if (!request_page(request, &limit, &before, 1, &has_cursor))
        return;
    json_t *data = json_array();
    g_autoptr(GArray) versions = playbook_versions(request->reader->rows, before, limit + 1);
    for (guint i = 0; i < versions->len && i < (guint)limit; i++) {
        const struct playbook_version *one = &g_array_index(versions, struct playbook_version, i);
        json_array_append_new(data, json_pack("{s:o, s:s, s:I, s:o, s:b}", "id", json_id(one->id), "name", one->name,
                                              "version", (json_int_t)one->version, "adopted_at",
                                              shape_time(request, one->adopted_us), "in_force",
                                              current != NULL && current->id == one->id));
        before = one->id;
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, data, versions->len > (guint)limit ? &before : NULL, 1));
}

/* ---- versions that wait for a second person ---- */

static bool agrees_to_playbooks(struct request *request)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    static const enum registry_right rights[] = {RIGHT_PLAYBOOK, RIGHT_AUDIT};
    for (size_t i = 0; playbook != NULL && i < G_N_ELEMENTS(rights); i++)
        if (registry_has_right(request->reader->rows, playbook, request->session.person, rights[i], REGISTRY_ROOT,
                               request->now_us))
            return true;
    respond_refused(request, PROBLEM_NO_RIGHT, NULL, "playbook, audit");
    return false;
}

/* A proposal ends when its proposer may no longer adopt. */
static bool is_still_proposed(struct request *request, const struct playbook_proposal *proposal)
{
    return access_adopts(request->reader->rows, rulebook_current(engine_rulebook(request->server->engine)),
                         proposal->by, request->now_us);
}

static json_t *shape_proposed(struct request *request, const struct playbook_proposal *proposal)
{
    return json_pack("{s:s, s:s, s:I, s:o, s:s, s:o, s:o, s:O, s:I}", "digest", proposal->digest, "name",
                     proposal->name, "version", (json_int_t)proposal->version, "by",
                     shape_person(request, proposal->by, true, false), "role", proposal->role, "at",
                     shape_time(request, proposal->at_us), "until", shape_time(request, proposal->until_us), "widens",
                     proposal->widens, "widens_count", (json_int_t)proposal->widens_count);
}

void get_proposed_playbooks(struct request *request)
{
    int64_t after = 0;
    int limit;
    bool has_cursor, more = false;
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !agrees_to_playbooks(request))
        return;
    json_t *rows = json_array();
    for (guint read = LIMIT_PAGE_ROWS, at = 0; read == LIMIT_PAGE_ROWS && !more; at = 0) {
        g_autoptr(GArray) proposals =
            playbook_proposals(request->reader->rows, request->now_us, after, LIMIT_PAGE_ROWS);
        read = proposals->len;
        for (; at < read && !more; at++) {
            const struct playbook_proposal *proposal = &g_array_index(proposals, struct playbook_proposal, at);
            bool shown = is_still_proposed(request, proposal);
            more = shown && json_array_size(rows) == (size_t)limit;
            if (shown && !more)
                json_array_append_new(rows, shape_proposed(request, proposal));
            after = more ? after : proposal->place;
        }
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &after : NULL, 1));
}

/* With its files, so that the second person can read what is agreed to. */
void get_proposed_playbook(struct request *request)
{
    AUTO(playbook_proposal) struct playbook_proposal proposal = {0};
    if (!agrees_to_playbooks(request))
        return;
    if (!playbook_proposal_find(request->reader->rows, request->params[0], request->now_us, &proposal) ||
        !is_still_proposed(request, &proposal)) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个提议" : "proposal");
        return;
    }
    json_t *shape = shape_proposed(request, &proposal);
    json_object_set_new(shape, "files", playbook_proposal_files(request->reader->rows, proposal.digest));
    respond_json(request, MHD_HTTP_OK, shape);
}

void get_kind(struct request *request)
{
    const struct playbook *playbook = take_playbook(request);
    if (playbook == NULL)
        return;
    const struct kind *kind = playbook_find_kind(playbook, request->params[0]);
    if (kind == NULL)
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这种事项" : "kind");
    else
        respond_json(request, MHD_HTTP_OK, shape_kind_whole(playbook, kind));
}

/* Or every person may open one as its subject. */
static bool concerns(const struct request *request, const struct playbook *playbook, const struct kind *kind)
{
    return kind->opened_by_subject || role_sees(request, playbook, kind);
}

static json_t *shape_kind_fields(const struct form *form)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        json_array_append_new(fields, json_pack("{s:s, s:s, s:o, s:b, s:b}", "name", field->name, "type",
                                                field_types[field->type].name, "label", shape_texts(&field->label),
                                                "required", field->required, "list", field->list_column));
    }
    return fields;
}

/* What a page needs to lay a matter of the kind out: its parts by name and title. GET /kinds/{kind} has the whole. */
static json_t *shape_kind_row(const struct kind *kind)
{
    json_t *states = json_array(), *entries = json_array();
    for (size_t i = 0; i < kind->state_count; i++)
        json_array_append_new(states, shape_named(kind->states[i].name, &kind->states[i].title));
    for (size_t i = 0; i < kind->entry_count; i++)
        json_array_append_new(entries, shape_named(kind->entries[i].name, &kind->entries[i].title));
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", kind->name, "title", shape_texts(&kind->title), "fields",
                     shape_kind_fields(&kind->form), "states", states, "entries", entries);
}

void get_kinds(struct request *request)
{
    const struct playbook *playbook = take_playbook(request);
    if (playbook == NULL)
        return;
    json_t *rows = json_array();
    for (size_t i = 0; i < playbook->kind_count; i++)
        if (concerns(request, playbook, &playbook->kinds[i]))
            json_array_append_new(rows, shape_kind_row(&playbook->kinds[i]));
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, NULL, 0));
}
