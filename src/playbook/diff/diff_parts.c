/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/diff/diff_parts.h"

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
#include "playbook/model/unit_fact.h"

#include <string.h>

struct teller {
    struct renderer renderer;
    GPtrArray *parts;
    const struct described_part *whole;
};

static void part_free(gpointer data)
{
    struct described_part *part = data;
    g_free(part->path);
    g_free(part->text);
    g_free(part);
}

/* Ends a part: the text since the part before is its description. */
static struct described_part *take(struct teller *teller, enum part_sort sort, const char *name,
                                   const struct texts *title, const char *format, ...) G_GNUC_PRINTF(5, 6);
static struct described_part *take(struct teller *teller, enum part_sort sort, const char *name,
                                   const struct texts *title, const char *format, ...)
{
    struct described_part *part = g_new0(struct described_part, 1);
    va_list args;
    va_start(args, format);
    part->path = g_strdup_vprintf(format, args);
    va_end(args);
    part->number = teller->parts->len;
    part->sort = sort;
    part->name = name;
    part->title = title;
    part->kind = teller->renderer.kind;
    part->whole = teller->whole;
    part->text = g_strdup(teller->renderer.out->str);
    g_string_truncate(teller->renderer.out, 0);
    g_ptr_array_add(teller->parts, part);
    return part;
}

static const char *words(const struct teller *teller, const struct texts *texts)
{
    return renderer_text(&teller->renderer, texts);
}

/* ---- what stands for all kinds ---- */

static void tell_identity(struct teller *teller, const struct playbook *playbook)
{
    struct renderer *renderer = &teller->renderer;
    for (size_t i = 0; i < playbook->identity_type_count; i++) {
        const struct identity_type *type = &playbook->identity_types[i];
        renderer_add(renderer, i == 0 ? "未注明证件时指此种" : "须注明",
                     i == 0 ? "the one that is meant where none is said" : "is to be said");
        if (type->pattern != NULL)
            renderer_printf(renderer, "；号码形如 %s", "; its numbers look like %s", type->pattern);
        else
            renderer_add(renderer, "；号码由程序校验", "; its numbers are checked by the program");
        take(teller, PART_IDENTITY_TYPE, type->name, &type->title, "identity/%s", type->name);
    }
}

static void tell_unit_types(struct teller *teller, const struct playbook *playbook)
{
    struct renderer *renderer = &teller->renderer;
    for (size_t i = 0; i < playbook->unit_type_count; i++) {
        const struct unit_type *type = &playbook->unit_types[i];
        renderer_add(renderer, "隶属：", "under: ");
        for (size_t j = 0; j < type->under_count; j++) {
            renderer_comma(renderer, j);
            g_string_append(renderer->out, words(teller, &type->under[j]->title));
        }
        if (type->stream)
            renderer_add(renderer, "；其下自成一流", "; with a stream of its own");
        if (type->organisation)
            renderer_add(renderer, "；机构", "; an organisation");
        take(teller, PART_UNIT_TYPE, type->name, &type->title, "unit_types/%s", type->name);
    }
}

static void tell_role(struct teller *teller, const struct role *role)
{
    static const struct {
        const char *zh, *en;
    } rights[] = {{"登记人员", "register people"},
                  {"管理单位和岗位", "manage units and posts"},
                  {"管理账号", "manage accounts"},
                  {"启用预案", "adopt playbooks"},
                  {"查阅一切，不得更改", "read everything, change nothing"}};
    const bool has[] = {role->registers_people, role->keeps_registry, role->keeps_accounts, role->adopts,
                        role->supervises};
    struct renderer *renderer = &teller->renderer;
    size_t count = 0;
    renderer_add(renderer, "可管：", "covers: ");
    for (size_t i = 0; i < role->ground_count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, words(teller, &role->grounds[i]->title));
    }
    if (role->duty_hours)
        renderer_add(renderer, "；按值班表", "; by a roster");
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++) {
        if (!has[i])
            continue;
        if (count++ == 0)
            renderer_add(renderer, "\n可以：", "\nmay ");
        else
            renderer_comma(renderer, 1);
        renderer_add(renderer, rights[i].zh, rights[i].en);
    }
    take(teller, PART_ROLE, role->name, &role->title, "roles/%s", role->name);
}

static void tell_required(struct teller *teller, const struct playbook *playbook)
{
    for (size_t i = 0; i < playbook->required_post_count; i++) {
        const struct required_post *post = &playbook->required_posts[i];
        renderer_printf(&teller->renderer, "每个%s：%s %d 名", "every %s: %s, %d",
                        words(teller, &post->unit_type->title), words(teller, &post->role->title), post->count);
        take(teller, PART_REQUIRED_POST, post->role->name, &post->role->title, "required_posts/%s/%s",
             post->unit_type->name, post->role->name);
    }
}

