/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guesses - wrong passwords, counted so that only the place they come from has to wait.
 *
 * Shape   by login name and where it comes from: an address, or a device that has logged in with this name before.
 *         From the fifth in a row that place waits for 30 s, doubling to an hour. Besides, of all unknown places
 *         together the fiftieth makes them wait: then only known devices get in. Names without an account are counted
 *         alike, so that waiting reveals nothing. In memory: a restart forgets, and no client can cause one.
 * Owner   the login thread.
 */
#ifndef ACCESS_GUESSES_H
#define ACCESS_GUESSES_H

#include <stdbool.h>
#include <stdint.h>

#define GUESSES_LOGIN_BYTES 16

struct guesses;
struct guesses *guesses_new(void);
void guesses_free(struct guesses *guesses);

struct guess {
    uint8_t login[GUESSES_LOGIN_BYTES]; /* account_login_hash() */
    const char *place;                  /* an address, or the name of a device */
    bool known;                         /* the place is a device of this login */
};
/* How long the place has to wait before its next guess is looked at; 0 not at all. */
int64_t guesses_wait_us(const struct guesses *guesses, const struct guess *guess, int64_t now_us);
void guesses_wrong(struct guesses *guesses, const struct guess *guess, int64_t now_us);
void guesses_right(struct guesses *guesses, const struct guess *guess);
/* A new password was set by a keeper: no place waits any more. */
void guesses_forget(struct guesses *guesses, const uint8_t login[GUESSES_LOGIN_BYTES]);

#endif
