/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traffic.h"

#include "base/limits.h"
#include "bench/load.h"
#include "journal/journal.h"
#include "rehearsal/people.h"
#include "served.h"

#include <string.h>

#define BATCH_MOST 6

/* ---- workers ---- */

static void sent_clear(gpointer data)
{
    struct sent *sent = data;
    g_free(sent->id);
    json_decref(sent->body);
    json_decref(sent->answer);
}

/* The people of a query, as the door names them. */
static GPtrArray *outer_ids(struct town *town, const char *sql)
{
    g_autoptr(GArray) persons = town_numbers(town, sql);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < persons->len; i++) {
        char *id = g_malloc(VAULT_OUTER_ID_CHARS + 1);
        vault_outer_id(town->reader->vault, VAULT_ID_PERSON, g_array_index(persons, int64_t, i), id);
        g_ptr_array_add(ids, id);
    }
    return ids;
}

static void worker_init(struct worker *worker, struct town *town, int64_t grid)
{
    g_autofree char *matters = g_strdup_printf("SELECT uuid FROM matter WHERE unit = %" G_GINT64_FORMAT
                                               " AND kind = 'home_observation' ORDER BY household, id",
                                               grid);
    g_autofree char *residents =
        g_strdup_printf("SELECT person FROM residency WHERE unit = %" G_GINT64_FORMAT " ORDER BY person", grid);
    *worker = (struct worker){.grid = grid, .person = town_holder(town, "grid_worker", grid)};
    worker->token = served_session(town->data_dir, worker->person);
    worker->matters = town_uuids(town, matters);
    worker->residents = outer_ids(town, residents);
    worker->sent = g_array_new(FALSE, TRUE, sizeof(struct sent));
    g_array_set_clear_func(worker->sent, sent_clear);
}

void traffic_init(struct traffic *traffic, struct town *town, int household_size, guint32 seed)
{
    g_autoptr(GArray) grids = town_numbers(town, "SELECT id FROM unit WHERE type = 'grid' ORDER BY id");
    *traffic = (struct traffic){.count = (int)grids->len,
                                .household_size = household_size,
                                .next_person = 2000000,
                                .dice = g_rand_new_with_seed(seed)};
    traffic->workers = g_new0(struct worker, grids->len);
    for (guint i = 0; i < grids->len; i++)
        worker_init(&traffic->workers[i], town, g_array_index(grids, int64_t, i));
}

void traffic_clear(struct traffic *traffic)
{
    for (int i = 0; i < traffic->count; i++) {
        struct worker *worker = &traffic->workers[i];
        g_free(worker->token);
        g_ptr_array_unref(worker->matters);
        g_ptr_array_unref(worker->residents);
        g_array_unref(worker->sent);
    }
    g_free(traffic->workers);
    g_rand_free(traffic->dice);
}

void traffic_forget(struct traffic *traffic)
{
    for (int i = 0; i < traffic->count; i++) {
        g_array_set_size(traffic->workers[i].sent, 0);
        traffic->workers[i].turned_away = false;
    }
}

/* ---- what they say ---- */

static json_t *round_of(struct traffic *traffic, struct worker *worker, bool wrong)
{
    json_t *rows = json_array();
    guint households = worker->matters->len / (guint)traffic->household_size;
    guint first = (guint)g_rand_int_range(traffic->dice, 0, (gint32)households) * (guint)traffic->household_size;
    for (guint i = 0; i < (guint)traffic->household_size; i++) {
        const char *matter = g_ptr_array_index(worker->matters, first + i);
        bool last = i + 1 == (guint)traffic->household_size;
        json_array_append_new(
            rows, json_pack("{s:s, s:{s:f}}", "matter", matter, "fields", "temperature", wrong && last ? 53.5 : 36.5));
    }
    return json_pack("{s:s, s:s, s:o}", "command", "enter_round", "entry", "check_in", "rows", rows);
}

