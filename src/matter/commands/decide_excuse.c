/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * excuse {expectations: [{matter, number}], reason}   of any streams
 * excuse {under, from, to, kind?, name?, reason}
 *   under     unit: after an outage, all that was missed there, or is overdue, and due from `from` on and
 *             before `to`; as many of one stream as fit into one command, so it is given again until it is refused
 *             with nothing_entered
 *   reason    sealed under the key of each matter of which something is excused, and goes with it
 * The actor needs a post above the matter's unit and sight of the matter, and must not hold the post that answers.
 */
#include "matter/commands/decide.h"

#include "base/limits.h"
#include "matter/commands/outage.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/expectation.h"
#include "matter/lifecycle/route.h"

#include <string.h>

#define REASON_CHARS_MAX 200

struct excusing {
    struct decision *decision;
    const char *reason;
    json_t *items, *words; /* not emitted yet, side by side */
    int64_t unit;          /* of one of them */
    GHashTable *numbers;   /* matter → its next expectation, for what has not been emitted yet */
    struct router router;
    size_t count;
    bool arrived; /* by letter: the right was checked where it was sent */
};

static struct excusing excusing_of(struct decision *decision)
{
    return (struct excusing){
        .decision = decision,
        .items = json_array(),
        .words = json_array(),
        .numbers = expectation_numbers(),
    };
}

static void excusing_clear(struct excusing *excusing)
{
    json_decref(excusing->items);
    json_decref(excusing->words);
    g_hash_table_unref(excusing->numbers);
}
AUTO_CLEAR(excusing)

static void emit_items(struct excusing *excusing)
{
    json_t *body = json_pack("{s:o, s:o}", "w", excusing->words, "i", excusing->items);
    excusing->items = json_array();
    excusing->words = json_array();
    decision_emit(excusing->decision, "expectations_excused", excusing->unit, 0, body, NULL);
}

static void add_item(struct excusing *excusing, const struct matter *matter, const struct kind *kind, json_t *item)
{
    json_array_append_new(excusing->items, item);
    json_array_append_new(excusing->words, draft_words_of(excusing->decision, matter, kind, excusing->reason));
    excusing->unit = matter->unit;
    excusing->count++;
    if (json_array_size(excusing->items) == LIMIT_LAPSES_PER_EVENT)
        emit_items(excusing);
}

static void excuse_past(struct excusing *excusing, const struct matter *matter, int64_t number)
{
    const int64_t item[EXCUSED_PLACES] = {
        [ITEM_SORT] = EXCUSE_PAST, [ITEM_MATTER] = matter->id, [EXCUSED_NUMBER] = number};
    const struct playbook *rules = rulebook_get(excusing->decision->rulebook, matter->rules);
    const struct kind *kind = rules != NULL ? playbook_find_kind(rules, matter->kind) : NULL;
    add_item(excusing, matter, kind, integers(EXCUSED_PLACES, item));
}

/* An open one ends excused; a recurring one goes on. `draft` holds it. */
static void excuse_open(struct excusing *excusing, struct draft *draft, int64_t slot)
{
    int64_t *next = expectation_number_of(excusing->numbers, draft->view.matter.id, draft->view.next_expectation);
    draft->view.next_expectation = *next;
    const int64_t before[ITEM_SLOT] = {[ITEM_SORT] = EXCUSE_OPEN, [ITEM_MATTER] = draft->view.matter.id};
    json_t *item = integers(ITEM_SLOT, before);
    json_t *change = expect_excuse(draft, slot);
    json_array_extend(item, change);
    json_decref(change);
    *next = draft->view.next_expectation;
    add_item(excusing, &draft->view.matter, draft->view.kind, item);
}

static bool flush(struct excusing *excusing)
{
    if (json_array_size(excusing->items) > 0)
        emit_items(excusing);
    return true;
}

/* ---- named ones ---- */

