/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resident_link - a link by which the person whom a matter is about reports, or reads the own record, without an
 * account.
 *
 * Shape   given by whoever reads the matter unmasked and covers its unit, for one matter, one purpose and a time; ended
 *         by the same, by its time, or with the matter's data. What is entered by it is entered by the subject. Who
 *         has it is not known: a link to report shows names masked and no document.
 * Limits  RESIDENT_LINKS_VALID a matter; RESIDENT_LINK_HOURS.
 * Owner   the caller frees arrays.
 */
#ifndef MATTER_RESIDENT_LINK_H
#define MATTER_RESIDENT_LINK_H

#include "matter/matter.h"
#include "matter/rows/events.h"
#include "vault/link_token.h"

#define RESIDENT_LINKS_VALID 5
#define RESIDENT_LINKS_SHOWN 50
#define RESIDENT_LINK_HOURS  (45 * 24) /* an observation of three weeks, twice */
#define RESIDENT_READ_HOURS  72        /* of a link to the record */

struct resident_link {
    char digest[LINK_DIGEST_CHARS + 1];
    int64_t matter;
    enum link_purpose purpose;
    int64_t given_us, until_us, ended_us; /* ended 0: not by hand */
    int64_t person, post;                 /* who gave it */
};

bool resident_link_find(struct db *rows, const char *digest, struct resident_link *out);
GArray *resident_links(struct db *rows, int64_t matter); /* newest first */
bool resident_link_is_valid(const struct resident_link *link, int64_t now_us);
/* The same, and whoever gave it still holds that post. */
bool resident_link_is_held(struct db *rows, const struct resident_link *link, int64_t now_us);
/* Whether the person whom a matter of the kind is about enters anything in it. */
bool kind_takes_reports(const struct kind *kind);

#endif
