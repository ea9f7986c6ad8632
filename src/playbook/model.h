/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model - a playbook in memory, as the loader leaves it: names resolved to pointers and indexes, expressions parsed.
 *
 * Shape   arrays are `struct x *xs; size_t x_count;` in the order of the file; names are unique within their array.
 *         Pointers lead to parts of the same playbook. Everything is made by playbook_load() and never changed
 *         afterwards, so threads may share it.
 * Owner   struct playbook, counted with playbook_ref() and playbook_unref(): a matter's rules are those of its
 *         opening, so old versions stay as long as somebody holds them.
 */
#ifndef PLAYBOOK_MODEL_H
#define PLAYBOOK_MODEL_H

#include "base/decimal.h"
#include "playbook/expr.h"
#include "playbook/value.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct texts { /* what people read, in both languages */
    char *zh, *en;
};

struct code {
    char *code;
    struct texts label;
};

struct code_list {
    char *name;
    struct texts title;
    struct code *codes;
    size_t code_count;
};

enum field_type {
    FIELD_TEXT,
    FIELD_INTEGER,
    FIELD_DECIMAL,
    FIELD_BOOL,
    FIELD_DATE,
    FIELD_DATETIME,
    FIELD_CHOICE,
    FIELD_CHOICES,
    FIELD_UNIT,
    FIELD_DIVISION,
    FIELD_PERSON,
    FIELD_PHONE,
    FIELD_ID_NUMBER,
    FIELD_ADDRESS,
    FIELD_LONG_TEXT,
    FIELD_DURATION,
    FIELD_MATTER,
    FIELD_LINES,
    FIELD_LOCATION,
    FIELD_CALL_PROOF,
    FIELD_FILE,
    FIELD_REFS, /* lines, each an entry or an expectation of a matter, with what it said when it was named */
    FIELD_TYPE_COUNT
};

/* A kind may ask for what another one asks for already, so often: 0 once. */
struct ask_again {
    bool present;
    struct texts why;
    int64_t every_us;
};

struct form;
struct kind;
struct field {
    char *name;
    struct texts label, hint;
    enum field_type type;
    bool required;
    bool required_unless_attempt; /* asked unless the entry is an attempt, and then not allowed */
    struct expr *required_when;   /* NULL; fields of its own form (a matter's form too) are EXPR_ENTRY_FIELD in it */
    bool clear;                   /* not sealed although the kind is about a person (by exception, with clear_reason) */
    char *clear_reason;
    bool personal;                  /* masked unless a role unmasks; implied by types: see field_types */
    const struct role **visible_to; /* and the subject, nobody else; none: all who see the matter */
    size_t visible_to_count;
    char *unit; /* of numbers, "°C" */
    bool has_min, has_max;
    struct decimal min, max;      /* of numbers; how many lines */
    int decimals;                 /* of decimals, default 1 */
    int max_chars;                /* of texts */
    const struct code_list *list; /* of choices; codes given in place make a list named kind.field */
    struct form *lines;           /* of FIELD_LINES: the fields of one line; else NULL */
    const struct kind *kind;      /* of FIELD_MATTER: what it must be; NULL any */
    char *concept;                /* NULL; "person.residence" */
    struct ask_again ask_again;
    bool list_column; /* `list:` may be filtered and is kept clear in rows */
};

struct form {
    struct field *fields;
    size_t field_count;
};

struct unit_type {
    char *name;
    struct texts title;
    const struct unit_type **under; /* what it may stand under; none: the root */
    size_t under_count;
    bool stream;       /* commands below it are decided in its own stream */
    bool organisation; /* attached to a place, not part of the tree of places */
};

struct role {
    char *name;
    struct texts title;
    const struct unit_type **grounds; /* what it may cover */
    size_t ground_count;
    bool duty_hours; /* a roster says who is on duty; else the holder always is */
    /* `may:` [persons, registry, accounts, playbook, audit] */
    bool registers_people, keeps_registry, keeps_accounts, adopts, supervises;
};

/* Which days are worked, by date; weekdays say it where nothing else does. */
struct calendar_day {
    int32_t day;
    bool working;
};
struct calendar {
    char *name;
    struct texts title;
    bool weekdays[8];          /* worked, by day_of_week() */
    struct calendar_day *days; /* ascending: holidays, and days worked to make up for them */
    size_t day_count;
};
/* So long: working days, then the rest. */
struct length {
    int64_t us;
    int working_days;
};

