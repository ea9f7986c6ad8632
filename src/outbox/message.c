/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox/message.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/json.h"
#include "base/limits.h"

#include <string.h>

#define FLOOR_TYPE "community"

bool message_may_tell(const struct destination *to, const struct kind *kind)
{
    if (kind->participants_only && to->type != DESTINATION_SMS)
        return false;
    return to->kinds == NULL || g_strv_contains((const char *const *)to->kinds, kind->name);
}

void alert_message_clear(struct alert_message *message)
{
    g_clear_pointer(&message->text, g_free);
    g_clear_pointer(&message->body, json_decref);
}

/* ---- what stands ---- */

struct still_standing {
    int64_t count, unit, due_us; /* due_us: the earliest; INT64_MAX none falls due */
    int times;                   /* the most of them */
    const struct playbook *playbook;
    const struct kind *kind;
};

static int64_t district_of(const struct composing *composing, const struct playbook *playbook, int64_t unit)
{
    int64_t above = 0;
    for (size_t i = 0; i < playbook->unit_type_count && above == 0; i++)
        if (playbook->unit_types[i].stream)
            above = registry_above(composing->rows, unit, playbook->unit_types[i].name, composing->now_us);
    return above;
}

/* At or above the community, else the district; what lies higher than these stays. */
static int64_t unit_to_tell(const struct composing *composing, const struct playbook *playbook, const struct kind *kind,
                            int64_t unit)
{
    if (kind->about != ABOUT_PERSON && !kind->participants_only)
        return unit;
    int64_t above = registry_above(composing->rows, unit, FLOOR_TYPE, composing->now_us);
    above = above != 0 ? above : district_of(composing, playbook, unit);
    return above != 0 ? above : unit;
}

static void add_item(const struct composing *composing, const struct delivery *delivery, const json_t *item,
                     struct still_standing *standing)
{
    const struct raised raised = {.how = delivery->how,
                                  .matter = json_integer_value(json_array_get(item, 0)),
                                  .number = json_integer_value(json_array_get(item, 1))};
    struct matter matter;
    int64_t due_us;
    if (!matter_raised_stands(composing->rows, &raised, &due_us) ||
        !matter_get(composing->rows, raised.matter, &matter) || matter.erased)
        return;
    const struct playbook *playbook = rulebook_get(composing->rulebook, matter.rules);
    const struct kind *kind = playbook != NULL ? playbook_find_kind(playbook, matter.kind) : NULL;
    if (kind == NULL)
        return;
    int64_t unit = unit_to_tell(composing, playbook, kind, matter.unit);
    int64_t common =
        standing->count > 0 ? registry_common_ancestor(composing->rows, standing->unit, unit, composing->now_us) : unit;
    standing->unit = common != 0 ? common : standing->unit;
    standing->playbook = playbook;
    standing->kind = kind;
    standing->due_us = MIN(standing->due_us, due_us);
    standing->times = MAX(standing->times, (int)json_integer_value(json_array_get(item, 2)));
    standing->count++;
}

/* ---- texts ---- */

static const char *in_language(const struct texts *texts, bool chinese)
{
    const char *text = chinese ? texts->zh : texts->en, *other = chinese ? texts->en : texts->zh;
    return text != NULL ? text : other != NULL ? other : "";
}

/* A name that is too long ends in "…". */
static char *shortened(const char *text)
{
    if (g_utf8_strlen(text, -1) <= LIMIT_OUTBOX_TEXT_CHARS)
        return g_strdup(text);
    g_autofree char *begun = g_utf8_substring(text, 0, LIMIT_OUTBOX_TEXT_CHARS - 1);
    return g_strconcat(begun, "…", NULL);
}

/* In the two largest units. */
static char *length_of(int64_t us, bool chinese)
{
    int64_t minutes = MAX(1, us / US_PER_MINUTE), hours = minutes / 60, days = hours / 24;
    if (days > 0)
        return g_strdup_printf(chinese ? "%d天%d小时" : "%d d %d h", (int)days, (int)(hours % 24));
    if (hours > 0)
        return g_strdup_printf(chinese ? "%d小时%d分" : "%d h %d min", (int)hours, (int)(minutes % 60));
    return g_strdup_printf(chinese ? "%d分钟" : "%d min", (int)minutes);
}

