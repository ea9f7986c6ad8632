/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checks - the parts of check_playbook(), one concern each.
 *
 * Errors  reported to the loader, with position.
 */
#ifndef PLAYBOOK_CHECK_CHECKS_H
#define PLAYBOOK_CHECK_CHECKS_H

#include "playbook/source/loader.h"

struct expect;
struct kind;

void check_flow(struct loader *loader, const struct kind *kind);
void check_sealed(struct loader *loader);
void check_effect_cycles(struct loader *loader);
void check_opening_effects(struct loader *loader, const struct kind *kind);
void check_registry_effects(struct loader *loader, const struct kind *kind);
void check_personal(struct loader *loader, const struct kind *kind);
void check_documents(struct loader *loader);
void check_concepts(struct loader *loader);
void check_below(struct loader *loader, const struct kind *kind, const struct expect *expect);
void check_calendar(struct loader *loader, const struct expect *expect);

#endif
