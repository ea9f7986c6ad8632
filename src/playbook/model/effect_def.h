/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effect_def - an effect of an entry.
 */
#ifndef PLAYBOOK_MODEL_EFFECT_DEF_H
#define PLAYBOOK_MODEL_EFFECT_DEF_H

#include <stdbool.h>
#include <stddef.h>

struct entry_def;
struct expr;
struct form;
struct kind;
struct participant_set;
struct role;
struct unit_type;

/* L8: effects of an entry, besides the state. */
enum effect_type {
    EFFECT_SET,         /* set a field of this matter's form to an expression */
    EFFECT_OPEN,        /* open a child matter of a kind, with fields from expressions of the same names */
    EFFECT_ENTER,       /* make an entry in the parent, the children of a kind, or the linked matters of a kind */
    EFFECT_WITHDRAW,    /* withdraw the open expectations of a name */
    EFFECT_SUPERSEDE,   /* the same: something later has taken their place */
    EFFECT_HOLD,        /* hold the erasure up, for a reason */
    EFFECT_RELEASE,     /* end such a hold */
    EFFECT_REOPEN,      /* makes met expectations open again; their clock runs on */
    EFFECT_DOCUMENT,    /* issue a document */
    EFFECT_JOIN,        /* a unit or person takes part from now on */
    EFFECT_PARTICIPANT, /* the state of one or all participants changes, or they leave */
    EFFECT_OPEN_UNIT,   /* a unit comes into being */
    EFFECT_CLOSE_UNIT,  /* one that this matter opened ends */
    EFFECT_APPOINT,     /* a person holds a post */
    EFFECT_RESTORE,     /* the home posts that this matter suspended come back */
    EFFECT_EMPTY,       /* a field of this matter's form holds nothing any more */
    EFFECT_TYPE_COUNT
};
enum effect_target {
    TARGET_SELF,
    TARGET_PARENT,
    TARGET_CHILDREN,
    TARGET_LINKED,
    TARGET_LINE, /* the matter that a column of the line names */
    TARGET_EACH, /* the current matter of the loop */
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
    char *reason;       /* the reason of an effect on other matters; NULL none */
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
    int field;               /* of the matter's form: OPEN_UNIT stores the unit there, CLOSE_UNIT closes that one */
    const struct role *role; /* APPOINT */
    struct expr **grounds;
    size_t ground_count;
    struct expr *seat;  /* NULL: the first ground */
    struct expr *until; /* datetime or date; NULL: open */
    bool suspends;      /* suspends the other posts of the person until they are restored */
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
    bool same_post;     /* OPEN: about the post that this matter is about */
    struct expr *unit;  /* OPEN: where; NULL: as it comes */
    int column;         /* TARGET_LINE: of the line */
    /* JOIN, PARTICIPANT */
    const struct participant_set *set;
    struct expr *who;  /* JOIN: NULL: the actor; APPOINT; RESTORE: NULL: all */
    const char *state; /* code: that begins; NULL: JOIN the first, PARTICIPANT stays */
    bool leaves, all;  /* PARTICIPANT: all of the set; else the current one */
    struct expr *why;  /* PARTICIPANT: who leaves an audience leaves it for a reason; NULL none */
    const char *first; /* the first of the set in this state */
    struct registry_effect *registry;
};

#endif
