/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message - what a message says: how many matters of which kind, where, how late, and where to look.
 *
 * Shape   put together when it is sent, from rows as they stand then. Never a name, a number or a value of anybody: the
 *         kind's title, a unit, a role, counts and times. Of kinds about people, or whose matters are not everybody's,
 *         no unit below the community is named, since an entrance tells who lives there.
 * Owner   the caller; rows are those of a reader in a transaction.
 */
#ifndef OUTBOX_MESSAGE_H
#define OUTBOX_MESSAGE_H

#include "outbox/deliveries.h"
#include "outbox/destination.h"
#include "playbook/model/rulebook.h"

struct composing {
    struct db *rows;
    struct rulebook *rulebook;
    const char *link; /* NULL none */
    int64_t now_us;
    bool drill; /* what is told is not so */
};

/* Whether anything of a kind may be told to a destination: what only those who take part may know of is told to them
 * alone, by SMS. */
bool message_may_tell(const struct destination *to, const struct kind *kind);

struct alert_message {
    char *text;   /* one line */
    json_t *body; /* of a webhook */
};
void alert_message_clear(struct alert_message *message);
AUTO_CLEAR(alert_message)

/* False: nothing of it stands any more. */
bool message_compose(const struct composing *composing, const struct destination *to, const struct delivery *delivery,
                     struct alert_message *out);

#endif