static bool may_excuse(struct excusing *excusing, const struct matter *matter, int64_t post)
{
    struct decision *decision = excusing->decision;
    if (excusing->arrived)
        return true;
    if (!decision_act_by(decision, actor_stands_above(decision, matter->unit)))
        return false;
    return outage_is_theirs(decision, matter, post) || decision_refuse(decision, PROBLEM_SAME_PERSON_REFUSED, NULL);
}

/* Whether it is done here: what is of another stream is excused there, by letter. */
static bool is_here(struct excusing *excusing, const struct draft *draft, int64_t number)
{
    if (decision_begin(excusing->decision, id_matter_stream(draft->view.matter.id)))
        return true;
    draft_send_letter(draft, "excuse_expectation", json_pack("{s:I}", "number", (json_int_t)number), excusing->reason);
    excusing->count++;
    return false;
}

static bool excuse_ended(struct excusing *excusing, const struct draft *draft, int64_t number)
{
    struct decision *decision = excusing->decision;
    AUTO(cursor)
    struct cursor found =
        db_query(decision->rows, "SELECT outcome, post FROM expectation_past WHERE matter = ?1 AND number = ?2", "ii",
                 draft->view.matter.id, number);
    if (!cursor_next(&found))
        return decision_refuse(decision, PROBLEM_UNKNOWN_EXPECTATION, "number");
    enum outcome outcome = (enum outcome)cursor_integer(&found, 0);
    if (outcome != OUTCOME_MISSED && outcome != OUTCOME_LATE)
        return decision_refuse(decision, PROBLEM_ALREADY_ENDED, "number");
    if (!may_excuse(excusing, &draft->view.matter, cursor_integer(&found, 1)))
        return false;
    if (is_here(excusing, draft, number))
        excuse_past(excusing, &draft->view.matter, number);
    return true;
}

static bool excuse_number(struct excusing *excusing, struct draft *draft, int64_t number)
{
    draft->router = &excusing->router;
    const struct expectation *open = expect_find_open(draft, number);
    if (open == NULL)
        return excuse_ended(excusing, draft, number);
    if (!may_excuse(excusing, &draft->view.matter, open->post))
        return false;
    if (is_here(excusing, draft, number))
        excuse_open(excusing, draft, open->slot);
    return true;
}

static bool excuse_one(struct excusing *excusing, const json_t *given)
{
    struct decision *decision = excusing->decision;
    AUTO(draft) struct draft draft = {0};
    struct uuid uuid;
    const json_t *number = json_object_get(given, "number");
    if (!json_is_string(json_object_get(given, "matter")) ||
        !uuid_parse(json_string_value(json_object_get(given, "matter")), &uuid))
        return decision_refuse(decision, PROBLEM_INVALID_UUID, "matter");
    if (!json_is_integer(number))
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, "number", "integer");
    return draft_load_named(&draft, decision, &uuid, "matter") && draft_must_be_current(&draft, -1) &&
           excuse_number(excusing, &draft, json_integer_value(number));
}

/* The same one twice in the list: it has ended by then. */
static bool is_new(struct excusing *excusing, GHashTable *seen, const json_t *given)
{
    const json_t *matter = json_object_get(given, "matter");
    char *key = g_strdup_printf("%s %" JSON_INTEGER_FORMAT, json_is_string(matter) ? json_string_value(matter) : "",
                                json_integer_value(json_object_get(given, "number")));
    return g_hash_table_add(seen, key) || decision_refuse(excusing->decision, PROBLEM_ALREADY_ENDED, "number");
}

static bool excuse_named(struct excusing *excusing)
{
    const json_t *list;
    if (!decision_array(excusing->decision, "expectations", LIMIT_LAPSES_PER_EVENT, &list))
        return false;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!is_new(excusing, seen, json_array_get(list, i)) || !excuse_one(excusing, json_array_get(list, i))) {
            g_autofree char *prefix = g_strdup_printf("expectations[%zu]", i);
            problem_prefix(excusing->decision->problem, prefix);
            return false;
        }
    return true;
}

/* ---- in bulk ---- */

