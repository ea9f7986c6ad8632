/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * registry - units, the tree and its history; persons, households; posts, duty and hand-over: who is
 *            responsible for what, when.
 *
 * Shape   unit: surrogate id, type from the playbook, dated codes and names, parent; cover(ancestor, unit,
 *         from, to) holds every pair of the tree (a unit covers itself), with its time of validity. person: an
 *         id; name, ID number and phone are sealed under the person's key. residency: who lives with whom,
 *         where (unit of the entrance or the smallest above it; the dwelling itself sealed), from when to when;
 *         a household is the id of such a group. post: person x role x seat x grounds x time. A unit's id is its
 *         stream and a number there, all others are the place of the event that made it (command/ids.h).
 *         Commands: decide.h, events: events.h.
 * Units   times UTC microseconds; `to` is exclusive, INT64_MAX (REGISTRY_OPEN) when open.
 * Source  codes: GB/T 2260, GB/T 10114 as in the statistics codes of the NBS. No arithmetic on codes: they
 *         are revoked and issued again.
 */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "command/decision.h"

#define REGISTRY_OPEN INT64_MAX
#define REGISTRY_ROOT 1 /* the city: the first unit */

extern const struct area registry_area;

/* ---- units: query_units.c ---- */
struct unit {
    int64_t id, parent;
    char type[32];
    char code[24]; /* current */
    char name[200];
    int64_t from_us, to_us;
    int64_t version;
};
bool registry_unit(struct db *rows, int64_t id, struct unit *out);
/* Of an id in another row: where there is none, `rows` is damaged. */
bool registry_unit_named(struct db *rows, int64_t id, struct unit *out);
/* The unit that a code named at a time; doors take a code, or "#" and the surrogate id. */
bool registry_unit_by_text(struct db *rows, const char *text, int64_t at_us, int64_t *out_id);
/* The last unit that had the code, which may be closed, or have another one by now. */
bool registry_unit_last_coded(struct db *rows, const char *code, int64_t *out_id);
/* Whether what the code means depends on the time: a unit that had it has it no more. */
bool registry_code_has_ended(struct db *rows, const char *code);
/* The same for decide: problems unknown_unit, closed_unit with the field's path. */
bool decision_unit(struct decision *decision, const char *member, int64_t *out_id);
bool decision_unit_optional(struct decision *decision, const char *member, int64_t *out_id);

/* Whether all of it is a drill: marked on every page, document and message. */
bool registry_is_drill(struct db *rows);

bool registry_covers(struct db *rows, int64_t ancestor, int64_t unit, int64_t at_us);
/* When a unit last came to be or moved, up to `at_us`: from then to then the tree is the same, but for what closed. */
int64_t registry_tree_us(struct db *rows, int64_t at_us);
/* The nearest unit of a type at or above `unit`; 0 none. */
int64_t registry_above(struct db *rows, int64_t unit, const char *type, int64_t at_us);
int64_t registry_common_ancestor(struct db *rows, int64_t a, int64_t b, int64_t at_us);

/* Hooks of the area above that has matters (command/area.h); NULL: there is none. */
struct registry_matter { /* an open matter, with what decides where it goes */
    int64_t id, subject, household, parent;
    struct uuid uuid;
};
/* Fixes the stream of the command; false with other_stream where it has events in another one. */
bool registry_begin(struct decision *decision, int64_t stream, const char *field);
/* The newest shelf of the unit in a stream, in its own stream the unit itself; 0 none. */
int64_t registry_shelf(struct db *rows, int64_t stream, int64_t unit);
/* Makes a further shelf in the command's stream: one event. 0: its numbers are used up. */
int64_t registry_take_shelf(struct decision *decision, int64_t unit);

struct registry_matters {
    /* Whether the unit itself has open matters, and how many; standing ones are not counted. */
    bool (*unit_is_busy)(struct db *rows, int64_t unit, int64_t *out_count);
    GArray *(*open_in)(struct db *rows, int64_t unit); /* of struct registry_matter: those, by id */
    /* Moves matters and their expectations to another unit; `offers`: also offers to the old unit and its
     * participations. */
    void (*move)(struct decision *decision, int64_t from, int64_t to, const GArray *matters, bool offers);
    /* Whether a matter about the person is held, and why; the caller frees. */
    bool (*person_is_held)(struct db *rows, struct vault *vault, int64_t person, char **out_reason);
    /* Ends the standing matters of a unit that is closed. */
    bool (*end_standing)(struct decision *decision, int64_t unit);
};

