/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle.h"

#include <string.h>

struct pair {
    int64_t a, b;
};
struct model_ground {
    int64_t person, post, unit;
    char role[32];
};

/* Who acts in a kind, is called to it, or is told of it; and who reads names in it. */
static const struct {
    const char *kind;
    bool about_person, participants_only;
    const char *seen_by[8], *unmasked_by[4];
} kinds[] = {
    {"home_observation",
     true,
     false,
     {"grid_worker", "community_doctor", "cdc_officer", "community_secretary", "supervisor"},
     {"grid_worker", "community_doctor"}},
    {"household_case", true, false, {"grid_worker", "community_doctor", "cdc_officer", "supervisor"}, {"grid_worker"}},
    {"anomaly_report",
     true,
     false,
     {"grid_worker", "community_secretary", "district_duty_officer", "supervisor"},
     {"grid_worker"}},
    {"welfare_case",
     true,
     true,
     {"community_secretary", "community_doctor", "district_duty_officer", "supervisor"},
     {"community_doctor"}},
    {"inspection",
     false,
     false,
     {"district_duty_officer", "community_secretary", "supervisor", "data_steward"},
     {NULL}},
    {"directive",
     false,
     false,
     {"district_duty_officer", "community_secretary", "supervisor"},
     {"district_duty_officer"}},
    {"call_out", false, false, {"grid_worker", "community_secretary", "supervisor"}, {NULL}},
    {"deadline_case", false, false, {"community_secretary", "supervisor"}, {NULL}},
};
static const char *const registering[] = {"grid_worker", "community_doctor", "data_steward", NULL};

static size_t kind_of(const struct model_matter *matter)
{
    size_t i = 0;
    while (strcmp(kinds[i].kind, matter->kind) != 0)
        g_assert_cmpuint(++i, <, G_N_ELEMENTS(kinds));
    return i;
}

/* ---- reading ---- */

static GArray *pairs(struct db *db, const char *sql, int64_t now_us)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct pair));
    AUTO(cursor) struct cursor cursor = db_query_text(db, sql);
    if (strchr(sql, '?') != NULL)
        cursor_bind_integer(&cursor, 1, now_us);
    while (cursor_next(&cursor)) {
        struct pair pair = {cursor_integer(&cursor, 0), cursor_integer(&cursor, 1)};
        g_array_append_val(all, pair);
    }
    return all;
}

static void read_matters(struct model *model, struct db *db)
{
    AUTO(cursor)
    struct cursor cursor = db_query(
        db,
        "SELECT m.id, m.unit, m.subject, CASE WHEN above.unit <> m.unit OR above.subject <> m.subject THEN 0 WHEN "
        "m.opener_post = 0 OR (p.from_us <= ?1 AND p.to_us > ?1) THEN "
        "m.opener_person ELSE 0 END, m.uuid, m.kind, m.state, m.closed_us, m.named_only, m.erased FROM matter m "
        "LEFT JOIN post p ON p.id = m.opener_post LEFT JOIN matter above ON above.id = m.parent ORDER BY m.id",
        "i", model->now_us);
    while (cursor_next(&cursor)) {
        struct uuid uuid;
        struct model_matter matter = {.id = cursor_integer(&cursor, 0),
                                      .unit = cursor_integer(&cursor, 1),
                                      .subject = cursor_integer(&cursor, 2),
                                      .opener = cursor_integer(&cursor, 3),
                                      .named_only = cursor_integer(&cursor, 8) != 0,
                                      .open = cursor_integer(&cursor, 7) == 0,
                                      .erased = cursor_integer(&cursor, 9) != 0};
        cursor_uuid(&cursor, 4, &uuid);
        uuid_format(&uuid, matter.uuid);
        g_strlcpy(matter.kind, cursor_text(&cursor, 5), sizeof matter.kind);
        g_strlcpy(matter.state, cursor_text(&cursor, 6), sizeof matter.state);
        g_array_append_val(model->matters, matter);
    }
}

static void read_grounds(struct model *model, struct db *db)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(db,
                 "SELECT p.person, p.id, g.unit, p.role FROM post p JOIN post_ground g ON g.post = p.id"
                 " WHERE p.from_us <= ?1 AND p.to_us > ?1 AND g.from_us <= ?1 AND g.to_us > ?1",
                 "i", model->now_us);
    while (cursor_next(&cursor)) {
        struct model_ground ground = {cursor_integer(&cursor, 0), cursor_integer(&cursor, 1),
                                      cursor_integer(&cursor, 2), ""};
        g_strlcpy(ground.role, cursor_text(&cursor, 3), sizeof ground.role);
        g_array_append_val(model->grounds, ground);
    }
}

