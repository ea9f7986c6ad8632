/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/read.h"

#include "base/limits.h"
#include "base/nearest.h"
#include "matter/draft/actor_sight.h"
#include "matter/draft/merge.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/exclusion.h"
#include "matter/view/scope.h"
#include "playbook/form/form.h"

#include <string.h>

struct entering entering_of(const struct decision *decision)
{
    return (struct entering){
        .observed_us = decision->command->observed_us, .person = decision->command->person, .event = "entered"};
}

/* ---- whether it may be made ---- */

const struct entry_def *enter_find(struct draft *draft, const char *name)
{
    const struct kind *kind = draft->view.kind;
    const struct entry_def *entry = kind_find_entry(kind, name);
    if (entry != NULL)
        return entry;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < kind->entry_count; i++)
        g_ptr_array_add(names, kind->entries[i].name);
    const char *nearest = nearest_name(name, (const char *const *)names->pdata, names->len);
    decision_refuse(draft->decision, PROBLEM_UNKNOWN_ENTRY_KIND, "entry", kind->name, nearest != NULL ? nearest : "");
    return NULL;
}

bool enter_must_fit_state(struct draft *draft, const struct entry_def *entry)
{
    if (entry_fits_state(entry, draft->view.state))
        return true;
    if (draft->view.matter.closed_us != 0)
        return decision_refuse(draft->decision, PROBLEM_MATTER_CLOSED, NULL);
    GString *states = g_string_new(NULL);
    for (size_t i = 0; i < draft->view.kind->state_count; i++)
        if (entry_fits_state(entry, &draft->view.kind->states[i]))
            g_string_append_printf(states, "%s%s", states->len > 0 ? ", " : "", draft->view.kind->states[i].name);
    g_autofree char *allowed = g_string_free(states, FALSE);
    return decision_refuse(draft->decision, PROBLEM_WRONG_STATE, NULL, draft->view.state->name, allowed,
                           draft->view.kind->name);
}

bool enter_is_same(const struct decision *decision, int64_t person, int64_t post)
{
    const struct command *command = decision->command;
    return command->person != 0 && (person == command->person ||
                                    registry_is_lent_by(decision->rows, decision->post, person, decision->now_us) ||
                                    registry_is_lent_by(decision->rows, post, command->person, decision->now_us));
}

/* Of a fact it is not known by which post it was: any that the person has at the unit. */
static bool is_same_anywhere(const struct draft *draft, int64_t person)
{
    const struct decision *decision = draft->decision;
    bool same = enter_is_same(decision, person, 0);
    g_autoptr(GArray) posts = registry_posts_of(decision->rows, person, decision->now_us);
    for (guint i = 0; i < posts->len && !same; i++) {
        int64_t post = g_array_index(posts, struct post, i).id;
        same = registry_is_lent_by(decision->rows, post, decision->command->person, decision->now_us) &&
               registry_acting_post(decision->rows, person, post, NULL, draft->view.matter.unit, decision->now_us) != 0;
    }
    return same;
}

/* Nobody decides on themselves. */
static bool is_about_actor(const struct draft *draft)
{
    return draft->view.kind->about == ABOUT_PERSON && is_same_anywhere(draft, draft->view.matter.subject);
}

static bool must_be_another(struct draft *draft, const struct entry_def *entry, const struct entry_def *but)
{
    const struct matter *matter = &draft->view.matter;
    if (draft->decision->command->origin != ORIGIN_DOOR)
        return true;
    bool same = entry->unless_opener && enter_is_same(draft->decision, matter->opener_person, matter->opener_post);
    g_autoptr(GArray) actors = g_array_new(FALSE, FALSE, sizeof(int64_t));
    exclusion_add_actors(draft, entry, but, actors);
    for (guint i = 0; i < actors->len && !same; i++)
        same = is_same_anywhere(draft, g_array_index(actors, int64_t, i));
    if (!same && entry->as == NULL && is_about_actor(draft))
        same = !exclusion_spares_subject(draft, entry);
    return !same || decision_refuse(draft->decision, PROBLEM_SAME_PERSON_REFUSED, NULL);
}

/* Some entries need another person than the one who proposed, opened or objected. */
bool enter_must_be_another(struct draft *draft, const struct entry_def *entry)
{
    return must_be_another(draft, entry, NULL);
}

bool enter_must_still_be_another(struct draft *draft, const struct entry_def *entry)
{
    return must_be_another(draft, entry, entry);
}

/* NULL: it is not waited for of the participant any more. */
static const struct expectation *awaited(const struct draft *draft, const struct entry_def *entry, int64_t participant)
{
    for (guint i = 0; i < draft->view.open->len; i++) {
        const struct expectation *expectation = &g_array_index(draft->view.open, struct expectation, i);
        if (expectation->def->entry == entry && expectation->participant == participant)
            return expectation;
    }
    return NULL;
}