struct required_post { /* every unit of the type must have so many posts of the role: each lack is a gap */
    const struct unit_type *unit_type;
    const struct role *role;
    int count;
};

/* A rule or a table: dated editions, chosen by the time of the fact. */
struct rule_value {
    char *key;          /* of a table; NULL for a plain rule */
    struct value value; /* texts and lists owned by the playbook */
};
struct rule_edition {
    int32_t from_day;
    char *source; /* document and article, or "unverified" */
    struct rule_value *values;
    size_t value_count;
};
struct rule {
    char *name;
    struct texts title;
    enum value_type type; /* of the values */
    char *unit;
    const struct code_list *list; /* of choice values */
    bool table;
    const struct code_list *key_list; /* of a table's keys; NULL free texts such as division codes */
    struct rule_edition *editions;    /* by from_day ascending */
    size_t edition_count;
};

/* L6: kept incrementally in the matter, so that expressions read fields only. */
enum fact_function {
    FACT_COUNT,  /* count(entry)  → number */
    FACT_EXISTS, /* exists(entry) → bool */
    FACT_FIRST,  /* first(entry).at or .field */
    FACT_LAST,   /* last(entry).at, .actor or .field */
    FACT_SUM,    /* sum(entry.field), sum(entry.lines.column): of numbers; 0 when there is nothing to add */
    FACT_MIN,    /* min(entry.field), max(entry.field) */
    FACT_MAX,
};
enum fact_member { FACT_MEMBER_NONE, FACT_MEMBER_AT, FACT_MEMBER_ACTOR, FACT_MEMBER_FIELD };
struct entry_def;
struct fact {
    char *name;
    enum fact_function function;
    const struct entry_def *entry;
    enum fact_member member;
    int field;                       /* index in the entry's form with FACT_MEMBER_FIELD, and of the lines with `by` */
    const struct field *by, *column; /* sum(ENTRY.LINES.COLUMN by KEY): a sum a code; NULL one sum */
    struct expr *value;              /* of sum, min, max: a number in the scope of the entry */
    const char *unit;                /* of that number; NULL none */
    struct expr *where;              /* NULL; in the scope of the entry */
    enum value_type type;
    bool sealed; /* holds a value of a sealed field */
};

/* L1: who. An address is resolved when an expectation is made: on duty there, else the standing holder, else the
 * level above. */
enum address_place {
    PLACE_MATTER_UNIT, /* the role whose ground covers the matter's unit */
    PLACE_ANCESTOR,    /* the same, looked for from the nearest ancestor of a unit type on */
    PLACE_FIELD,       /* at the unit named by a field of the matter */
    PLACE_RECEIVER,    /* at the unit to which the matter has been offered */
    PLACE_PARTICIPANT, /* at the unit that takes part: the one at hand, else the only one of its set */
    PLACE_COMMON,      /* at the nearest unit above both the giver and the receiver of a hand-over */
};
enum party {
    PARTY_ROLE,
    PARTY_SUBJECT,
    PARTY_PROXY,
    PARTY_PUBLIC,
    PARTY_CLOCK,
    PARTY_PARTICIPANT,
    PARTY_OPENER /* whoever opened the matter */
};
struct participant_set;
struct address {
    enum party party;
    const struct role *role; /* PARTY_ROLE */
    enum address_place place;
    const struct unit_type *ancestor;
    int field;
    const struct participant_set *set; /* PLACE_PARTICIPANT, PARTY_PARTICIPANT */
};

/* L4: units or persons that take part in a matter, each with a state of its own. */
struct participant_set {
    char *name;
    struct texts title;
    bool persons;                        /* else units */
    int least, most;                     /* how many; most 0: any number */
    const struct unit_type **unit_types; /* that may take part; none: any */
    size_t unit_type_count;
    const struct code_list *states; /* the first is where they begin; NULL none */
    int field;                      /* of the kind's form, that holds the first of them; -1 none */
    bool audience;                  /* L9: every unit of the unit types under a place, with or without a number to it */
    bool standing;                  /* and those that come later, while the matter is open */
    int under;           /* of an audience: a field of the kind's form that holds the place; -1 the matter's unit */
    struct form columns; /* what expressions see of each: state, who */
};

