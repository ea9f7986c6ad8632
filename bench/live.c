/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two thousand open pages (GET /events), each of somebody whose ground is one of PLACES communities, while matters
 * change there: each change concerns the PAGES_EACH pages of its community. Every hint is timed from when its command
 * was answered, which is before anybody can read it, to when the page has it.
 */
#include "figures.h"

#include "base/uuid.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAGES           2000
#define PAGES_EACH      20
#define PLACES          (PAGES / PAGES_EACH)
#define CHANGES         500 /* a second */
#define CHANGE_SECONDS  20
#define INTAKE_SECONDS  5
#define TURNS           3
#define SETTLE_US       2000000
#define LATE_US         3000000 /* no hint is waited for longer */
#define MOST_MS         1200
#define CLIENT_NICENESS 8

/* ---- pages ---- */

struct page {
    int fd;
    guint place;
    GString *in;
};

/* What a page waits for: a matter of its place that has changed and of which it has not been told since. */
struct wait {
    guint page;
    int64_t changed_us; /* monotonic */
};

struct pages {
    int epoll;
    bool nice;
    struct page pages[PAGES];
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    GHashTable *places;   /* id of a matter → its place + 1 */
    GHashTable *waits;    /* "page matter" → struct wait */
    GArray *took_us;      /* of int32_t */
    int64_t hints, reloads, lost;
    gint ending;
};

static int dial(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        g_error("cannot connect to port %d: %s", port, g_strerror(errno));
    return fd;
}

static char *wait_key(guint page, const char *matter)
{
    return g_strdup_printf("%u %.36s", page, matter);
}

/* `lock` is held. */
static void note_told(struct pages *pages, guint page, const char *matter, int64_t now_us)
{
    g_autofree char *key = wait_key(page, matter);
    const struct wait *wait = g_hash_table_lookup(pages->waits, key);
    pages->hints++;
    if (wait == NULL)
        return;
    int32_t us = (int32_t)(now_us - wait->changed_us);
    g_array_append_val(pages->took_us, us);
    g_hash_table_remove(pages->waits, key);
}

/* All that is whole: ids stand in `"id":"…"` of the matters, which no other hint has. */
static void understand(struct pages *pages, guint index, int64_t now_us)
{
    static const char mark[] = "{\"id\":\"";
    GString *in = pages->pages[index].in;
    const char *end = g_strrstr_len(in->str, (gssize)in->len, "\n\n");
    if (end == NULL)
        return;
    pthread_mutex_lock(&pages->lock);
    for (const char *at = in->str; (at = strstr(at, mark)) != NULL && at < end; at++)
        note_told(pages, index, at + strlen(mark), now_us);
    for (const char *at = in->str; (at = strstr(at, "event: reload")) != NULL && at < end; at++)
        pages->reloads++;
    pthread_mutex_unlock(&pages->lock);
    g_string_erase(in, 0, end + 2 - in->str);
}

