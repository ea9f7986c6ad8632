/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits - every bound of an input, a queue or a loop, with its reason.
 *
 * Shape   a limit that a client can exceed is named in the problem that refuses what exceeds it.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* doors */
#define LIMIT_BODY_BYTES              1048576 /* 1 MiB: a phone's queue of a day fits; a flood does not */
#define LIMIT_OPEN_BODY_BYTES         4096    /* without a session: a login and a password */
#define LIMIT_HEADER_BYTES            16384   /* cookies of a portal in front included */
#define LIMIT_REQUEST_SECONDS         20      /* a phone at the edge of a cell is slow, not silent */
#define LIMIT_CONNECTIONS             2000    /* memory: about 40 KiB each */
#define LIMIT_HURRIED_SECONDS         5    /* for a header, with the silence before it, when three quarters are taken */
#define LIMIT_CONNECTIONS_PER_ADDRESS 500  /* an office sits behind one address */
#define LIMIT_STREAMS                 2000 /* open GET /events, besides all other connections: about 25 KiB each */
#define LIMIT_STREAMS_OF_ACCOUNT      8  /* a browser has one: some browsers, and some whose end was not noticed yet */
#define LIMIT_STREAM_BEAT_SECONDS     15 /* proxies end what is silent for half a minute or more */
#define LIMIT_STREAM_UNREAD_SECONDS   60 /* who reads nothing for so long has gone */
#define LIMIT_STREAM_BACK_EVENTS      4096 /* of the journal, for who comes back: some seconds of a busy evening */
#define LIMIT_HINTS                   64   /* of a sort, to one page in a second; a page shows no more at once */
#define LIMIT_BATCH_ITEMS             200  /* POST /batch: a day of one grid worker */
#define LIMIT_ROUND_ROWS              50   /* a household with its guests */
#define LIMIT_PAGE_ROWS               200
#define LIMIT_SNAPSHOT_MATTERS        500   /* kept by a phone: a grid of 300 households with some 60 observed fits */
#define LIMIT_SNAPSHOT_ENTRIES        5     /* the newest of each */
#define LIMIT_LIST_LOOKED_AT          5000  /* rows behind one page, however few it shows: a fifth of a second */
#define LIMIT_TEXT_LOOKED_AT          20000 /* the same where a text is looked for: most forms are passed by at once */
/* persons whose name matches, before those are left out whom the viewer may not see */
#define LIMIT_SEARCH_LOOKED_AT 2000
/* behind what is known of a person: their newest matters, and of each the newest entries */
#define LIMIT_KNOWN_MATTERS   100
#define LIMIT_KNOWN_ENTRIES   200
#define LIMIT_RECOUNT_MATTERS 20000 /* an indicator counted anew: about a second of reading */
/* heavy reading: jobs of one account that run and that wait, jobs of all that wait, and what of a processor an account
 * may take for it, in the long run and at once (an export of a million rows takes some 20 s) */
