/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/days.h"

#include "base/datetime.h"
#include "matter/matter.h"
#include "registry/registry.h"
#include "rehearsal/orders.h"

#include <string.h>

#define STEP_US       (30 * US_PER_MINUTE)
#define ROSTER_DAYS   30
#define LEAVE_ONE_IN  150
#define BUSY_GRIDS    3
#define BUSY_ONE_IN   48
#define NEVER_PERCENT 4
#define LATE_PERCENT  4
#define NO_ROUND      G_MAXUINT

struct days {
    const struct rehearsal_options *options;
    struct city city;
    struct submitter *submitter;
    struct book *book;
    GArray *grids; /* with a grid worker: of struct staffed_grid */
    struct rehearsal_report *report;
};

struct staffed_grid {
    int64_t grid, person; /* the grid worker */
};

static json_t *unit_text(int64_t unit)
{
    char text[24];
    g_snprintf(text, sizeof text, "#%" G_GINT64_FORMAT, unit);
    return json_string(text);
}

static json_t *uuid_text(const struct uuid *uuid)
{
    char text[UUID_TEXT_LENGTH + 1];
    uuid_format(uuid, text);
    return json_string(text);
}

static char *time_text(int64_t at_us)
{
    char text[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(at_us / US_PER_SECOND * US_PER_SECOND, utc, text);
    return g_strdup(text);
}

/* ---- arrivals ---- */

static GArray *staffed_grids(struct reader *reader, int64_t now_us)
{
    GArray *grids = g_array_new(FALSE, FALSE, sizeof(struct staffed_grid));
    AUTO(cursor)
    struct cursor cursor = db_query(reader->rows,
                                    "SELECT g.unit, g.person FROM unit u JOIN post_ground g ON g.unit = u.id"
                                    " WHERE u.type = 'grid' AND g.role = 'grid_worker' AND g.from_us <= ?1 AND "
                                    "g.to_us > ?1 ORDER BY g.unit",
                                    "i", now_us);
    while (cursor_next(&cursor)) {
        struct staffed_grid grid = {cursor_integer(&cursor, 0), cursor_integer(&cursor, 1)};
        g_array_append_val(grids, grid);
    }
    return grids;
}

/* Some arrive from a region with cases, most from elsewhere. */
static json_t *arrival_form(struct days *days, int64_t now_us)
{
    static const struct {
        const char *province, *city;
    } origins[] = {{"42", "4201"}, {"42", "4211"}, {"13", "1301"}, {"41", "4115"}, {"33", "3303"}, {"44", "4401"}};
    static const char *const transports[] = {"train", "plane", "coach", "car"};
    uint32_t origin = dice_below(&days->city.dice, G_N_ELEMENTS(origins));
    g_autofree char *arrived = time_text(now_us - US_PER_HOUR);
    return json_pack("{s:s, s:s, s:s, s:b, s:s, s:s}", "arrived", arrived, "from_province", origins[origin].province,
                     "from_city", origins[origin].city, "met_people_from_area", dice_happens(&days->city.dice, 300),
                     "transport", transports[dice_below(&days->city.dice, G_N_ELEMENTS(transports))], "address",
                     "演练住址");
}

struct family {
    struct staffed_grid grid;
    int64_t first_pos;
};

static void move_in(struct days *days, struct family *family)
{
    json_t *persons = json_array();
    uint32_t members = 1 + dice_below(&days->city.dice, 4);
    for (uint32_t i = 0; i < members; i++)
        json_array_append_new(persons, made_up_person(days->city.next_person++, i > 1));
    g_autofree char *dwelling =
        g_strdup_printf("%u单元%u0%u", 1 + dice_below(&days->city.dice, 6), 1 + dice_below(&days->city.dice, 18),
                        1 + dice_below(&days->city.dice, 4));
    submitter_put(
        days->submitter, "move_in", family->grid.person,
        json_pack("{s:o, s:o, s:s}", "persons", persons, "unit", unit_text(family->grid.grid), "dwelling", dwelling),
        &family->first_pos, NULL);
}

static void register_family(struct days *days, const struct family *family)
{
    int64_t now_us = clock_now_us(days->options->clock);
    AUTO(cursor)
    struct cursor members =
        db_query(days->city.reader->rows,
                 "SELECT person FROM residency WHERE household = (SELECT household FROM residency WHERE unit = ?1 AND"
                 " person >= ?2 ORDER BY person LIMIT 1)",
                 "ii", family->grid.grid, family->first_pos);
    g_autoptr(json_t) form = arrival_form(days, now_us);
    while (cursor_next(&members)) {
        submitter_put(days->submitter, "open_matter", family->grid.person,
                      json_pack("{s:s, s:o, s:o, s:O}", "kind", "arrival", "unit", unit_text(family->grid.grid),
                                "subject", json_id(cursor_integer(&members, 0)), "form", form),
                      NULL, NULL);
        days->report->arrivals++;
    }
}

/* BUSY_GRIDS of them, far apart, have one of BUSY_ONE_IN families each; the others come anywhere. */
static struct staffed_grid draw_grid(struct days *days)
{
    guint grids = days->grids->len;
    uint32_t busy = dice_below(&days->city.dice, BUSY_ONE_IN);
    guint at = busy < BUSY_GRIDS ? (2 * busy + 1) * grids / (2 * BUSY_GRIDS) : dice_below(&days->city.dice, grids);
    return g_array_index(days->grids, struct staffed_grid, at);
}

static void bring_families(struct days *days, int count)
{
    g_autofree struct family *families = g_new0(struct family, MAX(count, 1));
    for (int i = 0; i < count; i++) {
        families[i].grid = draw_grid(days);
        move_in(days, &families[i]);
    }
    submitter_wait(days->submitter);
    city_catch_up(&days->city);
    for (int i = 0; i < count; i++)
        if (families[i].first_pos != 0)
            register_family(days, &families[i]);
    submitter_wait(days->submitter);
}

/* ---- working off to-do lists ---- */

struct due_task {
    struct uuid matter;
    int64_t id, number;              /* of the matter; of the expectation in it */
    int64_t made;                    /* by the command that meets it; 0 none, or refused */
    guint round;                     /* in which other one's command it goes, counted from 0; NO_ROUND in its own */
    bool met;                        /* no attempt */
    int64_t unit, household, person; /* who answers */
    uint64_t luck;
    char kind[48], entry[48];
};

/* The moment at which an expectation is met, from a random number of its own; INT64_MAX never. */
static int64_t planned_us(uint64_t luck, int64_t from_us, int64_t due_us)
{
    int64_t length_us = MAX(due_us - from_us, US_PER_MINUTE);
    uint32_t percent = (uint32_t)(luck % 100);
    if (percent < NEVER_PERCENT)
        return INT64_MAX;
    if (percent < NEVER_PERCENT + LATE_PERCENT)
        return due_us + length_us / 8;
    return from_us + length_us * (int64_t)(luck / 100 % 90) / 100;
}

static int64_t person_of(struct days *days, int64_t post_id)
{
    struct post post;
    return registry_post(days->city.reader->rows, post_id, &post) ? post.person : 0;
}

/* Open expectations whose moment has come; members of a household have theirs together. What is expected of a unit
 * whose post is empty stays undone, and shows. */
static GArray *find_due(struct days *days, int64_t now_us)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct due_task));
    AUTO(cursor)
    struct cursor cursor = db_query(
        days->city.reader->rows,
        "SELECT e.matter, e.opens_us, e.due_us, e.since_us, e.post, m.household, m.kind, coalesce(e.entry, "
        "e.name), m.uuid, m.unit, e.number FROM expectation e JOIN matter m ON m.id = e.matter"
        " WHERE e.opens_us <= ?1 AND e.post > 0 AND (e.participant = 0 OR EXISTS (SELECT 1 FROM participant p JOIN post_ground g ON g.unit = p.who"
        " WHERE p.matter = e.matter AND p.number = e.participant AND g.post = e.post))"
        " ORDER BY m.household, e.matter",
        "i", now_us);
    while (cursor_next(&cursor)) {
        struct due_task due = {.household = cursor_integer(&cursor, 5),
                               .id = cursor_integer(&cursor, 0),
                               .number = cursor_integer(&cursor, 10),
                               .round = NO_ROUND};
        book_expected(days->book, due.id, due.number);
        int64_t due_us = cursor_integer(&cursor, 2),
                from_us = MAX(cursor_integer(&cursor, 1), cursor_integer(&cursor, 3));
        bool round = strcmp(cursor_text(&cursor, 7), "check_in") == 0 && due.household != 0;
        struct dice dice = {(uint64_t)(round ? due.household : cursor_integer(&cursor, 0)) ^ (uint64_t)due_us ^
                            days->options->seed};
        due.luck = dice_next(&dice);
        if (planned_us(due.luck, from_us, due_us) > now_us)
            continue;
        due.person = person_of(days, cursor_integer(&cursor, 4));
        g_strlcpy(due.kind, cursor_text(&cursor, 6), sizeof due.kind);
        g_strlcpy(due.entry, cursor_text(&cursor, 7), sizeof due.entry);
        cursor_uuid(&cursor, 8, &due.matter);
        due.unit = cursor_integer(&cursor, 9);
        g_array_append_val(found, due);
    }
    return found;
}

