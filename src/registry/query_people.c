/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/registry.h"

#include "base/identity.h"
#include "base/json_scan.h"
#include "base/name.h"

#include <string.h>

#define ALIKE_LOOKED_AT 50 /* read of one phone: a hotel may have hundreds */

void person_data_clear(struct person_data *data)
{
    g_free(data->name);
    g_free(data->id_number);
    g_free(data->phone);
    *data = (struct person_data){0};
}

enum problem_code person_gone(const struct person_data *data)
{
    return data->damaged ? PROBLEM_DATA_DAMAGED : PROBLEM_PERSON_ERASED;
}

bool registry_has_people(struct db *rows)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM person LIMIT 1", "");
}

bool registry_person_exists(struct db *rows, int64_t person)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM person WHERE id = ?1", "i", person);
}

int64_t registry_next_person(struct db *rows, int64_t after)
{
    int64_t found = 0;
    db_integer(rows, &found,
               "SELECT id FROM person WHERE id > ?1 AND sealed IS NOT NULL "
               "AND NOT EXISTS (SELECT 1 FROM person_same WHERE other = person.id) ORDER BY id LIMIT 1",
               "i", after);
    return found;
}

static struct erasure_proposal proposal_of(struct cursor *found)
{
    return (struct erasure_proposal){.person = cursor_integer(found, 0),
                                     .by = cursor_integer(found, 1),
                                     .at_us = cursor_integer(found, 2),
                                     .until_us = cursor_integer(found, 3)};
}

bool registry_erasure_proposed(struct db *rows, int64_t person, int64_t at_us, struct erasure_proposal *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT person, by_person, at_us, until_us FROM erasure_proposal "
                                   "WHERE person = ?1 AND until_us > ?2",
                                   "ii", registry_person_kept(rows, person), at_us);
    if (!cursor_next(&found))
        return false;
    *out = proposal_of(&found);
    return true;
}

GArray *registry_erasures_waiting(struct db *rows, int64_t after, int most)
{
    GArray *proposals = g_array_new(FALSE, FALSE, sizeof(struct erasure_proposal));
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT person, by_person, at_us, until_us FROM erasure_proposal "
                                   "WHERE person > ?1 ORDER BY person LIMIT ?2",
                                   "ii", after, (int64_t)most);
    while (cursor_next(&found)) {
        struct erasure_proposal proposal = proposal_of(&found);
        g_array_append_val(proposals, proposal);
    }
    return proposals;
}

bool registry_person_is_erased(struct db *rows, int64_t person)
{
    int64_t erased = 0;
    return db_integer(rows, &erased, "SELECT sealed IS NULL FROM person WHERE id = ?1", "i", person) && erased != 0;
}

/* False where a text has escapes, or it is not as this program writes it now. */
static bool scan_person(const char *data, struct person_data *out)
{
    AUTO(person_data) struct person_data found = {0};
    struct span key, value, text;
    const char *at = data;
    while (json_scan_next(&at, &key, &value)) {
        char **into = span_is(key, "name")        ? &found.name
                      : span_is(key, "id_number") ? &found.id_number
                      : span_is(key, "phone")     ? &found.phone
                                                  : NULL;
        if (into == NULL || span_is(value, "null"))
            continue;
        if (*into != NULL || !json_scan_string(value, &text))
            return false;
        *into = g_strndup(text.at, text.bytes);
    }
    if (strcmp(at, "}") != 0)
        return false;
    if (found.name == NULL)
        found.name = g_strdup("");
    *out = found;
    found = (struct person_data){0};
    return true;
}

bool registry_person(struct db *rows, struct vault *vault, int64_t person, struct person_data *out)
{
    AUTO(cursor) struct cursor row = db_query(rows, "SELECT sealed FROM person WHERE id = ?1", "i", person);
    if (!cursor_next(&row))
        return false;
    *out = (struct person_data){.erased = true};
    if (cursor_is_null(&row, 0))
        return true;
    size_t bytes;
    const void *sealed = cursor_blob(&row, 0, &bytes);
    g_autoptr(GBytes) text = vault_unseal(vault, VAULT_PERSON, person, "person", sealed, bytes);
    if (text == NULL) {
        out->damaged = vault_key_state(vault, VAULT_PERSON, person) != VAULT_KEY_ERASED;
        return true;
    }
    if (scan_person(g_bytes_get_data(text, NULL), out))
        return true;
    g_autoptr(json_t) data = json_loadb(g_bytes_get_data(text, NULL), g_bytes_get_size(text), 0, NULL);
    out->damaged = data == NULL;
    if (out->damaged)
        return true;
    *out = (struct person_data){
        .name = g_strdup(json_get_text(data, "name", "")),
        .id_number = g_strdup(json_get_text(data, "id_number", NULL)),
        .phone = g_strdup(json_get_text(data, "phone", NULL)),
    };
    return true;
}