static char *what_is_so(const struct still_standing *standing, enum raising how, int64_t now_us, bool chinese)
{
    int count = (int)standing->count;
    bool falls_due = standing->due_us != INT64_MAX, late = falls_due && standing->due_us < now_us;
    g_autofree char *length =
        falls_due ? length_of(late ? now_us - standing->due_us : standing->due_us - now_us, chinese) : g_strdup("");
    g_autofree char *when = !falls_due ? g_strdup("")
                            : chinese  ? g_strconcat(late ? "，最长已逾期" : "，最早还剩", length, NULL)
                                       : g_strconcat(late ? ", late by up to " : ", the first due in ", length, NULL);
    switch (how) {
    case RAISING_WARNED:
        return g_strdup_printf(chinese ? "%d项将到期%s" : "%d about to fall due%s", count, when);
    case RAISING_OVERDUE:
        return g_strdup_printf(chinese ? "%d项已逾期%s" : "%d overdue%s", count, when);
    case RAISING_RAISED:
        return g_strdup_printf(chinese ? "%d项未办结，现上报%s" : "%d not done, raised to you%s", count, when);
    case RAISING_ALERTED:
        return g_strdup_printf(chinese ? "%d项待查看，第%d次提醒%s" : "%d to be looked at, alert %d%s", count,
                               standing->times, when);
    case RAISING_RINGING:
        return g_strdup_printf(chinese ? "%d项多次提醒仍未查看，请电话通知%s"
                                       : "%d alerted in vain, people have to be phoned%s",
                               count, when);
    case RAISING_COUNT:
        break;
    }
    g_assert_not_reached();
}

static char *text_of(const struct composing *composing, const struct still_standing *standing, const struct unit *unit,
                     enum raising how, bool chinese)
{
    g_autofree char *title = shortened(in_language(&standing->kind->title, chinese)), *place = shortened(unit->name);
    g_autofree char *so = what_is_so(standing, how, composing->now_us, chinese);
    const char *drill = !composing->drill ? "" : chinese ? "【演练】" : "[DRILL] ";
    return g_strdup_printf(chinese ? "%s【联防】%s，%s：%s%s%s" : "%s[Lianfang] %s, %s: %s%s%s", drill, title, place,
                           so, composing->link != NULL ? " " : "", composing->link != NULL ? composing->link : "");
}

static json_t *shape_texts_of(const struct texts *texts)
{
    return json_pack("{s:s?, s:s?}", "zh", texts->zh, "en", texts->en);
}

static json_t *shape_role_of(const struct composing *composing, const struct playbook *playbook, int64_t post)
{
    struct post found;
    const struct role *role =
        post > 0 && registry_post(composing->rows, post, &found) ? playbook_find_role(playbook, found.role) : NULL;
    return role != NULL ? json_pack("{s:s, s:o}", "name", role->name, "title", shape_texts_of(&role->title))
                        : json_null();
}

static json_t *body_of(const struct composing *composing, const struct still_standing *standing,
                       const struct unit *unit, const struct delivery *delivery, const char *text)
{
    GTimeZone *zone = standing->playbook->zone;
    char id[UUID_TEXT_LENGTH + 1], raised[DATETIME_TEXT_MAX], due[DATETIME_TEXT_MAX];
    bool falls_due = standing->due_us != INT64_MAX;
    uuid_format(&delivery->uuid, id);
    datetime_format(delivery->raised_us, zone, raised);
    if (falls_due)
        datetime_format(standing->due_us, zone, due);
    int64_t late_us = falls_due ? MAX(0, composing->now_us - standing->due_us) : 0;
    return json_pack("{s:s, s:s, s:b, s:s, s:I, s:i, s:{s:s, s:o}, s:{s:s, s:s}, s:o, s:s, s:s?, s:I, s:s, s:s?}", "id",
                     id, "type", "alert", "drill", composing->drill, "alert", raising_names[delivery->how], "count",
                     (json_int_t)standing->count, "times", standing->times, "kind", "name", standing->kind->name,
                     "title", shape_texts_of(&standing->kind->title), "unit", "code", unit->code, "name", unit->name,
                     "role", shape_role_of(composing, standing->playbook, delivery->post), "raised_at", raised,
                     "due_at", falls_due ? due : NULL, "late_seconds", (json_int_t)(late_us / US_PER_SECOND), "text",
                     text, "link", composing->link);
}

bool message_compose(const struct composing *composing, const struct destination *to, const struct delivery *delivery,
                     struct alert_message *out)
{
    struct still_standing standing = {.due_us = INT64_MAX};
    struct unit unit;
    g_autoptr(json_t) items = json_loads(delivery->items, 0, NULL);
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item) add_item(composing, delivery, item, &standing);
    if (standing.count == 0 || !registry_unit(composing->rows, standing.unit, &unit))
        return false;
    out->text = text_of(composing, &standing, &unit, delivery->how, to->chinese);
    out->body = body_of(composing, &standing, &unit, delivery, out->text);
    return true;
}
