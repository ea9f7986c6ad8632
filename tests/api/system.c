/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program says about itself: reference, health, metrics, heads, playbooks, logs; and TLS. */
#include "areas/areas.h"
#include "rig.h"

#include "api/certificate.h"
#include "api/endpoint.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static struct rig *rig;

/* ---- the reference ---- */

static void every_reference_leads_somewhere(const json_t *document, const json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    if (json_is_array(value)) {
        json_array_foreach(value, i, member) every_reference_leads_somewhere(document, member);
        return;
    }
    json_object_foreach((json_t *)value, name, member)
    {
        if (strcmp(name, "$ref") != 0 || !json_is_string(member)) {
            every_reference_leads_somewhere(document, member);
            continue;
        }
        const char *target = json_string_value(member);
        g_assert_true(g_str_has_prefix(target, "#/components/schemas/"));
        const json_t *schemas = json_at(document, "components.schemas");
        if (json_object_get(schemas, target + strlen("#/components/schemas/")) == NULL)
            g_error("%s leads nowhere", target);
    }
}

static const struct command_kind *command_of(const char *name)
{
    for (const struct area *const *area = lianfang_areas; *area != NULL; area++)
        for (const struct command_kind *kind = (*area)->commands; kind != NULL && kind->name != NULL; kind++)
            if (strcmp(kind->name, name) == 0)
                return kind;
    g_error("no command %s", name);
}

static void check_operation(const json_t *document, const struct endpoint *endpoint)
{
    g_autofree char *method = g_ascii_strdown(endpoint->method, -1);
    const json_t *operation =
        json_object_get(json_object_get(json_object_get(document, "paths"), endpoint->path), method);
    g_test_message("%s %s", endpoint->method, endpoint->path);
    g_assert_nonnull(operation);
    g_assert_true(endpoint->zh != NULL && endpoint->en != NULL);
    g_assert_nonnull(strstr(json_at_text(operation, "summary"), endpoint->en));
    g_assert_cmpint(json_array_size(json_at(operation, "security")) == 0, ==, endpoint->open);
    int in_path = 0, braces = 0;
    size_t i;
    json_t *parameter;
    json_array_foreach(json_at(operation, "parameters"), i, parameter) in_path +=
        strcmp(json_at_text(parameter, "in"), "path") == 0;
    for (const char *at = endpoint->path; *at != '\0'; at++)
        braces += *at == '{';
    g_assert_cmpint(in_path, ==, braces);
    if (endpoint->command == NULL)
        return;
    const struct command_kind *kind = command_of(endpoint->command);
    const json_t *content = json_object_get(json_at(operation, "requestBody.content"), "application/json");
    const json_t *properties = json_at(content, "schema.properties");
    g_assert_nonnull(properties);
    for (const char *const *member = kind->members; *member != NULL; member++)
        g_assert_cmpint(json_object_get(properties, *member) != NULL, ==,
                        g_strcmp0(*member, endpoint->path_member) != 0);
}

static void reference(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/api/v1/openapi.json");
    reply_is(&reply, 200, NULL);
    g_assert_cmpstr(reply_text(&reply, "openapi"), ==, "3.1.0");
    every_reference_leads_somewhere(reply.json, reply.json);
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < endpoint_count; i++) {
        check_operation(reply.json, &endpoints[i]);
        g_autofree char *method = g_ascii_strdown(endpoints[i].method, -1);
        const json_t *path = json_object_get(json_at(reply.json, "paths"), endpoints[i].path);
        g_assert_true(g_hash_table_add(ids, (gpointer)json_at_text(json_object_get(path, method), "operationId")));
    }
    for (const struct area *const *area = lianfang_areas; *area != NULL; area++)
        for (const struct command_kind *kind = (*area)->commands; kind != NULL && kind->name != NULL; kind++) {
            g_autofree char *name = g_strdup_printf("command.%s", kind->name);
            g_assert_cmpint(json_object_get(json_at(reply.json, "components.schemas"), name) != NULL, ==,
                            !kind->by_clock);
        }
    const json_t *form = json_object_get(json_at(reply.json, "components.schemas"), "form.home_observation");
    g_assert_nonnull(json_at(form, "properties.last_exposure"));
    const json_t *entry = json_object_get(json_at(reply.json, "components.schemas"), "entry.home_observation.check_in");
    g_assert_nonnull(json_at(entry, "properties.temperature"));
}