#define LIMIT_HEAVY_AT_A_TIME       2
#define LIMIT_HEAVY_WAITING         8
#define LIMIT_HEAVY_WAITING_ALL     400
#define LIMIT_HEAVY_WAIT_US         (10 * US_PER_SECOND)
#define LIMIT_LINK_PER_MINUTE       60 /* requests of a resident's link */
#define LIMIT_READING_MS_PER_MINUTE 20000
#define LIMIT_READING_MS_BURST      60000
#define LIMIT_JSON_DEPTH            32
#define LIMIT_JSON_MEMBERS          1000 /* of one object: a form has at most LIMIT_KIND_PARTS fields */
#define LIMIT_PROBLEMS              20   /* listed in one answer, which says how many more there are */
/* characters of what came from outside and is repeated in a problem or report: of a name, a value, a sentence */
#define LIMIT_SHOWN_NAME_CHARS     100
#define LIMIT_SHOWN_VALUE_CHARS    500
#define LIMIT_SHOWN_SENTENCE_CHARS 1000
#define LIMIT_TEXT_CHARS           500 /* field type text, unless the field says otherwise */
#define LIMIT_LONG_TEXT_CHARS      10000
#define LIMIT_MEMO_CHARS           4000  /* field type long_text, unless the field says otherwise */
#define LIMIT_PARTICIPANTS         1000  /* of one matter: a directive to a district, not a census */
#define LIMIT_EXPECTATIONS         10000 /* of one matter at a time: their event stays below LIMIT_EVENT_BODY_BYTES */
#define LIMIT_ATTACHMENT_BYTES     (8 * 1024 * 1024)              /* a photo as phones take it; a scan of some pages */
#define LIMIT_ATTACHMENTS          200                            /* of one matter */
#define LIMIT_ATTACHMENT_ORPHAN_US (INT64_C(24) * 3600 * 1000000) /* uploaded and named by no entry: then it goes */
#define LIMIT_LINES                200                  /* of one field of type lines: a delivery note, not a city */
#define LIMIT_REQUEST_ID_DAYS      30                   /* command ids are remembered this long, older ones refused */
#define LIMIT_CLOCK_SKEW_US        (5 * 60 * 1000000LL) /* an observed time may be ahead of the server by this much */
#define LIMIT_OBSERVED_PAST_DAYS   400                  /* older facts come in by import, not by a phone */
#define LIMIT_IMPORTED_PAST_DAYS   18300 /* by an operator: fifty years, what an office has kept on paper */
/* what was observed before a post ended still comes in: a long weekend without a network */
#define LIMIT_LATE_ENTRY_US (INT64_C(72) * 3600 * 1000000)

/* who was appointed by whoever proposed, since so long before, is no second person */
#define LIMIT_SECOND_APPOINTED_US (INT64_C(24) * 3600 * 1000000)
/* what waits for a second person, who may have days off */
#define LIMIT_PROPOSAL_US (INT64_C(7) * 86400 * 1000000)

#define LIMIT_CLOCK_STEP_US        (60 * 1000000LL) /* the machine's clock may be set by it while the program runs */
#define LIMIT_CLOCK_START_AHEAD_US (24 * 3600 * 1000000LL) /* so long after the newest event a start is believed */
#define LIMIT_CLOCK_DOUBT_US                                                                                           \
    (28 * 86400 * 1000000LL) /* of a held clock: a phone's time is taken up to this, so that no
                                                        digest key is deleted early (vault/seal.c keeps two months) */

/* files on their way in */
#define LIMIT_UPLOADS_AT_ONCE    64   /* of all: each is a file of up to LIMIT_SHEET_UPLOAD_BYTES */
#define LIMIT_UPLOADS_OF_ACCOUNT 4    /* of one account at once: a phone sends its photos side by side */
#define LIMIT_UPLOADS_A_DAY      1000 /* of one account: a photo at every door of a long shift, twice */
#define LIMIT_UPLOAD_BYTES_A_DAY (2LL * 1024 * 1024 * 1024) /* of one account: these as photos of 2 MiB */
#define LIMIT_FREE_BYTES         (1024LL * 1024 * 1024) /* stay free of uploads: three full logs, and rows.db grows */

/* sheets */
#define LIMIT_SHEET_BYTES          (512LL * 1024 * 1024) /* a million rows of a wide form */
#define LIMIT_SHEET_ROWS           1048576 /* what a spreadsheet holds; rows are kept apart by 16 bytes each */
#define LIMIT_SHEET_COLUMNS        1000
#define LIMIT_SHEET_ROW_BYTES      (256 * 1024) /* a quote that never ends is found here, not at the file's end */
#define LIMIT_SHEET_UPLOAD_BYTES   (64LL * 1024 * 1024) /* through a door; larger ones on the server itself */
#define LIMIT_SHEET_UPLOAD_SECONDS 90
#define LIMIT_MAPPING_BYTES        (256 * 1024)
#define LIMIT_IMPORT_CHUNK_ROWS    100   /* rows decided together: a few milliseconds of the writer */
#define LIMIT_IMPORT_UNIT_ROWS     10000 /* units stand under those before them: all of a sheet are kept in mind */
#define LIMIT_IMPORT_WINDOW_ROWS   10000 /* rows read ahead, to be done place by place: twice some ten megabytes */
#define LIMIT_IMPORT_FINDINGS      10000 /* problems kept, and notes; those beyond are counted: some megabytes a job */
#define LIMIT_IMPORT_LINE_BYTES    4096  /* of a row beside its finding; a form of twenty fields has some hundred */
#define LIMIT_IMPORT_LINES_BYTES   (8LL * 1024 * 1024) /* of all of a job: reports stay in memory */
#define LIMIT_IMPORT_PAGE          1000                /* findings in one answer */
#define LIMIT_IMPORT_JOBS          16                  /* of a server, kept until others take their places */

