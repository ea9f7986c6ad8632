/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/row_person.h"

#include "base/datetime.h"
#include "base/identity.h"
#include "base/name.h"
#include "interop/row_part.h"

#include <string.h>

#define NAMESAKES_LOOKED_AT 20

static const char *const own_members[] = {"name", "id_type", "id_number", "phone"};

struct named person_named(const struct row_context *context, json_t *const *values, const char *prefix)
{
    g_autofree char *name = g_strconcat(prefix, "name", NULL);
    g_autofree char *id_type = g_strconcat(prefix, "id_type", NULL);
    g_autofree char *id_number = g_strconcat(prefix, "id_number", NULL);
    g_autofree char *phone = g_strconcat(prefix, "phone", NULL);
    const char *number = row_text(context, values, id_number);
    return (struct named){row_text(context, values, name), number != NULL ? row_text(context, values, id_type) : NULL,
                          number, row_text(context, values, phone)};
}

char *person_number(const struct row_context *context, const struct named *given)
{
    int32_t today = day_of(context->now_us, context->playbook->zone);
    char *key = NULL;
    if (given->id_number != NULL) /* what is wrong with it is said elsewhere */
        problem_free(playbook_identity_read(context->playbook, given->id_type, given->id_number, today, &key));
    return key;
}

static char *phone_of(const struct named *given)
{
    return given->phone != NULL && identity_phone_is_valid(given->phone) ? identity_phone_plain(given->phone) : NULL;
}

/* ---- who is registered ---- */

static bool open_person(const struct row_context *context, int64_t person, struct person_data *out)
{
    return registry_person(context->reader->rows, context->reader->vault, person, out) && out->name != NULL;
}

/* A person outside the viewer's sight counts as not registered. */
static bool may_be_told_of(const struct row_context *context, int64_t person)
{
    bool unmasked = false;
    return context->viewer == NULL ||
           (access_may_see_person(context->reader->rows, context->rulebook, context->viewer, person, &unmasked) &&
            unmasked);
}

static int64_t tell_of(const struct row_context *context, int64_t person)
{
    g_array_append_val(context->told, person);
    return person;
}

/* 0 none, or one under another name. */
static int64_t by_number(const struct row_context *context, const char *number, const char *name, bool *out_other_name)
{
    int64_t person =
        number == NULL ? 0 : registry_person_by_id_number(context->reader->rows, context->reader->vault, number);
    *out_other_name = false;
    if (person == 0 || !may_be_told_of(context, person))
        return 0;
    tell_of(context, person);
    *out_other_name = !registry_is_called(context->reader->rows, context->reader->vault, person, name);
    return *out_other_name ? 0 : person;
}

/* Persons who are alike and visible to the viewer: array of int64_t. */
static GArray *those_alike(const struct row_context *context, const struct named *given, const char *number)
{
    GArray *alike = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autofree char *phone = phone_of(given);
    struct person_data said = {.name = (char *)given->name, .id_number = (char *)number, .phone = phone};
    g_autoptr(GArray) all = registry_alike(context->reader->rows, context->reader->vault, &said);
    for (guint i = 0; i < all->len; i++) {
        int64_t person = g_array_index(all, int64_t, i);
        if (!may_be_told_of(context, person))
            continue;
        tell_of(context, person);
        g_array_append_val(alike, person);
    }
    return alike;
}

/* Persons with the name, in whichever spelling; *out_bare: those with no other data. */
static GArray *namesakes(const struct row_context *context, const char *name, GArray *out_bare)
{
    GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) found = vault_index_find(context->reader->vault, VAULT_INDEX_NAME, name, 0, NAMESAKES_LOOKED_AT);
    for (guint i = 0; i < found->len; i++) {
        AUTO(person_data) struct person_data known = {0};
        int64_t person = g_array_index(found, int64_t, i);
        if (!open_person(context, person, &known) || !name_is_same(known.name, name) ||
            !may_be_told_of(context, person))
            continue;
        tell_of(context, person);
        g_array_append_val(people, person);
        if (known.id_number == NULL && known.phone == NULL)
            g_array_append_val(out_bare, person);
    }
    return people;
}

