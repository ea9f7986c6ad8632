/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/watchers.h"

#include "base/limits.h"

#include <sodium.h>
#include <string.h>

#define PATHS_MOST 20000 /* kept: a few MiB */

struct watcher {
    int64_t person;
    int added;
    bool loaded;
    int64_t rights;
    struct viewer viewer;
    int64_t viewer_round; /* of which the viewer is; 0 none */
};

/* What somebody may see of a kind is kept by the ground on which they may. */
struct ground_sight {
    int64_t ground, rules;
    char kind[48];
};

/* Invariants  `grounds`, `holders` and `sights` are of the watchers as they stood at `at_us` of the last look, and
 * hold until `until_us`; `paths` too. */
struct watchers {
    struct rulebook *rulebook;
    struct db *rows; /* of the round */
    int64_t at_us, until_us, round;
    bool forget;
    GHashTable *people;  /* person → struct watcher */
    GHashTable *grounds; /* unit → GArray of int64_t persons with a ground there */
    GHashTable *holders; /* post → person */
    GHashTable *sights;  /* struct ground_sight → GArray of int64_t persons */
    GHashTable *paths;   /* unit → GArray of int64_t: itself and the units above it, the nearest first */
    GArray *nobody;      /* empty */
};

static guint sight_hash(gconstpointer data)
{
    const struct ground_sight *sight = data;
    return g_int64_hash(&sight->ground) * 31 + g_int64_hash(&sight->rules) * 7 + g_str_hash(sight->kind);
}

static gboolean sight_equal(gconstpointer a, gconstpointer b)
{
    const struct ground_sight *left = a, *right = b;
    return left->ground == right->ground && left->rules == right->rules && strcmp(left->kind, right->kind) == 0;
}

static void array_free(gpointer array)
{
    g_array_unref(array);
}

static void watcher_free(gpointer data)
{
    struct watcher *watcher = data;
    viewer_clear(&watcher->viewer);
    g_free(watcher);
}

struct watchers *watchers_new(struct rulebook *rulebook)
{
    struct watchers *watchers = g_new0(struct watchers, 1);
    watchers->rulebook = rulebook;
    watchers->people = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, watcher_free);
    watchers->grounds = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, array_free);
    watchers->holders = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    watchers->sights = g_hash_table_new_full(sight_hash, sight_equal, g_free, array_free);
    watchers->paths = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, array_free);
    watchers->nobody = g_array_new(FALSE, FALSE, sizeof(int64_t));
    watchers->forget = true;
    return watchers;
}

void watchers_free(struct watchers *watchers)
{
    g_hash_table_unref(watchers->people);
    g_hash_table_unref(watchers->grounds);
    g_hash_table_unref(watchers->holders);
    g_hash_table_unref(watchers->sights);
    g_hash_table_unref(watchers->paths);
    g_array_unref(watchers->nobody);
    g_free(watchers);
}

static struct watcher *watcher_of(const struct watchers *watchers, int64_t person)
{
    return g_hash_table_lookup(watchers->people, &person);
}

void watchers_add(struct watchers *watchers, int64_t person)
{
    struct watcher *watcher = watcher_of(watchers, person);
    if (watcher == NULL) {
        watcher = g_new0(struct watcher, 1);
        watcher->person = person;
        g_hash_table_insert(watchers->people, &watcher->person, watcher);
    }
    watcher->added++;
}

/* What is kept of somebody who has gone is passed over until the next look. */
void watchers_remove(struct watchers *watchers, int64_t person)
{
    struct watcher *watcher = watcher_of(watchers, person);
    g_assert(watcher != NULL);
    if (--watcher->added == 0)
        g_hash_table_remove(watchers->people, &person);
}

void watchers_forget(struct watchers *watchers)
{
    watchers->forget = true;
}

void watchers_note(struct watchers *watchers, const char *kind)
{
    static const char *const kinds[] = {"divisions_imported", "unit_changed",     "unit_closed",
                                        "unit_reformed",      "post_appointed",   "post_ended",
                                        "grounds_changed",    "post_handed_over", "persons_merged",
                                        "persons_unmerged",   "playbook_adopted", NULL};
    if (g_strv_contains(kinds, kind))
        watchers->forget = true;
}

/* ---- what is kept ---- */

