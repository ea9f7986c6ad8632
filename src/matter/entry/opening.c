/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/opening.h"

#include "base/datetime.h"
#include "matter/draft/unique.h"
#include "matter/lifecycle/external.h"
#include "matter/lifecycle/transition.h"
#include "matter/lifecycle/participants_given.h"
#include "matter/view/members.h"
#include "playbook/form/form.h"

static int64_t newest_on(struct db *rows, int64_t shelf)
{
    int64_t newest = id_matter(shelf, 0);
    db_integer(rows, &newest, "SELECT id FROM matter WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1", "ii",
               id_matter(shelf, 1), id_matter(shelf, ID_N_MAX));
    return newest;
}

/* A unit that has used up its numbers, or has none in this stream yet, takes a shelf. 0: there is none left. */
static int64_t next_id(struct decision *decision, int64_t unit)
{
    int64_t stream = decision_stream(decision, unit);
    int64_t shelf = id_unit_stream(unit) == stream ? unit : 0,
            newest = shelf != 0 ? newest_on(decision->rows, shelf) : 0;
    if (shelf == 0 || newest == id_matter(shelf, ID_N_MAX)) {
        shelf = registry_shelf(decision->rows, stream, unit);
        newest = shelf != 0 ? newest_on(decision->rows, shelf) : 0;
    }
    if (shelf == 0 || newest == id_matter(shelf, ID_N_MAX)) {
        shelf = registry_take_shelf(decision, unit);
        if (shelf == 0)
            return 0;
        newest = id_matter(shelf, 0);
    }
    return newest + 1;
}

static struct claim claim_of(const struct opening *opening)
{
    return (struct claim){.kind = opening->kind,
                          .unit = opening->unit,
                          .subject = opening->subject,
                          .subject_post = opening->subject_post,
                          .named_only = opening->named_only,
                          .form = opening->form};
}

int64_t opening_conflict(struct db *rows, const struct opening *opening)
{
    struct claim claim = claim_of(opening);
    return unique_conflict(rows, &claim);
}

bool opening_must_be_alone(struct decision *decision, const struct opening *opening)
{
    struct claim claim = claim_of(opening);
    return unique_must_be(decision, &claim);
}

void opening_derive_uuid(struct decision *decision, struct uuid *out)
{
    struct {
        struct uuid command;
        uint64_t number;
    } seed = {decision->command->id, decision->events->len};
    uuid_derive(decision->now_us, &seed, sizeof seed, out);
}

static void begin_draft(struct draft *draft, struct decision *decision, const struct opening *opening)
{
    const struct kind *kind = opening->kind;
    struct matter_view *view = &draft->view;
    int64_t since_us = opening->opened_us != 0 ? opening->opened_us : decision->now_us;
    *draft = (struct draft){.decision = decision,
                            .home = opening->unit,
                            .recurs_from_us = opening->opened_us != 0 ? decision->now_us : 0,
                            .body = json_object()};
    view_init(view, decision->rows, decision->vault, decision->now_us, opening->playbook, kind);
    view->state = opening->proposed ? kind->proposed : kind->initial;
    view->form = json_copy((json_t *)opening->form);
    view->next_entry = view->next_expectation = 1;
    view->matter = (struct matter){
        .id = next_id(decision, opening->unit),
        .uuid = opening->uuid,
        .rules = opening->playbook->id,
        .unit = opening->unit,
        .subject = opening->subject,
        .subject_post = opening->subject_post,
        .household = opening->household,
        .parent = opening->parent,
        .named_only = opening->named_only,
        .caused = opening->caused,
        .opener_person = decision->command->person,
        .opener_post = decision->post,
        .opened_us = since_us,
        .changed_us = decision->now_us,
        .state_since_us = since_us,
    };
    g_strlcpy(view->matter.kind, kind->name, sizeof view->matter.kind);
    g_strlcpy(view->matter.state, view->state->name, sizeof view->matter.state);
}

