/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/decide.h"

#include "base/datetime.h"
#include "base/identity.h"
#include "base/nearest.h"

#include <string.h>

/* ---- shared with hand-overs ---- */

bool decide_post(struct decision *decision, const char *member, struct post *out)
{
    int64_t id;
    if (!decision_post_id(decision, member, &id))
        return false;
    if (!registry_post(decision->rows, id, out))
        return decision_refuse(decision, PROBLEM_UNKNOWN_POST, member);
    return out->to_us > decision->now_us || decision_refuse(decision, PROBLEM_POST_ENDED, member);
}

bool decide_right_over_post(struct decision *decision, const struct post *post)
{
    if (decision_is_operator(decision))
        return true;
    g_autoptr(GArray) grounds = registry_grounds(decision->rows, post->id, decision->now_us);
    for (guint i = 0; i < grounds->len; i++)
        if (!decide_right(decision, RIGHT_REGISTRY, g_array_index(grounds, int64_t, i)))
            return false;
    return decide_right(decision, RIGHT_REGISTRY, post->seat);
}

static bool may_cover(const struct role *role, const char *unit_type)
{
    for (size_t i = 0; role != NULL && i < role->ground_count; i++)
        if (strcmp(role->grounds[i]->name, unit_type) == 0)
            return true;
    return false;
}

bool decide_check_grounds(struct decision *decision, const char *role_name, const GArray *units, const char *member)
{
    const struct role *role = playbook_find_role(decision->playbook, role_name);
    for (guint i = 0; i < units->len; i++) {
        struct unit unit;
        if (!registry_unit_named(decision->rows, g_array_index(units, int64_t, i), &unit))
            return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
        if (!may_cover(role, unit.type))
            return decision_refuse(decision, PROBLEM_WRONG_GROUND, member, role_name, unit.type);
    }
    return true;
}

int64_t decide_emit_post(struct decision *decision, const struct post *post, const GArray *grounds)
{
    int64_t id = decision_next_id(decision, post->seat);
    return decision_emit(decision, "post_appointed", post->seat, 0,
                         json_pack("{s:I, s:I, s:s, s:I, s:o, s:I, s:I, s:I, s:b}", "id", (json_int_t)id, "person",
                                   (json_int_t)post->person, "role", post->role, "seat", (json_int_t)post->seat,
                                   "grounds", decide_id_array(grounds), "from_us", (json_int_t)post->from_us, "to_us",
                                   (json_int_t)post->to_us, "deputy_of", (json_int_t)post->deputy_of, "keeps_hours",
                                   post->keeps_hours),
                         NULL);
}

void decide_emit_grounds(struct decision *decision, const struct post *post, int64_t from_us, const GArray *added,
                         const GArray *removed)
{
    decision_emit(decision, "grounds_changed", post->seat, 0,
                  decide_versioned(decision, VERSIONED_POST, post->id,
                                   json_pack("{s:I, s:I, s:s, s:I, s:I, s:o, s:o}", "post", (json_int_t)post->id,
                                             "person", (json_int_t)post->person, "role", post->role, "from_us",
                                             (json_int_t)from_us, "to_us", (json_int_t)post->to_us, "added",
                                             decide_id_array(added), "removed", decide_id_array(removed))),
                  NULL);
}

void decide_emit_roster(struct decision *decision, const struct post *post, int64_t from_us, bool keeps_hours,
                        const GArray *shifts)
{
    json_t *array = json_array();
    for (guint i = 0; i < shifts->len; i++) {
        const struct shift *shift = &g_array_index(shifts, struct shift, i);
        json_array_append_new(array, json_pack("[I, I]", (json_int_t)shift->from_us, (json_int_t)shift->to_us));
    }
    decision_emit(decision, "roster_set", post->seat, 0,
                  decide_versioned(decision, VERSIONED_POST, post->id,
                                   json_pack("{s:I, s:I, s:b, s:o}", "post", (json_int_t)post->id, "from_us",
                                             (json_int_t)from_us, "keeps_hours", keeps_hours, "shifts", array)),
                  NULL);
}

void decide_emit_end(struct decision *decision, const struct post *post, int64_t to_us)
{
    decision_emit(decision, "post_ended", post->seat, 0,
                  decide_versioned(decision, VERSIONED_POST, post->id,
                                   json_pack("{s:I, s:I}", "id", (json_int_t)post->id, "to_us", (json_int_t)to_us)),
                  NULL);
}

