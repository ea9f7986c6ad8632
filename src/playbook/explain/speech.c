/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/explain/speech.h"

#include "base/datetime.h"
#include "playbook/model/address.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/texts.h"

#include <string.h>

static const int64_t second_us = G_USEC_PER_SEC;

struct speech_words {
    const char *zh, *en;
};

const char *speech_choose(const struct speech *speech, const char *zh, const char *en)
{
    return speech->english ? en : zh;
}

const char *speech_text(const struct speech *speech, const struct texts *texts)
{
    const struct texts *instead = speech->renamed != NULL ? g_hash_table_lookup(speech->renamed, texts) : NULL;
    if (instead != NULL)
        texts = instead;
    return speech_choose(speech, texts->zh, texts->en);
}

void speech_add(struct speech *speech, const char *zh, const char *en)
{
    g_string_append(speech->out, speech_choose(speech, zh, en));
}

void speech_say(struct speech *speech, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    g_string_append_vprintf(speech->out, speech->english ? en : zh, args);
    va_end(args);
}

void speech_end_line(struct speech *speech)
{
    g_string_append_c(speech->out, '\n');
}

void speech_comma(struct speech *speech, size_t index)
{
    if (index > 0)
        speech_add(speech, "、", ", ");
}

/* ---- values ---- */

void speech_length(struct speech *speech, int64_t us)
{
    static const struct {
        int64_t seconds;
        struct speech_words one, more;
    } units[] = {
        {86400, {NULL, NULL}, {" 天", " days"}},
        {3600, {" 小时", " hour"}, {" 小时", " hours"}},
        {60, {" 分钟", " minute"}, {" 分钟", " minutes"}},
        {1, {" 秒", " second"}, {" 秒", " seconds"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        int64_t unit_us = units[i].seconds * second_us;
        bool one_day = i == 0 && us == unit_us; /* 24 hours: no day of a calendar */
        if ((us % unit_us != 0 && units[i].seconds > 1) || one_day)
            continue;
        const struct speech_words *words = us == unit_us ? &units[i].one : &units[i].more;
        g_string_append_printf(speech->out, "%" G_GINT64_FORMAT "%s", us / unit_us,
                               speech_choose(speech, words->zh, words->en));
        return;
    }
}

void speech_working_days(struct speech *speech, int days)
{
    speech_say(speech, "%d 个工作日", days == 1 ? "%d working day" : "%d working days", days);
}

static void say_code(struct speech *speech, const char *code, const char *list)
{
    const struct code_list *codes = list != NULL ? playbook_find_list(speech->playbook, list) : NULL;
    for (size_t i = 0; codes == NULL && list != NULL && i < speech->kind->participant_count; i++) {
        const struct code_list *states = speech->kind->participants[i].states;
        if (states != NULL && strcmp(states->name, list) == 0)
            codes = states;
    }
    const struct code *found = codes != NULL ? code_list_find(codes, code) : NULL;
    speech_say(speech, "“%s”", "“%s”", found != NULL ? speech_text(speech, &found->label) : code);
}

/* What stands in a playbook is said in these ways; `in` is the unit of a number or the name of a list. */
struct said {
    const char *unit, *list;
};

static void say_truth(struct speech *speech, struct value value, struct said in)
{
    speech_add(speech, value.truth ? "是" : "否", value.truth ? "yes" : "no");
}

static void say_number(struct speech *speech, struct value value, struct said in)
{
    char text[DECIMAL_TEXT_MAX];
    decimal_format(value.number, text);
    g_string_append_printf(speech->out, "%s%s%s", text, in.unit != NULL ? " " : "", in.unit != NULL ? in.unit : "");
}

static void say_text(struct speech *speech, struct value value, struct said in)
{
    say_code(speech, value.text, in.list);
}

static void say_choices(struct speech *speech, struct value value, struct said in)
{
    size_t index;
    const json_t *code;
    json_array_foreach((json_t *)value.list, index, code)
    {
        speech_comma(speech, index);
        say_code(speech, json_string_value(code), in.list);
    }
}

static void say_date(struct speech *speech, struct value value, struct said in)
{
    char text[DATETIME_TEXT_MAX];
    date_format(value.day, text);
    g_string_append(speech->out, text);
}

static void say_datetime(struct speech *speech, struct value value, struct said in)
{
    char text[DATETIME_TEXT_MAX];
    datetime_format(value.us, speech->playbook->zone, text);
    g_string_append(speech->out, text);
}

static void say_duration(struct speech *speech, struct value value, struct said in)
{
    if (value.working_days != 0)
        speech_working_days(speech, value.working_days);
    else
        speech_length(speech, value.us);
}

void speech_value(struct speech *speech, struct value value, const char *unit, const char *list)
{
    /* The others are never written into a playbook. */
    static void (*const says[])(struct speech *, struct value, struct said) = {
        [VALUE_BOOL] = say_truth,        [VALUE_NUMBER] = say_number,     [VALUE_TEXT] = say_text,
        [VALUE_CHOICE] = say_text,       [VALUE_CHOICES] = say_choices,   [VALUE_DATE] = say_date,
        [VALUE_DATETIME] = say_datetime, [VALUE_DURATION] = say_duration, [VALUE_FILE] = NULL,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(says) == VALUE_TYPE_COUNT);
    if (says[value.type] != NULL)
        says[value.type](speech, value, (struct said){unit, list});
}

/* ---- who ---- */

static void say_place(struct speech *speech, const struct address *address)
{
    switch (address->place) {
    case PLACE_MATTER_UNIT:
        break;
    case PLACE_ANCESTOR:
        speech_say(speech, "（%s起往上）", " (from the %s upward)", speech_text(speech, &address->ancestor->title));
        break;
    case PLACE_FIELD:
        speech_say(speech, "（在“%s”所填单位）", " (at the unit in “%s”)",
                   speech_text(speech, &speech->kind->form.fields[address->field].label));
        break;
    case PLACE_RECEIVER:
        speech_add(speech, "（在接收单位）", " (at the receiving unit)");
        break;
    case PLACE_PARTICIPANT:
        speech_add(speech, "（在参与方）", " (at the unit that takes part)");
        break;
    case PLACE_COMMON:
        speech_add(speech, "（在移交双方的共同上级）", " (at the nearest unit above both)");
        break;
    }
}

void speech_address(struct speech *speech, const struct address *address)
{
    static const struct speech_words parties[] = {
        [PARTY_SUBJECT] = {"本人", "the person themselves"},
        [PARTY_PROXY] = {"代办人", "whoever stands in for the person"},
        [PARTY_PUBLIC] = {"公众", "anybody"},
        [PARTY_CLOCK] = {"系统自动", "the system itself"},
        [PARTY_OPENER] = {"立项人", "whoever opened it"},
    };
    if (address->party == PARTY_ROLE) {
        g_string_append(speech->out, speech_text(speech, &address->role->title));
        say_place(speech, address);
    } else if (address->party == PARTY_PARTICIPANT) {
        speech_say(speech, "%s", "%s",
                   address->set != NULL ? speech_text(speech, &address->set->title)
                                        : speech_choose(speech, "参与方", "whoever takes part"));
    } else {
        const struct speech_words *words = &parties[address->party];
        g_string_append(speech->out, speech_choose(speech, words->zh, words->en));
    }
}

void speech_addresses(struct speech *speech, const struct address *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        speech_comma(speech, i);
        speech_address(speech, &addresses[i]);
    }
}