struct escalation {
    int64_t after_us; /* after the due time */
    struct address to;
    int64_t digest_us; /* 0: at once; else gathered with others to the same person in slots of this length */
};

/* L2: when. Exactly one of them. */
enum deadline_type {
    DEADLINE_WITHIN,  /* so long after `since` */
    DEADLINE_TABLE,   /* the same, the length out of an expression (a duration) */
    DEADLINE_WINDOWS, /* daily windows: one expectation after another while the state lasts */
    DEADLINE_DAILY,   /* per day, at a time of day */
    DEADLINE_WEEKLY,  /* per week, on weekdays, at a time of day */
    DEADLINE_MONTHLY, /* per month, on days of the month, at a time of day */
    DEADLINE_EVERY,   /* so long after it was met the time before */
    DEADLINE_AT,      /* an instant out of an expression */
};
enum since {
    SINCE_STATE,    /* the state was entered */
    SINCE_OPENED,   /* the matter was opened */
    SINCE_OBSERVED, /* observed time of the entry that led here */
    SINCE_EXPR,     /* an instant out of an expression */
};
struct window {
    int from_minutes, to_minutes;
};
/* An entry `extend_NAME` moves the due time of the open expectation. */
struct extension {
    bool present;
    struct address *by;
    size_t by_count;
    int most;            /* times */
    struct length up_to; /* each time; 0: as long as they say */
};
/* L15: whoever answers is alerted until they have seen it; then somebody has to ring. */
struct alerting {
    int64_t every_us; /* 0: no alerts */
    int most;
    bool phone_list; /* after the last of them it stands there */
};
struct expect {
    char *name; /* unique in the kind; the entry's name unless given */
    const struct entry_def *entry;
    struct address answers;
    const struct participant_set *each; /* one for each of them; NULL: one */
    const struct field *per_line;       /* of the kind's form: one for each of its lines; NULL: one */
    struct expr *met_when;              /* NULL: every such entry meets it; else those of which it is true */
    struct address *may_meet;           /* besides `answers` and the entry's `by` */
    size_t may_meet_count;
    enum deadline_type deadline;
    int64_t within_us;       /* DEADLINE_WITHIN, EVERY */
    int within_working_days; /* counted in the calendar, instead of `within_us` */
    struct expr *expr;       /* DEADLINE_TABLE, DEADLINE_AT */
    enum since since;
    struct expr *since_expr;          /* SINCE_EXPR: a datetime */
    const struct calendar *calendar;  /* NULL every day is worked, or a rule says which */
    const struct rule *calendar_rule; /* its values are names of calendars */
    struct window *windows;
    size_t window_count;
    int at_minutes; /* DEADLINE_DAILY, WEEKLY, MONTHLY */
    uint32_t on;    /* WEEKLY: bits 1 to 7 of weekdays; MONTHLY: bits 1 to 31, beyond the end: the last day */
    bool earlier_below_refused;               /* no matter below may have it due earlier */
    int attempts;                             /* after so many it has been tried enough; 0: it stays open */
    const struct state *state_after_attempts; /* NULL: the state stays */
    int64_t warn_us;                          /* before the due time; 0 none */
    int warn_percent;                         /* or when so much of the time is left */
    const struct state **pause_in;            /* states in which its clock stands instead of its being withdrawn */
    size_t pause_in_count;
    struct extension extension;
    struct alerting alert;
    const struct expect *both_ways; /* L1: the same in the other direction, of the same participants; NULL none */
    bool sealed;                    /* L11: until both have been entered, or their time is over */
    bool optional;                  /* never overdue, never missed */
    struct escalation *escalations; /* by after_us */
    size_t escalation_count;
};

