/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/diff/diff_tell.h"

#include "base/datetime.h"
#include "playbook/explain/explain_parts.h"
#include "playbook/model/calendar.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/role.h"
#include "playbook/model/rule.h"
#include "playbook/model/texts.h"

#include <string.h>

struct teller {
    struct speech speech;
    GPtrArray *parts;
    const struct told_part *whole;
};

static void part_free(gpointer data)
{
    struct told_part *part = data;
    g_free(part->path);
    g_free(part->text);
    g_free(part);
}

/* Ends what has been said since the part before as the telling of this one. */
static struct told_part *take(struct teller *teller, enum part_sort sort, const char *name, const struct texts *title,
                              const char *format, ...) G_GNUC_PRINTF(5, 6);
static struct told_part *take(struct teller *teller, enum part_sort sort, const char *name, const struct texts *title,
                              const char *format, ...)
{
    struct told_part *part = g_new0(struct told_part, 1);
    va_list args;
    va_start(args, format);
    part->path = g_strdup_vprintf(format, args);
    va_end(args);
    part->number = teller->parts->len;
    part->sort = sort;
    part->name = name;
    part->title = title;
    part->kind = teller->speech.kind;
    part->whole = teller->whole;
    part->text = g_strdup(teller->speech.out->str);
    g_string_truncate(teller->speech.out, 0);
    g_ptr_array_add(teller->parts, part);
    return part;
}

static const char *words(const struct teller *teller, const struct texts *texts)
{
    return speech_text(&teller->speech, texts);
}

/* ---- what stands for all kinds ---- */

static void tell_unit_types(struct teller *teller, const struct playbook *playbook)
{
    struct speech *speech = &teller->speech;
    for (size_t i = 0; i < playbook->unit_type_count; i++) {
        const struct unit_type *type = &playbook->unit_types[i];
        speech_add(speech, "隶属：", "under: ");
        for (size_t j = 0; j < type->under_count; j++) {
            speech_comma(speech, j);
            g_string_append(speech->out, words(teller, &type->under[j]->title));
        }
        if (type->stream)
            speech_add(speech, "；其下自成一流", "; decided in its own stream");
        if (type->organisation)
            speech_add(speech, "；机构", "; an organisation");
        take(teller, TOLD_UNIT_TYPE, type->name, &type->title, "unit_types/%s", type->name);
    }
}

static void tell_role(struct teller *teller, const struct role *role)
{
    static const struct {
        const char *zh, *en;
    } rights[] = {{"登记人员", "register people"},
                  {"管理单位和岗位", "keep units and posts"},
                  {"管理账户", "keep accounts"},
                  {"启用方案", "adopt playbooks"},
                  {"查阅一切，不得更改", "read everything, change nothing"}};
    const bool has[] = {role->registers_people, role->keeps_registry, role->keeps_accounts, role->adopts,
                        role->supervises};
    struct speech *speech = &teller->speech;
    size_t count = 0;
    speech_add(speech, "可管：", "covers: ");
    for (size_t i = 0; i < role->ground_count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, words(teller, &role->grounds[i]->title));
    }
    if (role->duty_hours)
        speech_add(speech, "；按值班表", "; by a roster");
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++) {
        if (!has[i])
            continue;
        if (count++ == 0)
            speech_add(speech, "\n可以：", "\nmay ");
        else
            speech_comma(speech, 1);
        speech_add(speech, rights[i].zh, rights[i].en);
    }
    take(teller, TOLD_ROLE, role->name, &role->title, "roles/%s", role->name);
}

static void tell_required(struct teller *teller, const struct playbook *playbook)
{
    for (size_t i = 0; i < playbook->required_post_count; i++) {
        const struct required_post *post = &playbook->required_posts[i];
        speech_say(&teller->speech, "每个%s：%s %d 名", "every %s: %s, %d", words(teller, &post->unit_type->title),
                   words(teller, &post->role->title), post->count);
        take(teller, TOLD_REQUIRED_POST, post->role->name, &post->role->title, "required_posts/%s/%s",
             post->unit_type->name, post->role->name);
    }
}

static void tell_clauses(struct teller *teller, const struct playbook *playbook)
{
    size_t index;
    json_t *clause;
    json_array_foreach(playbook->clauses, index, clause)
    {
        const char *id = json_string_value(json_object_get(clause, "id"));
        g_string_append(teller->speech.out,
                        json_string_value(json_object_get(clause, teller->speech.english ? "en" : "zh")));
        take(teller, TOLD_CLAUSE, id, NULL, "clauses/%s", id);
    }
}