int64_t person_by_id(const struct row_context *context, const char *text, struct problem **problem)
{
    int64_t id = vault_inner_id(context->reader->vault, VAULT_ID_PERSON, text);
    if (registry_person_exists(context->reader->rows, id) && may_be_told_of(context, id))
        return tell_of(context, id);
    *problem = problem_new(PROBLEM_UNKNOWN_PERSON, NULL, NULL);
    return 0;
}

int64_t person_meant(const struct row_context *context, const struct named *given, struct problem **problem)
{
    bool other_name;
    g_autofree char *number = person_number(context, given);
    int64_t person = by_number(context, number, given->name, &other_name);
    if (person != 0)
        return person;
    g_autoptr(GArray) bare = g_array_new(FALSE, FALSE, sizeof(int64_t));
    bool name_only = given->name != NULL && given->id_number == NULL && given->phone == NULL;
    g_autoptr(GArray) found = name_only ? namesakes(context, given->name, bare) : those_alike(context, given, number);
    g_autofree char *count = g_strdup_printf("%u", found->len);
    if (found->len == 1 && !other_name)
        return g_array_index(found, int64_t, 0);
    *problem = other_name       ? problem_new(PROBLEM_PERSON_MISMATCH, NULL, NULL)
               : found->len > 1 ? problem_new(PROBLEM_NAME_AMBIGUOUS, NULL, count, NULL)
                                : problem_new(PROBLEM_UNKNOWN_PERSON, NULL, NULL);
    return 0;
}

/* ---- what a command says of a person ---- */

static void put_id(const struct row_context *context, json_t *body, const char *member, int64_t person)
{
    char id[VAULT_OUTER_ID_CHARS + 1];
    vault_outer_id(context->reader->vault, VAULT_ID_PERSON, person, id);
    json_object_set_new(body, member, json_string(id));
}

/* The mapping decides: the likely person, or another one. */
static void put_choice(const struct row_context *context, const struct plan *plan, const GArray *alike, json_t *body)
{
    if (plan->mapping->likely_known && alike->len == 1)
        put_id(context, body, "same_as", g_array_index(alike, int64_t, 0));
    else
        json_object_set_new(body, "is_new", json_true());
}

static void note_number(struct report *report, int64_t row, enum note note, int64_t number)
{
    g_autofree char *shown = g_strdup_printf("%" G_GINT64_FORMAT, number);
    report_note(report, row, NULL, NULL, note, shown);
}

/* The first row with the same text about a person; 0 this is it. */
static int64_t said_before(const struct row_context *context, const char *said, int64_t row)
{
    uint8_t digest[VAULT_DIGEST_BYTES];
    int64_t first;
    vault_row_digest(context->reader->vault, said, strlen(said), digest);
    return digest_set_add(context->people, digest, row, &first) > 0 && first != row ? first : 0;
}

static void note_alike(const struct row_context *context, const struct plan *plan, int64_t row,
                       const struct named *given, const char *number, const GArray *alike, struct report *report)
{
    g_autofree char *phone = phone_of(given);
    g_autofree char *name = given->name != NULL ? name_index_form(given->name) : NULL;
    if (context->tried)
        return;
    if (alike->len > 0)
        note_number(report, row, plan->mapping->likely_known && alike->len == 1 ? NOTE_TAKEN_FOR : NOTE_LIKELY,
                    alike->len);
    if (phone == NULL || name == NULL || number != NULL)
        return;
    g_autofree char *said = g_strjoin("\x1f", "alike", name, phone, NULL);
    int64_t first = said_before(context, said, row);
    if (first > 0)
        note_number(report, row, NOTE_LIKELY_ROW, first);
}