/* The table is sorted as its header says, and every row can be reached. */
static void table(void)
{
    for (size_t i = 0; i < endpoint_count; i++) {
        g_assert_cmpint(endpoints[i].handle == NULL, ==, endpoints[i].command != NULL);
        if (i == 0)
            continue;
        int order = strcmp(endpoints[i - 1].path, endpoints[i].path);
        g_test_message("%s %s", endpoints[i].method, endpoints[i].path);
        g_assert_true(order < 0 || (order == 0 && strcmp(endpoints[i - 1].method, endpoints[i].method) < 0));
    }
}

/* ---- health and metrics ---- */

static void health(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/healthz");
    reply_is(&reply, 200, NULL);
    g_assert_cmpstr(reply_text(&reply, "status"), ==, "ok");
    g_assert_cmpint(json_array_size(json_at(reply.json, "causes")), ==, 0);
    g_assert_cmpint(json_integer_value(json_at(reply.json, "durable_pos")), ==,
                    json_integer_value(json_at(reply.json, "rows_pos")));
}

/* A clock that is not believed: everybody is served, and whoever watches is told. */
static void health_of_a_held_clock(void)
{
    clock_watch_manual(&rig->clock);
    clock_shift(&rig->clock, 2 * US_PER_DAY);
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/healthz");
    AUTO(reply) struct reply read = rig_get(rig, "wang", "/api/v1/me");
    AUTO(reply) struct reply metrics = rig_get(rig, NULL, "/metrics");
    clock_shift(&rig->clock, -2 * US_PER_DAY);
    AUTO(reply) struct reply after = rig_get(rig, NULL, "/healthz");
    reply_is(&reply, 200, NULL);
    g_assert_cmpstr(reply_text(&reply, "status"), ==, "degraded");
    g_assert_cmpstr(reply_text(&reply, "causes.0"), ==, "clock_not_believed");
    g_assert_cmpint(json_integer_value(json_at(reply.json, "clock_off_seconds")), ==, 2 * 86400);
    g_assert_nonnull(strstr(metrics.text->str, "\nlianfang_clock_off_microseconds 172800000000\n"));
    reply_is(&read, 200, NULL); /* sessions do not end by it */
    g_assert_cmpstr(reply_text(&after, "status"), ==, "ok");
}

/* Every address that the front page names answers. */
static void front(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/");
    reply_is(&reply, 200, NULL);
    static const char *const named[] = {"reference", "health"};
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        AUTO(reply) struct reply there = rig_get(rig, NULL, reply_text(&reply, named[i]));
        reply_is(&there, 200, NULL);
    }
}

static int64_t metric_of(const char *name)
{
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/metrics");
    g_autofree char *start = g_strdup_printf("\nlianfang_%s ", name);
    const char *found = strstr(reply.text->str, start);
    if (found == NULL)
        g_error("no metric %s", name);
    return g_ascii_strtoll(found + strlen(start), NULL, 10);
}

/* The disk, the files and the last backup, as they are. */
static void metrics_of_the_machine(void)
{
    static const char *const files[] = {"journal", "rows", "secrets"};
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strconcat(files[i], ".db", NULL), *metric = g_strconcat(files[i], "_bytes", NULL);
        g_autofree char *path = g_build_filename(rig->data, name, NULL);
        GStatBuf about;
        g_assert_cmpint(g_stat(path, &about), ==, 0);
        g_assert_cmpint(metric_of(metric), ==, about.st_size);
    }
    g_assert_cmpint(metric_of("disk_free_bytes"), >, 0);
    g_assert_cmpint(metric_of("disk_bytes"), >=, metric_of("disk_free_bytes"));
    g_assert_cmpint(metric_of("clock_timestamp_seconds"), ==, clock_now_us(&rig->clock) / US_PER_SECOND);
    g_assert_cmpint(metric_of("last_backup_timestamp_seconds"), ==, 0);
    g_assert_true(data_note_backup(rig->data, RIG_NOW_US, &error));
    g_assert_no_error(error);
    g_assert_cmpint(metric_of("last_backup_timestamp_seconds"), ==, RIG_NOW_US / US_PER_SECOND);
}