/* The unit at a time: name, code and parent of then. False before it began and after it ended. */
bool registry_unit_on(struct db *rows, int64_t id, int64_t at_us, struct unit *out);
/* Open successors of a unit that was merged or split, over several steps: array of int64_t, ascending. */
GArray *registry_successors(struct db *rows, int64_t unit);
GArray *registry_predecessors(struct db *rows, int64_t unit);
/* Arrays of struct unit. From the root down to the unit itself, with the names of that time. */
GArray *registry_path(struct db *rows, int64_t unit, int64_t at_us);
/* Open units right below `parent` (0: the root), by id, after the id `after`. */
GArray *registry_children(struct db *rows, int64_t parent, int64_t after, int most);
/* How many units bear the name, counted up to `most`, and the id of one of them. */
int64_t registry_units_named(struct db *rows, const char *name, int64_t at_us, int64_t most, int64_t *out_id);
bool registry_child_named(struct db *rows, int64_t parent, const char *name, int64_t at_us, struct unit *out);
/* Open units of a type below `under` (0: anywhere), at whatever depth, by id, after the id `after`. */
GArray *registry_units_of_type(struct db *rows, int64_t under, const char *type, int64_t after, int most);
/* Ids of those of the type that are below `under` at a time, by id. */
GArray *registry_ids_of_type(struct db *rows, int64_t under, const char *type, int64_t at_us, int most);
/* Open units at or below `under` (0: anywhere) whose name holds `text` or whose code begins with it, by id,
 * after the id `after`. */
GArray *registry_search_units(struct db *rows, int64_t under, const char *text, int64_t after, int most);

/* ---- posts ---- */
struct post {
    int64_t id, person, seat;
    char role[48];
    int64_t from_us, to_us;
    int64_t version;
    int64_t deputy_of; /* the post deputised; 0 none */
    bool keeps_hours;  /* has a roster: outside of its shifts it is off duty */
};
bool registry_post(struct db *rows, int64_t id, struct post *out);
bool registry_post_named(struct db *rows, int64_t id, struct post *out); /* as registry_unit_named() */
/* Posts that a person holds at a time, in order of id: array of struct post. */
GArray *registry_posts_of(struct db *rows, int64_t person, int64_t at_us);
/* A post of `person` at `at_us` in one of `roles` (NULL-terminated names; NULL any) one of whose grounds covers `unit`;
 * `wanted` (0 any) restricts it to one post. 0 none. Hot: called for each entry. */
int64_t registry_acting_post(struct db *rows, int64_t person, int64_t wanted, const char *const *roles, int64_t unit,
                             int64_t at_us);
/* The same as of `observed_us`, of a post or ground that has ended at most LIMIT_LATE_ENTRY_US before `now_us`: a phone
 * may deliver after its worker's last day. Only for entries. */
int64_t registry_late_post(struct db *rows, int64_t person, int64_t wanted, const char *const *roles, int64_t unit,
                           int64_t observed_us, int64_t now_us);

/* Who answers for a unit: among posts of the role whose grounds name `unit` or the nearest unit above it, the one on
 * duty; else the standing holder with the lowest id, so that people can foresee it and a replay repeats it; else a
 * deputy; else the level above. */
struct route {
    int64_t post, person; /* 0: none up to the root */
    int64_t unit;         /* the ground that led to the post */
    int level;            /* 0 the unit itself, 1 the one above ... */
    bool on_duty;
};
bool registry_route(struct db *rows, const char *role, int64_t unit, int64_t at_us, struct route *out);
/* The same among posts of other persons than these: array of int64_t. */
bool registry_route_other(struct db *rows, const char *role, int64_t unit, int64_t at_us, const GArray *persons,
                          struct route *out);
/* When the next post of the role that covers the unit begins; REGISTRY_OPEN: none is known. */
int64_t registry_next_start_us(struct db *rows, const char *role, int64_t unit, int64_t at_us);