static json_t *report_of(struct traffic *traffic, struct worker *worker)
{
    gint32 at = g_rand_int_range(traffic->dice, 0, (gint32)worker->residents->len);
    return json_pack("{s:s, s:s, s:o, s:s, s:{s:s, s:s}}", "command", "open_matter", "kind", "anomaly_report", "unit",
                     json_sprintf("#%" G_GINT64_FORMAT, (gint64)worker->grid), "subject",
                     g_ptr_array_index(worker->residents, at), "form", "category", "other", "description",
                     "敲门无人应答");
}

static json_t *person_of(struct traffic *traffic, struct worker *worker)
{
    json_t *body = made_up_person(traffic->next_person++, false);
    json_object_set_new(body, "command", json_string("register_person"));
    json_object_set_new(body, "unit", json_sprintf("#%" G_GINT64_FORMAT, (gint64)worker->grid));
    return body;
}

static json_t *family_of(struct traffic *traffic, struct worker *worker)
{
    json_t *one = made_up_person(traffic->next_person++, false), *other = made_up_person(traffic->next_person++, true);
    return json_pack("{s:s, s:[o, o], s:o, s:s}", "command", "move_in", "persons", one, other, "unit",
                     json_sprintf("#%" G_GINT64_FORMAT, (gint64)worker->grid), "dwelling", "9单元901");
}

static json_t *made(struct traffic *traffic, struct worker *worker, guint *out_events)
{
    switch (g_rand_int_range(traffic->dice, 0, 12)) {
    case 0:
        *out_events = 0;
        return round_of(traffic, worker, true);
    case 1:
    case 2:
        *out_events = 1;
        return report_of(traffic, worker);
    case 3:
        *out_events = 1;
        return person_of(traffic, worker);
    case 4:
        *out_events = 4;
        return family_of(traffic, worker);
    default:
        *out_events = (guint)traffic->household_size;
        return round_of(traffic, worker, false);
    }
}

static json_t *add(struct traffic *traffic, struct worker *worker)
{
    struct sent sent = {0};
    struct uuid id;
    char text[UUID_TEXT_LENGTH + 1];
    sent.body = made(traffic, worker, &sent.events);
    uuid_make(g_get_real_time(), &id);
    uuid_format(&id, text);
    sent.id = g_strdup(text);
    json_object_set_new(sent.body, "id", json_string(text));
    g_array_append_val(worker->sent, sent);
    return sent.body;
}

/* ---- requests ---- */

static void write_request(struct worker *worker, GString *out)
{
    json_t *items = json_array();
    for (guint i = 0; i < worker->flying; i++)
        json_array_append(items, g_array_index(worker->sent, struct sent, worker->first_flying + i).body);
    json_t *whole = worker->alone ? json_incref(json_array_get(items, 0)) : json_pack("{s:O}", "items", items);
    char *text = json_dumps(whole, JSON_COMPACT);
    load_write_post(out, worker->alone ? "/api/v1/commands" : "/api/v1/batch", worker->token, text, strlen(text));
    free(text);
    json_decref(whole);
    json_decref(items);
}

static bool send_next(void *context, int connection, GString *out)
{
    struct traffic *traffic = context;
    struct worker *worker = &traffic->workers[connection];
    g_atomic_int_set(&traffic->begun, 1);
    if (worker->turned_away)
        return false;
    worker->alone = g_rand_int_range(traffic->dice, 0, 4) == 0;
    worker->flying = worker->alone ? 1 : (guint)g_rand_int_range(traffic->dice, 1, BATCH_MOST + 1);
    worker->first_flying = worker->sent->len;
    for (guint i = 0; i < worker->flying; i++)
        add(traffic, worker);
    write_request(worker, out);
    return true;
}