static void metrics(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/metrics");
    reply_is(&reply, 200, NULL);
    g_assert_nonnull(strstr(reply_header(&reply, "content-type"), "version=0.0.4"));
    g_auto(GStrv) lines = g_strsplit(reply.text->str, "\n", -1);
    g_autoptr(GRegex) sample = g_regex_new("^[a-z_]+(\\{[a-z]+=\"[^\"]*\"\\})? -?[0-9]+$", 0, 0, NULL);
    g_autoptr(GRegex) comment = g_regex_new("^# (HELP|TYPE) lianfang_[a-z_]+ .+$", 0, 0, NULL);
    int samples = 0;
    for (char **line = lines; *line != NULL; line++) {
        bool is_sample = g_regex_match(sample, *line, 0, NULL);
        samples += is_sample;
        if (!is_sample && !g_regex_match(comment, *line, 0, NULL))
            g_assert_cmpstr(*line, ==, "");
    }
    g_assert_cmpint(samples, >, 15);
    g_assert_nonnull(strstr(reply.text->str, "\nlianfang_http_answers_total{class=\"2xx\"} "));
}

static void heads(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/api/v1/journal/heads");
    reply_is(&reply, 200, NULL);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply.json, "data"), i, row)
    {
        size_t stream;
        json_t *tip;
        g_assert_cmpuint(strlen(json_at_text(row, "signature")), ==, 128);
        g_assert_cmpuint(json_array_size(json_at(row, "tips")), >, 0);
        json_array_foreach(json_at(row, "tips"), stream, tip)
        {
            g_assert_cmpint(json_get_integer(tip, "stream", -1), ==, (json_int_t)stream); /* all of them, in order */
            g_assert_cmpint(json_get_integer(tip, "seq", 0), >, 0);
            g_assert_cmpuint(strlen(json_at_text(tip, "hash")), ==, 64);
        }
    }
}

static void playbooks(void)
{
    AUTO(reply) struct reply all = rig_get(rig, "wang", "/api/v1/playbooks");
    g_assert_true(json_is_true(json_at(all.json, "data.0.in_force")));
    AUTO(reply) struct reply current = rig_get(rig, "wang", "/api/v1/playbook");
    g_assert_cmpstr(reply_text(&current, "name"), ==, "doors");
    g_assert_cmpstr(reply_text(&current, "roles.0.name"), ==, "grid_worker");
    g_assert_cmpstr(reply_text(&current, "roles.0.may.0"), ==, "persons");
    g_assert_cmpuint(json_array_size(json_at(current.json, "roles.0.may")), ==, 1);
    g_assert_cmpstr(reply_text(&current, "roles.0.grounds.0"), ==, "grid");
    g_assert_cmpuint(json_array_size(json_at(current.json, "roles.2.may")), ==, 0);
    g_autofree char *path = g_strdup_printf("/api/v1/kinds/home_observation?version=%s", reply_text(&all, "data.0.id"));
    AUTO(reply) struct reply kind = rig_get(rig, "wang", path);
    reply_is(&kind, 200, NULL);
    g_assert_cmpstr(reply_text(&kind, "form.0.name"), ==, "last_exposure");
    g_assert_cmpstr(reply_text(&kind, "entries.0.attempts.0.code"), ==, "away");
    g_assert_cmpstr(reply_text(&kind, "states.0.expects.0.name"), ==, "check_in");
    g_assert_cmpstr(reply_text(&kind, "states.0.expects.0.windows.0.0"), ==, "06:30");
    AUTO(reply) struct reply timed = rig_get(rig, "wang", "/api/v1/kinds/deadline_case");
    g_assert_cmpint(json_integer_value(json_at(timed.json, "states.0.expects.0.extend.most")), ==, 1);
    g_assert_cmpint(json_integer_value(json_at(timed.json, "states.0.expects.0.within.seconds")), ==, 86400);
    AUTO(reply) struct reply none = rig_get(rig, "wang", "/api/v1/kinds/none");
    reply_is(&none, 404, "not_found");
    AUTO(reply) struct reply version = rig_get(rig, "wang", "/api/v1/kinds/home_observation?version=999999");
    reply_is(&version, 409, "no_playbook");
    AUTO(reply) struct reply wrong = rig_get(rig, "wang", "/api/v1/playbook?version=first");
    reply_is(&wrong, 400, "not_acceptable_parameter");
}

