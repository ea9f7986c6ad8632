/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox/outbox.h"

#include "base/limits.h"
#include "base/log.h"
#include "outbox/destination.h"
#include "outbox/sending.h"
#include "outbox/message.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define ROUND_MS      200
#define BACKOFF_US    (5 * US_PER_SECOND)
#define BACKOFF_STEPS 16 /* doubled so often at most: beyond it the limit stands anyway */
#define LOOK_US       US_PER_SECOND
#define ADDED_A_ROUND 1000 /* then what is due is looked at first */
#define REOPEN_MS     1000
#define COMPLAINT_US  (10 * US_PER_MINUTE) /* said again so often while it lasts */

/* How a destination behaves; times of clock_monotonic_us(). */
struct receiver {
    const struct destination *to;
    int64_t pos;
    int64_t hold_us;  /* not asked before */
    int64_t paced_us; /* not asked before, since it takes so many a minute */
    int failing;      /* tries in a row that came to nothing */
    bool full;
};

struct outbox {
    struct engine *engine;
    const struct clock *clock;
    char *link;
    int64_t backoff_us;
    pthread_t thread;
    _Atomic bool stopping;
    struct sendings *sendings;
    struct reader *reader;
    struct db *db;
    bool complained; /* that the file or the rows cannot be opened */
    int64_t complained_us;
    _Atomic int64_t standing_us; /* of clock_monotonic_us(), since when it cannot go on; 0 it does */
    struct receiver receivers[LIMIT_DESTINATIONS];
    guint count;
    int64_t look_us;
    pthread_mutex_t lock; /* of `counts` */
    struct delivery_counts counts[LIMIT_DESTINATIONS];
};

static void complain(struct outbox *outbox, const GError *error)
{
    int64_t now_us = clock_monotonic_us();
    if (!outbox->complained || now_us - outbox->complained_us >= COMPLAINT_US) {
        log_write(LOG_ERROR, "the outbox cannot go on; it is tried again every second", "why", error->message, NULL);
        outbox->complained_us = now_us;
    }
    if (!outbox->complained)
        outbox->standing_us = now_us;
    outbox->complained = true;
}

static bool commit(struct outbox *outbox)
{
    g_autoptr(GError) error = NULL;
    if (db_commit(outbox->db, &error))
        return true;
    complain(outbox, error);
    db_close(g_steal_pointer(&outbox->db));
    return false;
}

/* ---- the journal ---- */

struct taking {
    struct outbox *outbox;
    const struct event *event;
    int64_t now_us;
    int added;
};

static void take_raised(void *context, const struct raised *raised)
{
    struct taking *taking = context;
    struct outbox *outbox = taking->outbox;
    struct matter matter;
    if (!matter_get(outbox->reader->rows, raised->matter, &matter))
        return;
    const struct playbook *playbook = rulebook_get(engine_rulebook(outbox->engine), matter.rules);
    const struct kind *kind = playbook != NULL ? playbook_find_kind(playbook, matter.kind) : NULL;
    for (guint i = 0; kind != NULL && i < outbox->count; i++) {
        const struct receiver *receiver = &outbox->receivers[i];
        if (receiver->full || receiver->pos >= taking->event->pos ||
            (receiver->to->raisings & 1u << raised->how) == 0 || !message_may_tell(receiver->to, kind))
            continue;
        deliveries_add(outbox->db, receiver->to->name, raised, kind->name, taking->event->at_us, taking->now_us);
        taking->added++;
    }
}

/* From the one that is furthest behind up to where the next one stands, so that those that go together read once. */
static bool find_stretch(const struct outbox *outbox, int64_t until, int64_t *out_first, int64_t *out_last)
{
    int64_t least = INT64_MAX, last;
    for (guint i = 0; i < outbox->count; i++)
        if (!outbox->receivers[i].full)
            least = MIN(least, outbox->receivers[i].pos);
    if (least >= until)
        return false;
    last = MIN(until, least + LIMIT_OUTBOX_EVENTS);
    for (guint i = 0; i < outbox->count; i++)
        if (!outbox->receivers[i].full && outbox->receivers[i].pos > least)
            last = MIN(last, outbox->receivers[i].pos);
    *out_first = least + 1;
    *out_last = last;
    return true;
}

/* Returns up to where it came. */
static int64_t walk(struct outbox *outbox, int64_t first, int64_t last)
{
    g_autoptr(GError) error = NULL;
    struct event event;
    struct taking taking = {outbox, &event, clock_now_us(outbox->clock), 0};
    int64_t pos = first - 1;
    AUTO(journal_cursor) struct journal_cursor *events = journal_walk(outbox->reader->journal, first, last);
    while (taking.added < ADDED_A_ROUND && journal_next(events, &event, &error)) {
        matter_raised(outbox->reader->rows, &event, take_raised, &taking);
        pos = event.pos;
    }
    if (error != NULL)
        complain(outbox, error);
    return pos;
}