void decide_emit_handed_over(struct decision *decision, int64_t handover, const struct post *from, int64_t to,
                             const GArray *grounds)
{
    decision_emit(decision, "post_handed_over", from->seat, 0,
                  json_pack("{s:I, s:I, s:I, s:I, s:o}", "handover", (json_int_t)handover, "from", (json_int_t)from->id,
                            "to", (json_int_t)to, "at_us", (json_int_t)decision->now_us, "grounds",
                            grounds != NULL ? decide_id_array(grounds) : json_array()),
                  NULL);
}

GArray *decide_without(const GArray *units, const GArray *others)
{
    GArray *rest = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < units->len; i++) {
        int64_t unit = g_array_index(units, int64_t, i);
        if (!integers_hold(others, unit))
            g_array_append_val(rest, unit);
    }
    return rest;
}

/* ---- appoint ---- */

static bool read_role(struct decision *decision, struct post *post)
{
    const char *name;
    if (!decision_text(decision, "role", &name))
        return false;
    const struct playbook *playbook = decision->playbook;
    const struct role *role = playbook_find_role(playbook, name);
    if (role == NULL) {
        g_autofree const char **names = g_new0(const char *, playbook->role_count + 1);
        for (size_t i = 0; i < playbook->role_count; i++)
            names[i] = playbook->roles[i].name;
        const char *nearest = nearest_name(name, names, playbook->role_count);
        return decision_refuse(decision, PROBLEM_UNKNOWN_ROLE, "role", nearest != NULL ? nearest : "");
    }
    g_strlcpy(post->role, role->name, sizeof post->role);
    post->keeps_hours = role->duty_hours;
    return true;
}

static bool read_holder(struct decision *decision, struct post *post)
{
    return decision_person_id(decision, "person", &post->person) && decide_mention(decision, post->person, "person");
}

static bool read_deputised(struct decision *decision, struct post *post, GArray **out_grounds)
{
    struct post other;
    if (json_object_get(decision->command->body, "deputy_of") == NULL)
        return true;
    if (!decide_post(decision, "deputy_of", &other))
        return false;
    if (strcmp(other.role, post->role) != 0)
        return decision_refuse(decision, PROBLEM_OTHER_ROLE, "deputy_of", other.role);
    post->deputy_of = other.id;
    *out_grounds = registry_grounds(decision->rows, other.id, decision->now_us);
    return true;
}

static bool read_grounds(struct decision *decision, const struct post *post, GArray **grounds)
{
    if (post->deputy_of != 0 && json_object_get(decision->command->body, "grounds") == NULL)
        return true; /* those of the post that it deputises for */
    GArray *given = NULL;
    if (!decide_units(decision, "grounds", &given))
        return false;
    g_clear_pointer(grounds, g_array_unref);
    *grounds = given;
    if (given->len == 0)
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, "grounds");
    return decide_check_grounds(decision, post->role, given, "grounds");
}

bool decide_is_free(struct decision *decision, const struct post *post, const GArray *grounds)
{
    int64_t other;
    for (guint i = 0; i < grounds->len; i++)
        if (db_integer(decision->rows, &other,
                       "SELECT post FROM post_ground WHERE person = ?1 AND unit = ?2 AND role = ?3 AND from_us < ?5 "
                       "AND to_us > ?4",
                       "iisii", post->person, g_array_index(grounds, int64_t, i), post->role, post->from_us,
                       post->to_us))
            return decision_refuse(decision, PROBLEM_POST_EXISTS, "grounds");
    return true;
}

/* Refuses to appoint oneself or to change one's own grounds: an actor with the right to appoint could take the rights
 * of those who supervise it. */
static bool not_oneself(struct decision *decision, const struct post *post)
{
    return decision_is_operator(decision) ||
           registry_person_kept(decision->rows, post->person) !=
               registry_person_kept(decision->rows, decision->command->person) ||
           decision_refuse(decision, PROBLEM_NOT_FOR_YOURSELF, NULL);
}

static bool right_over(struct decision *decision, const GArray *units, int64_t seat)
{
    for (guint i = 0; i < units->len; i++)
        if (!decide_right(decision, RIGHT_REGISTRY, g_array_index(units, int64_t, i)))
            return false;
    return decide_right(decision, RIGHT_REGISTRY, seat);
}

