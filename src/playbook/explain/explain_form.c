/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms, field by field. */
#include "playbook/explain/explain_parts.h"

#include "playbook/form/form.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"
#include "playbook/model/role.h"
#include "playbook/model/texts.h"

#include <string.h>

void explain_choices(struct renderer *renderer, const struct code_list *list)
{
    if (renderer->lists_by_name && strchr(list->name, '.') == NULL) { /* codes given in place: KIND.FIELD */
        renderer_printf(renderer, "：名单“%s”", ": the list “%s”", renderer_text(renderer, &list->title));
        return;
    }
    renderer_add(renderer, "：", ": ");
    for (size_t i = 0; i < list->code_count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, renderer_text(renderer, &list->codes[i].label));
    }
}

static void say_field_type(struct renderer *renderer, const struct field *field)
{
    g_string_append(renderer->out, renderer_text(renderer, &field_types[field->type].title));
    if (field->kind != NULL)
        renderer_printf(renderer, "（%s）", " (%s)", renderer_text(renderer, &field->kind->title));
    if (field->state_count > 0) {
        renderer_add(renderer, "，须为", ", in ");
        for (size_t i = 0; i < field->state_count; i++) {
            renderer_comma(renderer, i);
            g_string_append(renderer->out, renderer_text(renderer, &field->states[i]->title));
        }
    }
    if (field->list != NULL)
        explain_choices(renderer, field->list);
}

static void say_limits(struct renderer *renderer, const struct field *field)
{
    char least[DECIMAL_TEXT_MAX], most[DECIMAL_TEXT_MAX];
    decimal_format(field->min, least);
    decimal_format(field->max, most);
    if (field->unit != NULL)
        renderer_printf(renderer, "，单位 %s", ", in %s", field->unit);
    if (field->has_min && field->has_max)
        renderer_printf(renderer, "，%s 至 %s", ", %s to %s", least, most);
    else if (field->has_min)
        renderer_printf(renderer, "，至少 %s", ", at least %s", least);
    else if (field->has_max)
        renderer_printf(renderer, "，至多 %s", ", at most %s", most);
    if (field_takes(field, FIELD_KEY_DECIMALS))
        renderer_printf(renderer, "，%d 位小数", field->decimals == 1 ? ", %d decimal" : ", %d decimals",
                        field->decimals);
    if (field->max_chars > 0 && (field->type == FIELD_TEXT || field->type == FIELD_LONG_TEXT))
        renderer_printf(renderer, "，至多 %d 字", ", at most %d characters", field->max_chars);
}

/* Whose the field is, and how else it is treated. */
static void say_privacy(struct renderer *renderer, const struct field *field)
{
    if (field->clear)
        renderer_printf(renderer, "；不加密（%s）", "; not sealed (%s)", field->clear_reason);
    for (size_t i = 0; i < field->visible_to_count; i++) {
        if (i == 0)
            renderer_add(renderer, "；仅供查看：", "; shown only to ");
        renderer_comma(renderer, i);
        g_string_append(renderer->out, renderer_text(renderer, &field->visible_to[i]->title));
    }
    if (field->visible_to_count > 0 && renderer->kind != NULL && renderer->kind->about == ABOUT_PERSON)
        renderer_add(renderer, "和本人", " and the person themselves");
    if (!field->ask_again.present)
        return;
    renderer_printf(renderer, "；已知也须再问（%s）", "; asked again though it may be known (%s)",
                    renderer_text(renderer, &field->ask_again.why));
    if (field->ask_again.every_us == 0)
        renderer_add(renderer, "，一次", ", once");
    else {
        renderer_add(renderer, "，早于 ", ", when older than ");
        renderer_length(renderer, field->ask_again.every_us);
        renderer_add(renderer, "的才重填", "");
    }
}

static void say_needed(struct renderer *renderer, const struct field *field)
{
    if (field->required)
        renderer_add(renderer, "；必填", "; required");
    if (field->required_unless_attempt)
        renderer_add(renderer, "；必填，未成时不填", "; required, except for an attempt");
    if (field->required_when != NULL) {
        renderer_add(renderer, "；何时必填：", "; required when ");
        renderer_expr(renderer, field->required_when);
    }
}

void explain_field(struct renderer *renderer, const struct field *field, const char *indent)
{
    renderer_printf(renderer, "%s- **%s**：", "%s- **%s**: ", indent, renderer_text(renderer, &field->label));
    say_field_type(renderer, field);
    say_limits(renderer, field);
    say_needed(renderer, field);
    say_privacy(renderer, field);
    if (field->hint.zh != NULL)
        renderer_printf(renderer, "；%s", "; %s", renderer_text(renderer, &field->hint));
    renderer_end_line(renderer);
    if (field->lines != NULL) {
        g_autofree char *deeper = g_strconcat(indent, "  ", NULL);
        explain_form(renderer, field->lines, deeper);
    }
}

void explain_form(struct renderer *renderer, const struct form *form, const char *indent)
{
    const struct form *outer = renderer->form;
    renderer->form = form;
    for (size_t i = 0; i < form->field_count; i++)
        explain_field(renderer, &form->fields[i], indent);
    renderer->form = outer;
}
