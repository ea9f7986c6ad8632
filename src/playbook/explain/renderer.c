/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/explain/renderer.h"

#include "base/datetime.h"
#include "playbook/model/address.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/texts.h"

#include <string.h>

static const int64_t second_us = G_USEC_PER_SEC;

struct renderer_words {
    const char *zh, *en;
};

const char *renderer_choose(const struct renderer *renderer, const char *zh, const char *en)
{
    return renderer->english ? en : zh;
}

const char *renderer_text(const struct renderer *renderer, const struct texts *texts)
{
    const struct texts *instead = renderer->renamed != NULL ? g_hash_table_lookup(renderer->renamed, texts) : NULL;
    if (instead != NULL)
        texts = instead;
    return renderer_choose(renderer, texts->zh, texts->en);
}

void renderer_add(struct renderer *renderer, const char *zh, const char *en)
{
    g_string_append(renderer->out, renderer_choose(renderer, zh, en));
}

void renderer_printf(struct renderer *renderer, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    g_string_append_vprintf(renderer->out, renderer->english ? en : zh, args);
    va_end(args);
}

void renderer_end_line(struct renderer *renderer)
{
    g_string_append_c(renderer->out, '\n');
}

void renderer_comma(struct renderer *renderer, size_t index)
{
    if (index > 0)
        renderer_add(renderer, "、", ", ");
}

/* ---- values ---- */

void renderer_length(struct renderer *renderer, int64_t us)
{
    static const struct {
        int64_t seconds;
        struct renderer_words one, more;
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
        const struct renderer_words *words = us == unit_us ? &units[i].one : &units[i].more;
        g_string_append_printf(renderer->out, "%" G_GINT64_FORMAT "%s", us / unit_us,
                               renderer_choose(renderer, words->zh, words->en));
        return;
    }
}

void renderer_working_days(struct renderer *renderer, int days)
{
    renderer_printf(renderer, "%d 个工作日", days == 1 ? "%d working day" : "%d working days", days);
}

static void say_code(struct renderer *renderer, const char *code, const char *list)
{
    const struct code_list *codes = list != NULL ? playbook_find_list(renderer->playbook, list) : NULL;
    for (size_t i = 0; codes == NULL && list != NULL && i < renderer->kind->participant_count; i++) {
        const struct code_list *states = renderer->kind->participants[i].states;
        if (states != NULL && strcmp(states->name, list) == 0)
            codes = states;
    }
    const struct code *found = codes != NULL ? code_list_find(codes, code) : NULL;
    renderer_printf(renderer, "“%s”", "“%s”", found != NULL ? renderer_text(renderer, &found->label) : code);
}

/* Values of a playbook by type; `in` is the unit of a number or the name of a list. */
struct said {
    const char *unit, *list;
};

static void say_truth(struct renderer *renderer, struct value value, struct said in)
{
    renderer_add(renderer, value.truth ? "是" : "否", value.truth ? "yes" : "no");
}

static void say_number(struct renderer *renderer, struct value value, struct said in)
{
    char text[DECIMAL_TEXT_MAX];
    decimal_format(value.number, text);
    g_string_append_printf(renderer->out, "%s%s%s", text, in.unit != NULL ? " " : "", in.unit != NULL ? in.unit : "");
}

static void say_text(struct renderer *renderer, struct value value, struct said in)
{
    say_code(renderer, value.text, in.list);
}

static void say_choices(struct renderer *renderer, struct value value, struct said in)
{
    size_t index;
    const json_t *code;
    json_array_foreach((json_t *)value.list, index, code)
    {
        renderer_comma(renderer, index);
        say_code(renderer, json_string_value(code), in.list);
    }
}

static void say_date(struct renderer *renderer, struct value value, struct said in)
{
    char text[DATETIME_TEXT_MAX];
    date_format(value.day, text);
    g_string_append(renderer->out, text);
}

static void say_datetime(struct renderer *renderer, struct value value, struct said in)
{
    char text[DATETIME_TEXT_MAX];
    datetime_format(value.us, renderer->playbook->zone, text);
    g_string_append(renderer->out, text);
}

static void say_duration(struct renderer *renderer, struct value value, struct said in)
{
    if (value.working_days != 0)
        renderer_working_days(renderer, value.working_days);
    else
        renderer_length(renderer, value.us);
}

void renderer_value(struct renderer *renderer, struct value value, const char *unit, const char *list)
{
    /* Other types cannot be written in a playbook. */
    static void (*const says[])(struct renderer *, struct value, struct said) = {
        [VALUE_BOOL] = say_truth,        [VALUE_NUMBER] = say_number,     [VALUE_TEXT] = say_text,
        [VALUE_CHOICE] = say_text,       [VALUE_CHOICES] = say_choices,   [VALUE_DATE] = say_date,
        [VALUE_DATETIME] = say_datetime, [VALUE_DURATION] = say_duration, [VALUE_FILE] = NULL,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(says) == VALUE_TYPE_COUNT);
    if (says[value.type] != NULL)
        says[value.type](renderer, value, (struct said){unit, list});
}

/* ---- who ---- */

static void say_place(struct renderer *renderer, const struct address *address)
{
    switch (address->place) {
    case PLACE_MATTER_UNIT:
        break;
    case PLACE_ANCESTOR:
        renderer_printf(renderer, "（%s起往上）", " (from the %s upward)",
                        renderer_text(renderer, &address->ancestor->title));
        break;
    case PLACE_FIELD:
        renderer_printf(renderer, "（在“%s”所填单位）", " (at the unit in “%s”)",
                        renderer_text(renderer, &renderer->kind->form.fields[address->field].label));
        break;
    case PLACE_RECEIVER:
        renderer_add(renderer, "（在接收单位）", " (at the receiving unit)");
        break;
    case PLACE_PARTICIPANT:
        renderer_add(renderer, "（在参与方）", " (at the unit that takes part)");
        break;
    case PLACE_COMMON:
        renderer_add(renderer, "（在移交双方的共同上级）", " (at the nearest unit above both)");
        break;
    }
}

void renderer_address(struct renderer *renderer, const struct address *address)
{
    static const struct renderer_words parties[] = {
        [PARTY_SUBJECT] = {"本人", "the person themselves"},
        [PARTY_PROXY] = {"代办人", "the person's proxy"},
        [PARTY_PUBLIC] = {"公众", "anybody"},
        [PARTY_CLOCK] = {"系统自动", "the system"},
        [PARTY_OPENER] = {"立项人", "the person who opened it"},
    };
    if (address->party == PARTY_ROLE) {
        g_string_append(renderer->out, renderer_text(renderer, &address->role->title));
        say_place(renderer, address);
    } else if (address->party == PARTY_PARTICIPANT) {
        renderer_printf(renderer, "%s", "%s",
                        address->set != NULL ? renderer_text(renderer, &address->set->title)
                                             : renderer_choose(renderer, "参与方", "the participants"));
    } else {
        const struct renderer_words *words = &parties[address->party];
        g_string_append(renderer->out, renderer_choose(renderer, words->zh, words->en));
    }
}

void renderer_addresses(struct renderer *renderer, const struct address *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        renderer_comma(renderer, i);
        renderer_address(renderer, &addresses[i]);
    }
}