bool decide_appoint(struct decision *decision)
{
    struct post post = {.to_us = REGISTRY_OPEN};
    g_autoptr(GArray) grounds = NULL;
    if (!decide_playbook(decision) || !read_holder(decision, &post) || !read_role(decision, &post) ||
        !read_deputised(decision, &post, &grounds) || !read_grounds(decision, &post, &grounds) ||
        !decision_unit_optional(decision, "seat", &post.seat) || !decide_time(decision, "from", &post.from_us) ||
        !decision_time_optional(decision, "to", &post.to_us))
        return false;
    if (post.to_us <= post.from_us)
        return decision_refuse(decision, PROBLEM_BEFORE_START, "to");
    if (post.seat == 0 && grounds->len > 0)
        post.seat = g_array_index(grounds, int64_t, 0);
    if (!right_over(decision, grounds, post.seat) || !not_oneself(decision, &post) ||
        !decide_is_free(decision, &post, grounds))
        return false;
    decide_emit_post(decision, &post, grounds);
    return true;
}

/* ---- end, other grounds ---- */

void decide_pass_on(struct decision *decision, const struct post *post, int64_t unit)
{
    struct route route;
    if (registry_route(decision->rows, post->role, unit, decision->now_us, &route))
        decide_emit_handed_over(decision, 0, post, route.post, NULL);
}

/* A deputy gives back what it has been lent, or whoever lent it takes it back. */
static bool is_between_them(struct decision *decision, const struct post *post)
{
    struct post lent;
    int64_t person = decision->command->person;
    if (person == 0 || post->deputy_of == 0 || !registry_post(decision->rows, post->deputy_of, &lent) ||
        (person != post->person && person != lent.person))
        return false;
    return decision_act_by(decision,
                           (struct right){.given = true, .post = person == post->person ? post->id : lent.id});
}

/* Hours that were lent come back with what is left of them. */
static void give_hours_back(struct decision *decision, const struct post *deputy)
{
    struct post lent;
    int64_t found, now_us = decision->now_us;
    if (!db_integer(decision->rows, &found, "SELECT id FROM handover WHERE to_post = ?1 AND until_us > ?2", "ii",
                    deputy->id, now_us) ||
        !registry_post(decision->rows, deputy->deputy_of, &lent) || !lent.keeps_hours || lent.to_us <= now_us)
        return;
    g_autoptr(GArray) hours = registry_shifts(decision->rows, lent.id, now_us, REGISTRY_OPEN);
    g_autoptr(GArray) back = registry_shifts(decision->rows, deputy->id, now_us, REGISTRY_OPEN);
    g_array_append_vals(hours, back->data, back->len);
    if (hours->len == 0)
        return;
    decide_merge_shifts(hours);
    g_array_index(hours, struct shift, 0).from_us = MAX(g_array_index(hours, struct shift, 0).from_us, now_us);
    decide_emit_roster(decision, &lent, now_us, true, hours);
}

bool decide_end_post(struct decision *decision)
{
    struct post post;
    int64_t to_us;
    if (!decide_post(decision, "post_id", &post) || !decide_time(decision, "to", &to_us) ||
        !decide_not_future(decision, "to", to_us) ||
        !(is_between_them(decision, &post) || decide_right_over_post(decision, &post)) ||
        !registry_is_not_last(decision, &post, false) || !decide_version(decision, post.version))
        return false;
    if (to_us < post.from_us)
        return decision_refuse(decision, PROBLEM_BEFORE_START, "to");
    g_autoptr(GArray) grounds = registry_grounds(decision->rows, post.id, decision->now_us);
    give_hours_back(decision, &post);
    decide_emit_end(decision, &post, to_us);
    if (grounds->len > 0)
        decide_pass_on(decision, &post, g_array_index(grounds, int64_t, 0));
    return true;
}

bool decide_change_grounds(struct decision *decision)
{
    struct post post;
    int64_t from_us, later;
    g_autoptr(GArray) wanted = NULL;
    if (!decide_playbook(decision) || !decide_post(decision, "post_id", &post) ||
        !decide_units(decision, "grounds", &wanted) || !decide_time(decision, "from", &from_us) ||
        !decide_not_future(decision, "from", from_us))
        return false;
    if (wanted->len == 0)
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, "grounds");
    if (!decide_right_over_post(decision, &post) || !right_over(decision, wanted, post.seat) ||
        !not_oneself(decision, &post) || !decide_version(decision, post.version) ||
        !decide_check_grounds(decision, post.role, wanted, "grounds"))
        return false;
    if (db_integer(decision->rows, &later,
                   "SELECT 1 FROM post_ground WHERE person = ?1 AND post = ?2 "
                   "AND (from_us > ?3 OR (to_us > ?3 AND to_us < ?4))",
                   "iiii", post.person, post.id, from_us, post.to_us))
        return decision_refuse(decision, PROBLEM_BEFORE_START, "from");
    g_autoptr(GArray) current = registry_grounds(decision->rows, post.id, from_us);
    g_autoptr(GArray) added = decide_without(wanted, current);
    g_autoptr(GArray) removed = decide_without(current, wanted);
    struct post as_new = post;
    as_new.from_us = from_us;
    if (!decide_is_free(decision, &as_new, added))
        return false;
    decide_emit_grounds(decision, &post, from_us, added, removed);
    return true;
}

