/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * texts - what people read: words in both languages, and lists of codes with theirs.
 */
#ifndef PLAYBOOK_MODEL_TEXTS_H
#define PLAYBOOK_MODEL_TEXTS_H

#include <stddef.h>

struct texts { /* what people read, in both languages */
    char *zh, *en;
};

struct code {
    char *code;
    struct texts label;
};

struct code_list {
    char *name;
    struct texts title;
    struct code *codes;
    size_t code_count;
};

/* NULL when there is none. */
const struct code *code_list_find(const struct code_list *list, const char *code);

#endif
