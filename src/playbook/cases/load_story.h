/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_story - a playbook's own tests while they are read: handles of units, people and matters, and their
 * JSON.
 *
 * Shape   docs/playbook.md, "world and test", says what the JSON of a test looks like.
 */
#ifndef PLAYBOOK_CASES_LOAD_STORY_H
#define PLAYBOOK_CASES_LOAD_STORY_H

#include "playbook/source/loader.h"

#include <jansson.h>

struct story {
    struct loader *loader;
    json_t *json;            /* the test */
    json_t *units, *people;  /* of it, by handle */
    GHashTable *matters;     /* handle → struct kind *, as far as steps name them */
    const char *last_matter; /* of the step before; NULL none */
    int64_t now_us;
    bool started;
    bool lost; /* its world is unknown: nothing is said about handles */
};

/* Reads `units`, `people`, `households` of a world or test into the story's JSON. */
void story_read_setup(struct story *story, const struct yaml_node *root);
json_t *story_json(const struct yaml_node *node);      /* scalars are strings */
json_t *story_json_list(const struct yaml_node *node); /* one value is a list of one */
/* A handle of the set-up; reported when there is none. */
bool story_check_unit(struct story *story, const struct yaml_node *node);
bool story_check_person(struct story *story, const struct yaml_node *node);

#endif
