/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include "rehearsal/people.h"

#include <string.h>

#define GRIDS          2
#define HOUSEHOLDS     2
#define HOUSEHOLD_SIZE 2

struct cast {           /* who and what the steps speak of */
    GPtrArray *matters; /* UUIDs by grid and household */
    GArray *residents, *grids, *communities;
    int64_t worker[GRIDS], doctor[GRIDS], secretary[GRIDS];
    int64_t clinic, porter, station;
    int64_t worker_post;
    GPtrArray *reports; /* standing daily reports */
};

/* ---- writing ---- */

static void push(struct script *script, struct step step)
{
    g_array_append_val(script->steps, step);
}

static const char *say(struct script *script, int64_t person, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Returns its id, which names the matter that it opens. */
static const char *say(struct script *script, int64_t person, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *json = g_strdup_vprintf(format, args);
    va_end(args);
    json_t *command = town_command(&script->base, "%s", json);
    push(script, (struct step){.person = person, .command = command});
    return json_get_text(command, "id", "");
}

static void refuse_last(struct script *script)
{
    g_array_index(script->steps, struct step, script->steps->len - 1).refused = true;
}

static void wait_until(struct script *script, int64_t hours)
{
    push(script, (struct step){.at_us = TOWN_START_US + hours * US_PER_HOUR});
}

static const char *matter(const struct cast *cast, int i)
{
    return g_ptr_array_index(cast->matters, (guint)i);
}

static void say_round(struct script *script, const struct cast *cast, int grid, int household, const char *one,
                      const char *other)
{
    int first = (grid * HOUSEHOLDS + household) * HOUSEHOLD_SIZE;
    say(script, cast->worker[grid],
        "{'command': 'enter_round', 'entry': 'check_in', 'channel': 'door', 'rows': [{'matter': '%s', "
        "'fields': "
        "{'temperature': %s}}, {'matter': '%s', 'fields': {'temperature': %s}}]}",
        matter(cast, first), one, matter(cast, first + 1), other);
}

static void say_report(struct script *script, const struct cast *cast, int grid, guint resident)
{
    say(script, cast->worker[grid],
        "{'command': 'open_matter', 'kind': 'anomaly_report', 'unit': '#%" G_GINT64_FORMAT "', 'subject': "
        "'%" G_GINT64_FORMAT "', 'form': {'category': 'unreachable', 'description': '敲门无人应答'}}",
        g_array_index(cast->grids, int64_t, grid), g_array_index(cast->residents, int64_t, resident));
}

static void say_new_person(struct script *script, const struct cast *cast, guint32 number)
{
    g_autoptr(json_t) person = made_up_person(number, false);
    say(script, cast->worker[0],
        "{'command': 'register_person', 'name': '%s', 'id_number': '%s', 'phone': '%s', 'unit': "
        "'#%" G_GINT64_FORMAT "'}",
        json_get_text(person, "name", ""), json_get_text(person, "id_number", ""), json_get_text(person, "phone", ""),
        g_array_index(cast->grids, int64_t, 0));
}

/* ---- the days ---- */

static void fever(struct script *script, const struct cast *cast)
{
    say_round(script, cast, 0, 0, "36.6", "38.5");
    const char *sick = matter(cast, 1);
    say(script, cast->worker[0],
        "{'command': 'enter', 'matter': '%s', 'entry': 'check_in', 'fields': {'temperature': 36}}", sick);
    refuse_last(script); /* it waits for the re-check */
    say(script, cast->worker[0],
        "{'command': 'enter', 'matter': '%s', 'entry': 'recheck', 'fields': {'temperature': 38.2}}", sick);
    say(script, cast->clinic, "{'command': 'enter', 'matter': '%s', 'entry': 'take_over'}", sick);
    say(script, cast->clinic,
        "{'command': 'enter', 'matter': '%s', 'entry': 'clinic_result', 'fields': {'result': 'admitted'}}", sick);
}

static void arrival(struct script *script, const struct cast *cast)
{
    g_autofree char *id =
        g_strdup(say(script, cast->porter,
                     "{'command': 'open_matter', 'kind': 'arrival', 'unit': '#%" G_GINT64_FORMAT
                     "', 'subject': {'name': '演归来', 'phone': '01000990001'}, 'form': {'arrived': "
                     "'2020-02-03T06:00:00+08:00', 'from_province': '42', 'from_city': '4201', 'met_people_from_area': "
                     "false, 'transport': 'train', 'address': '西区试验小区'}}",
                     cast->station));
    say(script, cast->porter,
        "{'command': 'hand_over_matter', 'matter': '%s', 'to': '#%" G_GINT64_FORMAT "', 'reason': '住在西区'}", id,
        g_array_index(cast->communities, int64_t, 1));
    wait_until(script, 0);
    say(script, cast->secretary[1], "{'command': 'accept_matter', 'matter': '%s'}", id);
    wait_until(script, 0);
    say(script, cast->secretary[1],
        "{'command': 'enter', 'matter': '%s', 'entry': 'screen', 'fields': {'temperature': 36.4}}", id);
    /* Who answers there now is looked at where the arrival was opened: a letter. */
    say(script, 0,
        "{'command': 'appoint', 'person': '%" G_GINT64_FORMAT
        "', 'role': 'assigned_cadre', 'grounds': ['#%" G_GINT64_FORMAT "']}",
        cast->porter, g_array_index(cast->communities, int64_t, 1));
    wait_until(script, 0);
}

static void people(struct script *script, const struct cast *cast)
{
    say_new_person(script, cast, 7000001);
    say(script, 0, "{'command': 'change_person', 'person': '%" G_GINT64_FORMAT "', 'phone': '01000990002'}",
        g_array_index(cast->residents, int64_t, 3));
    say(script, 0,
        "{'command': 'move_in', 'persons': [{'name': '演新来', 'phone': '01000990003'}, {'name': "
        "'演也新来'}], "
        "'unit': '#%" G_GINT64_FORMAT "', 'dwelling': '9单元901'}",
        g_array_index(cast->grids, int64_t, 1));
    say(script, cast->worker[0],
        "{'command': 'hand_over_post', 'from_post': '%" G_GINT64_FORMAT
        "', 'mode': 'post', 'to_person': '%" G_GINT64_FORMAT "', 'reason': '发烧休息'}",
        cast->worker_post, cast->doctor[0]);
    say(script, 0, "{'command': 'erase_person', 'person': '%" G_GINT64_FORMAT "'}",
        g_array_index(cast->residents, int64_t, 7));
    say(script, cast->worker[1],
        "{'command': 'enter', 'matter': '%s', 'entry': 'check_in', 'fields': {'temperature': 36}}", matter(cast, 7));
    refuse_last(script); /* erased */
}

/* Whatever a few workers send in a busy hour: one in six is refused, one in six sent again. */
static void bulk(struct script *script, const struct cast *cast, int count)
{
    struct dice dice = {42};
    for (int i = 0; i < count; i++) {
        int grid = (int)dice_below(&dice, GRIDS), household = (int)dice_below(&dice, HOUSEHOLDS);
        bool lasting = grid == 1 && household == 0; /* nobody of them is sick or erased */
        switch (dice_below(&dice, 6)) {
        case 0:
            say_round(script, cast, 1, 0, "36.6", "53");
            refuse_last(script);
            break;
        case 1:
            say_report(script, cast, 1, 4 + dice_below(&dice, 2));
            break;
        case 2:
            say_new_person(script, cast, 7100000 + (guint32)i);
            break;
        case 3: {
            struct step again = g_array_index(script->steps, struct step, dice_below(&dice, script->steps->len));
            if (again.command != NULL && !again.refused) {
                json_incref(again.command);
                push(script, again);
            }
            break;
        }
        default:
            say_round(script, cast, lasting ? grid : 1, 0, "36.4", "36.9");
        }
    }
}

static void write_steps(struct script *script, const struct cast *cast, int count)
{
    say_round(script, cast, 1, 0, "36.5", "36.6");
    say(script, cast->doctor[0],
        "{'command': 'enter', 'matter': '%s', 'entry': 'serve_notice', 'fields': {'read_out': true}}", matter(cast, 0));
    say_report(script, cast, 0, 2);
    fever(script, cast);
    bulk(script, cast, count / 2);
    arrival(script, cast);
    people(script, cast);
    wait_until(script, 5); /* 13:00: nobody else's morning was measured */
    say(script, cast->secretary[0],
        "{'command': 'enter', 'matter': '%s', 'entry': 'daily', 'fields': {'nothing_else': true}}",
        (const char *)g_ptr_array_index(cast->reports, 0));
    bulk(script, cast, count - count / 2);
    wait_until(script, 24);
}

/* ---- the cast ---- */

static void find_cast(struct town *town, struct cast *cast)
{
    cast->matters =
        town_uuids(town, "SELECT uuid FROM matter WHERE kind = 'home_observation' ORDER BY unit, household, id");
    cast->residents =
        town_numbers(town, "SELECT subject FROM matter WHERE kind = 'home_observation' ORDER BY unit, household, id");
    cast->grids = town_numbers(town, "SELECT id FROM unit WHERE type = 'grid' ORDER BY id");
    cast->communities = town_numbers(town, "SELECT id FROM unit WHERE type = 'community' ORDER BY id");
    cast->reports = town_uuids(town, "SELECT uuid FROM matter WHERE kind = 'daily_report' ORDER BY unit");
    cast->station = town_number(town, "SELECT id FROM unit WHERE type = 'station'");
    for (int i = 0; i < GRIDS; i++) {
        cast->worker[i] = town_holder(town, "grid_worker", g_array_index(cast->grids, int64_t, i));
        cast->doctor[i] = town_holder(town, "community_doctor", g_array_index(cast->grids, int64_t, i));
        cast->secretary[i] = town_holder(town, "community_secretary", g_array_index(cast->grids, int64_t, i));
    }
    cast->clinic = town_holder(town, "fever_clinic", g_array_index(cast->grids, int64_t, 0));
    cast->porter = town_holder(town, "grid_worker", cast->station);
    g_autofree char *post = g_strdup_printf(
        "SELECT id FROM post WHERE role = 'grid_worker' AND person = %" G_GINT64_FORMAT, cast->worker[0]);
    cast->worker_post = town_number(town, post);
}

static void cast_clear(struct cast *cast)
{
    g_ptr_array_unref(cast->matters);
    g_ptr_array_unref(cast->reports);
    g_array_unref(cast->residents);
    g_array_unref(cast->grids);
    g_array_unref(cast->communities);
}

static void step_clear(gpointer step)
{
    json_decref(((struct step *)step)->command);
}

void script_init(struct script *script, int count)
{
    struct cast cast;
    script->steps = g_array_new(FALSE, TRUE, sizeof(struct step));
    g_array_set_clear_func(script->steps, step_clear);
    town_init(&script->base, TOWN_START_US);
    town_open(&script->base);
    town_settle(&script->base, GRIDS, HOUSEHOLDS, HOUSEHOLD_SIZE);
    engine_run_clock(script->base.engine); /* standing matters */
    find_cast(&script->base, &cast);
    write_steps(script, &cast, count);
    cast_clear(&cast);
    town_close(&script->base);
}

void script_clear(struct script *script)
{
    g_array_unref(script->steps);
    town_clear(&script->base);
}

/* ---- carrying it out ---- */

/* Nobody remembers ids of the operator's commands: what was not acknowledged and is there all the same would be done
 * twice. Whoever is at the server looks first. */
static bool stands_in_journal(const struct town *town, const json_t *command)
{
    struct uuid id;
    struct event event;
    g_autofree char *path = g_build_filename(town->data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, NULL);
    g_assert_true(journal != NULL && uuid_parse(json_get_text(command, "id", ""), &id));
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, 1, 0);
    bool found = false;
    while (!found && journal_next(cursor, &event, NULL))
        found = uuid_equal(&event.command, &id);
    return found;
}

