/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects of an entry. */
#include "playbook/explain/renderer.h"

#include "playbook/model/effect_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/texts.h"

#include <string.h>

struct effect_words {
    const char *zh, *en;
};

static void say_fields(struct renderer *renderer, const struct effect *effect)
{
    const struct form *form = effect->type == EFFECT_ENTER ? &effect->entry->form : &effect->kind->form;
    for (size_t i = 0; i < effect->field_count; i++) {
        renderer_comma(renderer, i);
        renderer_printf(renderer,
                        "%s = ", "%s = ", renderer_text(renderer, &form->fields[effect->fields[i].field].label));
        renderer_expr(renderer, effect->fields[i].value);
    }
}

static void say_target(struct renderer *renderer, const struct effect *effect)
{
    static const struct effect_words targets[] = {
        [TARGET_SELF] = {"在本事项", "in this matter"},
        [TARGET_PARENT] = {"在上级事项", "in the matter above"},
        [TARGET_CHILDREN] = {"在其下事项", "in the matters below"},
        [TARGET_LINKED] = {"在关联事项", "in the linked matters"},
        [TARGET_LINE] = {"在该行所指事项", "in the matter that the line names"},
        [TARGET_EACH] = {"", ""},
    };
    static const struct effect_words each[] = {
        [LOOP_HOUSEHOLD] = {"在同户其他人的同类事项", "in the matters of all others in the household"},
        [LOOP_CHILDREN] = {"在其下每件事项", "in each of the matters below"},
        [LOOP_LINKED] = {"在每件关联事项", "in each of the linked matters"},
        [LOOP_PARTICIPANTS] = {"", ""},
    };
    bool of_each = effect->target == TARGET_EACH;
    bool of_household = of_each && effect->loop->over == LOOP_HOUSEHOLD;
    const struct effect_words *words = of_each ? &each[effect->loop->over] : &targets[effect->target];
    g_string_append(renderer->out, renderer_choose(renderer, words->zh, words->en));
    if (effect->kind != NULL && effect->target != TARGET_SELF && !of_household)
        renderer_printf(renderer, "（%s）", " (%s)", renderer_text(renderer, &effect->kind->title));
}

/* What is waited for, by the name of the expectation. */
static const char *waiting_title(struct renderer *renderer, const struct effect *effect)
{
    const struct expect *expect;
    for (int i = 0; (expect = kind_expect_at(renderer->kind, i)) != NULL; i++)
        if (strcmp(expect->name, effect->name) == 0)
            return renderer_text(renderer, &expect->entry->title);
    return effect->name;
}

static void say_withdraw(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "不再等待“%s”", "“%s” is no longer expected", waiting_title(renderer, effect));
}

static void say_supersede(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "“%s”已被取代", "“%s” has been superseded", waiting_title(renderer, effect));
}

static void say_reopen(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "重新等待“%s”，期限照旧", "“%s” is expected again, with the same deadline",
                    waiting_title(renderer, effect));
}

static void say_hold(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "暂缓到期删除（%s）", "puts the erasure on hold (%s)", effect->name);
}

static void say_release(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "恢复到期删除（%s）", "releases the hold on the erasure (%s)", effect->name);
}

static void say_document(struct renderer *renderer, const struct effect *effect)
{
    const struct document *document = playbook_find_document(renderer->playbook, effect->name);
    renderer_printf(renderer, "出具《%s》", "issues “%s”",
                    document != NULL ? renderer_text(renderer, &document->title) : effect->name);
}

static void say_set(struct renderer *renderer, const struct effect *effect)
{
    say_target(renderer, effect);
    renderer_add(renderer, "改为：", ": ");
    say_fields(renderer, effect);
}

static void say_participants(struct renderer *renderer, const struct effect *effect)
{
    bool joins = effect->type == EFFECT_JOIN;
    const struct code *code = effect->state != NULL && effect->set->states != NULL
                                  ? code_list_find(effect->set->states, effect->state)
                                  : NULL;
    renderer_printf(renderer, "%s：", "%s: ", renderer_text(renderer, &effect->set->title));
    if (joins && effect->who == NULL)
        renderer_add(renderer, "登记人加入", "the person who enters joins");
    else if (joins) {
        renderer_expr(renderer, effect->who);
        renderer_add(renderer, "加入", " joins");
    } else
        renderer_add(renderer,
                     effect->all             ? "全部"
                     : effect->first != NULL ? "第一个"
                                             : "该方",
                     effect->all             ? "all of them"
                     : effect->first != NULL ? "the first of them"
                                             : "this one");
    if (!joins && effect->leaves)
        renderer_add(renderer, "退出", ", leaving");
    if (code != NULL)
        renderer_printf(renderer, "，状态“%s”", ", now “%s”", renderer_text(renderer, &code->label));
}

/* "for each of the volunteers: "; the targets of `enter` and `set` are named with the effect. */
static void say_each(struct renderer *renderer, const struct effect *effect)
{
    static const struct effect_words of_matters[] = {
        [LOOP_HOUSEHOLD] = {"同户其他人", "the others in the household"},
        [LOOP_CHILDREN] = {"其下每件事项", "the matters below"},
        [LOOP_LINKED] = {"每件关联事项", "the linked matters"},
    };
    const struct loop *loop = effect->loop;
    if (effect->target == TARGET_EACH)
        return;
    renderer_add(renderer, "对", "for each of ");
    if (loop->over == LOOP_PARTICIPANTS)
        renderer_printf(renderer, "每个“%s”", "“%s”", renderer_text(renderer, &loop->set->title));
    else if (loop->over == LOOP_LINES) {
        const struct form *form = loop->in_entry ? renderer->form : &renderer->kind->form;
        renderer_printf(renderer, "“%s”的每一行", "the lines of “%s”",
                        renderer_text(renderer, &form->fields[loop->field].label));
    } else
        g_string_append(renderer->out, renderer_choose(renderer, of_matters[loop->over].zh, of_matters[loop->over].en));
    if (loop->kind != NULL && loop->over != LOOP_HOUSEHOLD)
        renderer_printf(renderer, "（%s）", " (%s)", renderer_text(renderer, &loop->kind->title));
    if (loop->where != NULL) {
        renderer_add(renderer, "（限：", " (where ");
        renderer_expr(renderer, loop->where);
        renderer_add(renderer, "）", ")");
    }
    renderer_add(renderer, "：", ": ");
}