/* Whether a span of time is now; what is kept holds no longer than until it begins or ends. */
static bool is_now(struct watchers *watchers, int64_t from_us, int64_t to_us)
{
    if (from_us > watchers->at_us)
        watchers->until_us = MIN(watchers->until_us, from_us);
    else if (to_us > watchers->at_us)
        watchers->until_us = MIN(watchers->until_us, to_us);
    return from_us <= watchers->at_us && to_us > watchers->at_us;
}

static GArray *integers_at(GHashTable *table, int64_t key)
{
    GArray *found = g_hash_table_lookup(table, &key);
    if (found == NULL) {
        found = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_hash_table_insert(table, g_memdup2(&key, sizeof key), found);
    }
    return found;
}

static void take_ground(struct watchers *watchers, const struct watcher *watcher, int64_t unit)
{
    GArray *persons = integers_at(watchers->grounds, unit);
    if (!integers_hold(persons, watcher->person))
        g_array_append_val(persons, watcher->person);
}

static void look_at_posts(struct watchers *watchers, const struct watcher *watcher)
{
    AUTO(cursor)
    struct cursor posts =
        db_query(watchers->rows, "SELECT id, from_us, to_us FROM post WHERE person = ?1 AND to_us > ?2", "ii",
                 watcher->person, watchers->at_us);
    while (cursor_next(&posts)) {
        int64_t post = cursor_integer(&posts, 0);
        if (!is_now(watchers, cursor_integer(&posts, 1), cursor_integer(&posts, 2)))
            continue;
        g_hash_table_replace(watchers->holders, g_memdup2(&post, sizeof post),
                             g_memdup2(&watcher->person, sizeof watcher->person));
    }
}

static void look_at_grounds(struct watchers *watchers, const struct watcher *watcher)
{
    AUTO(cursor)
    struct cursor grounds = db_query(watchers->rows,
                                     "SELECT unit, from_us, to_us FROM post_ground WHERE person = ?1 AND "
                                     "to_us > ?2",
                                     "ii", watcher->person, watchers->at_us);
    while (cursor_next(&grounds)) {
        if (is_now(watchers, cursor_integer(&grounds, 1), cursor_integer(&grounds, 2)))
            take_ground(watchers, watcher, cursor_integer(&grounds, 0));
    }
}

int64_t access_rights(struct db *rows, int64_t person, int64_t at_us)
{
    crypto_generichash_state state;
    int64_t rights;
    uint8_t hash[crypto_generichash_BYTES_MIN];
    G_STATIC_ASSERT(sizeof hash >= sizeof rights);
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    AUTO(cursor)
    struct cursor held = db_query(rows,
                                  "SELECT id, 0 FROM post WHERE person = ?1 AND from_us <= ?2 AND to_us > ?2 UNION ALL "
                                  "SELECT post, unit FROM post_ground WHERE person = ?1 AND from_us <= ?2 AND to_us > "
                                  "?2 ORDER BY 1, 2",
                                  "ii", person, at_us);
    while (cursor_next(&held)) {
        const int64_t pair[] = {cursor_integer(&held, 0), cursor_integer(&held, 1)};
        crypto_generichash_update(&state, (const uint8_t *)pair, sizeof pair);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&rights, hash, sizeof rights);
    return rights | 1; /* 0 is nobody's */
}

static void look_at(struct watchers *watchers, struct watcher *watcher)
{
    look_at_posts(watchers, watcher);
    look_at_grounds(watchers, watcher);
    watcher->rights = access_rights(watchers->rows, watcher->person, watchers->at_us);
    watcher->loaded = true;
}

void watchers_begin(struct watchers *watchers, struct db *rows, int64_t at_us)
{
    bool all = watchers->forget || at_us >= watchers->until_us || at_us < watchers->at_us;
    bool news = false;
    watchers->rows = rows;
    watchers->at_us = at_us;
    watchers->round++;
    if (g_hash_table_size(watchers->paths) > PATHS_MOST)
        g_hash_table_remove_all(watchers->paths);
    GHashTableIter iter;
    gpointer value;
    if (all) {
        g_hash_table_remove_all(watchers->grounds);
        g_hash_table_remove_all(watchers->holders);
        g_hash_table_remove_all(watchers->paths);
        watchers->until_us = INT64_MAX;
        watchers->forget = false;
    }
    g_hash_table_iter_init(&iter, watchers->people);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct watcher *watcher = value;
        news = news || !watcher->loaded;
        if (all || !watcher->loaded)
            look_at(watchers, watcher);
    }
    if (all || news)
        g_hash_table_remove_all(watchers->sights);
}