/* False: the disk failed. */
static bool carry_out(struct town *town, const struct step *step)
{
    struct answer answer;
    if (step->person == 0 && stands_in_journal(town, step->command))
        return true;
    town_answer(town, step->person, json_deep_copy(step->command), &answer);
    enum problem_code code = answer.problem != NULL ? answer.problem->code : PROBLEM_COUNT;
    problem_free(answer.problem);
    json_decref(answer.body);
    if (code == PROBLEM_STORAGE_FAILED || code == PROBLEM_DISK_FULL)
        return false;
    /* An erasure whose event was lost is decided again when the engine opens, before it is asked for again. */
    bool done_before =
        code == PROBLEM_PERSON_ERASED && strcmp(json_get_text(step->command, "command", ""), "erase_person") == 0;
    if ((code != PROBLEM_COUNT) != step->refused && !done_before) {
        char *text = json_dumps(step->command, 0);
        g_error("%s: %s", code != PROBLEM_COUNT ? problem_texts[code].name : "accepted", text);
    }
    return true;
}

bool script_run(const struct script *script, struct town *town, guint *at)
{
    for (; *at < script->steps->len; (*at)++) {
        const struct step *step = &g_array_index(script->steps, struct step, *at);
        if (step->command != NULL) {
            if (!carry_out(town, step))
                return false;
            continue;
        }
        clock_set(&town->clock, MAX(step->at_us, clock_now_us(&town->clock)));
        engine_run_clock(town->engine);
        if (engine_causes(town->engine) != 0)
            return false;
    }
    return true;
}