static void say_about(struct renderer *renderer, const struct effect *effect)
{
    if (effect->about != NULL) {
        renderer_add(renderer, "，涉及", " about ");
        renderer_expr(renderer, effect->about);
    }
    if (effect->unit != NULL) {
        renderer_add(renderer, "，在", " in ");
        renderer_expr(renderer, effect->unit);
    }
}

static void say_opening(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "立项“%s”", "opens “%s”", renderer_text(renderer, &effect->kind->title));
    if (effect->same_post)
        renderer_add(renderer, "（同一岗位）", " about the same post");
    say_about(renderer, effect);
    if (effect->field_count > 0)
        renderer_add(renderer, "：", " with ");
    say_fields(renderer, effect);
}

static void say_entering(struct renderer *renderer, const struct effect *effect)
{
    say_target(renderer, effect);
    renderer_printf(renderer, "登记“%s”", " enters “%s”", renderer_text(renderer, &effect->entry->title));
    say_about(renderer, effect);
    if (effect->field_count > 0)
        renderer_add(renderer, "：", " with ");
    say_fields(renderer, effect);
}

static const char *field_label(struct renderer *renderer, int field)
{
    return renderer_text(renderer, &renderer->kind->form.fields[field].label);
}

static void say_open_unit(struct renderer *renderer, const struct effect *effect)
{
    const struct registry_effect *registry = effect->registry;
    renderer_printf(renderer, "设立“%s”", "opens a unit “%s” ", renderer_text(renderer, &registry->unit_type->title));
    renderer_add(renderer, "，名称为", "named ");
    renderer_expr(renderer, registry->called);
    renderer_add(renderer, registry->unit_type->organisation ? "，设在" : "，隶属",
                 registry->unit_type->organisation ? ", attached to " : ", under ");
    renderer_expr(renderer, registry->under);
    renderer_printf(renderer, "，记为“%s”", ", recorded as “%s”", field_label(renderer, registry->field));
}

static void say_close_unit(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "撤销“%s”", "closes the unit “%s”", field_label(renderer, effect->registry->field));
}

static void say_appoint(struct renderer *renderer, const struct effect *effect)
{
    const struct registry_effect *registry = effect->registry;
    renderer_add(renderer, "任命", "appoints ");
    renderer_expr(renderer, effect->who);
    renderer_printf(renderer, "为“%s”", " as “%s”", renderer_text(renderer, &registry->role->title));
    renderer_add(renderer, "，责任区：", " for ");
    for (size_t i = 0; i < registry->ground_count; i++) {
        renderer_comma(renderer, i);
        renderer_expr(renderer, registry->grounds[i]);
    }
    if (registry->until != NULL) {
        renderer_add(renderer, "，至", " until ");
        renderer_expr(renderer, registry->until);
    }
    if (registry->suspends)
        renderer_add(renderer, "，原岗位暂停", ", their other posts suspended");
}

static void say_restore(struct renderer *renderer, const struct effect *effect)
{
    if (effect->who == NULL)
        renderer_add(renderer, "恢复全部原岗位", "restores all home posts");
    else {
        renderer_add(renderer, "恢复其原岗位：", "restores the home posts of ");
        renderer_expr(renderer, effect->who);
    }
}

static void say_empty(struct renderer *renderer, const struct effect *effect)
{
    renderer_printf(renderer, "清空“%s”", "empties “%s”", field_label(renderer, effect->fields[0].field));
}

static void (*const says[])(struct renderer *renderer, const struct effect *effect) = {
    [EFFECT_SET] = say_set,
    [EFFECT_OPEN] = say_opening,
    [EFFECT_ENTER] = say_entering,
    [EFFECT_WITHDRAW] = say_withdraw,
    [EFFECT_SUPERSEDE] = say_supersede,
    [EFFECT_HOLD] = say_hold,
    [EFFECT_RELEASE] = say_release,
    [EFFECT_REOPEN] = say_reopen,
    [EFFECT_DOCUMENT] = say_document,
    [EFFECT_JOIN] = say_participants,
    [EFFECT_PARTICIPANT] = say_participants,
    [EFFECT_OPEN_UNIT] = say_open_unit,
    [EFFECT_CLOSE_UNIT] = say_close_unit,
    [EFFECT_APPOINT] = say_appoint,
    [EFFECT_RESTORE] = say_restore,
    [EFFECT_EMPTY] = say_empty,
};
G_STATIC_ASSERT(G_N_ELEMENTS(says) == EFFECT_TYPE_COUNT);

void renderer_effect(struct renderer *renderer, const struct effect *effect)
{
    const struct form *line = renderer->line;
    if (effect->loop != NULL && effect->loop->over == LOOP_LINES)
        renderer->line = effect->loop->lines;
    if (effect->loop != NULL)
        say_each(renderer, effect);
    says[effect->type](renderer, effect);
    renderer->line = line;
}