/* What was read, and how far, is committed together. */
static void advance(struct outbox *outbox, int64_t pos)
{
    for (guint i = 0; i < outbox->count; i++) {
        struct receiver *receiver = &outbox->receivers[i];
        if (receiver->full || receiver->pos >= pos)
            continue;
        receiver->pos = pos;
        deliveries_advance(outbox->db, receiver->to->name, pos);
    }
}

/* True: there is more. */
static bool take_events(struct outbox *outbox)
{
    struct db *rows = outbox->reader->rows;
    int64_t until = engine_rows_pos(outbox->engine), first, last;
    for (guint i = 0; i < outbox->count; i++)
        outbox->receivers[i].full =
            deliveries_waiting(outbox->db, outbox->receivers[i].to->name) >= LIMIT_OUTBOX_WAITING;
    if (!find_stretch(outbox, until, &first, &last))
        return false;
    db_begin(outbox->db);
    db_begin(rows);
    int64_t pos = walk(outbox, first, last);
    bool read = db_failed(rows) == NULL;
    if (!read)
        complain(outbox, db_failed(rows));
    db_rollback(rows);
    if (!read) {
        db_rollback(outbox->db);
        return false;
    }
    advance(outbox, pos);
    return commit(outbox) && pos >= first && pos < until;
}

/* ---- sending ---- */

/* Half of it is by chance, so that those that failed together do not come back together. */
static int64_t backoff_of(const struct outbox *outbox, int64_t failures)
{
    int64_t steps = CLAMP(failures - 1, 0, BACKOFF_STEPS);
    int64_t whole_us = MIN(outbox->backoff_us << steps, LIMIT_OUTBOX_BACKOFF_US);
    return whole_us / 2 + (int64_t)randombytes_uniform((uint32_t)(whole_us / 2) + 1);
}

static struct receiver *receiver_of(struct outbox *outbox, const struct destination *to)
{
    for (guint i = 0; i < outbox->count; i++)
        if (outbox->receivers[i].to == to)
            return &outbox->receivers[i];
    g_assert_not_reached();
}

static void note_failure(struct outbox *outbox, const struct destination *to, const struct delivery *delivery,
                         const char *why)
{
    char id[UUID_TEXT_LENGTH + 1];
    int64_t now_us = clock_now_us(outbox->clock);
    bool dead = delivery->tries >= to->tries || delivery->made_us + to->give_up_us <= now_us;
    uuid_format(&delivery->uuid, id);
    deliveries_fail(outbox->db, delivery->id, to->name, why, dead ? 0 : now_us + backoff_of(outbox, delivery->tries),
                    now_us);
    if (dead)
        log_write(LOG_ERROR, "an alert was not delivered, and is not tried any more", "destination", to->name, "id", id,
                  "why", why, NULL);
    else
        log_write(LOG_WARNING, "an alert was not delivered; it is tried again", "destination", to->name, "id", id,
                  "why", why, NULL);
}

static void on_ended(void *context, const struct destination *to, int64_t id, const char *why)
{
    struct outbox *outbox = context;
    struct receiver *receiver = receiver_of(outbox, to);
    AUTO(delivery) struct delivery delivery = {0};
    if (!deliveries_get(outbox->db, id, &delivery))
        return;
    if (why == NULL) {
        receiver->failing = 0;
        deliveries_done(outbox->db, id, to->name);
        return;
    }
    note_failure(outbox, to, &delivery, why);
    if (clock_monotonic_us() >= receiver->hold_us) /* those that were under way together fail once */
        receiver->hold_us = clock_monotonic_us() + backoff_of(outbox, ++receiver->failing);
}

/* At the time of sending, from the vault; NULL: nobody holds the post, or has a number. The caller forgets it. */
static char *phone_of(const struct outbox *outbox, int64_t post_id)
{
    struct reader *reader = outbox->reader;
    struct post post;
    int64_t person = post_id < 0 ? -post_id : 0, now_us = clock_now_us(outbox->clock);
    AUTO(person_data) struct person_data data = {0};
    if (post_id > 0 && registry_post(reader->rows, post_id, &post) && post.to_us > now_us)
        person = post.person;
    if (person == 0 ||
        !registry_person(reader->rows, reader->vault, registry_person_kept(reader->rows, person), &data) ||
        data.phone == NULL)
        return NULL;
    return g_strdup(data.phone);
}

