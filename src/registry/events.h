/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events - the registry's part of the catalogue of events, and the indexes of members in their rows.
 *
 * Shape   an enum for each kind of row, `_PLACES` its length.
 */
#ifndef REGISTRY_EVENTS_H
#define REGISTRY_EVENTS_H

#include "command/catalogue.h"

enum shift_place { SHIFT_FROM, SHIFT_TO, SHIFT_PLACES };

extern const struct event_kind registry_events[];

#endif
