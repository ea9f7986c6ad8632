/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/row.h"

#include "base/datetime.h"
#include "interop/row_fact.h"
#include "interop/row_part.h"
#include "interop/row_person.h"

#include <string.h>

static void put(json_t *body, const char *member, json_t *value /* borrowed, may be NULL */)
{
    if (value != NULL)
        json_object_set(body, member, value);
}

static void note_difference(GString *differs, const char *name, const char *known, const char *given)
{
    if (given != NULL && g_strcmp0(known, given) != 0)
        g_string_append_printf(differs, "%s%s", differs->len > 0 ? ", " : "", name);
}

/* ---- units ---- */

static const struct unit_type *type_called(const struct playbook *playbook, const char *text)
{
    const struct unit_type *type = playbook_find_unit_type(playbook, text);
    for (size_t i = 0; type == NULL && i < playbook->unit_type_count; i++)
        if (g_strcmp0(playbook->unit_types[i].title.zh, text) == 0 ||
            g_ascii_strcasecmp(playbook->unit_types[i].title.en, text) == 0)
            type = &playbook->unit_types[i];
    return type;
}

static bool unit_there(const struct row_context *context, const char *code, const char *name, int64_t parent,
                       struct unit *out)
{
    int64_t id = 0;
    if (code != NULL)
        return registry_unit_by_text(context->reader->rows, code, context->now_us, &id) &&
               registry_unit(context->reader->rows, id, out);
    return parent != 0 && registry_child_named(context->reader->rows, parent, name, context->now_us, out);
}

static enum row_is unit_differs(const struct unit *unit, const char *type, const char *name, int64_t parent,
                                int64_t row, struct report *report)
{
    g_autoptr(GString) differs = g_string_new(NULL);
    note_difference(differs, "name", unit->name, name);
    note_difference(differs, "type", unit->type, type);
    if (parent != 0 && parent != unit->parent)
        note_difference(differs, "parent", NULL, "");
    return row_there(row, differs->str, report);
}

static enum row_is read_unit(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                             const struct uuid *id, struct report *report, json_t **out_commands)
{
    const char *code = row_text(context, values, "code"), *name = row_text(context, values, "name");
    const char *parent = row_text(context, values, "parent"), *given = row_text(context, values, "type");
    const struct unit_type *type = given != NULL ? type_called(context->playbook, given) : NULL;
    struct unit known;
    int64_t above = 0;
    bool wrong = given != NULL && type == NULL;
    if (wrong)
        row_wrong(context, plan, row, "type", given, problem_new(PROBLEM_UNKNOWN_UNIT_TYPE, NULL, NULL), report);
    if (parent != NULL)
        registry_unit_by_text(context->reader->rows, parent, context->now_us, &above);
    if (name != NULL && unit_there(context, code, name, above, &known))
        return wrong ? ROW_WRONG : unit_differs(&known, type != NULL ? type->name : NULL, name, above, row, report);
    if (code != NULL && !g_hash_table_add(context->codes, g_strdup(code)))
        return row_wrong(context, plan, row, "code", code, problem_new(PROBLEM_CODE_TAKEN, NULL, NULL), report);
    if (wrong)
        return ROW_WRONG;
    json_t *body = row_command("create_unit", id, NULL);
    put(body, "code", row_value(context, values, "code"));
    put(body, "name", row_value(context, values, "name"));
    put(body, "parent", row_value(context, values, "parent"));
    put(body, "date", row_value(context, values, "date"));
    if (type != NULL)
        json_object_set_new(body, "type", json_string(type->name));
    *out_commands = json_pack("[o]", body);
    return ROW_NEW;
}

/* ---- posts ---- */

static const struct role *role_called(const struct playbook *playbook, const char *text)
{
    const struct role *role = playbook_find_role(playbook, text);
    for (size_t i = 0; role == NULL && i < playbook->role_count; i++)
        if (g_strcmp0(playbook->roles[i].title.zh, text) == 0 ||
            g_ascii_strcasecmp(playbook->roles[i].title.en, text) == 0)
            role = &playbook->roles[i];
    return role;
}

/* The person who is to hold the post; 0 with a problem. */
static int64_t holder(const struct row_context *context, json_t *const *values, struct problem **problem)
{
    struct named given = person_named(context, values, "person.");
    const char *text = row_text(context, values, "person");
    return text != NULL ? person_by_id(context, text, problem) : person_meant(context, &given, problem);
}