static void tell_list(struct teller *teller, const struct code_list *list)
{
    teller->whole = take(teller, TOLD_LIST, list->name, &list->title, "list:%s", list->name);
    for (size_t i = 0; i < list->code_count; i++)
        take(teller, TOLD_CODE, list->codes[i].code, &list->codes[i].label, "list:%s/codes/%s", list->name,
             list->codes[i].code);
    teller->whole = NULL;
}

static void tell_calendar(struct teller *teller, const struct calendar *calendar)
{
    static const char *const zh[8] = {"", "一", "二", "三", "四", "五", "六", "日"};
    static const char *const en[8] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct speech *speech = &teller->speech;
    char day[DATETIME_TEXT_MAX];
    size_t count = 0;
    speech_add(speech, "上班：", "worked: ");
    for (int i = 1; i < 8; i++) {
        if (!calendar->weekdays[i])
            continue;
        speech_comma(speech, count++);
        g_string_append(speech->out, speech_choose(speech, zh[i], en[i]));
    }
    for (size_t i = 0; i < calendar->day_count; i++) {
        date_format(calendar->days[i].day, day);
        bool working = calendar->days[i].working;
        g_string_append_printf(speech->out, "\n%s %s", day,
                               working ? speech_choose(speech, "上班", "is worked")
                                       : speech_choose(speech, "放假", "is free"));
    }
    take(teller, TOLD_CALENDAR, calendar->name, &calendar->title, "calendar:%s", calendar->name);
}

static void tell_rule(struct teller *teller, const struct rule *rule)
{
    char day[DATETIME_TEXT_MAX];
    if (rule->unit != NULL)
        speech_say(&teller->speech, "单位 %s", "in %s", rule->unit);
    teller->whole = take(teller, TOLD_RULE, rule->name, &rule->title, "rule:%s", rule->name);
    for (size_t i = 0; i < rule->edition_count; i++) {
        explain_edition(&teller->speech, rule, &rule->editions[i]);
        date_format(rule->editions[i].from_day, day);
        take(teller, TOLD_EDITION, NULL, NULL, "rule:%s/editions/%s", rule->name, day);
    }
    teller->whole = NULL;
}

static void tell_document(struct teller *teller, const struct document *document)
{
    g_string_append(teller->speech.out, words(teller, &document->body));
    take(teller, TOLD_DOCUMENT, document->name, &document->title, "document:%s", document->name);
}

/* ---- a kind ---- */

static void tell_fields(struct teller *teller, const struct form *form, enum part_sort sort, const char *whole)
{
    teller->speech.form = form;
    for (size_t i = 0; i < form->field_count; i++) {
        explain_field(&teller->speech, &form->fields[i], "");
        take(teller, sort, form->fields[i].name, &form->fields[i].label, "%s/form/%s", whole, form->fields[i].name)
            ->field = &form->fields[i];
    }
    teller->speech.form = NULL;
}

static void tell_states(struct teller *teller, const struct kind *kind)
{
    const struct told_part *whole = teller->whole;
    for (size_t i = 0; i < kind->state_count; i++) {
        const struct state *state = &kind->states[i];
        explain_state(&teller->speech, state);
        explain_end(&teller->speech, state);
        teller->whole =
            take(teller, TOLD_STATE, state->name, &state->title, "kind:%s/states/%s", kind->name, state->name);
        for (size_t j = 0; j < state->expect_count; j++) {
            const struct expect *expect = &state->expects[j];
            explain_expect(&teller->speech, expect);
            take(teller, TOLD_EXPECT, expect->name, &expect->entry->title, "kind:%s/states/%s/expects/%s", kind->name,
                 state->name, expect->name);
        }
        teller->whole = whole;
    }
}

static void tell_entries(struct teller *teller, const struct kind *kind)
{
    const struct told_part *whole = teller->whole;
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        g_autofree char *path = g_strdup_printf("kind:%s/entries/%s", kind->name, entry->name);
        explain_entry(&teller->speech, entry, false);
        teller->whole = take(teller, TOLD_ENTRY, entry->name, &entry->title, "%s", path);
        tell_fields(teller, &entry->form, TOLD_ENTRY_FIELD, path);
        teller->whole = whole;
    }
}

static void tell_counts(struct teller *teller, const struct kind *kind)
{
    struct speech *speech = &teller->speech;
    for (size_t i = 0; i < kind->fact_count; i++) {
        explain_fact(speech, &kind->facts[i]);
        take(teller, TOLD_FACT, kind->facts[i].name, NULL, "kind:%s/facts/%s", kind->name, kind->facts[i].name);
    }
    for (size_t i = 0; i < kind->figure_count; i++) {
        const struct figure *figure = &kind->figures[i];
        explain_figure(speech, figure);
        take(teller, TOLD_FIGURE, figure->name, &figure->title, "kind:%s/figures/%s", kind->name, figure->name);
    }
    for (size_t i = 0; i < kind->indicator_count; i++) {
        const struct indicator *indicator = &kind->indicators[i];
        explain_indicator(speech, indicator);
        take(teller, TOLD_INDICATOR, indicator->name, &indicator->title, "kind:%s/indicators/%s", kind->name,
             indicator->name);
    }
}

