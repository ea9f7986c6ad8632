/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/visible.h"

#include "base/nearest.h"

#include <string.h>

struct rulebook *request_rules(struct request *request)
{
    return engine_rulebook(request->server->engine);
}

static void not_found(struct request *request)
{
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这件事项" : "matter");
}

bool request_matter(struct request *request, struct matter *out)
{
    struct uuid uuid;
    if (uuid_parse(request->params[0], &uuid) && matter_get_by_uuid(request->reader->rows, &uuid, out) &&
        access_may_see(request->reader->rows, request_rules(request), &request->viewer, out))
        return true;
    not_found(request);
    return false;
}

/* Asks for a matter of the kind there without participants. */
bool request_sees_all(struct request *request, const struct kind *kind, int64_t unit)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    struct matter any = {.rules = playbook->id, .unit = unit};
    g_strlcpy(any.kind, kind->name, sizeof any.kind);
    return access_may_see(request->reader->rows, request_rules(request), &request->viewer, &any);
}

static bool has_state(const struct kind *kind, const char *state)
{
    return state == NULL || kind_find_state(kind, state) != NULL;
}

bool request_knows(struct request *request, const char *kind, const char *state)
{
    struct rulebook *rulebook = request_rules(request);
    const struct playbook *playbook = rulebook_current(rulebook);
    for (; playbook != NULL; playbook = rulebook_before(rulebook, playbook->id))
        for (size_t i = 0; i < playbook->kind_count; i++)
            if ((kind == NULL || strcmp(playbook->kinds[i].name, kind) == 0) && has_state(&playbook->kinds[i], state))
                return true;
    return false;
}

void request_refuse_kind(struct request *request, const char *field, const char *kind, const char *const *others)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; playbook != NULL && i < playbook->kind_count; i++)
        g_ptr_array_add(names, playbook->kinds[i].name);
    for (size_t i = 0; others != NULL && others[i] != NULL; i++)
        g_ptr_array_add(names, (gpointer)others[i]);
    const char *nearest = nearest_name(kind, (const char *const *)names->pdata, names->len);
    respond_refused(request, PROBLEM_UNKNOWN_KIND, field, nearest != NULL ? nearest : "");
}
