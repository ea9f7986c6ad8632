/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imports - sheets that came through the door and are on their way in, each in a thread of its own.
 *
 * Shape   a job is started with the whole sheet and polled until it is done; its report stays until others take its
 *         place or the server stops. What it did is in the journal; after a restart the same sheet can be sent again.
 * Limits  LIMIT_IMPORT_JOBS kept, IMPORTS_AT_A_TIME running, one of a person.
 * Owner   shared; every function from any thread. imports_free() stops what runs and waits for it.
 */
#ifndef API_IMPORTS_H
#define API_IMPORTS_H

#include "interop/import.h"

#define IMPORTS_AT_A_TIME 2 /* each keeps a core busy with reading, and all of them share the writer */

struct imports;
struct imports *imports_new(struct engine *engine, const struct clock *clock);
void imports_free(struct imports *imports);

struct import_job {
    char *what;
    int64_t person;
    int fd; /* the sheet */
    struct mapping *mapping;
    enum charset charset;
    char *worksheet; /* NULL: found out */
    bool apply, partial;
    int64_t at_us; /* see import_options */
};
/* Starts it; everything in `job` is taken. The id, which the caller frees; NULL with a problem when too many run
 * (queue_full), or one of the same person does (too_many_requests). */
char *imports_start(struct imports *imports, struct import_job *job, struct problem **out_problem);
/* {"id", "what", "dry_run", "status", "done", "all", "report"?} of that person's job, findings from the index `from`
 * on; NULL: there is none. */
json_t *imports_json(struct imports *imports, const char *id, int64_t person, bool chinese, guint from);
/* That person's jobs, the newest first, without their findings: LIMIT_IMPORT_JOBS at most. */
json_t *imports_list(struct imports *imports, int64_t person, GTimeZone *zone);
/* What was found in that person's job, as a sheet; NULL: there is none, or it still runs. The caller frees. */
char *imports_csv(struct imports *imports, const char *id, int64_t person, bool chinese);
/* Of that person's job: no more rows are read, and the report says what was done by then. */
void imports_stop(struct imports *imports, const char *id, int64_t person);

#endif
