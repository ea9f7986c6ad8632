/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/load/generated.h"

#include "base/limits.h"
#include "playbook/load/generate.h"
#include "playbook/load/load_expr.h"
#include "playbook/load/load_parts.h"
#include "playbook/model/address.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/handover_def.h"
#include "playbook/model/kind.h"

#include <string.h>

struct made_state {
    const char *name, *zh, *en;
    bool proposed, final;
};
static const struct made_state proposal_states[] = {
    {"proposed", "待确认", "Proposed", true, false},
    {"declined", "未采纳", "Declined", false, true},
};
static const struct made_state standing_state = {"standing", "常设", "Standing", false, false};

enum { CONFIRM, DECLINE };
static const struct made_entry proposal_entries[PROPOSAL_ENTRY_COUNT] = {
    [CONFIRM] = {"confirm", "确认", "Confirm"},
    [DECLINE] = {"decline", "不采纳", "Decline"},
};
/* ASSIGN with then_decides, NO_SHOW with no_show_after. */
enum { HAND_OVER, ACCEPT, REFUSE, ASSIGN, NO_SHOW, HANDOVER_ENTRY_COUNT };
G_STATIC_ASSERT(DECLINE + 1 == PROPOSAL_ENTRY_COUNT && ASSIGN == HANDOVER_ENTRY_LEAST);
static const struct made_entry handover_entries[HANDOVER_ENTRY_COUNT] = {
    [HAND_OVER] = {"hand_over", "移交", "Hand over"},
    [ACCEPT] = {"accept_handover", "接收移交", "Accept the hand-over"},
    [REFUSE] = {"refuse_handover", "拒绝移交", "Refuse the hand-over"},
    [ASSIGN] = {"assign_handover", "指定承接单位", "Assign the matter"},
    [NO_SHOW] = {"report_no_show", "报告人员未到", "Report that the person did not arrive"},
};

/* ---- declaring ---- */

static void make_state(struct loader *loader, struct kind *kind, size_t index, const struct made_state *made,
                       const struct yaml_node *cause)
{
    struct state *state = &kind->states[index];
    const struct state *written = named_find(kind->states, index, sizeof *state, made->name);
    if (written != NULL) {
        loader_mark_unresolved(loader, kind);
        loader_report(loader, loader_node(loader, written), NULL,
                      "the state %s is made by the program, because of line %d", made->name, cause->line);
    }
    state->name = storage_copy(loader->storage, made->name);
    state->title = generated_texts(loader, made->zh, made->en);
    state->proposed = made->proposed;
    state->final = made->final;
    loader_set_node(loader, state, cause);
}

/* `proposed_by` with its clock: that it is decided is expected. */
static void declare_deciding(struct loader *loader, struct state *state, const struct yaml_node *proposed_by)
{
    if (proposed_by == NULL || proposed_by->type != NODE_MAPPING)
        return;
    state->expects = storage_alloc(loader->storage, 1, sizeof *state->expects);
    state->expect_count = 1;
    state->expects[0].name = storage_copy(loader->storage, "proposal");
    loader_set_node(loader, &state->expects[0], proposed_by);
}

void generate_states(struct loader *loader, struct kind *kind, const struct yaml_node *root)
{
    const struct yaml_node *proposed_by = yaml_find_key(root, "proposed_by");
    if (proposed_by != NULL) {
        size_t first = kind->state_count - G_N_ELEMENTS(proposal_states);
        for (size_t i = 0; i < G_N_ELEMENTS(proposal_states); i++)
            make_state(loader, kind, first + i, &proposal_states[i], proposed_by);
        kind->proposed = &kind->states[first];
        declare_deciding(loader, &kind->states[first], yaml_find(root, "proposed_by"));
    }
    const struct yaml_node *expects = yaml_find_key(root, "expects");
    if (yaml_find(root, "states") == NULL && expects != NULL) {
        make_state(loader, kind, 0, &standing_state, expects);
        kind->states[0].initial = true;
    }
}

size_t count_handover_entries(const struct yaml_node *root)
{
    const struct yaml_node *handover = yaml_find(root, "handover");
    if (handover == NULL)
        return 0;
    return ASSIGN + (yaml_find(handover, "then_decides") != NULL) + (yaml_find(handover, "no_show_after") != NULL);
}

