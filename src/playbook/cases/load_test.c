/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests: steps at given times, and the state expected after each. */
#include "playbook/cases/load_test.h"

#include "base/datetime.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "base/problem.h"
#include "playbook/cases/load_story.h"
#include "playbook/form/form.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/participant_set.h"

#include <string.h>

/* ---- matters by handle ---- */

/* The kind of a matter that effects or the clock have opened: "anomaly_report", "anomaly_report_2",
 * "daily_report.garden". */
static const struct kind *kind_of_handle(struct story *story, const char *handle)
{
    const struct playbook *playbook = story->loader->playbook;
    g_autofree char *name = g_strdup(handle);
    name[strcspn(name, ".")] = '\0';
    const struct kind *kind = playbook_find_kind(playbook, name);
    char *number = strrchr(name, '_');
    if (kind == NULL && number != NULL && number[1] != '\0' && strspn(number + 1, "0123456789") == strlen(number + 1)) {
        *number = '\0';
        kind = playbook_find_kind(playbook, name);
    }
    return kind;
}

/* The kind of the matter that `node` names, or of the last one; NULL when it is not known. */
static const struct kind *kind_of(struct story *story, const struct yaml_node *node)
{
    const char *handle = node != NULL && node->type == NODE_SCALAR ? node->text : story->last_matter;
    if (handle == NULL)
        return NULL;
    const struct kind *kind = g_hash_table_lookup(story->matters, handle);
    if (kind == NULL)
        kind = kind_of_handle(story, handle);
    if (kind == NULL && node != NULL)
        loader_report(story->loader, node, NULL, "no matter has been called %s", handle);
    return kind;
}

static void name_matter(struct story *story, const char *handle, const struct kind *kind)
{
    if (handle == NULL) {
        handle = kind->name;
        for (int i = 2; g_hash_table_contains(story->matters, handle); i++)
            handle = storage_format(story->loader->nodes, "%s_%d", kind->name, i);
    }
    g_hash_table_insert(story->matters, (gpointer)handle, (gpointer)kind);
    story->last_matter = handle;
}

/* ---- names within a kind ---- */

static void check_field_names(struct story *story, const struct form *form, const struct yaml_node *node)
{
    struct loader *loader = story->loader;
    for (size_t i = 0; node->type == NODE_MAPPING && i < node->count; i++) {
        const struct field *field = loader_resolve(loader, node->keys[i], names_of_fields(form));
        const struct yaml_node *value = node->items[i];
        if (field != NULL && field->lines != NULL)
            for (size_t j = 0; value->type == NODE_SEQUENCE && j < value->count; j++)
                check_field_names(story, field->lines, value->items[j]);
        if (field == NULL || value->type != NODE_SCALAR)
            continue;
        enum field_literal literal = field_types[field->type].literal;
        if (literal == LITERAL_UNIT)
            story_check_unit(story, value);
        else if (literal == LITERAL_PERSON)
            story_check_person(story, value);
        else if (literal == LITERAL_CODE && field->list != NULL && !loader_is_unresolved(loader, field->list))
            loader_resolve(loader, value, names_of_codes(field->list));
    }
}

static void check_expectation(struct story *story, const struct kind *kind, const struct yaml_node *node)
{
    const char *name = load_text(story->loader, node, "the name of an expectation");
    bool handover = (kind->handover.present && g_strcmp0(name, "accept_handover") == 0) ||
                    (kind->handover.decided && g_strcmp0(name, "assign_handover") == 0);
    for (size_t i = 0; i < kind->confirmation_count && name != NULL; i++)
        handover = handover || strcmp(kind->confirmations[i].name, name) == 0;
    if (name != NULL && !handover)
        loader_resolve_expect(story->loader, node, kind, name);
}

static void check_time(struct story *story, const struct yaml_node *node)
{
    int64_t us;
    const char *text = load_text(story->loader, node, "an instant");
    if (text != NULL && !datetime_parse(text, &us))
        loader_report(story->loader, node, NULL, "%s is not an instant such as '2020-02-03T08:00:00+08:00'", text);
}

/* ---- do ---- */

