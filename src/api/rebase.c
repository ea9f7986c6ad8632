/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/rebase.h"

#include "api/shape.h"
#include "matter/rebase.h"

static bool take_kind(struct request *request, struct rebase_range *range, const struct kind **out)
{
    struct db *rows = request->reader->rows;
    range->to = rulebook_current(engine_rulebook(request->server->engine));
    if (range->to == NULL) {
        respond_refused(request, PROBLEM_NO_PLAYBOOK, NULL);
        return false;
    }
    if (!registry_has_right(rows, range->to, request->session.person, RIGHT_PLAYBOOK, REGISTRY_ROOT, request->now_us)) {
        respond_refused(request, PROBLEM_NO_RIGHT, NULL, "playbook");
        return false;
    }
    range->kind = request_query(request, "kind");
    if (range->kind == NULL) {
        respond_refused(request, PROBLEM_MISSING_FIELD, "kind");
        return false;
    }
    *out = playbook_find_kind(range->to, range->kind);
    if (*out == NULL)
        respond_refused(request, PROBLEM_UNKNOWN_KIND, "kind", "");
    return *out != NULL;
}

static json_t *shape_misfit(const struct request *request, const struct matter *matter, const struct misfit *misfit)
{
    AUTO(problem) struct problem *problem = misfit_problem(misfit);
    g_autofree char *sentence = problem_sentence(problem, request->chinese);
    return json_pack("{s:o, s:s, s:s, s:s, s:s}", "matter", shape_uuid(&matter->uuid), "state", matter->state, "code",
                     problem_texts[problem->code].name, "what", misfit->what, "detail", sentence);
}

static json_t *shape_progress(struct request *request, const struct rebase_range *range)
{
    struct rebase_progress progress;
    if (!rebase_progress(request->reader->rows, range->to, range->kind, range->unit, &progress))
        return json_null();
    return json_pack("{s:I, s:I, s:b}", "rebased", (json_int_t)progress.rebased, "passed", (json_int_t)progress.passed,
                     "done", progress.done);
}

void get_rebase(struct request *request)
{
    struct rebase_range range = {.unit = REGISTRY_ROOT};
    const struct kind *to;
    int limit;
    bool has_cursor;
    if (!request_page(request, &limit, &range.after, 1, &has_cursor) || !take_kind(request, &range, &to) ||
        (request_query(request, "unit") != NULL && !request_query_unit(request, "unit", &range.unit)))
        return;
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    g_autoptr(GArray) waiting = rebase_waiting(request->reader->rows, &range, request->now_us, limit);
    json_t *misfits = json_array();
    int64_t fitting = 0;
    for (guint i = 0; i < waiting->len; i++) {
        const struct matter *matter = &g_array_index(waiting, struct matter, i);
        struct misfit misfit;
        if (rebase_fits(request->reader->rows, request->reader->vault, rulebook, matter, to, &misfit))
            fitting++;
        else
            json_array_append_new(misfits, shape_misfit(request, matter, &misfit));
    }
    json_t *page = shape_page(request, misfits, range.done ? NULL : &range.after, 1);
    json_object_set_new(page, "fitting", json_integer(fitting));
    json_object_set_new(page, "version", json_integer(range.to->version));
    json_object_set_new(page, "progress", shape_progress(request, &range));
    respond_json(request, MHD_HTTP_OK, page);
}
