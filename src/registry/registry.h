/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * registry - units, the tree and its history; persons, households; posts, duty and hand-over: who is
 *            responsible for what, when.
 *
 * Shape   unit: surrogate id, type from the playbook, dated codes and names, parent; cover(ancestor, unit,
 *         from, to) holds every pair of the tree (a unit covers itself), with its time of validity. person: an
 *         id; name, ID number and phone are sealed under the person's key. residency: who lives with whom,
 *         where (unit of the entrance or the smallest above it; the dwelling itself sealed), from when to when;
 *         a household is the id of such a group. post: person x role x seat x grounds x time. Ids are the pos
 *         of the event that made it, but for the root unit. Commands: decide.h, events: events.h.
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

/* ---- units: query.c ---- */
struct unit {
    int64_t id, parent;
    char type[32];
    char code[24]; /* current */
    char name[200];
    int64_t from_us, to_us;
    int64_t version;
};
bool registry_unit(struct db *rows, int64_t id, struct unit *out);
/* The unit that a code named at a time; doors take a code, or "#" and the surrogate id. */
bool registry_unit_by_text(struct db *rows, const char *text, int64_t at_us, int64_t *out_id);
/* The same for decide: problems unknown_unit, closed_unit with the field's path. */
bool decision_unit(struct decision *decision, const char *member, int64_t *out_id);
bool decision_unit_optional(struct decision *decision, const char *member, int64_t *out_id);

bool registry_covers(struct db *rows, int64_t ancestor, int64_t unit, int64_t at_us);
/* When a unit last came to be or moved, up to `at_us`: from then to then the tree is the same, but for what closed. */
int64_t registry_tree_us(struct db *rows, int64_t at_us);
/* The nearest unit of a type at or above `unit`; 0 none. */
int64_t registry_above(struct db *rows, int64_t unit, const char *type, int64_t at_us);
int64_t registry_common_ancestor(struct db *rows, int64_t a, int64_t b, int64_t at_us);

/* What the registry asks of the area that knows matters, which lies above it: hook `matters` of command/area.h. NULL:
 * there are none. */
struct registry_matter { /* an open one; who or what it is about says where it goes */
    int64_t id, subject, household, parent;
    struct uuid uuid;
};
/* The command's events lie in that stream from now on; false with other_stream where some lie in another one. */
bool registry_begin(struct decision *decision, int64_t stream, const char *field);
/* The shelf on which matters of the unit are numbered in a stream: the newest that it took, or in its own the unit
 * itself; 0 none. */
int64_t registry_shelf(struct db *rows, int64_t stream, int64_t unit);
/* Another one, in the command's stream: one event. 0: its numbers are used up. */
int64_t registry_take_shelf(struct decision *decision, int64_t unit);

struct registry_matters {
    /* Whether something is still open in a unit itself, and how much; standing ones aside. */
    bool (*unit_is_busy)(struct db *rows, int64_t unit, int64_t *out_count);
    GArray *(*open_in)(struct db *rows, int64_t unit); /* of struct registry_matter: the same, by id */
    /* They stand in another unit from now on, with what is expected in them; `offers`: also what has been offered to
     * the old one, and where it takes part. */
    void (*move)(struct decision *decision, int64_t from, int64_t to, const GArray *matters, bool offers);
    /* Whether the erasure of something about a person is held up, and why; the caller frees. */
    bool (*person_is_held)(struct db *rows, struct vault *vault, int64_t person, char **out_reason);
    /* The unit ends: its standing matters do too. */
    bool (*end_standing)(struct decision *decision, int64_t unit);
};