int64_t watchers_rights(const struct watchers *watchers, int64_t person)
{
    const struct watcher *watcher = watcher_of(watchers, person);
    return watcher != NULL ? watcher->rights : 0;
}

/* ---- asking ---- */

static const struct viewer *viewer_of(struct watchers *watchers, struct watcher *watcher)
{
    if (watcher->viewer_round != watchers->round) {
        viewer_clear(&watcher->viewer);
        viewer_init(&watcher->viewer, watchers->rows, watcher->person, watchers->at_us);
        watcher->viewer_round = watchers->round;
    }
    return &watcher->viewer;
}

bool watchers_may_see(struct watchers *watchers, int64_t person, const struct matter *matter)
{
    struct watcher *watcher = watcher_of(watchers, person);
    return watcher != NULL && access_may_see(watchers->rows, watchers->rulebook, viewer_of(watchers, watcher), matter);
}

/* A closed unit counts where it stood when it closed, as in access_covers(). */
static const GArray *path_of(struct watchers *watchers, int64_t unit)
{
    GArray *path = g_hash_table_lookup(watchers->paths, &unit);
    if (path != NULL)
        return path;
    path = integers_at(watchers->paths, unit);
    struct unit place;
    bool closed = registry_unit(watchers->rows, unit, &place) && place.to_us <= watchers->at_us;
    AUTO(cursor)
    struct cursor above = db_query(
        watchers->rows, "SELECT ancestor, from_us, to_us FROM cover WHERE unit = ?1 ORDER BY depth", "i", unit);
    while (cursor_next(&above)) {
        int64_t ancestor = cursor_integer(&above, 0), from_us = cursor_integer(&above, 1),
                to_us = cursor_integer(&above, 2);
        if (is_now(watchers, from_us, to_us) || (closed && from_us < place.to_us && to_us >= place.to_us))
            g_array_append_val(path, ancestor);
    }
    return path;
}

/* Those of the watchers with this ground who see all matters of the kind there: of a matter without participants. */
static const GArray *seeing_at(struct watchers *watchers, int64_t ground, int64_t rules, const char *kind)
{
    const GArray *here = g_hash_table_lookup(watchers->grounds, &ground);
    if (here == NULL)
        return watchers->nobody;
    struct ground_sight wanted = {.ground = ground, .rules = rules};
    g_strlcpy(wanted.kind, kind, sizeof wanted.kind);
    GArray *seeing = g_hash_table_lookup(watchers->sights, &wanted);
    if (seeing != NULL)
        return seeing;
    seeing = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_hash_table_insert(watchers->sights, g_memdup2(&wanted, sizeof wanted), seeing);
    struct matter any = {.rules = rules, .unit = ground};
    g_strlcpy(any.kind, kind, sizeof any.kind);
    for (guint i = 0; i < here->len; i++) {
        int64_t person = g_array_index(here, int64_t, i);
        if (watchers_may_see(watchers, person, &any))
            g_array_append_val(seeing, person);
    }
    return seeing;
}

struct asking {
    struct watchers *watchers;
    const struct matter *matter;
    GHashTable *asked; /* persons, each once */
    watchers_each each;
    void *context;
};

static bool is_first(const struct asking *asking, int64_t person)
{
    return person != 0 && watcher_of(asking->watchers, person) != NULL &&
           g_hash_table_add(asking->asked, g_memdup2(&person, sizeof person));
}

static void ask(struct asking *asking, int64_t person)
{
    if (is_first(asking, person) && watchers_may_see(asking->watchers, person, asking->matter))
        asking->each(asking->context, person);
}

static void ask_all(struct asking *asking, GArray *persons /* taken */)
{
    for (guint i = 0; i < persons->len; i++)
        ask(asking, g_array_index(persons, int64_t, i));
    g_array_unref(persons);
}

/* Who has a ground at the unit or above it. */
static void ask_over(struct asking *asking, int64_t unit)
{
    const GArray *path = path_of(asking->watchers, unit);
    for (guint i = 0; i < path->len; i++) {
        const GArray *here = g_hash_table_lookup(asking->watchers->grounds, &g_array_index(path, int64_t, i));
        for (guint j = 0; here != NULL && j < here->len; j++)
            ask(asking, g_array_index(here, int64_t, j));
    }
}