static void read_tasks(struct model *model, struct db *db)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(db,
                 "SELECT e.matter, e.post, CASE WHEN p.who > 0 AND e.name <> 'judge' THEN p.who ELSE "
                 "m.unit END, e.number FROM "
                 "expectation e JOIN matter m ON m.id = e.matter LEFT JOIN participant p ON "
                 "p.matter = e.matter AND p.number = e.participant",
                 "");
    while (cursor_next(&cursor)) {
        struct model_task task = {cursor_integer(&cursor, 0), cursor_integer(&cursor, 1), cursor_integer(&cursor, 2),
                                  cursor_integer(&cursor, 3)};
        g_array_append_val(model->tasks, task);
    }
}

struct model *model_new(const char *data_dir, int64_t now_us)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(data_dir, "rows.db", NULL);
    AUTO(db) struct db *db = db_open(path, &(struct db_options){.mode = DB_READ}, &error);
    g_assert_no_error(error);
    struct model *model = g_new0(struct model, 1);
    model->now_us = now_us;
    model->grounds = g_array_new(FALSE, FALSE, sizeof(struct model_ground));
    model->matters = g_array_new(FALSE, FALSE, sizeof(struct model_matter));
    model->tasks = g_array_new(FALSE, FALSE, sizeof(struct model_task));
    db_begin(db);
    model->units = pairs(db, "SELECT id, parent FROM unit", now_us);
    model->makers = pairs(db,
                          "SELECT e.matter, e.person FROM entry e LEFT JOIN post p ON p.id = e.post "
                          "WHERE (e.post = 0 OR (p.from_us <= ?1 AND p.to_us > ?1)) AND e.kind <> 'exposed_again' "
                          "AND e.kind NOT IN ('accept_handover', 'refuse_handover')", /* answers */
                          now_us);
    model->answers = pairs(db, "SELECT matter, post FROM expectation", now_us);
    read_tasks(model, db);
    model->late = pairs(db, "SELECT matter, number FROM expectation WHERE overdue = 1", now_us);
    model->offers = pairs(db, "SELECT matter, to_unit FROM matter_handover WHERE pending = 1", now_us);
    model->participants = pairs(db, "SELECT matter, who FROM participant WHERE left_us IS NULL", now_us);
    model->alerts = pairs(db, "SELECT matter, post FROM alert WHERE shown_us <= ?1", now_us);
    model->residencies = pairs(db, "SELECT person, unit FROM residency WHERE from_us <= ?1 AND to_us > ?1", now_us);
    model->registrars = pairs(db, "SELECT id, registrar FROM person WHERE registrar <> 0", now_us);
    model->moves = pairs(db, "SELECT person, unit FROM move_offer WHERE state = 'offered'", now_us);
    read_matters(model, db);
    read_grounds(model, db);
    db_rollback(db);
    return model;
}

void model_free(struct model *model)
{
    GArray *const arrays[] = {model->units,      model->grounds, model->matters,      model->makers,
                              model->answers,    model->offers,  model->alerts,       model->residencies,
                              model->registrars, model->moves,   model->participants, model->late,
                              model->tasks};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
    g_free(model);
}

/* ---- the rule ---- */

int64_t model_parent(const struct model *model, int64_t unit)
{
    for (guint i = 0; i < model->units->len; i++)
        if (g_array_index(model->units, struct pair, i).a == unit)
            return g_array_index(model->units, struct pair, i).b;
    return 0;
}

bool model_is_under(const struct model *model, int64_t unit, int64_t under)
{
    while (unit != 0 && unit != under)
        unit = model_parent(model, unit);
    return unit == under;
}

static bool is_one_of(const char *role, const char *const *roles)
{
    if (roles == NULL)
        return true;
    for (; *roles != NULL; roles++)
        if (strcmp(*roles, role) == 0)
            return true;
    return false;
}

bool model_covers(const struct model *model, int64_t person, const char *const *roles, int64_t unit)
{
    for (guint i = 0; i < model->grounds->len; i++) {
        const struct model_ground *ground = &g_array_index(model->grounds, struct model_ground, i);
        if (ground->person == person && is_one_of(ground->role, roles) && model_is_under(model, unit, ground->unit))
            return true;
    }
    return false;
}

bool model_acts_in(const struct model *model, int64_t person, const char *kind)
{
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (guint i = 0; strcmp(kinds[k].kind, kind) == 0 && i < model->grounds->len; i++) {
            const struct model_ground *ground = &g_array_index(model->grounds, struct model_ground, i);
            if (ground->person == person && is_one_of(ground->role, kinds[k].seen_by))
                return true;
        }
    return false;
}