static bool has_grounds(const struct row_context *context, int64_t post, const json_t *grounds)
{
    g_autoptr(GArray) held = registry_grounds(context->reader->rows, post, context->now_us);
    bool same = held->len == json_array_size(grounds);
    size_t i;
    json_t *text;
    json_array_foreach((json_t *)grounds, i, text)
    {
        int64_t unit = g_ascii_strtoll(json_string_value(text) + 1, NULL, 10); /* "#12" */
        bool found = false;
        for (guint j = 0; j < held->len; j++)
            found = found || g_array_index(held, int64_t, j) == unit;
        same = same && found;
    }
    return same;
}

static bool post_there(const struct row_context *context, int64_t person, const char *role, const json_t *grounds)
{
    g_autoptr(GArray) posts = registry_posts_of(context->reader->rows, person, context->now_us);
    for (guint i = 0; i < posts->len; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        if (strcmp(post->role, role) == 0 && has_grounds(context, post->id, grounds))
            return true;
    }
    return false;
}

/* Their post in the role, now; where they have several, that with the grounds. 0 with the column that does not tell
 * which, and why. */
static int64_t post_meant(const struct row_context *context, int64_t person, const struct role *role,
                          const json_t *grounds, const char **out_column, struct problem **out_problem)
{
    int64_t found = 0;
    g_autoptr(GArray) posts = registry_posts_of(context->reader->rows, person, context->now_us);
    for (guint i = 0; i < posts->len; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        if (strcmp(post->role, role->name) != 0 || (grounds != NULL && !has_grounds(context, post->id, grounds)))
            continue;
        if (found != 0) {
            *out_column = "grounds";
            *out_problem = problem_new(PROBLEM_MISSING_FIELD, NULL, NULL);
            return 0;
        }
        found = post->id;
    }
    *out_column = grounds != NULL ? "grounds" : "role";
    *out_problem = found == 0 ? problem_new(PROBLEM_POST_NOT_HELD, NULL, NULL) : NULL;
    return found;
}

static bool shift_there(const struct row_context *context, int64_t post, const json_t *from, const json_t *to)
{
    struct shift given;
    if (!datetime_parse(json_string_value(from), &given.from_us) ||
        !datetime_parse(json_string_value(to), &given.to_us))
        return false;
    g_autoptr(GArray) shifts = registry_shifts(context->reader->rows, post, given.from_us, given.to_us);
    for (guint i = 0; i < shifts->len; i++) {
        const struct shift *shift = &g_array_index(shifts, struct shift, i);
        if (shift->from_us <= given.from_us && shift->to_us >= given.to_us)
            return true;
    }
    return false;
}

static enum row_is read_shift(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                              const struct uuid *id, struct report *report, json_t **out_commands)
{
    const char *given = row_text(context, values, "role"), *column;
    const struct role *role = given != NULL ? role_called(context->playbook, given) : NULL;
    struct problem *problem = NULL;
    bool wrong = role == NULL;
    if (wrong)
        row_wrong(context, plan, row, "role", given, problem_new(PROBLEM_UNKNOWN_ROLE, NULL, NULL), report);
    int64_t person = holder(context, values, &problem);
    if (person == 0)
        return row_wrong(context, plan, row, "person.name", row_text(context, values, "person.name"), problem, report);
    if (wrong)
        return ROW_WRONG;
    int64_t post = post_meant(context, person, role, row_value(context, values, "grounds"), &column, &problem);
    if (post == 0)
        return row_wrong(context, plan, row, column, given, problem, report);
    json_t *from = row_value(context, values, "from"), *to = row_value(context, values, "to");
    if (from != NULL && to != NULL && shift_there(context, post, from, to))
        return row_there(row, "", report);
    json_t *body = row_command("add_shift", id, NULL);
    char post_id[VAULT_OUTER_ID_CHARS + 1];
    vault_outer_id(context->reader->vault, VAULT_ID_POST, post, post_id);
    json_object_set_new(body, "post_id", json_string(post_id));
    put(body, "from", from);
    put(body, "to", to);
    *out_commands = json_pack("[o]", body);
    return ROW_NEW;
}