static void tell_unit_facts(struct teller *teller, const struct playbook *playbook)
{
    struct renderer *renderer = &teller->renderer;
    for (size_t i = 0; i < playbook->unit_fact_count; i++) {
        const struct unit_fact *fact = &playbook->unit_facts[i];
        renderer_printf(renderer, "整数，至多 %d；单位：", "an integer up to %d; of ", fact->most);
        for (size_t j = 0; j < fact->at_count; j++) {
            renderer_comma(renderer, j);
            g_string_append(renderer->out, words(teller, &fact->at[j]->title));
        }
        if (fact->source != NULL)
            renderer_printf(renderer, "；来源：%s", "; source: %s", fact->source);
        take(teller, PART_UNIT_FACT, fact->name, &fact->title, "unit_facts/%s", fact->name);
    }
}

static void tell_clauses(struct teller *teller, const struct playbook *playbook)
{
    for (size_t i = 0; i < playbook->clause_count; i++) {
        const struct clause *clause = &playbook->clauses[i];
        g_string_append(teller->renderer.out, words(teller, &clause->title));
        for (size_t j = 0; j < clause->figure_count; j++)
            renderer_printf(&teller->renderer, "；指标 %s", "; figure %s", words(teller, &clause->figures[j]->title));
        for (size_t j = 0; j < clause->overdue_count; j++)
            renderer_printf(&teller->renderer, "；看逾期 %s · %s", "; overdue %s · %s",
                            words(teller, &clause->overdue[j].kind->title), clause->overdue[j].name);
        take(teller, PART_CLAUSE, clause->id, NULL, "clauses/%s", clause->id);
    }
}

static void tell_levels(struct teller *teller, const struct playbook *playbook)
{
    for (size_t i = 0; i < playbook->indicator_count; i++) {
        const struct indicator *indicator = &playbook->indicators[i];
        explain_indicator(&teller->renderer, indicator);
        take(teller, PART_FREE_INDICATOR, indicator->name, &indicator->title, "indicator:%s", indicator->name);
    }
}

static void tell_signal(struct teller *teller, const struct board_signal *signal)
{
    static const struct {
        const char *zh, *en;
    } missing[] = {[MISSING_BLANK] = {"", ""},
                   [MISSING_GREY] = {"，缺数为灰", ", grey where missing"},
                   [MISSING_RED] = {"，缺数为红", ", red where missing"}};
    struct renderer *renderer = &teller->renderer;
    g_string_append(renderer->out, words(teller, &signal->indicator->title));
    renderer_add(renderer, signal->less ? "（越少越好" : "（越多越好",
                 signal->less ? " (the less the better" : " (the more the better");
    renderer_add(renderer, missing[signal->missing].zh, missing[signal->missing].en);
    for (size_t i = 0; i < signal->at_count; i++)
        renderer_printf(renderer, "，%s", ", %s", words(teller, &signal->at[i]->title));
    renderer_add(renderer, "）", ")");
}

static void tell_board(struct teller *teller, const struct board *board)
{
    struct renderer *renderer = &teller->renderer;
    for (size_t i = 0; i < board->at_count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, words(teller, &board->at[i]->title));
    }
    if (board->spread != NULL)
        renderer_printf(renderer, "；看下级%s的分布", "; spread of the units %s", words(teller, &board->spread->title));
    if (board->spread_rule != NULL)
        renderer_printf(renderer, "，按“%s”定色", ", judged by “%s”", words(teller, &board->spread_rule->title));
    renderer_printf(renderer, "；界限“%s”“%s”", "; thresholds “%s”, “%s”", words(teller, &board->green->title),
                    words(teller, &board->amber->title));
    teller->whole = take(teller, PART_A_BOARD, board->name, &board->title, "board:%s", board->name);
    for (size_t i = 0; i < board->row_count; i++) {
        for (size_t j = 0; j < board->rows[i].signal_count; j++) {
            renderer_comma(renderer, j);
            tell_signal(teller, &board->rows[i].signals[j]);
        }
        take(teller, PART_BOARD_ROW, board->rows[i].name, &board->rows[i].title, "board:%s/rows/%s", board->name,
             board->rows[i].name);
    }
    teller->whole = NULL;
}

static void tell_list(struct teller *teller, const struct code_list *list)
{
    teller->whole = take(teller, PART_LIST, list->name, &list->title, "list:%s", list->name);
    for (size_t i = 0; i < list->code_count; i++)
        take(teller, PART_CODE, list->codes[i].code, &list->codes[i].label, "list:%s/codes/%s", list->name,
             list->codes[i].code);
    teller->whole = NULL;
}

