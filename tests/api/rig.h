/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rig - an engine and a server in this process, a small city with people in their posts, and a client that says
 *       exactly what it is told.
 *
 * Shape   a tree of two districts (units[] in rig.c; codes below), a cast of people by their names, each with an
 *         account. Time stands still at RIG_NOW until clock_set(); what is due runs in engine_run_clock().
 *         JSON is written with single quotes for double ones.
 * Owner   the test; rig_free() stops everything and removes the folder.
 */
#ifndef TESTS_API_RIG_H
#define TESTS_API_RIG_H

#include "api/server.h"

#include <glib.h>
#include <pthread.h>

#define CITY            "110000"
#define DISTRICT        "110101"
#define OTHER_DISTRICT  "110102"
#define SUBDISTRICT     "110101001"
#define COMMUNITY       "110101001001"
#define SIBLING         "110101001002"
#define OTHER_COMMUNITY "110102001001"
#define GRID            "110101001001001"
#define GRID2           "110101001001002"
#define SIBLING_GRID    "110101001002001"
#define OTHER_GRID      "110102001001001"

#define RIG_NOW_US   INT64_C(1580688000000000) /* 2020-02-03T08:00:00+08:00 */
#define RIG_PASSWORD "ji-yi-zai-shan-shang"

struct rig {
    char *dir, *data;
    struct clock clock;
    struct engine *engine;
    struct server *server;
    struct account_store *accounts;
    char hash[ACCOUNT_HASH_MAX]; /* of RIG_PASSWORD */
    GHashTable *cast;            /* name → struct member */
    int64_t next_number;         /* of made-up ID numbers and phones */
    int64_t submitted;           /* by rig_submit(), each as somebody else */
    pthread_mutex_t lock;        /* of the two above */
};

/* wang, sun grid workers of GRID, GRID2 · chen doctor, zhou secretary of COMMUNITY · wu CDC, zheng duty officer of
 * DISTRICT · keeper data steward, watcher supervisor of CITY · li, zhao one household in GRID · stranger without
 * anything. */
struct member {
    int64_t person, post, account;
    char *id, *post_id; /* of person and post, as outside; post_id NULL: none */
    char *token;        /* made when first asked for */
};

struct rig *rig_new(void);
/* Engine, clock and port are the rig's; the rest is taken from `options`. */
struct rig *rig_new_with(const struct server_options *options);
void rig_free(struct rig *rig);
void rig_serve(struct rig *rig, const struct server_options *options); /* again, after server_stop() */

/* As the operator; must be accepted. The answer's first event; the caller owns. */
json_t *rig_do(struct rig *rig, const char *format, ...) G_GNUC_PRINTF(2, 3);
int64_t rig_id(json_t *row /* taken */, const char *name); /* of an id in such a row */

struct member *rig_member(struct rig *rig, const char *name);
/* Registers somebody and keeps them in the cast; appointed when `role` is given, with an account. */
struct member *rig_add(struct rig *rig, const char *name, const char *role, const char *unit);
const char *rig_token(struct rig *rig, const char *name);
char *rig_id_number(int64_t number);
char *rig_uuid(struct rig *rig); /* made now */
int64_t rig_unit(struct rig *rig, const char *code);

/* A web application, for server_options: pack-pages. The name is the generator's. */
GResource *rig_pages_get_resource(void);

/* chen opens an observation of somebody in GRID; its id. */
char *rig_observe(struct rig *rig, const char *whom);

/* In the rows alone. */
void rig_change(struct rig *rig, const char *sql);
void rig_multiply(struct rig *rig, const char *kind, int count); /* so many copies of the newest matter of a kind */

/* ---- the writer stands still ---- */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool reached, open, passed;
};
void rig_hold_writer(struct rig *rig, struct gate *gate); /* until rig_free_writer() */
void rig_free_writer(struct rig *rig, struct gate *gate); /* and until it has done what waits */
/* A command that will be refused; false when the queue is full. */
bool rig_submit(struct rig *rig, engine_done done, void *context);

/* As if another program held an old snapshot and the log of rows.db had reached its limit. */
struct db *rig_hold_log(struct rig *rig);                /* until rig_free_log() */
void rig_free_log(struct rig *rig, struct db *snapshot); /* and until commands are taken again */

/* ---- asking ---- */

struct ask {
    const char *method, *path, *token, *body; /* body NULL: none */
    size_t body_bytes;                        /* 0: strlen */
    const char *type;                         /* of the body; NULL application/json */
    const char *headers;                      /* more lines, each with \r\n */
    bool chinese;
};
struct reply {
    int status;
    GHashTable *headers; /* in small letters */
    GString *text;
    json_t *json; /* NULL: not JSON */
};
void reply_clear(struct reply *reply);
AUTO_CLEAR(reply)
const char *reply_header(const struct reply *reply, const char *name);
/* A text member at a path such as "errors.0.field"; "" when there is none. */
const char *reply_text(const struct reply *reply, const char *path);
const char *json_at_text(const json_t *value, const char *path);
json_t *json_at(const json_t *value, const char *path); /* NULL none; borrowed */

void rig_settle(struct rig *rig); /* until everybody can read what anybody has written */
struct reply rig_ask(struct rig *rig, const struct ask *ask);
/* A row for a file, as if its bytes had been put there. */
void rig_attach(struct rig *rig, const char *who, const char *matter, const char *hash);
/* After rig_settle(). */
struct reply rig_get(struct rig *rig, const char *who, const char *path);
/* The format's quotes are turned round. `who` NULL: nobody. */
struct reply rig_post(struct rig *rig, const char *who, const char *path, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* The same with a fresh "id" in front of what the object holds. */
struct reply rig_command(struct rig *rig, const char *who, const char *path, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Asserts the status and the first error's code (NULL: none); says what came where it is another. */
void reply_is(const struct reply *reply, int status, const char *code);

/* ---- a connection of one's own ---- */

struct wire {
    int fd;
    GString *in;
};
struct wire wire_open(const struct rig *rig);
struct wire wire_open_narrow(const struct rig *rig, int bytes); /* keeps no more of what it does not read */
void wire_close(struct wire *wire);
bool wire_send(struct wire *wire, const char *bytes, gssize count); /* false: the other side has closed */
bool wire_read(struct wire *wire, bool head, struct reply *out);    /* false: closed before an answer */
char *ask_text(const struct ask *ask);

/* As keeper, through the door: this text, and what `more` says in a second file, NULL nothing. */
struct reply rig_adopt(struct rig *rig, const char *text, const char *more);

#endif
