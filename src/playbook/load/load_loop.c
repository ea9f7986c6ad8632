/* SPDX-License-Identifier: GPL-3.0-or-later */
/* for_each: for what effects are carried out again and again. */
#include "playbook/load/load_parts.h"

#include "playbook/load/load_expr.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"

#include <string.h>

static const struct form *form_with(const struct kind *kind, const struct entry_def *entry, const char *name,
                                    bool *out_in_entry)
{
    *out_in_entry = form_find_field(&entry->form, name) >= 0;
    return *out_in_entry ? &entry->form : &kind->form;
}

static bool read_lines(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                       const struct yaml_node *node, const char *name, struct loop *loop)
{
    const struct form *form = form_with(kind, entry, name, &loop->in_entry);
    const struct field *field = loader_resolve_text(loader, node, name, names_of_fields(form));
    loop->over = LOOP_LINES;
    if (field == NULL)
        return false;
    loop->field = (int)(field - form->fields);
    loop->lines = field->lines;
    if (field->lines == NULL && !loader_is_unresolved(loader, field))
        loader_report(loader, node, NULL, "the field %s has no lines", field->name);
    return field->lines != NULL;
}

static bool read_kind(struct loader *loader, const struct yaml_node *node, const char *name, struct loop *loop)
{
    if (*name == '\0')
        return true;
    loop->kind = loader_resolve_text(loader, node, name + 1, names_of_kinds(loader));
    return loop->kind != NULL;
}

static bool read_participants(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                              const char *name, struct loop *loop)
{
    loop->over = LOOP_PARTICIPANTS;
    loop->set = loader_resolve_text(loader, node, name, names_of_participants(kind));
    return loop->set != NULL;
}

/* The text after the word: "" or ".KIND"; NULL: another word. */
static const char *behind(const char *text, const char *word)
{
    size_t length = strlen(word);
    bool is = strncmp(text, word, length) == 0 && (text[length] == '\0' || text[length] == '.');
    return is ? text + length : NULL;
}

static bool read_over(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                      const struct yaml_node *node, struct loop *loop)
{
    const char *text = node->text, *rest;
    if (strcmp(text, "household.others") == 0) {
        loop->kind = kind;
        return true;
    }
    if ((rest = behind(text, "children")) != NULL || (rest = behind(text, "linked")) != NULL) {
        loop->over = *text == 'c' ? LOOP_CHILDREN : LOOP_LINKED;
        return read_kind(loader, node, rest, loop);
    }
    if ((rest = behind(text, "lines")) != NULL && *rest == '.')
        return read_lines(loader, kind, entry, node, rest + 1, loop);
    if ((rest = behind(text, "participant")) != NULL && *rest == '.')
        return read_participants(loader, kind, node, rest + 1, loop);
    loader_report(loader, node, NULL,
                  "for_each is household.others, children.KIND, linked.KIND, lines.FIELD or participant.SET, "
                  "not %s",
                  text);
    return false;
}

struct loop *load_loop(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                       const struct yaml_node *over, const struct yaml_node *where, const struct yaml_node *because)
{
    struct loop *loop = storage_alloc(loader->storage, 1, sizeof *loop);
    if (because != NULL && because->type == NODE_SCALAR && *because->text != '\0')
        loop->reason = storage_copy(loader->storage, because->text);
    if (over == NULL || over->type != NODE_SCALAR || !read_over(loader, kind, entry, over, loop))
        return NULL;
    bool filtered = loop->over == LOOP_LINES || loop->over == LOOP_PARTICIPANTS;
    if (where != NULL && !filtered)
        loader_report(loader, where, NULL, "`where` looks at lines or participants, not at %s", over->text);
    struct load_scope scope = scope_of_loop(loader, kind, entry, loop);
    scope.condition = true;
    if (where != NULL && where->type == NODE_SCALAR && filtered)
        loop->where = load_expr(&scope, where, VALUE_BOOL);
    return loop;
}