static void generate_handover(struct loader *loader, struct kind *kind, size_t first, const struct yaml_node *root)
{
    const struct yaml_node *key = yaml_find_key(root, "handover"), *handover = yaml_find(root, "handover");
    struct made_entry made[HANDOVER_ENTRY_COUNT];
    size_t count = ASSIGN;
    memcpy(made, handover_entries, ASSIGN * sizeof *made);
    kind->handover.present = true;
    kind->handover.decided = yaml_find(handover, "then_decides") != NULL;
    kind->handover.no_show = yaml_find(handover, "no_show_after") != NULL;
    if (kind->handover.decided)
        made[count++] = handover_entries[ASSIGN];
    if (kind->handover.no_show)
        made[count++] = handover_entries[NO_SHOW];
    generate_named(loader, kind, first, made, count, key);
}

void generate_entries(struct loader *loader, struct kind *kind, const struct yaml_node *root)
{
    size_t end = kind->entry_count - kind->clock_entry_count;
    generate_clock_entries(loader, kind, end, yaml_find(root, "entries"));
    const struct yaml_node *handover = yaml_find_key(root, "handover");
    if (handover != NULL) {
        end -= count_handover_entries(root);
        generate_handover(loader, kind, end, root);
    }
    const struct yaml_node *proposed_by = yaml_find_key(root, "proposed_by");
    if (proposed_by != NULL)
        generate_named(loader, kind, end - PROPOSAL_ENTRY_COUNT, proposal_entries, PROPOSAL_ENTRY_COUNT, proposed_by);
}

static struct entry_def *made_entry(struct kind *kind, const struct made_entry *made)
{
    for (size_t i = kind->entry_count; i-- > 0;)
        if (strcmp(kind->entries[i].name, made->name) == 0)
            return &kind->entries[i];
    g_assert_not_reached();
}

/* ---- forms ---- */

/* To which unit, and in words why. */
static void fill_going_form(struct loader *loader, struct form *form, const char *to_zh)
{
    form->fields = storage_alloc(loader->storage, 2, sizeof *form->fields);
    generate_field(loader, form, "to", FIELD_UNIT, true, generated_texts(loader, to_zh, "To"));
    form->fields[0].clear = true;
    form->fields[0].clear_reason = storage_copy(loader->storage, "the post that is to accept has to be found");
}

static void fill_handover_forms(struct loader *loader, struct kind *kind, const struct yaml_node *node)
{
    struct form *form = &made_entry(kind, &handover_entries[HAND_OVER])->form;
    fill_going_form(loader, form, "移交给");
    generate_field(loader, form, "remark", FIELD_TEXT, false, generated_texts(loader, "备注", "Remark"));
    if (kind->handover.no_show) {
        form = &made_entry(kind, &handover_entries[NO_SHOW])->form;
        form->fields = storage_alloc(loader->storage, 1, sizeof *form->fields);
        generate_field(loader, form, "remark", FIELD_TEXT, false, generated_texts(loader, "备注", "Remark"));
    }
    if (yaml_find(node, "unknown_address") != NULL)
        made_entry(kind, &handover_entries[HAND_OVER])->form.fields[0].required = false;
    if (kind->handover.decided) {
        form = &made_entry(kind, &handover_entries[ASSIGN])->form;
        fill_going_form(loader, form, "指定给");
        generate_field(loader, form, "reason", FIELD_TEXT, true, generated_texts(loader, "理由", "Reason"));
    }

    g_autofree char *name = g_strdup_printf("%s.handover.reason", kind->name);
    const struct yaml_node *reasons = yaml_find(node, "refuse_reasons");
    if (reasons == NULL || (kind->handover.refuse_reasons =
                                load_list_in_place(loader, reasons, name, generated_texts(loader, "拒绝理由", "Reason"),
                                                   "refuse_reason")) == NULL)
        return;
    form = &made_entry(kind, &handover_entries[REFUSE])->form;
    form->fields = storage_alloc(loader->storage, 1, sizeof *form->fields);
    generate_field(loader, form, "reason", FIELD_CHOICE, true, generated_texts(loader, "拒绝理由", "Reason"));
    form->fields[0].list = kind->handover.refuse_reasons;
}

