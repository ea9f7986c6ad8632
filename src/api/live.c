/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/live.h"

#include "access/watchers.h"
#include "api/heavy.h"
#include "api/streams.h"
#include "base/limits.h"
#include "base/log.h"
#include "matter/touched.h"

#define ROUND_US    50000
#define ROUND_SHARE 9 /* times as long as a round took of a processor, there is no other */
#define ALERTS_US   US_PER_SECOND

struct change_told { /* of one matter by one event */
    int64_t pos, at_us, matter;
    bool moved;
};

/* Invariants  `changes` has, by pos, those of the events after `floor` up to `pos`. */
struct live {
    struct server *server;
    struct streams *streams;
    struct watchers *watchers;
    struct reader *reader;
    pthread_t thread;
    int64_t floor, pos, back;
    GArray *changes;
    int64_t alerts_us; /* up to when it has been told what was shown to posts; 0 not yet */
};

/* ---- what has happened ---- */

struct event_read {
    struct live *live;
    const struct event *event;
};

static void take_change(void *context, int64_t matter, bool moved)
{
    const struct event_read *reading = context;
    const struct change_told change = {reading->event->pos, reading->event->at_us, matter, moved};
    g_array_append_val(reading->live->changes, change);
}

/* From here on nobody knows what came before. */
static void start_at(struct live *live, int64_t pos)
{
    live->floor = live->pos = pos;
    g_array_set_size(live->changes, 0);
    watchers_forget(live->watchers);
}

static void forget_old(struct live *live)
{
    guint old = 0;
    live->floor = MAX(live->floor, live->pos - live->back);
    while (old < live->changes->len && g_array_index(live->changes, struct change_told, old).pos <= live->floor)
        old++;
    if (old > 0)
        g_array_remove_range(live->changes, 0, old);
}

static bool read_events(struct live *live, int64_t until)
{
    g_autoptr(GError) error = NULL;
    struct event event;
    if (until - live->pos > live->back || until < live->pos)
        start_at(live, MAX(until - live->back, 0));
    if (until == live->pos)
        return true;
    AUTO(journal_cursor)
    struct journal_cursor *events = journal_walk(live->reader->journal, live->pos + 1, until);
    while (journal_next(events, &event, &error)) {
        struct event_read reading = {live, &event};
        watchers_note(live->watchers, event.kind);
        matter_touched(&event, take_change, &reading);
    }
    if (error != NULL) {
        log_write(LOG_ERROR, "live updates cannot read the journal", "why", error->message, NULL);
        start_at(live, until);
        return false;
    }
    live->pos = until;
    forget_old(live);
    return true;
}

/* Matters that changed after `least`, each once: the newest change, with the oldest time. */
static GHashTable *changed_after(const struct live *live, int64_t least)
{
    GHashTable *matters = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    for (guint i = live->changes->len; i > 0; i--) {
        const struct change_told *change = &g_array_index(live->changes, struct change_told, i - 1);
        if (change->pos <= least)
            break;
        struct change_told *kept = g_hash_table_lookup(matters, &change->matter);
        if (kept == NULL) {
            kept = g_memdup2(change, sizeof *change);
            g_hash_table_insert(matters, &kept->matter, kept);
        }
        kept->at_us = MIN(kept->at_us, change->at_us);
        kept->moved = kept->moved || change->moved;
    }
    return matters;
}

/* ---- whom it concerns ---- */

struct telling {
    struct live *live;
    const struct matter *matter;
    int64_t pos;
    GArray *seeing; /* of int64_t persons */
};

static void tell_matter(void *context, int64_t person)
{
    struct telling *telling = context;
    streams_matter(telling->live->streams, person, telling->pos, telling->matter);
    g_array_append_val(telling->seeing, person);
}

static void tell_figures(void *context, int64_t person, int64_t unit)
{
    const struct telling *telling = context;
    streams_hint(telling->live->streams, person, telling->pos, HINT_FIGURES, unit);
}