/* What an answer says of each command of its request; how many it decided, before what it turned away. */
static guint read_answers(struct worker *worker, int status, const char *body,
                          void (*tell)(struct sent *sent, int status, const json_t *answer, void *context),
                          void *context)
{
    guint decided = 0;
    json_error_t wrong;
    g_autoptr(json_t) whole = json_loads(body, 0, &wrong);
    if (whole == NULL)
        g_error("%d: %s: %s", status, wrong.text, body);
    struct sent *sent = &g_array_index(worker->sent, struct sent, worker->first_flying);
    if (worker->alone) {
        worker->turned_away = status == 503;
        tell(sent, status, status < 300 ? whole : NULL, context);
        return status == 503 ? 0 : 1;
    }
    const json_t *items = json_object_get(whole, "items");
    if (status == 503)
        worker->turned_away = true; /* with the whole of it */
    if (status == 503)
        return 0;
    g_assert_cmpint(status, ==, 200);
    g_assert_cmpuint(json_array_size(items), ==, worker->flying);
    for (guint i = 0; i < worker->flying; i++) {
        const json_t *row = json_array_get(items, i);
        int of_item = (int)json_get_integer(row, "status", 0);
        tell(&sent[i], of_item, json_object_get(row, "answer"), context);
        if (of_item == 503)
            worker->turned_away = true;
        else if (decided == i)
            decided++;
    }
    return decided;
}

static void keep(struct sent *sent, int status, const json_t *answer, void *context)
{
    g_assert_cmpint(sent->status, ==, 0);
    sent->status = status;
    sent->answer = json_incref((json_t *)answer);
    bool turned_away = status == 503;
    if (!turned_away && status != (sent->events > 0 ? 201 : 422)) {
        g_autofree char *text = json_dumps(sent->body, 0);
        g_error("%d: %s", status, text);
    }
    if (answer != NULL)
        g_assert_cmpuint(json_array_size(json_object_get(answer, "events")), ==, sent->events);
}

static void on_answered(void *context, int connection, int status, const char *head, const char *body)
{
    struct traffic *traffic = context;
    read_answers(&traffic->workers[connection], status, body, keep, NULL);
}

static gpointer run(gpointer data)
{
    struct traffic *traffic = data;
    struct load_options options = {.port = traffic->port,
                                   .connections = traffic->count,
                                   .seconds = 600,
                                   .next = send_next,
                                   .answered = on_answered,
                                   .context = traffic};
    struct load_report report;
    load_run(&options, &report);
    load_report_clear(&report);
    return NULL;
}

void traffic_start(struct traffic *traffic, uint16_t port)
{
    traffic->port = port;
    g_atomic_int_set(&traffic->begun, 0);
    traffic->thread = g_thread_new("traffic", run, traffic);
    while (g_atomic_int_get(&traffic->begun) == 0)
        g_usleep(1000);
}

void traffic_wait(struct traffic *traffic)
{
    g_thread_join(traffic->thread);
}

int64_t traffic_acknowledged(const struct traffic *traffic)
{
    int64_t count = 0;
    for (int i = 0; i < traffic->count; i++)
        for (guint k = 0; k < traffic->workers[i].sent->len; k++)
            count += g_array_index(traffic->workers[i].sent, struct sent, k).status == 201;
    return count;
}

/* ---- again ---- */

struct again {
    struct traffic *traffic;
    GHashTable *there;
    guint answered; /* commands */
};

static bool send_again(void *context, int connection, GString *out)
{
    struct again *again = context;
    struct worker *worker = &again->traffic->workers[connection];
    worker->alone = false;
    worker->first_flying += worker->flying; /* what a full queue turned away is sent once more */
    worker->flying = MIN(worker->sent->len - worker->first_flying, LIMIT_BATCH_ITEMS);
    if (worker->flying == 0)
        return false;
    write_request(worker, out);
    return true;
}

