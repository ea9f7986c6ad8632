/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * problem - why a command or request is refused, with a sentence in zh and en (RFC 9457 at the doors).
 *
 * Shape   a code, the path of the field that is wrong ("form.temperature", NULL for the whole command) and up to five
 *         arguments that fill {0} to {4} of the code's text, where a part in [ ] is left out when its argument is
 *         empty; further problems of the same command follow as a list, in the order of the input. One table
 *         (problem.c) holds the HTTP status and the texts in zh and en of every code; tests/ has a row for each.
 *         Field and arguments may repeat what was sent: they are bounded, and without what may not stand in a text.
 * Owner   the caller frees with problem_free(), which frees the chain.
 */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include "base/auto.h"

#include <glib.h>
#include <stdbool.h>

enum problem_code {
    /* the form of what was sent */
    PROBLEM_MALFORMED_JSON, /* {0} line, {1} column */
    PROBLEM_DUPLICATE_KEY,
    PROBLEM_INVALID_UTF8,
    PROBLEM_NUMBER_INEXACT,
    PROBLEM_MALFORMED_REQUEST, /* {0} header */
    PROBLEM_JSON_TOO_DEEP,     /* {0} limit */
    PROBLEM_BODY_TOO_LARGE,    /* {0} limit in bytes */
    PROBLEM_HEADERS_TOO_LARGE, /* {0} limit in bytes */
    PROBLEM_NOT_AN_OBJECT,
    PROBLEM_UNSUPPORTED_MEDIA_TYPE,   /* {0} what is taken */
    PROBLEM_FILE_NOT_CLEAN,           /* {0} media type */
    PROBLEM_METHOD_NOT_ALLOWED,       /* {0} allowed */
    PROBLEM_NOT_ACCEPTABLE_PARAMETER, /* {0} what would be right */
    PROBLEM_UNKNOWN_PARAMETER,        /* {0} those that the address has */
    PROBLEM_INVALID_CURSOR,
    PROBLEM_TOO_MANY_ITEMS,   /* {0} limit */
    PROBLEM_TOO_BROAD,        /* {0} how many were looked at, {1} parameters that leave fewer */
    PROBLEM_TOO_MANY_TO_SORT, /* the same */

    /* fields */
    PROBLEM_MISSING_FIELD,
    PROBLEM_UNKNOWN_FIELD, /* {0} nearest known name or empty */
    PROBLEM_WRONG_TYPE,    /* {0} expected type */
    PROBLEM_TEXT_TOO_LONG, /* {0} limit in characters */
    PROBLEM_TEXT_EMPTY,
    PROBLEM_CONTROL_CHARACTER, /* {0} which, "U+202E" */
    PROBLEM_NAME_CHARACTER,    /* {0} itself */
    PROBLEM_BELOW_MINIMUM,     /* {0} minimum with unit */
    PROBLEM_ABOVE_MAXIMUM,     /* {0} maximum with unit */
    PROBLEM_TOO_PRECISE,       /* {0} decimals allowed */
    PROBLEM_NOT_IN_LIST,       /* {0} list name, {1} nearest or allowed codes */
    PROBLEM_REPEATED_CHOICE,
    PROBLEM_INVALID_DATE,
    PROBLEM_INVALID_DATETIME,
    PROBLEM_OBSERVED_IN_FUTURE,
    PROBLEM_SERVER_CLOCK_BEHIND,
    PROBLEM_OBSERVED_TOO_EARLY, /* {0} days */
    PROBLEM_IN_FUTURE,
    PROBLEM_INVALID_ID_NUMBER, /* {0} which part is wrong, {1} in Chinese, {2} in English: identity_problem() */
    PROBLEM_INVALID_PHONE,
    PROBLEM_INVALID_DIVISION,
    PROBLEM_INVALID_DURATION,
    PROBLEM_TOO_FEW_LINES,         /* {0} at least */
    PROBLEM_TOO_MANY_LINES,        /* {0} at most */
    PROBLEM_TOO_FEW_PARTICIPANTS,  /* {0} at least */
    PROBLEM_TOO_MANY_PARTICIPANTS, /* {0} at most */
    PROBLEM_UNKNOWN_PARTICIPANT,
    PROBLEM_UNKNOWN_REFERENCE,
    PROBLEM_UNKNOWN_LINE,      /* {0} lines */
    PROBLEM_PERIOD_TOO_LONG,   /* {0} days at most */
    PROBLEM_WHICH_PARTICIPANT, /* {0} the set, {1} its kind: not said */
    PROBLEM_INVALID_UUID,
    PROBLEM_NOT_ASKED, /* a field that another answer rules out: temperature with an attempt; {0} that answer */

