/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events - what bodies of events and rows say in numbers. Both hold them for good: never change one.
 */
#ifndef MATTER_ROWS_EVENTS_H
#define MATTER_ROWS_EVENTS_H

/* Contexts of what is sealed under a matter's key, in the order in which an event holds them. */
enum sealed_part { SEALED_ENTRY, SEALED_FORM, SEALED_FACTS, SEALED_DOCUMENTS, SEALED_NOTE, SEALED_PART_COUNT };
extern const char *const sealed_contexts[SEALED_PART_COUNT];

/* What an item of `expectations_lapsed` says. */
enum lapse {
    LAPSE_WARNED,   /* [0, matter, slot, next, shown, post?] */
    LAPSE_OVERDUE,  /* [1, matter, slot, next, post?] */
    LAPSE_RAISED,   /* [2, matter, slot, next, step, to post, shown] */
    LAPSE_ENDED,    /* [3, matter, slot, outcome, number, opens, due, next, post]: and goes on */
    LAPSE_REROUTED, /* [4, matter, slot, next, post?] */
    LAPSE_ALERTED,  /* [5, matter, slot, next, how many so far, post?] */
    LAPSE_RINGING,  /* [6, matter, slot, next, post?]: in the phone list */
};

/* What a matter made in the registry, in `G` of its events and in matter_registry. */
enum registry_made {
    MADE_UNIT = 1,
    MADE_POST,
    MADE_POST_INSTEAD, /* in place of the home posts: ends when they come back */
    MADE_SUSPENSION,   /* a home post that stands still; with its grounds */
};

#endif