/* It has ended by now, or was never as it was found: it is left. */
static bool find_past(struct excusing *excusing, const struct outage *outage, const struct found *found)
{
    struct decision *decision = excusing->decision;
    AUTO(cursor)
    struct cursor past = db_query(
        decision->rows,
        "SELECT post FROM expectation_past WHERE matter = ?1 AND number = ?2 AND outcome = 3 AND due_us >= ?3 AND "
        "due_us < ?4 AND (?5 IS NULL OR name = ?5)",
        "iiiis", found->matter, found->number, outage->from_us, outage->to_us, outage->name);
    struct matter matter;
    int64_t post = cursor_next(&past) ? cursor_integer(&past, 0) : -1;
    cursor_clear(&past);
    if (post < 0 || !matter_get(decision->rows, found->matter, &matter) || matter.erased ||
        !outage_concerns(decision, outage, &matter, post))
        return false;
    if (decision_begin(decision, id_matter_stream(matter.id)))
        excuse_past(excusing, &matter, found->number);
    return true;
}

static void excuse_found(struct excusing *excusing, const struct outage *outage, const struct found *found)
{
    AUTO(draft) struct draft draft = {0};
    if (find_past(excusing, outage, found) || !draft_load(&draft, excusing->decision, found->matter))
        return;
    draft.router = &excusing->router;
    const struct expectation *open = expect_find_open(&draft, found->number);
    if (open != NULL && open->progress.overdue && open->when.due_us >= outage->from_us &&
        open->when.due_us < outage->to_us && (outage->name == NULL || strcmp(open->name, outage->name) == 0) &&
        outage_concerns(excusing->decision, outage, &draft.view.matter, open->post) &&
        decision_begin(excusing->decision, id_matter_stream(draft.view.matter.id)))
        excuse_open(excusing, &draft, open->slot);
}

/* A reader has looked for it beforehand; of what comes from within the program, it is looked for here. What is of
 * another stream than the first is left for the next command. */
static bool excuse_outage(struct excusing *excusing)
{
    struct decision *decision = excusing->decision;
    struct outage outage;
    if (!outage_read(decision, &outage))
        return false;
    g_autoptr(GArray) mine = decision->command->found == NULL ? outage_find(decision, &outage) : NULL;
    const GArray *found = mine != NULL ? mine : decision->command->found;
    for (guint i = 0; i < found->len; i++)
        excuse_found(excusing, &outage, &g_array_index(found, struct found, i));
    return true;
}

bool decide_excuse(struct decision *decision)
{
    AUTO(excusing) struct excusing excusing = excusing_of(decision);
    if (!decision_reason(decision, REASON_CHARS_MAX, &excusing.reason))
        return false;
    bool named = json_object_get(decision->command->body, "expectations") != NULL;
    if (named && json_object_get(decision->command->body, "under") != NULL)
        return decision_refuse(decision, PROBLEM_UNKNOWN_FIELD, "under", "");
    if (named ? !excuse_named(&excusing) : !excuse_outage(&excusing))
        return false;
    if (excusing.count == 0)
        return decision_refuse(decision, PROBLEM_NOTHING_ENTERED, named ? "expectations" : "under");
    return flush(&excusing);
}

/* Letter excuse_expectation {matter, number}, the reason sealed: it may have ended otherwise meanwhile. */
bool decide_excuse_expectation(struct decision *decision)
{
    AUTO(excusing) struct excusing excusing = excusing_of(decision);
    AUTO(draft) struct draft draft = {0};
    g_autofree char *reason = NULL;
    if (!draft_load_letter(&draft, decision, &reason))
        return false;
    if (reason == NULL)
        return decision_refuse(decision, PROBLEM_MATTER_ERASED, NULL);
    excusing.arrived = true;
    excusing.reason = reason;
    return draft_must_be_current(&draft, -1) &&
           excuse_number(&excusing, &draft, json_get_integer(decision->command->body, "number", 0)) && flush(&excusing);
}
