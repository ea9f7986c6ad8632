/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/listing.h"

#include "base/datetime.h"
#include "interop/csv.h"
#include "registry/facts.h"

#include <string.h>

#define PAGE_ROWS     500  /* as many persons as a read trace holds, three times over */
#define LOOKED_AT_MAX 5000 /* hidden rows of a page: it may be empty without being the last */

struct listing {
    const struct column_defs *column_defs;
    const struct playbook *playbook;
    int64_t under;
    enum cell_words words;
    GArray *units; /* int64_t: found, their children not looked for yet; what has been written is cut off */
    int64_t after; /* persons, posts: the last id */
    bool first;    /* of the row that is being written */
    bool bare;     /* each cell ended by NUL, instead of CSV */
};

/* ---- columns ---- */

/* A person's number is of this data directory only; the unit of a person is the registrar's. */
static bool is_written(const struct listing *listing, const struct column_def *column_def)
{
    bool shown = !column_def->shown_only || listing->column_defs->what == SHEET_UNIT_FACTS;
    return shown && !column_def->not_written && strcmp(column_def->name, "person") != 0 &&
           (listing->column_defs->what != SHEET_PERSONS || strcmp(column_def->name, "unit") != 0);
}

static const char *title_of(const struct listing *listing, const struct column_def *column_def)
{
    const char *title = listing->words == WORDS_ZH   ? column_def->zh
                        : listing->words == WORDS_EN ? column_def->en
                                                     : NULL;
    return title != NULL ? title : column_def->name;
}

static void put_bare(const char *text, GString *page)
{
    g_string_append_len(page, text, (gssize)strlen(text) + 1);
}

void listing_write_bare(struct listing *listing)
{
    listing->bare = true;
}

GPtrArray *listing_columns(const struct listing *listing)
{
    GPtrArray *columns = g_ptr_array_new();
    for (guint i = 0; i < listing->column_defs->all->len; i++)
        if (is_written(listing, column_defs_at(listing->column_defs, (int)i)))
            g_ptr_array_add(columns, (gpointer)column_defs_at(listing->column_defs, (int)i));
    return columns;
}

void listing_header(const struct listing *listing, GString *page)
{
    g_autoptr(GPtrArray) columns = listing_columns(listing);
    for (guint i = 0; i < columns->len; i++) {
        const char *title = title_of(listing, columns->pdata[i]);
        if (listing->bare) {
            put_bare(title, page);
            continue;
        }
        if (i > 0)
            g_string_append_c(page, ',');
        csv_append(page, title, ',');
    }
    if (!listing->bare)
        g_string_append(page, "\r\n");
}

struct listing *listing_new(const struct column_defs *column_defs, const struct playbook *playbook,
                            const struct viewer *viewer, int64_t under, enum cell_words words, struct reader *reader,
                            struct problem **out_problem)
{
    bool may = column_defs->what == SHEET_PERSONS
                   ? registry_has_right(reader->rows, playbook, viewer->person, RIGHT_PERSONS, 0, viewer->at_us)
                   : viewer->posts->len > 0;
    if (!may) {
        *out_problem = problem_new(PROBLEM_NO_RIGHT, NULL, column_defs->what == SHEET_PERSONS ? "persons" : "—", NULL);
        return NULL;
    }
    struct listing *listing = g_new0(struct listing, 1);
    int64_t top = under != 0 ? under : REGISTRY_ROOT;
    *listing = (struct listing){.column_defs = column_defs,
                                .playbook = playbook,
                                .under = under,
                                .words = words,
                                .units = g_array_new(FALSE, FALSE, sizeof(int64_t))};
    g_array_append_val(listing->units, top);
    return listing;
}

void listing_free(struct listing *listing)
{
    if (listing == NULL)
        return;
    g_array_unref(listing->units);
    g_free(listing);
}

/* ---- cells ---- */

static void put(struct listing *listing, const char *text /* NULL: nothing */, GString *page)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    if (text != NULL)
        cell_write_text(text, cell);
    if (listing->bare) {
        put_bare(cell->str, page);
        return;
    }
    if (!listing->first)
        g_string_append_c(page, ',');
    listing->first = false;
    csv_append(page, cell->str, ',');
}

static void end_row(struct listing *listing, GString *page, int64_t *rows)
{
    if (!listing->bare)
        g_string_append(page, "\r\n");
    listing->first = true;
    (*rows)++;
}