static void tell_holder(struct telling *telling, int64_t post, bool sees)
{
    struct live *live = telling->live;
    int64_t holder = watchers_holder(live->watchers, post);
    if (holder != 0 && (!sees || integers_hold(telling->seeing, holder)))
        streams_hint(live->streams, holder, telling->pos, HINT_TASKS, post);
}

/* The to-do list is the holder's own, whatever became of the matter. In those of colleagues it may stand if they see
 * it. */
static void tell_tasks(struct telling *telling, int64_t since_us, int64_t at_us)
{
    struct live *live = telling->live;
    g_autoptr(GArray) posts = matter_answering(live->reader->rows, telling->matter->id, since_us);
    for (guint i = 0; i < posts->len; i++) {
        int64_t post = g_array_index(posts, int64_t, i);
        tell_holder(telling, post, false);
        if (post < 0 || telling->seeing->len == 0)
            continue;
        g_autoptr(GArray) others = registry_colleagues(live->reader->rows, post, at_us);
        for (guint j = 0; j < others->len; j++)
            tell_holder(telling, g_array_index(others, int64_t, j), true);
    }
}

static void tell_alerts(struct telling *telling, int64_t at_us)
{
    struct live *live = telling->live;
    g_autoptr(GArray) posts = matter_alerted(live->reader->rows, telling->matter->id, at_us);
    for (guint i = 0; i < posts->len; i++) {
        int64_t post = g_array_index(posts, int64_t, i), holder = watchers_holder(live->watchers, post);
        if (holder != 0 && integers_hold(telling->seeing, holder))
            streams_hint(live->streams, holder, telling->pos, HINT_ALERTS, post);
    }
}

static void tell_change(struct live *live, const struct change_told *change, int64_t at_us)
{
    struct matter matter;
    if (!matter_get(live->reader->rows, change->matter, &matter))
        return;
    g_autoptr(GArray) seeing = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct telling telling = {live, &matter, change->pos, seeing};
    watchers_of_matter(live->watchers, &matter, tell_matter, &telling);
    tell_tasks(&telling, change->at_us, at_us);
    tell_alerts(&telling, at_us);
    watchers_of_counts(live->watchers, &matter, matter.unit, tell_figures, &telling);
    int64_t before = change->moved ? matter_unit_before(live->reader->rows, matter.id) : 0;
    if (before != 0)
        watchers_of_counts(live->watchers, &matter, before, tell_figures, &telling);
}

/* What was raised before and is shown only now changes nothing but the time. */
struct showing {
    struct live *live;
    int64_t at_us;
};

static void tell_shown(void *context, int64_t person, int64_t post)
{
    const struct showing *showing = context;
    struct live *live = showing->live;
    g_autoptr(GArray) matters = matter_shown_between(live->reader->rows, post, live->alerts_us, showing->at_us);
    bool shown = false;
    for (guint i = 0; i < matters->len && !shown; i++) {
        struct matter matter;
        shown = matter_get(live->reader->rows, g_array_index(matters, int64_t, i), &matter) &&
                watchers_may_see(live->watchers, person, &matter);
    }
    if (shown)
        streams_hint(live->streams, person, INT64_MAX, HINT_ALERTS, post);
}

static void tell_alerts_of_time(struct live *live, int64_t at_us)
{
    struct showing showing = {live, at_us};
    if (live->alerts_us != 0 && at_us - live->alerts_us < ALERTS_US && at_us >= live->alerts_us)
        return;
    if (live->alerts_us != 0)
        watchers_posts(live->watchers, tell_shown, &showing);
    live->alerts_us = at_us;
}

/* ---- a round ---- */

static void on_come(void *context, int64_t person)
{
    watchers_add(((struct live *)context)->watchers, person);
}

static void on_gone(void *context, int64_t person)
{
    watchers_remove(((struct live *)context)->watchers, person);
}

static int64_t rights_of(void *context, int64_t person)
{
    return watchers_rights(((struct live *)context)->watchers, person);
}