static void ask_everybody(struct asking *asking)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, asking->watchers->people);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        ask(asking, ((const struct watcher *)value)->person);
}

static void ask_answering(struct asking *asking)
{
    AUTO(cursor)
    struct cursor posts =
        db_query(asking->watchers->rows, "SELECT post FROM expectation WHERE matter = ?1", "i", asking->matter->id);
    while (cursor_next(&posts))
        ask(asking, watchers_holder(asking->watchers, cursor_integer(&posts, 0)));
}

/* Of a set as large as a city, everybody is asked. */
static void ask_participants(struct asking *asking)
{
    g_autoptr(GArray) all = cursor_integers(db_query(asking->watchers->rows,
                                                     "SELECT who FROM participant WHERE matter = ?1 AND left_us IS "
                                                     "NULL LIMIT " G_STRINGIFY(LIMIT_PARTICIPANTS),
                                                     "i", asking->matter->id));
    if (all->len == LIMIT_PARTICIPANTS) {
        ask_everybody(asking);
        return;
    }
    for (guint i = 0; i < all->len; i++) {
        int64_t who = g_array_index(all, int64_t, i);
        if (who < 0)
            ask(asking, -who);
        else if (who > 0)
            ask_over(asking, who);
    }
}

/* Whom the predicate's other half may concern, whatever it then says of each. */
static void ask_who_takes_part(struct asking *asking)
{
    struct db *rows = asking->watchers->rows;
    const struct matter *matter = asking->matter;
    int64_t to_unit = matter_offered_to(rows, matter->id);
    ask(asking, matter->subject);
    ask(asking, matter_opener(matter));
    ask_all(asking, cursor_integers(db_query(rows, "SELECT person FROM party WHERE matter = ?1", "i", matter->id)));
    ask_answering(asking);
    if (to_unit != 0)
        ask_over(asking, to_unit);
    ask_participants(asking);
}

void watchers_of_matter(struct watchers *watchers, const struct matter *matter, watchers_each each, void *context)
{
    g_autoptr(GHashTable) asked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    struct asking asking = {watchers, matter, asked, each, context};
    const GArray *path = path_of(watchers, matter->unit);
    for (guint i = 0; i < path->len; i++) {
        const GArray *seeing = seeing_at(watchers, g_array_index(path, int64_t, i), matter->rules, matter->kind);
        for (guint j = 0; j < seeing->len; j++) {
            int64_t person = g_array_index(seeing, int64_t, j);
            if (is_first(&asking, person))
                each(context, person);
        }
    }
    ask_who_takes_part(&asking);
}

void watchers_of_counts(struct watchers *watchers, const struct matter *matter, int64_t unit,
                        void (*each)(void *context, int64_t person, int64_t unit), void *context)
{
    const struct playbook *playbook = rulebook_current(watchers->rulebook);
    const GArray *path = path_of(watchers, unit);
    if (playbook == NULL)
        return;
    for (guint i = 0; i < path->len; i++) {
        const GArray *seeing = seeing_at(watchers, g_array_index(path, int64_t, i), playbook->id, matter->kind);
        for (guint j = 0; j < seeing->len; j++)
            for (guint below = 0; below <= i; below++)
                each(context, g_array_index(seeing, int64_t, j), g_array_index(path, int64_t, below));
    }
}

int64_t watchers_holder(struct watchers *watchers, int64_t post)
{
    int64_t themselves = -post;
    if (post < 0)
        return watcher_of(watchers, themselves) != NULL ? themselves : 0;
    const int64_t *person = g_hash_table_lookup(watchers->holders, &post);
    return person != NULL && watcher_of(watchers, *person) != NULL ? *person : 0;
}

void watchers_posts(struct watchers *watchers, void (*each)(void *context, int64_t person, int64_t post), void *context)
{
    GHashTableIter iter;
    gpointer post, person;
    g_hash_table_iter_init(&iter, watchers->holders);
    while (g_hash_table_iter_next(&iter, &post, &person))
        if (watcher_of(watchers, *(int64_t *)person) != NULL)
            each(context, *(int64_t *)person, *(int64_t *)post);
}
