/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rights and the sight that a version of a playbook gives and the one in force does not. Named by the playbook's
 * keys, for the person who has to agree: roles' `may` and `grounds`, who sees a kind and who sees it unmasked, who
 * reads a field, who is told a figure, what is no longer sealed, whom an entry no longer bars, and grants. A new kind
 * widens only by `unmask` and `grants`: nothing was entered there yet.
 */
#include "access/access.h"

#include <string.h>

struct widening {
    GPtrArray *found; /* of char * */
    const char *kind; /* in which it is */
};

static void add(const struct widening *widening, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(const struct widening *widening, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(widening->found, g_strdup_vprintf(format, args));
    va_end(args);
}

static const struct role *find_role(const struct playbook *playbook, const char *name)
{
    for (size_t i = 0; i < playbook->role_count; i++)
        if (strcmp(playbook->roles[i].name, name) == 0)
            return &playbook->roles[i];
    return NULL;
}

static bool has_role(const struct role *const *roles, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(roles[i]->name, name) == 0)
            return true;
    return false;
}

static bool may_cover(const struct role *role, const char *unit_type)
{
    for (size_t i = 0; i < role->ground_count; i++)
        if (strcmp(role->grounds[i]->name, unit_type) == 0)
            return true;
    return false;
}

static void compare_role(const struct widening *widening, const struct role *before, const struct role *after)
{
    static const struct role none;
    if (before == NULL)
        before = &none;
    const struct {
        const char *name;
        bool before, after;
    } rights[] = {
        {"persons", before->registers_people, after->registers_people},
        {"registry", before->keeps_registry, after->keeps_registry},
        {"accounts", before->keeps_accounts, after->keeps_accounts},
        {"playbook", before->adopts, after->adopts},
        {"audit", before->supervises, after->supervises},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++)
        if (rights[i].after && !rights[i].before)
            add(widening, "roles.%s.may: %s", after->name, rights[i].name);
    for (size_t i = 0; before != &none && i < after->ground_count; i++)
        if (!may_cover(before, after->grounds[i]->name))
            add(widening, "roles.%s.grounds: %s", after->name, after->grounds[i]->name);
}

static const struct field *find_field(const struct form *form, const char *name)
{
    for (size_t i = 0; form != NULL && i < form->field_count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return &form->fields[i];
    return NULL;
}

static void compare_form(const struct widening *widening, const char *place, const struct form *before,
                         const struct form *after);

static void compare_field(const struct widening *widening, const char *place, const struct field *before,
                          const struct field *after)
{
    g_autofree char *path = g_strdup_printf("%s.%s", place, after->name);
    if (before->visible_to_count > 0 && after->visible_to_count == 0)
        add(widening, "kinds.%s.%s.visible_to: everybody who sees the matter", widening->kind, path);
    for (size_t i = 0; before->visible_to_count > 0 && i < after->visible_to_count; i++)
        if (!has_role(before->visible_to, before->visible_to_count, after->visible_to[i]->name))
            add(widening, "kinds.%s.%s.visible_to: %s", widening->kind, path, after->visible_to[i]->name);
    if (!before->clear && after->clear)
        add(widening, "kinds.%s.%s.clear: no longer sealed", widening->kind, path);
    if (before->personal && !after->personal)
        add(widening, "kinds.%s.%s: no longer masked", widening->kind, path);
    if (after->lines != NULL)
        compare_form(widening, path, before->lines, after->lines);
}

static void compare_form(const struct widening *widening, const char *place, const struct form *before,
                         const struct form *after)
{
    for (size_t i = 0; i < after->field_count; i++) {
        const struct field *known = find_field(before, after->fields[i].name);
        if (known != NULL)
            compare_field(widening, place, known, &after->fields[i]);
    }
}

static const struct entry_def *find_entry(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->entry_count; i++)
        if (strcmp(kind->entries[i].name, name) == 0)
            return &kind->entries[i];
    return NULL;
}

static bool grants_of(const struct kind *kind, const char *name)
{
    for (size_t i = 0; kind != NULL && kind->grants.present && i < kind->grants.of_count; i++)
        if (strcmp(kind->grants.of[i]->name, name) == 0)
            return true;
    return false;
}

static bool grants_in(const struct grants_def *grants, const char *state)
{
    for (size_t i = 0; i < grants->in_count; i++)
        if (strcmp(grants->in[i]->name, state) == 0)
            return true;
    return false;
}