/* All posts that covered a unit (an address) at a time, the nearest level first, then by id: array of struct
 * responsible. */
struct responsible {
    struct post post;
    int64_t ground; /* the ground of the post */
    int level;      /* 0 the unit itself, 1 the one above ... */
    bool on_duty;
};
GArray *registry_responsible(struct db *rows, int64_t unit, int64_t at_us);

/* Posts that name `unit` as a ground at a time, by id, after the id `after`: array of struct post. */
GArray *registry_posts_at(struct db *rows, int64_t unit, int64_t at_us, int64_t after, int most);
/* All posts at a time, by id, after the id `after`: array of struct post. */
GArray *registry_posts_after(struct db *rows, int64_t after, int64_t at_us, int most);
/* Its grounds at a time, ascending: array of int64_t. */
GArray *registry_grounds(struct db *rows, int64_t post, int64_t at_us);
struct shift {
    int64_t from_us, to_us;
};
/* Shifts that touch the time from `from_us` to `to_us`, ascending: array of struct shift. */
GArray *registry_shifts(struct db *rows, int64_t post, int64_t from_us, int64_t to_us);
/* When the shift that runs at a time ends; 0: none runs. */
int64_t registry_shift_end_us(struct db *rows, int64_t post, int64_t at_us);

#define REGISTRY_COLLEAGUES 200 /* in one role on one ground: whose lists are read beside one's own */
/* Other posts of the role with one of the post's grounds, by id, the first REGISTRY_COLLEAGUES: array of int64_t. */
GArray *registry_colleagues(struct db *rows, int64_t post, int64_t at_us);
/* Whether `other` may take over what the post answers for at the unit: it has the role, and of the post's grounds that
 * which is nearest to the unit (all of them, where none covers it), and is not off duty. */
bool registry_is_colleague(struct db *rows, int64_t post, int64_t other, int64_t unit, int64_t at_us);

/* Required posts without a holder, for open units at or below `under`, by unit, after the unit `after`: array of struct
 * gap. The gaps of a unit stay on one page, which may so have more than `most` rows. */
struct gap {
    int64_t unit;
    const struct role *role;
    int required, held;
};
GArray *registry_gaps(struct db *rows, const struct playbook *playbook, int64_t under, int64_t at_us, int64_t after,
                      int most);

/* A hand-over: offered, then accepted, refused or withdrawn; until it is accepted the giver answers. */
struct handover {
    int64_t id, from_post, to_post /* 0: a person without a post yet */, to_person;
    int64_t by_person; /* who offered it; 0 the operator */
    char mode[16];     /* "shift": duty moves for a while; "post": grounds move */
    char state[16];    /* "offered", "accepted", "refused", "withdrawn" */
    int64_t offered_us, decided_us /* 0 */, until_us /* of a shift */;
};
bool registry_handover(struct db *rows, int64_t id, struct handover *out);
/* From whom the person has a post by hand-over: its holders and who offered it. Counted are posts lent at the time, and
 * those that went for good no longer ago than a proposal lasts: array of int64_t. */
GArray *registry_lenders(struct db *rows, int64_t person, int64_t at_us);
/* Whether the post was had so of `giver`, at once or over others. */
bool registry_is_lent_by(struct db *rows, int64_t post, int64_t giver, int64_t at_us);
/* The grounds that it names; empty: all of the giver's. */
GArray *registry_handover_grounds(struct db *rows, int64_t id);
/* By id, after the id `after`: array of struct handover. Of a person: what waits for them to take; what they have
 * offered; shifts lent by them or to them that have not ended. */
enum handover_side { HANDOVER_OFFERED_TO, HANDOVER_GIVEN, HANDOVER_LENT, HANDOVER_SIDES };
GArray *registry_handovers(struct db *rows, int64_t person, enum handover_side side, int64_t at_us, int64_t after,
                           int most);
/* The reason of the offer, or of the refusal, unsealed; NULL when there is none or it has been erased. The caller
 * frees. */
char *registry_handover_reason(struct db *rows, struct vault *vault, int64_t handover, bool of_refusal);

