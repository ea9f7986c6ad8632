/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from an entry, besides the state. */
#include "playbook/explain/speech.h"

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

static void say_fields(struct speech *speech, const struct effect *effect)
{
    const struct form *form = effect->type == EFFECT_ENTER ? &effect->entry->form : &effect->kind->form;
    for (size_t i = 0; i < effect->field_count; i++) {
        speech_comma(speech, i);
        speech_say(speech, "%s = ", "%s = ", speech_text(speech, &form->fields[effect->fields[i].field].label));
        speech_expr(speech, effect->fields[i].value);
    }
}

static void say_target(struct speech *speech, const struct effect *effect)
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
    g_string_append(speech->out, speech_choose(speech, words->zh, words->en));
    if (effect->kind != NULL && effect->target != TARGET_SELF && !of_household)
        speech_say(speech, "（%s）", " (%s)", speech_text(speech, &effect->kind->title));
}

/* What is waited for, by the name of the expectation. */
static const char *waiting_title(struct speech *speech, const struct effect *effect)
{
    const struct expect *expect;
    for (int i = 0; (expect = kind_expect_at(speech->kind, i)) != NULL; i++)
        if (strcmp(expect->name, effect->name) == 0)
            return speech_text(speech, &expect->entry->title);
    return effect->name;
}

static void say_withdraw(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "不再等待“%s”", "“%s” is no longer waited for", waiting_title(speech, effect));
}

static void say_supersede(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "“%s”已被取代", "“%s” has been superseded", waiting_title(speech, effect));
}

static void say_reopen(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "重新等待“%s”，期限照旧", "“%s” is waited for again, on the same clock",
               waiting_title(speech, effect));
}

static void say_hold(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "暂停到期清除（%s）", "holds the erasure up (%s)", effect->name);
}

static void say_release(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "恢复到期清除（%s）", "lets the erasure go on (%s)", effect->name);
}

static void say_document(struct speech *speech, const struct effect *effect)
{
    const struct document *document = playbook_find_document(speech->playbook, effect->name);
    speech_say(speech, "出具《%s》", "issues “%s”",
               document != NULL ? speech_text(speech, &document->title) : effect->name);
}

static void say_set(struct speech *speech, const struct effect *effect)
{
    say_target(speech, effect);
    speech_add(speech, "改为：", ": ");
    say_fields(speech, effect);
}

static void say_participants(struct speech *speech, const struct effect *effect)
{
    bool joins = effect->type == EFFECT_JOIN;
    const struct code *code = effect->state != NULL && effect->set->states != NULL
                                  ? code_list_find(effect->set->states, effect->state)
                                  : NULL;
    speech_say(speech, "%s：", "%s: ", speech_text(speech, &effect->set->title));
    if (joins && effect->who == NULL)
        speech_add(speech, "登记人加入", "whoever enters joins");
    else if (joins) {
        speech_expr(speech, effect->who);
        speech_add(speech, "加入", " joins");
    } else
        speech_add(speech,
                   effect->all             ? "全部"
                   : effect->first != NULL ? "第一个"
                                           : "该方",
                   effect->all             ? "all of them"
                   : effect->first != NULL ? "the first of them"
                                           : "the one at hand");
    if (!joins && effect->leaves)
        speech_add(speech, "退出", ", leaving");
    if (code != NULL)
        speech_say(speech, "，状态“%s”", ", now “%s”", speech_text(speech, &code->label));
}

/* "for each of the volunteers: "; matters in which something is entered or set are named where that is told. */
static void say_each(struct speech *speech, const struct effect *effect)
{
    static const struct effect_words of_matters[] = {
        [LOOP_HOUSEHOLD] = {"同户其他人", "the others in the household"},
        [LOOP_CHILDREN] = {"其下每件事项", "the matters below"},
        [LOOP_LINKED] = {"每件关联事项", "the linked matters"},
    };
    const struct loop *loop = effect->loop;
    if (effect->target == TARGET_EACH)
        return;
    speech_add(speech, "对", "for each of ");
    if (loop->over == LOOP_PARTICIPANTS)
        speech_say(speech, "每个“%s”", "“%s”", speech_text(speech, &loop->set->title));
    else if (loop->over == LOOP_LINES) {
        const struct form *form = loop->in_entry ? speech->form : &speech->kind->form;
        speech_say(speech, "“%s”的每一行", "the lines of “%s”", speech_text(speech, &form->fields[loop->field].label));
    } else
        g_string_append(speech->out, speech_choose(speech, of_matters[loop->over].zh, of_matters[loop->over].en));
    if (loop->kind != NULL && loop->over != LOOP_HOUSEHOLD)
        speech_say(speech, "（%s）", " (%s)", speech_text(speech, &loop->kind->title));
    if (loop->where != NULL) {
        speech_add(speech, "（限：", " (where ");
        speech_expr(speech, loop->where);
        speech_add(speech, "）", ")");
    }
    speech_add(speech, "：", ": ");
}