/* Everything that an answer holds is in the schema of its name, and what that needs is there. */
static void fits(const json_t *schemas, const char *name, const json_t *value)
{
    static const char *const parts[][2] = {
        {"states", "State"}, {"entries", "EntryKind"}, {"expects", "Expectation"}, {"by", "Address"}};
    const json_t *schema = json_object_get(schemas, name), *properties = json_object_get(schema, "properties");
    bool open = !json_is_false(json_object_get(schema, "additionalProperties"));
    const char *key;
    json_t *member;
    size_t i, j;
    g_assert_nonnull(properties);
    json_object_foreach((json_t *)value, key, member) if (!open && json_object_get(properties, key) == NULL)
        g_error("the schema %s has no %s", name, key);
    json_array_foreach(json_object_get(schema, "required"), i,
                       member) if (json_object_get(value, json_string_value(member)) == NULL)
        g_error("a %s lacks %s", name, json_string_value(member));
    for (i = 0; i < G_N_ELEMENTS(parts); i++)
        json_array_foreach(json_object_get(value, parts[i][0]), j, member) fits(schemas, parts[i][1], member);
}

static void kinds_as_described(void)
{
    AUTO(reply) struct reply openapi = rig_get(rig, NULL, "/api/v1/openapi.json");
    const json_t *schemas = json_object_get(json_object_get(openapi.json, "components"), "schemas");
    AUTO(reply) struct reply current = rig_get(rig, "wang", "/api/v1/playbook");
    size_t i;
    json_t *row;
    json_array_foreach(json_at(current.json, "kinds"), i, row)
    {
        g_autofree char *path = g_strdup_printf("/api/v1/kinds/%s", json_at_text(row, "name"));
        AUTO(reply) struct reply kind = rig_get(rig, "wang", path);
        reply_is(&kind, 200, NULL);
        fits(schemas, "Kind", kind.json);
    }
    g_assert_cmpuint(json_array_size(json_at(current.json, "kinds")), >, 5);
}

static void kinds_of_my_posts(void)
{
    AUTO(reply) struct reply all = rig_get(rig, "wang", "/api/v1/kinds");
    reply_is(&all, 200, NULL);
    g_assert_cmpstr(reply_text(&all, "data.0.name"), ==, "home_observation");
    g_assert_cmpstr(reply_text(&all, "data.0.title.en"), ==, "Home observation");
    g_assert_cmpstr(reply_text(&all, "data.0.fields.0.name"), ==, "last_exposure");
    g_assert_cmpstr(reply_text(&all, "data.0.fields.0.type"), ==, "datetime");
    g_assert_true(json_is_true(json_at(all.json, "data.0.fields.0.required")));
    g_assert_cmpstr(reply_text(&all, "data.0.entries.0.name"), ==, "check_in");
    g_assert_cmpuint(json_array_size(json_at(all.json, "data.0.states")), >, 1);
    AUTO(reply) struct reply none = rig_get(rig, "li", "/api/v1/kinds");
    g_assert_cmpuint(json_array_size(json_at(none.json, "data")), ==, 0);
}

static const json_t *named(const struct reply *reply, const char *list, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply->json, list), i, row) if (strcmp(json_at_text(row, "name"), name) == 0) return row;
    g_error("no %s in %s", name, list);
}