enum {
    DO_OPEN = 1,
    DO_ENTER = 2,
    DO_ROUND = 4,
    DO_CORRECT = 8,
    DO_EXCUSE = 16,
    DO_MIRROR = 32,
    DO_HOLD = 64,
    DO_SEE = 128,
    DO_MERGE = 256,
    DO_UNMERGE = 512,
    DO_CLAIM = 1024,
    DO_GIVE_BACK = 2048
};
#define DO_NAMED (DO_SEE | DO_MERGE | DO_UNMERGE) /* the verb names the matter */
static const struct {
    const char *word;
    unsigned bit;
} verbs[] = {{"open", DO_OPEN},     {"propose", DO_OPEN},       {"enter", DO_ENTER},
             {"round", DO_ROUND},   {"correct", DO_CORRECT},    {"excuse", DO_EXCUSE},
             {"mirror", DO_MIRROR}, {"hold", DO_HOLD},          {"release", DO_HOLD},
             {"see", DO_SEE},       {"merge", DO_MERGE},        {"unmerge", DO_UNMERGE},
             {"claim", DO_CLAIM},   {"give_back", DO_GIVE_BACK}};

static const struct key do_keys[] = {
    {"open", SHAPE_SCALAR, false, 0},          {"propose", SHAPE_SCALAR, false, 0},
    {"enter", SHAPE_SCALAR, false, 0},         {"round", SHAPE_SCALAR, false, 0},
    {"correct", SHAPE_SCALAR, false, 0},       {"excuse", SHAPE_SCALAR, false, 0},
    {"matter", SHAPE_SCALAR, false, 0},        {"unit", SHAPE_SCALAR, false, 0},
    {"subject", SHAPE_SCALAR, false, 0},       {"parent", SHAPE_SCALAR, false, 0},
    {"form", SHAPE_MAPPING, false, 0},         {"attempt", SHAPE_SCALAR, false, 0},
    {"rows", SHAPE_MAPPING, false, 0},         {"reason", SHAPE_SCALAR, false, 0},
    {"observed_at", SHAPE_SCALAR, false, 0},   {"mirror", SHAPE_SCALAR, false, 0},
    {"hold", SHAPE_SCALAR, false, 0},          {"release", SHAPE_SCALAR, false, 0},
    {"due", SHAPE_SCALAR, false, 0},           {"state", SHAPE_SCALAR, false, 0},
    {"closed", SHAPE_SCALAR, false, 0},        {"see", SHAPE_SCALAR, false, 0},
    {"participants", SHAPE_MAPPING, false, 0}, {"participant", SHAPE_SCALAR, false, 0},
    {"line", SHAPE_SCALAR, false, 0},          {"merge", SHAPE_SCALAR, false, 0},
    {"unmerge", SHAPE_SCALAR, false, 0},       {"into", SHAPE_SCALAR, false, 0},
    {"claim", SHAPE_SCALAR, false, 0},         {"give_back", SHAPE_SCALAR, false, 0},
    {"until", SHAPE_SCALAR, false, 0},
};

/* Which keys go with which verbs, and for which they are needed. */
static const struct {
    const char *key;
    unsigned with, needed;
} companions[] = {
    {"matter", ~(unsigned)DO_NAMED, 0},
    {"into", DO_MERGE, DO_MERGE},
    {"unit", DO_OPEN, DO_OPEN},
    {"subject", DO_OPEN, 0},
    {"parent", DO_OPEN, 0},
    {"form", DO_OPEN | DO_ENTER | DO_CORRECT, DO_CORRECT},
    {"attempt", DO_ENTER, 0},
    {"participants", DO_OPEN, 0},
    {"participant", DO_ENTER, 0},
    {"line", DO_ENTER, 0},
    {"rows", DO_ROUND, DO_ROUND},
    {"reason", DO_EXCUSE | DO_CORRECT | DO_MERGE | DO_UNMERGE, DO_EXCUSE},
    {"observed_at", DO_OPEN | DO_ENTER | DO_ROUND, 0},
    {"until", DO_CLAIM, 0},
    {"due", DO_MIRROR, 0},
    {"state", DO_MIRROR, 0},
    {"closed", DO_MIRROR, 0},
};

static void check_attempt(struct story *story, const struct entry_def *entry, const struct yaml_node *node)
{
    if (entry->attempts == NULL && !loader_is_unresolved(story->loader, &entry->attempts))
        loader_report(story->loader, node, NULL, "%s allows no attempts", entry->name);
    else if (entry->attempts != NULL && !loader_is_unresolved(story->loader, entry->attempts))
        loader_resolve(story->loader, node, names_of_codes(entry->attempts));
}

