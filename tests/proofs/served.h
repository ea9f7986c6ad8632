/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * served - the real program serving a data directory, as a child; and sessions for it.
 *
 * Errors  a child that does not come up fails the test, with what it said on its standard error.
 * Owner   one thread.
 */
#ifndef TESTS_PROOFS_SERVED_H
#define TESTS_PROOFS_SERVED_H

#include <glib.h>
#include <stdint.h>

struct served {
    GPid pid;
    uint16_t port;
    char *log_path;
};

/* $LIANFANG_PROGRAM on any free port of the loopback; returns when it takes requests. */
void served_start(struct served *served, const char *data_dir);
/* Sends the signal, waits for the end, but not for ever; what waitpid() says. */
int served_stop(struct served *served, int signal);

/* A token for somebody in the town, whose account is made when there is none; the caller frees. */
char *served_session(const char *data_dir, int64_t person);

#endif