static void compare(struct sent *sent, int status, const json_t *answer, void *context)
{
    struct again *again = context;
    bool was_there = g_hash_table_contains(again->there, sent->id);
    if (status == 503)
        return;
    again->answered++;
    g_assert_cmpint(status, ==, sent->events == 0 ? 422 : was_there ? 200 : 201);
    if (sent->events > 0)
        g_assert_cmpuint(json_array_size(json_object_get(answer, "events")), ==, sent->events);
    if (sent->answer == NULL) {
        sent->status = sent->events > 0 ? 201 : status;
        sent->answer = json_incref((json_t *)answer);
    }
    if (sent->answer == NULL || json_equal(sent->answer, (json_t *)answer))
        return;
    char *before = json_dumps(sent->answer, 0), *now = json_dumps(answer, 0);
    g_error("answered otherwise: %s, before: %s", now, before);
}

static void on_answered_again(void *context, int connection, int status, const char *head, const char *body)
{
    struct again *again = context;
    struct worker *worker = &again->traffic->workers[connection];
    worker->flying = read_answers(worker, status, body, compare, again);
}

void traffic_resend(struct traffic *traffic, uint16_t port, GHashTable *there)
{
    struct again again = {.traffic = traffic, .there = there};
    guint count = 0;
    for (int i = 0; i < traffic->count; i++) {
        count += traffic->workers[i].sent->len;
        traffic->workers[i].flying = traffic->workers[i].first_flying = 0;
    }
    struct load_options options = {.port = port,
                                   .connections = traffic->count,
                                   .seconds = 600,
                                   .next = send_again,
                                   .answered = on_answered_again,
                                   .context = &again};
    struct load_report report;
    load_run(&options, &report);
    load_report_clear(&report);
    g_assert_cmpuint(again.answered, ==, count);
}

/* ---- the journal ---- */

GHashTable *journal_runs(const char *data_dir)
{
    GError *error = NULL;
    GHashTable *runs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, &error);
    g_assert_no_error(error);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, 1, 0);
    struct event event;
    while (journal_next(cursor, &event, &error)) {
        char id[UUID_TEXT_LENGTH + 1];
        uuid_format(&event.command, id);
        struct run *run = g_hash_table_lookup(runs, id);
        if (run == NULL) {
            run = g_new0(struct run, 1);
            run->first = event.pos;
            g_hash_table_insert(runs, g_strdup(id), run);
        }
        if (event.pos != run->first + run->count)
            g_error("command %s stands twice: at %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, id, run->first,
                    event.pos);
        run->last = event_place(&event);
        run->count++;
    }
    g_assert_no_error(error);
    return runs;
}

static void check_one(const struct sent *sent, const struct run *run, int64_t *after)
{
    guint count = run != NULL ? run->count : 0;
    bool accepted = sent->status == 201, refused = sent->status != 0 && !accepted;
    if (accepted) {
        g_assert_cmpuint(count, ==, sent->events);
        int64_t last = 0;
        g_assert_true(place_parse(json_get_text(sent->answer, "pos", ""), &last));
        g_assert_cmpint(run->last, ==, last);
    }
    if (refused)
        g_assert_cmpuint(count, ==, 0);
    if (count == 0)
        return;
    g_assert_cmpuint(count, ==, sent->events); /* never half of it */
    g_assert_cmpint(run->first, >, *after);
    *after = run->first;
}

void traffic_check(const struct traffic *traffic, GHashTable *runs)
{
    for (int i = 0; i < traffic->count; i++) {
        int64_t after = 0;
        for (guint k = 0; k < traffic->workers[i].sent->len; k++) {
            const struct sent *sent = &g_array_index(traffic->workers[i].sent, struct sent, k);
            check_one(sent, g_hash_table_lookup(runs, sent->id), &after);
        }
    }
}

void traffic_check_none_untold(const struct traffic *traffic, GHashTable *runs)
{
    for (int i = 0; i < traffic->count; i++)
        for (guint k = 0; k < traffic->workers[i].sent->len; k++) {
            const struct sent *sent = &g_array_index(traffic->workers[i].sent, struct sent, k);
            if (sent->status == 0 && g_hash_table_contains(runs, sent->id))
                g_error("%s was carried out and nobody was told", sent->id);
        }
}
