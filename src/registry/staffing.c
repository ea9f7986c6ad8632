/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/staffing.h"

#include "base/clock.h"
#include "registry/registry.h"

#include <string.h>

#define QUARTER_US (15 * US_PER_MINUTE)
#define NO_QUARTER (-1)

/* ---- of one unit ---- */

struct staffed_post { /* required, at a unit */
    const char *role; /* the playbook's, or interned */
    int64_t quarter;
    int64_t required, held;
};
struct staffed_unit {
    int64_t unit, next_us;
    const char *type; /* interned */
    GArray *above;    /* of int64_t; empty: it is not there */
    GArray *posts;    /* of struct staffed_post */
};

static void staffed_unit_clear(struct staffed_unit *of)
{
    g_clear_pointer(&of->above, g_array_unref);
    g_clear_pointer(&of->posts, g_array_unref);
}
AUTO_CLEAR(staffed_unit)

struct holding {
    int64_t post, from_us, to_us;
    const char *role;
};

static GArray *read_holdings(struct db *rows, int64_t unit)
{
    GArray *holdings = g_array_new(FALSE, FALSE, sizeof(struct holding));
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT g.post, g.from_us, g.to_us, g.role FROM post_ground g CROSS JOIN post p ON p.id = g.post "
                 "WHERE g.unit = ?1 AND p.deputy_of = 0 AND g.from_us < g.to_us ORDER BY g.role, g.post",
                 "i", unit);
    while (cursor_next(&found)) {
        struct holding one = {cursor_integer(&found, 0), cursor_integer(&found, 1), cursor_integer(&found, 2),
                              g_intern_string(cursor_text(&found, 3))};
        g_array_append_val(holdings, one);
    }
    return holdings;
}

struct staffing_edge {
    int64_t at_us;
    int change; /* of the holders, looking back over it */
};

static gint later_first(gconstpointer a, gconstpointer b)
{
    const struct staffing_edge *one = a, *other = b;
    return one->at_us == other->at_us ? 0 : one->at_us < other->at_us ? 1 : -1;
}

/* Since when there have been fewer than required; there are now. */
static int64_t lacking_since_us(const GArray *holdings, const struct staffed_post *post, int64_t begun_us,
                                int64_t now_us)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(struct staffing_edge));
    for (guint i = 0; i < holdings->len; i++) {
        const struct holding *one = &g_array_index(holdings, struct holding, i);
        const struct staffing_edge from = {one->from_us, -1}, to = {one->to_us, 1};
        if (strcmp(one->role, post->role) != 0 || one->from_us > now_us)
            continue;
        g_array_append_val(edges, from);
        if (one->to_us <= now_us)
            g_array_append_val(edges, to);
    }
    g_array_sort(edges, later_first);
    int64_t held = post->held;
    for (guint i = 0; i < edges->len;) {
        int64_t at_us = g_array_index(edges, struct staffing_edge, i).at_us;
        for (; i < edges->len && g_array_index(edges, struct staffing_edge, i).at_us == at_us; i++)
            held += g_array_index(edges, struct staffing_edge, i).change;
        if (held >= post->required)
            return MAX(at_us, begun_us);
    }
    return begun_us;
}

static int64_t held_now(const GArray *holdings, const char *role, int64_t now_us)
{
    int64_t count = 0, last = 0;
    for (guint i = 0; i < holdings->len; i++) {
        const struct holding *one = &g_array_index(holdings, struct holding, i);
        if (strcmp(one->role, role) != 0 || one->from_us > now_us || one->to_us <= now_us || one->post == last)
            continue;
        last = one->post;
        count++;
    }
    return count;
}

static int64_t next_us_of(struct db *rows, int64_t unit, const GArray *holdings, int64_t now_us)
{
    int64_t next_us = REGISTRY_OPEN;
    db_integer(rows, &next_us,
               "SELECT min(t) FROM (SELECT min(from_us) AS t FROM cover WHERE unit = ?1 AND from_us > ?2 UNION ALL "
               "SELECT min(to_us) FROM cover WHERE unit = ?1 AND to_us > ?2)",
               "ii", unit, now_us);
    for (guint i = 0; i < holdings->len; i++) {
        const struct holding *one = &g_array_index(holdings, struct holding, i);
        if (one->from_us > now_us)
            next_us = MIN(next_us, one->from_us);
        if (one->to_us > now_us)
            next_us = MIN(next_us, one->to_us);
    }
    return next_us;
}