/* Its code; "#id" where it has none, which has no meaning elsewhere. */
static char *unit_text(struct db *rows, int64_t id)
{
    struct unit unit;
    if (registry_unit(rows, id, &unit) && *unit.code != '\0')
        return g_strdup(unit.code);
    return g_strdup_printf("#%" G_GINT64_FORMAT, id);
}

static void put_unit(struct listing *listing, struct db *rows, int64_t id, GString *page)
{
    g_autofree char *text = id != 0 ? unit_text(rows, id) : NULL;
    put(listing, text, page);
}

static void put_time(struct listing *listing, int64_t at_us, GString *page)
{
    char text[DATETIME_TEXT_MAX];
    const struct cell_writer writer = {.zone = listing->playbook->zone, .exact = listing->bare};
    if (at_us != REGISTRY_OPEN)
        cell_format_time(&writer, at_us, text);
    put(listing, at_us != REGISTRY_OPEN ? text : NULL, page);
}

static const char *title_in(const struct listing *listing, const struct texts *title, const char *name)
{
    return listing->words == WORDS_ZH && title != NULL   ? title->zh
           : listing->words == WORDS_EN && title != NULL ? title->en
                                                         : name;
}

/* ---- units ---- */

static void write_unit(struct listing *listing, struct db *rows, const struct unit *unit, GString *page,
                       int64_t *written)
{
    char day[DATETIME_TEXT_MAX];
    const struct unit_type *type = playbook_find_unit_type(listing->playbook, unit->type);
    date_format(day_of(unit->from_us, listing->playbook->zone), day);
    put(listing, *unit->code != '\0' ? unit->code : NULL, page);
    put(listing, unit->name, page);
    put(listing, title_in(listing, type != NULL ? &type->title : NULL, unit->type), page);
    put_unit(listing, rows, unit->parent, page);
    put(listing, day, page);
    end_row(listing, page, written);
}

/* ---- facts about units ---- */

static bool is_one_row(const struct fact_row *one, const struct fact_row *other)
{
    return one->from_us == other->from_us && strcmp(one->source, other->source) == 0;
}

/* A row for each day and source of what holds now; an empty one of a unit of which nothing is known. */
static void write_facts_of(struct listing *listing, const struct unit *unit, const GArray *known, guint first,
                           GString *page, int64_t *written)
{
    const struct fact_row *of = first < known->len ? &g_array_index(known, struct fact_row, first) : NULL;
    char day[DATETIME_TEXT_MAX] = "";
    put(listing, *unit->code != '\0' ? unit->code : NULL, page);
    put(listing, unit->name, page);
    for (size_t i = 0; i < listing->playbook->unit_fact_count; i++) {
        g_autofree char *text = NULL;
        for (guint j = first; j < known->len && text == NULL; j++) {
            const struct fact_row *row = &g_array_index(known, struct fact_row, j);
            if (is_one_row(row, of) && strcmp(row->fact, listing->playbook->unit_facts[i].name) == 0)
                text = g_strdup_printf("%" G_GINT64_FORMAT, row->value);
        }
        put(listing, text, page);
    }
    if (of != NULL)
        date_format(day_of(of->from_us, listing->playbook->zone), day);
    put(listing, of != NULL ? day : NULL, page);
    put(listing, of != NULL ? of->source : NULL, page);
    end_row(listing, page, written);
}

static bool has_facts(const struct playbook *playbook, const char *type)
{
    for (size_t i = 0; i < playbook->unit_fact_count; i++)
        if (unit_fact_is_at(&playbook->unit_facts[i], type))
            return true;
    return false;
}

static void write_facts(struct listing *listing, struct db *rows, const struct unit *unit, int64_t now_us,
                        GString *page, int64_t *written)
{
    if (!has_facts(listing->playbook, unit->type))
        return;
    g_autoptr(GArray) known = registry_facts_on(rows, unit->id, now_us);
    for (guint i = 0; i < MAX(known->len, 1); i++) {
        bool told = false;
        for (guint j = 0; j < i; j++)
            told = told ||
                   is_one_row(&g_array_index(known, struct fact_row, j), &g_array_index(known, struct fact_row, i));
        if (!told)
            write_facts_of(listing, unit, known, i, page, written);
    }
}

static void add_children(struct listing *listing, struct db *rows, int64_t parent)
{
    for (int64_t after = 0;;) {
        g_autoptr(GArray) children = registry_children(rows, parent, after, PAGE_ROWS);
        for (guint i = 0; i < children->len; i++) {
            after = g_array_index(children, struct unit, i).id;
            g_array_append_val(listing->units, after);
        }
        if (children->len < PAGE_ROWS)
            return;
    }
}