/* L8: what follows from an entry, besides the state. */
enum effect_type {
    EFFECT_SET,         /* set a field of this matter's form to an expression */
    EFFECT_OPEN,        /* open a child matter of a kind, with fields from expressions of the same names */
    EFFECT_ENTER,       /* make an entry in the parent, the children of a kind, or the linked matters of a kind */
    EFFECT_WITHDRAW,    /* withdraw the open expectations of a name */
    EFFECT_SUPERSEDE,   /* the same: something later has taken their place */
    EFFECT_HOLD,        /* hold the erasure up, for a reason */
    EFFECT_RELEASE,     /* end such a hold */
    EFFECT_REOPEN,      /* what was met is expected again, its clock goes on */
    EFFECT_DOCUMENT,    /* issue a document */
    EFFECT_JOIN,        /* a unit or person takes part from now on */
    EFFECT_PARTICIPANT, /* the state of one or all participants changes, or they leave */
    EFFECT_OPEN_UNIT,   /* a unit comes into being */
    EFFECT_CLOSE_UNIT,  /* one that this matter opened ends */
    EFFECT_APPOINT,     /* a person holds a post */
    EFFECT_RESTORE,     /* the home posts that this matter suspended come back */
    EFFECT_TYPE_COUNT
};
enum effect_target {
    TARGET_SELF,
    TARGET_PARENT,
    TARGET_CHILDREN,
    TARGET_LINKED,
    TARGET_LINE, /* the matter that a column of the line names */
    TARGET_EACH, /* the matter of the loop that is at hand */
};
/* `for_each`: for what an effect is carried out again and again. */
enum loop_over {
    LOOP_HOUSEHOLD,    /* the open matters of the same kind of all others in the household; OPEN: all others */
    LOOP_CHILDREN,     /* open child matters */
    LOOP_LINKED,       /* open matters that are linked, or named in a field of type matter */
    LOOP_LINES,        /* the lines of a field */
    LOOP_PARTICIPANTS, /* all of a set */
};
struct loop {
    enum loop_over over;
    const struct kind *kind; /* HOUSEHOLD: the same; CHILDREN, LINKED: of this kind, NULL any */
    bool in_entry;           /* LINES: a field of the entry's form, else of the matter's */
    int field;
    const struct form *lines; /* its columns */
    const struct participant_set *set;
    struct expr *where; /* LINES, PARTICIPANTS: only those; NULL all */
    char *reason;       /* why others' matters are touched; NULL not said */
};
struct effect_field {
    int field;          /* index in the target's form */
    struct expr *value; /* in the scope of the entry that has the effect */
};
/* Of OPEN_UNIT, CLOSE_UNIT and APPOINT. */
struct registry_effect {
    const struct unit_type *unit_type;
    struct expr *called;     /* OPEN_UNIT: its name */
    struct expr *under;      /* OPEN_UNIT: the unit above */
    int field;               /* of the matter's form: OPEN_UNIT where it is kept, CLOSE_UNIT which */
    const struct role *role; /* APPOINT */
    struct expr **grounds;
    size_t ground_count;
    struct expr *seat;  /* NULL: the first ground */
    struct expr *until; /* datetime or date; NULL: open */
    bool suspends;      /* the other posts of the person stand still until they are restored */
};
struct effect {
    enum effect_type type;
    const struct loop *loop; /* NULL: once */
    enum effect_target target;
    const struct kind *kind;       /* OPEN: of the child; ENTER: of the target, SET in others */
    const struct entry_def *entry; /* ENTER */
    struct effect_field *fields;
    size_t field_count;
    char *name;         /* WITHDRAW: of the expectation; DOCUMENT: of the document */
    struct expr *about; /* OPEN: about whom or what; ENTER: only where it is about them; NULL: as it comes */
    struct expr *unit;  /* OPEN: where; NULL: as it comes */
    int column;         /* TARGET_LINE: of the line */
    /* JOIN, PARTICIPANT */
    const struct participant_set *set;
    struct expr *who;  /* JOIN: NULL: whoever enters; APPOINT; RESTORE: NULL: all */
    const char *state; /* code: that begins; NULL: JOIN the first, PARTICIPANT stays */
    bool leaves, all;  /* PARTICIPANT: all of the set; else the one at hand */
    struct expr *why;  /* PARTICIPANT: who leaves an audience leaves it for a reason; NULL none */
    const char *first; /* the first of the set in this state */
    struct registry_effect *registry;
};
struct state;
struct branch {                /* `then:` the first branch whose condition is true is taken, and no other */
    struct expr *when;         /* NULL: always */
    const struct state *state; /* NULL: stays */
    struct effect *effects;
    size_t effect_count;
};

struct refusal { /* L7 */
    struct expr *when;
    struct texts say;
    char *field; /* of the entry's form, to which it points; NULL the whole */
};
struct need { /* a precondition */
    struct expr *that;
    char *text;       /* as written: what is missing, where `say` is */
    struct texts say; /* NULL texts: none */
    char *field;
};
/* Four eyes: the entry takes effect when another person has confirmed it. */
struct second {
    bool present;
    struct address *by; /* the first of them is waited for */
    size_t by_count;
    int64_t within_us;
};

