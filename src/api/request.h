/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * request - one HTTP request from its first header to its answer.
 *
 * Shape   a handler reads request->…, and answers with exactly one respond_…() call, or calls request_sleep() and
 *         answers in its `resume`. A handler of a heavy endpoint runs in a thread of heavy.h meanwhile.
 * Owner   the server thread of its connection; between request_sleep() and request_wake() the thread that does the
 *         work.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include "api/phones.h"
#include "api/server.h"
#include "base/json.h"
#include "base/problem.h"

#include <microhttpd.h>
#include <pthread.h>

struct endpoint;
struct heavy;
struct imports;
struct webpage;
struct webpages;
struct request;
struct streams;
struct live;
struct told;

struct server {
    struct engine *engine;
    const struct clock *clock;
    struct MHD_Daemon *daemon;
    struct account_store *accounts;
    struct login_service *login;
    struct rate_limiter *account_limiter, *address_limiter, *link_limiter;
    struct refusal_log *refusals;
    struct told *told; /* numbers of persons shown by grants of counts */
    struct imports *imports;
    struct webpages *pages;
    struct connections *connections;
    struct proxies *proxies; /* that are believed; NULL none */
    struct streams *streams;
    struct live *live;
    struct uploads *uploads;
    int places;  /* for connections that are no streams */
    bool secure; /* clients reach it by TLS */
    struct heavy *heavy;
    pthread_key_t reader_key;
    int request_seconds;
    pthread_mutex_t running_lock; /* guards the four below */
    pthread_cond_t woken;
    bool stopping, ending;        /* nothing new is taken; nothing falls asleep any more */
    int64_t stop_us;              /* monotonic: when what is under way must end, once it is stopping */
    int running, sleeping;        /* requests that a handler has taken and not yet answered; of them those asleep */
    pthread_mutex_t written_lock; /* guards `written` */
    GHashTable *written;          /* person → position of the last write, which the person's next reads show */
    _Atomic int64_t begun_requests, requests, answers_by_class[6], microseconds;
    _Atomic int64_t turned_away,
        turned_away_told_us;         /* answers 503 not logged yet; monotonic: when they were last logged */
    struct certificate *certificate; /* NULL plain HTTP */
    char *public_url;                /* without a slash at its end; NULL unknown */
    struct outbox *outbox;           /* NULL none */
    char *demo_accounts;             /* see demo.h; NULL none */
    uint16_t port;
    struct phones phones;
};

#define REQUEST_PATH_PARAMS 3
#define REQUEST_KNOWN       64 /* a page of neighbours names few units, titles and times */

struct request {
    int64_t number; /* since the server started, from 1: ties together what the log says of it */
    struct server *server;
    struct MHD_Connection *connection;
    const struct endpoint *endpoint;
    const char *method, *version;
    char *path;
    char *params[REQUEST_PATH_PARAMS]; /* what stood for {…} in the route */
    GByteArray *body;
    int upload; /* in place of the body: a file without a name; -1 none */
    int64_t upload_bytes;
    int64_t upload_account, upload_promised; /* of a place among uploads; 0 none */
    bool malformed, too_large, upload_failed, begun, running, chinese;
    const struct webpage *page; /* of the application, which is asked for; NULL: an endpoint */
    bool shows_page;            /* a browser is to show the answer as a page, or to build one of it */
    bool nowhere;               /* `page` says that there is none at this address */
    int64_t started_monotonic_us, now_us;
    char address[64], network[64]; /* the same but of IPv6 the first half: one household has all of the other */
    struct session session;        /* person 0: not logged in */
    struct reader *reader;         /* this thread's; a snapshot is open while a handler runs that reads */
    struct viewer viewer;          /* of the session's person */
    bool has_viewer;
    bool by_link; /* of whoever holds a link of a resident */
    bool streams; /* its answer has no end: streams.h */
    bool gone;    /* its client disconnected while a thread of heavy.h read: the answer is dropped */

    /* between request_sleep() and request_wake() */
    bool asleep;
    void (*resume)(struct request *request);
    void *work; /* the handler's own, freed by work_free */
    void (*work_free)(void *work);

    struct { /* what this answer has shown already, shared between its rows: shape.c */
        int what;
        int64_t key;
        json_t *shape;
    } known[REQUEST_KNOWN];

