/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/agenda.h"

#include "rehearsal/city.h"

struct agenda {
    GArray *moments; /* of struct moment, the latest first */
};

struct moment {
    int64_t at_us;
    agenda_act act;
    void *what;
    int which;
};

struct agenda *agenda_new(void)
{
    struct agenda *agenda = g_new(struct agenda, 1);
    agenda->moments = g_array_new(FALSE, FALSE, sizeof(struct moment));
    return agenda;
}

void agenda_free(struct agenda *agenda)
{
    g_array_unref(agenda->moments);
    g_free(agenda);
}

void agenda_put(struct agenda *agenda, int64_t at_us, agenda_act act, void *what, int which)
{
    struct moment moment = {at_us, act, what, which};
    guint place = 0;
    while (place < agenda->moments->len && g_array_index(agenda->moments, struct moment, place).at_us > at_us)
        place++;
    g_array_insert_val(agenda->moments, place, moment);
}

static bool take(struct agenda *agenda, int64_t until_us, struct moment *out)
{
    guint count = agenda->moments->len;
    if (count == 0 || g_array_index(agenda->moments, struct moment, count - 1).at_us > until_us)
        return false;
    *out = g_array_index(agenda->moments, struct moment, count - 1);
    g_array_set_size(agenda->moments, count - 1);
    return true;
}

void agenda_run(struct city *city, int64_t until_us)
{
    struct moment moment;
    while (take(city->agenda, until_us, &moment)) {
        if (moment.at_us > clock_now_us(city->clock)) {
            submitter_wait(city->submitter);
            clock_set(city->clock, moment.at_us);
            engine_run_clock(city->engine);
        }
        moment.act(city, moment.what, moment.which);
    }
    submitter_wait(city->submitter);
}
