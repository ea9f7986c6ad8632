/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uuid - the id that a client gives its command (RFC 9562).
 *
 * Shape   16 bytes in network order; version 7 carries its time of making in the first 48 bits.
 * Units   uuid_time_us() in UTC microseconds (whole milliseconds).
 */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT_LENGTH 36

struct uuid {
    uint8_t bytes[16];
};

/* Accepts exactly 8-4-4-4-12 hexadecimal digits, either case. */
bool uuid_parse(const char *text, struct uuid *out);
void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_LENGTH + 1]);
int uuid_version(const struct uuid *uuid);
int64_t uuid_time_us(const struct uuid *uuid); /* version 7 only */
bool uuid_equal(const struct uuid *a, const struct uuid *b);
bool uuid_is_null(const struct uuid *uuid);

/* A new version 7 id at the given time, random bits from libsodium. */
void uuid_make(int64_t at_us, struct uuid *out);

/* The id of a command that follows from another (a letter, a clock act): version 7 with the time of `at_us`,
 * the rest from a BLAKE2b of `seed`; the same input gives the same id. */
void uuid_derive(int64_t at_us, const void *seed, uint64_t seed_bytes, struct uuid *out);

#endif