struct entry_def {
    char *name;
    struct texts title;
    struct address *by; /* who may make it, besides those who may meet an expectation for it */
    size_t by_count;
    const struct participant_set *as; /* whoever enters acts for one of them */
    const struct participant_set *of; /* the entry is about one of them, who is named */
    const struct field *line;         /* of the kind's form: the entry is about one line of it; NULL none */
    const struct state **in;          /* NULL: any state that is not final */
    size_t in_count;
    struct code_list *attempts; /* NULL: none */
    bool round_household;       /* L17 */
    struct form form;
    struct refusal *refusals;
    size_t refusal_count;
    struct need *needs;
    size_t need_count;
    struct second second;
    const struct expect *sealed_by; /* not shown but to its maker while this is open and not overdue; NULL none */
    const struct entry_def *confirms, *declines; /* made by `second` of that entry */
    int *unless_actor; /* indexes of facts holding an actor: none of them may be who enters (a second person) */
    size_t unless_actor_count;
    bool unless_opener; /* nor whoever opened the matter */
    struct branch *branches;
    size_t branch_count;
    const struct state *state; /* shorthand for one branch */
    struct effect *effects;    /* always, before the branches; attempts have none */
    size_t effect_count;
    bool handover;                        /* L4 in part: see struct handover_def */
    const struct expect *extends;         /* moves the due time of this one */
    bool reviews;                         /* made for the states that say `review` */
    bool shows_figures;                   /* the kind's figures are computed, shown and frozen in it */
    struct expr *record_from, *record_to; /* the record of duty of the post between is frozen in it; NULL none */
};

/* Offered, then accepted: the matter itself goes to another unit. Entries hand_over, accept_handover,
 * refuse_handover and, where somebody decides, assign_handover are made by it. */
struct handover_def {
    bool present;
    struct address *by; /* who may offer */
    size_t by_count;
    struct address accept; /* at the receiver */
    int64_t within_us;
    const struct code_list *refuse_reasons;
    int bounce_cap;
    const struct state *state_after; /* NULL: stays */
    bool no_show;                    /* the entry report_no_show */
    struct expr *no_show_after;      /* a duration from the offer on, or an instant: then they never came; NULL none */
    struct address unknown;          /* role NULL: none; where it goes when nobody knows to which unit */
    bool decided;                    /* after a refusal beyond the cap; else nobody may refuse then */
    struct expect deciding;          /* of whoever assigns it */
};

/* L16: the number under which another system keeps the matter too. */
struct external_def {
    bool present;
    char *system;
    int field;          /* of the form: holds the number */
    struct address *by; /* who says what the other system says */
    size_t by_count;
    const struct expect **of; /* their due time is that of these; none: ours stands */
    size_t of_count;
};

/* L14: while such a matter is in one of the states, units that take part may read what is known of people, by concept,
 * in the matters of some kinds below its unit: for a purpose, until a date, so that nobody is asked twice. */
struct grants_def {
    bool present;
    const struct participant_set *to, *except; /* units; persons who are left out, NULL nobody */
    const struct kind **of;
    size_t of_count;
    const struct state **in;
    size_t in_count;
    int concepts, grain, until, purpose, lawful_basis; /* fields of the form */
};

/* Derived figures of a report, only confirmed by people. */
enum figure_what {
    FIGURE_OPENED,
    FIGURE_OPEN,
    FIGURE_IN_STATE,
    FIGURE_ENTERED,
    FIGURE_MET,
    FIGURE_MISSED,
    FIGURE_OVERDUE
};
struct figure {
    char *name;
    struct texts title;
    enum figure_what what;
    const struct kind *kind;
    const struct state *state;     /* IN_STATE */
    const struct entry_def *entry; /* ENTERED */
    const struct expect *expect;   /* MET, MISSED, OVERDUE */
};

/* L13: a count or a ratio over matters, entries and expectations of a kind, for a unit and a window. A fold over rows:
 * a term says what one matter adds and when, so that it can be kept current by differences as well as counted anew. */
