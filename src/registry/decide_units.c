/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/decide.h"

#include "base/datetime.h"
#include "base/identity.h"
#include "base/name.h"
#include "base/nearest.h"
#include "base/text.h"

#include <string.h>

#define COMMUNITY_CODE_CHARS 12 /* statistics code down to the community; below it a level adds three digits */

static struct problem *unknown_type(const struct playbook *playbook, const char *name)
{
    g_autofree const char **names = g_new0(const char *, playbook->unit_type_count + 1);
    for (size_t i = 0; i < playbook->unit_type_count; i++)
        names[i] = playbook->unit_types[i].name;
    const char *nearest = nearest_name(name, names, playbook->unit_type_count);
    return problem_new(PROBLEM_UNKNOWN_UNIT_TYPE, "type", nearest != NULL ? nearest : "", NULL);
}

static bool may_stand_under(const struct unit_type *type, const char *parent_type)
{
    for (size_t i = 0; i < type->under_count; i++)
        if (strcmp(type->under[i]->name, parent_type) == 0)
            return true;
    return false;
}

static struct problem *check_parent(struct decision *decision, const struct unit_type *type, int64_t parent,
                                    int64_t from_us)
{
    struct unit above;
    if (parent == 0) {
        if (type->under_count > 0)
            return problem_new(PROBLEM_MISSING_FIELD, "parent", NULL);
        return registry_unit(decision->rows, REGISTRY_ROOT, &above)
                   ? problem_new(PROBLEM_WRONG_PARENT, "parent", type->name, above.type, NULL)
                   : NULL;
    }
    if (!registry_unit(decision->rows, parent, &above))
        return problem_new(PROBLEM_UNKNOWN_UNIT, "parent", NULL);
    if (!may_stand_under(type, above.type))
        return problem_new(PROBLEM_WRONG_PARENT, "parent", type->name, above.type, NULL);
    if (from_us >= above.from_us)
        return NULL;
    char day[DATETIME_TEXT_MAX];
    decide_day_text(decision, above.from_us, day);
    return problem_new(PROBLEM_BEFORE_PARENT, "date", day, NULL);
}

static bool is_code(const char *code)
{
    for (; *code != '\0'; code++)
        if (!g_ascii_isalnum(*code) && strchr("-_.", *code) == NULL)
            return false;
    return true;
}

/* `unit` 0: one that is not there yet. */
static struct problem *check_code(struct decision *decision, int64_t unit, int64_t from_us, const char *code)
{
    g_autofree char *plain = identity_plain(code);
    struct problem *problem = text_problem(plain, "code", REGISTRY_CODE_CHARS, false);
    if (problem != NULL)
        return problem;
    if (!is_code(plain))
        return problem_new(PROBLEM_WRONG_TYPE, "code", "A-Z a-z 0-9 - _ .", NULL);
    int64_t taken;
    if (db_integer(decision->rows, &taken, "SELECT 1 FROM unit_code WHERE code = ?1 AND to_us > ?2 AND unit <> ?3",
                   "sii", plain, from_us, unit))
        return problem_new(PROBLEM_CODE_TAKEN, "code", NULL);
    return NULL;
}

static struct problem *check_name(const char *name)
{
    struct unit unit;
    struct problem *problem = name_problem(NAME_UNIT, name, "name", REGISTRY_NAME_CHARS);
    if (problem == NULL && strlen(name) >= sizeof unit.name)
        problem = problem_new(PROBLEM_TEXT_TOO_LONG, "name", G_STRINGIFY(REGISTRY_NAME_CHARS), NULL);
    return problem;
}

/* An id in its parent's stream, or the first of a new stream; 0: its numbers are used up. */
static int64_t new_id(struct decision *decision, const struct new_unit *unit)
{
    if (unit->parent == 0)
        return REGISTRY_ROOT;
    if (!unit->type->stream)
        return decide_next_unit(decision, id_unit_stream(unit->parent));
    int64_t newest = 0;
    db_integer(decision->rows, &newest, "SELECT id FROM unit ORDER BY id DESC LIMIT 1", "");
    return id_unit_stream(newest) < STREAM_MAX ? id_unit(id_unit_stream(newest) + 1, 1) : 0;
}

/* The command's stream: the parent's, or the root's, which also numbers the streams. */
static struct problem *begin(struct decision *decision, const struct new_unit *unit)
{
    bool by_root = unit->parent == 0 || unit->type->stream;
    int64_t stream = by_root ? id_unit_stream(REGISTRY_ROOT) : id_unit_stream(unit->parent);
    if (decision->stream != id_unit_stream(REGISTRY_ROOT) && !registry_begin(decision, stream, "parent"))
        return g_steal_pointer(&decision->problem);
    if (new_id(decision, unit) != 0)
        return NULL;
    g_autofree char *most = g_strdup_printf("%" G_GINT64_FORMAT, unit->type->stream ? STREAM_MAX : ID_UNIT_BY_ROOT - 1);
    return problem_new(PROBLEM_TOO_MANY_ITEMS, unit->type->stream ? "type" : "parent", most, NULL);
}