static void what_a_kind_asks(void)
{
    AUTO(reply) struct reply home = rig_get(rig, "wang", "/api/v1/kinds/home_observation");
    g_assert_cmpstr(reply_text(&home, "about"), ==, "person");
    g_assert_cmpstr(reply_text(&home, "retain.after"), ==, "closed");
    g_assert_cmpstr(reply_text(&home, "retain.for"), ==, "30d");
    const json_t *release = named(&home, "entries", "release");
    g_assert_cmpstr(json_at_text(release, "refuse.0.say.en"), ==, "there is no reading at all");
    g_assert_cmpstr(json_at_text(release, "refuse.0.when.type"), ==, "bool");
    g_assert_cmpstr(json_at_text(release, "then.0.state"), ==, "released");
    const json_t *answer = named(&home, "entries", "answer_objection");
    g_assert_cmpstr(json_at_text(answer, "unless_actor.0"), ==, "facts.objector");
    AUTO(reply) struct reply timed = rig_get(rig, "wang", "/api/v1/kinds/deadline_case");
    g_assert_cmpstr(json_at_text(named(&timed, "entries", "lack"), "needs.0.text"), ==, "by is missing");
    const json_t *hold = named(&timed, "entries", "hold");
    g_assert_cmpstr(json_at_text(hold, "second.within"), ==, "2h");
    g_assert_cmpstr(json_at_text(hold, "second.by.0.role"), ==, "community_secretary");
    g_assert_cmpstr(reply_text(&timed, "retain.held_by.0.role"), ==, "community_secretary");
    g_assert_cmpuint(json_array_size(json_at(timed.json, "indicators")), >, 0);
    AUTO(reply) struct reply anomaly = rig_get(rig, "wang", "/api/v1/kinds/anomaly_report");
    g_assert_cmpstr(reply_text(&anomaly, "states.0.expects.0.answers.above"), ==, "community");
    g_assert_cmpstr(reply_text(&anomaly, "states.0.expects.0.escalate.0.to.role"), ==, "district_duty_officer");
    g_assert_cmpstr(reply_text(&anomaly, "states.0.expects.0.escalate.0.after"), ==, "30min");
}

/* The rules that its conditions read and no others, with every edition; so that a phone decides as the server does. */
static void what_its_conditions_read(void)
{
    AUTO(reply) struct reply home = rig_get(rig, "wang", "/api/v1/kinds/home_observation");
    g_assert_cmpuint(json_array_size(json_at(home.json, "rules")), ==, 2);
    g_assert_cmpstr(reply_text(&home, "rules.0.name"), ==, "fever_threshold");
    g_assert_cmpstr(reply_text(&home, "rules.0.title.zh"), ==, "发热界值");
    g_assert_cmpstr(reply_text(&home, "rules.0.type"), ==, "number");
    g_assert_cmpstr(reply_text(&home, "rules.0.unit"), ==, "°C");
    g_assert_true(json_is_false(json_at(home.json, "rules.0.table")));
    g_assert_cmpstr(reply_text(&home, "rules.0.editions.0.from"), ==, "2020-01-01");
    g_assert_cmpstr(reply_text(&home, "rules.0.editions.0.value"), ==, "37.3");
    g_assert_cmpstr(reply_text(&home, "rules.0.editions.0.source"), ==, "unverified");
    g_assert_cmpstr(reply_text(&home, "rules.1.name"), ==, "observation_days");
    g_assert_cmpstr(reply_text(&home, "rules.1.editions.1.from"), ==, "2020-01-25");
    g_assert_cmpint(json_integer_value(json_at(home.json, "rules.1.editions.1.value")), ==, 14 * US_PER_DAY);
    AUTO(reply) struct reply timed = rig_get(rig, "wang", "/api/v1/kinds/deadline_case");
    g_assert_cmpuint(json_array_size(json_at(timed.json, "rules")), ==, 1);
    g_assert_true(json_is_true(json_at(timed.json, "rules.0.table")));
    g_assert_true(json_is_true(json_at(timed.json, "rules.0.editions.0.values.phone")));
    g_assert_cmpuint(json_object_size(json_at(timed.json, "rules.0.editions.1.values")), ==, 2);
    AUTO(reply) struct reply current = rig_get(rig, "wang", "/api/v1/playbook");
    g_assert_cmpstr(reply_text(&home, "playbook"), ==, reply_text(&current, "id"));
    const json_t *recheck = named(&home, "entries", "recheck");
    g_assert_cmpstr(json_at_text(recheck, "then.0.opens.0"), ==, "anomaly_report");
    g_assert_cmpuint(json_array_size(json_at(recheck, "then.1.opens")), ==, 0);
}

/* ---- the directory ---- */