/* A unit as it stood at a time: name, code and parent of then. False before it began and after it ended. */
bool registry_unit_on(struct db *rows, int64_t id, int64_t at_us, struct unit *out);
/* What came of a unit that was merged or split, or out of what it came: array of int64_t, ascending. */
GArray *registry_successors(struct db *rows, int64_t unit);
GArray *registry_predecessors(struct db *rows, int64_t unit);
/* Arrays of struct unit. From the root down to the unit itself, with the names of that time. */
GArray *registry_path(struct db *rows, int64_t unit, int64_t at_us);
/* Open units right below `parent` (0: the root), by id, after the id `after`. */
GArray *registry_children(struct db *rows, int64_t parent, int64_t after, int most);
/* How many units bear the name, counted up to `most`, and the id of one of them. */
int64_t registry_units_named(struct db *rows, const char *name, int64_t at_us, int64_t most, int64_t *out_id);
bool registry_child_named(struct db *rows, int64_t parent, const char *name, int64_t at_us, struct unit *out);
/* Open units at or below `under` (0: anywhere) whose name holds `text` or whose code begins with it, by id,
 * after the id `after`. */
GArray *registry_search_units(struct db *rows, int64_t under, const char *text, int64_t after, int most);

/* ---- posts ---- */
struct post {
    int64_t id, person, seat;
    char role[48];
    int64_t from_us, to_us;
    int64_t version;
    int64_t deputy_of; /* a post, 0: this is none's deputy */
    bool keeps_hours;  /* has a roster: outside of its shifts it is off duty */
};
bool registry_post(struct db *rows, int64_t id, struct post *out);
/* Posts that a person holds at a time, in order of id: array of struct post. */
GArray *registry_posts_of(struct db *rows, int64_t person, int64_t at_us);
/* A post of `person` at `at_us` in one of `roles` (NULL-terminated names; NULL any) one of whose grounds
 * covers `unit`; `wanted` (0 any) restricts it to one post. 0 none. The hot question: every entry asks it. */
int64_t registry_acting_post(struct db *rows, int64_t person, int64_t wanted, const char *const *roles, int64_t unit,
                             int64_t at_us);
/* The same as of `observed_us`, of a post or ground that has ended at most LIMIT_LATE_ENTRY_US before `now_us`: a
 * phone may deliver after its worker's last day. For entries, and for nothing else. */
int64_t registry_late_post(struct db *rows, int64_t person, int64_t wanted, const char *const *roles, int64_t unit,
                           int64_t observed_us, int64_t now_us);

/* Who answers: among posts of the role whose grounds name `unit` or the nearest unit above it: who is on duty
 * now; else a standing holder (the one with the fewest open expectations is not asked: the lowest id, so that
 * replays and people can foresee it); else a deputy; else the level above. */
struct route {
    int64_t post, person; /* 0: nobody, not even at the top */
    int64_t unit;         /* whose ground it was */
    int level;            /* 0 the unit itself, 1 the one above ... */
    bool on_duty;
};
bool registry_route(struct db *rows, const char *role, int64_t unit, int64_t at_us, struct route *out);
/* When the next post of the role begins that covers the unit; REGISTRY_OPEN: none is known. */
int64_t registry_next_start_us(struct db *rows, const char *role, int64_t unit, int64_t at_us);

/* Everybody who was responsible for a unit (an address) at a time: the nearest level first, then by post:
 * array of struct responsible. */
struct responsible {
    struct post post;
    int64_t ground; /* the unit that their post named */
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

/* Required posts that are not held, for open units at or below `under`, by unit, after the unit `after`:
 * array of struct gap. A unit's gaps are never parted, so a page may have a few rows more than `most`. */
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
    char mode[16];  /* "shift": duty moves for a while; "post": grounds move */
    char state[16]; /* "offered", "accepted", "refused", "withdrawn" */
    int64_t offered_us, decided_us /* 0 */, until_us /* of a shift */;
};
bool registry_handover(struct db *rows, int64_t id, struct handover *out);
/* Waiting for this person to take, by id, after the id `after`: array of struct handover. Those that they gave and that
 * still wait: `given` true. */
GArray *registry_handovers_waiting(struct db *rows, int64_t person, bool given, int64_t after, int most);
/* Why it was offered (or refused), opened; NULL when nothing was said or it has been erased. The caller
 * frees. */
char *registry_handover_reason(struct db *rows, struct vault *vault, int64_t handover, bool of_refusal);