/* workbooks */
#define LIMIT_WORKBOOK_PARTS            1000          /* entries of a .xlsx: a sheet has two or three, a picture one */
#define LIMIT_WORKBOOK_DIRECTORY_BYTES  (1024 * 1024) /* which names them */
#define LIMIT_WORKBOOK_SHEETS           100           /* looked at for the one that is meant */
#define LIMIT_WORKBOOK_PART_BYTES       (1024LL * 1024 * 1024) /* unpacked: a million rows of a wide form */
#define LIMIT_WORKBOOK_RATIO            200                    /* times as large as packed: lists have 10 to 50 */
#define LIMIT_WORKBOOK_RATIO_FROM_BYTES (4LL * 1024 * 1024)    /* a small part may be as empty as it likes */
#define LIMIT_WORKBOOK_TAG_BYTES        (1024 * 1024)          /* of one tag: a program writes some hundred */
#define LIMIT_WORKBOOK_NAME_BYTES       (16LL * 1024 * 1024)   /* of names that no list has: the parser keeps each */
#define LIMIT_WORKBOOK_DEPTH            64                     /* elements in one another; a list has six */
#define LIMIT_WORKBOOK_TEXT_BYTES       (64LL * 1024 * 1024)   /* of different texts, which are kept in memory */
#define LIMIT_WORKBOOK_TEXTS            4000000                /* how many: 4 bytes each besides */
#define LIMIT_WORKBOOK_MERGES           100000                 /* areas of merged cells: each household of a town */
#define LIMIT_WORKBOOK_STYLES           65536                  /* what a spreadsheet holds */
#define LIMIT_WORKBOOK_LOOK_BYTES       (8LL * 1024 * 1024)    /* of a sheet read to see whether it is empty */
#define LIMIT_MERGED_TEXT_BYTES         4096                   /* of a cell that is merged over several rows */
#define LIMIT_WORKBOOK_CELL_CHARS       32767                  /* what a spreadsheet holds */

/* engine */
#define LIMIT_QUEUE_COMMANDS 4096   /* about half a second of work; beyond it a door answers 503 */
#define LIMIT_QUEUE_US       500000 /* of work, on a slower machine: as long an overload is felt */
#define LIMIT_QUEUE_LEAST    512    /* however slow: two phones that empty their batches */
/* of personal data, shown and not yet noted, 32 bytes each: the writer notes them in less than a second */
#define LIMIT_LOOKS_WAITING      40000
#define LIMIT_LOOKS_PER_EVENT    1000 /* some 30 kB */
#define LIMIT_BATCH_LOOKS        300  /* noted behind the other commands of one batch: about 2 ms */
#define LIMIT_QUEUE_FEW          16   /* a person with fewer waiting may use its last quarter */
#define LIMIT_BATCH_COMMANDS     256  /* commands behind one fsync */
#define LIMIT_BATCH_BYTES        (4 * 1024 * 1024)
#define LIMIT_BATCH_US           20000   /* time a batch may gather while commands keep coming */
#define LIMIT_ROWS_COMMIT_US     25000   /* rows.db lags the journal by at most this */
#define LIMIT_READ_WAIT_US       1000000 /* a reader waits this long for its own write, then the answer is 503 */
#define LIMIT_READ_AGE_US        1000000 /* no reader shows rows that lag further behind what was answered */
#define LIMIT_LAPSES_PER_EVENT   250
#define LIMIT_AUDIENCE           20000 /* units of one set: a city has 7,000 communities, the largest twice that */
#define LIMIT_AUDIENCE_JOINING   250   /* of them at once: what follows for each is decided with them */
#define LIMIT_EVENTS_PER_COMMAND 512
#define LIMIT_EVENT_BODY_BYTES   (1024 * 1024)
#define LIMIT_EVENT_SEALED_BYTES (1024 * 1024 + 4096) /* a sealed body */
#define LIMIT_EVENT_KIND_BYTES   64                   /* a kind is a word of the program */
#define LIMIT_APPEND_EVENTS      (LIMIT_BATCH_COMMANDS * LIMIT_EVENTS_PER_COMMAND)
#define LIMIT_APPEND_BYTES       (64LL * 1024 * 1024) /* half a write-ahead log; ten full batches */
/* of a write-ahead log: beyond three quarters of it the writer stands still until the log has been emptied; the rest is
 * for what was already being written */