static void take_in(struct pages *pages, guint index)
{
    char buffer[16384];
    struct page *page = &pages->pages[index];
    ssize_t bytes = recv(page->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (bytes < 0 && errno == EAGAIN)
        return;
    if (bytes <= 0) {
        epoll_ctl(pages->epoll, EPOLL_CTL_DEL, page->fd, NULL);
        pages->lost++;
        return;
    }
    g_string_append_len(page->in, buffer, bytes);
    understand(pages, index, g_get_monotonic_time());
}

static void *listen_to_all(void *context)
{
    struct pages *pages = context;
    struct epoll_event events[64];
    if (pages->nice)
        setpriority(PRIO_PROCESS, (id_t)gettid(), CLIENT_NICENESS);
    while (!g_atomic_int_get(&pages->ending)) {
        int count = epoll_wait(pages->epoll, events, G_N_ELEMENTS(events), 100);
        for (int i = 0; i < count; i++)
            take_in(pages, events[i].data.u32);
    }
    return NULL;
}

static void pages_open(struct pages *pages, uint16_t port, const GPtrArray *tokens)
{
    for (guint i = 0; i < PAGES; i++) {
        struct page *page = &pages->pages[i];
        *page = (struct page){dial(port), i % PLACES, g_string_new(NULL)};
        g_autoptr(GString) text = g_string_new(NULL);
        load_write_get(text, "/api/v1/events", g_ptr_array_index(tokens, i));
        if (send(page->fd, text->str, text->len, MSG_NOSIGNAL) != (ssize_t)text->len)
            g_error("bench: a page cannot ask");
        char head[15] = "";
        if (recv(page->fd, head, sizeof head - 1, MSG_WAITALL) <= 0 || strstr(head, " 200") == NULL)
            g_error("bench: page %u was answered %s", i, head);
        struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(pages->epoll, EPOLL_CTL_ADD, page->fd, &wanted);
    }
}

/* `nice`: nothing is timed, and they are other machines in truth. */
static void pages_start(struct pages *pages, bool nice)
{
    *pages = (struct pages){.epoll = epoll_create1(EPOLL_CLOEXEC), .nice = nice};
    pages->took_us = g_array_new(FALSE, FALSE, sizeof(int32_t));
    pages->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pages->waits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    pthread_mutex_init(&pages->lock, NULL);
    g_assert(pthread_create(&pages->thread, NULL, listen_to_all, pages) == 0);
}

static void pages_close(struct pages *pages)
{
    g_atomic_int_set(&pages->ending, 1);
    pthread_join(pages->thread, NULL);
    for (guint i = 0; i < PAGES; i++) {
        close(pages->pages[i].fd);
        g_string_free(pages->pages[i].in, TRUE);
    }
    close(pages->epoll);
    g_array_unref(pages->took_us);
    g_hash_table_unref(pages->places);
    g_hash_table_unref(pages->waits);
    pthread_mutex_destroy(&pages->lock);
}

/* ---- changes ---- */

struct changing {
    struct pages *pages;
    const GArray *rounds; /* PLACES, each of a community */
    guint next;
    char matters[BENCH_CONNECTIONS][37];
};

static bool next_change(void *context, int connection, GString *out)
{
    struct changing *changing = context;
    guint number = changing->next++;
    const struct round *round = &g_array_index(changing->rounds, struct round, number % changing->rounds->len);
    guint member = number / changing->rounds->len % GRID_MATTERS;
    uuid_format(&round->matters[member], changing->matters[connection]);
    rig_write_single(out, round, (int)member);
    return true;
}

/* From now on each page of its place waits for it, unless it waits already: hints are coalesced. */
static void note_changed(void *context, int connection, int status, const char *head, const char *body)
{
    struct changing *changing = context;
    struct pages *pages = changing->pages;
    const char *matter = changing->matters[connection];
    int64_t now_us = g_get_monotonic_time();
    look_for_refusals(NULL, connection, status, head, body);
    pthread_mutex_lock(&pages->lock);
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(pages->places, matter));
    for (guint i = place - 1; place > 0 && status < 400 && i < PAGES; i += PLACES) {
        char *key = wait_key(i, matter);
        if (g_hash_table_contains(pages->waits, key)) {
            g_free(key);
            continue;
        }
        const struct wait wait = {i, now_us};
        g_hash_table_insert(pages->waits, key, g_memdup2(&wait, sizeof wait));
    }
    pthread_mutex_unlock(&pages->lock);
}

static void know_places(struct pages *pages, const GArray *rounds)
{
    for (guint i = 0; i < rounds->len; i++)
        for (int m = 0; m < GRID_MATTERS; m++) {
            char *id = g_malloc(37);
            uuid_format(&g_array_index(rounds, struct round, i).matters[m], id);
            g_hash_table_insert(pages->places, id, GUINT_TO_POINTER(i % PLACES + 1));
        }
}

/* ---- the scene ---- */

struct live_scene {
    struct rig_server server;
    struct pages pages;
    struct feed feed;
    double alone, beside; /* rounds a second in a closed loop */
    int64_t before_kib, after_kib;
    int64_t processor_us; /* of the server while changes came */
    int32_t p50_us, most_us;
    int64_t told, late;
};

