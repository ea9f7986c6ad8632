/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * participants_given - the participants that the command which opens a matter names.
 *
 * Errors  too_few_participants, too_many_participants, unknown_person, unknown_unit, wrong_unit_type, with the path.
 */
#ifndef MATTER_LIFECYCLE_PARTICIPANTS_GIVEN_H
#define MATTER_LIFECYCLE_PARTICIPANTS_GIVEN_H

#include "matter/draft/draft.h"

/* Reads {"lead": ["110105001001"], "volunteer": ["12"]}. Sets with `from` a field are filled from the form. */
bool participants_read(struct draft *draft, const json_t *given);

#endif