static void staff_unit(struct db *rows, const struct playbook *playbook, int64_t unit, int64_t now_us,
                       struct staffed_unit *out)
{
    struct unit found = {0};
    g_autoptr(GArray) holdings = read_holdings(rows, unit);
    registry_unit(rows, unit, &found);
    *out = (struct staffed_unit){.unit = unit,
                                 .next_us = next_us_of(rows, unit, holdings, now_us),
                                 .type = g_intern_string(found.type),
                                 .posts = g_array_new(FALSE, FALSE, sizeof(struct staffed_post))};
    out->above = cursor_integers(
        db_query(rows, "SELECT ancestor FROM cover WHERE unit = ?1 AND from_us <= ?2 AND to_us > ?2 ORDER BY depth",
                 "ii", unit, now_us));
    if (!integers_hold(out->above, unit))
        g_array_set_size(out->above, 0);
    for (size_t i = 0; i < playbook->required_post_count && out->above->len > 0; i++) {
        const struct required_post *required = &playbook->required_posts[i];
        if (strcmp(required->unit_type->name, found.type) != 0)
            continue;
        struct staffed_post post = {g_intern_string(required->role->name), NO_QUARTER, required->count,
                                    held_now(holdings, required->role->name, now_us)};
        if (post.held < post.required)
            post.quarter =
                lacking_since_us(holdings, &post, MAX(found.from_us, required->since_us), now_us) / QUARTER_US;
        post.held = MIN(post.held, post.required);
        g_array_append_val(out->posts, post);
    }
}

/* ---- kept, of one unit ---- */

static bool read_kept(struct db *rows, int64_t unit, struct staffed_unit *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT type FROM staffing_unit WHERE unit = ?1", "i", unit);
    if (!cursor_next(&found))
        return false;
    *out = (struct staffed_unit){.unit = unit,
                                 .type = g_intern_string(cursor_text(&found, 0)),
                                 .posts = g_array_new(FALSE, FALSE, sizeof(struct staffed_post))};
    out->above = cursor_integers(
        db_query(rows, "SELECT j.value FROM staffing_unit s, json_each(s.above) j WHERE s.unit = ?1", "i", unit));
    AUTO(cursor)
    struct cursor posts =
        db_query(rows, "SELECT role, quarter, required, held FROM staffing_post WHERE unit = ?1", "i", unit);
    while (cursor_next(&posts)) {
        struct staffed_post post = {g_intern_string(cursor_text(&posts, 0)), cursor_integer(&posts, 1),
                                    cursor_integer(&posts, 2), cursor_integer(&posts, 3)};
        g_array_append_val(out->posts, post);
    }
    return true;
}