int64_t registry_person_by_id_number(struct db *rows, struct vault *vault, const char *id_number)
{
    g_autoptr(GArray) found = vault_index_find(vault, VAULT_INDEX_ID_NUMBER, id_number, 0, 1);
    if (found->len == 0)
        return 0;
    int64_t person = g_array_index(found, int64_t, 0);
    return registry_person_exists(rows, person) ? registry_person_kept(rows, person) : 0;
}

int64_t registry_person_kept(struct db *rows, int64_t person)
{
    int64_t kept = person;
    db_integer(rows, &kept,
               "WITH RECURSIVE up (id) AS (SELECT ?1 UNION "
               "SELECT s.kept FROM person_same s JOIN up ON s.other = up.id) "
               "SELECT id FROM up WHERE id NOT IN (SELECT other FROM person_same WHERE other = up.id)",
               "i", person);
    return kept;
}

/* ---- likely duplicates ---- */

bool registry_is_like(struct db *rows, struct vault *vault, int64_t person, const struct person_data *given)
{
    AUTO(person_data) struct person_data known = {0};
    return registry_person(rows, vault, person, &known) && !known.erased && name_is_same(known.name, given->name) &&
           g_strcmp0(known.phone, given->phone) == 0 &&
           (g_strcmp0(known.id_number, given->id_number) != 0 || known.id_number == NULL) &&
           !identity_keys_differ(known.id_number, given->id_number);
}

GArray *registry_alike(struct db *rows, struct vault *vault, const struct person_data *given)
{
    GArray *alike = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) found = given->phone != NULL && given->name != NULL
                                  ? vault_index_find(vault, VAULT_INDEX_PHONE, given->phone, 0, ALIKE_LOOKED_AT)
                                  : NULL;
    for (guint i = 0; found != NULL && i < found->len; i++) {
        int64_t person = g_array_index(found, int64_t, i), kept = registry_person_kept(rows, person);
        if (registry_is_like(rows, vault, person, given) && !integers_hold(alike, kept))
            g_array_append_val(alike, kept);
    }
    return alike;
}

bool registry_is_called(struct db *rows, struct vault *vault, int64_t person, const char *name)
{
    g_autoptr(GArray) same = registry_same_persons(rows, person);
    bool called = false;
    for (guint i = 0; i < same->len && !called; i++) {
        AUTO(person_data) struct person_data known = {0};
        called = registry_person(rows, vault, g_array_index(same, int64_t, i), &known) && known.name != NULL &&
                 name_is_same(known.name, name);
    }
    return called;
}

static struct duplicate *duplicate_of(GArray *found, int64_t person)
{
    for (guint i = 0; i < found->len; i++)
        if (g_array_index(found, struct duplicate, i).person == person)
            return &g_array_index(found, struct duplicate, i);
    struct duplicate one = {.person = person};
    g_array_append_val(found, one);
    return &g_array_index(found, struct duplicate, found->len - 1);
}

static void add_by(struct db *rows, struct vault *vault, GArray *found, int64_t kept, enum vault_index index,
                   const char *value, int most)
{
    if (value == NULL)
        return;
    g_autoptr(GArray) people = vault_index_find(vault, index, value, 0, most);
    for (guint i = 0; i < people->len; i++) {
        int64_t other = g_array_index(people, int64_t, i);
        AUTO(person_data) struct person_data data = {0};
        if (registry_person_kept(rows, other) == kept || !registry_person(rows, vault, other, &data) || data.erased)
            continue;
        struct duplicate *duplicate = index == VAULT_INDEX_NAME && !name_is_same(data.name, value)
                                          ? NULL /* it contains the name, and more */
                                          : duplicate_of(found, registry_person_kept(rows, other));
        if (duplicate == NULL)
            continue;
        duplicate->name |= index == VAULT_INDEX_NAME;
        duplicate->phone |= index == VAULT_INDEX_PHONE;
        duplicate->id_number |= index == VAULT_INDEX_ID_NUMBER;
    }
}

static gint by_person(gconstpointer a, gconstpointer b)
{
    const struct duplicate *left = a, *right = b;
    return (left->person > right->person) - (left->person < right->person);
}

GArray *registry_likely_duplicates(struct db *rows, struct vault *vault, int64_t person, int most)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct duplicate));
    g_autoptr(GArray) same = registry_same_persons(rows, person);
    int64_t kept = registry_person_kept(rows, person);
    for (guint i = 0; i < same->len; i++) {
        AUTO(person_data) struct person_data data = {0};
        if (!registry_person(rows, vault, g_array_index(same, int64_t, i), &data) || data.erased)
            continue;
        add_by(rows, vault, found, kept, VAULT_INDEX_ID_NUMBER, data.id_number, most);
        add_by(rows, vault, found, kept, VAULT_INDEX_PHONE, data.phone, most);
        add_by(rows, vault, found, kept, VAULT_INDEX_NAME, data.name, most);
    }
    g_array_sort(found, by_person);
    return found;
}

