/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ids - how ids are built: each says the stream in which it was born, and a number there.
 *
 * Shape   place   stream 15 | seq 38    53 bits   an event; a person, post, household, offer, letter, playbook
 *         unit    stream 15 | u 22      37 bits   u: 1, 2, 3 ... of that stream, closed ones included; u 1 is the unit
 *                                                 that the stream was made for; the upper half is of those that the
 *                                                 root makes there, in bulk
 *         matter  unit 37 | n 24        61 bits   n: 1, 2, 3 ... of that unit; when they are used up, the unit takes
 *                                                 another u (a shelf), which no unit has then
 *         alert   place 53 | i 8        61 bits   i: which of the event's
 *         A matter is decided in the stream of its id for good, also after it was handed over: no row ever moves from
 *         one stream to another. A matter that another one opens gets its id in that one's stream: its unit takes a
 *         shelf there. An id is no time: across streams, the greater one need not be the later one.
 * Limits  2^38 events a stream are 37 years at 20 million a day; 2,097,151 units of either half a stream.
 * Owner   pure functions; any thread.
 */
#ifndef COMMAND_IDS_H
#define COMMAND_IDS_H

#include "journal/journal.h"

#define ID_SEQ_BITS  38
#define ID_UNIT_BITS 22
#define ID_N_BITS    24
#define ID_I_BITS    8

#define ID_SEQ_MAX      ((INT64_C(1) << ID_SEQ_BITS) - 1)
#define ID_UNIT_MAX     ((INT64_C(1) << ID_UNIT_BITS) - 1)
#define ID_UNIT_BY_ROOT (INT64_C(1) << (ID_UNIT_BITS - 1))
#define ID_N_MAX        ((INT64_C(1) << ID_N_BITS) - 1)

static inline int64_t id_place(int64_t stream, int64_t seq)
{
    return stream << ID_SEQ_BITS | seq;
}

static inline int64_t id_place_stream(int64_t place)
{
    return place >> ID_SEQ_BITS;
}

static inline int64_t id_place_seq(int64_t place)
{
    return place & ID_SEQ_MAX;
}

static inline int64_t event_place(const struct event *event)
{
    return id_place(event->stream, event->seq);
}

static inline int64_t id_unit(int64_t stream, int64_t u)
{
    return stream << ID_UNIT_BITS | u;
}

static inline int64_t id_unit_stream(int64_t unit)
{
    return unit >> ID_UNIT_BITS;
}

/* `shelf`: the unit, or what it took when its numbers were used up. */
static inline int64_t id_matter(int64_t shelf, int64_t n)
{
    return shelf << ID_N_BITS | n;
}

static inline int64_t id_matter_stream(int64_t matter)
{
    return matter >> (ID_UNIT_BITS + ID_N_BITS);
}

/* The least and the greatest that a matter of the stream can have. */
static inline int64_t id_matter_first(int64_t stream)
{
    return id_matter(id_unit(stream, 0), 0);
}

static inline int64_t id_matter_last(int64_t stream)
{
    return id_matter(id_unit(stream, ID_UNIT_MAX), ID_N_MAX);
}

static inline int64_t id_alert(int64_t place, int64_t i)
{
    return place << ID_I_BITS | i;
}

#define PLACE_TEXT_MAX 24

/* "stream.seq": how an event is named outside, where it is compared only. */
void place_format(int64_t place, char out[PLACE_TEXT_MAX]);
bool place_parse(const char *text, int64_t *out);

#endif
