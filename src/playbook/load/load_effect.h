/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_effect - the effects of an entry or a branch while they are read.
 *
 * Shape   load_effect.c reads what goes to other matters, and the loops; load_effect_own.c what stays in the matter
 *         itself, load_effect_registry.c what becomes of units and posts.
 */
#ifndef PLAYBOOK_LOAD_LOAD_EFFECT_H
#define PLAYBOOK_LOAD_LOAD_EFFECT_H

#include "playbook/load/load_expr.h"
#include "playbook/model/effect_def.h"

struct effects {
    struct loader *loader;
    const struct kind *kind;
    const struct entry_def *entry;
    struct load_scope scope;
    const struct loop *loop; /* of effects run for each iteration; NULL none */
    bool lost;               /* for_each could not be read: its effects are not checked */
    GArray *found;           /* of struct effect */
};

static inline bool effects_are_over(const struct effects *effects, enum loop_over over)
{
    return effects->loop != NULL && effects->loop->over == over;
}

void effect_read_withdraw(struct effects *effects, const struct yaml_node *node);
void effect_read_supersede(struct effects *effects, const struct yaml_node *node);
void effect_read_reopen(struct effects *effects, const struct yaml_node *node);
void effect_read_hold(struct effects *effects, const struct yaml_node *node);
void effect_read_release(struct effects *effects, const struct yaml_node *node);
void effect_read_document(struct effects *effects, const struct yaml_node *node);
void effect_read_join(struct effects *effects, const struct yaml_node *node);
void effect_read_participant(struct effects *effects, const struct yaml_node *node);

void effect_read_open_unit(struct effects *effects, const struct yaml_node *node);
void effect_read_close_unit(struct effects *effects, const struct yaml_node *node);
void effect_read_appoint(struct effects *effects, const struct yaml_node *node);
void effect_read_restore(struct effects *effects, const struct yaml_node *node);

#endif