static void tell_calendar(struct teller *teller, const struct calendar *calendar)
{
    static const char *const zh[8] = {"", "一", "二", "三", "四", "五", "六", "日"};
    static const char *const en[8] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct renderer *renderer = &teller->renderer;
    char day[DATETIME_TEXT_MAX];
    size_t count = 0;
    renderer_add(renderer, "上班：", "worked: ");
    for (int i = 1; i < 8; i++) {
        if (!calendar->weekdays[i])
            continue;
        renderer_comma(renderer, count++);
        g_string_append(renderer->out, renderer_choose(renderer, zh[i], en[i]));
    }
    for (size_t i = 0; i < calendar->day_count; i++) {
        date_format(calendar->days[i].day, day);
        bool working = calendar->days[i].working;
        g_string_append_printf(renderer->out, "\n%s %s", day,
                               working ? renderer_choose(renderer, "上班", "is worked")
                                       : renderer_choose(renderer, "放假", "is free"));
    }
    take(teller, PART_CALENDAR, calendar->name, &calendar->title, "calendar:%s", calendar->name);
}

static void tell_rule(struct teller *teller, const struct rule *rule)
{
    char day[DATETIME_TEXT_MAX];
    if (rule->unit != NULL)
        renderer_printf(&teller->renderer, "单位 %s", "in %s", rule->unit);
    teller->whole = take(teller, PART_RULE, rule->name, &rule->title, "rule:%s", rule->name);
    for (size_t i = 0; i < rule->edition_count; i++) {
        explain_edition(&teller->renderer, rule, &rule->editions[i]);
        date_format(rule->editions[i].from_day, day);
        take(teller, PART_EDITION, NULL, NULL, "rule:%s/editions/%s", rule->name, day);
    }
    teller->whole = NULL;
}

static void tell_document(struct teller *teller, const struct document *document)
{
    g_string_append(teller->renderer.out, words(teller, &document->body));
    take(teller, PART_DOCUMENT, document->name, &document->title, "document:%s", document->name);
}

/* ---- a kind ---- */

static void tell_fields(struct teller *teller, const struct form *form, enum part_sort sort, const char *whole)
{
    teller->renderer.form = form;
    for (size_t i = 0; i < form->field_count; i++) {
        explain_field(&teller->renderer, &form->fields[i], "");
        take(teller, sort, form->fields[i].name, &form->fields[i].label, "%s/form/%s", whole, form->fields[i].name)
            ->field = &form->fields[i];
    }
    teller->renderer.form = NULL;
}

static void tell_states(struct teller *teller, const struct kind *kind)
{
    const struct described_part *whole = teller->whole;
    for (size_t i = 0; i < kind->state_count; i++) {
        const struct state *state = &kind->states[i];
        explain_state(&teller->renderer, state);
        explain_end(&teller->renderer, state);
        teller->whole =
            take(teller, PART_STATE, state->name, &state->title, "kind:%s/states/%s", kind->name, state->name);
        for (size_t j = 0; j < state->expect_count; j++) {
            const struct expect *expect = &state->expects[j];
            explain_expect(&teller->renderer, expect);
            take(teller, PART_EXPECT, expect->name, &expect->entry->title, "kind:%s/states/%s/expects/%s", kind->name,
                 state->name, expect->name);
        }
        teller->whole = whole;
    }
}

static void tell_entries(struct teller *teller, const struct kind *kind)
{
    const struct described_part *whole = teller->whole;
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        g_autofree char *path = g_strdup_printf("kind:%s/entries/%s", kind->name, entry->name);
        explain_entry(&teller->renderer, entry, false);
        teller->whole = take(teller, PART_ENTRY, entry->name, &entry->title, "%s", path);
        tell_fields(teller, &entry->form, PART_ENTRY_FIELD, path);
        teller->whole = whole;
    }
}

static void tell_counts(struct teller *teller, const struct kind *kind)
{
    struct renderer *renderer = &teller->renderer;
    for (size_t i = 0; i < kind->fact_count; i++) {
        explain_fact(renderer, &kind->facts[i]);
        take(teller, PART_FACT, kind->facts[i].name, NULL, "kind:%s/facts/%s", kind->name, kind->facts[i].name);
    }
    for (size_t i = 0; i < kind->figure_count; i++) {
        const struct figure *figure = &kind->figures[i];
        explain_figure(renderer, figure);
        take(teller, PART_FIGURE, figure->name, &figure->title, "kind:%s/figures/%s", kind->name, figure->name);
    }
    for (size_t i = 0; i < kind->indicator_count; i++) {
        const struct indicator *indicator = &kind->indicators[i];
        explain_indicator(renderer, indicator);
        take(teller, PART_INDICATOR, indicator->name, &indicator->title, "kind:%s/indicators/%s", kind->name,
             indicator->name);
    }
}