enum term_what {
    TERM_OPENED,   /* flow: matters, when they opened */
    TERM_CLOSED,   /* flow: when they closed */
    TERM_OPEN,     /* stock: open at the end of the window */
    TERM_IN_STATE, /* stock: in the state then */
    TERM_ENTRIES,  /* flow: entries, when they were observed */
    TERM_MET,      /* flow: expectations, when they fell due, as the others */
    TERM_LATE,
    TERM_MISSED,
    TERM_EXCUSED,
    TERM_DUE, /* met, late, missed, or overdue */
    TERM_COUNT
};
struct term {
    enum term_what what;
    const struct entry_def *entry;
    const struct state *state;
    const struct expect *expect;
    struct expr *where; /* NULL: all; in the scope of the entry, else of the matter */
};
struct credit {                        /* the unit at which it counts */
    int field;                         /* of the matter's form; -1 the matter's own unit */
    const struct participant_set *set; /* the units of it: the one that the fact is of or about, else each of them */
};
enum indicator_on { ON_OWN, ON_OPENED, ON_CLOSED, ON_OBSERVED, ON_ACCEPTED };
enum indicator_window { WINDOW_DAY, WINDOW_WEEK, WINDOW_MONTH, WINDOW_MONTH_19 };
struct indicator {
    char *name; /* unique in the playbook */
    struct texts title;
    const struct kind *kind;
    struct term top, bottom;
    bool ratio;             /* has a bottom */
    struct credit *credits; /* each fact counts once at each of these units */
    size_t credit_count;
    enum indicator_on on; /* what dates it, instead of the fact itself */
    const struct entry_def *on_entry;
    enum indicator_window window;
    const struct unit_type *floor; /* not asked below; NULL anywhere */
    int min_bottom;                /* below it nothing is shown */
    int smallest_cell; /* of personal kinds: figures below it are not shown, nor what would give them away */
    const struct unit_type *coverage; /* of how many units of this type there is anything; NULL not said */
    int64_t freeze_us;                /* what arrives so long after the window's end counts no more; 0 it always does */
};
bool term_is_stock(const struct term *term);

struct state {
    char *name;
    struct texts title;
    bool initial, final, proposed; /* proposed: made by `proposed_by`, nothing is expected until it is confirmed */
    struct expect *expects;
    size_t expect_count;
    struct expr *ends_at; /* NULL; a datetime or date (then at the end of that day) */
    const struct state *ends_in;
    char *document; /* issued on entering; NULL */
};

struct document {
    char *name;
    struct texts title, body; /* with {field}, {subject.name}, {unit.name}, {date}, {rule.x} filled in when shown */
};

enum about { ABOUT_NOTHING, ABOUT_PERSON, ABOUT_UNIT };
enum retain_from { RETAIN_CLOSED, RETAIN_OPENED, RETAIN_STATE };

struct kind {
    char *name;
    int index; /* in playbook.kinds */
    struct texts title;
    char **clauses; /* NULL-terminated */
    enum about about;
    bool about_post; /* about whoever holds a post, in that post alone: ABOUT_PERSON too */
    bool group_household;
    bool unique_open_per_subject, standing_one_per_unit;
    const struct field *unique_field;  /* of the form: no two matters share its value; NULL none */
    bool unique_ever;                  /* with unique_…: closed ones count too, until they are erased */
    const struct unit_type **audience; /* standing: types of units that have one */
    size_t audience_count;
    const struct unit_type **unit_types; /* where it may stand; none: anywhere */
    size_t unit_type_count;
    struct texts purpose;
    char *lawful_basis;
    enum retain_from retain_from;
    const struct state *retain_state; /* RETAIN_STATE: it was entered; closed without it: as RETAIN_CLOSED */
    const struct rule *retain_rule;   /* the length, instead of retain_us */
    struct address *held_by;          /* who may hold the erasure up */
    size_t held_by_count;
    int64_t retain_us; /* 0: kept (only where nothing is about a person) */
    /* seen_by: besides all roles that act in it */
    const struct role **opened_by, **proposed_by, **seen_by, **unmasked_by;
    size_t opened_by_count, proposed_by_count, seen_by_count, unmasked_by_count;
    const struct role **merged_by; /* who may find two to be one; none: whoever opens them */
    size_t merged_by_count;
    bool opened_by_subject, opened_by_clock;
    bool participants_only; /* `sight: participants_only` */
    struct form form;
    struct participant_set *participants;
    size_t participant_count;
    bool has_audience; /* a set of thousands: nobody reads them all without need */
    struct fact *facts;
    size_t fact_count;
    struct state *states;
    size_t state_count;
    const struct state *initial;
    const struct state *proposed; /* NULL */
    struct entry_def *entries;
    size_t entry_count;
    struct handover_def handover;
    struct external_def external;
    struct grants_def grants;
    size_t clock_entry_count; /* entries made by `extend`, `review` and `second`, at the end of entries */
    struct expect *seconds;   /* second_ENTRY: the confirmation that is waited for */
    size_t second_count;
    struct figure *figures;
    size_t figure_count;
    struct indicator *indicators;
    size_t indicator_count;
    const struct document **documents;
    size_t document_count;
};