bool model_holds(const struct model *model, int64_t person, int64_t post)
{
    for (guint i = 0; i < model->grounds->len; i++) {
        const struct model_ground *ground = &g_array_index(model->grounds, struct model_ground, i);
        if (ground->person == person && ground->post == post)
            return true;
    }
    return post == -person;
}

bool model_is_about_person(const struct model_matter *matter)
{
    return kinds[kind_of(matter)].about_person;
}

static bool is_subject(const struct model_matter *matter, int64_t person)
{
    return model_is_about_person(matter) && matter->subject == person;
}

bool model_sees(const struct model *model, int64_t person, const struct model_matter *matter)
{
    size_t kind = kind_of(matter);
    if (!kinds[kind].participants_only && model_covers(model, person, kinds[kind].seen_by, matter->unit))
        return true;
    if (is_subject(matter, person) || matter->opener == person)
        return true;
    for (guint i = 0; i < model->makers->len; i++) {
        const struct pair *maker = &g_array_index(model->makers, struct pair, i);
        if (maker->a == matter->id && maker->b == person)
            return true;
    }
    for (guint i = 0; i < model->answers->len; i++) {
        const struct pair *answer = &g_array_index(model->answers, struct pair, i);
        if (answer->a == matter->id && model_holds(model, person, answer->b))
            return true;
    }
    for (guint i = 0; i < model->offers->len; i++) {
        const struct pair *offer = &g_array_index(model->offers, struct pair, i);
        if (offer->a == matter->id && model_covers(model, person, kinds[kind].seen_by, offer->b))
            return true;
    }
    for (guint i = 0; i < model->participants->len; i++) {
        const struct pair *part = &g_array_index(model->participants, struct pair, i);
        if (part->a == matter->id &&
            (part->b == -person || (part->b > 0 && model_covers(model, person, kinds[kind].seen_by, part->b))))
            return true;
    }
    return false;
}

static const char *role_of(const struct model *model, int64_t post)
{
    for (guint i = 0; i < model->grounds->len; i++)
        if (g_array_index(model->grounds, struct model_ground, i).post == post)
            return g_array_index(model->grounds, struct model_ground, i).role;
    return "";
}

static bool has_ground(const struct model *model, int64_t post, int64_t unit)
{
    for (guint i = 0; i < model->grounds->len; i++) {
        const struct model_ground *ground = &g_array_index(model->grounds, struct model_ground, i);
        if (ground->post == post && ground->unit == unit)
            return true;
    }
    return false;
}

static const struct model_matter *matter_of(const struct model *model, int64_t id)
{
    for (guint i = 0; i < model->matters->len; i++)
        if (g_array_index(model->matters, struct model_matter, i).id == id)
            return &g_array_index(model->matters, struct model_matter, i);
    g_assert_not_reached();
}

bool model_has_task(const struct model *model, int64_t person, const struct model_task *task)
{
    if (model_holds(model, person, task->post))
        return true;
    int64_t nearest = task->unit;
    while (nearest != 0 && !has_ground(model, task->post, nearest))
        nearest = model_parent(model, nearest);
    for (guint i = 0; nearest != 0 && i < model->grounds->len; i++) {
        const struct model_ground *ground = &g_array_index(model->grounds, struct model_ground, i);
        if (ground->person == person && ground->unit == nearest &&
            strcmp(ground->role, role_of(model, task->post)) == 0)
            return model_sees(model, person, matter_of(model, task->matter));
    }
    return false;
}

GArray *model_posts(const struct model *model, int64_t person)
{
    GArray *posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < model->grounds->len; i++)
        if (g_array_index(model->grounds, struct model_ground, i).person == person)
            g_array_append_val(posts, g_array_index(model->grounds, struct model_ground, i).post);
    return posts;
}

bool model_is_colleague(const struct model *model, int64_t person, int64_t post, int64_t other)
{
    for (guint i = 0; i < model->grounds->len; i++) {
        const struct model_ground *ground = &g_array_index(model->grounds, struct model_ground, i);
        if (ground->person == person && ground->post == post && post != other &&
            has_ground(model, other, ground->unit) && strcmp(ground->role, role_of(model, other)) == 0)
            return true;
    }
    return false;
}

bool model_sees_all(const struct model *model, int64_t person, const char *kind, int64_t unit)
{
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
        if (strcmp(kinds[k].kind, kind) == 0)
            return !kinds[k].participants_only && model_covers(model, person, kinds[k].seen_by, unit);
    return false;
}