struct problem *decide_check_new_unit(struct decision *decision, const char *type_name, struct new_unit *unit)
{
    unit->type = playbook_find_unit_type(decision->playbook, type_name);
    if (unit->type == NULL)
        return unknown_type(decision->playbook, type_name);
    struct problem *problem = check_parent(decision, unit->type, unit->parent, unit->from_us);
    if (unit->code != NULL)
        problem_append(&problem, check_code(decision, 0, unit->from_us, unit->code));
    problem_append(&problem, check_name(unit->name));
    return problem != NULL ? problem : begin(decision, unit);
}

struct problem *decide_check_name(struct decision *decision, int64_t unit, int64_t from_us, const char *name)
{
    struct problem *problem = check_name(name);
    int64_t last = INT64_MIN;
    db_integer(decision->rows, &last, "SELECT max(from_us) FROM unit_name WHERE unit = ?1", "i", unit);
    if (problem == NULL && from_us < last)
        problem = problem_new(PROBLEM_BEFORE_START, "date", NULL);
    return problem;
}

struct problem *decide_check_code(struct decision *decision, int64_t unit, int64_t from_us, const char *code)
{
    struct problem *problem = check_code(decision, unit, from_us, code);
    int64_t last = INT64_MIN;
    db_integer(decision->rows, &last, "SELECT max(from_us) FROM unit_code WHERE unit = ?1", "i", unit);
    if (problem == NULL && from_us < last)
        problem = problem_new(PROBLEM_BEFORE_START, "date", NULL);
    return problem;
}

/* Whether the unit came under its parent, or a unit below it left, after `from_us`: the tree of that time must stay as
 * it was seen. */
static bool moved_since(struct db *rows, int64_t unit, int64_t from_us)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM cover WHERE unit = ?1 AND depth = 1 AND from_us > ?2", "ii", unit,
                      from_us) ||
           db_integer(rows, &found,
                      "SELECT 1 FROM cover c JOIN unit u ON u.id = c.unit "
                      "WHERE c.ancestor = ?1 AND c.to_us > ?2 AND c.to_us < u.to_us",
                      "ii", unit, from_us);
}

struct problem *decide_check_move(struct decision *decision, const struct unit *unit, int64_t from_us, int64_t parent)
{
    const struct unit_type *type = playbook_find_unit_type(decision->playbook, unit->type);
    if (type == NULL)
        return unknown_type(decision->playbook, unit->type);
    if (registry_covers(decision->rows, unit->id, parent, decision->now_us))
        return problem_new(PROBLEM_WITHIN_ITSELF, "parent", NULL);
    struct problem *problem = check_parent(decision, type, parent, from_us);
    if (problem == NULL && moved_since(decision->rows, unit->id, from_us))
        problem = problem_new(PROBLEM_BEFORE_START, "date", NULL);
    return problem;
}

/* The parent's code with the next three digits that were never used; false when there are none left. */
static bool next_sequence(struct db *rows, const char *parent_code, char out[REGISTRY_CODE_CHARS + 1])
{
    size_t length = strlen(parent_code);
    if (length < COMMUNITY_CODE_CHARS || length + 3 > REGISTRY_CODE_CHARS)
        return false;
    gint64 last = 0;
    AUTO(cursor)
    struct cursor codes = db_query(rows,
                                   "SELECT code FROM unit_code WHERE code > ?1 || '000' AND code <= ?1 || '999' "
                                   "AND length(code) = length(?1) + 3 "
                                   "ORDER BY code DESC LIMIT 1",
                                   "s", parent_code);
    if (cursor_next(&codes) && !g_ascii_string_to_signed(cursor_text(&codes, 0) + length, 10, 0, 999, &last, NULL))
        return false;
    if (last == 999)
        return false;
    g_snprintf(out, REGISTRY_CODE_CHARS + 1, "%s%03d", parent_code, (int)last + 1);
    return true;
}

static void own_code(struct decision *decision, const struct new_unit *unit, int64_t id,
                     char out[REGISTRY_CODE_CHARS + 1])
{
    struct unit parent;
    if (!unit->type->organisation && registry_unit(decision->rows, unit->parent, &parent) &&
        next_sequence(decision->rows, parent.code, out))
        return;
    g_snprintf(out, REGISTRY_CODE_CHARS + 1, "%c-%" G_GINT64_FORMAT, unit->type->organisation ? 'o' : 'u', id);
}