/* ---- roster ---- */

static gint by_start(gconstpointer a, gconstpointer b)
{
    const struct shift *left = a, *right = b;
    return (left->from_us > right->from_us) - (left->from_us < right->from_us);
}

void decide_merge_shifts(GArray *shifts)
{
    g_array_sort(shifts, by_start);
    guint kept = 0;
    for (guint i = 0; i < shifts->len; i++) {
        struct shift shift = g_array_index(shifts, struct shift, i);
        struct shift *last = kept > 0 ? &g_array_index(shifts, struct shift, kept - 1) : NULL;
        if (last != NULL && shift.from_us <= last->to_us)
            last->to_us = MAX(last->to_us, shift.to_us);
        else
            g_array_index(shifts, struct shift, kept++) = shift;
    }
    g_array_set_size(shifts, kept);
}

static struct problem *read_shift(const json_t *given, struct shift *out)
{
    static const char *const members[] = {"from", "to", NULL};
    if (!json_is_object(given))
        return problem_new(PROBLEM_WRONG_TYPE, NULL, "object", NULL);
    struct problem *problem = decide_unknown_members(given, members);
    int64_t *places[] = {&out->from_us, &out->to_us};
    for (size_t i = 0; members[i] != NULL; i++) {
        const char *typed = json_get_text(given, members[i], NULL);
        g_autofree char *text = typed != NULL ? identity_plain(typed) : NULL;
        if (text == NULL)
            problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, members[i], NULL));
        else if (!datetime_parse(text, places[i]))
            problem_append(&problem, problem_new(PROBLEM_INVALID_DATETIME, members[i], NULL));
    }
    if (problem == NULL && out->to_us <= out->from_us)
        problem = problem_new(PROBLEM_BEFORE_START, "to", NULL);
    return problem;
}

static bool read_shifts(struct decision *decision, GArray *out_shifts)
{
    const json_t *given;
    if (!decision_array(decision, "shifts", REGISTRY_SHIFTS_PER_COMMAND, &given))
        return false;
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)given, i, one)
    {
        struct shift shift;
        struct problem *problem = read_shift(one, &shift);
        if (problem != NULL) {
            g_autofree char *prefix = g_strdup_printf("shifts[%zu]", i);
            problem_prefix(problem, prefix);
            return decision_refuse_with(decision, problem);
        }
        g_array_append_val(out_shifts, shift);
    }
    return true;
}

struct hours { /* of a weekday; `to` is after midnight when it is not after `from` */
    int day, from_minutes, to_minutes;
};

static struct problem *read_hours(const json_t *given, struct hours *out)
{
    static const char *const members[] = {"day", "from", "to", NULL};
    if (!json_is_object(given))
        return problem_new(PROBLEM_WRONG_TYPE, NULL, "object", NULL);
    struct problem *problem = decide_unknown_members(given, members);
    out->day = (int)json_get_integer(given, "day", 0);
    if (out->day < 1 || out->day > 7)
        problem_append(&problem, problem_new(PROBLEM_NOT_IN_LIST, "day", "weekday", "1 2 3 4 5 6 7", NULL));
    int *places[] = {NULL, &out->from_minutes, &out->to_minutes};
    for (size_t i = 1; members[i] != NULL; i++)
        if (!time_of_day_parse(json_get_text(given, members[i], ""), places[i]))
            problem_append(&problem, problem_new(PROBLEM_INVALID_DATETIME, members[i], NULL));
    return problem;
}

static void add_day(const struct hours *hours, int32_t day, GTimeZone *zone, GArray *out_shifts)
{
    struct shift shift = {
        .from_us = day_time_us(day, hours->from_minutes, zone),
        .to_us = day_time_us(hours->to_minutes > hours->from_minutes ? day : day + 1, hours->to_minutes, zone),
    };
    g_array_append_val(out_shifts, shift);
}