static void write_kept(struct db *rows, const struct staffed_unit *of)
{
    g_autoptr(GString) above = g_string_new("[");
    for (guint i = 0; i < of->above->len; i++)
        g_string_append_printf(above, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", g_array_index(of->above, int64_t, i));
    g_string_append_c(above, ']');
    db_run(rows, "DELETE FROM staffing_post WHERE unit = ?1", "i", of->unit);
    if (of->above->len == 0 && of->next_us == REGISTRY_OPEN) {
        db_run(rows, "DELETE FROM staffing_unit WHERE unit = ?1", "i", of->unit);
        return;
    }
    db_run(rows, "INSERT OR REPLACE INTO staffing_unit (unit, type, above, next_us) VALUES (?1, ?2, ?3, ?4)", "issi",
           of->unit, of->type, above->str, of->next_us);
    for (guint i = 0; i < of->posts->len; i++) {
        const struct staffed_post *post = &g_array_index(of->posts, struct staffed_post, i);
        db_run(rows, "INSERT INTO staffing_post (unit, role, quarter, required, held) VALUES (?1, ?2, ?3, ?4, ?5)",
               "isiii", of->unit, post->role, post->quarter, post->required, post->held);
    }
}

/* ---- added up ---- */

struct staffing_sum { /* a row of the table staffing */
    int64_t ancestor, quarter;
    const char *role, *type; /* interned */
    int64_t units, required, held;
};

static guint sum_hash(gconstpointer key)
{
    const struct staffing_sum *sum = key;
    return (guint)(sum->ancestor * 31 + sum->quarter) ^ g_direct_hash(sum->role) ^ (g_direct_hash(sum->type) << 1);
}

static gboolean sum_equal(gconstpointer a, gconstpointer b)
{
    const struct staffing_sum *one = a, *other = b;
    return one->ancestor == other->ancestor && one->quarter == other->quarter && one->role == other->role &&
           one->type == other->type;
}

static void add(GHashTable *sums, const struct staffing_sum *one)
{
    struct staffing_sum *sum = g_hash_table_lookup(sums, one);
    if (sum == NULL) {
        g_hash_table_add(sums, g_memdup2(one, sizeof *one));
        return;
    }
    sum->units += one->units;
    sum->required += one->required;
    sum->held += one->held;
}

static void add_unit(GHashTable *sums, const struct staffed_unit *of, int sign)
{
    for (guint i = 0; i < of->above->len; i++) {
        struct staffing_sum one = {
            g_array_index(of->above, int64_t, i), NO_QUARTER, g_intern_static_string(""), of->type, sign, 0, 0};
        add(sums, &one);
        for (guint j = 0; j < of->posts->len; j++) {
            const struct staffed_post *post = &g_array_index(of->posts, struct staffed_post, j);
            one.role = post->role;
            one.quarter = post->quarter;
            one.required = sign * post->required;
            one.held = sign * post->held;
            add(sums, &one);
        }
    }
}

#define SUM_KEY "ancestor = ?1 AND role = ?2 AND type = ?3 AND quarter = ?4"

static void write_sums(struct db *rows, GHashTable *sums)
{
    GHashTableIter iter;
    g_hash_table_iter_init(&iter, sums);
    for (gpointer key; g_hash_table_iter_next(&iter, &key, NULL);) {
        const struct staffing_sum *sum = key;
        if (sum->units == 0 && sum->required == 0 && sum->held == 0)
            continue;
        db_run(rows,
               "INSERT INTO staffing (ancestor, role, type, quarter, units, required, held) VALUES (?1, ?2, ?3, ?4, "
               "?5, ?6, ?7) ON CONFLICT DO UPDATE SET units = units + excluded.units, required = required + "
               "excluded.required, held = held + excluded.held",
               "issiiii", sum->ancestor, sum->role, sum->type, sum->quarter, sum->units, sum->required, sum->held);
        db_run(rows, "DELETE FROM staffing WHERE units = 0 AND " SUM_KEY, "issi", sum->ancestor, sum->role, sum->type,
               sum->quarter);
    }
}

/* ---- settling ---- */

static char *demand_of(const struct playbook *playbook)
{
    GString *text = g_string_new("v2");
    for (size_t i = 0; i < playbook->required_post_count; i++) {
        const struct required_post *post = &playbook->required_posts[i];
        g_string_append_printf(text, " %s:%s*%d", post->unit_type->name, post->role->name, post->count);
    }
    return g_string_free(text, FALSE);
}

static bool is_demanded(struct db *rows, const char *demand)
{
    int64_t same = 0;
    return db_integer(rows, &same, "SELECT 1 FROM staffing_state WHERE demand = ?1", "s", demand);
}

static void forget(struct db *rows, const char *demand)
{
    db_run(rows, "DELETE FROM staffing", "");
    db_run(rows, "DELETE FROM staffing_post", "");
    db_run(rows, "DELETE FROM staffing_unit", "");
    db_run(rows, "INSERT OR IGNORE INTO staffing_change SELECT unit FROM cover WHERE depth = 0", "");
    db_run(rows, "UPDATE staffing_state SET demand = ?1", "s", demand);
}

static void settle_unit(struct db *rows, const struct playbook *playbook, int64_t unit, int64_t now_us,
                        GHashTable *sums)
{
    AUTO(staffed_unit) struct staffed_unit before = {0};
    AUTO(staffed_unit) struct staffed_unit after = {0};
    if (read_kept(rows, unit, &before))
        add_unit(sums, &before, -1);
    staff_unit(rows, playbook, unit, now_us, &after);
    add_unit(sums, &after, 1);
    write_kept(rows, &after);
    db_run(rows, "DELETE FROM staffing_change WHERE unit = ?1", "i", unit);
}

/* The second bound is that of the index: without it every unit is looked at before each commit. */
#define WAITING                                                                                                        \
    "SELECT unit FROM staffing_change UNION SELECT unit FROM staffing_unit WHERE next_us <= ?1 AND next_us < "         \
    "9223372036854775807 LIMIT ?2"

void registry_staffing_settle(struct db *rows, const struct playbook *playbook, int64_t now_us, int most)
{
    g_autofree char *demand = demand_of(playbook);
    if (!is_demanded(rows, demand))
        forget(rows, demand);
    if (now_us == 0)
        db_integer(rows, &now_us, "SELECT settled_us FROM staffing_state", "");
    g_autoptr(GArray) units = cursor_integers(db_query(rows, WAITING, "ii", now_us, (int64_t)most));
    if (units->len == 0)
        return;
    g_autoptr(GHashTable) sums = g_hash_table_new_full(sum_hash, sum_equal, g_free, NULL);
    for (guint i = 0; i < units->len; i++)
        settle_unit(rows, playbook, g_array_index(units, int64_t, i), now_us, sums);
    write_sums(rows, sums);
    db_run(rows, "UPDATE staffing_state SET settled_us = ?1", "i", now_us);
}

void registry_staffing_settle_anew(struct db *rows, const struct playbook *playbook)
{
    g_autofree char *demand = demand_of(playbook);
    forget(rows, demand);
    registry_staffing_settle(rows, playbook, 0, STAFFING_SETTLED_ALL);
}

bool registry_staffing_is_settled(struct db *rows, const struct playbook *playbook, int64_t now_us)
{
    int64_t any;
    g_autofree char *demand = demand_of(playbook);
    return is_demanded(rows, demand) && !db_integer(rows, &any, WAITING, "ii", now_us, (int64_t)1);
}

/* ---- reading ---- */

static void count_row(const struct staffing_sum *row, const struct staffing_question *question, struct staffing *out)
{
    if (*row->role == '\0') {
        out->units += row->units;
        return;
    }
    out->required += row->required;
    out->held += row->held;
    int64_t since_us = (row->quarter + 1) * QUARTER_US;
    if (row->quarter == NO_QUARTER || since_us > question->before_us)
        return;
    out->lacking += row->required - row->held;
    out->since_us = out->since_us == 0 ? since_us : MIN(out->since_us, since_us);
}

static void add_row(GArray *sums, int64_t unit, const char *role, const char *type, int64_t quarter)
{
    const struct staffing_sum row = {.ancestor = unit, .quarter = quarter, .role = role, .type = type};
    g_array_append_val(sums, row);
}

static struct staffing_sum *last_row(GArray *sums)
{
    return &g_array_index(sums, struct staffing_sum, sums->len - 1);
}

/* What the table has of a unit, out of the units below it. */
static void walk(struct db *rows, const struct playbook *playbook, int64_t unit, int64_t now_us, GArray *sums)
{
    g_autoptr(GArray) units = cursor_integers(db_query(
        rows, "SELECT unit FROM cover WHERE ancestor = ?1 AND from_us <= ?2 AND to_us > ?2", "ii", unit, now_us));
    for (guint i = 0; i < units->len; i++) {
        AUTO(staffed_unit) struct staffed_unit of = {0};
        staff_unit(rows, playbook, g_array_index(units, int64_t, i), now_us, &of);
        add_row(sums, unit, g_intern_static_string(""), of.type, NO_QUARTER);
        last_row(sums)->units = 1;
        for (guint j = 0; j < of.posts->len; j++) {
            const struct staffed_post *post = &g_array_index(of.posts, struct staffed_post, j);
            add_row(sums, unit, post->role, of.type, post->quarter);
            last_row(sums)->required = post->required;
            last_row(sums)->held = post->held;
        }
    }
}

static void read_table(struct db *rows, const GArray *units, GArray *sums)
{
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT s.ancestor, s.role, s.type, s.quarter, s.units, s.required, s.held FROM "
                                   "integers(?1) j CROSS JOIN staffing s ON s.ancestor = j.value",
                                   "a", units);
    while (cursor_next(&found)) {
        add_row(sums, cursor_integer(&found, 0), g_intern_string(cursor_text(&found, 1)),
                g_intern_string(cursor_text(&found, 2)), cursor_integer(&found, 3));
        last_row(sums)->units = cursor_integer(&found, 4);
        last_row(sums)->required = cursor_integer(&found, 5);
        last_row(sums)->held = cursor_integer(&found, 6);
    }
}

