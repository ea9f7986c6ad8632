/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document - the text of a document is frozen in the event that issues it.
 *
 * Shape   the sealed part SEALED_DOCUMENTS is {name: {"zh": [title, body], "en": [title, body]}}, under the matter's
 *         key, whatever the kind: a template may name people through a unit or a person field.
 * Owner   the draft.
 */
#ifndef MATTER_DRAFT_DOCUMENT_H
#define MATTER_DRAFT_DOCUMENT_H

#include "matter/draft/draft.h"

/* Fills in and seals what the draft's event issues (`d` of its body). A matter of a kind without sealed fields gets
 * its key here. */
void document_freeze(struct draft *draft);

#endif