/* ---- persons and households ---- */
struct person_data { /* unsealed; erased: all NULL */
    char *name, *id_number, *phone;
    bool erased;
    bool damaged; /* as erased, but without an erasure: the key or the sealed data was altered */
};
enum problem_code person_gone(const struct person_data *data); /* the problem for an erased or damaged person */
void person_data_clear(struct person_data *data);
AUTO_CLEAR(person_data)
bool registry_person_exists(struct db *rows, int64_t person);
bool registry_has_people(struct db *rows); /* or had some */
/* Reconciles the vault with the journal for a person (vault_unreconciled()): rebuilds the indexes. Where the keys are
 * gone without an event, returns the command that makes the event; else NULL. */
struct command *registry_reconcile(struct db *rows, struct vault *vault, int64_t person);
/* The next person after the id `after` who is neither erased nor merged into another one; 0 none. */
int64_t registry_next_person(struct db *rows, int64_t after);
/* ---- whom a command may name: naming.c ---- */
enum naming {
    NAMING_HIDDEN,  /* unknown or hidden: both are refused alike */
    NAMING_MASKED,  /* sees that there is such a person */
    NAMING_SEEN,    /* reads the data */
    NAMING_ANSWERS, /* answers for the person; operator, clock and letters for all */
};
enum naming registry_naming(const struct decision *decision, int64_t person);
/* The same, and of what a letter does: as whoever has sent it. */
enum naming registry_naming_by_sender(const struct decision *decision, int64_t person);
/* Whether a person may be mentioned as participant, holder or speaker: also one who is told to hold a post. */
bool registry_may_mention(const struct decision *decision, int64_t person);
/* Whether `registrar` has registered the person. */
bool registry_registered(struct db *rows, int64_t registrar, int64_t person);
/* A post of `person`, or one whose seat and grounds lie in the person's grounds in one of the roles (NULL any). */
bool registry_post_is_within(struct db *rows, int64_t person, const char *const *roles, const struct post *post,
                             int64_t at_us);

/* Whether the journal has an erasure of the person. */
bool registry_person_is_erased(struct db *rows, int64_t person);
/* A proposal to erase a person, which a second person has to confirm; false: none, or expired. */
struct erasure_proposal {
    int64_t person, by, at_us, until_us; /* person: the one kept of all registrations */
};
bool registry_erasure_proposed(struct db *rows, int64_t person, int64_t at_us, struct erasure_proposal *out);
/* By person, after the id `after`, those too that are over: array of struct erasure_proposal. */
GArray *registry_erasures_waiting(struct db *rows, int64_t after, int most);
/* False when there is no such person. */
bool registry_person(struct db *rows, struct vault *vault, int64_t person, struct person_data *out);
/* The registration that is kept: itself, unless it was merged. */
int64_t registry_person_kept(struct db *rows, int64_t person);
/* All registrations of one person, the kept one first: array of int64_t. */
GArray *registry_same_persons(struct db *rows, int64_t person);
/* Persons who share the name, phone or ID number with this one; nothing of it leaves the vault. Array of struct
 * duplicate, by person; merged ones are left out. */
struct duplicate {
    int64_t person;
    bool name, phone, id_number;
};
GArray *registry_likely_duplicates(struct db *rows, struct vault *vault, int64_t person, int most);
/* The unit that answers for a person at a time; 0 none. */
int64_t registry_custodian(struct db *rows, int64_t person, int64_t at_us);
struct custody {
    int64_t unit; /* 0: none */
    int64_t from_us, to_us;
};
/* By time, gaps included: array of struct custody. */
GArray *registry_custody(struct db *rows, int64_t person);
/* The kept registration with exactly this ID number; 0 none. */
int64_t registry_person_by_id_number(struct db *rows, struct vault *vault, const char *id_number);
/* Whether the person has the name, in whichever spelling, and the phone, without a different ID number: perhaps the
 * same person, perhaps a twin or another guest of a hotel. */
bool registry_is_like(struct db *rows, struct vault *vault, int64_t person, const struct person_data *given);
/* Persons who are alike, among the first with the phone: the kept registration of each, once. None without a phone. An
 * array of int64_t; the caller drops those whom the actor may not see. */
