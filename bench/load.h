/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load - a small HTTP client that keeps many connections busy from one thread, for the figures of bench/run.
 *
 * Shape   closed loop (rate 0): a connection sends its next request when the answer to the last has come.
 * Open loop: requests are due at a steady rate whatever the server does, and latency counts from when one was
 * due, so that a stall shows in full. Units   microseconds, requests a second. Owner   one thread; several
 * loads may run side by side in threads of their own.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct load_options {
    uint16_t port;
    int connections;
    double seconds;
    double rate;           /* of all connections together; 0: closed loop */
    int64_t requests_most; /* 0: as many as fit in the time */
    bool leaves;           /* when time is over: what is under way is given up, as by people who go */
    /* Writes one whole request (head and body) for a connection; false: nothing left to send. */
    bool (*next)(void *context, int connection, GString *out);
    /* Looks at an answer, head and body, NUL-terminated; may be NULL. */
    void (*answered)(void *context, int connection, int status, const char *head, const char *body);
    void *context;
};

struct load_answer {
    int64_t due_us; /* monotonic */
    int32_t latency_us;
    int status;
};

struct load_report {
    int64_t requests, failures; /* failures: status 400 and above, or a broken connection */
    int64_t start_us;           /* monotonic: when all were connected */
    double seconds;
    GArray *latencies_us; /* of int32_t, sorted */
    GArray *answers;      /* of struct load_answer, as they came */
};

void load_run(const struct load_options *options, struct load_report *out);
void load_report_clear(struct load_report *report);
double load_rate(const struct load_report *report);
/* fraction 0.99: the latency that 99 % do not exceed; INT32_MAX when nothing was answered */
int load_compare(const void *a, const void *b); /* of int32_t */
int32_t load_percentile(const struct load_report *report, double fraction);

/* Appends head and body of a request with JSON; `token` NULL for none. */
void load_write_post(GString *out, const char *path, const char *token, const char *body, size_t bytes);
void load_write_get(GString *out, const char *path, const char *token);

#endif
