/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/summons.h"

#include <string.h>

const char *summons_state_by(const struct entry_def *entry, const struct participant_set *set)
{
    const char *first = set->states->codes[0].code;
    for (size_t i = 0; i < entry->effect_count; i++) {
        const struct effect *effect = &entry->effects[i];
        if (effect->type == EFFECT_PARTICIPANT && effect->set == set && effect->loop == NULL && !effect->all &&
            !effect->leaves && effect->state != NULL && strcmp(effect->state, first) != 0)
            return effect->state;
    }
    return NULL;
}

static bool is_owed_by(const struct expect *expect, const struct participant_set *set)
{
    return expect->each == set && expect->entry->as == set && !expect->optional &&
           expect->answers.place == PLACE_PARTICIPANT && expect->answers.set == set;
}

static bool find_summons(const struct kind *kind, const struct participant_set *set, struct summons *out)
{
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; kind->states[s].initial && i < kind->states[s].expect_count; i++) {
            const struct expect *expect = &kind->states[s].expects[i];
            const char *present = is_owed_by(expect, set) ? summons_state_by(expect->entry, set) : NULL;
            if (present == NULL)
                continue;
            *out = (struct summons){set, expect->entry, present};
            return true;
        }
    return false;
}

bool kind_summons(const struct kind *kind, struct summons *out)
{
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_set *set = &kind->participants[i];
        if (!set->persons && !set->audience && set->field < 0 && set->least > 0 && set->states != NULL &&
            find_summons(kind, set, out))
            return true;
    }
    return false;
}

static bool is_at(const struct indicator *indicator, const struct participant_set *set)
{
    for (size_t i = 0; i < indicator->credit_count; i++)
        if (indicator->credits[i].set == set)
            return true;
    return false;
}

bool summons_are_counted_by(const struct summons *summons, const struct indicator *indicator)
{
    return !indicator->ratio && term_is_stock(&indicator->top) && is_at(indicator, summons->set);
}
