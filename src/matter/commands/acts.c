/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries that an actor may make now: each is asked as the command `enter` would be, up to its fields. */
#include "matter/commands/decide.h"

#include "matter/entry/read.h"
#include "matter/entry/resolve.h"
#include "matter/view/members.h"

void matter_act_clear(struct matter_act *act)
{
    problem_free(act->problem);
}

static bool is_expected(const struct draft *draft, const struct entry_def *entry)
{
    const GArray *open = draft->view.open;
    for (guint i = 0; open != NULL && i < open->len; i++) {
        const struct expect *def = g_array_index(open, struct expectation, i).def;
        if (def != NULL && expect_is_met_by(def, entry))
            return true;
    }
    return false;
}

static void ask(struct draft *draft, const struct entry_def *entry, struct matter_act *out)
{
    struct decision *decision = draft->decision;
    g_autoptr(json_t) nothing = json_object();
    int64_t participant = 0;
    *out = (struct matter_act){.entry = entry};
    decision->post = 0;
    if (enter_may(draft, entry, -1) && resolve_participant(draft, entry, nothing, &participant) &&
        enter_must_be_unread(draft, entry, participant))
        out->post = decision->post;
    else
        out->problem = g_steal_pointer(&decision->problem);
    if (participant != 0) /* of an audience, expectations are loaded with each */
        participants_find(&draft->view, participant);
    out->expected = is_expected(draft, entry);
}

GArray *matter_acts(const struct command *asked, const struct areas *areas, struct db *rows, struct vault *vault,
                    struct rulebook *rulebook, int64_t now_us, int64_t matter)
{
    GArray *acts = g_array_new(FALSE, TRUE, sizeof(struct matter_act));
    AUTO(decision)
    struct decision decision;
    decision_init_asked(&decision, asked, areas, rows, vault, rulebook, now_us);
    g_array_set_clear_func(acts, (GDestroyNotify)matter_act_clear);
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, &decision, matter))
        return acts;
    for (size_t i = 0; i < draft.view.kind->entry_count; i++) {
        const struct entry_def *entry = &draft.view.kind->entries[i];
        if (entry->handover || !entry_fits_state(entry, draft.view.state))
            continue;
        struct matter_act act;
        ask(&draft, entry, &act);
        g_array_append_val(acts, act);
    }
    return acts;
}