    struct MHD_Response *response;
    int status;
};

/* Takes `tokens` from the account, or from the network before a login. False when there are too few, and that has been
 * answered. */
bool request_pays(struct request *request, double tokens);
/* The person's next reads show at least this position. */
void server_note_written(struct server *server, int64_t person, int64_t pos);
/* Rows show what the same person wrote before, and what was answered to any client a second before. False: rows.db does
 * not come so far in time, and that has been answered. */
bool server_rows_are_fresh(struct request *request);
/* The same of whatever was answered to anybody. */
bool server_rows_are_newest(struct request *request);
/* Lets `handle` read from request->reader in one snapshot of now, also in what request_sleep() resumes with. False
 * when there was nothing to read from, or no longer; what it has answered by then is taken back. */
bool server_read(struct request *request, void (*handle)(struct request *));

struct request *request_new(struct server *server, struct MHD_Connection *connection, const char *method,
                            const char *path, const char *version);
void request_free(struct request *request);

/* The request's token, from its header or cookie; "" none. The caller wipes it. */
#define SESSION_COOKIE        "lianfang_session"
#define SECURE_SESSION_COOKIE "__Host-lianfang_session" /* browsers take it by TLS alone, for this host alone */
#define DEVICE_COOKIE         "lianfang_device"
/* The person for whom a page was read; a session of another's is refused. */
#define EXPECTED_PERSON_HEADER "Lianfang-Person"
void request_token(const struct request *request, char out[SESSION_TOKEN_TEXT_MAX]);
/* GET or HEAD. */
bool request_only_reads(const struct request *request);

/* Header and query; NULL when absent. "" counts as absent, and so does a header that is no UTF-8. */
const char *request_header(const struct request *request, const char *name);
const char *request_query(const struct request *request, const char *name);
/* Query numbers and times with their problem answered: false when the request has been answered. */
bool request_query_integer(struct request *request, const char *name, int64_t least, int64_t most, int64_t *out);
/* A person, household or post of the address; VAULT_NOBODY when it is none. */
int64_t request_id(struct request *request, enum vault_class class);
/* The same of the query; *out is left alone where it is absent. */
void request_query_id(struct request *request, const char *name, enum vault_class class, int64_t *out);
/* A date alone is that time of its day. */
bool request_query_time(struct request *request, const char *name, int minutes, int64_t *out_us);
/* The unit named in the query by code or "#id"; unknown or closed ones answer the request. */
bool request_query_unit(struct request *request, const char *name, int64_t *out_id);
/* Page size and cursor ("limit", "cursor"); the cursor as shape_page() gave it to this viewer for this list. */
bool request_page(struct request *request, int *out_limit, int64_t *cursor, size_t cursor_parts, bool *out_has_cursor);

/* The body as a JSON object; NULL when the request has been answered with what is wrong. The caller owns. */
json_t *request_json(struct request *request);
/* False when the request has been answered: the body holds something else. */
bool request_only_members(struct request *request, const json_t *body, const char *const *names, size_t count);

/* Before a connection is suspended, and after it was resumed. False: the server ends. */
bool server_sleeps(struct server *server);
void server_wakes(struct server *server);
/* Suspends the connection; then request_wake() from any thread makes the server thread call resume. */
void request_sleep(struct request *request, void (*resume)(struct request *request), void *work,
                   void (*work_free)(void *work));
void request_wake(struct request *request);

/* The client has what this tag stands for: If-None-Match names it. */
bool request_has_copy(const struct request *request, const char *tag);

void respond_json(struct request *request, int status, json_t *body /* taken */);
void respond_text(struct request *request, int status, const char *type, char *text /* taken, g_free */);
void respond_bytes(struct request *request, int status, const char *type, GBytes *bytes /* taken */);
void respond_empty(struct request *request, int status);
void respond_problem(struct request *request, struct problem *problem /* taken */);
#define respond_refused(request, code, ...) respond_problem((request), problem_new((code), __VA_ARGS__, NULL))
/* In place of an answer that was made and turned out wrong. */
void respond_instead(struct request *request, struct problem *problem /* taken */);
/* The problem document of RFC 9457; used for each item of a batch too. */
json_t *problem_document(const struct request *request, const struct problem *problem);

#endif
