/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * areas - the areas of this program. Another program (a test of the engine) may have others.
 */
#ifndef AREAS_AREAS_H
#define AREAS_AREAS_H

#include "command/area.h"

/* In the order in which they apply an event; NULL-terminated. */
extern const struct area *const lianfang_areas[];

#endif