bool enter_must_be_unread(struct draft *draft, const struct entry_def *entry, int64_t participant)
{
    if (entry->sealed_by == NULL || !actor_needs_right(draft->decision))
        return true;
    const struct expectation *own = awaited(draft, entry, participant);
    bool other_entered = awaited(draft, entry->sealed_by->entry, participant) == NULL;
    if (own != NULL && (own->when.due_us >= draft->decision->now_us || !other_entered))
        return true;
    return decision_refuse(draft->decision, PROBLEM_ALREADY_ENDED, NULL);
}

bool enter_may(struct draft *draft, const struct entry_def *entry, int64_t version)
{
    return decision_act_by(draft->decision, actor_may_enter(draft, entry)) && merge_must_not_be(draft) &&
           draft_must_be_current(draft, version) && enter_must_fit_state(draft, entry) &&
           enter_must_be_another(draft, entry);
}

/* ---- what is given ---- */

struct looking { /* where values are looked up */
    const struct decision *decision;
    int64_t matter; /* 0: it is not there yet */
};

static bool find_unit(void *context, const char *text, int64_t *out_id)
{
    const struct decision *decision = ((const struct looking *)context)->decision;
    return registry_unit_by_text(decision->rows, text, decision->command->observed_us, out_id);
}

static bool is_person(const struct decision *decision, const char *text, int64_t *out_id)
{
    *out_id = decision_inner_id(decision, VAULT_ID_PERSON, text);
    return registry_may_mention(decision, *out_id);
}

static bool find_person(void *context, const char *text, int64_t *out_id)
{
    return is_person(((const struct looking *)context)->decision, text, out_id);
}

static bool find_matter(void *context, const struct uuid *uuid, const char *kind, char out_state[48])
{
    const struct decision *decision = ((const struct looking *)context)->decision;
    struct matter matter;
    if (!matter_get_by_uuid(decision->rows, uuid, &matter) || matter.erased || !actor_sees(decision, &matter) ||
        (kind != NULL && strcmp(matter.kind, kind) != 0))
        return false;
    memcpy(out_state, matter.state, sizeof matter.state);
    return true;
}

/* A file that no entry has named within a day is deleted. */
static bool find_file(void *context, const char *hash, char type[40], int64_t *out_bytes)
{
    const struct looking *looking = context;
    struct attachment attachment;
    if (!matter_attachment(looking->decision->rows, looking->matter, hash, &attachment) ||
        (!attachment.named && looking->decision->now_us - attachment.at_us >= LIMIT_ATTACHMENT_ORPHAN_US))
        return false;
    g_strlcpy(type, attachment.type, 40);
    *out_bytes = attachment.bytes;
    return true;
}

static json_t *datetime_or_null(int64_t us)
{
    return us == 0 || us == NEVER_US ? NULL : value_to_json((struct value){.type = VALUE_DATETIME, .us = us});
}

static json_t *entry_said(const struct decision *decision, const struct matter *matter, int64_t number)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(decision->rows, "SELECT kind, observed_us, attempt FROM entry WHERE matter = ?1 AND number = ?2", "ii",
                 matter->id, number);
    if (!cursor_next(&cursor))
        return NULL;
    return json_pack("{s:s, s:s, s:o*, s:s*}", "kind", matter->kind, "name", cursor_text(&cursor, 0), "at",
                     datetime_or_null(cursor_integer(&cursor, 1)), "outcome", cursor_text(&cursor, 2));
}

static json_t *expectation_said(const struct decision *decision, const struct matter *matter, int64_t number)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(decision->rows,
                 "SELECT name, due_us, outcome, ended_us FROM expectation_past WHERE matter = ?1 AND number "
                 "= ?2 UNION ALL SELECT name, due_us, 0, 0 FROM expectation WHERE matter = ?1 AND number = "
                 "?2",
                 "ii", matter->id, number);
    if (!cursor_next(&cursor))
        return NULL;
    return json_pack("{s:s, s:s, s:o*, s:o*, s:s}", "kind", matter->kind, "name", cursor_text(&cursor, 0), "at",
                     datetime_or_null(cursor_integer(&cursor, 3)), "due", datetime_or_null(cursor_integer(&cursor, 1)),
                     "outcome", outcome_names[cursor_integer(&cursor, 2)]);
}

/* Due and done times only: text stays where it can be erased. */
static json_t *find_ref(void *context, const struct uuid *uuid, bool entry, int64_t number)
{
    const struct decision *decision = ((const struct looking *)context)->decision;
    struct matter matter;
    if (!matter_get_by_uuid(decision->rows, uuid, &matter) || matter.erased || !actor_sees(decision, &matter))
        return NULL;
    return entry ? entry_said(decision, &matter, number) : expectation_said(decision, &matter, number);
}

