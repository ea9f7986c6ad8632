/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * provoke - problems of tests/api/problems.c that need more than a request.
 */
#ifndef TESTS_API_PROVOKE_H
#define TESTS_API_PROVOKE_H

#include "rig.h"

extern struct rig *rig; /* problems.c's */

void damage_newest_person(void);

struct reply post_bytes(const char *path, const char *body, const char *type);
struct reply large_body(void);
struct reply large_headers(void);
struct reply other_type(void);
struct reply other_method(void);
struct reply broad_search(void);
struct reply long_to_sort(void);
struct reply full_queue(void);
struct reply held_log(void);
struct reply no_room(void);
struct reply stopping(void);
struct reply busy_disk(void);
struct reply locked_out(void);
struct reply two_hosts(void);
struct reply other_site(void);
struct reply another_logged_in(void);
struct reply no_memory(void);
struct reply hurried(void);

#endif