GHashTable *model_late(const struct model *model, int64_t person, int64_t unit)
{
    GHashTable *late = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < model->late->len; i++)
        for (guint m = 0; m < model->matters->len; m++) {
            const struct pair *pair = &g_array_index(model->late, struct pair, i);
            const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, m);
            if (matter->id == pair->a && model_is_under(model, matter->unit, unit) &&
                model_sees_all(model, person, matter->kind, unit))
                g_hash_table_add(late, g_strdup_printf("%s %" G_GINT64_FORMAT, matter->uuid, pair->b));
        }
    return late;
}

bool model_unmasks(const struct model *model, int64_t person, const struct model_matter *matter)
{
    size_t kind = kind_of(matter);
    const char *const *roles = kinds[kind].unmasked_by;
    if (kinds[kind].about_person ? matter->subject == person : roles[0] == NULL)
        return true;
    if (!kinds[kind].participants_only && model_covers(model, person, roles, matter->unit))
        return true;
    for (guint i = 0; i < model->answers->len; i++) {
        const struct pair *answer = &g_array_index(model->answers, struct pair, i);
        if (answer->a == matter->id && answer->b > 0 && model_holds(model, person, answer->b) &&
            is_one_of(role_of(model, answer->b), roles))
            return true;
    }
    return false;
}

bool model_registers_at(const struct model *model, int64_t person, int64_t unit)
{
    return model_covers(model, person, registering, unit);
}

int64_t model_first_ground(const struct model *model, int64_t person)
{
    for (guint i = 0; i < model->grounds->len; i++)
        if (g_array_index(model->grounds, struct model_ground, i).person == person)
            return g_array_index(model->grounds, struct model_ground, i).unit;
    return 0;
}

bool model_shows_holder(const struct model *model, int64_t person, int64_t post)
{
    for (guint i = 0; i < model->grounds->len; i++)
        for (guint k = 0; k < model->grounds->len; k++) {
            const struct model_ground *mine = &g_array_index(model->grounds, struct model_ground, i);
            const struct model_ground *theirs = &g_array_index(model->grounds, struct model_ground, k);
            if (mine->person == person && theirs->post == post &&
                (theirs->person == person || model_is_under(model, mine->unit, theirs->unit) ||
                 model_is_under(model, theirs->unit, mine->unit)))
                return true;
        }
    return false;
}

bool model_shows_official(const struct model *model, int64_t person, int64_t whom)
{
    bool shows = false;
    for (guint i = 0; i < model->grounds->len && !shows; i++) {
        const struct model_ground *theirs = &g_array_index(model->grounds, struct model_ground, i);
        shows = theirs->person == whom && model_shows_holder(model, person, theirs->post);
    }
    return shows;
}

int64_t model_registered_by(const struct model *model, int64_t registrar)
{
    int64_t last = 0;
    for (guint i = 0; i < model->registrars->len; i++) {
        const struct pair *pair = &g_array_index(model->registrars, struct pair, i);
        last = pair->b == registrar ? MAX(last, pair->a) : last;
    }
    return last;
}

int64_t model_home(const struct model *model, int64_t person)
{
    for (guint i = 0; i < model->residencies->len; i++)
        if (g_array_index(model->residencies, struct pair, i).a == person)
            return g_array_index(model->residencies, struct pair, i).b;
    return 0;
}

static bool registers_somewhere(const struct model *model, int64_t person)
{
    for (guint i = 0; i < model->grounds->len; i++) {
        const struct model_ground *ground = &g_array_index(model->grounds, struct model_ground, i);
        if (ground->person == person && is_one_of(ground->role, registering))
            return true;
    }
    return false;
}

bool model_answers_for(const struct model *model, int64_t person, int64_t whom)
{
    int64_t home = model_home(model, whom), city = g_array_index(model->units, struct pair, 0).a;
    if (model_registers_at(model, person, home != 0 ? home : city))
        return true;
    for (guint i = 0; i < model->registrars->len && home == 0; i++) {
        const struct pair *pair = &g_array_index(model->registrars, struct pair, i);
        if (pair->a == whom && pair->b == person)
            return registers_somewhere(model, person);
    }
    return false;
}

bool model_sees_person(const struct model *model, int64_t person, int64_t whom, bool *out_unmasked)
{
    bool seen = false;
    *out_unmasked = person == whom || model_answers_for(model, person, whom);
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        if (!is_subject(matter, whom) || matter->named_only || !model_sees(model, person, matter))
            continue;
        seen = true;
        *out_unmasked = *out_unmasked || model_unmasks(model, person, matter);
    }
    return seen || *out_unmasked;
}