/* ---- persons and households ---- */
struct person_data { /* unsealed; erased: all NULL */
    char *name, *id_number, *phone;
    bool erased;
    bool damaged; /* as erased, but nobody erased them: the key, or what it sealed, was changed */
};
enum problem_code person_gone(const struct person_data *data); /* what refuses where they are erased */
void person_data_clear(struct person_data *data);
AUTO_CLEAR(person_data)
bool registry_person_exists(struct db *rows, int64_t person);
/* The vault may be ahead of the journal about them (vault_unreconciled()): its indexes are made what the journal says.
 * Where their keys are gone and the journal does not say so, the command that makes it: to be decided; else NULL. */
struct command *registry_reconcile(struct db *rows, struct vault *vault, int64_t person);
/* The next person after the id `after` who is neither erased nor stood for by another registration; 0 none. */
int64_t registry_next_person(struct db *rows, int64_t after);
/* ---- whom a command may name: naming.c ---- */
enum naming {
    NAMING_HIDDEN,  /* nobody, or not to be seen: both are answered alike */
    NAMING_MASKED,  /* sees that there is somebody */
    NAMING_SEEN,    /* reads their data */
    NAMING_ANSWERS, /* registers people where they live; the operator, the clock and letters for everybody */
};
enum naming registry_naming(const struct decision *decision, int64_t person);
/* As somebody who takes part, holds a post, spoke for another: who holds a post stands in the directory anyway. */
bool registry_may_mention(const struct decision *decision, int64_t person);
/* Whether `registrar` has registered the person. */
bool registry_registered(struct db *rows, int64_t registrar, int64_t person);
/* One's own post, or one whose seat and grounds all lie in one's grounds in one of the roles (NULL any). */
bool registry_post_is_within(struct db *rows, int64_t person, const char *const *roles, const struct post *post,
                             int64_t at_us);

/* Known to have been erased: the journal says so. */
bool registry_person_is_erased(struct db *rows, int64_t person);
/* That somebody has asked for a person to be erased, which waits for a second person; false: none, or no longer. */
struct erasure_proposal {
    int64_t person, by, at_us, until_us; /* person: who stands for all registrations */
};
bool registry_erasure_proposed(struct db *rows, int64_t person, int64_t at_us, struct erasure_proposal *out);
/* By person, after the id `after`, those too that are over: array of struct erasure_proposal. */
GArray *registry_erasures_waiting(struct db *rows, int64_t after, int most);
/* False when there is no such person. */
bool registry_person(struct db *rows, struct vault *vault, int64_t person, struct person_data *out);
/* Who stands for this registration: itself, unless it was merged into another one. */
int64_t registry_person_kept(struct db *rows, int64_t person);
/* All registrations of one person, whoever stands for them first: array of int64_t. */
GArray *registry_same_persons(struct db *rows, int64_t person);
/* Others who may be the same person, since they share what is said here; nothing of it leaves the vault. Array of
 * struct duplicate, by person; merged ones are left out. */
struct duplicate {
    int64_t person;
    bool name, phone, id_number;
};
GArray *registry_likely_duplicates(struct db *rows, struct vault *vault, int64_t person, int most);
/* The unit that answers for a person at a time; 0 none. */
int64_t registry_custodian(struct db *rows, int64_t person, int64_t at_us);
struct custody {
    int64_t unit; /* 0: nobody did */
    int64_t from_us, to_us;
};
/* By time, the gaps between them too: array of struct custody. */
GArray *registry_custody(struct db *rows, int64_t person);
/* A person by exact ID number, 0 none; whoever stands for them. */
int64_t registry_person_by_id_number(struct db *rows, struct vault *vault, const char *id_number);
/* Whether somebody bears the name, however it is spelt, and the phone, and no number says that they are two: perhaps
 * the same person, perhaps a twin or another guest of the hotel whose phone it is. */
bool registry_is_like(struct db *rows, struct vault *vault, int64_t person, const struct person_data *given);
/* Those who are like it, of the first that have the phone: whoever stands for each, once. None without a phone. An
 * array of int64_t; the caller leaves out whom nobody may be told of. */
