/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked: forms, field by field. */
#include "playbook/explain/explain_parts.h"

#include "playbook/form/form.h"
#include "playbook/model/kind.h"
#include "playbook/model/role.h"
#include "playbook/model/texts.h"

#include <string.h>

void explain_choices(struct speech *speech, const struct code_list *list)
{
    if (speech->lists_by_name && strchr(list->name, '.') == NULL) { /* codes given in place: KIND.FIELD */
        speech_say(speech, "：名单“%s”", ": the list “%s”", speech_text(speech, &list->title));
        return;
    }
    speech_add(speech, "：", ": ");
    for (size_t i = 0; i < list->code_count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &list->codes[i].label));
    }
}

static void say_field_type(struct speech *speech, const struct field *field)
{
    g_string_append(speech->out, speech_text(speech, &field_types[field->type].title));
    if (field->kind != NULL)
        speech_say(speech, "（%s）", " (%s)", speech_text(speech, &field->kind->title));
    if (field->list != NULL)
        explain_choices(speech, field->list);
}

static void say_limits(struct speech *speech, const struct field *field)
{
    char least[DECIMAL_TEXT_MAX], most[DECIMAL_TEXT_MAX];
    decimal_format(field->min, least);
    decimal_format(field->max, most);
    if (field->unit != NULL)
        speech_say(speech, "，单位 %s", ", in %s", field->unit);
    if (field->has_min && field->has_max)
        speech_say(speech, "，%s 至 %s", ", %s to %s", least, most);
    else if (field->has_min)
        speech_say(speech, "，至少 %s", ", at least %s", least);
    else if (field->has_max)
        speech_say(speech, "，至多 %s", ", at most %s", most);
    if (field_takes(field, FIELD_KEY_DECIMALS))
        speech_say(speech, "，%d 位小数", field->decimals == 1 ? ", %d decimal" : ", %d decimals", field->decimals);
    if (field->max_chars > 0 && (field->type == FIELD_TEXT || field->type == FIELD_LONG_TEXT))
        speech_say(speech, "，至多 %d 字", ", at most %d characters", field->max_chars);
}

/* Whose the field is, and how else it is treated. */
static void say_privacy(struct speech *speech, const struct field *field)
{
    if (field->clear)
        speech_say(speech, "；不加密（%s）", "; not sealed (%s)", field->clear_reason);
    for (size_t i = 0; i < field->visible_to_count; i++) {
        if (i == 0)
            speech_add(speech, "；只给看：", "; shown only to ");
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &field->visible_to[i]->title));
    }
    if (field->visible_to_count > 0 && speech->kind != NULL && speech->kind->about == ABOUT_PERSON)
        speech_add(speech, "和本人", " and the person themselves");
    if (!field->ask_again.present)
        return;
    speech_say(speech, "；已知的再问（%s）", "; asked again though it may be known (%s)",
               speech_text(speech, &field->ask_again.why));
    if (field->ask_again.every_us == 0)
        speech_add(speech, "，一次", ", once");
    else {
        speech_add(speech, "，早于 ", ", when older than ");
        speech_length(speech, field->ask_again.every_us);
        speech_add(speech, "的才重填", "");
    }
}

static void say_needed(struct speech *speech, const struct field *field)
{
    if (field->required)
        speech_add(speech, "；必填", "; needed");
    if (field->required_unless_attempt)
        speech_add(speech, "；必填，未成时不填", "; needed, unless it was only tried");
    if (field->required_when != NULL) {
        speech_add(speech, "；何时必填：", "; needed when ");
        speech_expr(speech, field->required_when);
    }
}

void explain_field(struct speech *speech, const struct field *field, const char *indent)
{
    speech_say(speech, "%s- **%s**：", "%s- **%s**: ", indent, speech_text(speech, &field->label));
    say_field_type(speech, field);
    say_limits(speech, field);
    say_needed(speech, field);
    say_privacy(speech, field);
    if (field->hint.zh != NULL)
        speech_say(speech, "；%s", "; %s", speech_text(speech, &field->hint));
    speech_end_line(speech);
    if (field->lines != NULL) {
        g_autofree char *deeper = g_strconcat(indent, "  ", NULL);
        explain_form(speech, field->lines, deeper);
    }
}

void explain_form(struct speech *speech, const struct form *form, const char *indent)
{
    const struct form *outer = speech->form;
    speech->form = form;
    for (size_t i = 0; i < form->field_count; i++)
        explain_field(speech, &form->fields[i], indent);
    speech->form = outer;
}