static enum row_is read_post(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                             const struct uuid *id, struct report *report, json_t **out_commands)
{
    const char *given = row_text(context, values, "role");
    const struct role *role = given != NULL ? role_called(context->playbook, given) : NULL;
    struct problem *problem = NULL;
    bool wrong = given != NULL && role == NULL;
    if (wrong)
        row_wrong(context, plan, row, "role", given, problem_new(PROBLEM_UNKNOWN_ROLE, NULL, NULL), report);
    int64_t person = holder(context, values, &problem);
    if (person == 0)
        return row_wrong(context, plan, row, "person.name", row_text(context, values, "person.name"), problem, report);
    if (wrong)
        return ROW_WRONG;
    json_t *grounds = row_value(context, values, "grounds");
    if (role != NULL && grounds != NULL && post_there(context, person, role->name, grounds))
        return row_there(row, "", report);
    json_t *body = row_command("appoint", id, NULL);
    char holder_id[VAULT_OUTER_ID_CHARS + 1];
    vault_outer_id(context->reader->vault, VAULT_ID_PERSON, person, holder_id);
    json_object_set_new(body, "person", json_string(holder_id));
    if (role != NULL)
        json_object_set_new(body, "role", json_string(role->name));
    static const char *const members[] = {"grounds", "seat", "from", "to"};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        put(body, members[i], row_value(context, values, members[i]));
    *out_commands = json_pack("[o]", body);
    return ROW_NEW;
}

/* ---- matters ---- */

static json_t *subject_of(const struct row_context *context, const struct plan *plan, int64_t row,
                          json_t *const *values, struct report *report)
{
    json_t *id = row_value(context, values, "subject");
    if (context->column_defs->kind->about == ABOUT_UNIT && id != NULL)
        return json_string(json_string_value(id) + 1); /* "#12": an id here */
    if (id != NULL || context->column_defs->kind->about != ABOUT_PERSON)
        return json_incref(id);
    return person_subject(context, plan, row, values, report);
}

/* When the matter began, and when it was known: not a field of the form that is called so. */
static void put_time(const struct row_context *context, json_t *const *values, const char *name, const char *member,
                     json_t *body)
{
    int column_def = column_defs_find(context->column_defs, name);
    int64_t at_us;
    if (column_def >= 0 && column_defs_at(context->column_defs, column_def)->field == NULL &&
        values[column_def] != NULL && datetime_parse(json_string_value(values[column_def]), &at_us))
        json_object_set_new(body, member, json_integer(at_us));
}

static json_t *open_command(const struct row_context *context, const struct plan *plan, int64_t row,
                            json_t *const *values, const struct uuid *id, struct report *report)
{
    json_t *body = row_command("open_matter", id, NULL), *form = json_object();
    json_object_set_new(body, "kind", json_string(context->column_defs->kind->name));
    put(body, "unit", row_value(context, values, "unit"));
    put(body, "parent", row_value(context, values, "parent"));
    json_t *subject = subject_of(context, plan, row, values, report);
    put(body, "subject", subject);
    json_decref(subject);
    for (guint i = 0; i < context->column_defs->all->len; i++) {
        const struct column_def *column_def = column_defs_at(context->column_defs, (int)i);
        if (column_def->entry < 0 && column_def->field != NULL && column_def->whole == NULL)
            put(form, column_def->field->name, values[i]);
    }
    put_time(context, values, "opened_at", "opened_us", body);
    put_time(context, values, "observed_at", "observed_us", body);
    json_object_set_new(body, "form", form);
    return body;
}

/* NULL when no column of the entry holds anything in this row: constants alone make none. */
static json_t *enter_command(const struct row_context *context, const struct plan *plan, json_t *const *values,
                             const struct uuid *matter, int entry)
{
    const struct entry_def *def = &context->column_defs->kind->entries[entry];
    char text[UUID_TEXT_LENGTH + 1];
    bool said = false;
    uuid_format(matter, text);
    json_t *body = row_command("enter", matter, def->name), *fields = json_object();
    json_object_set_new(body, "matter", json_string(text));
    json_object_set_new(body, "entry", json_string(def->name));
    for (guint i = 0; i < context->column_defs->all->len; i++) {
        const struct column_def *column_def = column_defs_at(context->column_defs, (int)i);
        int64_t at_us;
        if (column_def->entry != entry || column_def->whole != NULL || values[i] == NULL)
            continue;
        const char *member = column_def->name + strlen(def->name) + 1;
        said = said || (values[i] != plan->constants[i] && plan_feeds(plan, (int)i));
        if (column_def->field != NULL)
            put(fields, column_def->field->name, values[i]);
        else if (strcmp(member, "observed_at") != 0)
            put(body, member, values[i]);
        else if (datetime_parse(json_string_value(values[i]), &at_us))
            json_object_set_new(body, "observed_us", json_integer(at_us));
    }
    json_object_set_new(body, "fields", fields);
    if (said)
        return body;
    json_decref(body);
    return NULL;
}

/* ---- entries of matters that are there ---- */