void fill_generated_forms(struct loader *loader, struct kind *kind, const struct yaml_node *root)
{
    if (kind->proposed != NULL) {
        struct form *form = &made_entry(kind, &proposal_entries[DECLINE])->form;
        form->fields = storage_alloc(loader->storage, 1, sizeof *form->fields);
        generate_field(loader, form, "reason", FIELD_TEXT, true, generated_texts(loader, "理由", "Reason"));
    }
    fill_clock_forms(loader, kind);
    const struct yaml_node *handover = yaml_find(root, "handover");
    if (handover != NULL && handover->type == NODE_MAPPING)
        fill_handover_forms(loader, kind, handover);
}

/* ---- who, where, what follows ---- */

static void leads_to(struct loader *loader, struct entry_def *entry, const struct state *state)
{
    entry->state = state;
    entry->branch_count = state != NULL ? 1 : 0;
    entry->branches = storage_alloc(loader->storage, entry->branch_count, sizeof *entry->branches);
    if (state != NULL)
        entry->branches[0].state = state;
}

static void fill_proposal(struct loader *loader, struct kind *kind)
{
    const struct state *to[PROPOSAL_ENTRY_COUNT] = {[CONFIRM] = kind->initial, [DECLINE] = kind->proposed + 1};
    for (int i = 0; i < PROPOSAL_ENTRY_COUNT; i++) {
        struct entry_def *entry = made_entry(kind, &proposal_entries[i]);
        entry->in_count = 1;
        entry->in = storage_alloc(loader->storage, 1, sizeof *entry->in);
        entry->in[0] = kind->proposed;
        entry->by_count = kind->opened_by_count;
        entry->by = storage_alloc(loader->storage, entry->by_count, sizeof *entry->by);
        for (size_t j = 0; j < entry->by_count; j++)
            entry->by[j].role = kind->opened_by[j];
        entry->unless_opener = i == CONFIRM;
        leads_to(loader, entry, to[i]);
    }
}

struct handover_nodes {
    int64_t within_us, decide_within_us;
    int bounce_cap;
};
static const struct key handover_keys[] = {
    {"by", SHAPE_NODE, true, 0},
    {"accept", SHAPE_NODE, true, 0},
    {"within", SHAPE_DURATION, true, G_STRUCT_OFFSET(struct handover_nodes, within_us)},
    {"refuse_reasons", SHAPE_NODE, true, 0},
    {"bounce_cap", SHAPE_COUNT, false, G_STRUCT_OFFSET(struct handover_nodes, bounce_cap)},
    {"state", SHAPE_SCALAR, false, 0},
    {"then_decides", SHAPE_SCALAR, false, 0},
    {"no_show_after", SHAPE_SCALAR, false, 0},
    {"unknown_address", SHAPE_MAPPING, false, 0},
    {"decide_within", SHAPE_DURATION, false, G_STRUCT_OFFSET(struct handover_nodes, decide_within_us)},
};

static void read_accept(struct loader *loader, struct kind *kind, const struct yaml_node *node)
{
    struct address *accept = &kind->handover.accept;
    if (node == NULL || !load_address(loader, kind, node, accept))
        return;
    if (node->type == NODE_SCALAR && accept->party == PARTY_ROLE)
        accept->place = PLACE_RECEIVER;
    if (accept->party != PARTY_ROLE || accept->place != PLACE_RECEIVER)
        loader_report(loader, node, NULL, "a hand-over is accepted by a role at the receiver: {role: …, at: receiver}");
}