static json_t *temperature(struct days *days, uint32_t fever_of_10000)
{
    bool fever = dice_happens(&days->city.dice, fever_of_10000);
    uint32_t tenths = fever ? 374 + dice_below(&days->city.dice, 16) : 360 + dice_below(&days->city.dice, 10);
    return json_pack("{s:o}", "temperature", json_sprintf("%u.%u", tenths / 10, tenths % 10));
}

/* Plausible fields, by entry; none for an entry without a form. */
static json_t *fields_of(struct days *days, const char *entry)
{
    static const struct {
        const char *entry, *name, *text;
    } said[] = {
        {"clinic_result", "result", "excluded"},
        {"solve", "result", "已协调解决"},
        {"fix", "what", "已处理"},
        {"close_out", "outcome", "cleared"},
    };
    if (strcmp(entry, "check_in") == 0 || strcmp(entry, "screen") == 0)
        return temperature(days, 60);
    if (strcmp(entry, "recheck") == 0)
        return temperature(days, 4000);
    if (strcmp(entry, "serve_notice") == 0)
        return json_pack("{s:b}", "read_out", true);
    if (strcmp(entry, "daily") == 0)
        return json_pack("{s:b}", "nothing_else", true);
    if (strcmp(entry, "assess") == 0)
        return json_pack("{s:s, s:s}", "level", "cases", "assessment", "演练研判：有输入病例，未见社区传播");
    if (strcmp(entry, "verify") == 0)
        return json_pack("{s:b}", "confirmed", true);
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        if (strcmp(entry, said[i].entry) == 0)
            return json_pack("{s:s}", said[i].name, said[i].text);
    return json_object();
}

