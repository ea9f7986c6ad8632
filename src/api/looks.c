/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/looks.h"

GArray *looks_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(struct look));
}

void looks_add(GArray *looks, int64_t person, int64_t matter)
{
    struct look look = {person, matter};
    g_array_append_val(looks, look);
}

static bool note(struct request *request, const struct look *looks, size_t count, const char *page)
{
    struct problem *problem = NULL;
    if (engine_note_looks(request->server->engine, request->session.person, looks, count, page, &problem))
        return true;
    respond_problem(request, problem);
    return false;
}

bool note_look(struct request *request, int64_t person, int64_t matter, const char *page)
{
    return note(request, &(struct look){person, matter}, 1, page);
}

bool respond_looked(struct request *request, const GArray *looks, const char *page, json_t *body)
{
    bool noted = note(request, (const struct look *)(void *)looks->data, looks->len, page);
    if (noted)
        respond_json(request, MHD_HTTP_OK, body);
    else
        json_decref(body);
    return noted;
}