json_t *enter_check_form(struct decision *decision, const struct matter_view *view, const struct form *form,
                         const json_t *given, const char *attempt, const struct expr_scope *scope, bool partial,
                         const char *path)
{
    struct looking looking = {decision, view->matter.id};
    struct form_context context = {
        .now_us = decision->now_us,
        .zone = view->playbook->zone,
        .playbook = view->playbook,
        .attempt = attempt,
        .partial = partial,
        .find_unit = find_unit,
        .find_person = find_person,
        .find_matter = find_matter,
        .find_file = find_file,
        .find_ref = find_ref,
        .context = &looking,
        .scope = scope,
    };
    struct problem *problem = NULL;
    g_autoptr(json_t) nothing = given == NULL ? json_object() : NULL;
    json_t *stored = form_check(form, given != NULL ? given : nothing, &context, &problem);
    if (stored != NULL)
        return stored;
    problem_prefix(problem, path);
    decision_refuse_with(decision, problem);
    return NULL;
}

static bool read_attempt(struct draft *draft, const json_t *given, struct entering *out)
{
    const json_t *attempt = json_object_get(given, "attempt");
    if (attempt == NULL || json_is_null(attempt))
        return true;
    if (!json_is_string(attempt))
        return decision_refuse(draft->decision, PROBLEM_WRONG_TYPE, "attempt", "text");
    const struct code_list *list = out->entry->attempts;
    out->attempt = json_string_value(attempt);
    if (list != NULL && code_list_find(list, out->attempt) != NULL)
        return true;
    GString *allowed = g_string_new(NULL);
    for (size_t i = 0; list != NULL && i < list->code_count; i++)
        g_string_append_printf(allowed, "%s%s", i > 0 ? ", " : "", list->codes[i].code);
    g_autofree char *text = g_string_free(allowed, FALSE);
    return decision_refuse(draft->decision, PROBLEM_UNKNOWN_ATTEMPT, "attempt", text);
}

/* One of a few words (L18); out stays NULL when absent. */
static bool read_word(struct decision *decision, const json_t *given, const char *member, const char *const *words,
                      const char **out)
{
    const json_t *value = json_object_get(given, member);
    if (value == NULL || json_is_null(value))
        return true;
    if (json_is_string(value) && g_strv_contains(words, json_string_value(value))) {
        *out = json_string_value(value);
        return true;
    }
    g_autofree char *allowed = g_strjoinv(", ", (char **)words);
    return decision_refuse(decision, PROBLEM_NOT_IN_LIST, member, member, allowed);
}

bool enter_read_words(struct decision *decision, const json_t *given, struct entering *out)
{
    static const char *const words_of[] = {"self", "relative", "staff", NULL};
    static const char *const channels[] = {"door", "phone", "wechat", "paper", "link", "device", NULL};
    static const char *const of_posts[] = {"door", "phone", "wechat", "paper", "device", NULL};
    bool staff =
        decision->post != 0 && decision->command->origin != ORIGIN_LETTER; /* only residents' links say "link" */
    bool right = read_word(decision, given, "word_of", words_of, &out->word_of);
    return read_word(decision, given, "channel", staff ? of_posts : channels, &out->channel) && right;
}

/* The household of the subject may be named where the subject may. */
static bool is_relative_or_known(const struct draft *draft, const char *text, int64_t *out_id)
{
    struct db *rows = draft->decision->rows;
    int64_t now_us = draft->decision->now_us, household;
    if (is_person(draft->decision, text, out_id))
        return true;
    household = draft->view.kind->about == ABOUT_PERSON && !draft->view.matter.named_only
                    ? registry_household(rows, draft->view.matter.subject, now_us)
                    : 0;
    *out_id = decision_inner_id(draft->decision, VAULT_ID_PERSON, text);
    return household != 0 && registry_household(rows, *out_id, now_us) == household;
}

static bool read_proxy(struct draft *draft, const json_t *given, struct entering *out)
{
    const json_t *value = json_object_get(given, "proxy");
    if (value == NULL || json_is_null(value))
        return true;
    if (!json_is_string(value) || !is_relative_or_known(draft, json_string_value(value), &out->proxy))
        return decision_refuse(draft->decision, PROBLEM_UNKNOWN_PERSON, "proxy");
    return true;
}

static bool read_fields(struct draft *draft, const json_t *given, struct entering *out, json_t **out_fields)
{
    const json_t *fields = json_object_get(given, "fields");
    if (fields != NULL && !json_is_null(fields) && !json_is_object(fields))
        return decision_refuse(draft->decision, PROBLEM_WRONG_TYPE, "fields", "object");
    struct scope scope;
    scope_init(&scope, &draft->view, NULL, NULL, out->attempt, out->observed_us);
    scope_of(&scope, out->participant, out->entry->line, out->line);
    *out_fields = enter_check_form(draft->decision, &draft->view, &out->entry->form,
                                   json_is_object(fields) ? fields : NULL, out->attempt, &scope.expr, false, "fields");
    out->fields = *out_fields;
    return *out_fields != NULL;
}

bool enter_read(struct draft *draft, const json_t *given, struct entering *out, json_t **out_fields)
{
    bool words = read_attempt(draft, given, out);
    words &= enter_read_words(draft->decision, given, out);
    words &= read_proxy(draft, given, out);
    return read_fields(draft, given, out, out_fields) && words;
}
