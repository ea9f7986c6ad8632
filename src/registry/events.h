/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events - what the registry writes down: its part of the catalogue, and what stands where in a row of an event.
 */
#ifndef REGISTRY_EVENTS_H
#define REGISTRY_EVENTS_H

#include "command/catalogue.h"

enum shift_place { SHIFT_FROM, SHIFT_TO, SHIFT_PLACES };

extern const struct event_kind registry_events[];

#endif