/* Another number or phone than the one that is known; a name that is spelt otherwise is none. */
static void compare_person(const struct row_context *context, const struct plan *plan, const char *prefix,
                           int64_t person, const struct named *given, GString *differs)
{
    AUTO(person_data) struct person_data known = {0};
    g_autofree char *number = person_number(context, given);
    g_autofree char *phone = phone_of(given);
    g_autofree char *number_slot = g_strconcat(prefix, "id_number", NULL);
    g_autofree char *phone_slot = g_strconcat(prefix, "phone", NULL);
    open_person(context, person, &known);
    if (number != NULL && g_strcmp0(known.id_number, number) != 0) {
        g_autofree char *shown = known.id_number == NULL
                                     ? NULL
                                     : playbook_identity_text(context->playbook, known.id_number, IDENTITY_NAMES, NULL);
        row_difference(plan, number_slot, shown, differs);
    }
    if (phone != NULL && g_strcmp0(known.phone, phone) != 0)
        row_difference(plan, phone_slot, known.phone, differs);
}

json_t *person_subject(const struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                       struct report *report)
{
    struct named given = person_named(context, values, "subject.");
    const char *said[] = {given.name, given.id_type, given.id_number, given.phone};
    bool other_name;
    if (given.name == NULL && given.id_number == NULL && given.phone == NULL)
        return NULL;
    json_t *subject = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(own_members); i++)
        if (said[i] != NULL)
            json_object_set_new(subject, own_members[i], json_string(said[i]));
    g_autofree char *number = person_number(context, &given);
    int64_t person = by_number(context, number, given.name, &other_name);
    if (person != 0) {
        g_autoptr(GString) differs = g_string_new(NULL);
        compare_person(context, plan, "subject.", person, &given, differs);
        if (differs->len > 0 && !context->tried)
            report_note(report, row, NULL, NULL, NOTE_KEPT, differs->str);
        return subject;
    }
    g_autoptr(GArray) alike = those_alike(context, &given, number);
    note_alike(context, plan, row, &given, number, alike, report);
    put_choice(context, plan, alike, subject);
    return subject;
}

/* ---- a row of persons ---- */

struct home {     /* the home that a row gives */
    int64_t unit; /* 0 nothing */
    const char *dwelling;
    int64_t since_us; /* -1 not given */
};

static struct home home_of(const struct row_context *context, json_t *const *values)
{
    struct home home = {.dwelling = row_text(context, values, "dwelling"), .since_us = -1};
    const char *unit = row_text(context, values, "home"), *since = row_text(context, values, "since");
    if (unit != NULL)
        home.unit = g_ascii_strtoll(unit + 1, NULL, 10); /* "#12" */
    if (since != NULL && !datetime_parse(since, &home.since_us))
        home.since_us = -1;
    return home;
}

static const char *const home_columns[] = {"home", "dwelling", "since"};

void household_above_clear(struct household_above *above)
{
    for (size_t i = 0; i < G_N_ELEMENTS(home_columns); i++)
        json_decref(g_steal_pointer(&above->values[i]));
    above->row = 0;
}

void row_fill_home(const struct row_context *context, const struct plan *plan, int64_t row, json_t **values,
                   struct household_above *above, struct report *report)
{
    bool said = row_value(context, values, "unit") != NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(home_columns); i++)
        said = said || row_value(context, values, home_columns[i]) != NULL;
    if (said) {
        household_above_clear(above);
        above->row = row_value(context, values, "home") != NULL ? row : 0;
        for (size_t i = 0; i < G_N_ELEMENTS(home_columns); i++)
            above->values[i] = json_incref(row_value(context, values, home_columns[i]));
        return;
    }
    if (above->row == 0)
        return;
    note_number(report, row, plan->mapping->homes_merged ? NOTE_FILLED_DOWN : NOTE_NO_HOME, above->row);
    for (size_t i = 0; i < G_N_ELEMENTS(home_columns) && plan->mapping->homes_merged; i++)
        values[column_defs_find(context->column_defs, home_columns[i])] = json_incref(above->values[i]);
}

