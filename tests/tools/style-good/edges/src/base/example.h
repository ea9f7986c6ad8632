/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * example - what looks forbidden and is not: a to-do list is a noun, and words in texts are no calls.
 */
#ifndef BASE_EXAMPLE_H
#define BASE_EXAMPLE_H

int example_todo(const char *path); /* the todo list */

#endif