static void send_message(struct outbox *outbox, struct receiver *receiver, struct delivery *delivery,
                         const struct alert_message *message)
{
    const struct destination *to = receiver->to;
    char *phone = to->type == DESTINATION_SMS ? phone_of(outbox, delivery->post) : NULL;
    int64_t now_us = clock_now_us(outbox->clock);
    deliveries_try(outbox->db, delivery->id, now_us + backoff_of(outbox, ++delivery->tries));
    if (to->type == DESTINATION_SMS && phone == NULL)
        note_failure(outbox, to, delivery, "no_phone");
    else if (!sendings_begin(outbox->sendings, to, delivery->id, &delivery->uuid, message, phone, now_us))
        note_failure(outbox, to, delivery, "no_request");
    if (to->per_minute > 0)
        receiver->paced_us = clock_monotonic_us() + US_PER_MINUTE / to->per_minute;
    if (phone != NULL)
        sodium_memzero(phone, strlen(phone));
    g_free(phone);
}

static void send_one(struct outbox *outbox, struct receiver *receiver, int64_t id)
{
    const struct composing composing = {outbox->reader->rows, engine_rulebook(outbox->engine), outbox->link,
                                        clock_now_us(outbox->clock), registry_is_drill(outbox->reader->rows)};
    AUTO(delivery) struct delivery delivery = {0};
    AUTO(alert_message) struct alert_message message = {0};
    if (!deliveries_get(outbox->db, id, &delivery))
        return;
    if (message_compose(&composing, receiver->to, &delivery, &message))
        send_message(outbox, receiver, &delivery, &message);
    else if (db_failed(outbox->reader->rows) == NULL)
        deliveries_drop(outbox->db, id, receiver->to->name);
}

/* One alone, to see whether it answers again, while it fails. */
static bool may_send(const struct outbox *outbox, const struct receiver *receiver)
{
    int64_t now_us = clock_monotonic_us();
    int most = receiver->failing > 0 ? 1 : LIMIT_OUTBOX_AT_ONCE;
    return now_us >= receiver->hold_us && now_us >= receiver->paced_us &&
           sendings_count(outbox->sendings, receiver->to) < most;
}

static void send_due(struct outbox *outbox, struct receiver *receiver)
{
    if (!may_send(outbox, receiver))
        return;
    g_autoptr(GArray) due =
        deliveries_due(outbox->db, receiver->to->name, clock_now_us(outbox->clock), 2 * LIMIT_OUTBOX_AT_ONCE);
    for (guint i = 0; i < due->len && may_send(outbox, receiver); i++) {
        int64_t id = g_array_index(due, int64_t, i);
        if (!sendings_has(outbox->sendings, id))
            send_one(outbox, receiver, id);
    }
}

/* ---- a round ---- */

static void give_up_and_count(struct outbox *outbox)
{
    struct delivery_counts counts[LIMIT_DESTINATIONS] = {0};
    int64_t now_us = clock_now_us(outbox->clock);
    for (guint i = 0; i < outbox->count; i++) {
        const struct destination *to = outbox->receivers[i].to;
        int given_up = deliveries_give_up(outbox->db, to->name, to->give_up_us, now_us);
        g_autofree char *how_many = g_strdup_printf("%d", given_up);
        if (given_up > 0)
            log_write(LOG_ERROR, "alerts were not delivered in time, and are not tried any more", "destination",
                      to->name, "count", how_many, NULL);
        deliveries_count(outbox->db, to->name, &counts[i]);
    }
    pthread_mutex_lock(&outbox->lock);
    memcpy(outbox->counts, counts, outbox->count * sizeof *counts);
    pthread_mutex_unlock(&outbox->lock);
}

static void on_gone(void *context, const char *name)
{
    log_write(LOG_WARNING, "a destination of alerts is configured no more; what waited for it is gone", "destination",
              name, NULL);
}

static void set_up(struct outbox *outbox)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < outbox->count; i++)
        g_strv_builder_add(builder, outbox->receivers[i].to->name);
    g_auto(GStrv) names = g_strv_builder_end(builder);
    deliveries_set_up(outbox->db, names, engine_rows_pos(outbox->engine), on_gone, NULL);
    for (guint i = 0; i < outbox->count; i++)
        outbox->receivers[i].pos = deliveries_pos(outbox->db, outbox->receivers[i].to->name);
}