static void check_participant(struct story *story, const struct participant_set *set, const struct yaml_node *handle)
{
    if (set->persons)
        story_check_person(story, handle);
    else
        story_check_unit(story, handle);
}

static const struct key except_keys[] = {{"except", SHAPE_MAPPING, true, 0}};

/* {except: {unit: why it is left out}} */
static void check_except(struct story *story, const struct yaml_node *node)
{
    if (!LOAD_KEYS(story->loader, node, except_keys, NULL, "an audience"))
        return;
    const struct yaml_node *except = yaml_find(node, "except");
    for (size_t i = 0; except != NULL && except->type == NODE_MAPPING && i < except->count; i++)
        story_check_unit(story, except->keys[i]);
}

static void check_participants(struct story *story, const struct kind *kind, const struct yaml_node *node)
{
    for (size_t i = 0; node->type == NODE_MAPPING && i < node->count; i++) {
        const struct participant_set *set = loader_resolve(story->loader, node->keys[i], names_of_participants(kind));
        if (set != NULL && set->audience)
            check_except(story, node->items[i]);
        for (size_t j = 0; set != NULL && !set->audience && j < yaml_item_count(node->items[i]); j++)
            check_participant(story, set, yaml_item(node->items[i], j));
    }
}

static void check_open(struct story *story, const struct yaml_node *node, const struct yaml_node *verb)
{
    struct loader *loader = story->loader;
    const struct kind *kind = loader_resolve(loader, verb, names_of_kinds(loader));
    const struct yaml_node *unit = yaml_find(node, "unit"), *subject = yaml_find(node, "subject");
    const struct yaml_node *form = yaml_find(node, "form"), *parent = yaml_find(node, "parent");
    const struct yaml_node *handle = yaml_find(node, "matter");
    if (unit != NULL)
        story_check_unit(story, unit);
    if (subject != NULL && kind != NULL && kind->about == ABOUT_UNIT)
        story_check_unit(story, subject);
    else if (subject != NULL)
        story_check_person(story, subject);
    if (parent != NULL)
        kind_of(story, parent);
    if (kind == NULL)
        return;
    if (yaml_find(node, "propose") != NULL && kind->proposed == NULL)
        loader_report(loader, verb, NULL, "%s cannot be proposed: it lacks proposed_by", kind->name);
    if (form != NULL)
        check_field_names(story, &kind->form, form);
    if (yaml_find(node, "participants") != NULL)
        check_participants(story, kind, yaml_find(node, "participants"));
    name_matter(story, handle != NULL && handle->type == NODE_SCALAR ? handle->text : NULL, kind);
}

static const struct key row_keys[] = {
    {"form", SHAPE_MAPPING, false, 0},
    {"attempt", SHAPE_SCALAR, false, 0},
};

static void check_rows(struct story *story, const struct entry_def *entry, const struct yaml_node *node)
{
    for (size_t i = 0; node->type == NODE_MAPPING && i < node->count; i++) {
        const struct yaml_node *row = node->items[i];
        story_check_person(story, node->keys[i]);
        if (!LOAD_KEYS(story->loader, row, row_keys, NULL, "a row"))
            continue;
        if (yaml_find(row, "form") != NULL)
            check_field_names(story, &entry->form, yaml_find(row, "form"));
        if (yaml_find(row, "attempt") != NULL)
            check_attempt(story, entry, yaml_find(row, "attempt"));
    }
}

static void check_enter(struct story *story, const struct yaml_node *node, const struct yaml_node *verb, unsigned bit)
{
    const struct yaml_node *handle = yaml_find(node, "matter");
    const struct kind *kind = kind_of(story, handle);
    if (handle != NULL && handle->type == NODE_SCALAR)
        story->last_matter = handle->text;
    if (kind == NULL)
        return;
    if (bit == DO_MIRROR) {
        if (!kind->external.present)
            loader_report(story->loader, verb, NULL, "%s has no external number", kind->name);
        return;
    }
    if (bit == DO_HOLD)
        return;
    if ((bit & (DO_EXCUSE | DO_CLAIM | DO_GIVE_BACK)) != 0) {
        check_expectation(story, kind, verb);
        return;
    }
    const struct entry_def *entry = loader_resolve(story->loader, verb, names_of_entries(kind));
    if (entry == NULL)
        return;
    if (bit == DO_ROUND && !entry->round_household)
        loader_report(story->loader, verb, NULL, "%s is not entered in rounds", entry->name);
    if (yaml_find(node, "form") != NULL)
        check_field_names(story, &entry->form, yaml_find(node, "form"));
    if (yaml_find(node, "rows") != NULL)
        check_rows(story, entry, yaml_find(node, "rows"));
    if (yaml_find(node, "attempt") != NULL)
        check_attempt(story, entry, yaml_find(node, "attempt"));
}

