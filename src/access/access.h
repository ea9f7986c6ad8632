/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * access - who may see what, who is logged in, and the trace that reading leaves.
 *
 * Shape   a viewer is a person with the posts that the person holds now. THE predicate: a viewer may see a matter when
 *         one of these posts has its unit in its grounds (through cover; a closed unit counts where it stood when it
 *         closed) with a role that may see its kind, or when the viewer or the viewer's unit takes part in it (opener,
 *         subject, author of an entry, holder of the post that answers an open expectation, receiver of a hand-over);
 *         kinds marked participants_only go by the latter alone. What an entry leads to elsewhere gives its actor no
 *         sight: an entry that an effect makes in another matter makes nobody its author, and a matter that an effect
 *         opens about another person or in another place (matter.caused) has no opener, unless the actor sees it by
 *         a post. Every door asks access_may_see() or lists through
 *         access_matters(); tests/access enumerates role × place × door.
 *         A matter is given as its row (struct matter), not as a view (matter/view/view.h): lists ask of each of up to
 *         200 rows, most are decided by the unit and the viewer's posts, and what else is asked is one look-up by index
 *         that ends at the first hit. A view would load facts, expectations and participants of every row.
 * Owner   a viewer belongs to one request.
 */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include "base/clock.h"
#include "command/decision.h"
#include "matter/matter.h"
#include "registry/registry.h"
#include "vault/account.h"

extern const struct area access_area; /* read traces */

struct viewer {
    int64_t person;
    int64_t at_us;
    GArray *posts; /* of struct post */
};
void viewer_init(struct viewer *viewer, struct db *rows, int64_t person, int64_t at_us);
void viewer_clear(struct viewer *viewer);
AUTO_CLEAR(viewer)

bool access_may_see(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                    const struct matter *matter);
/* Whether the viewer may know an indicator's figure of the unit: sees every matter of its kind there, or is told it
 * (`told_to`) in a post of such a role that covers the unit. */
bool access_knows_figure(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                         const struct indicator *indicator, int64_t unit);
/* The same at each of many units that `above` covers now: many.c. `units`: an array of int64_t, by id, each once;
 * borrowed. `out`: one a unit. */
struct sight_of_many {
    const GArray *units;
    GArray *grounds;
};
void sight_of_many_init(struct sight_of_many *sight, struct db *rows, const struct viewer *viewer, int64_t above,
                        const GArray *units);
void sight_of_many_clear(struct sight_of_many *sight);
AUTO_CLEAR(sight_of_many)
void access_knows_figure_at(const struct sight_of_many *sight, struct rulebook *rulebook,
                            const struct indicator *indicator, bool *out);
/* Whether the viewer sees every matter of the kind there. */
void access_sees_kind_at(const struct sight_of_many *sight, struct rulebook *rulebook, const struct kind *kind,
                         bool *out);
/* By one of the posts alone: what holds for a matter holds for every other of its kind, rules and unit. */
bool access_covers_matter(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                          const struct matter *matter);
/* Under the rules that the matter has; NULL: they are not known. */
const struct kind *access_kind(struct rulebook *rulebook, const struct matter *matter);
/* That alone by which whoever acts in a matter sees it from then on: they have acted, in a post that they hold. */
bool access_has_acted(struct db *rows, int64_t person, int64_t matter, int64_t at_us);
/* Of a matter that the viewer may see: whether all participants are shown, as to one who answers for the matter; a
 * participant sees, of an audience, only units in the own grounds. */
bool access_sees_all_participants(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                                  const struct matter *matter);
/* Of one that the viewer may not see: whether an act of theirs, in a post that they hold, has led to it. */
bool access_has_caused(const struct viewer *viewer, const struct matter *matter);
/* The same of one participant, by number; and of an entry, which must not be sealed unless it is the viewer's own. */
bool access_shows_participant(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                              const struct matter *matter, int64_t participant);
bool access_shows_entry(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                        const struct matter *matter, const struct entry_row *entry);
/* May the viewer read personal fields of it unmasked? */
bool access_unmasks(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                    const struct matter *matter);
/* Of a matter that the viewer may see: a field of its form or of one of its entries (`visible_to`), the same by its
 * name in the form, and a document with all the fields that it uses. The subject sees all. */