    /* commands */
    PROBLEM_UNKNOWN_COMMAND,    /* {0} nearest */
    PROBLEM_INVALID_REQUEST_ID, /* not UUIDv7 or from the future */
    PROBLEM_REQUEST_ID_TOO_OLD, /* {0} days */
    PROBLEM_REQUEST_ID_REUSED,  /* same id, other content */
    PROBLEM_STALE_VERSION,      /* {0} given, {1} current */
    PROBLEM_QUEUE_FULL,
    PROBLEM_SHUTTING_DOWN,
    PROBLEM_DISK_NEARLY_FULL,
    PROBLEM_OUT_OF_MEMORY,
    PROBLEM_STORAGE_FAILED,
    PROBLEM_LOG_HELD,
    PROBLEM_DISK_FULL,

    /* people and rights */
    PROBLEM_NOT_LOGGED_IN,
    PROBLEM_CROSS_SITE,
    PROBLEM_SESSION_OF_ANOTHER,
    PROBLEM_WRONG_CREDENTIALS,
    PROBLEM_ACCOUNT_LOCKED, /* {0} seconds */
    PROBLEM_ACCOUNT_CLOSED,
    PROBLEM_PASSWORD_CHANGE_NEEDED,
    PROBLEM_TOO_MANY_REQUESTS,  /* {0} seconds */
    PROBLEM_UPLOAD_QUOTA_SPENT, /* {0} seconds */
    PROBLEM_WEAK_PASSWORD,      /* {0} minimum characters */
    PROBLEM_SAME_PASSWORD,
    PROBLEM_LOGIN_NAME_TAKEN,
    PROBLEM_NO_RIGHT,  /* {0} roles that may; {1} the kind, where {0} is a participant set: not said */
    PROBLEM_NOT_FOUND, /* {0} what; the same answer whether it does not exist or may not be seen */
    PROBLEM_POST_NOT_HELD,

    /* registry */
    PROBLEM_UNKNOWN_UNIT,
    PROBLEM_CLOSED_UNIT, /* {0} date */
    PROBLEM_UNKNOWN_UNIT_TYPE,
    PROBLEM_UNKNOWN_UNIT_FACT, /* {0} nearest or empty */
    PROBLEM_NO_FACT_OF_TYPE,   /* {0} unit type */
    PROBLEM_BEFORE_UNIT,       /* {0} date */
    PROBLEM_WRONG_PARENT,      /* {0} type, {1} parent's type */
    PROBLEM_CODE_TAKEN,
    PROBLEM_UNIT_HAS_CHILDREN,     /* {0} count */
    PROBLEM_UNIT_HAS_OPEN_MATTERS, /* {0} count */
    PROBLEM_UNKNOWN_PERSON,
    PROBLEM_PERSON_ERASED,
    PROBLEM_PERSON_MISMATCH, /* same ID number, other name */
    PROBLEM_UNKNOWN_POST,
    PROBLEM_UNKNOWN_ROLE,
    PROBLEM_POST_ENDED,
    PROBLEM_POST_EXISTS,
    PROBLEM_WRONG_GROUND, /* {0} role, {1} unit type */
    PROBLEM_BEFORE_START,
    PROBLEM_UNKNOWN_HANDOVER,
    PROBLEM_HANDOVER_PENDING,
    PROBLEM_HANDOVER_DECIDED,
    PROBLEM_HANDOVER_TO_SELF,
    PROBLEM_BOUNCE_CAP_REACHED, /* {0} cap */
    PROBLEM_BEFORE_PARENT,      /* {0} date */
    PROBLEM_WITHIN_ITSELF,
    PROBLEM_PERSON_HELD,    /* {0}: why */
    PROBLEM_PERSON_IN_POST, /* {0} count */
    PROBLEM_POST_ELSEWHERE,
    PROBLEM_OTHER_ROLE,      /* {0} role */
    PROBLEM_OTHER_UNIT_TYPE, /* {0} type */
    PROBLEM_NOT_IN_UNIT,
    PROBLEM_SUBJECT_ELSEWHERE, /* {0} unit of the matter */
    PROBLEM_PLACED_TWICE,
    PROBLEM_NOT_PLACED, /* {0} member that could name it, {1} its code or id */
    PROBLEM_PERSONS_ARE_ONE,
    PROBLEM_PERSON_NOT_MERGED,
    PROBLEM_IN_OTHER_CUSTODY, /* {0} unit */
    PROBLEM_PERSON_EXISTS,    /* {0} id */
    PROBLEM_PERSON_LIKELY,    /* {0} ids */