static void tell_changes(struct live *live, int64_t least, int64_t at_us)
{
    g_autoptr(GHashTable) matters = changed_after(live, least);
    GHashTableIter iter;
    gpointer change;
    g_hash_table_iter_init(&iter, matters);
    while (g_hash_table_iter_next(&iter, NULL, &change))
        tell_change(live, change, at_us);
}

/* Rows show at least what the journal had up to here. */
static void run_round(struct live *live)
{
    struct db *rows = live->reader->rows;
    int64_t until = engine_rows_pos(live->server->engine), at_us = clock_now_us(live->server->clock);
    streams_take(live->streams, on_come, on_gone, live);
    if (!read_events(live, until)) {
        streams_reload(live->streams);
        streams_advance(live->streams, 0, until, rights_of, live);
        return;
    }
    int64_t least = MAX(streams_least(live->streams), live->floor);
    db_begin(rows);
    watchers_begin(live->watchers, rows, at_us);
    tell_changes(live, least, at_us);
    tell_alerts_of_time(live, at_us);
    bool failed = db_failed(rows) != NULL;
    if (failed)
        log_write(LOG_WARNING, "live updates cannot read", "why", db_failed(rows)->message, NULL);
    db_rollback(rows);
    if (failed) { /* whatever was not told may have changed */
        watchers_forget(live->watchers);
        streams_reload(live->streams);
    }
    streams_advance(live->streams, live->floor, until, rights_of, live);
}

static bool open_reader(struct live *live)
{
    struct engine *engine = live->server->engine;
    g_autoptr(GError) error = NULL;
    if (live->reader == NULL)
        live->reader = reader_open(engine_data_dir(engine), engine_keys_dir(engine), &error);
    if (live->reader == NULL)
        log_write(LOG_ERROR, "no reader", "why", error->message, NULL);
    return live->reader != NULL;
}

/* What is due is sent on time, also while rounds come less often. */
static void *run(void *context)
{
    struct live *live = context;
    int64_t next_us = 0;
    while (streams_wait(live->streams, ROUND_US)) {
        if (!open_reader(live))
            continue;
        int64_t from_us = heavy_clock_us();
        if (clock_monotonic_us() >= next_us) {
            run_round(live);
            next_us = clock_monotonic_us() + ROUND_SHARE * (heavy_clock_us() - from_us);
        }
        streams_send(live->streams, live->reader->vault);
    }
    streams_take(live->streams, on_come, on_gone, live);
    if (live->reader != NULL)
        reader_close(live->reader);
    return NULL;
}

struct live *live_new(struct server *server, int back_events)
{
    struct live *live = g_new0(struct live, 1);
    live->server = server;
    live->back = back_events > 0 ? back_events : LIMIT_STREAM_BACK_EVENTS;
    live->streams = server->streams;
    live->watchers = watchers_new(engine_rulebook(server->engine));
    live->changes = g_array_new(FALSE, FALSE, sizeof(struct change_told));
    int failed = pthread_create(&live->thread, NULL, run, live);
    g_assert(failed == 0);
    return live;
}

void live_free(struct live *live)
{
    if (live == NULL)
        return;
    pthread_join(live->thread, NULL);
    watchers_free(live->watchers);
    g_array_unref(live->changes);
    g_free(live);
}

/* ---- the door ---- */

/* A place of another time, journal or person is none: who brings it is told to read all anew. */
void get_events(struct request *request)
{
    const char *header = request_header(request, "Last-Event-ID"),
               *last = header != NULL ? header : request_query(request, "after");
    int64_t now = engine_rows_pos(request->server->engine);
    struct hint_place place = {0}, given;
    bool known = last != NULL && streams_place(request->server->streams, request->session.person, last, &given) &&
                 given.pos <= now;
    if (known)
        place = given;
    else
        place =
            (struct hint_place){now, access_rights(request->reader->rows, request->session.person, request->now_us)};
    streams_open(request, &place, last != NULL && !known);
}
