/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decide - what the registry can be asked to do, and what its decide functions share.
 *
 * Shape   units are given as a code or "#id", persons and posts as ids. Times are optional instants (`from`, `to`),
 *         of units optional days (`date`: from its first moment on); without one it is the observed time. The
 *         operator may do everything.
 *
 *   create_unit        parent (left out: the root), type, code?, name, date?
 *   create_units       units [{parent, type, code?, name}], date?
 *   rename_unit        unit, name, date?
 *   recode_unit        unit, code, date?
 *   move_unit          unit, parent, date?
 *   close_unit         unit, date?
 *   declare_drill      the operator's alone; there is no way back
 *   set_unit_fact      unit, fact, value, date?: the day of the observed time, source?
 *   merge_units        unit: what they become part of, units []: of the same type; now
 *   split_unit         unit, into [{name, code?, units [], households [], posts [], matters [], rest?}], keep?; now.
 *                      Everything of the unit goes into a part: what is named there, matters with the household, person
 *                      or matter that they are about, all else into the part with `rest`. With keep the unit stays,
 *                      and so does what no part takes.
 *   import_divisions   date, rows [{code, parent_code, level, name}]
 *   register_person    name, id_number?, phone?, unit?: where, for the right to do it
 *   change_person      person, name?, id_number?, phone?
 *   erase_person       person: the first time a proposal, by a second person within LIMIT_PROPOSAL_US an erasure
 *   withdraw_erasure   person
 *   merge_persons      person: whoever stays, other: is the same; reversible
 *   unmerge_persons    person: the one that was merged
 *   offer_custody      person, from: the unit that answers for them, to
 *   accept_custody     offer
 *   refuse_custody     offer
 *   withdraw_custody   offer
 *   end_custody        person
 *   move_in            persons [id or {name, id_number?, phone?}], unit (not with household), dwelling?, household?,
 *                      from?
 *   move_out           person, to?
 *   accept_move        offer: of a home, to somebody whom another place answers for: move_in made it
 *   refuse_move        offer
 *   withdraw_move      offer
 *   appoint            person, role, seat?, grounds [] (not needed with deputy_of), from?, to?, deputy_of?
 *   end_post           post_id, to?       (`post` is the envelope's: the post in which one acts)
 *   change_grounds     post_id, grounds []: all that it has from then on, from?
 *   set_roster         post_id, shifts [{from, to}] or weekly [{day 1-7, from "08:00", to "20:00"}] with first and last
 *   add_shift          post_id, from, to: one more, beside those that the post has
 *                      (days); neither: the holder is always on duty again
 *   hand_over_post     from_post, mode "shift" or "post", to_post or to_person, grounds?, until?, reason
 *   accept_handover    handover
 *   refuse_handover    handover, reason
 *   withdraw_handover  handover
 */
#ifndef REGISTRY_DECIDE_H
#define REGISTRY_DECIDE_H

#include "registry/registry.h"

#define REGISTRY_NAME_CHARS         60 /* of units and persons: the longest of a real tree has 22 */
#define REGISTRY_CODE_CHARS         23 /* struct unit; a grid's code of 15 and two levels below it fit */
#define REGISTRY_DWELLING_CHARS     200
#define REGISTRY_SOURCE_CHARS       100 /* where a number comes from: a title and its date */
#define REGISTRY_FACT_DATES         400 /* of one fact of a unit: each day of a year */
#define REGISTRY_UNITS_PER_COMMAND  500 /* an event each, within LIMIT_EVENTS_PER_COMMAND */
#define REGISTRY_GROUNDS_PER_POST   200 /* a steward's doors; a post that covers more has the unit above */
#define REGISTRY_SHIFTS_PER_COMMAND 400 /* a year of days */
#define REGISTRY_PARTS              50  /* of a merge or split: a subdistrict's communities */
#define REGISTRY_PLACED             500 /* units, households, posts or matters that a part names */
#define REGISTRY_REFORMS_FOLLOWED   20  /* from a unit to what came of what came of it */
#define REGISTRY_UNPLACED_LISTED    50  /* of what a split does not place; the rest is seen when these are */

bool decide_create_unit(struct decision *decision);
bool decide_create_units(struct decision *decision);
bool decide_rename_unit(struct decision *decision);
bool decide_recode_unit(struct decision *decision);
bool decide_move_unit(struct decision *decision);
bool decide_close_unit(struct decision *decision);
bool decide_set_unit_fact(struct decision *decision);
bool decide_merge_units(struct decision *decision);
bool decide_split_unit(struct decision *decision);
bool decide_import_divisions(struct decision *decision);
bool decide_declare_drill(struct decision *decision);

bool decide_register_person(struct decision *decision);
bool decide_change_person(struct decision *decision);
bool decide_erase_person(struct decision *decision);
bool decide_withdraw_erasure(struct decision *decision);
bool decide_merge_persons(struct decision *decision);
bool decide_unmerge_persons(struct decision *decision);
bool decide_offer_custody(struct decision *decision);
bool decide_accept_custody(struct decision *decision);
bool decide_refuse_custody(struct decision *decision);
bool decide_withdraw_custody(struct decision *decision);
bool decide_end_custody(struct decision *decision);
bool decide_move_in(struct decision *decision);
bool decide_move_out(struct decision *decision);
bool decide_accept_move(struct decision *decision);
bool decide_refuse_move(struct decision *decision);
bool decide_withdraw_move(struct decision *decision);

bool decide_appoint(struct decision *decision);
bool decide_end_post(struct decision *decision);
bool decide_change_grounds(struct decision *decision);
bool decide_set_roster(struct decision *decision);
bool decide_add_shift(struct decision *decision);
bool decide_hand_over_post(struct decision *decision);
bool decide_accept_handover(struct decision *decision);
bool decide_refuse_handover(struct decision *decision);
bool decide_withdraw_handover(struct decision *decision);

/* ---- shared: decide_units.c ---- */

struct new_unit {
    const struct unit_type *type;
    int64_t parent;   /* 0: it is the root */
    const char *code; /* NULL: its own */
    const char *name;
    int64_t from_us;
};
/* Everything that can be wrong with it; fields "parent", "type", "code", "name". `type_name` is looked up
 * into unit->type. */
struct problem *decide_check_new_unit(struct decision *decision, const char *type_name, struct new_unit *unit);
int64_t decide_emit_unit(struct decision *decision, const struct new_unit *unit);
/* May `unit` be named, coded or moved from a time on? Fields "name", "code", "parent". */
struct problem *decide_check_name(struct decision *decision, int64_t unit, int64_t from_us, const char *name);
struct problem *decide_check_code(struct decision *decision, int64_t unit, int64_t from_us, const char *code);
struct problem *decide_check_move(struct decision *decision, const struct unit *unit, int64_t from_us, int64_t parent);
/* With all that stand below it. */
void decide_emit_move(struct decision *decision, const struct unit *unit, int64_t from_us, int64_t parent);
/* With its standing matters. */
bool decide_emit_close(struct decision *decision, int64_t unit, int64_t to_us);
/* With the posts that cover nothing else; what keeps it from being closed: field "unit". */
struct problem *decide_emit_whole_close(struct decision *decision, const struct unit *unit, int64_t to_us);
/* The next unit's id in a stream, or a shelf's; 0: its numbers are used up. */
int64_t decide_next_unit(struct decision *decision, int64_t stream);

/* ---- shared: reorganise.c ---- */

/* Part of what belongs to a unit goes to another one, from now on. */
bool reorganise_move_child(struct decision *decision, int64_t child, int64_t to);
/* `households` NULL: all who live in the unit itself. */
void reorganise_move_residents(struct decision *decision, int64_t from, int64_t to, const GArray *households);
/* Ids of posts that cover the unit or have their seat there, now or later. */
GArray *reorganise_posts_of(struct decision *decision, int64_t unit);
/* The units of `to` in place of `from` among its grounds; the first is its seat where `from` was. */
void reorganise_move_post(struct decision *decision, int64_t post, int64_t from, const GArray *to);
/* Offered hand-overs that name the unit cannot be taken any more. */
void reorganise_withdraw_handovers(struct decision *decision, int64_t unit);
void reorganise_emit(struct decision *decision, int64_t from, const GArray *to);

/* ---- shared: decide_posts.c ---- */

/* A post in `member` that has not ended. */
bool decide_post(struct decision *decision, const char *member, struct post *out);
/* The right to keep the registry over everything that the post covers, and its seat. */
bool decide_right_over_post(struct decision *decision, const struct post *post);
/* May the role cover each of the units? */
bool decide_check_grounds(struct decision *decision, const char *role, const GArray *units, const char *member);
/* Writes the event and returns the new post's id. */
int64_t decide_emit_post(struct decision *decision, const struct post *post, const GArray *grounds);
void decide_emit_grounds(struct decision *decision, const struct post *post, int64_t from_us, const GArray *added,
                         const GArray *removed);
/* `shifts` (of struct shift) in place of everything from `from_us` on. */
void decide_emit_roster(struct decision *decision, const struct post *post, int64_t from_us, bool keeps_hours,
                        const GArray *shifts);
/* In order, those that touch or overlap made one. */
void decide_merge_shifts(GArray *shifts);
void decide_emit_end(struct decision *decision, const struct post *post, int64_t to_us);
/* Whether no other post of the same role and person has one of the grounds in that time; else post_exists. */
bool decide_is_free(struct decision *decision, const struct post *post, const GArray *grounds);
/* What is still open goes to the post that answers next for `unit`; without one it stays. */
void decide_pass_on(struct decision *decision, const struct post *post, int64_t unit);
void decide_emit_handed_over(struct decision *decision, int64_t handover, const struct post *from, int64_t to,
                             const GArray *grounds);
/* What stands in `units` and not in `others`. */
GArray *decide_without(const GArray *units, const GArray *others);

/* ---- shared: naming.c ---- */

/* Where they live now; 0 nowhere. */
int64_t decide_home_of(struct decision *decision, int64_t person);
/* Somebody whom the actor may name (registry_naming(), registry_may_mention()) and who is not erased; else
 * unknown_person, person_erased. */
bool decide_person(struct decision *decision, int64_t person, const char *field);
bool decide_mention(struct decision *decision, int64_t person, const char *field);
/* The actor answers for them: decision->post is set; else unknown_person, no_right. */
bool decide_answers_for(struct decision *decision, int64_t person, const char *field);
/* Answers for them, and for everything that they hold a post over. */
bool decide_is_theirs_to_change(struct decision *decision, int64_t person);

/* ---- shared: decide.c ---- */

/* Whether the actor has the right over `unit` (0: over any); they act in the post that gives it. The operator needs
 * none. */
bool decide_right(struct decision *decision, enum registry_right right, int64_t unit);
bool decide_playbook(struct decision *decision); /* one has been adopted */
bool decide_version(struct decision *decision, int64_t current);
/* The member `date` as its first moment; the observed time without it. Not in the future. */
bool decide_date(struct decision *decision, int64_t *out_us);
/* An instant in `member`, the observed time without it. */
bool decide_time(struct decision *decision, const char *member, int64_t *out_us);
bool decide_not_future(struct decision *decision, const char *member, int64_t at_us);
/* The same as decision_unit(), for a text inside of an array; `field` is its path. */
struct problem *decide_find_unit(struct decision *decision, const char *text, const char *field, int64_t *out_id);
/* {0} of closed_unit and before_parent. */
void decide_day_text(const struct decision *decision, int64_t at_us, char out[40]);
struct problem *decide_unknown_members(const json_t *object, const char *const *names);
/* Unit ids in an array member, each once. */
bool decide_units(struct decision *decision, const char *member, GArray **out_ids);
json_t *decide_id_array(const GArray *ids);
/* The body with the version that something has after the event. */
enum versioned { VERSIONED_UNIT, VERSIONED_PERSON, VERSIONED_POST };
json_t *decide_versioned(struct decision *decision, enum versioned what, int64_t id, json_t *body /* taken */);
int32_t decide_today(const struct decision *decision);

#endif