static bool lives_so(const struct row_context *context, int64_t person, const struct home *home)
{
    struct residency residency;
    struct db *rows = context->reader->rows;
    if (!registry_residency(rows, person, context->now_us, &residency) || residency.unit != home->unit)
        return false;
    g_autofree char *dwelling = registry_dwelling(rows, context->reader->vault, person, context->now_us);
    return (home->dwelling == NULL || g_strcmp0(dwelling, home->dwelling) == 0) &&
           (home->since_us < 0 || home->since_us == residency.from_us);
}

/* The person among them whose data has all values of the row; 0 none. */
static int64_t says_no_more(const struct row_context *context, const GArray *people, const struct home *home)
{
    for (guint i = 0; i < people->len; i++) {
        int64_t person = g_array_index(people, int64_t, i);
        if (home->unit == 0 || lives_so(context, person, home))
            return person;
    }
    return 0;
}

/* A person with a home is registered by move_in. `known`: a registered person who moves. */
static json_t *person_command(const struct row_context *context, json_t *const *values, const struct uuid *id,
                              int64_t known, json_t **out_person)
{
    json_t *home = row_value(context, values, "home");
    json_t *body = row_command(home != NULL ? "move_in" : "register_person", id, NULL), *person = body;
    static const char *const moving[][2] = {{"unit", "home"}, {"dwelling", "dwelling"}, {"from", "since"}};
    for (size_t i = 0; home != NULL && i < G_N_ELEMENTS(moving); i++)
        if (row_value(context, values, moving[i][1]) != NULL)
            json_object_set(body, moving[i][0], row_value(context, values, moving[i][1]));
    if (home != NULL) {
        person = json_object();
        json_object_set_new(body, "persons", json_pack("[o]", person));
    } else if (row_value(context, values, "unit") != NULL) {
        json_object_set(body, "unit", row_value(context, values, "unit"));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(own_members); i++)
        if (row_value(context, values, own_members[i]) != NULL &&
            (strcmp(own_members[i], "id_type") != 0 || row_value(context, values, "id_number") != NULL))
            json_object_set(person, own_members[i], row_value(context, values, own_members[i]));
    if (known != 0)
        put_id(context, person, "same_as", known);
    *out_person = person;
    return body;
}

/* Whether an earlier row is about the same person: by number, or by all cells. True: the row is left out. */
static bool is_said_before(const struct row_context *context, int64_t row, const struct named *given,
                           const char *number, const struct home *home, bool *out_mismatch, struct report *report)
{
    g_autofree char *name = given->name != NULL ? name_index_form(given->name) : NULL;
    g_autofree char *phone = phone_of(given);
    int64_t first;
    *out_mismatch = false;
    if (context->tried || name == NULL || (number == NULL && phone == NULL))
        return false;
    g_autofree char *who =
        number != NULL
            ? g_strjoin("\x1f", "number", number, NULL)
            : g_strdup_printf("cells\x1f%s\x1f%s\x1f%" G_GINT64_FORMAT "\x1f%s\x1f%" G_GINT64_FORMAT, name, phone,
                              home->unit, home->dwelling != NULL ? home->dwelling : "", home->since_us);
    g_autofree char *named = number != NULL ? g_strjoin("\x1f", "named", number, name, NULL) : NULL;
    first = said_before(context, who, row);
    if (named != NULL)
        *out_mismatch = said_before(context, named, row) == 0 && first > 0;
    if (first > 0 && !*out_mismatch)
        note_number(report, row, number != NULL ? NOTE_SAME_PERSON : NOTE_SAME_CELLS, first);
    return first > 0;
}