/* ---- custody ---- */

#define SAME_PERSONS                                                                                                   \
    "WITH RECURSIVE same (id) AS (SELECT ?1 UNION SELECT other FROM person_same JOIN same ON kept = same.id) "

int64_t registry_custodian(struct db *rows, int64_t person, int64_t at_us)
{
    int64_t unit = 0;
    db_integer(rows, &unit,
               SAME_PERSONS "SELECT unit FROM custody WHERE person IN (SELECT id FROM same) "
                            "AND from_us <= ?2 AND to_us > ?2 ORDER BY from_us DESC LIMIT 1",
               "ii", registry_person_kept(rows, person), at_us);
    return unit;
}

GArray *registry_custody(struct db *rows, int64_t person)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct custody));
    AUTO(cursor)
    struct cursor kept = db_query(rows,
                                  SAME_PERSONS "SELECT unit, from_us, to_us FROM custody "
                                               "WHERE person IN (SELECT id FROM same) "
                                               "ORDER BY from_us, unit",
                                  "i", registry_person_kept(rows, person));
    int64_t until_us = 0;
    while (cursor_next(&kept)) {
        struct custody one = {cursor_integer(&kept, 0), cursor_integer(&kept, 1), cursor_integer(&kept, 2)};
        struct custody gap = {0, until_us, one.from_us};
        if (found->len > 0 && gap.from_us < gap.to_us)
            g_array_append_val(found, gap);
        g_array_append_val(found, one);
        until_us = MAX(until_us, one.to_us);
    }
    return found;
}

bool registry_residency(struct db *rows, int64_t person, int64_t at_us, struct residency *out)
{
    AUTO(cursor)
    struct cursor row = db_query(rows,
                                 "SELECT household, person, unit, from_us, to_us FROM residency "
                                 "WHERE person = ?1 AND from_us <= ?2 ORDER BY from_us DESC LIMIT 1",
                                 "ii", person, at_us);
    if (!cursor_next(&row) || cursor_integer(&row, 4) <= at_us)
        return false;
    *out = (struct residency){
        .household = cursor_integer(&row, 0),
        .person = cursor_integer(&row, 1),
        .unit = cursor_integer(&row, 2),
        .from_us = cursor_integer(&row, 3),
        .to_us = cursor_integer(&row, 4),
    };
    return true;
}

int64_t registry_household(struct db *rows, int64_t person, int64_t at_us)
{
    struct residency residency;
    return registry_residency(rows, person, at_us, &residency) ? residency.household : 0;
}

GArray *registry_same_persons(struct db *rows, int64_t person)
{
    return cursor_integers(
        db_query(rows,
                 "WITH RECURSIVE down (id, depth) AS (SELECT ?1, 0 UNION ALL SELECT s.other, down.depth + 1 "
                 "FROM person_same s JOIN down ON s.kept = down.id) SELECT id FROM down ORDER BY depth, id",
                 "i", registry_person_kept(rows, person)));
}

GArray *registry_household_members(struct db *rows, int64_t household, int64_t at_us)
{
    return cursor_integers(db_query(rows,
                                    "SELECT person FROM residency WHERE household = ?1 AND from_us <= ?2 "
                                    "AND to_us > ?2 ORDER BY person",
                                    "ii", household, at_us));
}

char *registry_dwelling(struct db *rows, struct vault *vault, int64_t person, int64_t at_us)
{
    AUTO(cursor)
    struct cursor row = db_query(rows,
                                 "SELECT sealed, to_us FROM residency WHERE person = ?1 AND from_us <= ?2 "
                                 "ORDER BY from_us DESC LIMIT 1",
                                 "ii", person, at_us);
    if (!cursor_next(&row) || cursor_is_null(&row, 0) || cursor_integer(&row, 1) <= at_us)
        return NULL;
    size_t bytes;
    const void *sealed = cursor_blob(&row, 0, &bytes);
    g_autoptr(GBytes) text = vault_unseal(vault, VAULT_PERSON, person, "dwelling", sealed, bytes);
    return text != NULL ? g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text)) : NULL;
}

GArray *registry_households_at(struct db *rows, int64_t unit, int64_t at_us, int64_t after, int most)
{
    return cursor_integers(
        db_query(rows,
                 "SELECT DISTINCT r.household FROM cover c CROSS JOIN residency r ON r.unit = c.unit "
                 "WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND r.household > ?3 "
                 "AND r.from_us <= ?2 AND r.to_us > ?2 ORDER BY r.household LIMIT ?4",
                 "iiii", unit, at_us, after, (int64_t)most));
}
