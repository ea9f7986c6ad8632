/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events - numbers in bodies of events and in rows, and the indexes of members in a row of an event.
 *
 * Invariants  on disk for good: no value ever changes. Emitters, apply functions and the catalogue use these names.
 */
#ifndef MATTER_ROWS_EVENTS_H
#define MATTER_ROWS_EVENTS_H

#include "command/catalogue.h"

/* Contexts of the parts sealed under a matter's key, in the order in which an event holds them. */
enum sealed_part { SEALED_ENTRY, SEALED_FORM, SEALED_FACTS, SEALED_DOCUMENTS, SEALED_NOTE, SEALED_PART_COUNT };
extern const char *const sealed_contexts[SEALED_PART_COUNT];

/* The first member of an item of `expectations_lapsed`. */
enum lapse {
    LAPSE_WARNED,
    LAPSE_OVERDUE,
    LAPSE_RAISED,
    LAPSE_ENDED, /* and recurs */
    LAPSE_REROUTED,
    LAPSE_ALERTED,
    LAPSE_RINGING,    /* in the phone list */
    LAPSE_GIVEN_BACK, /* nobody has taken it any more */
};

/* Indexes of an item, before those of its kind. */
enum lapse_place { ITEM_SORT, ITEM_MATTER, ITEM_SLOT, ITEM_NEXT };
enum warned_place { WARNED_SHOWN = ITEM_NEXT + 1, WARNED_POST, WARNED_PLACES };
enum answering_place { ITEM_POST = ITEM_NEXT + 1, ITEM_PLACES }; /* overdue, rerouted, ringing, given back */
enum raised_place { RAISED_STEP = ITEM_NEXT + 1, RAISED_POST, RAISED_SHOWN, RAISED_PLACES };
enum alerted_place { ALERTED_COUNT = ITEM_NEXT + 1, ALERTED_POST, ALERTED_PLACES };

/* The first member of an item of `expectations_excused`. */
enum excuse { EXCUSE_PAST, EXCUSE_OPEN };
enum excused_place { EXCUSED_NUMBER = ITEM_MATTER + 1, EXCUSED_PLACES };

/* Rows of events about one matter. A recurring one has its next occurrence after the outcome; in the two events above
 * the row begins at ITEM_SLOT. */
enum ended_place {
    ENDED_SLOT,
    ENDED_OUTCOME,
    ENDED_NUMBER,
    ENDED_OPENS,
    ENDED_DUE,
    ENDED_NEXT,
    ENDED_POST,
    ENDED_PLACES
};
enum expected_place {
    EXPECTED_SLOT, /* and its first number */
    EXPECTED_NAME,
    EXPECTED_ENTRY,
    EXPECTED_POST,
    EXPECTED_OPENS,
    EXPECTED_DUE,
    EXPECTED_SINCE,
    EXPECTED_NEXT,
    EXPECTED_OWN_DUE, /* that and what follows: only where it is needed */
    EXPECTED_PARTICIPANT,
    EXPECTED_LINE,
    EXPECTED_PLACES
};
enum clock_place {
    CLOCK_SLOT,
    CLOCK_DUE,
    CLOCK_NEXT,
    CLOCK_WARNED,
    CLOCK_OVERDUE,
    CLOCK_STEP,
    CLOCK_PAUSED,
    CLOCK_STOOD,
    CLOCK_EXTENSIONS,
    CLOCK_ATTEMPTS,
    CLOCK_OPENS,
    CLOCK_OWN_DUE,
    CLOCK_PLACES
};
enum past_place { PAST_NUMBER, PAST_OUTCOME, PAST_PLACES };
enum answered_place { ANSWERED_SLOT, ANSWERED_POST, ANSWERED_PLACES };
enum seen_place { SEEN_SLOT, SEEN_NEXT, SEEN_PLACES };
enum joined_place { JOINED_NUMBER, JOINED_SET, JOINED_WHO, JOINED_STATE, JOINED_PLACES };
enum changed_place { CHANGED_NUMBER, CHANGED_STATE, CHANGED_LEFT, CHANGED_REASON, CHANGED_PLACES };
enum audience_place {
    AUDIENCE_SET,
    AUDIENCE_UNDER,
    AUDIENCE_STANDING,
    AUDIENCE_AFTER,
    AUDIENCE_WAITS,
    AUDIENCE_PLACES
};
enum made_place { MADE_WHAT, MADE_ID, MADE_PERSON, MADE_GROUNDS, MADE_PLACES };
enum confirmed_place { CONFIRMED_NUMBER, CONFIRMED_STEP, CONFIRMED_PLACES };
enum offer_place { OFFER_FROM, OFFER_TO, OFFER_BOUNCES, OFFER_NO_SHOW, OFFER_UNKNOWN, OFFER_PLACES };
enum external_place {
    EXTERNAL_SYSTEM,
    EXTERNAL_NUMBER,
    EXTERNAL_DUE,
    EXTERNAL_STATE,
    EXTERNAL_CLOSED,
    EXTERNAL_PLACES
};
enum moved_place { MOVED_MATTER, MOVED_VERSION, MOVED_PLACES };

/* What a matter made in the registry, in `G` of its events and in matter_registry. */
enum registry_made {
    MADE_UNIT = 1,
    MADE_POST,
    MADE_POST_INSTEAD, /* in place of the home posts: ends when they come back */
    MADE_SUSPENSION,   /* a suspended home post, with its grounds */
};

extern const struct event_kind matter_events[];

/* What a resident's link is for: on disk for good. */
enum link_purpose { LINK_REPORT = 1, LINK_RECORD };

/* Rows of matters_followed. */
enum followed_move { FOLLOWED_FROM, FOLLOWED_TO, FOLLOWED_UNITS };
enum followed_look { LOOKED_POST, LOOKED_UNTIL, LOOKED_PLACES };
enum followed_claim { CLAIMED_POST, CLAIMED_UNTIL, CLAIMED_PLACES };
enum followed_wait { WAITING_MATTER, WAITING_SET, WAITING_AFTER, WAITING_PLACES };

#endif