static void tell_kind(struct teller *teller, const struct kind *kind)
{
    struct speech *speech = &teller->speech;
    const char *name = kind->name;
    g_autofree char *path = g_strdup_printf("kind:%s", name);
    speech->kind = kind;
    teller->whole = take(teller, TOLD_KIND, name, &kind->title, "%s", path);
    for (char **id = kind->clauses; id != NULL && *id != NULL; id++)
        g_string_append_printf(speech->out, "%s\n", *id); /* what they say is told once */
    take(teller, TOLD_CLAUSES, NULL, NULL, "kind:%s/clauses", name);
    explain_about(speech);
    take(teller, TOLD_ABOUT, NULL, NULL, "kind:%s/about", name);
    explain_opening(speech);
    take(teller, TOLD_OPENING, NULL, NULL, "kind:%s/opened_by", name);
    tell_fields(teller, &kind->form, TOLD_FIELD, path);
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_set *set = &kind->participants[i];
        explain_participant(speech, set);
        take(teller, TOLD_PARTICIPANTS, set->name, &set->title, "kind:%s/participants/%s", name, set->name);
    }
    tell_states(teller, kind);
    tell_entries(teller, kind);
    if (kind->handover.present) {
        explain_handover(speech);
        take(teller, TOLD_HANDOVER, NULL, NULL, "kind:%s/handover", name);
    }
    tell_counts(teller, kind);
    explain_sight(speech);
    take(teller, TOLD_SIGHT, NULL, NULL, "kind:%s/seen_by", name);
    explain_keeping(speech);
    take(teller, TOLD_KEEPING, NULL, NULL, "kind:%s/retain", name);
    speech->kind = NULL;
    teller->whole = NULL;
}

static void tell_playbook(struct teller *teller, const struct playbook *playbook)
{
    struct speech *speech = &teller->speech;
    speech_say(speech, "时区 %s；发布机关 %s", "time zone %s; issued by %s", playbook->zone_name, playbook->authority);
    if (playbook->quiet_from_minutes != playbook->quiet_to_minutes)
        speech_say(speech, "；%02d:%02d 至 %02d:%02d 不提醒", "; quiet from %02d:%02d to %02d:%02d",
                   playbook->quiet_from_minutes / 60, playbook->quiet_from_minutes % 60,
                   playbook->quiet_to_minutes / 60, playbook->quiet_to_minutes % 60);
    if (playbook->grace_us > 0) {
        speech_add(speech, "；停机后宽限 ", "; grace after an outage ");
        speech_length(speech, playbook->grace_us);
    }
    take(teller, TOLD_PLAYBOOK, playbook->name, &playbook->title, "playbook:%s", playbook->name);
}

GPtrArray *diff_tell(const struct playbook *playbook, bool english, GHashTable *renamed)
{
    g_autofree bool *named = g_new0(bool, playbook->rule_count + 1);
    struct teller teller = {.parts = g_ptr_array_new_with_free_func(part_free)};
    teller.speech = (struct speech){.playbook = playbook,
                                    .english = english,
                                    .lists_by_name = true,
                                    .renamed = renamed,
                                    .rules_named = named,
                                    .out = g_string_new(NULL)};
    tell_playbook(&teller, playbook);
    tell_unit_types(&teller, playbook);
    for (size_t i = 0; i < playbook->role_count; i++)
        tell_role(&teller, &playbook->roles[i]);
    tell_required(&teller, playbook);
    tell_clauses(&teller, playbook);
    for (size_t i = 0; i < playbook->list_count; i++)
        if (strchr(playbook->lists[i].name, '.') == NULL) /* else its field tells the codes */
            tell_list(&teller, &playbook->lists[i]);
    for (size_t i = 0; i < playbook->calendar_count; i++)
        tell_calendar(&teller, &playbook->calendars[i]);
    for (size_t i = 0; i < playbook->rule_count; i++)
        tell_rule(&teller, &playbook->rules[i]);
    for (size_t i = 0; i < playbook->document_count; i++)
        tell_document(&teller, &playbook->documents[i]);
    for (size_t i = 0; i < playbook->kind_count; i++)
        tell_kind(&teller, &playbook->kinds[i]);
    g_string_free(teller.speech.out, TRUE);
    return teller.parts;
}
