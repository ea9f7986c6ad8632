/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/days.h"

#include "base/datetime.h"
#include "registry/registry.h"
#include "vault/account.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define PASSWORD_CHARS 12

static const struct {
    const char *login, *role;
    const char *type; /* of a unit that stands beside the community, not above or below it; NULL: one of these */
} logins[] = {
    {"grid", "grid_worker"},
    {"secretary", "community_secretary"},
    {"doctor", "community_doctor"},
    {"cadre", "assigned_cadre"},
    {"leader", "assigned_leader"},
    {"street", "subdistrict_duty_officer"},
    {"clinic", "fever_clinic"},
    {"cdc", "cdc_officer"},
    {"district", "district_duty_officer"},
    {"headquarters", "district_command"},
    {"city", "city_command"},
    {"steward", "data_steward"},
    {"analyst", "analyst"},
    {"hotline", "call_center"},
    {"desk", "duty_desk"},
    {"judge", "adjudicator"},
    {"inspector", "inspector"},
    {"press", "publicity_officer"},
    {"organisation", "organisation_officer"},
    {"discipline", "discipline_officer"},
    {"supervisor", "supervisor"},
    {"department", "duty_desk", "department"},
    {"shop", "workplace_officer", "workplace"},
};

/* The holder of a role whose ground is the unit, one above it or one below it. */
static int64_t holder_near(struct db *rows, const char *role, int64_t unit, int64_t *out_ground)
{
    int64_t person = 0;
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT g.person, g.unit FROM post_ground g WHERE g.role = ?1 AND g.to_us = ?3 AND g.unit IN"
                 " (SELECT ancestor FROM cover WHERE unit = ?2 UNION SELECT unit FROM cover WHERE ancestor = ?2)"
                 " ORDER BY (SELECT count(*) FROM matter m WHERE m.unit = g.unit AND m.kind = 'home_observation'"
                 " AND m.closed_us = 0) DESC," /* the grid worker with most to do */
                 " (SELECT count(*) FROM cover WHERE unit = g.unit) DESC, g.post LIMIT 1", /* else who is nearest */
                 "sii", role, unit, REGISTRY_OPEN);
    if (cursor_next(&found)) {
        person = cursor_integer(&found, 0);
        *out_ground = cursor_integer(&found, 1);
    }
    return person;
}

/* The holder of a role at a unit of a type right below one that covers the community: who is wanted most often. */
static int64_t holder_beside(struct db *rows, size_t login, int64_t community, int64_t *out_ground)
{
    int64_t person = 0;
    AUTO(cursor)
    struct cursor found = db_query(
        rows,
        "SELECT g.person, g.unit FROM post_ground g JOIN unit u ON u.id = g.unit WHERE g.role = ?1 AND g.to_us = ?4"
        " AND u.type = ?2 AND u.parent IN (SELECT ancestor FROM cover WHERE unit = ?3)"
        " ORDER BY (SELECT count(*) FROM participant p WHERE p.who = g.unit) DESC, g.unit, g.post LIMIT 1",
        "ssii", logins[login].role, logins[login].type, community, REGISTRY_OPEN);
    if (cursor_next(&found)) {
        person = cursor_integer(&found, 0);
        *out_ground = cursor_integer(&found, 1);
    }
    return person;
}

static int64_t holder_of(struct db *rows, size_t login, int64_t community, int64_t *out_ground)
{
    return logins[login].type != NULL ? holder_beside(rows, login, community, out_ground)
                                      : holder_near(rows, logins[login].role, community, out_ground);
}

/* A community around which every role is held and a person is under observation, if there is one. */
static int64_t find_community(struct db *rows)
{
    int64_t best = 0;
    AUTO(cursor)
    struct cursor communities =
        db_query(rows,
                 "SELECT c.ancestor, count(*) AS n FROM matter m JOIN cover c ON c.unit = m.unit"
                 " JOIN unit u ON u.id = c.ancestor AND u.type = 'community' WHERE m.kind = "
                 "'home_observation' AND m.closed_us = 0"
                 " GROUP BY c.ancestor ORDER BY n DESC, c.ancestor LIMIT 200",
                 "");
    while (best == 0 && cursor_next(&communities)) {
        bool all = true;
        int64_t ground;
        for (size_t i = 0; i < G_N_ELEMENTS(logins) && all; i++)
            all = holder_of(rows, i, cursor_integer(&communities, 0), &ground) != 0;
        if (all)
            best = cursor_integer(&communities, 0);
    }
    return best;
}

static void make_password(char out[PASSWORD_CHARS + 1])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* without look-alikes */
    for (int i = 0; i < PASSWORD_CHARS; i++)
        out[i] = letters[randombytes_uniform(sizeof letters - 1)];
    out[PASSWORD_CHARS] = '\0';
}

static void make_all(struct account_store *store, struct db *rows, int64_t community, const char *password,
                     const char *hash, GString *list)
{
    for (size_t i = 0; i < G_N_ELEMENTS(logins); i++) {
        int64_t ground = 0, account;
        AUTO(problem) struct problem *problem = NULL;
        int64_t person = holder_of(rows, i, community, &ground);
        struct unit unit;
        if (person == 0 || !registry_unit(rows, ground, &unit) ||
            !account_create(store, person, logins[i].login, hash, false, g_get_real_time(), &account, &problem))
            continue;
        g_string_append_printf(list, "%-14s %s  %s %s\n", logins[i].login, password, logins[i].role, unit.name);
    }
}

bool rehearsal_accounts(struct engine *engine, const struct clock *clock, GError **error)
{
    g_autofree char *path = g_build_filename(engine_keys_dir(engine), "accounts", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    struct reader *reader = reader_open(engine_data_dir(engine), engine_keys_dir(engine), error);
    if (reader == NULL)
        return false;
    struct account_store *store =
        account_store_open_keyed(engine_data_dir(engine), engine_keys_dir(engine), NULL, error);
    char password[PASSWORD_CHARS + 1], hash[ACCOUNT_HASH_MAX];
    make_password(password);
    g_autoptr(GString) list = g_string_new(NULL);
    bool made = store != NULL && account_hash(password, hash);
    if (made)
        make_all(store, reader->rows, find_community(reader->rows), password, hash, list);
    if (store != NULL)
        account_store_close(store);
    reader_close(reader);
    return made &&
           g_file_set_contents_full(path, list->str, (gssize)list->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