bool access_shows_field(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                        const struct matter *matter, const struct field *field);
bool access_shows_named(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                        const struct matter *matter, const char *name);
bool access_shows_document(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                           const struct matter *matter, const char *name);
/* The person whom a matter is about; 0 when it has no subject, or a unit. */
int64_t access_subject(struct rulebook *rulebook, const struct matter *matter);
/* Of a matter that the viewer reads unmasked: also its subject. Not where the opener could not see that person, unless
 * the viewer may by another way. */
bool access_shows_subject(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                          const struct matter *matter);
/* May the viewer see a person (name masked unless unmasked)? Yes with a matter about the person that shows more than
 * its opener knew, or with the right to register people where the person lives; of a person without a residence, for
 * the one who registered the person. */
bool access_may_see_person(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer, int64_t person,
                           bool *out_unmasked);

/* May the viewer see the holder of a post? In the own grounds, below and above them; elsewhere a post is shown without
 * its holder. A visible matter shows who answers for it, wherever that is: its doors do not ask. */
bool access_shows_holder(struct db *rows, const struct viewer *viewer, const struct post *post);
/* The same of a post that the person holds now. */
bool access_shows_official(struct db *rows, const struct viewer *viewer, int64_t person);

/* registry_covers(), and of a closed unit: whether it was covered when it closed. */
bool access_covers(struct db *rows, int64_t ancestor, int64_t unit, int64_t at_us);

/* Matters that a viewer may see; what every list, count and export goes through. First those in the viewer's grounds,
 * ground by ground, by unit and id; then those outside, or of kinds that no post of theirs sees, in which the viewer
 * takes part, by id. */
struct matter_filter {
    int64_t under;    /* unit, 0 all that the viewer may see */
    const char *kind; /* NULL all */
    const char *state;
    const char *text;                     /* that a clear field of the form holds somewhere; NULL all */
    const char *field, *value;            /* a clear field that is this, or a list with it, as text; NULL all */
    int64_t subject;                      /* person, 0 all */
    int open;                             /* 1 open, 0 closed, -1 both */
    int64_t opened_from_us, opened_to_us; /* 0 none */
    int64_t tree_us; /* registry_tree_us() when the list began, the same for all of its pages; 0 now */
    struct matter_cursor {
        int64_t ground, unit, matter; /* of the last row; all 0: from the start */
    } after;
    int most;
};
struct seen_matter {
    struct matter matter;
    struct matter_cursor cursor;
};
/* Array of struct seen_matter. A page ends at `most` rows, or after LIMIT_LIST_LOOKED_AT rows were read (of a text
 * LIMIT_TEXT_LOOKED_AT), so it may be short, even empty, and yet go on: false in *out_more at the end alone. Kinds that
 * no post of the viewer sees, and what kind, state and `open` leave out, are not among these rows. */
GArray *access_matters(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                       const struct matter_filter *filter, bool *out_more, struct matter_cursor *out_next);

/* Whether they may summon the unit by a matter of the kind, and so know how many summon it already, wherever it is. */
bool access_may_summon(struct db *rows, const struct viewer *viewer, const struct kind *kind, int64_t unit);

/* What is due first in a matter: of what is expected of no participant, but of a kind that summons units, of those too.
 */
bool access_next_due(struct db *rows, struct rulebook *rulebook, const struct matter *matter, struct next_due *out);
/* The same by what is due first (access_next_due()), what expects nothing last, then by id; `unit` of a cursor holds
 * when. `states` gets how many of all pages are in each state. Nothing, and true in *out_more, where looking ended
 * before all that pass were met. */
GArray *access_matters_by_due(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                              const struct matter_filter *filter, json_t *states, bool *out_more,
                              struct matter_cursor *out_next);

/* What is known of a person, by concept: of each the newest value that the viewer is shown, of the concepts that
 * `asking` asks for (NULL: of all). */
struct known_value {
    struct matter matter;
    const struct kind *kind; /* of the matter */
    const struct form *form; /* that the field stands in */
    const struct field *field;
    int64_t entry; /* number; 0: the form of the matter */
    int64_t at_us; /* observed; of a form, when the matter was opened */
    bool unmasked;
    json_t *value; /* as stored; the array's */
};
GArray *access_known(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct viewer *viewer,
                     int64_t person, const struct kind *asking);

