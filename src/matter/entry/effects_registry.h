/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effects_registry - effects on units and posts: those that a matter makes end with it.
 *
 * Shape   the registry writes its own events, before the matter's. G and H of the matter's event list what was made,
 *         kept in matter_registry, so that a matter ends only what it made.
 * Errors  other_stream, closed_unit, not_opened_here, and the registry's own, with the path of the field.
 */
#ifndef MATTER_ENTRY_EFFECTS_REGISTRY_H
#define MATTER_ENTRY_EFFECTS_REGISTRY_H

#include "matter/entry/effects.h"

/* A row each of effects.c. */
bool effect_open_unit(const struct turn *turn);
bool effect_close_unit(const struct turn *turn);
bool effect_appoint(const struct turn *turn);
bool effect_restore(const struct turn *turn);

#endif