static void tell_kind(struct teller *teller, const struct kind *kind)
{
    struct renderer *renderer = &teller->renderer;
    const char *name = kind->name;
    g_autofree char *path = g_strdup_printf("kind:%s", name);
    renderer->kind = kind;
    teller->whole = take(teller, PART_KIND, name, &kind->title, "%s", path);
    for (char **id = kind->clauses; id != NULL && *id != NULL; id++)
        g_string_append_printf(renderer->out, "%s\n", *id); /* the texts of clauses are a part of their own */
    take(teller, PART_CLAUSES, NULL, NULL, "kind:%s/clauses", name);
    explain_about(renderer);
    take(teller, PART_ABOUT, NULL, NULL, "kind:%s/about", name);
    explain_opening(renderer);
    take(teller, PART_OPENING, NULL, NULL, "kind:%s/opened_by", name);
    tell_fields(teller, &kind->form, PART_FIELD, path);
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_set *set = &kind->participants[i];
        explain_participant(renderer, set);
        take(teller, PART_PARTICIPANTS, set->name, &set->title, "kind:%s/participants/%s", name, set->name);
    }
    tell_states(teller, kind);
    tell_entries(teller, kind);
    if (kind->handover.present) {
        explain_handover(renderer);
        take(teller, PART_HANDOVER, NULL, NULL, "kind:%s/handover", name);
    }
    tell_counts(teller, kind);
    explain_sight(renderer);
    take(teller, PART_SIGHT, NULL, NULL, "kind:%s/seen_by", name);
    explain_keeping(renderer);
    take(teller, PART_KEEPING, NULL, NULL, "kind:%s/retain", name);
    renderer->kind = NULL;
    teller->whole = NULL;
}

static void tell_playbook(struct teller *teller, const struct playbook *playbook)
{
    struct renderer *renderer = &teller->renderer;
    renderer_printf(renderer, "时区 %s；发布机关 %s", "time zone %s; issued by %s", playbook->zone_name,
                    playbook->authority);
    if (playbook->quiet_from_minutes != playbook->quiet_to_minutes)
        renderer_printf(renderer, "；%02d:%02d 至 %02d:%02d 不提醒", "; quiet from %02d:%02d to %02d:%02d",
                        playbook->quiet_from_minutes / 60, playbook->quiet_from_minutes % 60,
                        playbook->quiet_to_minutes / 60, playbook->quiet_to_minutes % 60);
    if (playbook->grace_us > 0) {
        renderer_add(renderer, "；停机后宽限 ", "; grace after an outage ");
        renderer_length(renderer, playbook->grace_us);
    }
    take(teller, PART_PLAYBOOK, playbook->name, &playbook->title, "playbook:%s", playbook->name);
}

GPtrArray *diff_parts(const struct playbook *playbook, bool english, GHashTable *renamed)
{
    g_autofree bool *named = g_new0(bool, playbook->rule_count + 1);
    struct teller teller = {.parts = g_ptr_array_new_with_free_func(part_free)};
    teller.renderer = (struct renderer){.playbook = playbook,
                                        .english = english,
                                        .lists_by_name = true,
                                        .renamed = renamed,
                                        .rules_named = named,
                                        .out = g_string_new(NULL)};
    tell_playbook(&teller, playbook);
    tell_identity(&teller, playbook);
    tell_unit_types(&teller, playbook);
    for (size_t i = 0; i < playbook->role_count; i++)
        tell_role(&teller, &playbook->roles[i]);
    tell_required(&teller, playbook);
    tell_unit_facts(&teller, playbook);
    tell_clauses(&teller, playbook);
    for (size_t i = 0; i < playbook->list_count; i++)
        if (strchr(playbook->lists[i].name, '.') == NULL) /* else the codes are described with the field */
            tell_list(&teller, &playbook->lists[i]);
    for (size_t i = 0; i < playbook->calendar_count; i++)
        tell_calendar(&teller, &playbook->calendars[i]);
    for (size_t i = 0; i < playbook->rule_count; i++)
        tell_rule(&teller, &playbook->rules[i]);
    for (size_t i = 0; i < playbook->document_count; i++)
        tell_document(&teller, &playbook->documents[i]);
    tell_levels(&teller, playbook);
    for (size_t i = 0; i < playbook->board_count; i++)
        tell_board(&teller, &playbook->boards[i]);
    for (size_t i = 0; i < playbook->kind_count; i++)
        tell_kind(&teller, &playbook->kinds[i]);
    g_string_free(teller.renderer.out, TRUE);
    return teller.parts;
}
