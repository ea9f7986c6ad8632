/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/raised.h"

#include "command/ids.h"
#include "matter/rows/apply.h"
#include "matter/rows/events.h"

#include <string.h>

const char *const raising_names[RAISING_COUNT] = {[RAISING_WARNED] = "warned",
                                                  [RAISING_OVERDUE] = "overdue",
                                                  [RAISING_RAISED] = "raised",
                                                  [RAISING_ALERTED] = "alerted",
                                                  [RAISING_RINGING] = "ringing"};

/* False: an item that calls nobody. */
static bool read_item(const json_t *item, int64_t at_us, struct raised *out)
{
    struct raised raised = {.matter = item_integer(item, ITEM_MATTER), .shown_us = at_us};
    size_t place = ITEM_POST;
    switch ((enum lapse)item_integer(item, ITEM_SORT)) {
    case LAPSE_WARNED:
        raised.how = RAISING_WARNED;
        raised.shown_us = item_integer(item, WARNED_SHOWN);
        place = WARNED_POST;
        break;
    case LAPSE_OVERDUE:
        raised.how = RAISING_OVERDUE;
        break;
    case LAPSE_RAISED:
        raised.how = RAISING_RAISED;
        raised.shown_us = item_integer(item, RAISED_SHOWN);
        place = RAISED_POST;
        break;
    case LAPSE_ALERTED:
        raised.how = RAISING_ALERTED;
        raised.times = (int)item_integer(item, ALERTED_COUNT);
        place = ALERTED_POST;
        break;
    case LAPSE_RINGING:
        raised.how = RAISING_RINGING;
        break;
    case LAPSE_ENDED:
    case LAPSE_REROUTED:
    case LAPSE_GIVEN_BACK:
        return false;
    }
    raised.post = json_array_size(item) > place ? item_integer(item, place) : 0;
    *out = raised;
    return true;
}

/* The slot may bear a later occurrence by now; an alert keeps the number. */
static bool find_number(struct db *rows, const struct event *event, size_t i, const json_t *item, struct raised *raised)
{
    if (db_integer(rows, &raised->number, "SELECT number FROM alert WHERE id = ?1", "i",
                   id_alert(event_place(event), (int64_t)i)))
        return true;
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT number, post FROM expectation WHERE matter = ?1 AND slot = ?2", "ii",
                                   raised->matter, item_integer(item, ITEM_SLOT));
    if (!cursor_next(&found))
        return false;
    raised->number = cursor_integer(&found, 0);
    bool answers = raised->how == RAISING_OVERDUE || raised->how == RAISING_RINGING;
    if (raised->post == 0 && answers)
        raised->post = cursor_integer(&found, 1);
    return true;
}

void matter_raised(struct db *rows, const struct event *event, void (*each)(void *context, const struct raised *raised),
                   void *context)
{
    if (strcmp(event->kind, "expectations_lapsed") != 0)
        return;
    g_autoptr(json_t) body = json_loadb(event->body, event->body_bytes, 0, NULL);
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "expectations"), i, item)
    {
        struct raised raised;
        if (read_item(item, event->at_us, &raised) && find_number(rows, event, i, item, &raised))
            each(context, &raised);
    }
}

bool matter_raised_stands(struct db *rows, const struct raised *raised, int64_t *out_due_us)
{
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT due_us, seen_us, warned, overdue, step, alerts, phone_us FROM expectation "
                                   "WHERE matter = ?1 AND number = ?2",
                                   "ii", raised->matter, raised->number);
    if (!cursor_next(&found))
        return false;
    const bool is_so[RAISING_COUNT] = {[RAISING_WARNED] = cursor_integer(&found, 2) != 0,
                                       [RAISING_OVERDUE] = cursor_integer(&found, 3) != 0,
                                       [RAISING_RAISED] = cursor_integer(&found, 4) > 0,
                                       [RAISING_ALERTED] = cursor_integer(&found, 5) > 0,
                                       [RAISING_RINGING] = cursor_integer(&found, 6) != 0};
    bool asks_to_look = raised->how == RAISING_ALERTED || raised->how == RAISING_RINGING;
    bool seen = asks_to_look && cursor_integer(&found, 1) != 0;
    *out_due_us = cursor_integer(&found, 0);
    return is_so[raised->how] && !seen;
}
