/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do the {placeholders} of documents name something? */
#include "playbook/check/checks.h"

#include "playbook/form/form.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/rule.h"

#include <string.h>

typedef void (*placeholder_visitor)(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                                    const char *name);

static bool is_fixed(const char *name)
{
    static const char *const fixed[] = {"subject.name", "unit.name", "date"};
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (strcmp(fixed[i], name) == 0)
            return true;
    return false;
}

/* What is the same for every kind: rules. */
static void check_rule(struct loader *loader, const struct kind *kind, const struct yaml_node *node, const char *name)
{
    if (!g_str_has_prefix(name, "rule."))
        return;
    const struct rule *rule = loader_resolve_text(loader, node, name + strlen("rule."), names_of_rules(loader));
    if (rule != NULL && rule->table)
        loader_report(loader, node, NULL, "{%s} is a table and cannot be shown in a document", name);
}

static void check_field(struct loader *loader, const struct kind *kind, const struct yaml_node *node, const char *name)
{
    if (g_str_has_prefix(name, "rule."))
        return;
    if (strcmp(name, "subject.name") == 0 && kind->about == ABOUT_NOTHING)
        loader_report(loader, node, NULL, "{subject.name}: %s, which issues the document, is not about a person",
                      kind->name);
    const struct form *form = &kind->form;
    const struct field *field = named_find(form->fields, form->field_count, sizeof *form->fields, name);
    if (field != NULL && (field->lines != NULL || field->type == FIELD_MATTER))
        loader_report(loader, node, NULL, "{%s}: a document cannot show lines or another matter", name);
    else if (field != NULL && (field_parts(field) != NULL || field_value_type(field) == VALUE_FILE))
        loader_report(loader, node, NULL, "{%s}: a document cannot show a %s", name, field_types[field->type].name);
    if (is_fixed(name) || field != NULL)
        return;
    loader_report(loader, node, named_nearest(form->fields, form->field_count, sizeof *form->fields, name),
                  "{%s}: %s, which issues the document, has no such field", name, kind->name);
}

static void visit_text(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       placeholder_visitor visit)
{
    if (node == NULL || node->type != NODE_SCALAR)
        return;
    for (const char *open = strchr(node->text, '{'); open != NULL; open = strchr(open + 1, '{')) {
        size_t length = strcspn(open + 1, "{}\n");
        g_autofree char *name = g_strndup(open + 1, length);
        if (open[1 + length] == '}')
            visit(loader, kind, node, g_strstrip(name));
        else if (kind == NULL)
            loader_report(loader, node, NULL, "{%s is not closed by }", name);
    }
}

static void visit_document(struct loader *loader, const struct kind *kind, const struct document *document,
                           placeholder_visitor visit)
{
    static const char *const parts[] = {"title", "body"}, *const languages[] = {"zh", "en"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        const struct yaml_node *texts = yaml_find(loader_node(loader, document), parts[i]);
        for (size_t j = 0; texts != NULL && j < G_N_ELEMENTS(languages); j++)
            visit_text(loader, kind, yaml_find(texts, languages[j]), visit);
    }
}

void check_documents(struct loader *loader)
{
    const struct playbook *playbook = loader->playbook;
    for (size_t i = 0; i < playbook->document_count; i++)
        visit_document(loader, NULL, &playbook->documents[i], check_rule);
    for (size_t i = 0; i < playbook->kind_count; i++)
        for (size_t j = 0; j < playbook->kinds[i].document_count; j++)
            visit_document(loader, &playbook->kinds[i], playbook->kinds[i].documents[j], check_field);
}