static enum row_is known_person(const struct row_context *context, const struct plan *plan, int64_t row,
                                json_t *const *values, const struct uuid *id, int64_t person, const struct named *given,
                                struct report *report, json_t **out_commands)
{
    g_autoptr(GString) differs = g_string_new(NULL);
    struct home home = home_of(context, values);
    compare_person(context, plan, "", person, given, differs);
    bool changed = differs->len > 0, moved = home.unit != 0 && !lives_so(context, person, &home);
    if (moved) {
        g_autofree char *dwelling =
            registry_dwelling(context->reader->rows, context->reader->vault, person, context->now_us);
        row_difference(plan, "home", dwelling, differs);
    }
    if ((!changed && !moved) || !plan->mapping->takes_changes)
        return row_there(row, differs->str, report);
    report_note(report, row, NULL, NULL, NOTE_CHANGES, differs->str);
    json_t *commands = json_array();
    if (changed) {
        json_t *change = row_command("change_person", id, "change");
        put_id(context, change, "person", person);
        if (given->id_type != NULL)
            json_object_set_new(change, "id_type", json_string(given->id_type));
        if (given->id_number != NULL)
            json_object_set_new(change, "id_number", json_string(given->id_number));
        if (given->phone != NULL)
            json_object_set_new(change, "phone", json_string(given->phone));
        json_array_append_new(commands, change);
    }
    if (moved) {
        json_t *mover;
        json_array_append_new(commands, person_command(context, values, id, person, &mover));
    }
    *out_commands = commands;
    return ROW_NEW;
}

/* A person without a number: alike to one, or of whom only the name is known. */
static enum row_is likely_person(const struct row_context *context, const struct plan *plan, int64_t row,
                                 const struct named *given, const struct home *home, struct report *report)
{
    g_autoptr(GArray) bare = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (given->phone == NULL) {
        g_autoptr(GArray) people = namesakes(context, given->name, bare);
        if (says_no_more(context, bare, home) != 0)
            return row_there(row, "", report);
        if (people->len > 0)
            note_number(report, row, NOTE_SAME_NAME, people->len);
        return ROW_NEW;
    }
    g_autoptr(GArray) alike = those_alike(context, given, NULL);
    if (says_no_more(context, alike, home) != 0) {
        note_number(report, row, NOTE_TAKEN_FOR, alike->len);
        return ROW_THERE;
    }
    note_alike(context, plan, row, given, NULL, alike, report);
    return ROW_NEW;
}

enum row_is row_read_person(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                            const struct uuid *id, struct report *report, json_t **out_commands)
{
    struct named given = person_named(context, values, "");
    struct home home = home_of(context, values);
    g_autofree char *number = person_number(context, &given);
    bool other_name = false, mismatch = false;
    json_t *person;
    if (home.unit == 0 && (home.dwelling != NULL || row_text(context, values, "since") != NULL))
        return row_wrong(context, plan, row, home.dwelling != NULL ? "dwelling" : "since", home.dwelling,
                         problem_new(PROBLEM_HOME_MISSING, NULL, NULL), report);
    bool before = is_said_before(context, row, &given, number, &home, &mismatch, report);
    int64_t known = by_number(context, number, given.name, &other_name);
    if (mismatch || other_name)
        return row_wrong(context, plan, row, "name", given.name, problem_new(PROBLEM_PERSON_MISMATCH, NULL, NULL),
                         report);
    if (before)
        return ROW_THERE;
    if (known != 0 && (!context->tried || plan->mapping->takes_changes))
        return known_person(context, plan, row, values, id, known, &given, report, out_commands);
    if (!context->tried && given.name != NULL && given.id_number == NULL &&
        likely_person(context, plan, row, &given, &home, report) == ROW_THERE)
        return ROW_THERE;
    g_autoptr(GArray) alike = those_alike(context, &given, number);
    if (number != NULL)
        note_alike(context, plan, row, &given, number, alike, report);
    *out_commands = json_pack("[o]", person_command(context, values, id, 0, &person));
    if (home.unit != 0)
        put_choice(context, plan, alike, person);
    else
        json_object_set_new(person, "is_new", json_true());
    return ROW_NEW;
}