GArray *registry_alike(struct db *rows, struct vault *vault, const struct person_data *given);
/* Whether a registration of the person has the name, in whichever spelling. */
bool registry_is_called(struct db *rows, struct vault *vault, int64_t person, const char *name);
/* Resolves {"name", "id_number"?, "phone"?, "is_new"?, "same_as"?} to a person, in decide functions of other areas.
 * The same ID number and name, in whichever spelling, is the same person. Without a number a likely person visible
 * to the actor is refused with person_likely, until the actor gives the id, `same_as` or `is_new`. Emits
 * person_registered for a new person, and person_changed for newer data of one whom the actor answers for; others do
 * not change. False with problem (fields under `path`). */
struct resolved_person {
    int64_t person;
    enum naming naming; /* the actor's level before the command, NAMING_ANSWERS for a new person */
    bool by_number;     /* the ID number was given that is kept of the person */
};
bool registry_decide_subject(struct decision *decision, const json_t *given, const char *path, int64_t unit,
                             struct resolved_person *out);
/* The household in which a person lives at a time, 0 none; and its members then (array of int64_t). */
int64_t registry_household(struct db *rows, int64_t person, int64_t at_us);
GArray *registry_household_members(struct db *rows, int64_t household, int64_t at_us);
struct residency {
    int64_t household, person, unit;
    int64_t from_us, to_us;
};
/* Where a person lives at a time. False: not known to live anywhere. */
bool registry_residency(struct db *rows, int64_t person, int64_t at_us, struct residency *out);
/* The dwelling within the unit ("2单元301"), unsealed; NULL when there is none or it has been erased. The caller
 * frees. */
char *registry_dwelling(struct db *rows, struct vault *vault, int64_t person, int64_t at_us);
/* Households at or below a unit now, by id, after the id `after`: array of int64_t. */
GArray *registry_households_at(struct db *rows, int64_t unit, int64_t at_us, int64_t after, int most);

/* Rights in the registry (role flags of the playbook): whether the actor holds a role with `flag` whose grounds cover
 * `unit`. */
enum registry_right { RIGHT_PERSONS, RIGHT_REGISTRY, RIGHT_ACCOUNTS, RIGHT_PLAYBOOK, RIGHT_AUDIT };
/* `unit` 0: over any unit. */
bool registry_has_right(struct db *rows, const struct playbook *playbook, int64_t person, enum registry_right right,
                        int64_t unit, int64_t at_us);

/* Whether another person than `person` (0 none) has the right over the unit, by another post than `post` (0 none).
 * Without one no person there could give it again. */
bool registry_others_have(struct db *rows, const struct playbook *playbook, enum registry_right right, int64_t unit,
                          int64_t person, int64_t post, int64_t at_us);
/* Refuses (last_with_right) where the end of the post, or of all posts of its holder, would leave the place without a
 * registrar or a keeper of accounts. The operator may, who can appoint anybody. */
bool registry_is_not_last(struct decision *decision, const struct post *post, bool all_of_theirs);

/* ---- effects of a playbook: decide_effects.c ---- In decide functions of other areas, as of now. No right is checked;
 * all other rules hold. The problem is returned, not set, with the field that a command of the registry would have:
 * "name", "parent", "unit", "person", "grounds", "to". */
struct problem *registry_open_unit(struct decision *decision, const char *type, int64_t parent, const char *name,
                                   int64_t *out_id);
/* Does nothing for a closed unit. */
struct problem *registry_close_unit(struct decision *decision, int64_t id);
/* `wanted`: person, role, to_us; the seat defaults to the first ground. */
struct problem *registry_appoint(struct decision *decision, const struct post *wanted, const GArray *grounds,
                                 int64_t *out_post);
/* The post keeps no ground: no expectation is routed to it, and its holder cannot act in it. */
void registry_suspend_post(struct decision *decision, const struct post *post, const GArray *grounds);
/* Restores the grounds, or their open successors; a post that is left with none ends. */
void registry_resume_post(struct decision *decision, int64_t post, const GArray *grounds);
/* Does nothing for a post that has ended. */
void registry_end_post(struct decision *decision, int64_t post);

/* The event `post_handed_over` {from, to, at_us, grounds} is applied by the registry (its tables) and by the
 * matter area (open expectations of the post `from` go to the post `to`): an event may stand in the tables of
 * several areas and is applied in their order. */

#endif