void registry_staffing_read(struct db *rows, const struct playbook *playbook, const GArray *units, int64_t now_us,
                            struct staffing_rows *out)
{
    *out = (struct staffing_rows){units, g_array_new(FALSE, TRUE, sizeof(struct staffing_sum))};
    if (registry_staffing_is_settled(rows, playbook, now_us)) {
        read_table(rows, units, out->sums);
        return;
    }
    for (guint i = 0; i < units->len; i++)
        walk(rows, playbook, g_array_index(units, int64_t, i), now_us, out->sums);
}

void staffing_rows_clear(struct staffing_rows *found)
{
    g_clear_pointer(&found->sums, g_array_unref);
}

void registry_staffing_answer(const struct staffing_rows *found, const struct staffing_question *question,
                              struct staffing *out)
{
    const char *type = question->type != NULL ? g_intern_string(question->type) : NULL;
    const char *role = question->role != NULL ? g_intern_string(question->role) : NULL;
    for (guint i = 0, at = 0; i < found->units->len; i++) {
        out[i] = (struct staffing){0};
        for (; at < found->sums->len; at++) {
            const struct staffing_sum *row = &g_array_index(found->sums, struct staffing_sum, at);
            if (row->ancestor != g_array_index(found->units, int64_t, i))
                break;
            if ((type == NULL || type == row->type) && (role == NULL || *row->role == '\0' || role == row->role))
                count_row(row, question, &out[i]);
        }
    }
}