static bool may_see(const struct row_context *context, const struct matter *matter)
{
    return context->viewer == NULL || access_may_see(context->reader->rows, context->rulebook, context->viewer, matter);
}

/* False with the text of the missing matter. */
static bool find_matter(const struct row_context *context, const struct plan *plan, json_t *const *values,
                        const struct uuid *key, struct matter *out, const char **out_said)
{
    struct db *rows = context->reader->rows;
    const char *id = row_text(context, values, "id");
    int external = plan_external(plan);
    const char *number = external >= 0 ? json_string_value(values[external]) : NULL;
    struct uuid uuid = *key;
    *out_said = id != NULL ? id : number;
    if (id == NULL && number != NULL)
        return matter_get(
            rows, matter_survivor(rows, matter_by_external(rows, context->column_defs->kind->external.system, number)),
            out);
    return (id == NULL || uuid_parse(id, &uuid)) && matter_get_by_uuid(rows, &uuid, out);
}

/* The same kind of entry at the same time is the same entry. */
static bool entry_is_there(const struct row_context *context, const struct matter *matter, const json_t *enter)
{
    return matter_entry_at(context->reader->rows, matter->id, json_get_text(enter, "entry", ""),
                           json_get_integer(enter, "observed_us", 0)) != 0;
}

/* A matter has many entries of a kind, and what one of them opens derives its number from this. */
static void give_own_id(json_t *enter, const struct uuid *matter)
{
    struct uuid own;
    char text[UUID_TEXT_LENGTH + 1];
    g_autofree char *seed =
        g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT, json_get_text(enter, "matter", ""),
                        json_get_text(enter, "entry", ""), json_get_integer(enter, "observed_us", 0));
    uuid_derive(uuid_time_us(matter), seed, strlen(seed), &own);
    uuid_format(&own, text);
    json_object_set_new(enter, "id", json_string(text));
}

static enum row_is read_entries(struct row_context *context, const struct plan *plan, int64_t row,
                                json_t *const *values, const struct uuid *key, struct report *report,
                                json_t **out_commands)
{
    struct matter matter;
    const char *said;
    g_autoptr(json_t) commands = json_array();
    bool any = false;
    if (!find_matter(context, plan, values, key, &matter, &said) || !may_see(context, &matter) ||
        strcmp(matter.kind, context->column_defs->kind->name) != 0)
        return row_wrong(context, plan, row, "id", said, problem_new(PROBLEM_UNKNOWN_MATTER, NULL, NULL), report);
    for (size_t i = 0; i < context->column_defs->kind->entry_count; i++) {
        g_autofree char *at = g_strconcat(context->column_defs->kind->entries[i].name, ".observed_at", NULL);
        g_autoptr(json_t) enter =
            plan_has_entry(plan, (int)i) ? enter_command(context, plan, values, &matter.uuid, (int)i) : NULL;
        if (enter == NULL)
            continue;
        any = true;
        give_own_id(enter, &matter.uuid);
        if (json_object_get(enter, "observed_us") == NULL)
            return row_wrong(context, plan, row, at, NULL, problem_new(PROBLEM_TIME_MISSING, NULL, NULL), report);
        if (context->tried || !entry_is_there(context, &matter, enter))
            json_array_append(commands, enter);
    }
    if (!any)
        return row_wrong(context, plan, row, "id", said, problem_new(PROBLEM_NOTHING_ENTERED, NULL, NULL), report);
    if (json_array_size(commands) == 0)
        return row_there(row, "", report);
    *out_commands = g_steal_pointer(&commands);
    return ROW_NEW;
}

static enum row_is read_matter(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                               const struct uuid *id, struct report *report, json_t **out_commands)
{
    struct uuid own = *id;
    struct matter known;
    const char *given = row_text(context, values, "id");
    if (plan->mapping->enters)
        return read_entries(context, plan, row, values, id, report, out_commands);
    if (given != NULL && !uuid_parse(given, &own))
        return row_wrong(context, plan, row, "id", given, problem_new(PROBLEM_INVALID_UUID, NULL, NULL), report);
    if (!context->tried && matter_get_by_uuid(context->reader->rows, &own, &known))
        return row_there(row, "", report);
    json_t *commands = json_array();
    json_array_append_new(commands, open_command(context, plan, row, values, &own, report));
    for (size_t i = 0; i < context->column_defs->kind->entry_count; i++) {
        json_t *entry = plan_has_entry(plan, (int)i) ? enter_command(context, plan, values, &own, (int)i) : NULL;
        if (entry != NULL)
            json_array_append_new(commands, entry);
    }
    *out_commands = commands;
    return ROW_NEW;
}