/* Whether a post with this role, on grounds that cover a matter of the kind, sees it. */
bool access_role_sees(const struct playbook *playbook, const struct kind *kind, const char *role);
/* ---- widens.c ---- the rights and the sight that `after` gives and `before` does not: an array of char *, by keys. */
GPtrArray *access_widens(const struct playbook *before, const struct playbook *after);

/* ---- logging in: login.c ---- one thread hashes; sessions are cached in memory. */
struct login_service;
/* `per_minute`: logins from one address, 0 the default. */
struct login_service *login_service_new(struct account_store *store, const struct clock *clock, int per_minute);
void login_service_free(struct login_service *service);
/* Answers on the login thread: a token, or a problem (wrong_credentials, account_locked, account_closed).
 * `address` is for rate limits and for counting wrong passwords, `device` what login_device() gave before, or NULL.
 * False when its queue is full (too_many_requests). */
typedef void (*login_done)(void *context, const char *token, const struct session *session, bool must_change,
                           struct problem *problem /* borrowed */);
bool login_submit(struct login_service *service, const char *login, const char *password, const char *address,
                  const char *device, login_done done, void *context);
/* Names the device after a login: the next wrong passwords from it are counted apart from all others. */
void login_device(struct login_service *service, int64_t account, char out[DEVICE_TEXT_MAX]);
void login_store_key(struct login_service *service, int64_t account, char out[STORE_KEY_TEXT_MAX]);
/* Hashes a new password on the login thread after checking the old one (NULL: set by an administrator). */
bool login_change_password(struct login_service *service, int64_t account, const char *old_password,
                           const char *new_password, login_done done, void *context);
bool login_session(struct login_service *service, const char *token, struct session *out); /* any thread; cached */
void login_logout(struct login_service *service, const char *token);
void login_forget_account(struct login_service *service, int64_t account); /* after closing it */

/* Token buckets per account and per address; false with the seconds to wait. */
struct rate_limiter;
struct rate_limiter *rate_limiter_new(int per_minute, int burst);
void rate_limiter_free(struct rate_limiter *limiter);
bool rate_limiter_take(struct rate_limiter *limiter, const char *key, int64_t monotonic_us, int *out_wait_seconds);
/* So many at once, all or none; more than a full bucket holds count as a full bucket. */
bool rate_limiter_take_many(struct rate_limiter *limiter, const char *key, double tokens, int64_t monotonic_us,
                            int *out_wait_seconds);
/* Takes tokens for what was used already; the bucket may go below zero, down to a full bucket of debt. */
void rate_limiter_charge(struct rate_limiter *limiter, const char *key, double tokens, int64_t monotonic_us);

/* ---- traces ---- command `trace_read`, event `personal_data_read`: engine_note_looks(). Who read a person's data, one
 * a reader and hour, newest first, below an hour and reader. */
struct read_trace {
    int64_t hour /* since 1970 */, reader_person, looks, first_us, last_us;
};
GArray *access_traces_of(struct db *rows, int64_t person, int64_t before_hour, int64_t before_reader, int most);
/* Of one matter, the newest. */
GArray *access_traces_in(struct db *rows, int64_t person, int64_t matter, int most);
json_t *access_traced_pages(struct db *rows, int64_t person, const struct read_trace *trace); /* page → looks */

/* ---- refusals ---- a log of denied attempts outside the journal, JSON lines, ids only: DATA/refusals.log of requests
 * with a session, refusals-strangers.log of those without, which therefore cannot rotate the former out. The first of a
 * person, route and code in a minute is written at once, those after it are counted ("again"). Five files of 10 MiB
 * each. */
struct refusal_log;
struct refusal_log *refusal_log_open(const char *data_dir, GError **error);
void refusal_log_write(struct refusal_log *log, int64_t at_us, int64_t person, const char *what, const char *code);
/* Other programs may have moved the files away: opens them by their names again. False with error, and goes on in those
 * that were open. */
bool refusal_log_reopen(struct refusal_log *log, GError **error);
void refusal_log_close(struct refusal_log *log);

#endif