static void write_head(struct draft *draft)
{
    const struct matter *matter = &draft->view.matter;
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(&matter->uuid, uuid);
    json_object_set_new(draft->body, "uuid", json_string(uuid));
    json_object_set_new(draft->body, "kind", json_string(matter->kind));
    body_add(draft->body, "rules", matter->rules);
    json_object_set_new(draft->body, "state", json_string(matter->state));
    body_add(draft->body, "t", matter->state_since_us);
    if (matter->subject != 0)
        body_add(draft->body, "subject", matter->subject);
    if (matter->subject_post != 0)
        body_add(draft->body, "subject_post", matter->subject_post);
    if (matter->household != 0)
        body_add(draft->body, "household", matter->household);
    if (matter->parent != 0)
        body_add(draft->body, "parent", matter->parent);
    if (matter->named_only)
        body_add(draft->body, "named_only", 1);
    if (matter->caused)
        body_add(draft->body, "caused", 1);
    if (draft->view.kind->standing_one_per_unit)
        body_add(draft->body, "standing", 1);
}

/* When the parent's expectation of the name is or was due, for one of lines that of the same line; false when it never
 * had one, or leaves it to its children. */
static bool due_above(struct draft *draft, const struct matter *parent, const char *name, int64_t line,
                      int64_t *out_due_us)
{
    const struct playbook *rules = rulebook_get(draft->decision->rulebook, parent->rules);
    struct expect accepting;
    const struct expect *expect = expect_find(playbook_find_kind(rules, parent->kind), name, &accepting);
    return expect != NULL && expect->earlier_below_refused &&
           db_integer(draft->decision->rows, out_due_us,
                      "SELECT due_us, number FROM expectation WHERE matter = ?1 AND name = ?2 AND line IN (0, ?3) "
                      "UNION ALL SELECT due_us, number FROM expectation_past WHERE matter = ?1 AND name = ?2 AND line "
                      "IN (0, ?3) ORDER BY 2 DESC LIMIT 1",
                      "isi", parent->id, name, line);
}

static bool must_not_be_earlier(struct draft *draft)
{
    struct matter parent;
    if (!matter_get(draft->decision->rows, draft->view.matter.parent, &parent))
        return true;
    for (guint i = 0; i < draft->view.open->len; i++) {
        const struct expectation *made = &g_array_index(draft->view.open, struct expectation, i);
        int64_t due_us;
        if (!due_above(draft, &parent, made->name, made->line, &due_us) || made->when.due_us >= due_us)
            continue;
        char text[DATETIME_TEXT_MAX];
        datetime_format(due_us, draft->view.playbook->zone, text);
        return decision_refuse(draft->decision, PROBLEM_EARLIER_BELOW, NULL, made->name, text, draft->view.kind->name);
    }
    return true;
}

/* In a dry run of a sheet the event is not written, which is most of the cost: later rows do not read it, unless
 * uniqueness could refuse one because of this matter. */
static bool is_only_tried(const struct draft *draft)
{
    const struct kind *kind = draft->view.kind;
    return draft->decision->command->discard_writes && !kind->unique_open_per_subject && !kind->standing_one_per_unit &&
           kind->unique_field == NULL && !kind->external.present;
}

int64_t opening_emit(struct decision *decision, const struct opening *opening)
{
    AUTO(draft) struct draft draft;
    struct scope scope;
    begin_draft(&draft, decision, opening);
    if (draft.view.matter.id == 0) {
        decision_refuse(decision, PROBLEM_TOO_MANY_ITEMS, "unit", "2097151");
        return 0;
    }
    bool only_tried = is_only_tried(&draft);
    if (kind_is_sealed(draft.view.kind) && !only_tried)
        vault_key_new(decision->vault, VAULT_MATTER, draft.view.matter.id,
                      draft.view.kind->about == ABOUT_PERSON ? draft.view.matter.subject : 0);
    scope_init(&scope, &draft.view, NULL, NULL, NULL, decision->command->observed_us);
    write_head(&draft);
    draft.form_changed = json_object_size(draft.view.form) > 0;
    if (!participants_read(&draft, opening->participants))
        return 0;
    transition_begin(&draft, draft.view.matter.opened_us, &scope);
    if ((opening->parent != 0 && !must_not_be_earlier(&draft)) || !external_begin(&draft))
        return 0;
    if (only_tried)
        decision_would_emit(decision);
    else
        draft_emit(&draft, "matter_opened");
    return draft.view.matter.id;
}