static void directory(void)
{
    static const struct {
        const char *path;
        size_t least, most;
    } rows[] = {
        {"/api/v1/units", 1, 1},
        {"/api/v1/units?under=" COMMUNITY, 2, 2},
        {"/api/v1/units?under=" COMMUNITY "&type=community", 0, 0},
        {"/api/v1/units?q=%E7%BD%91%E6%A0%BC", 4, 4},
        {"/api/v1/units?q=%E7%BD%91%E6%A0%BC&under=" OTHER_DISTRICT, 1, 1},
        {"/api/v1/units?code=" GRID, 1, 1},
        {"/api/v1/units?code=nothing", 0, 0},
        {"/api/v1/units/" GRID "/posts", 1, 1},
        {"/api/v1/units/" GRID "/responsible", 7, 7},
        {"/api/v1/units/" GRID "/responsible?at=2020-01-20", 0, 0},
        {"/api/v1/units/" CITY "/gaps", 2, 2},
        {"/api/v1/units/" COMMUNITY "/gaps", 0, 0},
        {"/api/v1/handovers", 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = rig_get(rig, "wang", rows[i].path);
        g_test_message("%s", rows[i].path);
        reply_is(&reply, 200, NULL);
        size_t count = json_array_size(json_at(reply.json, "data"));
        g_assert_cmpuint(count, >=, rows[i].least);
        g_assert_cmpuint(count, <=, rows[i].most);
    }
    g_autofree char *post = g_strdup_printf("/api/v1/posts/%s", rig_member(rig, "wang")->post_id);
    AUTO(reply) struct reply one = rig_get(rig, "sun", post);
    g_assert_cmpstr(reply_text(&one, "grounds.0.code"), ==, GRID);
    AUTO(reply) struct reply unit = rig_get(rig, "sun", "/api/v1/units/" GRID);
    g_assert_cmpstr(reply_text(&unit, "path.0.code"), ==, CITY);
    g_assert_cmpstr(reply_text(&unit, "path.3.code"), ==, COMMUNITY);
    AUTO(reply) struct reply none = rig_get(rig, "sun", "/api/v1/posts/0");
    reply_is(&none, 404, "not_found");
}

/* A post handed over, seen by both sides. */
static void handovers(void)
{
    AUTO(reply)
    struct reply offered =
        rig_command(rig, "wang", "/api/v1/handovers", "{'from_post':'%s','mode':'post','to_post':'%s','reason':'生病'}",
                    rig_member(rig, "wang")->post_id, rig_member(rig, "sun")->post_id);
    reply_is(&offered, 201, NULL);
    AUTO(reply) struct reply waiting = rig_get(rig, "sun", "/api/v1/handovers");
    g_assert_cmpstr(reply_text(&waiting, "data.0.reason"), ==, "生病");
    AUTO(reply) struct reply given = rig_get(rig, "wang", "/api/v1/handovers");
    g_assert_cmpstr(reply_text(&given, "given.0.state"), ==, "offered");
    g_autofree char *accept = g_strdup_printf("/api/v1/handovers/%s/accept", reply_text(&waiting, "data.0.id"));
    AUTO(reply) struct reply accepted = rig_command(rig, "sun", accept, "{}");
    reply_is(&accepted, 201, NULL);
    AUTO(reply) struct reply after = rig_get(rig, "sun", "/api/v1/handovers");
    g_assert_cmpuint(json_array_size(json_at(after.json, "data")), ==, 0);
}

/* A post that is lent: the deputy's names it, to both, until the lender takes it back. */
static void lent(void)
{
    const char *own = rig_add(rig, "xu", "grid_worker", GRID)->post_id;
    AUTO(reply)
    struct reply offered = rig_command(rig, "xu", "/api/v1/handovers",
                                       "{'from_post':'%s','mode':'post','to_person':'%s','until':"
                                       "'2120-02-04T08:00:00+08:00','reason':'发烧'}",
                                       own, rig_member(rig, "chen")->id);
    reply_is(&offered, 201, NULL);
    g_autofree char *accept = g_strdup_printf("/api/v1/handovers/%s/accept", reply_text(&offered, "events.0.id"));
    AUTO(reply) struct reply accepted = rig_command(rig, "chen", accept, "{}");
    reply_is(&accepted, 201, NULL);
    AUTO(reply) struct reply me = rig_get(rig, "chen", "/api/v1/me");
    json_t *posts = json_at(me.json, "posts"), *last = json_array_get(posts, json_array_size(posts) - 1);
    g_assert_cmpstr(json_string_value(json_object_get(last, "deputy_of")), ==, own);
    g_assert_null(json_object_get(json_array_get(posts, 0), "deputy_of"));
    g_autofree char *end = g_strdup_printf("/api/v1/posts/%s/end", json_string_value(json_object_get(last, "id")));
    AUTO(reply) struct reply ended = rig_command(rig, "xu", end, "{}");
    reply_is(&ended, 201, NULL);
    AUTO(reply) struct reply after = rig_get(rig, "chen", "/api/v1/me");
    g_assert_cmpuint(json_array_size(json_at(after.json, "posts")), ==, json_array_size(posts) - 1);
}

/* ---- logs ---- */

/* Everything that is written to standard error while people are looked at, and what stays in the logs of refusals. */
static void logs_tell_nothing(void)
{
    g_autofree char *path = g_build_filename(rig->dir, "stderr", NULL);
    g_autofree char *refusals = g_build_filename(rig->data, "refusals.log", NULL);
    g_autofree char *strangers = g_build_filename(rig->data, "refusals-strangers.log", NULL);
    int kept = dup(STDERR_FILENO);
    FILE *file = g_fopen(path, "w+");
    dup2(fileno(file), STDERR_FILENO);
    for (int i = 0; i < 2; i++) {
        struct reply replies[] = {
            rig_post(rig, i == 0 ? "keeper" : NULL, "/api/v1/persons/search", "{'name':'测试li'}"),
            rig_post(rig, NULL, "/api/v1/session", "{'login':'wang','password':'geheim-%d'}", i),
            rig_command(rig, "wang", "/api/v1/persons", "{'name':'秘密','phone':'1390000888'}"),
            rig_get(rig, "wang", "/api/v1/persons/13900001234?name=%E7%A7%98%E5%AF%86"),
        };
        for (size_t k = 0; k < G_N_ELEMENTS(replies); k++)
            reply_clear(&replies[k]);
    }
    struct reply reply = rig_get(rig, "keeper", "/api/v1/matters/x");
    reply_clear(&reply);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    fclose(file);
    const char *const files[] = {path, refusals, strangers};
    static const char *const secrets[] = {"测试", "wang", "geheim", "秘密", "1390000", "%E7", "lianfang_session"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(files[i], &text, NULL, NULL));
        for (size_t k = 0; k < G_N_ELEMENTS(secrets); k++)
            g_assert_null(strstr(text, secrets[k]));
        g_assert_true(i < 2 || strstr(text, "not_logged_in") != NULL);
    }
}

