/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/decide.h"

#include "base/datetime.h"
#include "base/nearest.h"

#include <string.h>

static bool role_has(const struct role *role, enum registry_right right)
{
    switch (right) {
    case RIGHT_PERSONS:
        return role->registers_people;
    case RIGHT_REGISTRY:
        return role->keeps_registry;
    case RIGHT_ACCOUNTS:
        return role->keeps_accounts;
    case RIGHT_PLAYBOOK:
        return role->adopts;
    case RIGHT_AUDIT:
        return role->supervises;
    }
    g_assert_not_reached();
}

/* The names of the playbook's roles with the right, NULL-terminated. */
static const char **roles_with(const struct playbook *playbook, enum registry_right right)
{
    const char **names = g_new0(const char *, (playbook != NULL ? playbook->role_count : 0) + 1);
    size_t count = 0;
    for (size_t i = 0; playbook != NULL && i < playbook->role_count; i++)
        if (role_has(&playbook->roles[i], right))
            names[count++] = playbook->roles[i].name;
    return names;
}

static int64_t post_with_right(struct db *rows, const char *const *roles, int64_t person, int64_t wanted, int64_t unit,
                               int64_t at_us)
{
    if (roles[0] == NULL || person == 0)
        return 0;
    if (unit != 0)
        return registry_acting_post(rows, person, wanted, roles, unit, at_us);
    g_autoptr(GArray) posts = registry_posts_of(rows, person, at_us);
    for (guint i = 0; i < posts->len; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        if ((wanted == 0 || wanted == post->id) && g_strv_contains(roles, post->role))
            return post->id;
    }
    return 0;
}

bool registry_has_right(struct db *rows, const struct playbook *playbook, int64_t person, enum registry_right right,
                        int64_t unit, int64_t at_us)
{
    g_autofree const char **roles = roles_with(playbook, right);
    return post_with_right(rows, roles, person, 0, unit, at_us) != 0;
}

static struct right right_over(struct decision *decision, enum registry_right right, int64_t unit)
{
    const struct right refused = {.given = false};
    if (decision_is_operator(decision))
        return (struct right){.given = true, .post = decision->post};
    const struct command *command = decision->command;
    struct post wanted;
    if (decision->wanted_post != 0 &&
        (!registry_post(decision->rows, decision->wanted_post, &wanted) || wanted.person != command->person ||
         wanted.from_us > decision->now_us || wanted.to_us <= decision->now_us)) {
        decision_refuse(decision, PROBLEM_POST_NOT_HELD, "post");
        return refused;
    }
    g_autofree const char **roles = roles_with(decision->playbook, right);
    int64_t post =
        post_with_right(decision->rows, roles, command->person, decision->wanted_post, unit, decision->now_us);
    if (post == 0) {
        g_autofree char *names = g_strjoinv(", ", (char **)roles);
        decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, names);
        return refused;
    }
    return (struct right){.given = true, .post = post};
}

bool decide_right(struct decision *decision, enum registry_right right, int64_t unit)
{
    return decision_act_by(decision, right_over(decision, right, unit));
}

bool registry_others_have(struct db *rows, const struct playbook *playbook, enum registry_right right, int64_t unit,
                          int64_t person, int64_t post, int64_t at_us)
{
    g_autofree const char **roles = roles_with(playbook, right);
    int64_t kept = person != 0 ? registry_person_kept(rows, person) : 0;
    for (size_t i = 0; roles[i] != NULL; i++) {
        AUTO(cursor)
        struct cursor found = db_query(rows,
                                       "SELECT g.person FROM cover c JOIN post_ground g ON g.unit = c.ancestor "
                                       "WHERE c.unit = ?1 AND c.from_us <= ?3 AND c.to_us > ?3 AND g.role = ?2 AND "
                                       "g.from_us <= ?3 AND g.to_us > ?3 AND g.post <> ?4",
                                       "isii", unit, roles[i], at_us, post);
        while (cursor_next(&found))
            if (kept == 0 || registry_person_kept(rows, cursor_integer(&found, 0)) != kept)
                return true;
    }
    return false;
}

bool registry_is_not_last(struct decision *decision, const struct post *post, bool all_of_theirs)
{
    static const enum registry_right rights[] = {RIGHT_REGISTRY, RIGHT_ACCOUNTS};
    const struct role *role = decision->playbook != NULL ? playbook_find_role(decision->playbook, post->role) : NULL;
    if (role == NULL || decision_is_operator(decision))
        return true;
    g_autoptr(GArray) grounds = registry_grounds(decision->rows, post->id, decision->now_us);
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++)
        for (guint k = 0; role_has(role, rights[i]) && k < grounds->len; k++)
            if (!registry_others_have(decision->rows, decision->playbook, rights[i], g_array_index(grounds, int64_t, k),
                                      all_of_theirs ? post->person : 0, post->id, decision->now_us))
                return decision_refuse(decision, PROBLEM_LAST_WITH_RIGHT, NULL, role->name);
    return true;
}

bool decide_playbook(struct decision *decision)
{
    return decision->playbook != NULL || decision_refuse(decision, PROBLEM_NO_PLAYBOOK, NULL);
}

bool decide_version(struct decision *decision, int64_t current)
{
    int64_t given = decision->command->version;
    if (given < 0 || given == current)
        return true;
    g_autofree char *seen = g_strdup_printf("%" G_GINT64_FORMAT, given);
    g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, current);
    return decision_refuse(decision, PROBLEM_STALE_VERSION, "version", seen, now);
}

