/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - the lines of a text as blocks that are set one below the other.
 *
 * Shape   what begins a block stands in paper.h.
 */
#ifndef PAPER_TEXT_H
#define PAPER_TEXT_H

#include <glib.h>
#include <stdbool.h>

struct block {
    char *text;
    bool after_blank; /* a paragraph of its own */
    bool item;        /* numbered */
    bool salutation;  /* 张三： */
};

GArray *paper_blocks(const char *text); /* of struct block, which the array owns */

#endif