#define LIMIT_WAL_BYTES          (128LL * 1024 * 1024)
#define LIMIT_SNAPSHOT_US        1000000 /* a reader gives its snapshot back, so that the logs can start again */
#define LIMIT_SNAPSHOT_WAL_BYTES (16 * 1024 * 1024) /* of a log; while it is shorter, an older snapshot does no harm */
#define LIMIT_HELD_US            2500000 /* longer than any reader of this program: then another program holds a log */
#define LIMIT_ROOM_BYTES         (8 * 1024 * 1024) /* free again after a full disk: two full batches can be written */
#define LIMIT_STALL_US           5000000 /* commands wait and none is answered for so long: /healthz says so */
#define LIMIT_STOP_SECONDS       20      /* from the signal to the end, whatever the disk does */
#define LIMIT_LOOP_ITERATIONS    200     /* of one for_each: as many as a field has lines */
#define LIMIT_EFFECT_DEPTH       8       /* effects that open matters whose effects open matters */

/* outbox */
#define LIMIT_DESTINATIONS        16    /* a city's duty desk, its districts, gateways */
#define LIMIT_OUTBOX_EVENTS       1000  /* of the journal between two looks at what is due */
#define LIMIT_OUTBOX_WAITING      10000 /* of a destination: beyond it the journal keeps them, and nothing is lost */
#define LIMIT_OUTBOX_DEAD         10000 /* of a destination; older ones give way, and are counted */
#define LIMIT_OUTBOX_ITEMS        250   /* expectations in one message: as many as in one event */
#define LIMIT_OUTBOX_AT_ONCE      8     /* messages on their way to one destination */
#define LIMIT_OUTBOX_ANSWER_BYTES 65536 /* of an answer, head and body each; no receiver has so much to say */
#define LIMIT_OUTBOX_SECRET_BYTES 4096
#define LIMIT_OUTBOX_TEXT_CHARS   60 /* of a title or a name in a text: a short message has 70 in a part */
#define LIMIT_OUTBOX_BACKOFF_US                                                                                        \
    (600 * 1000000LL) /* between two tries at most: a gateway that comes back is found soon */

/* playbook */
#define LIMIT_PLAYBOOK_BYTES   (4 * 1024 * 1024)
#define LIMIT_YAML_DEPTH       32
#define LIMIT_YAML_NODES       200000 /* aliases are refused, so this bounds memory */
#define LIMIT_EXPRESSION_CHARS 2000
#define LIMIT_EXPRESSION_DEPTH 64
#define LIMIT_DIAGNOSTICS      500
/* documents of one sort, unit types, roles, required posts of a playbook, each: names are looked for among them all */
#define LIMIT_PLAYBOOK_PARTS 1000
#define LIMIT_KIND_PARTS     300 /* states, entries, fields, facts, figures of a kind, each: compared in pairs */

/* people */
#define LIMIT_LOGIN_CHARS        32
#define LIMIT_PASSWORD_CHARS_MIN 8
#define LIMIT_PASSWORD_CHARS_MAX 200
/* what others did with an account is shown to its holder for so long, even after another person has logged in with it
 * and acknowledged it */
#define LIMIT_NOTICE_DAYS          30
#define LIMIT_NOTICES              20 /* shown at once, the newest */
#define LIMIT_SESSION_HOURS        12
#define LIMIT_SESSIONS_PER_ACCOUNT 10

#endif
