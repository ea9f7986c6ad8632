/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft - an example.
 */
#ifndef MATTER_DRAFT_DRAFT_H
#define MATTER_DRAFT_DRAFT_H

int draft(void);

#endif
