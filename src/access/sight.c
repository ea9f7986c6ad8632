/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/sight.h"

#include <string.h>

bool sight_of_person(const struct decision *decision, int64_t person, bool *out_unmasked)
{
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, decision->rows, decision->command->person, decision->now_us);
    return access_may_see_person(decision->rows, decision->rulebook, &viewer, person, out_unmasked);
}

bool sight_of_official(const struct decision *decision, int64_t person)
{
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, decision->rows, decision->command->person, decision->now_us);
    return access_shows_official(decision->rows, &viewer, person);
}

static bool sees_at(const struct decision *decision, const struct matter *matter, int64_t at_us)
{
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, decision->rows, decision->command->person, at_us);
    return access_may_see(decision->rows, decision->rulebook, &viewer, matter);
}

/* By a post, as the actor has just seen a neighbour, in the same rows. */
static bool covers(const struct decision *decision, const struct matter *matter)
{
    struct sighting *last = decision->last_seen;
    const struct kind *kind = access_kind(decision->rulebook, matter);
    guint events = decision->events->len;
    if (kind != NULL && last->kind == kind && last->unit == matter->unit && last->events == events)
        return true;
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, decision->rows, decision->command->person, decision->now_us);
    bool covered = access_covers_matter(decision->rows, decision->rulebook, &viewer, matter);
    if (covered)
        *last = (struct sighting){kind, matter->unit, events};
    return covered;
}

bool sight_of_matter(const struct decision *decision, const struct matter *matter)
{
    int64_t observed_us = decision->command->observed_us;
    return covers(decision, matter) || sees_at(decision, matter, decision->now_us) ||
           (observed_us < decision->now_us && sees_at(decision, matter, observed_us));
}

bool sight_of_entry(const struct decision *decision, const struct matter *matter, const struct entry_row *entry)
{
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, decision->rows, decision->command->person, decision->now_us);
    return access_shows_entry(decision->rows, decision->rulebook, &viewer, matter, entry);
}

bool sight_of_event(struct db *rows, struct rulebook *rulebook, int64_t person, int64_t at_us,
                    const struct event *event, const json_t *body)
{
    const json_t *letter = strcmp(event->kind, "letter_sent") == 0 ? json_object_get(body, "body") : NULL;
    int64_t id = letter != NULL ? json_get_integer(letter, "matter", 0) : event->matter;
    struct matter matter;
    if (person != 0 && strcmp(event->kind, "shelf_taken") == 0) /* for a matter of another unit */
        return false;
    if (person == 0 || id == 0 || json_get_bool(letter, "own", false))
        return true;
    if (access_has_acted(rows, person, id, at_us)) /* as by the event itself, mostly */
        return true;
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, rows, person, at_us);
    return matter_get(rows, id, &matter) && access_may_see(rows, rulebook, &viewer, &matter);
}
