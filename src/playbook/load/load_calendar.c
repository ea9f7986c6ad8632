/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendars: weekdays that are worked, holidays, days worked to make up for them. */
#include "playbook/load/load_parts.h"

#include "base/datetime.h"
#include "playbook/model/calendar.h"
#include "playbook/model/model.h"

#include <string.h>

#define RANGE_DAYS_MAX 60 /* longer ones are slips of the year */

static const struct key calendar_keys[] = {
    {"calendar", SHAPE_SCALAR, true, 0}, {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct calendar, title)},
    {"working", SHAPE_NODE, true, 0},    {"based_on", SHAPE_SCALAR, false, 0},
    {"holidays", SHAPE_NODE, false, 0},  {"make_up", SHAPE_NODE, false, 0},
};
static const char *const day_keys[] = {"holidays", "make_up"};

struct range_nodes {
    char *source;
};
static const struct key range_keys[] = {
    {"from", SHAPE_SCALAR, true, 0},
    {"to", SHAPE_SCALAR, false, 0},
    {"source", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct range_nodes, source)},
};

static void read_weekdays(struct loader *loader, const struct yaml_node *node, struct calendar *calendar)
{
    static const char *const words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        int word = load_word(loader, yaml_item(node, i), "a weekday", words, G_N_ELEMENTS(words));
        if (word >= 0)
            calendar->weekdays[word + 1] = true;
    }
    if (yaml_item_count(node) == 0)
        loader_report(loader, node, NULL, "working is a list of weekdays such as [mon, tue, wed, thu, fri]");
}

/* A day repeated in one document is a mistake; one of the calendar that it is based on is overridden. */
static void add_day(struct loader *loader, const struct yaml_node *node, GArray *days, guint inherited,
                    struct calendar_day added)
{
    for (guint i = 0; i < days->len; i++) {
        struct calendar_day *known = &g_array_index(days, struct calendar_day, i);
        if (known->day != added.day)
            continue;
        if (i < inherited) {
            known->working = added.working;
            return;
        }
        char text[DATETIME_TEXT_MAX];
        date_format(added.day, text);
        loader_report(loader, node, NULL, "%s is given twice in the calendar", text);
        return;
    }
    g_array_append_val(days, added);
}

static bool read_range(struct loader *loader, const struct yaml_node *node, int32_t *out_from, int32_t *out_to)
{
    struct range_nodes values = {0};
    if (!LOAD_KEYS(loader, node, range_keys, &values, "a day or range of days"))
        return false;
    const struct yaml_node *from = yaml_find(node, "from"), *to = yaml_find(node, "to");
    if (from == NULL || from->type != NODE_SCALAR || !load_date(loader, from, out_from))
        return false;
    *out_to = *out_from;
    if (to != NULL && (to->type != NODE_SCALAR || !load_date(loader, to, out_to)))
        return false;
    if (*out_to < *out_from)
        loader_report(loader, to, NULL, "the days end before they begin");
    else if (*out_to - *out_from >= RANGE_DAYS_MAX)
        loader_report(loader, to, NULL, "at most %d days in one line", RANGE_DAYS_MAX);
    else
        return true;
    return false;
}

static void read_days(struct loader *loader, const struct yaml_node *node, bool working, GArray *days, guint inherited)
{
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        const struct yaml_node *item = yaml_item(node, i);
        int32_t from, to;
        if (!read_range(loader, item, &from, &to))
            continue;
        for (int32_t day = from; day <= to; day++)
            add_day(loader, item, days, inherited, (struct calendar_day){day, working});
    }
}

static gint by_day(gconstpointer a, gconstpointer b)
{
    int32_t left = ((const struct calendar_day *)a)->day, right = ((const struct calendar_day *)b)->day;
    return (left > right) - (left < right);
}

static const struct calendar *base_of(struct loader *loader, const struct calendar *calendar,
                                      const struct yaml_node *node)
{
    const struct calendar *base = loader_resolve(loader, node, names_of_calendars(loader));
    if (base == NULL)
        return NULL;
    if (base == calendar || yaml_find(loader_node(loader, base), "based_on") != NULL) {
        loader_report(loader, node, NULL, "%s is itself based on another calendar", base->name);
        return NULL;
    }
    return base;
}

static void read_calendar(struct loader *loader, struct calendar *calendar)
{
    const struct yaml_node *root = loader_node(loader, calendar), *based_on = yaml_find(root, "based_on");
    LOAD_KEYS(loader, root, calendar_keys, calendar, "calendar");
    if (yaml_find(root, "working") != NULL)
        read_weekdays(loader, yaml_find(root, "working"), calendar);
    GArray *days = g_array_new(FALSE, FALSE, sizeof(struct calendar_day));
    const struct calendar *base =
        based_on != NULL && based_on->type == NODE_SCALAR ? base_of(loader, calendar, based_on) : NULL;
    if (base != NULL && base->day_count > 0)
        g_array_append_vals(days, base->days, (guint)base->day_count);
    guint inherited = days->len;
    for (size_t i = 0; i < G_N_ELEMENTS(day_keys); i++)
        if (yaml_find(root, day_keys[i]) != NULL)
            read_days(loader, yaml_find(root, day_keys[i]), i == 1, days, inherited);
    g_array_sort(days, by_day);
    calendar->days = storage_take_array(loader->storage, days, &calendar->day_count);
}

/* Those on which others are based come first. */
void load_calendars(struct loader *loader)
{
    struct playbook *playbook = loader->playbook;
    for (int based = 0; based < 2; based++)
        for (size_t i = 0; i < playbook->calendar_count; i++) {
            struct calendar *calendar = &playbook->calendars[i];
            bool is_based = yaml_find(loader_node(loader, calendar), "based_on") != NULL;
            if (is_based == (based == 1))
                read_calendar(loader, calendar);
        }
    for (size_t i = 0; i < playbook->calendar_count; i++)
        if (strcmp(playbook->calendars[i].name, "every_day") == 0)
            loader_report(loader, loader_node(loader, &playbook->calendars[i])->items[0], NULL,
                          "no calendar can be called every_day: it is the one without days off");
}