static json_t *read_do(struct story *story, const struct yaml_node *node)
{
    struct loader *loader = story->loader;
    const struct yaml_node *verb = NULL;
    unsigned bit = 0;
    if (!LOAD_KEYS(loader, node, do_keys, NULL, "do"))
        return json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        const struct yaml_node *found = yaml_find(node, verbs[i].word);
        if (found != NULL && verb != NULL)
            loader_report(loader, yaml_find_key(node, verbs[i].word), NULL, "a step does one thing");
        else if (found != NULL) {
            verb = found;
            bit = verbs[i].bit;
        }
    }
    if (verb == NULL) {
        loader_report(loader, node, NULL,
                      "do is one of open, propose, enter, round, correct, excuse, mirror, hold, release, see, merge, "
                      "unmerge, claim, give_back");
        return json_object();
    }
    for (size_t i = 0; i < G_N_ELEMENTS(companions); i++) {
        const struct yaml_node *key = yaml_find_key(node, companions[i].key);
        if (key != NULL && (companions[i].with & bit) == 0)
            loader_report(loader, key, NULL, "%s means nothing here", companions[i].key);
        if (key == NULL && (companions[i].needed & bit) != 0)
            loader_report(loader, node, NULL, "the step lacks %s", companions[i].key);
    }
    static const char *const times[] = {"observed_at", "due", "closed", "until"};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        if (yaml_find(node, times[i]) != NULL)
            check_time(story, yaml_find(node, times[i]));
    const struct yaml_node *line = yaml_find(node, "line");
    if (line != NULL && !g_ascii_string_to_signed(line->text, 10, 1, LIMIT_LINES, NULL, NULL))
        loader_report(loader, line, NULL, "a line is a number from 1 to %d", LIMIT_LINES);
    if (bit == DO_OPEN)
        check_open(story, node, verb);
    else if ((bit & DO_NAMED) != 0 && kind_of(story, verb) != NULL)
        story->last_matter = verb->text;
    else if ((bit & DO_NAMED) == 0)
        check_enter(story, node, verb, bit);
    if (yaml_find(node, "into") != NULL)
        kind_of(story, yaml_find(node, "into"));
    return story_json(node);
}

/* ---- expect ---- */

/* The form of a key's value, what its names are, and its JSON. */
enum wanted_sort {
    WANT_TEXT,
    WANT_MATTER,
    WANT_REFUSED,
    WANT_STATE,
    WANT_BOOL,
    WANT_INSTANT,
    WANT_NAMES,        /* list of texts */
    WANT_EXPECTATIONS, /* list of names */
    WANT_COUNTS,       /* expectation: number */
    WANT_PERSON,       /* expectation: handle */
    WANT_PERSONS,      /* expectation: list of handles */
    WANT_TIME,         /* expectation: instant */
    WANT_FORM,
    WANT_FIGURES,
    WANT_RECORD, /* KIND.NAME.OUTCOME: number */
    WANT_DOCUMENT,
    WANT_INDICATORS, /* NAME@UNIT: text */
    WANT_TODO,       /* handle: list of names */
    WANT_STATES,     /* handle: state */
    WANT_SHOWN,      /* handle: list of fields */
    WANT_KNOWN,      /* handle: list of concepts */
    WANT_POSTS,      /* handle: list of ROLE@UNIT */
    WANT_UNITS,      /* handle: open or closed */
};
static const struct {
    const char *key;
    enum wanted_sort wanted;
} wants[] = {
    {"matter", WANT_MATTER},
    {"refused", WANT_REFUSED},
    {"say", WANT_TEXT},
    {"state", WANT_STATE},
    {"closed", WANT_BOOL},
    {"erased", WANT_BOOL},
    {"erase_at", WANT_INSTANT},
    {"held", WANT_NAMES},
    {"expects", WANT_EXPECTATIONS},
    {"overdue", WANT_EXPECTATIONS},
    {"paused", WANT_EXPECTATIONS},
    {"warned", WANT_EXPECTATIONS},
    {"phone_list", WANT_EXPECTATIONS},
    {"alerted", WANT_COUNTS},
    {"met", WANT_COUNTS},
    {"late", WANT_COUNTS},
    {"missed", WANT_COUNTS},
    {"excused", WANT_COUNTS},
    {"withdrawn", WANT_COUNTS},
    {"superseded", WANT_COUNTS},
    {"tried", WANT_COUNTS},
    {"no_show", WANT_COUNTS},
    {"reopened", WANT_COUNTS},
    {"extended", WANT_COUNTS},
    {"answers", WANT_PERSON},
    {"claimed", WANT_PERSON},
    {"escalated", WANT_PERSONS},
    {"due", WANT_TIME},
    {"ours", WANT_TIME},
    {"conflict", WANT_TEXT},
    {"form", WANT_FORM},
    {"figures", WANT_FIGURES},
    {"duty_record", WANT_RECORD},
    {"evidence", WANT_NAMES},
    {"document", WANT_DOCUMENT},
    {"indicators", WANT_INDICATORS},
    {"todo", WANT_TODO},
    {"participants", WANT_STATES},
    {"seen", WANT_NAMES},
    {"left_out", WANT_STATES},
    {"shown", WANT_SHOWN},
    {"entries", WANT_TODO},
    {"known", WANT_KNOWN},
    {"merged_into", WANT_TEXT},
    {"posts", WANT_POSTS},
    {"units", WANT_UNITS},
    {"shared", WANT_KNOWN},
};