/* Once it stands, until something fails. */
static bool open_all(struct outbox *outbox)
{
    g_autoptr(GError) error = NULL;
    const char *data_dir = engine_data_dir(outbox->engine);
    uint8_t installation[JOURNAL_ID_BYTES] = {0};
    if (outbox->reader == NULL)
        outbox->reader = reader_open(data_dir, engine_keys_dir(outbox->engine), &error);
    if (outbox->reader == NULL) {
        complain(outbox, error);
        return false;
    }
    if (outbox->db != NULL)
        return true;
    journal_installation(outbox->reader->journal, installation);
    outbox->db = deliveries_open(data_dir, installation, &error);
    if (outbox->db == NULL) {
        complain(outbox, error);
        return false;
    }
    db_begin(outbox->db);
    set_up(outbox);
    return commit(outbox);
}

static bool note_ended(struct outbox *outbox)
{
    db_begin(outbox->db);
    sendings_ended(outbox->sendings, on_ended, outbox);
    return commit(outbox);
}

static bool send_all_due(struct outbox *outbox)
{
    db_begin(outbox->db);
    db_begin(outbox->reader->rows);
    for (guint i = 0; i < outbox->count; i++)
        send_due(outbox, &outbox->receivers[i]);
    db_rollback(outbox->reader->rows);
    return commit(outbox);
}

static bool look_around(struct outbox *outbox)
{
    if (clock_monotonic_us() - outbox->look_us < LOOK_US)
        return true;
    outbox->look_us = clock_monotonic_us();
    db_begin(outbox->db);
    give_up_and_count(outbox);
    if (!commit(outbox))
        return false;
    db_checkpoint(outbox->db, false);
    outbox->complained = false;
    outbox->standing_us = 0;
    return true;
}

/* For how long there is nothing to do. What is sent goes out afterwards, when it has been noted that it is tried. */
static int run_round(struct outbox *outbox)
{
    if (!open_all(outbox) || !note_ended(outbox))
        return REOPEN_MS;
    bool more = take_events(outbox);
    if (outbox->db == NULL || !send_all_due(outbox) || !look_around(outbox))
        return REOPEN_MS;
    return more ? 0 : ROUND_MS;
}

static void *run(void *context)
{
    struct outbox *outbox = context;
    while (!outbox->stopping)
        sendings_run(outbox->sendings, run_round(outbox));
    return NULL;
}

/* ---- the door ---- */

struct outbox *outbox_start(const struct outbox_options *options)
{
    struct outbox *outbox = g_new0(struct outbox, 1);
    g_assert(options->destinations->len <= LIMIT_DESTINATIONS);
    *outbox = (struct outbox){.engine = options->engine,
                              .clock = options->clock,
                              .link = options->public_url != NULL ? g_strconcat(options->public_url, "/", NULL) : NULL,
                              .backoff_us = options->backoff_us > 0 ? options->backoff_us : BACKOFF_US,
                              .count = options->destinations->len,
                              .look_us = clock_monotonic_us() - LOOK_US};
    for (guint i = 0; i < outbox->count; i++)
        outbox->receivers[i].to = g_ptr_array_index(options->destinations, i);
    pthread_mutex_init(&outbox->lock, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    outbox->sendings = sendings_new();
    int failed = pthread_create(&outbox->thread, NULL, run, outbox);
    g_assert(failed == 0);
    return outbox;
}

void outbox_stop(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    outbox->stopping = true;
    sendings_wake(outbox->sendings);
    pthread_join(outbox->thread, NULL);
    sendings_free(outbox->sendings);
    if (outbox->db != NULL)
        db_close(outbox->db);
    reader_close(outbox->reader);
    pthread_mutex_destroy(&outbox->lock);
    g_free(outbox->link);
    g_free(outbox);
}

void outbox_forget(const char *data_dir)
{
    char *const none[] = {NULL};
    g_autoptr(GError) error = NULL;
    struct db *db = deliveries_open_existing(data_dir, true, &error);
    if (db != NULL) {
        db_begin(db);
        deliveries_set_up(db, none, 0, on_gone, NULL);
        db_commit(db, &error);
        db_close(db);
    }
    if (error != NULL)
        log_write(LOG_ERROR, "the outbox cannot be emptied", "why", error->message, NULL);
}

void outbox_counts(struct outbox *outbox,
                   void (*each)(void *context, const char *name, const struct delivery_counts *counts), void *context)
{
    struct delivery_counts counts[LIMIT_DESTINATIONS];
    pthread_mutex_lock(&outbox->lock);
    memcpy(counts, outbox->counts, sizeof counts);
    pthread_mutex_unlock(&outbox->lock);
    for (guint i = 0; i < outbox->count; i++)
        each(context, outbox->receivers[i].to->name, &counts[i]);
}

int64_t outbox_standing_us(const struct outbox *outbox)
{
    int64_t since_us = outbox->standing_us;
    return since_us == 0 ? 0 : MAX(1, clock_monotonic_us() - since_us);
}