/* The value that no other matter may have. */
static char *unique_value(const struct row_context *context, json_t *const *values, const struct field *field)
{
    g_autofree char *long_name = g_strconcat("form.", field->name, NULL);
    bool taken = column_defs_find(context->column_defs, long_name) >= 0;
    const json_t *value = row_value(context, values, taken ? long_name : field->name);
    if (json_is_integer(value))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return g_strdup(json_is_string(value) ? json_string_value(value) : "");
}

char *row_subject(const struct row_context *context, const struct plan *plan, json_t *const *values)
{
    const struct kind *kind = context->column_defs->kind;
    if (plan->mapping->enters)
        return g_strdup("");
    if (kind != NULL && kind->unique_field != NULL)
        return unique_value(context, values, kind->unique_field);
    if (kind == NULL || (!kind->unique_open_per_subject && !kind->standing_one_per_unit))
        return g_strdup("");
    if (kind->standing_one_per_unit) {
        const char *unit = row_text(context, values, "unit");
        return g_strdup(unit != NULL ? unit : "");
    }
    const char *subject = row_text(context, values, "subject");
    struct named given = person_named(context, values, "subject.");
    if (subject != NULL)
        return g_strdup(subject);
    char *number = person_number(context, &given);
    return number != NULL ? number : g_strdup("");
}

char *row_tells(const json_t *command)
{
    if (strcmp(json_get_text(command, "command", ""), "set_unit_fact") == 0)
        return g_strdup_printf("%s\n%s\n%s", json_get_text(command, "unit", ""), json_get_text(command, "fact", ""),
                               json_get_text(command, "date", ""));
    return g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT, json_get_text(command, "matter", ""),
                           json_get_text(command, "entry", ""), json_get_integer(command, "observed_us", 0));
}

enum row_is row_read(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                     const struct uuid *id, struct report *report, json_t **out_commands)
{
    switch (context->column_defs->what) {
    case SHEET_UNITS:
        return read_unit(context, plan, row, values, id, report, out_commands);
    case SHEET_UNIT_FACTS:
        return row_read_facts(context, plan, row, values, id, report, out_commands);
    case SHEET_PERSONS:
        return row_read_person(context, plan, row, values, id, report, out_commands);
    case SHEET_POSTS:
        return read_post(context, plan, row, values, id, report, out_commands);
    case SHEET_ROSTERS:
        return read_shift(context, plan, row, values, id, report, out_commands);
    case SHEET_MATTERS:
        return read_matter(context, plan, row, values, id, report, out_commands);
    }
    g_assert_not_reached();
}

/* "persons[0].phone", "unit" and "from" of move_in. */
static const char *mover_member(const char *field)
{
    static const char *const column_defs[][2] = {{"unit", "home"}, {"from", "since"}};
    const char *member = g_str_has_prefix(field, "persons[0].") ? field + strlen("persons[0].") : field;
    for (size_t i = 0; i < G_N_ELEMENTS(column_defs); i++)
        if (strcmp(member, column_defs[i][0]) == 0)
            return column_defs[i][1];
    return member;
}

int row_column_def_of(const struct column_defs *column_defs, const json_t *command_body, const char *field)
{
    const char *entry = json_string_value(json_object_get(command_body, "entry"));
    g_autofree char *name = NULL;
    if (strcmp(json_get_text(command_body, "command", ""), "move_in") == 0)
        field = mover_member(field);
    else if (column_defs->what == SHEET_UNIT_FACTS)
        field = row_fact_column(column_defs, command_body, field);
    if (g_str_has_prefix(field, "form."))
        name = g_strdup(column_defs_find(column_defs, field) >= 0 ? field : field + strlen("form."));
    else if (entry != NULL && g_str_has_prefix(field, "fields."))
        name = g_strconcat(entry, ".", field + strlen("fields."), NULL);
    else if (entry != NULL)
        name = g_strconcat(entry, ".", field, NULL);
    else
        name = g_strdup(field);
    char *bracket = strchr(name, '[');
    if (bracket == NULL)
        return column_defs_find(column_defs, name);
    const char *behind = strchr(bracket, '.');
    g_autofree char *line = g_strdup_printf("%.*s%s", (int)(bracket - name), name, behind != NULL ? behind : "");
    *bracket = '\0';
    return column_defs_find(column_defs, line) >= 0 ? column_defs_find(column_defs, line)
                                                    : column_defs_find(column_defs, name);
}
