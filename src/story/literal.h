/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * literal - a scalar of a story as what its field takes, and compared with what is stored there.
 *
 * Shape   a row for each way to write one (enum field_literal of playbook/form/form.h).
 * Errors  an unknown handle is a failure of the step, as fixture.h says.
 * Owner   the thread of the fixture.
 */
#ifndef STORY_LITERAL_H
#define STORY_LITERAL_H

#include "playbook/form/form.h"
#include "story/fixture.h"

/* As the door takes it: handles become ids. A new reference. */
json_t *literal_given(struct fixture *fixture, const struct field *field, const char *text);
/* Whether what is stored is what was meant. */
bool literal_is(struct fixture *fixture, const struct field *field, const json_t *wanted, const json_t *found);

#endif