    /* matters */
    PROBLEM_UNKNOWN_KIND, /* {0} nearest */
    PROBLEM_UNKNOWN_MATTER,
    PROBLEM_UNKNOWN_FILE,
    PROBLEM_UNKNOWN_ENTRY_KIND, /* {0} kind, {1} nearest */
    PROBLEM_UNKNOWN_ENTRY,
    PROBLEM_UNKNOWN_EXPECTATION,
    PROBLEM_WRONG_STATE, /* {0} state, {1} states in which it may, {2} the kind that has them: not said */
    PROBLEM_MATTER_CLOSED,
    PROBLEM_MATTER_ERASED,
    PROBLEM_DATA_DAMAGED,
    PROBLEM_PROOF_INVALID,
    PROBLEM_MATTER_EXISTS, /* unique: {0} the open one, where the actor sees it */
    PROBLEM_MATTER_MERGED, /* {0} the one in which it goes on, where the actor sees it */
    PROBLEM_NOT_MERGED,
    PROBLEM_NOT_LINKED,
    PROBLEM_NO_RESIDENT_LINK,      /* {0} the kind */
    PROBLEM_TOO_MANY_LINKS,        /* {0} limit */
    PROBLEM_RESIDENT_LINK_UNKNOWN, /* as whoever holds it is told */
    PROBLEM_RESIDENT_LINK_GIVER,
    PROBLEM_RESIDENT_LINK_ENDED,
    PROBLEM_RESIDENT_LINK_PURPOSE,
    PROBLEM_OTHER_KIND, /* {0} kind */
    PROBLEM_OTHER_SUBJECT,
    PROBLEM_SUBJECT_NEEDED,
    PROBLEM_SUBJECT_NOT_ALLOWED,
    PROBLEM_UNKNOWN_ATTEMPT, /* {0} allowed */
    PROBLEM_NOT_A_ROUND,
    PROBLEM_ROUND_ROW_TWICE,
    PROBLEM_NOT_IN_HOUSEHOLD,
    PROBLEM_NOTHING_ENTERED,
    PROBLEM_ONLY_ALONE,
    PROBLEM_OTHER_ADDRESS,         /* {0} where it is sent */
    PROBLEM_SAME_PERSON_REFUSED,   /* a second person is needed */
    PROBLEM_REFUSED_BY_RULE,       /* {0} zh, {1} en: the playbook's own sentence */
    PROBLEM_ALREADY_ENDED,         /* an expectation that is no longer open */
    PROBLEM_CLAIMED_ALREADY,       /* an expectation, by a colleague */
    PROBLEM_NOT_CLAIMED,           /* by the actor */
    PROBLEM_DUE_TIME_PASSED,       /* too late to be extended */
    PROBLEM_EXTENSIONS_SPENT,      /* {0} how often it may be extended */
    PROBLEM_EARLIER_BELOW,         /* {0} expectation, {1} when it is due in the matter above, {2} its kind: not said */
    PROBLEM_NEEDS_UNMET,           /* {0} the condition as it is written */
    PROBLEM_CONFIRMED,             /* by a second person: what one of them changed would be one's own again */
    PROBLEM_AWAITS_SECOND,         /* such an entry waits for its second person already */
    PROBLEM_EXTERNAL_NUMBER_TAKEN, /* {0} the matter that has it, where the actor sees it */
    PROBLEM_NEWER_TOLD,            /* {0} as of when the other system has told */
    PROBLEM_NO_EXTERNAL_NUMBER,    /* {0} kind */
    PROBLEM_HELD_ALREADY,          /* its erasure, for this reason */
    PROBLEM_NOT_HELD,
    PROBLEM_BELOW_FLOOR, /* {0} the lowest level at which the indicator is shown */
    PROBLEM_REASON_NEEDED,
    PROBLEM_EFFECTS_TOO_DEEP,
    PROBLEM_TOO_MANY_EFFECTS, /* {0} most */
    PROBLEM_OTHER_STREAM,     /* {0} unit's name */
    PROBLEM_NOT_OPENED_HERE,  /* {0} unit's name */
    PROBLEM_NOT_PROPOSED,
    PROBLEM_WRONG_UNIT_TYPE, /* {0} kind or participant set, {1} unit type, {2} the set's kind: not said */
    PROBLEM_ENTRY_CORRECTED, /* {0} number of the entry that corrects it */

