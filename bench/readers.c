/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intake beside people who read all that is heavy, as fast as they are let. */
#include "figures.h"

#include <signal.h>

#define DESKS            20
#define DESK_CONNECTIONS 3   /* each: an export, and two that ask for this and that */
#define READS_PER_SECOND 300 /* at most: whoever is refused asks again, but not at once */
#define CLIENT_NICENESS  8   /* theirs are other machines */
#define TURNS            3
#define TURN_SECONDS     5
#define P99_SECONDS      15
#define SETTLE_US        500000

/* ---- who reads ---- */

void desks_init(struct desks *desks, const char *dir, guint count)
{
    *desks = (struct desks){.tokens = rig_desks(dir, count),
                            .districts = rig_units(dir, "district"),
                            .subdistricts = rig_units(dir, "subdistrict")};
}

void desks_clear(struct desks *desks)
{
    g_ptr_array_unref(desks->tokens);
    g_array_unref(desks->districts);
    g_array_unref(desks->subdistricts);
}

static void write_read(const struct desks *desks, const char *token, guint number, GString *out)
{
    static const char search[] = "{\"name\":\"演练\"}";
    const struct {
        const char *before, *after;
        const GArray *units; /* NULL: of the whole city */
    } reads[] = {
        {"/api/v1/matters?limit=200", "", NULL},
        {"/api/v1/units/%23", "/gaps?limit=200", desks->districts},
        {"/api/v1/indicators/people_observed?unit=%23", "", desks->subdistricts},
        {"/api/v1/matters?limit=200&open=false", "", NULL},
        {"/api/v1/indicators/check_ins_in_time?unit=%23", "", desks->subdistricts},
        {"/api/v1/tasks?limit=200", "", NULL},
    };
    guint what = number % (G_N_ELEMENTS(reads) + 1);
    if (what == G_N_ELEMENTS(reads)) {
        load_write_post(out, "/api/v1/persons/search", token, search, sizeof search - 1);
        return;
    }
    const GArray *units = reads[what].units;
    g_autofree char *unit = NULL;
    if (units != NULL)
        unit = g_strdup_printf("%" G_GINT64_FORMAT, g_array_index(units, int64_t, number % units->len));
    g_autofree char *path = g_strconcat(reads[what].before, unit != NULL ? unit : "", reads[what].after, NULL);
    load_write_get(out, path, token);
}

bool desks_next(void *context, int connection, GString *out)
{
    struct desks *desks = context;
    guint desk = (guint)connection % desks->tokens->len;
    const char *token = g_ptr_array_index(desks->tokens, desk);
    if ((guint)connection < desks->tokens->len)
        load_write_get(out, "/api/v1/exports/home_observation.csv", token);
    else
        write_read(desks, token, desks->next++, out);
    return true;
}

void desks_answered(void *context, int connection, int status, const char *head, const char *body)
{
    struct desks *desks = context;
    bool refused = status == 429 || status == 503;
    desks->refused += refused;
    desks->answered += status == 200;
    if (!refused && status != 200)
        g_error("bench: reading answered %d: %.300s", status, body);
}

struct background *desks_start(struct desks *desks, uint16_t port, double reads_per_second, double seconds)
{
    return background_run(&(struct load_options){.port = port,
                                                 .connections = (int)desks->tokens->len * DESK_CONNECTIONS,
                                                 .seconds = seconds,
                                                 .rate = reads_per_second,
                                                 .leaves = true,
                                                 .next = desks_next,
                                                 .answered = desks_answered,
                                                 .context = desks},
                          CLIENT_NICENESS);
}

static void desks_stop(struct background *background)
{
    struct load_report report;
    background_stop(background, &report);
    load_report_clear(&report);
    g_usleep(SETTLE_US);
}

/* ---- beside whom ---- */

struct scene {
    struct rig_server server;
    struct feed feed;
    struct desks desks;
    double alone, beside;       /* rounds in all turns */
    double alone_ms, beside_ms; /* p99 at half of what it can */
};

static void take_turns(struct scene *scene)
{
    for (int i = 0; i < TURNS; i++) { /* so that a noisy minute hits both */
        scene->alone += feed_rate(scene->server.port, &scene->feed, TURN_SECONDS) / TURNS;
        struct background *reading = desks_start(&scene->desks, scene->server.port, READS_PER_SECOND, TURN_SECONDS + 1);
        g_usleep(SETTLE_US);
        scene->beside += feed_rate(scene->server.port, &scene->feed, TURN_SECONDS) / TURNS;
        desks_stop(reading);
    }
}

static double p99_ms_at_half_rate(struct scene *scene)
{
    struct load_report report;
    load_run(&(struct load_options){.port = scene->server.port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = P99_SECONDS,
                                    .rate = scene->alone / 2,
                                    .next = feed_again,
                                    .answered = look_for_refusals,
                                    .context = &scene->feed},
             &report);
    double p99_ms = load_percentile(&report, 0.99) / 1000.0;
    load_report_clear(&report);
    return p99_ms;
}

static void at_half_rate(struct scene *scene)
{
    scene->alone_ms = p99_ms_at_half_rate(scene);
    struct background *reading = desks_start(&scene->desks, scene->server.port, READS_PER_SECOND, P99_SECONDS + 1);
    scene->beside_ms = p99_ms_at_half_rate(scene);
    desks_stop(reading);
}

bool figure_readers(struct figure_line *line)
{
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    struct scene scene = {0};
    desks_init(&scene.desks, dir, DESKS);
    g_autoptr(GArray) rounds = rig_rounds(dir, 50000);
    scene.feed.rounds = rounds;
    rig_serve(&scene.server, dir);
    take_turns(&scene);
    at_half_rate(&scene);
    rig_stop(&scene.server, SIGTERM);
    rig_remove(dir);
    double ratio = scene.beside / scene.alone;
    g_snprintf(line->value, sizeof line->value,
               "%.2f (%.0f of %.0f entries/s), p99 %.1f ms (%.1f alone), beside %d who read (%" G_GINT64_FORMAT
               " answers, %" G_GINT64_FORMAT " refused)",
               ratio, scene.beside * GRID_MATTERS, scene.alone * GRID_MATTERS, scene.beside_ms, scene.alone_ms, DESKS,
               scene.desks.answered, scene.desks.refused);
    desks_clear(&scene.desks);
    return ratio >= 0.8 && scene.beside_ms <= 50;
}