int64_t decide_emit_unit(struct decision *decision, const struct new_unit *unit)
{
    int64_t id = new_id(decision, unit);
    char code[REGISTRY_CODE_CHARS + 1];
    g_autofree char *plain = unit->code != NULL ? identity_plain(unit->code) : NULL;
    if (plain != NULL)
        g_strlcpy(code, plain, sizeof code);
    else
        own_code(decision, unit, id, code);
    json_t *body =
        json_pack("{s:I, s:s, s:I, s:s, s:s, s:I}", "id", (json_int_t)id, "type", unit->type->name, "parent",
                  (json_int_t)unit->parent, "code", code, "name", unit->name, "from_us", (json_int_t)unit->from_us);
    decision_emit(decision, "unit_created", unit->parent, 0, body, NULL);
    return id;
}

bool decide_create_unit(struct decision *decision)
{
    struct new_unit unit = {0};
    const char *type;
    if (!decide_playbook(decision) || !decision_unit_optional(decision, "parent", &unit.parent) ||
        !decision_text(decision, "type", &type) || !decision_text_optional(decision, "code", &unit.code) ||
        !decision_text(decision, "name", &unit.name) || !decide_date(decision, &unit.from_us))
        return false;
    if (!decide_right(decision, RIGHT_REGISTRY, unit.parent != 0 ? unit.parent : REGISTRY_ROOT))
        return false;
    struct problem *problem = decide_check_new_unit(decision, type, &unit);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    decide_emit_unit(decision, &unit);
    return true;
}

/* A row of create_units; false with a problem whose fields are the row's. */
static bool create_row(struct decision *decision, const json_t *row, int64_t from_us)
{
    static const char *const members[] = {"parent", "type", "code", "name", NULL};
    static const char *const needed[] = {"parent", "type", "name", NULL};
    struct new_unit unit = {.from_us = from_us};
    if (!json_is_object(row))
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, NULL, "object");
    struct problem *problem = decide_unknown_members(row, members);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)row, name, value) if (g_strv_contains(members, name) && !json_is_string(value))
        problem_append(&problem, problem_new(PROBLEM_WRONG_TYPE, name, "text", NULL));
    for (const char *const *member = needed; *member != NULL; member++)
        if (json_object_get(row, *member) == NULL)
            problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, *member, NULL));
    if (problem == NULL)
        problem = decide_find_unit(decision, json_get_text(row, "parent", ""), "parent", &unit.parent);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    if (!decide_right(decision, RIGHT_REGISTRY, unit.parent))
        return false;
    unit.code = json_get_text(row, "code", NULL);
    unit.name = json_get_text(row, "name", "");
    problem = decide_check_new_unit(decision, json_get_text(row, "type", ""), &unit);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    decide_emit_unit(decision, &unit);
    return true;
}

bool decide_create_units(struct decision *decision)
{
    const json_t *units;
    int64_t from_us;
    decision_begin(decision, id_unit_stream(REGISTRY_ROOT)); /* wherever they are */
    if (!decide_playbook(decision) || !decide_date(decision, &from_us) ||
        !decision_array(decision, "units", REGISTRY_UNITS_PER_COMMAND, &units))
        return false;
    if (json_array_size(units) == 0)
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, "units");
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)units, i, row)
    {
        if (!create_row(decision, row, from_us)) {
            g_autofree char *prefix = g_strdup_printf("units[%zu]", i);
            problem_prefix(decision->problem, prefix);
            return false;
        }
    }
    return true;
}

/* The command's unit, with right and version checked. */
static bool read_unit(struct decision *decision, struct unit *out, int64_t *out_from_us)
{
    int64_t id;
    return decide_playbook(decision) && decision_unit(decision, "unit", &id) && decide_date(decision, out_from_us) &&
           registry_unit(decision->rows, id, out) && decide_right(decision, RIGHT_REGISTRY, id) &&
           decide_version(decision, out->version);
}

bool decide_rename_unit(struct decision *decision)
{
    struct unit unit;
    int64_t from_us;
    const char *name;
    if (!read_unit(decision, &unit, &from_us) || !decision_text(decision, "name", &name))
        return false;
    struct problem *problem = decide_check_name(decision, unit.id, from_us, name);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    decision_emit(decision, "unit_changed", unit.id, 0,
                  decide_versioned(decision, VERSIONED_UNIT, unit.id,
                                   json_pack("{s:I, s:I, s:s}", "id", (json_int_t)unit.id, "from_us",
                                             (json_int_t)from_us, "name", name)),
                  NULL);
    return true;
}