static bool too_many_shifts(struct decision *decision, const char *member)
{
    return decision_refuse(decision, PROBLEM_TOO_MANY_ITEMS, member, G_STRINGIFY(REGISTRY_SHIFTS_PER_COMMAND));
}

/* Expands weekly hours into shifts from the first to the last day, so that reading a roster needs no calendar. */
static bool read_weekly(struct decision *decision, GArray *out_shifts)
{
    int32_t first = INT32_MIN, last = INT32_MIN;
    const json_t *given;
    if (!decision_array(decision, "weekly", REGISTRY_SHIFTS_PER_COMMAND, &given) ||
        !decision_date_optional(decision, "first", &first) || !decision_date_optional(decision, "last", &last))
        return false;
    if (first == INT32_MIN || last == INT32_MIN)
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, first == INT32_MIN ? "first" : "last");
    if (last < first)
        return decision_refuse(decision, PROBLEM_BEFORE_START, "last");
    if (last - first >= REGISTRY_SHIFTS_PER_COMMAND)
        return too_many_shifts(decision, "last");
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)given, i, one)
    {
        struct hours hours = {0};
        struct problem *problem = read_hours(one, &hours);
        if (problem != NULL) {
            g_autofree char *prefix = g_strdup_printf("weekly[%zu]", i);
            problem_prefix(problem, prefix);
            return decision_refuse_with(decision, problem);
        }
        for (int32_t day = first; day <= last; day++)
            if (day_of_week(day) == hours.day)
                add_day(&hours, day, decision->playbook->zone, out_shifts);
        if (out_shifts->len > REGISTRY_SHIFTS_PER_COMMAND)
            return too_many_shifts(decision, "weekly");
    }
    return true;
}

/* Those from then on, with one more: what began before is cut there by the event. */
static GArray *with_shift(struct decision *decision, const struct post *post, struct shift shift)
{
    GArray *shifts = registry_shifts(decision->rows, post->id, shift.from_us, REGISTRY_OPEN);
    for (guint i = 0; i < shifts->len; i++) {
        struct shift *later = &g_array_index(shifts, struct shift, i);
        later->from_us = MAX(later->from_us, shift.from_us);
    }
    g_array_append_val(shifts, shift);
    decide_merge_shifts(shifts);
    return shifts;
}

bool decide_add_shift(struct decision *decision)
{
    struct post post;
    struct shift shift;
    const json_t *body = decision->command->body;
    if (!decide_playbook(decision) || !decide_post(decision, "post_id", &post) ||
        !decide_right_over_post(decision, &post) || !decide_version(decision, post.version))
        return false;
    g_autoptr(json_t) given = json_object();
    static const char *const members[] = {"from", "to"};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (json_object_get(body, members[i]) != NULL)
            json_object_set(given, members[i], json_object_get(body, members[i]));
    struct problem *problem = read_shift(given, &shift);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    g_autoptr(GArray) shifts = with_shift(decision, &post, shift);
    if (shifts->len > REGISTRY_SHIFTS_PER_COMMAND)
        return too_many_shifts(decision, "from");
    decide_emit_roster(decision, &post, shift.from_us, true, shifts);
    return true;
}

bool decide_set_roster(struct decision *decision)
{
    struct post post;
    const json_t *body = decision->command->body;
    g_autoptr(GArray) shifts = g_array_new(FALSE, FALSE, sizeof(struct shift));
    bool listed = json_object_get(body, "shifts") != NULL, weekly = json_object_get(body, "weekly") != NULL;
    if (!decide_playbook(decision) || !decide_post(decision, "post_id", &post) ||
        !decide_right_over_post(decision, &post) || !decide_version(decision, post.version))
        return false;
    if (listed && weekly)
        return decision_refuse(decision, PROBLEM_NOT_ASKED, "weekly", "shifts");
    if ((listed && !read_shifts(decision, shifts)) || (weekly && !read_weekly(decision, shifts)))
        return false;
    decide_merge_shifts(shifts);
    const struct role *role = playbook_find_role(decision->playbook, post.role);
    bool keeps_hours = shifts->len > 0 || (role != NULL && role->duty_hours);
    int64_t from_us = decision->now_us;
    if (shifts->len > 0)
        from_us = MIN(from_us, g_array_index(shifts, struct shift, 0).from_us);
    decide_emit_roster(decision, &post, from_us, keeps_hours, shifts);
    return true;
}