/* ---- TLS ---- */

static bool run(const char *const *argv, char **out_text)
{
    int status = 1;
    GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL;
    if (out_text == NULL)
        flags |= G_SPAWN_STDOUT_TO_DEV_NULL;
    return g_spawn_sync(NULL, (char **)argv, NULL, flags, NULL, NULL, out_text, NULL, &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

/* What older clients would still speak: openssl says what it got. */
static void old_ciphers(uint16_t port)
{
    static const struct {
        const char *version, *ciphers;
        bool spoken;
    } rows[] = {
        {"-tls1_3", "DEFAULT", true},
        {"-tls1_2", "DEFAULT", true},
        {"-tls1_2", "ECDHE-RSA-AES128-GCM-SHA256", true},
        {"-tls1_1", "DEFAULT@SECLEVEL=0", false},
        {"-tls1", "DEFAULT@SECLEVEL=0", false},
        {"-tls1_2", "AES128-SHA:AES128-GCM-SHA256:@SECLEVEL=0", false}, /* the server's key for the session's */
        {"-tls1_2", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0", false},
    };
    g_autofree char *to = g_strdup_printf("127.0.0.1:%d", port);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *ask[] = {"openssl", "s_client", "-connect", to, rows[i].version, "-cipher", rows[i].ciphers, NULL};
        g_test_message("%s %s", rows[i].version, rows[i].ciphers);
        g_assert_cmpint(run(ask, NULL), ==, rows[i].spoken);
    }
}

/* `make` writes another pair over the one that is shown; `get` trusts what the file says now. */
static void new_certificate(struct server *server, const char *const *make, const char *const *get)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *key = NULL;
    const char *key_path = make[7];
    g_assert_true(g_file_get_contents(key_path, &key, NULL, NULL));
    g_assert_true(run(make, NULL));
    g_assert_false(run(get, NULL)); /* the old one is shown */
    g_assert_true(server_read_certificate_again(server, &error));
    g_assert_no_error(error);
    g_assert_true(run(get, NULL));
    g_assert_true(g_file_set_contents(key_path, key, -1, NULL)); /* of the certificate before */
    g_assert_false(server_read_certificate_again(server, &error));
    g_assert_error(error, CERTIFICATE_ERROR, CERTIFICATE_ERROR_KEY);
    g_assert_true(run(get, NULL)); /* nothing has changed */
}

static void tls(void)
{
    g_autofree char *certificate = g_build_filename(rig->dir, "certificate.pem", NULL);
    g_autofree char *key = g_build_filename(rig->dir, "key.pem", NULL);
    const char *make[] = {"openssl",  "req",           "-x509",   "-newkey",
                          "rsa:2048", "-nodes",        "-keyout", key,
                          "-out",     certificate,     "-days",   "2",
                          "-subj",    "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                          NULL};
    g_autofree char *curl = g_find_program_in_path("curl");
    if (curl == NULL || !run(make, NULL)) {
        g_test_skip("openssl or curl is absent");
        return;
    }
    g_autoptr(GError) error = NULL;
    struct server_options options = {.engine = rig->engine, .clock = &rig->clock, .tls_certificate = certificate};
    g_assert_null(server_start(&options, &error));
    g_assert_error(error, SERVER_ERROR, SERVER_ERROR_TLS);
    g_clear_error(&error);
    options.tls_key = certificate; /* no key */
    g_assert_null(server_start(&options, &error));
    g_assert_error(error, SERVER_ERROR, SERVER_ERROR_TLS);
    g_clear_error(&error);
    options.tls_key = key;
    struct server *server = server_start(&options, &error);
    g_assert_no_error(error);
    g_autofree char *url = g_strdup_printf("https://127.0.0.1:%d/healthz", server_port(server));
    g_autofree char *plain_url = g_strdup_printf("http://127.0.0.1:%d/healthz", server_port(server));
    g_autofree char *text = NULL;
    const char *get[] = {"curl", "-sS", "-m", "20", "--cacert", certificate, url, NULL};
    g_assert_true(run(get, &text));
    g_assert_nonnull(strstr(text, "\"status\":\"ok\""));
    const char *plain[] = {"curl", "-sS", "-m", "20", plain_url, NULL};
    g_assert_false(run(plain, NULL));
    old_ciphers(server_port(server));
    new_certificate(server, make, get);
    server_stop(server);
}

static void no_listening(void)
{
    g_autoptr(GError) error = NULL;
    struct server_options options = {.engine = rig->engine, .clock = &rig->clock, .port = server_port(rig->server)};
    g_assert_null(server_start(&options, &error));
    g_assert_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN);
    g_clear_error(&error);
    options = (struct server_options){.engine = rig->engine, .clock = &rig->clock, .address = "not an address"};
    g_assert_null(server_start(&options, &error));
    g_assert_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN);
}