static void compare_grants(const struct widening *widening, const struct kind *before, const struct kind *after)
{
    if (!before->grants.present || !after->grants.present)
        return;
    for (size_t i = 0; i < after->grants.in_count; i++)
        if (!grants_in(&before->grants, after->grants.in[i]->name))
            add(widening, "kinds.%s.grants.in: %s", after->name, after->grants.in[i]->name);
    const struct participant_set *except = before->grants.except;
    if (except != NULL && (after->grants.except == NULL || strcmp(after->grants.except->name, except->name) != 0))
        add(widening, "kinds.%s.grants.except: no longer %s", after->name, except->name);
    if (strcmp(before->grants.to->name, after->grants.to->name) != 0)
        add(widening, "kinds.%s.grants.to: %s", after->name, after->grants.to->name);
}

static bool is_barred(const struct kind *kind, const struct entry_def *entry, const char *fact)
{
    for (size_t i = 0; i < entry->unless_actor_count; i++)
        if (strcmp(kind->facts[entry->unless_actor[i]].name, fact) == 0)
            return true;
    return false;
}

/* Who may not make it, since they did something else in the matter. */
static void compare_bars(const struct widening *widening, const struct kind *old, const struct entry_def *before,
                         const struct kind *new, const struct entry_def *after)
{
    if (before->unless_opener && !after->unless_opener)
        add(widening, "kinds.%s.entries.%s.unless: no longer opener", new->name, after->name);
    for (size_t i = 0; i < before->unless_actor_count; i++) {
        const char *fact = old->facts[before->unless_actor[i]].name;
        if (!is_barred(new, after, fact))
            add(widening, "kinds.%s.entries.%s.unless_actor: no longer facts.%s", new->name, after->name, fact);
    }
}

/* `before` NULL: a new kind. */
static void compare_what_opens(const struct widening *widening, const struct kind *before, const struct kind *after)
{
    for (size_t i = 0; i < after->unmasked_by_count; i++)
        if (before == NULL || !has_role(before->unmasked_by, before->unmasked_by_count, after->unmasked_by[i]->name))
            add(widening, "kinds.%s.unmask: %s", after->name, after->unmasked_by[i]->name);
    for (size_t i = 0; after->grants.present && i < after->grants.of_count; i++)
        if (!grants_of(before, after->grants.of[i]->name))
            add(widening, "kinds.%s.grants: %s", after->name, after->grants.of[i]->name);
}

/* A new indicator, too, tells of what was entered before. */
static void compare_told(const struct widening *widening, const struct kind *before, const struct indicator *after)
{
    const struct indicator *known = kind_find_indicator(before, after->name);
    for (size_t i = 0; i < after->told_to_count; i++)
        if (known == NULL || !has_role(known->told_to, known->told_to_count, after->told_to[i]->name))
            add(widening, "kinds.%s.indicators.%s.told_to: %s", widening->kind, after->name, after->told_to[i]->name);
}

static void compare_readers(const struct widening *widening, const struct playbook *old, const struct kind *before,
                            const struct playbook *new, const struct kind *after)
{
    for (size_t i = 0; i < new->role_count; i++) {
        const char *role = new->roles[i].name;
        if (access_role_sees(new, after, role) && !access_role_sees(old, before, role))
            add(widening, "kinds.%s.seen_by: %s", after->name, role);
    }
    if (before->participants_only && !after->participants_only)
        add(widening, "kinds.%s.sight: no longer participants_only", after->name);
}

GPtrArray *access_widens(const struct playbook *before, const struct playbook *after)
{
    struct widening widening = {.found = g_ptr_array_new_with_free_func(g_free)};
    for (size_t i = 0; i < after->role_count; i++)
        compare_role(&widening, find_role(before, after->roles[i].name), &after->roles[i]);
    for (size_t i = 0; i < after->kind_count; i++) {
        const struct kind *kind = &after->kinds[i], *known = playbook_find_kind(before, kind->name);
        widening.kind = kind->name;
        compare_what_opens(&widening, known, kind);
        if (known == NULL)
            continue;
        compare_readers(&widening, before, known, after, kind);
        compare_grants(&widening, known, kind);
        compare_form(&widening, "form", &known->form, &kind->form);
        for (size_t j = 0; j < kind->indicator_count; j++)
            compare_told(&widening, known, &kind->indicators[j]);
        for (size_t j = 0; j < kind->entry_count; j++) {
            const struct entry_def *entry = find_entry(known, kind->entries[j].name);
            if (entry == NULL)
                continue;
            compare_bars(&widening, known, entry, kind, &kind->entries[j]);
            compare_form(&widening, kind->entries[j].name, &entry->form, &kind->entries[j].form);
        }
    }
    return widening.found;
}