static void read_deciding(struct loader *loader, struct kind *kind, const struct yaml_node *node, int64_t within_us)
{
    const struct yaml_node *role = yaml_find(node, "then_decides"), *within = yaml_find_key(node, "decide_within");
    struct expect *deciding = &kind->handover.deciding;
    if (role == NULL && within != NULL)
        loader_report(loader, within, NULL, "decide_within without then_decides: no post decides");
    if (role == NULL)
        return;
    if (within == NULL)
        loader_report(loader, role, NULL, "then_decides lacks decide_within: how long they have, such as 4h");
    struct entry_def *assign = made_entry(kind, &handover_entries[ASSIGN]);
    deciding->name = assign->name;
    deciding->entry = assign;
    deciding->answers.place = PLACE_COMMON;
    deciding->deadline = DEADLINE_WITHIN;
    deciding->within_us = within_us;
    deciding->answers.role = loader_resolve(loader, role, names_of_roles(loader));
    assign->by = &deciding->answers;
    assign->by_count = deciding->answers.role != NULL ? 1 : 0;
    leads_to(loader, assign, kind->handover.state_after);
}

/* A length from the offer on, or an instant. */
static void read_no_show(struct loader *loader, struct kind *kind, const struct yaml_node *node)
{
    const struct yaml_node *after = yaml_find(node, "no_show_after");
    if (after == NULL || after->type != NODE_SCALAR)
        return;
    struct load_scope scope = scope_of_matter(loader, kind);
    scope.condition = true;
    kind->handover.no_show_after = load_expr(&scope, after, VALUE_MISSING);
    enum value_type type =
        kind->handover.no_show_after != NULL ? expr_type(kind->handover.no_show_after) : VALUE_MISSING;
    if (type != VALUE_MISSING && type != VALUE_DURATION && type != VALUE_DATETIME && type != VALUE_DATE)
        loader_report(loader, after, NULL, "a duration, a date or a datetime is needed here, not a %s",
                      value_type_names[type]);
}

/* unknown_address: a role above the giver, which finds the receiver. */
static void read_unknown(struct loader *loader, struct kind *kind, const struct yaml_node *node)
{
    const struct yaml_node *unknown = yaml_find(node, "unknown_address");
    struct address address;
    if (unknown == NULL || unknown->type != NODE_MAPPING || !load_address(loader, kind, unknown, &address))
        return;
    kind->handover.unknown = address;
    if (address.place != PLACE_ANCESTOR)
        loader_report(loader, unknown, NULL, "unknown_address is a role at a level above: {role: …, above: …}");
}

static void fill_handover(struct loader *loader, struct kind *kind, const struct yaml_node *node)
{
    struct handover_nodes values = {.bounce_cap = 2};
    struct handover_def *handover = &kind->handover;
    if (!LOAD_KEYS(loader, node, handover_keys, &values, "handover"))
        return;
    handover->within_us = values.within_us;
    handover->bounce_cap = values.bounce_cap;
    handover->by = load_addresses(loader, kind, yaml_find(node, "by"), &handover->by_count);
    read_accept(loader, kind, yaml_find(node, "accept"));
    read_no_show(loader, kind, node);
    read_unknown(loader, kind, node);
    const struct yaml_node *state = yaml_find(node, "state");
    if (state != NULL && (handover->state_after = loader_resolve(loader, state, names_of_states(kind))) == NULL)
        loader_mark_unresolved(loader, kind);

    struct entry_def *offer = made_entry(kind, &handover_entries[HAND_OVER]);
    offer->by = handover->by;
    offer->by_count = handover->by_count;
    static const int answers[] = {ACCEPT, REFUSE, NO_SHOW};
    for (size_t i = 0; i < G_N_ELEMENTS(answers) - !handover->no_show; i++) {
        struct entry_def *answer = made_entry(kind, &handover_entries[answers[i]]);
        answer->by = &handover->accept;
        answer->by_count = 1;
    }
    leads_to(loader, made_entry(kind, &handover_entries[ACCEPT]), handover->state_after);
    read_deciding(loader, kind, node, values.decide_within_us);
    for (int i = HAND_OVER; i < HANDOVER_ENTRY_COUNT; i++)
        if ((i != ASSIGN || handover->decided) && (i != NO_SHOW || handover->no_show))
            made_entry(kind, &handover_entries[i])->handover = true;
}

void fill_generated(struct loader *loader, struct kind *kind, const struct yaml_node *root)
{
    if (kind->proposed != NULL)
        fill_proposal(loader, kind);
    fill_clock_entries(loader, kind);
    const struct yaml_node *handover = yaml_find(root, "handover");
    if (handover != NULL)
        fill_handover(loader, kind, handover);
}