static void say_about(struct speech *speech, const struct effect *effect)
{
    if (effect->about != NULL) {
        speech_add(speech, "，涉及", " about ");
        speech_expr(speech, effect->about);
    }
    if (effect->unit != NULL) {
        speech_add(speech, "，在", " in ");
        speech_expr(speech, effect->unit);
    }
}

static void say_opening(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "立案“%s”", "opens “%s”", speech_text(speech, &effect->kind->title));
    say_about(speech, effect);
    if (effect->field_count > 0)
        speech_add(speech, "：", " with ");
    say_fields(speech, effect);
}

static void say_entering(struct speech *speech, const struct effect *effect)
{
    say_target(speech, effect);
    speech_say(speech, "登记“%s”", " enters “%s”", speech_text(speech, &effect->entry->title));
    say_about(speech, effect);
    if (effect->field_count > 0)
        speech_add(speech, "：", " with ");
    say_fields(speech, effect);
}

static const char *field_label(struct speech *speech, int field)
{
    return speech_text(speech, &speech->kind->form.fields[field].label);
}

static void say_open_unit(struct speech *speech, const struct effect *effect)
{
    const struct registry_effect *registry = effect->registry;
    speech_say(speech, "设立“%s”", "opens a unit “%s” ", speech_text(speech, &registry->unit_type->title));
    speech_add(speech, "，名称为", "named ");
    speech_expr(speech, registry->called);
    speech_add(speech, registry->unit_type->organisation ? "，设在" : "，隶属",
               registry->unit_type->organisation ? ", attached to " : ", under ");
    speech_expr(speech, registry->under);
    speech_say(speech, "，记为“%s”", ", kept as “%s”", field_label(speech, registry->field));
}

static void say_close_unit(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "撤销“%s”", "closes the unit “%s”", field_label(speech, effect->registry->field));
}

static void say_appoint(struct speech *speech, const struct effect *effect)
{
    const struct registry_effect *registry = effect->registry;
    speech_add(speech, "任命", "appoints ");
    speech_expr(speech, effect->who);
    speech_say(speech, "为“%s”", " as “%s”", speech_text(speech, &registry->role->title));
    speech_add(speech, "，责任区：", " for ");
    for (size_t i = 0; i < registry->ground_count; i++) {
        speech_comma(speech, i);
        speech_expr(speech, registry->grounds[i]);
    }
    if (registry->until != NULL) {
        speech_add(speech, "，至", " until ");
        speech_expr(speech, registry->until);
    }
    if (registry->suspends)
        speech_add(speech, "，原岗位暂停", ", their other posts standing still");
}

static void say_restore(struct speech *speech, const struct effect *effect)
{
    if (effect->who == NULL)
        speech_add(speech, "恢复全部原岗位", "all home posts come back");
    else {
        speech_add(speech, "恢复其原岗位：", "the home posts come back of ");
        speech_expr(speech, effect->who);
    }
}

static void say_empty(struct speech *speech, const struct effect *effect)
{
    speech_say(speech, "清空“%s”", "empties “%s”", field_label(speech, effect->fields[0].field));
}

static void (*const says[])(struct speech *speech, const struct effect *effect) = {
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

void speech_effect(struct speech *speech, const struct effect *effect)
{
    const struct form *line = speech->line;
    if (effect->loop != NULL && effect->loop->over == LOOP_LINES)
        speech->line = effect->loop->lines;
    if (effect->loop != NULL)
        say_each(speech, effect);
    says[effect->type](speech, effect);
    speech->line = line;
}