bool decide_recode_unit(struct decision *decision)
{
    struct unit unit;
    int64_t from_us;
    const char *code;
    if (!read_unit(decision, &unit, &from_us) || !decision_text(decision, "code", &code))
        return false;
    struct problem *problem = decide_check_code(decision, unit.id, from_us, code);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    g_autofree char *plain = identity_plain(code);
    decision_emit(decision, "unit_changed", unit.id, 0,
                  decide_versioned(decision, VERSIONED_UNIT, unit.id,
                                   json_pack("{s:I, s:I, s:s}", "id", (json_int_t)unit.id, "from_us",
                                             (json_int_t)from_us, "code", plain)),
                  NULL);
    return true;
}

void decide_emit_move(struct decision *decision, const struct unit *unit, int64_t from_us, int64_t parent)
{
    decision_emit(decision, "unit_changed", unit->id, 0,
                  decide_versioned(decision, VERSIONED_UNIT, unit->id,
                                   json_pack("{s:I, s:I, s:I}", "id", (json_int_t)unit->id, "from_us",
                                             (json_int_t)from_us, "parent", (json_int_t)parent)),
                  NULL);
}

bool decide_move_unit(struct decision *decision)
{
    struct unit unit;
    int64_t from_us, parent;
    if (!read_unit(decision, &unit, &from_us) || !decision_unit(decision, "parent", &parent) ||
        !decide_right(decision, RIGHT_REGISTRY, parent))
        return false;
    struct problem *problem = decide_check_move(decision, &unit, from_us, parent);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    decide_emit_move(decision, &unit, from_us, parent);
    return true;
}

/* Ends the posts that have no other ground. */
static void end_posts_of(struct decision *decision, int64_t unit, int64_t to_us)
{
    g_autoptr(GArray) posts = registry_posts_at(decision->rows, unit, decision->now_us, 0, INT32_MAX);
    for (guint i = 0; i < posts->len; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        g_autoptr(GArray) grounds = registry_grounds(decision->rows, post->id, decision->now_us);
        if (grounds->len == 1)
            decision_emit(decision, "post_ended", unit, 0,
                          decide_versioned(decision, VERSIONED_POST, post->id,
                                           json_pack("{s:I, s:I}", "id", (json_int_t)post->id, "to_us",
                                                     (json_int_t)MAX(to_us, post->from_us))),
                          NULL);
    }
}

bool decide_emit_close(struct decision *decision, int64_t unit, int64_t to_us)
{
    const struct registry_matters *matters = decision->areas->hooks.matters;
    if (matters != NULL && !matters->end_standing(decision, unit))
        return false;
    decision_emit(decision, "unit_closed", unit, 0,
                  decide_versioned(decision, VERSIONED_UNIT, unit,
                                   json_pack("{s:I, s:I}", "id", (json_int_t)unit, "to_us", (json_int_t)to_us)),
                  NULL);
    return true;
}

static struct problem *closing_problem(enum problem_code code, int64_t count)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, count);
    return problem_new(code, "unit", text, NULL);
}

struct problem *decide_emit_whole_close(struct decision *decision, const struct unit *unit, int64_t to_us)
{
    const struct registry_matters *matters = decision->areas->hooks.matters;
    int64_t children = 0, open = 0;
    db_integer(decision->rows, &children, "SELECT count(*) FROM unit WHERE parent = ?1 AND to_us > ?2", "ii", unit->id,
               to_us);
    if (children > 0)
        return closing_problem(PROBLEM_UNIT_HAS_CHILDREN, children);
    if (matters != NULL && matters->unit_is_busy(decision->rows, unit->id, &open))
        return closing_problem(PROBLEM_UNIT_HAS_OPEN_MATTERS, open);
    end_posts_of(decision, unit->id, to_us);
    return decide_emit_close(decision, unit->id, to_us) ? NULL : g_steal_pointer(&decision->problem);
}

bool decide_close_unit(struct decision *decision)
{
    struct unit unit;
    int64_t to_us;
    if (!read_unit(decision, &unit, &to_us))
        return false;
    if (to_us <= unit.from_us)
        return decision_refuse(decision, PROBLEM_BEFORE_START, "date");
    struct problem *problem = decide_emit_whole_close(decision, &unit, to_us);
    return problem == NULL || decision_refuse_with(decision, problem);
}

/* ---- drills ---- */

bool decide_declare_drill(struct decision *decision)
{
    if (!decision_is_operator(decision))
        return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, "");
    if (!registry_is_drill(decision->rows))
        decision_emit(decision, "drill_declared", REGISTRY_ROOT, 0, json_object(), NULL);
    return true;
}