struct playbook {
    gint references;
    char *name;
    int version;
    int64_t id; /* given when adopted: pos of the event; 0 before */
    struct texts title;
    char *zone_name;
    GTimeZone *zone;
    char *authority;
    int quiet_from_minutes, quiet_to_minutes; /* no escalation is shown between; equal: none */
    int64_t grace_us;                         /* after downtime nothing lapses for so long */
    struct unit_type *unit_types;
    size_t unit_type_count;
    struct role *roles;
    size_t role_count;
    struct required_post *required_posts;
    size_t required_post_count;
    struct code_list *lists;
    size_t list_count;
    struct rule *rules;
    size_t rule_count;
    struct calendar *calendars;
    size_t calendar_count;
    struct document *documents;
    size_t document_count;
    struct kind *kinds;
    size_t kind_count;
    json_t *clauses; /* [{id, zh, en}] as given */
    json_t *tests;   /* the `test:` documents as JSON, for the test runner */
    void *storage;   /* the loader's: everything above lies in it, code lists made in place too */
    /* Frees the playbook with all its parts; playbook_unref() calls it at the end. */
    void (*release)(struct playbook *playbook);
};

struct playbook *playbook_ref(struct playbook *playbook);
void playbook_unref(struct playbook *playbook);
static inline void playbook_auto(struct playbook **playbook)
{
    if (*playbook != NULL)
        playbook_unref(*playbook);
}

/* By name; NULL when there is none. */
const struct kind *playbook_find_kind(const struct playbook *playbook, const char *name);
const struct role *playbook_find_role(const struct playbook *playbook, const char *name);
const struct unit_type *playbook_find_unit_type(const struct playbook *playbook, const char *name);
const struct code_list *playbook_find_list(const struct playbook *playbook, const char *name);
const struct rule *playbook_find_rule(const struct playbook *playbook, const char *name);
const struct indicator *kind_find_indicator(const struct kind *kind, const char *name);
const struct indicator *playbook_find_indicator(const struct playbook *playbook, const char *name);
const struct calendar *playbook_find_calendar(const struct playbook *playbook, const char *name);
const struct document *playbook_find_document(const struct playbook *playbook, const char *name);
const struct entry_def *kind_find_entry(const struct kind *kind, const char *name);
const struct state *kind_find_state(const struct kind *kind, const char *name);
/* Of all states, one after the other; NULL beyond the last. */
const struct expect *kind_expect_at(const struct kind *kind, int index);
int kind_find_fact(const struct kind *kind, const char *name);  /* -1 none */
int form_find_field(const struct form *form, const char *name); /* -1 none */
const struct code *code_list_find(const struct code_list *list, const char *code);
const struct participant_set *kind_find_participants(const struct kind *kind, const char *name);
/* The definition of an expectation by name; `accepting` is filled in and returned for that of a hand-over. */
const struct expect *expect_find(const struct kind *kind, const char *name, struct expect *accepting);
#define EXPECTATION_ACCEPT "accept_handover"
#define EXPECTATION_ASSIGN "assign_handover"
/* May the entry be made in the state? Left out, `in` means every state that is neither final nor proposed. */
bool entry_fits_state(const struct entry_def *entry, const struct state *state);

/* The edition in force on a day; NULL before the first. A table's value by key; VALUE_MISSING for an unknown one. */
const struct rule_edition *rule_edition_on(const struct rule *rule, int32_t day);
struct value rule_value_on(const struct rule *rule, int32_t day, const char *key);

/* The nearest of `names` to a misspelt one by edit distance, NULL when none is near; for suggestions everywhere. */
const char *nearest_name(const char *wrong, const char *const *names, size_t count);

#endif