static void enter(struct days *days, struct due_task *due)
{
    json_t *fields = orders_fields(&days->city, due->kind, due->entry, due->unit);
    submitter_put(days->submitter, "enter", due->person,
                  json_pack("{s:o, s:s, s:o}", "matter", uuid_text(&due->matter), "entry", due->entry, "fields",
                            fields != NULL ? fields : fields_of(days, due->entry)),
                  &due->made, NULL);
    due->met = true;
    days->report->entries++;
}

static json_t *round_row(struct days *days, struct due_task *due)
{
    due->met = !dice_happens(&days->city.dice, 200);
    if (!due->met)
        return json_pack("{s:o, s:s}", "matter", uuid_text(&due->matter), "attempt", "away");
    return json_pack("{s:o, s:o}", "matter", uuid_text(&due->matter), "fields", temperature(days, 60));
}

/* The rows from `first` on that belong to one household's round: entered as one command. */
static guint enter_round(struct days *days, const GArray *found, guint first)
{
    struct due_task *one = &g_array_index(found, struct due_task, first);
    json_t *rows = json_array();
    guint at = first;
    for (; at < found->len; at++) {
        struct due_task *due = &g_array_index(found, struct due_task, at);
        if (due->household != one->household)
            break;
        if (strcmp(due->entry, one->entry) == 0 && due->person == one->person) {
            json_array_append_new(rows, round_row(days, due));
            due->round = first;
        } else {
            enter(days, due);
        }
    }
    days->report->entries += (int64_t)json_array_size(rows);
    submitter_put(days->submitter, "enter_round", one->person,
                  json_pack("{s:s, s:o, s:s}", "entry", one->entry, "rows", rows, "channel", "door"), &one->made, NULL);
    return at;
}

/* Which of them were accepted. */
static void note_met(struct days *days, const GArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        const struct due_task *due = &g_array_index(found, struct due_task, i);
        guint by = due->round != NO_ROUND ? due->round : i;
        if (due->met && g_array_index(found, struct due_task, by).made != 0)
            book_met(days->book, due->id, due->number);
    }
}

static void work(struct days *days)
{
    g_autoptr(GArray) found = find_due(days, clock_now_us(days->options->clock));
    for (guint i = 0; i < found->len;) {
        struct due_task *due = &g_array_index(found, struct due_task, i);
        if (due->household != 0 && strcmp(due->entry, "check_in") == 0) {
            i = enter_round(days, found, i);
        } else {
            enter(days, due);
            i++;
        }
    }
    submitter_wait(days->submitter);
    note_met(days, found);
}

/* ---- the days ---- */

