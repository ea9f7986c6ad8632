/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/body.h"

#include "base/clock.h"
#include "base/datetime.h"

json_t *body_unit(int64_t unit)
{
    return json_sprintf("#%" G_GINT64_FORMAT, unit);
}

json_t *body_uuid(const struct uuid *uuid)
{
    char text[UUID_TEXT_LENGTH + 1];
    uuid_format(uuid, text);
    return json_string(text);
}

json_t *body_time(int64_t at_us)
{
    char text[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(at_us / US_PER_SECOND * US_PER_SECOND, utc, text);
    return json_string(text);
}

json_t *body_day(int32_t day)
{
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    return json_sprintf("%04d-%02d-%02d", year, month, day_of_month);
}

json_t *body_text(const char *single_quoted)
{
    g_autofree char *text = g_strdelimit(g_strdup(single_quoted), "'", '"');
    json_t *value = json_loads(text, 0, NULL);
    g_assert(value != NULL);
    return value;
}