static bool units_page(struct listing *listing, struct db *rows, int64_t now_us, GString *page, int64_t *written)
{
    guint done = 0;
    for (; done < listing->units->len && done < PAGE_ROWS; done++) {
        int64_t id = g_array_index(listing->units, int64_t, done);
        struct unit unit;
        if (!registry_unit(rows, id, &unit) || unit.to_us <= now_us)
            continue;
        if (listing->column_defs->what == SHEET_UNIT_FACTS)
            write_facts(listing, rows, &unit, now_us, page, written);
        else
            write_unit(listing, rows, &unit, page, written);
        add_children(listing, rows, id);
    }
    g_array_remove_range(listing->units, 0, done);
    return listing->units->len > 0;
}

/* ---- persons ---- */

struct sight { /* of one person */
    bool seen, unmasked;
    struct person_data data;
};

static void look_at(struct reader *reader, struct rulebook *rulebook, const struct viewer *viewer, int64_t person,
                    struct sight *out)
{
    *out = (struct sight){0};
    out->seen = registry_person(reader->rows, reader->vault, person, &out->data) && !out->data.erased &&
                access_may_see_person(reader->rows, rulebook, viewer, person, &out->unmasked);
}

static void put_personal(struct listing *listing, const struct sight *sight, const char *text,
                         char *(*mask)(const char *), GString *page)
{
    g_autofree char *masked = text != NULL && !sight->unmasked ? mask(text) : NULL;
    put(listing, masked != NULL ? masked : text, page);
}

/* The type of another document stands in front of its number. */
static void put_number(struct listing *listing, const struct sight *sight, const char *key, GString *page)
{
    static const enum identity_words words[] = {
        [WORDS_CODES] = IDENTITY_NAMES, [WORDS_ZH] = IDENTITY_ZH, [WORDS_EN] = IDENTITY_EN};
    g_autofree char *text = key == NULL ? NULL
                                        : playbook_identity_text(listing->playbook, key, words[listing->words],
                                                                 sight->unmasked ? NULL : id_number_mask);
    put(listing, text, page);
}

static bool is_below(const struct listing *listing, struct db *rows, int64_t unit, int64_t at_us)
{
    return listing->under == 0 || (unit != 0 && registry_covers(rows, listing->under, unit, at_us));
}

/* The current home; unit 0: none is known. */
static struct residency home_of(struct db *rows, int64_t person, int64_t at_us)
{
    struct residency residency = {.from_us = REGISTRY_OPEN};
    if (!registry_residency(rows, person, at_us, &residency))
        residency = (struct residency){.from_us = REGISTRY_OPEN};
    return residency;
}

static void write_person(struct listing *listing, struct reader *reader, const struct sight *sight,
                         const struct residency *home, int64_t at_us, GString *page, int64_t *written)
{
    g_autofree char *dwelling =
        sight->unmasked && home->unit != 0 ? registry_dwelling(reader->rows, reader->vault, home->person, at_us) : NULL;
    put_personal(listing, sight, sight->data.name, name_mask, page);
    put_number(listing, sight, sight->data.id_number, page);
    put_personal(listing, sight, sight->data.phone, phone_mask, page);
    put_unit(listing, reader->rows, home->unit, page);
    put(listing, dwelling, page);
    put_time(listing, home->from_us, page);
    end_row(listing, page, written);
}

static bool persons_page(struct listing *listing, struct reader *reader, struct rulebook *rulebook,
                         const struct viewer *viewer, GString *page, GArray *shown, int64_t *written)
{
    int looked_at = 0;
    while (*written < PAGE_ROWS && looked_at++ < LOOKED_AT_MAX) {
        listing->after = registry_next_person(reader->rows, listing->after);
        if (listing->after == 0)
            return false;
        int64_t person = listing->after;
        struct residency home = home_of(reader->rows, person, viewer->at_us);
        struct sight sight;
        if (!is_below(listing, reader->rows, home.unit, viewer->at_us))
            continue;
        look_at(reader, rulebook, viewer, person, &sight);
        if (sight.seen)
            write_person(listing, reader, &sight, &home, viewer->at_us, page, written);
        if (sight.seen && sight.unmasked)
            g_array_append_val(shown, ((struct look){person, 0}));
        person_data_clear(&sight.data);
    }
    return true;
}

/* ---- posts ---- */

/* A post is below a unit where it sits there or one of its grounds does. */
static bool post_is_below(const struct listing *listing, struct db *rows, const struct post *post,
                          const GArray *grounds, int64_t at_us)
{
    bool below = is_below(listing, rows, post->seat, at_us);
    for (guint i = 0; i < grounds->len && !below; i++)
        below = is_below(listing, rows, g_array_index(grounds, int64_t, i), at_us);
    return below;
}

