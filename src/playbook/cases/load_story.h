/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_story - the state of reading one test of a playbook: handles of units, people and matters, and the test's JSON.
 *
 * Shape   docs/playbook.md, "world and test", has the form of the JSON.
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
    bool lost; /* its world is unresolved: handles are not checked */
};

/* Reads `units`, `people`, `households` of a world or test into the story's JSON. */
void story_read_setup(struct story *story, const struct yaml_node *root);
json_t *story_json(const struct yaml_node *node);      /* scalars are strings */
json_t *story_json_list(const struct yaml_node *node); /* one value is a list of one */
/* A handle of the set-up; reported when there is none. */
bool story_check_unit(struct story *story, const struct yaml_node *node);
bool story_check_person(struct story *story, const struct yaml_node *node);

#endif