static void check_problem(struct story *story, const struct yaml_node *node)
{
    const char *names[PROBLEM_COUNT];
    for (int i = 0; i < PROBLEM_COUNT; i++)
        names[i] = problem_texts[i].name;
    const char *name = load_text(story->loader, node, "the code of a problem");
    for (int i = 0; i < PROBLEM_COUNT && name != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return;
    if (name != NULL)
        loader_report(story->loader, node, nearest_name(name, names, PROBLEM_COUNT), "there is no problem %s", name);
}

static json_t *read_number(struct story *story, const struct yaml_node *node)
{
    const char *text = load_text(story->loader, node, "a count");
    gint64 number = 0;
    if (text != NULL && !g_ascii_string_to_signed(text, 10, 0, G_MAXINT32, &number, NULL))
        loader_report(story->loader, node, NULL, "%s is not a count", text);
    return json_integer(number);
}

/* "answered_in_time@garden" */
static void check_indicator(struct story *story, const struct yaml_node *node)
{
    g_auto(GStrv) parts = g_strsplit(node->text, "@", 2);
    if (parts[0] == NULL || parts[1] == NULL)
        loader_report(story->loader, node, NULL, "NAME@UNIT is needed here");
    else if (playbook_find_indicator(story->loader->playbook, parts[0]) == NULL)
        loader_report(story->loader, node, NULL, "there is no indicator %s", parts[0]);
    else {
        struct yaml_node unit = *node;
        unit.text = parts[1];
        story_check_unit(story, &unit);
    }
}

/* KIND.NAME.OUTCOME, as a record of duty has it. */
static void check_recorded(struct story *story, const struct yaml_node *node)
{
    g_auto(GStrv) parts = g_strsplit(node->text, ".", 3);
    const struct playbook *playbook = story->loader->playbook;
    if (g_strv_length(parts) != 3)
        loader_report(story->loader, node, NULL, "KIND.NAME.OUTCOME is needed here, such as check.look.met");
    else
        loader_resolve_text(story->loader, node, parts[0],
                            (struct names){"kind", playbook->kinds, playbook->kind_count, sizeof *playbook->kinds});
}

/* "doctor@hospital", or "doctor@-" */
static void check_post(struct story *story, const struct yaml_node *node)
{
    struct loader *loader = story->loader;
    g_auto(GStrv) parts = g_strsplit(node->type == NODE_SCALAR ? node->text : "", "@", 2);
    if (parts[0] == NULL || parts[1] == NULL) {
        loader_report(loader, node, NULL, "ROLE@UNIT is needed here");
        return;
    }
    loader_resolve_text(loader, node, parts[0], names_of_roles(loader));
    struct yaml_node unit = *node;
    unit.text = parts[1];
    if (strcmp(parts[1], "-") != 0)
        story_check_unit(story, &unit);
}

static void check_unit_state(struct story *story, const struct yaml_node *key, const struct yaml_node *value)
{
    static const char *const words[] = {"open", "closed"};
    story_check_unit(story, key);
    if (load_text(story->loader, value, "open or closed") != NULL)
        load_word(story->loader, value, "a unit", words, G_N_ELEMENTS(words));
}

static json_t *read_names(struct story *story, const struct yaml_node *node)
{
    for (size_t i = 0; i < yaml_item_count(node); i++)
        load_text(story->loader, yaml_item(node, i), "the value");
    return story_json_list(node);
}

/* One pair of a mapping: `expectation: …`, `handle: …` or `figure: …`. */
static json_t *read_pair(struct story *story, const struct kind *kind, enum wanted_sort wanted,
                         const struct yaml_node *key, const struct yaml_node *value)
{
    struct loader *loader = story->loader;
    if (wanted == WANT_FIGURES && kind != NULL)
        loader_resolve(loader, key, NAMES("figure", kind->figures, kind->figure_count));
    else if (wanted == WANT_INDICATORS)
        check_indicator(story, key);
    else if (wanted == WANT_TODO || wanted == WANT_SHOWN || wanted == WANT_KNOWN || wanted == WANT_POSTS)
        story_check_person(story, key);
    else if (wanted == WANT_RECORD)
        check_recorded(story, key);
    else if (wanted == WANT_UNITS)
        check_unit_state(story, key, value);
    else if (kind != NULL && wanted != WANT_STATES)
        check_expectation(story, kind, key);
    if (wanted == WANT_INDICATORS || wanted == WANT_STATES)
        load_text(loader, value, "the value");
    if (wanted == WANT_COUNTS || wanted == WANT_FIGURES || wanted == WANT_RECORD)
        return read_number(story, value);
    if (wanted == WANT_TIME)
        check_time(story, value);
    if (wanted == WANT_PERSON)
        story_check_person(story, value);
    for (size_t i = 0; wanted == WANT_SHOWN && kind != NULL && i < yaml_item_count(value); i++)
        loader_resolve(loader, yaml_item(value, i), names_of_fields(&kind->form));
    for (size_t i = 0; wanted == WANT_PERSONS && i < yaml_item_count(value); i++)
        story_check_person(story, yaml_item(value, i));
    for (size_t i = 0; wanted == WANT_POSTS && i < yaml_item_count(value); i++)
        check_post(story, yaml_item(value, i));
    if (wanted == WANT_TODO || wanted == WANT_KNOWN)
        return read_names(story, value);
    bool list = wanted == WANT_PERSONS || wanted == WANT_SHOWN || wanted == WANT_POSTS;
    return list ? story_json_list(value) : story_json(value);
}

static json_t *read_pairs(struct story *story, const struct kind *kind, enum wanted_sort wanted, const char *what,
                          const struct yaml_node *node)
{
    json_t *json = json_object();
    if (node->type != NODE_MAPPING)
        loader_report(story->loader, node, NULL, "%s has to be a mapping", what);
    for (size_t i = 0; node->type == NODE_MAPPING && i < node->count; i++)
        json_object_set_new(json, node->keys[i]->text, read_pair(story, kind, wanted, node->keys[i], node->items[i]));
    return json;
}

static json_t *read_wanted(struct story *story, const struct kind *kind, size_t want, const struct yaml_node *node)
{
    struct loader *loader = story->loader;
    bool truth = false;
    switch (wants[want].wanted) {
    case WANT_TEXT:
    case WANT_MATTER:
        load_text(loader, node, wants[want].key);
        return story_json(node);
    case WANT_REFUSED:
        check_problem(story, node);
        return story_json(node);
    case WANT_STATE:
        if (kind != NULL)
            loader_resolve(loader, node, names_of_states(kind));
        return story_json(node);
    case WANT_BOOL:
        load_bool(loader, node, &truth);
        return json_boolean(truth);
    case WANT_INSTANT:
        check_time(story, node);
        return story_json(node);
    case WANT_NAMES:
        return read_names(story, node);
    case WANT_EXPECTATIONS:
        for (size_t i = 0; kind != NULL && i < yaml_item_count(node); i++)
            check_expectation(story, kind, yaml_item(node, i));
        return story_json_list(node);
    case WANT_FORM:
        if (node->type != NODE_MAPPING)
            loader_report(loader, node, NULL, "form is a mapping of fields to values");
        if (kind != NULL)
            check_field_names(story, &kind->form, node);
        return story_json(node);
    case WANT_DOCUMENT:
        loader_resolve(loader, node, names_of_documents(loader));
        return story_json(node);
    case WANT_COUNTS:
    case WANT_PERSON:
    case WANT_PERSONS:
    case WANT_TIME:
    case WANT_FIGURES:
    case WANT_RECORD:
    case WANT_INDICATORS:
    case WANT_TODO:
    case WANT_STATES:
    case WANT_SHOWN:
    case WANT_KNOWN:
    case WANT_POSTS:
    case WANT_UNITS:
        return read_pairs(story, kind, wants[want].wanted, wants[want].key, node);
    }
    g_assert_not_reached();
}

static json_t *read_expectation(struct story *story, const struct yaml_node *node)
{
    struct key keys[G_N_ELEMENTS(wants)];
    for (size_t i = 0; i < G_N_ELEMENTS(wants); i++)
        keys[i] = (struct key){wants[i].key, SHAPE_NODE, false, 0};
    json_t *json = json_object();
    if (!load_keys(story->loader, node, keys, G_N_ELEMENTS(keys), NULL, "expect"))
        return json;
    const struct kind *kind = kind_of(story, yaml_find(node, "matter"));
    for (size_t i = 0; i < G_N_ELEMENTS(wants); i++) {
        const struct yaml_node *value = yaml_find(node, wants[i].key);
        if (value != NULL && value->type != NODE_REFUSED)
            json_object_set_new(json, wants[i].key, read_wanted(story, kind, i, value));
    }
    return json;
}

/* ---- steps ---- */

static const struct key step_keys[] = {
    {"at", SHAPE_SCALAR, true, 0},
    {"as", SHAPE_SCALAR, false, 0},
    {"do", SHAPE_MAPPING, false, 0},
    {"expect", SHAPE_NODE, false, 0},
};

static void read_step_time(struct story *story, const struct yaml_node *node)
{
    struct loader *loader = story->loader;
    const char *text = load_text(loader, node, "at");
    int64_t us;
    if (text == NULL)
        return;
    if (*text == '+') {
        if (!duration_parse(text + 1, &us))
            loader_report(loader, node, NULL, "%s is not a step in time such as +30min", text);
        else if (!story->started)
            loader_report(loader, node, NULL, "the first step needs an instant such as '2020-02-03T08:00:00+08:00'");
        else
            story->now_us += us;
    } else if (!datetime_parse(text, &us)) {
        loader_report(loader, node, NULL, "%s is neither an instant such as '2020-02-03T08:00:00+08:00' nor +30min",
                      text);
    } else {
        if (story->started && us < story->now_us)
            loader_report(loader, node, NULL, "steps are in the order of time: the step before is later");
        story->now_us = us;
    }
    story->started = true;
}

static json_t *read_step(struct story *story, const struct yaml_node *node)
{
    struct loader *loader = story->loader;
    json_t *json = json_pack("{si}", "line", node->line);
    if (!LOAD_KEYS(loader, node, step_keys, NULL, "a step"))
        return json;
    const struct yaml_node *at = yaml_find(node, "at"), *as = yaml_find(node, "as");
    const struct yaml_node *act = yaml_find(node, "do"), *expect = yaml_find(node, "expect");
    if (at != NULL)
        read_step_time(story, at);
    if (as != NULL)
        story_check_person(story, as);
    if ((as == NULL) != (act == NULL))
        loader_report(loader, node, NULL,
                      act != NULL ? "the step lacks `as`: the person who does it" : "the step lacks `do`");
    if (act == NULL && expect == NULL)
        loader_report(loader, node, NULL, "the step does and expects nothing");
    if (at != NULL)
        json_object_set_new(json, "at", story_json(at));
    if (as != NULL)
        json_object_set_new(json, "as", story_json(as));
    if (act != NULL && act->type == NODE_MAPPING)
        json_object_set_new(json, "do", read_do(story, act));
    json_t *expects = json_array();
    for (size_t i = 0; i < yaml_item_count(expect); i++)
        json_array_append_new(expects, read_expectation(story, yaml_item(expect, i)));
    json_object_set_new(json, "expect", expects);
    return json;
}

/* ---- worlds and tests ---- */

static const struct key world_keys[] = {
    {"world", SHAPE_SCALAR, true, 0},
    {"units", SHAPE_NODE, true, 0},
    {"people", SHAPE_NODE, false, 0},
    {"households", SHAPE_NODE, false, 0},
};
static const struct key test_keys[] = {
    {"test", SHAPE_SCALAR, true, 0},  {"world", SHAPE_SCALAR, false, 0},    {"units", SHAPE_NODE, false, 0},
    {"people", SHAPE_NODE, false, 0}, {"households", SHAPE_NODE, false, 0}, {"steps", SHAPE_NODE, true, 0},
};

static void start_story(struct story *story, struct loader *loader, const struct yaml_node *root)
{
    *story = (struct story){.loader = loader};
    story->json =
        json_pack("{ss? ss si so so so so}", "test", root->items[0]->type == NODE_SCALAR ? root->items[0]->text : NULL,
                  "file", root->file, "line", root->line, "units", json_object(), "people", json_object(), "households",
                  json_array(), "steps", json_array());
    story->units = json_object_get(story->json, "units");
    story->people = json_object_get(story->json, "people");
    story->matters = g_hash_table_new(g_str_hash, g_str_equal);
}

static void read_world(struct loader *loader, const struct yaml_node *root, json_t *worlds)
{
    struct story story;
    start_story(&story, loader, root);
    LOAD_KEYS(loader, root, world_keys, NULL, "world");
    const char *name = load_text(loader, root->items[0], "the name of a world");
    story_read_setup(&story, root);
    if (name != NULL && json_object_get(worlds, name) != NULL)
        loader_report(loader, root->items[0], NULL, "there are two worlds %s", name);
    else if (name != NULL)
        json_object_set(worlds, name, story.json);
    json_decref(story.json);
    g_hash_table_unref(story.matters);
}

static void take_world(struct story *story, const struct yaml_node *node, json_t *worlds)
{
    const json_t *world = json_object_get(worlds, node->text);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *name;
    json_t *value;
    json_object_foreach(worlds, name, value) g_ptr_array_add(names, (gpointer)name);
    g_autofree char *full = g_strdup_printf("world %s", node->text);
    if (world == NULL && !g_hash_table_contains(story->loader->truncated, full))
        loader_report(story->loader, node, nearest_name(node->text, (const char *const *)names->pdata, names->len),
                      "there is no world %s", node->text);
    story->lost = world == NULL;
    if (story->lost)
        return;
    json_object_update(story->units, json_object_get(world, "units"));
    json_object_update(story->people, json_object_get(world, "people"));
    json_array_extend(json_object_get(story->json, "households"), json_object_get(world, "households"));
}

static void read_test(struct loader *loader, const struct yaml_node *root, json_t *worlds)
{
    struct story story;
    start_story(&story, loader, root);
    LOAD_KEYS(loader, root, test_keys, NULL, "test");
    load_text(loader, root->items[0], "the name of a test");
    const struct yaml_node *world = yaml_find(root, "world"), *steps = yaml_find(root, "steps");
    if (world != NULL && world->type == NODE_SCALAR)
        take_world(&story, world, worlds);
    story_read_setup(&story, root);
    if (json_object_size(story.units) == 0 && world == NULL)
        loader_report(loader, root, NULL, "the test has no units: it lacks world or units");
    if (steps != NULL && steps->type != NODE_SEQUENCE)
        loader_report(loader, steps, NULL, "steps is a list: - {at: …, as: …, do: …, expect: …}");
    for (size_t i = 0; steps != NULL && steps->type == NODE_SEQUENCE && i < steps->count; i++)
        json_array_append_new(json_object_get(story.json, "steps"), read_step(&story, steps->items[i]));
    json_array_append_new(loader->playbook->tests, story.json);
    g_hash_table_unref(story.matters);
}

void load_tests(struct loader *loader)
{
    g_autoptr(json_t) worlds = json_object();
    GPtrArray *worlds_read = loader->roots[PART_WORLD], *tests = loader->roots[PART_TEST];
    loader->playbook->tests = json_array();
    for (guint i = 0; i < worlds_read->len; i++)
        read_world(loader, g_ptr_array_index(worlds_read, i), worlds);
    for (guint i = 0; i < tests->len; i++)
        read_test(loader, g_ptr_array_index(tests, i), worlds);
}