/* Passwords are shown by a server that was started for a rehearsal alone: see tests/cli/operator for that one. */
static void no_demo_accounts(void)
{
    AUTO(reply) struct reply open = rig_get(rig, NULL, "/api/v1/demo/accounts");
    reply_is(&open, 404, "not_found");
    AUTO(reply) struct reply logged_in = rig_get(rig, "zhou", "/api/v1/demo/accounts");
    reply_is(&logged_in, 404, "not_found");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/system/reference", reference);
    g_test_add_func("/system/table", table);
    g_test_add_func("/system/health", health);
    g_test_add_func("/system/health-of-a-held-clock", health_of_a_held_clock);
    g_test_add_func("/system/front", front);
    g_test_add_func("/system/metrics", metrics);
    g_test_add_func("/system/metrics-of-the-machine", metrics_of_the_machine);
    g_test_add_func("/system/heads", heads);
    g_test_add_func("/system/playbooks", playbooks);
    g_test_add_func("/system/kinds-as-described", kinds_as_described);
    g_test_add_func("/system/kinds-of-my-posts", kinds_of_my_posts);
    g_test_add_func("/system/what-a-kind-asks", what_a_kind_asks);
    g_test_add_func("/system/what-its-conditions-read", what_its_conditions_read);
    g_test_add_func("/system/directory", directory);
    g_test_add_func("/system/handovers", handovers);
    g_test_add_func("/system/lent", lent);
    g_test_add_func("/system/logs-tell-nothing", logs_tell_nothing);
    g_test_add_func("/system/tls", tls);
    g_test_add_func("/system/no-listening", no_listening);
    g_test_add_func("/system/no-demo-accounts", no_demo_accounts);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