/* As `found` has it of one unit. */
static void answer_one(struct staffing_rows *found, const struct staffing_question *question, struct staffing *out)
{
    registry_staffing_answer(found, question, out);
    staffing_rows_clear(found);
}

void registry_staffing_recount(struct db *rows, const struct playbook *playbook, int64_t unit,
                               const struct staffing_question *question, int64_t now_us, struct staffing *out)
{
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof unit);
    g_array_append_val(units, unit);
    struct staffing_rows found = {units, g_array_new(FALSE, TRUE, sizeof(struct staffing_sum))};
    walk(rows, playbook, unit, now_us, found.sums);
    answer_one(&found, question, out);
}

void registry_staffing(struct db *rows, const struct playbook *playbook, int64_t unit,
                       const struct staffing_question *question, int64_t now_us, struct staffing *out)
{
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof unit);
    struct staffing_rows found;
    g_array_append_val(units, unit);
    registry_staffing_read(rows, playbook, units, now_us, &found);
    answer_one(&found, question, out);
}

/* ---- compared ---- */

static bool is_same(const struct staffing *one, const struct staffing *other)
{
    return one->units == other->units && one->required == other->required && one->held == other->held &&
           one->lacking == other->lacking && one->since_us == other->since_us;
}

static char *text_of(const struct staffing *found)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " held in %" G_GINT64_FORMAT " units",
                           found->held, found->required, found->units);
}

/* Of all roles together, then of each that is required; the first that differs is told. */
static void compare_unit(struct db *rows, const struct playbook *playbook, const struct staffing_rows *kept,
                         const struct staffing_rows *counted, GPtrArray *differences)
{
    for (size_t i = 0; i <= playbook->required_post_count; i++) {
        const struct role *role = i > 0 ? playbook->required_posts[i - 1].role : NULL;
        const struct staffing_question question = {.role = role != NULL ? role->name : NULL, .before_us = INT64_MAX};
        struct staffing one, other;
        struct unit unit;
        registry_staffing_answer(kept, &question, &one);
        registry_staffing_answer(counted, &question, &other);
        if (is_same(&one, &other))
            continue;
        bool known = registry_unit(rows, g_array_index(kept->units, int64_t, 0), &unit);
        g_autofree char *was = text_of(&one), *is = text_of(&other);
        g_ptr_array_add(differences,
                        g_strdup_printf("posts of %s%s%s: kept %s, counted %s", known ? unit.code : "an unknown unit",
                                        role != NULL ? ", " : "", role != NULL ? role->name : "", was, is));
        return;
    }
}

void registry_staffing_compare(struct db *rows, const struct playbook *playbook, guint most, GPtrArray *differences)
{
    int64_t settled_us = 0;
    db_integer(rows, &settled_us, "SELECT settled_us FROM staffing_state", "");
    if (!registry_staffing_is_settled(rows, playbook, settled_us))
        return;
    g_autoptr(GArray) units =
        cursor_integers(db_query(rows, "SELECT id FROM unit UNION SELECT ancestor FROM staffing ORDER BY 1", ""));
    for (guint i = 0; i < units->len && differences->len < most; i++) {
        int64_t unit = g_array_index(units, int64_t, i);
        g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof unit);
        g_array_append_val(one, unit);
        AUTO(staffing_rows) struct staffing_rows kept = {one, g_array_new(FALSE, TRUE, sizeof(struct staffing_sum))};
        AUTO(staffing_rows) struct staffing_rows counted = {one, g_array_new(FALSE, TRUE, sizeof(struct staffing_sum))};
        read_table(rows, one, kept.sums);
        walk(rows, playbook, unit, settled_us, counted.sums);
        compare_unit(rows, playbook, &kept, &counted, differences);
    }
}
