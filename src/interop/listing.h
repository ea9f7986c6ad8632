/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listing - current units, persons and posts as rows of a sheet, page by page, as the viewer may see them.
 *
 * Shape   columns of column_defs.h without numbers of this data directory, so that the same sheet can be imported
 *         elsewhere: units from the root down, parents before children, persons and posts by id. Ended ones, erased
 *         persons, merged registrations and deputies are left out. Units and posts are for holders of a post; persons
 *         for registrars. What access_may_see_person() does not unmask is masked.
 * Owner   one thread at a time; the reader is borrowed for each page, in a snapshot of the caller's.
 */
#ifndef INTEROP_LISTING_H
#define INTEROP_LISTING_H

#include "access/access.h"
#include "engine/engine.h"
#include "interop/cell.h"
#include "interop/column_defs.h"

struct listing;
/* NULL with a problem: they may not. `column_defs` outlive the listing. */
struct listing *listing_new(const struct column_defs *column_defs, const struct playbook *playbook,
                            const struct viewer *viewer, int64_t under /* unit, 0 all */, enum cell_words words,
                            struct reader *reader, struct problem **out_problem);
void listing_write_bare(struct listing *listing);          /* each cell ended by NUL, instead of CSV */
GPtrArray *listing_columns(const struct listing *listing); /* of const struct column_def *; the caller's */
void listing_free(struct listing *listing);
AUTO_FREE(listing)

void listing_header(const struct listing *listing, GString *page);
/* Appends rows, and to `shown` (struct look) the unmasked persons; gives the number of rows. False at the end. */
bool listing_page(struct listing *listing, struct reader *reader, struct rulebook *rulebook,
                  const struct viewer *viewer, GString *page, GArray *shown, int64_t *out_rows);

#endif