static void measure_hints(struct live_scene *scene, const GArray *rounds)
{
    struct changing changing = {.pages = &scene->pages, .rounds = rounds};
    struct load_report report;
    int64_t before_us = rig_processor_us(&scene->server);
    load_run(&(struct load_options){.port = scene->server.port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = CHANGE_SECONDS,
                                    .rate = CHANGES,
                                    .next = next_change,
                                    .answered = note_changed,
                                    .context = &changing},
             &report);
    scene->processor_us = rig_processor_us(&scene->server) - before_us;
    load_report_clear(&report);
    g_usleep(LATE_US);
    pthread_mutex_lock(&scene->pages.lock);
    GArray *took_us = scene->pages.took_us;
    g_array_sort(took_us, load_compare);
    scene->told = took_us->len;
    scene->late = g_hash_table_size(scene->pages.waits);
    scene->p50_us = took_us->len > 0 ? g_array_index(took_us, int32_t, took_us->len / 2) : INT32_MAX;
    scene->most_us = took_us->len > 0 ? g_array_index(took_us, int32_t, took_us->len - 1) : INT32_MAX;
    pthread_mutex_unlock(&scene->pages.lock);
}

/* One grid of each of the first communities: as the tree is made, they follow each other in the same order. */
static GArray *rounds_of_communities(const char *dir, GArray *communities)
{
    GArray *rounds = rig_rounds(dir, communities->len);
    g_array_set_size(communities, PLACES);
    g_array_set_size(rounds, PLACES);
    return rounds;
}

static void take_turns(struct live_scene *scene, const GPtrArray *tokens)
{
    for (int i = 0; i < TURNS; i++) { /* so that a noisy minute hits both */
        scene->alone += feed_rate(scene->server.port, &scene->feed, INTAKE_SECONDS) / TURNS;
        pages_start(&scene->pages, true);
        pages_open(&scene->pages, scene->server.port, tokens);
        g_usleep(SETTLE_US);
        scene->beside += feed_rate(scene->server.port, &scene->feed, INTAKE_SECONDS) / TURNS;
        pages_close(&scene->pages);
        g_usleep(SETTLE_US);
    }
}

bool figure_live(struct figure_line *line)
{
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) communities = rig_units(dir, "community");
    g_autoptr(GArray) rounds = rounds_of_communities(dir, communities);
    g_autoptr(GPtrArray) tokens = rig_desks_over(dir, PAGES, communities);
    g_autoptr(GArray) all = rig_rounds(dir, 50000);
    g_autofree struct live_scene *scene = g_new0(struct live_scene, 1);
    scene->feed.rounds = all;
    rig_serve(&scene->server, dir);
    feed_rate(scene->server.port, &scene->feed, INTAKE_SECONDS); /* it fills what it keeps in memory */
    scene->before_kib = rig_status_kib(&scene->server, "VmRSS:");
    take_turns(scene, tokens);
    pages_start(&scene->pages, false);
    know_places(&scene->pages, rounds);
    pages_open(&scene->pages, scene->server.port, tokens);
    g_usleep(SETTLE_US);
    measure_hints(scene, rounds);
    scene->after_kib = rig_status_kib(&scene->server, "VmRSS:");
    int64_t reloads = scene->pages.reloads, lost = scene->pages.lost;
    pages_close(&scene->pages);
    rig_stop(&scene->server, SIGTERM);
    rig_remove(dir);
    double ratio = scene->beside / scene->alone, mib = (double)(scene->after_kib - scene->before_kib) / 1024;
    g_snprintf(line->value, sizeof line->value,
               "%.0f ms (p50 %d) of %" G_GINT64_FORMAT " hints, %" G_GINT64_FORMAT " never, %" G_GINT64_FORMAT
               " reloads, %.0f %% of a processor; %.0f MiB; intake %.2f (%.0f of %.0f entries/s)",
               scene->most_us / 1000.0, scene->p50_us / 1000, scene->told, scene->late, reloads,
               (double)scene->processor_us / (CHANGE_SECONDS * 10000.0), mib, ratio, scene->beside * GRID_MATTERS,
               scene->alone * GRID_MATTERS);
    return scene->most_us <= MOST_MS * 1000 && scene->late == 0 && reloads == 0 && lost == 0 && mib <= 128 &&
           ratio >= 0.9;
}