static void put_grounds(struct listing *listing, struct db *rows, const GArray *grounds, GString *page)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < grounds->len; i++) {
        g_autofree char *unit = unit_text(rows, g_array_index(grounds, int64_t, i));
        g_string_append_printf(text, "%s%s", i == 0 ? "" : listing->words == WORDS_ZH ? "、" : ";", unit);
    }
    put(listing, text->str, page);
}

/* The name as access_shows_holder() allows it; number and phone as the viewer may see the person. */
static void put_holder(struct listing *listing, struct reader *reader, const struct viewer *viewer,
                       const struct post *post, const GArray *grounds, const struct sight *sight, GString *page)
{
    const struct role *role = playbook_find_role(listing->playbook, post->role);
    bool named = sight->unmasked || access_shows_holder(reader->rows, viewer, post);
    put(listing, named ? sight->data.name : NULL, page);
    put_number(listing, sight, sight->seen ? sight->data.id_number : NULL, page);
    put_personal(listing, sight, sight->seen ? sight->data.phone : NULL, phone_mask, page);
    put(listing, title_in(listing, role != NULL ? &role->title : NULL, post->role), page);
    put_grounds(listing, reader->rows, grounds, page);
}

static void write_post(struct listing *listing, struct reader *reader, const struct viewer *viewer,
                       const struct post *post, const GArray *grounds, const struct sight *sight, GString *page,
                       int64_t *written)
{
    put_holder(listing, reader, viewer, post, grounds, sight, page);
    put_unit(listing, reader->rows, post->seat, page);
    put_time(listing, post->from_us, page);
    put_time(listing, post->to_us, page);
    end_row(listing, page, written);
}

/* The shifts that run or are to come. */
static void write_shifts(struct listing *listing, struct reader *reader, const struct viewer *viewer,
                         const struct post *post, const GArray *grounds, const struct sight *sight, GString *page,
                         int64_t *written)
{
    g_autoptr(GArray) shifts = registry_shifts(reader->rows, post->id, viewer->at_us, REGISTRY_OPEN);
    for (guint i = 0; i < shifts->len; i++) {
        const struct shift *shift = &g_array_index(shifts, struct shift, i);
        put_holder(listing, reader, viewer, post, grounds, sight, page);
        put_time(listing, shift->from_us, page);
        put_time(listing, shift->to_us, page);
        end_row(listing, page, written);
    }
}

static bool posts_page(struct listing *listing, struct reader *reader, struct rulebook *rulebook,
                       const struct viewer *viewer, GString *page, GArray *shown, int64_t *written)
{
    g_autoptr(GArray) posts = registry_posts_after(reader->rows, listing->after, viewer->at_us, PAGE_ROWS);
    for (guint i = 0; i < posts->len; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        g_autoptr(GArray) grounds = registry_grounds(reader->rows, post->id, viewer->at_us);
        struct sight sight;
        listing->after = post->id;
        if (post->deputy_of != 0 || !post_is_below(listing, reader->rows, post, grounds, viewer->at_us))
            continue;
        look_at(reader, rulebook, viewer, post->person, &sight);
        if (listing->column_defs->what == SHEET_ROSTERS)
            write_shifts(listing, reader, viewer, post, grounds, &sight, page, written);
        else
            write_post(listing, reader, viewer, post, grounds, &sight, page, written);
        if (sight.seen && sight.unmasked)
            g_array_append_val(shown, ((struct look){post->person, 0}));
        person_data_clear(&sight.data);
    }
    return posts->len == PAGE_ROWS;
}

bool listing_page(struct listing *listing, struct reader *reader, struct rulebook *rulebook,
                  const struct viewer *viewer, GString *page, GArray *shown, int64_t *out_rows)
{
    *out_rows = 0;
    listing->first = true;
    switch (listing->column_defs->what) {
    case SHEET_UNITS:
    case SHEET_UNIT_FACTS:
        return units_page(listing, reader->rows, viewer->at_us, page, out_rows);
    case SHEET_PERSONS:
        return persons_page(listing, reader, rulebook, viewer, page, shown, out_rows);
    case SHEET_POSTS:
    case SHEET_ROSTERS:
        return posts_page(listing, reader, rulebook, viewer, page, shown, out_rows);
    case SHEET_MATTERS:
        break;
    }
    g_assert_not_reached();
}
