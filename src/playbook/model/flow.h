/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow - the states of a kind, and the expectations of each: who answers, and until when.
 *
 * Units   minutes of the day in the playbook's zone; lengths in microseconds, or in working days of a calendar.
 */
#ifndef PLAYBOOK_MODEL_FLOW_H
#define PLAYBOOK_MODEL_FLOW_H

#include "playbook/model/address.h"
#include "playbook/model/calendar.h"
#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry_def;
struct expr;
struct field;
struct participant_set;
struct rule;
struct state;

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
    int from_minutes, to_minutes; /* that ends before it begins: on the day that follows */
};
/* An entry `extend_NAME` moves the due time of the open expectation. */
struct extension {
    bool present;
    struct address *by;
    size_t by_count;
    int most;            /* times */
    struct length up_to; /* each time; 0: no limit */
};
/* L15: the post that answers is alerted until it has seen the matter, and at last put into the phone list. */
struct alerting {
    int64_t every_us; /* 0: no alerts */
    int most;
    bool phone_list; /* after the last alert it is in the phone list */
};
struct expect {
    char *name; /* unique in the kind; the entry's name unless given */
    const struct entry_def *entry;
    const struct entry_def *or_entry; /* meets it as well: that a proposal is declined; NULL none */
    struct address answers;
    const struct participant_set *each; /* one for each of them; NULL: one */
    const struct field *per_line;       /* of the kind's form: one for each of its lines; NULL: one */
    struct expr *when;                  /* NULL: always; else decided when it would be made, once */
    struct expr *met_when;              /* NULL: every such entry meets it; else those for which it is true */
    struct address *may_meet;           /* besides `answers` and the entry's `by` */
    size_t may_meet_count;
    enum deadline_type deadline;
    int64_t within_us;       /* DEADLINE_WITHIN, EVERY without `expr` */
    int within_working_days; /* counted in the calendar, instead of `within_us` */
    struct expr *expr;       /* DEADLINE_TABLE, AT; of EVERY a duration, or NULL */
    enum since since;
    struct expr *since_expr;          /* SINCE_EXPR: a datetime */
    const struct calendar *calendar;  /* NULL every day is worked, or a rule names the calendar */
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
    const struct state **pause_in;            /* states in which its clock is paused instead of its being withdrawn */
    size_t pause_in_count;
    struct extension extension;
    struct alerting alert;
    const struct expect *both_ways; /* L1: the same in the other direction, of the same participants; NULL none */
    bool sealed;                    /* L11: until both have been entered, or their time is over */
    bool optional;                  /* never overdue, never missed */
    struct escalation *escalations; /* by after_us */
    size_t escalation_count;
};

bool expect_is_met_by(const struct expect *expect, const struct entry_def *entry);

struct state {
    char *name;
    struct texts title;
    bool initial, final, proposed; /* proposed: made by `proposed_by`; nothing but the decision is expected in it */
    struct expect *expects;
    size_t expect_count;
    struct expr *ends_at;        /* NULL; a datetime or date (then at the end of that day) */
    bool ends_with_post;         /* when the post that the matter is about ends, if not before */
    const struct state *ends_in; /* NULL: it does not end by itself */
    char *document;              /* issued on entering; NULL */
};

#endif