static void step(struct days *days, int64_t at_us)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(days->options->engine));
    int hour = (int)((at_us - day_time_us(day_of(at_us, playbook->zone), 0, playbook->zone)) / US_PER_HOUR);
    clock_set(days->options->clock, at_us);
    engine_run_clock(days->options->engine);
    city_catch_up(&days->city);
    if (hour >= 7 && hour < 21) {
        bring_families(days, days->options->families_a_day / 28);
        city_catch_up(&days->city);
        days->report->requests += orders_ask(&days->city, days->submitter, days->options->families_a_day / 56);
        if (hour == 9 && at_us % US_PER_HOUR < STEP_US)
            days->report->directives += orders_direct(&days->city, days->submitter);
        submitter_wait(days->submitter);
        city_catch_up(&days->city);
    }
    if (hour >= 6 && hour < 23)
        work(days);
}

static void live(struct days *days)
{
    const struct rehearsal_options *options = days->options;
    int64_t from_us = clock_now_us(options->clock), steps = (options->until_us - from_us) / STEP_US;
    for (int64_t i = 1; i <= steps; i++) {
        step(days, i == steps ? options->until_us : from_us + i * STEP_US);
        if (options->progress != NULL)
            options->progress("half hours", i, steps, options->context);
    }
}

static int64_t count(struct days *days, const char *type)
{
    int64_t found = 0;
    db_integer(days->city.reader->rows, &found, "SELECT count(*) FROM unit WHERE type = ?1", "s", type);
    return found;
}

static bool has_community(struct db *rows, int64_t at_us)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM unit WHERE type = 'community' AND from_us <= ?1 AND to_us > ?1", "i",
                      at_us);
}

/* Whether the days fit behind what is there; asked before anything is made. */
static bool may_begin(struct days *days, GError **error)
{
    const struct rehearsal_options *options = days->options;
    const struct playbook *playbook = rulebook_current(engine_rulebook(options->engine));
    int64_t begin_us = clock_now_us(options->clock), last_us = engine_last_at_us(options->engine);
    char begin[DATETIME_TEXT_MAX], last[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) zone = playbook != NULL ? g_time_zone_ref(playbook->zone) : g_time_zone_new_utc();
    city_catch_up(&days->city);
    datetime_format(begin_us, zone, begin);
    datetime_format(last_us, zone, last);
    if (last_us > begin_us)
        g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_YOUNG,
                    "the data directory has events of %s, and %d days begin at %s: set up a new one with --now before "
                    "that, as ./demo does; nothing was changed",
                    last, options->days, begin);
    else if (playbook == NULL)
        g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_EMPTY,
                    "no playbook is in force: run `lianfang playbook adopt` with --now before %s", begin);
    else if (!has_community(days->city.reader->rows, begin_us))
        g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_EMPTY,
                    "there are no communities at %s: run `lianfang import divisions` with --now and --date before that",
                    begin);
    else
        return true;
    return false;
}

static bool prepare(struct days *days, GError **error)
{
    int64_t posts = 0;
    if (!city_make_grids(&days->city, error) ||
        !city_fill_posts(&days->city, REGISTRY_ROOT, LEAVE_ONE_IN, ROSTER_DAYS, error))
        return false;
    city_catch_up(&days->city);
    days->grids = staffed_grids(days->city.reader, clock_now_us(days->options->clock));
    db_integer(days->city.reader->rows, &posts, "SELECT count(*) FROM post", "");
    days->report->grids = count(days, "grid");
    days->report->posts = posts;
    if (days->grids->len > 0)
        return true;
    g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_EMPTY,
                "no grid has a grid worker: the playbook in force requires none");
    return false;
}

bool rehearsal_run(const struct rehearsal_options *options, struct rehearsal_report *out, GError **error)
{
    *out = (struct rehearsal_report){0};
    struct days days = {.options = options, .report = out};
    days.city = (struct city){.engine = options->engine,
                              .clock = options->clock,
                              .dice = {options->seed},
                              .progress = options->progress,
                              .context = options->context};
    days.city.reader = reader_open(engine_data_dir(options->engine), engine_keys_dir(options->engine), error);
    if (days.city.reader == NULL)
        return false;
    days.submitter = submitter_new(options->engine, options->clock);
    days.book = book_new();
    submitter_keep(days.submitter, days.book);
    int64_t begin_us = clock_now_us(options->clock);
    bool lived = may_begin(&days, error) && prepare(&days, error);
    if (lived)
        live(&days);
    submitter_wait(days.submitter);
    city_catch_up(&days.city);
    out->refused = submitter_refused(days.submitter);
    out->first_refusal = g_strdup(submitter_first_refusal(days.submitter));
    submitter_free(days.submitter);
    g_clear_pointer(&days.grids, g_array_unref);
    reader_close(days.city.reader);
    out->book = days.book;
    out->begin_us = begin_us;
    return lived;
}

void rehearsal_report_clear(struct rehearsal_report *report)
{
    g_clear_pointer(&report->first_refusal, g_free);
    g_clear_pointer(&report->book, book_free);
}
