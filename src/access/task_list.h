/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * task_list - what stands in somebody's to-do list: what their posts answer for, and what a colleague's post
 *             answers for and they may take as well.
 *
 * Shape   rows are read by matter_todo() of all `posts`, and asked about one by one, since a colleague has other
 *         grounds, too.
 * Owner   the caller; task_list_clear() at the end. Rows, rules and viewer are borrowed.
 */
#ifndef ACCESS_TASK_LIST_H
#define ACCESS_TASK_LIST_H

#include "access/access.h"

struct task_list {
    struct db *rows;
    struct rulebook *rulebook;
    const struct viewer *viewer;
    GArray *posts;  /* of int64_t: the viewer's, and the viewer as the subject (matter.h); then those of colleagues */
    guint own;      /* so many of them are the viewer's */
    struct todo of; /* that was asked about last: those of a household are neighbours */
    bool shared;    /* and the answer */
};

/* `post` 0: of all that the viewer holds now; else of that one alone, and of none where the viewer does not hold it. */
void task_list_init(struct task_list *list, struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                    int64_t post);
void task_list_clear(struct task_list *list);
AUTO_CLEAR(task_list)

GArray *task_list_read(const struct task_list *list, int64_t after_due_us, int64_t after_matter, int64_t after_number,
                       int most); /* as matter_todo() */
bool task_list_has(struct task_list *list, const struct todo *todo);
bool task_list_owns(const struct task_list *list, const struct todo *todo); /* the viewer answers for it */
/* Of what the list has: whether another may take it, too. */
bool task_list_shares(struct task_list *list, const struct todo *todo);

#endif