    /* sheets */
    PROBLEM_SHEET_UNREADABLE,  /* {0} zh, {1} en: what it seems to be */
    PROBLEM_SHEET_EMPTY,       /* no row under the header */
    PROBLEM_SHEET_TOO_LONG,    /* {0} rows */
    PROBLEM_NO_SUCH_WORKSHEET, /* {0} asked for, {1} those that there are */
    PROBLEM_WORKSHEET_UNCLEAR, /* {0} those that look alike */
    PROBLEM_CELL_ERROR,        /* a cell holds #N/A or its like */
    PROBLEM_FORMULA_UNCALCULATED,
    PROBLEM_ROW_MERGED,       /* {0} row with which the line is merged */
    PROBLEM_TOO_LONG_AGO,     /* {0} days */
    PROBLEM_HEADER_NOT_FOUND, /* {0} columns that are needed */
    PROBLEM_MISSING_COLUMN,   /* {0} title */
    PROBLEM_UNKNOWN_COLUMN,   /* {0} nearest or empty */
    PROBLEM_COLUMN_TWICE,     /* {0} the other header, {1} letter of the column, {2} of the other one */
    PROBLEM_OPEN_QUOTE,
    PROBLEM_STRAY_QUOTE,
    PROBLEM_NUL_BYTE,
    PROBLEM_ROW_TOO_LARGE,  /* {0} bytes */
    PROBLEM_ROW_TOO_WIDE,   /* {0} cells */
    PROBLEM_ROW_RAGGED,     /* {0} cells, {1} columns */
    PROBLEM_ROW_CHARSET,    /* {0} of the file, {1} of the row */
    PROBLEM_DIGITS_LOST,    /* a spreadsheet made a number of a code */
    PROBLEM_ZEROS_LOST,     /* {0} what is known with zeros in front */
    PROBLEM_DATE_AMBIGUOUS, /* {0} one way, {1} the other */
    PROBLEM_DATE_IS_RANGE,
    PROBLEM_TIME_MISSING,
    PROBLEM_NAME_AMBIGUOUS,   /* {0} how many */
    PROBLEM_VALUE_NOT_MAPPED, /* {0} known values */
    PROBLEM_SAME_SUBJECT,     /* {0} row */
    PROBLEM_KEY_TWICE,        /* {0} row */
    PROBLEM_KEY_EMPTY,
    PROBLEM_DATE_ORDER, /* {0} the day meant, {1} the order that says so */
    PROBLEM_YEAR_SHORT,
    PROBLEM_HOUR_UNCLEAR,
    PROBLEM_ENCODING_UNCLEAR, /* {0} read as UTF-8, {1} as GB18030 */
    PROBLEM_CHARACTER_LOST,
    PROBLEM_TOTAL_ROW,
    PROBLEM_HOME_MISSING, /* a door, or since when, and no home */
    PROBLEM_NOT_A_YES_OR_NO,

    /* playbooks */
    PROBLEM_PLAYBOOK_INVALID,   /* {0} number of mistakes; each follows as PLAYBOOK_MISTAKE */
    PROBLEM_PLAYBOOK_MISTAKE,   /* {0} file, {1} line, {2} column, {3} zh, {4} en */
    PROBLEM_PLAYBOOK_NOT_NEWER, /* {0} version in force */
    PROBLEM_HAS_ACCOUNT,
    PROBLEM_NOT_FOR_YOURSELF,
    PROBLEM_LAST_WITH_RIGHT, /* {0} the role */
    PROBLEM_NOTHING_PROPOSED,
    PROBLEM_SAME_ROLE_REFUSED, /* {0} the proposer's role */
    PROBLEM_NO_PLAYBOOK,
    PROBLEM_STATE_GONE,         /* {0} matter, {1} state */
    PROBLEM_FIELD_TYPE_CHANGED, /* {0} matter, {1} field */
    PROBLEM_RULES_DO_NOT_FIT,   /* {0} matter, {1} what stands in the way */
    PROBLEM_RULES_ARE_CURRENT,

    PROBLEM_COUNT
};

#define PROBLEM_ARGS_MAX 5

struct problem {
    enum problem_code code;
    char *field;
    char *args[PROBLEM_ARGS_MAX];
    struct problem *next;
    struct problem *last; /* of the chain that begins here, where it is known: appending takes no walk */
};

struct problem_text {
    const char *name; /* the stable name, "stale_version": also the last part of the type URI */
    int http_status;
    const char *zh, *en;
};

extern const struct problem_text problem_texts[PROBLEM_COUNT];

/* Arguments are strings and end with NULL. */
struct problem *problem_new(enum problem_code code, const char *field, ...) __attribute__((sentinel));
void problem_free(struct problem *problem);
AUTO_FREE(problem)

/* Appends `more` (taken) to *chain, or makes it the first. */
void problem_append(struct problem **chain, struct problem *more);
/* Cuts the chain behind its first problem and returns the rest. */
struct problem *problem_take_rest(struct problem *first);
/* Puts "prefix." (or "prefix[3].") before every field of the chain. */
void problem_prefix(struct problem *chain, const char *prefix);

/* The sentence in "zh" or "en"; the caller frees. */
char *problem_sentence(const struct problem *problem, bool chinese);

/* An argument as people say it, where it is the name of a type or of a fault; itself where it is not. */
const char *problem_word(enum problem_code code, const char *name, bool chinese);

#endif