GArray *registry_alike(struct db *rows, struct vault *vault, const struct person_data *given);
/* Whether a registration of the person bears the name, however it is spelt. */
bool registry_is_called(struct db *rows, struct vault *vault, int64_t person, const char *name);
/* The one function that says who is meant: {"name", "id_number"?, "phone"?, "is_new"?, "same_as"?}. In decide of
 * other areas. The same ID number under the same name, however it is spelt, is the same person; without one,
 * somebody alike whom the actor may see is told (person_likely), and the actor decides: the person's id instead, or
 * `same_as` it, or `is_new`. Emits person_registered when new, person_changed when something newer is said of whom
 * the actor answers for: of others nothing changes. *out_naming: how much the actor was allowed to read of them
 * before; NAMING_ANSWERS of new ones. False with problem (fields under `path`). */
bool registry_decide_subject(struct decision *decision, const json_t *given, const char *path, int64_t unit,
                             int64_t *out_person, enum naming *out_naming);
/* The household in which a person lives at a time, 0 none; and its members then (array of int64_t). */
int64_t registry_household(struct db *rows, int64_t person, int64_t at_us);
GArray *registry_household_members(struct db *rows, int64_t household, int64_t at_us);
struct residency {
    int64_t household, person, unit;
    int64_t from_us, to_us;
};
/* Where a person lives at a time. False: not known to live anywhere. */
bool registry_residency(struct db *rows, int64_t person, int64_t at_us, struct residency *out);
/* The dwelling within the unit ("2单元301"), opened; NULL when none was given or it has been erased. The
 * caller frees. */
char *registry_dwelling(struct db *rows, struct vault *vault, int64_t person, int64_t at_us);
/* Households at or below a unit now, by id, after the id `after`: array of int64_t. */
GArray *registry_households_at(struct db *rows, int64_t unit, int64_t at_us, int64_t after, int most);

/* Rights in the registry itself (role flags of the playbook): does the actor hold a role with `flag` whose
 * grounds cover `unit`? */
enum registry_right { RIGHT_PERSONS, RIGHT_REGISTRY, RIGHT_ACCOUNTS, RIGHT_PLAYBOOK, RIGHT_AUDIT };
/* `unit` 0: over any unit at all. */
bool registry_has_right(struct db *rows, const struct playbook *playbook, int64_t person, enum registry_right right,
                        int64_t unit, int64_t at_us);

/* Whether anybody has the right over the unit but `person` (0 nobody), or but in `post` (0 none): without them, nobody
 * there could give it to anybody any more. */
bool registry_others_have(struct db *rows, const struct playbook *playbook, enum registry_right right, int64_t unit,
                          int64_t person, int64_t post, int64_t at_us);
/* Refuses (last_with_right) where the end of the post, or of all that its holder can do, would leave nobody there who
 * keeps the registry or accounts. The operator, who can appoint anybody, may. */
bool registry_is_not_last(struct decision *decision, const struct post *post, bool all_of_theirs);

/* ---- what effects of a playbook do: decide_effects.c ---- In decide of other areas, as of now. No right is asked
 * for; all else is as in the registry's own commands. A problem is given back, not yet told, with the field that a
 * command of the registry would have: "name", "parent", "unit", "person", "grounds", "to". */
struct problem *registry_open_unit(struct decision *decision, const char *type, int64_t parent, const char *name,
                                   int64_t *out_id);
/* Does nothing when it is closed already. */
struct problem *registry_close_unit(struct decision *decision, int64_t id);
/* `wanted`: person, role, to_us, and perhaps a seat, which else is the first ground. */
struct problem *registry_appoint(struct decision *decision, const struct post *wanted, const GArray *grounds,
                                 int64_t *out_post);
/* The post stays without its grounds: nobody is asked in it, and its holder cannot act in it. */
void registry_suspend_post(struct decision *decision, const struct post *post, const GArray *grounds);
/* It has the grounds again, or what came of them, as far as they are still there; it ends where nothing is left. */
void registry_resume_post(struct decision *decision, int64_t post, const GArray *grounds);
/* Does nothing when it has ended. */
void registry_end_post(struct decision *decision, int64_t post);

/* The event `post_handed_over` {from, to, at_us, grounds} is applied by the registry (its tables) and by the
 * matter area (open expectations of the post `from` go to the post `to`): an event may stand in the tables of
 * several areas and is applied in their order. */

#endif
