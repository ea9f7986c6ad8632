/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events - what the registry writes down, and the table that applies it.
 *
 * Shape   ids, times and depths are JSON integers; a member in [] may be missing. `sealed` of the event is
 * named after the colon.
 *
 *   divisions_imported  date, seen, made, changed
 *   unit_created        id, type, parent (0: root), stream, code, name, from_us
 *   unit_changed        id, from_us, [name], [code], [parent, stream]: with all that stand below it, when it moves
 *   unit_closed         id, to_us
 *   unit_reformed       from, to [units], at_us: what came of it, in a merge or a split
 *   residents_moved     from, to (units), from_us, [households]: without them everybody; dwellings stay sealed
 *   person_registered   id: {"name", "id_number"?, "phone"?} as "person"
 *   person_changed      id: the same
 *   person_erased       id
 *   person_erasure_proposed  id (who stands for all registrations), until_us: the actor has asked for it, a second
 *   person has not; merging or parting their registrations ends it
 *   person_erasure_withdrawn id
 *   persons_merged      kept, other: two registrations of one person
 *   persons_unmerged    other
 *   custody_offered     id, person, from, to, at_us: `from` has them from then on, where none had
 *   custody_taken       id, person, to, at_us
 *   custody_refused     the same
 *   custody_withdrawn   the same
 *   custody_ended       person, at_us
 *   moved_in            person, household, unit, from_us: the dwelling as "dwelling", or nothing; ends where they
 *   lived before
 *   moved_out           person, to_us
 *   move_offered        id, person, household, unit, from_us: the dwelling as "dwelling", or nothing
 *   move_accepted       id: moved_in follows. move_refused, move_withdrawn: the same
 *   post_appointed      id, person, role, seat, grounds, from_us, to_us, deputy_of, keeps_hours
 *   post_ended          id, to_us
 *   grounds_changed     post, person, role, from_us, to_us (of the post), added, removed, [seat]
 *   roster_set          post, from_us, keeps_hours, shifts [[from_us, to_us]]: in place of all from from_us on
 *   handover_offered    id, from, to (0), to_person, mode, until_us, grounds: the reason as "reason"
 *   handover_refused    id: the reason as "refusal", under the key of the person whom it was offered to
 *   handover_withdrawn  id
 *   post_handed_over    handover (0: none was offered, the post ended), from, to, at_us, grounds: only what lies
 *   under these
 *                       moves, [] all; also applied by the matter area
 */
#ifndef REGISTRY_EVENTS_H
#define REGISTRY_EVENTS_H

#include "command/decision.h"

extern const struct event_kind registry_events[];

#endif
