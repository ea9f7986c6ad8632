/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/registry.h"

#include <string.h>

void person_data_clear(struct person_data *data)
{
    g_free(data->name);
    g_free(data->id_number);
    g_free(data->phone);
    *data = (struct person_data){0};
}

bool registry_person_exists(struct db *rows, int64_t person)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM person WHERE id = ?1", "i", person);
}

bool registry_person_is_erased(struct db *rows, int64_t person)
{
    int64_t erased = 0;
    return db_integer(rows, &erased, "SELECT sealed IS NULL FROM person WHERE id = ?1", "i", person) && erased != 0;
}

bool registry_person(struct db *rows, struct vault *vault, int64_t person, struct person_data *out)
{
    AUTO(rows) struct rows row = rows_of(rows, "SELECT sealed FROM person WHERE id = ?1", "i", person);
    if (!rows_next(&row))
        return false;
    *out = (struct person_data){.erased = true};
    if (rows_is_null(&row, 0))
        return true;
    size_t bytes;
    const void *sealed = rows_blob(&row, 0, &bytes);
    g_autoptr(GBytes) text = vault_unseal(vault, VAULT_PERSON, person, "person", sealed, bytes);
    if (text == NULL)
        return true;
    g_autoptr(json_t) data = json_loadb(g_bytes_get_data(text, NULL), g_bytes_get_size(text), 0, NULL);
    g_assert(data != NULL);
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
    return registry_person_exists(rows, person) ? person : 0;
}

bool registry_residency(struct db *rows, int64_t person, int64_t at_us, struct residency *out)
{
    AUTO(rows)
    struct rows row = rows_of(rows,
                              "SELECT household, person, unit, from_us, to_us FROM residency "
                              "WHERE person = ?1 AND from_us <= ?2 ORDER BY from_us DESC LIMIT 1",
                              "ii", person, at_us);
    if (!rows_next(&row) || rows_integer(&row, 4) <= at_us)
        return false;
    *out = (struct residency){
        .household = rows_integer(&row, 0),
        .person = rows_integer(&row, 1),
        .unit = rows_integer(&row, 2),
        .from_us = rows_integer(&row, 3),
        .to_us = rows_integer(&row, 4),
    };
    return true;
}

int64_t registry_household(struct db *rows, int64_t person, int64_t at_us)
{
    struct residency residency;
    return registry_residency(rows, person, at_us, &residency) ? residency.household : 0;
}

static GArray *read_ids(struct rows *rows)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    while (rows_next(rows)) {
        int64_t id = rows_integer(rows, 0);
        g_array_append_val(ids, id);
    }
    return ids;
}

GArray *registry_household_members(struct db *rows, int64_t household, int64_t at_us)
{
    AUTO(rows)
    struct rows members = rows_of(rows,
                                  "SELECT person FROM residency WHERE household = ?1 AND from_us <= ?2 "
                                  "AND to_us > ?2 ORDER BY person",
                                  "ii", household, at_us);
    return read_ids(&members);
}

char *registry_dwelling(struct db *rows, struct vault *vault, int64_t person, int64_t at_us)
{
    AUTO(rows)
    struct rows row = rows_of(rows,
                              "SELECT sealed, to_us FROM residency WHERE person = ?1 AND from_us <= ?2 "
                              "ORDER BY from_us DESC LIMIT 1",
                              "ii", person, at_us);
    if (!rows_next(&row) || rows_is_null(&row, 0) || rows_integer(&row, 1) <= at_us)
        return NULL;
    size_t bytes;
    const void *sealed = rows_blob(&row, 0, &bytes);
    g_autoptr(GBytes) text = vault_unseal(vault, VAULT_PERSON, person, "dwelling", sealed, bytes);
    return text != NULL ? g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text)) : NULL;
}

GArray *registry_households_at(struct db *rows, int64_t unit, int64_t at_us, int64_t after, int most)
{
    AUTO(rows)
    struct rows households =
        rows_of(rows,
                "SELECT DISTINCT r.household FROM cover c CROSS JOIN residency r ON r.unit = c.unit "
                "WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND r.household > ?3 "
                "AND r.from_us <= ?2 AND r.to_us > ?2 ORDER BY r.household LIMIT ?4",
                "iiii", unit, at_us, after, (int64_t)most);
    return read_ids(&households);
}