static GTimeZone *zone_of(const struct decision *decision)
{
    return decision->playbook != NULL ? g_time_zone_ref(decision->playbook->zone) : g_time_zone_new_utc();
}

int32_t decide_today(const struct decision *decision)
{
    g_autoptr(GTimeZone) zone = zone_of(decision);
    return day_of(decision->now_us, zone);
}

void decide_day_text(const struct decision *decision, int64_t at_us, char out[40])
{
    g_autoptr(GTimeZone) zone = zone_of(decision);
    date_format(day_of(at_us, zone), out);
}

bool decide_not_future(struct decision *decision, const char *member, int64_t at_us)
{
    return at_us <= decision->now_us || decision_refuse(decision, PROBLEM_IN_FUTURE, member);
}

bool decide_date(struct decision *decision, int64_t *out_us)
{
    int32_t day = INT32_MIN;
    if (!decision_date_optional(decision, "date", &day))
        return false;
    if (day == INT32_MIN) {
        *out_us = decision->command->observed_us;
        return true;
    }
    g_autoptr(GTimeZone) zone = zone_of(decision);
    int64_t at_us = day_time_us(day, 0, zone);
    if (!decide_not_future(decision, "date", at_us))
        return false;
    *out_us = at_us;
    return true;
}

bool decide_time(struct decision *decision, const char *member, int64_t *out_us)
{
    *out_us = decision->command->observed_us;
    return decision_time_optional(decision, member, out_us);
}

struct problem *decide_find_unit(struct decision *decision, const char *text, const char *field, int64_t *out_id)
{
    struct unit unit;
    int64_t id;
    struct db *rows = decision->rows;
    /* A code is resolved at the observed time, since a phone may have been offline; else now, since a unit may be
     * younger than the observed time; else as the last unit that had it. */
    if (!registry_unit_by_text(rows, text, decision->command->observed_us, &id) &&
        !registry_unit_by_text(rows, text, decision->now_us, &id) && !registry_unit_last_coded(rows, text, &id))
        return problem_new(PROBLEM_UNKNOWN_UNIT, field, NULL);
    if (!registry_unit(rows, id, &unit))
        return problem_new(PROBLEM_UNKNOWN_UNIT, field, NULL);
    if (unit.to_us <= decision->now_us) {
        char day[DATETIME_TEXT_MAX];
        decide_day_text(decision, unit.to_us, day);
        return problem_new(PROBLEM_CLOSED_UNIT, field, day, NULL);
    }
    *out_id = id;
    return NULL;
}

bool decision_unit_optional(struct decision *decision, const char *member, int64_t *out_id)
{
    const char *text = NULL;
    if (!decision_text_optional(decision, member, &text))
        return false;
    if (text == NULL)
        return true;
    struct problem *problem = decide_find_unit(decision, text, member, out_id);
    return problem == NULL || decision_refuse_with(decision, problem);
}

bool decision_unit(struct decision *decision, const char *member, int64_t *out_id)
{
    const char *text;
    return decision_text(decision, member, &text) && decision_unit_optional(decision, member, out_id);
}

struct problem *decide_unknown_members(const json_t *object, const char *const *names)
{
    struct problem *problem = NULL;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (g_strv_contains(names, name))
            continue;
        const char *nearest = nearest_name(name, names, g_strv_length((char **)names));
        problem_append(&problem, problem_new(PROBLEM_UNKNOWN_FIELD, name, nearest != NULL ? nearest : "", NULL));
    }
    return problem;
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

bool decide_units(struct decision *decision, const char *member, GArray **out_ids)
{
    const json_t *array;
    if (!decision_array(decision, member, REGISTRY_GROUNDS_PER_POST, &array))
        return false;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    size_t i;
    json_t *text;
    json_array_foreach((json_t *)array, i, text)
    {
        g_autofree char *field = g_strdup_printf("%s[%zu]", member, i);
        int64_t id;
        if (!json_is_string(text))
            return decision_refuse(decision, PROBLEM_WRONG_TYPE, field, "unit");
        struct problem *problem = decide_find_unit(decision, json_string_value(text), field, &id);
        if (problem != NULL)
            return decision_refuse_with(decision, problem);
        g_array_append_val(ids, id);
    }
    g_array_sort(ids, by_id);
    for (guint k = ids->len; k > 1; k--)
        if (g_array_index(ids, int64_t, k - 1) == g_array_index(ids, int64_t, k - 2))
            g_array_remove_index(ids, k - 1);
    *out_ids = g_steal_pointer(&ids);
    return true;
}

json_t *decide_id_array(const GArray *ids)
{
    json_t *array = json_array();
    for (guint i = 0; i < ids->len; i++)
        json_array_append_new(array, json_integer(g_array_index(ids, int64_t, i)));
    return array;
}

json_t *decide_versioned(struct decision *decision, enum versioned what, int64_t id, json_t *body)
{
    static const char *const queries[] = {
        [VERSIONED_UNIT] = "SELECT version FROM unit WHERE id = ?1",
        [VERSIONED_PERSON] = "SELECT version FROM person WHERE id = ?1",
        [VERSIONED_POST] = "SELECT version FROM post WHERE id = ?1",
    };
    int64_t version = 0;
    db_integer(decision->rows, &version, queries[what], "i", id);
    json_object_set_new(body, "version", json_integer(version + 1));
    return body;
}
