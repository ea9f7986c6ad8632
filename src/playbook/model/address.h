/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address - who acts or answers, in a form that is resolved for any unit.
 *
 * Invariants  `role` is set exactly with PARTY_ROLE; PLACE_RECEIVER only in the address that accepts a hand-over.
 */
#ifndef PLAYBOOK_MODEL_ADDRESS_H
#define PLAYBOOK_MODEL_ADDRESS_H

struct participant_set;
struct role;
struct unit_type;

/* L1: who. An address is resolved when an expectation is made: on duty there, else the standing holder, else the
 * level above. */
enum address_place {
    PLACE_MATTER_UNIT, /* the role whose ground covers the matter's unit */
    PLACE_ANCESTOR,    /* the same, looked for from the nearest ancestor of a unit type on */
    PLACE_FIELD,       /* at the unit named by a field of the matter */
    PLACE_RECEIVER,    /* at the unit to which the matter has been offered */
    PLACE_PARTICIPANT, /* at the unit that takes part: the current one, else the only one of its set */
    PLACE_COMMON,      /* at the nearest unit above both the giver and the receiver of a hand-over */
};
enum party {
    PARTY_ROLE,
    PARTY_SUBJECT,
    PARTY_PROXY,
    PARTY_PUBLIC,
    PARTY_CLOCK,
    PARTY_PARTICIPANT,
    PARTY_OPENER /* the opener of the matter */
};
struct address {
    enum party party;
    const struct role *role; /* PARTY_ROLE */
    enum address_place place;
    const struct unit_type *ancestor;
    int field;
    const struct participant_set *set; /* PLACE_PARTICIPANT, PARTY_PARTICIPANT */
};

#endif
