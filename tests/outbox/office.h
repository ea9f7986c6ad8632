/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * office - the rig with an outbox beside it, and a receiver.
 *
 * Shape   alerts come of a directive to the subdistrict: zhou, secretary of COMMUNITY, is to acknowledge it within two
 *         hours, is alerted at once and after five minutes, and stands in the phone list after ten. The rig's clock
 *         goes on by itself while office_until() waits.
 * Owner   the test.
 */
#ifndef TESTS_OUTBOX_OFFICE_H
#define TESTS_OUTBOX_OFFICE_H

#include "outbox/destination.h"
#include "outbox/outbox.h"
#include "receiver.h"
#include "rig.h"

#define OFFICE_KEY "made-up key of a webhook, long enough"

struct office {
    struct rig *rig;
    struct receiver *receiver;
    char *config; /* a file */
    GPtrArray *destinations;
    struct outbox *outbox; /* NULL: it does not run */
    int64_t backoff_us;
};
struct office *office_new(void);
void office_free(struct office *office);

/* In a group; %PORT%, %CA% and %KEY% stand for the receiver's. NULL: a webhook that may reach it. */
void office_configure(struct office *office, const char *text);
void office_start(struct office *office); /* the outbox runs, as it was configured */
void office_open(struct office *office);  /* and has its place in the journal */
void office_close(struct office *office);

char *office_direct(struct office *office); /* a directive; its id. What is due has happened. */
void office_later(struct office *office, int64_t by_us);
void office_look(struct office *office, const char *who, const char *matter);

bool office_until(struct office *office, bool (*is_so)(struct office *office));
/* One text of outbox.db; "" for NULL or no row. */
char *office_ask(struct office *office, const char *sql);
struct delivery_counts office_counts(struct office *office, const char *destination);

#endif
