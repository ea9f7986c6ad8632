/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/issued.h"

#include "api/documents.h"
#include "api/looks.h"
#include "api/matters.h"
#include "api/shape.h"
#include "api/visible.h"

static bool may_read(struct request *request, const struct matter *matter, const char *name)
{
    struct rulebook *rulebook = request_rules(request);
    return request_unmasks(request, matter) &&
           access_shows_subject(request->reader->rows, rulebook, &request->viewer, matter) &&
           access_shows_document(request->reader->rows, rulebook, &request->viewer, matter, name);
}

/* A title has a dash wherever its text would name somebody, so that the list leaves no trace. */
static json_t *shape_issued(struct request *request, const struct playbook *playbook, const struct matter *matter,
                            const struct issued_name *issued)
{
    g_autofree char *zh = matter_document_title(playbook, matter, issued->name, true);
    g_autofree char *en = matter_document_title(playbook, matter, issued->name, false);
    return json_pack("{s:s, s:{s:s?, s:s?}, s:o}", "name", issued->name, "title", "zh", zh, "en", en, "issued_at",
                     shape_time(request, issued->at_us));
}

json_t *shape_issued_names(struct request *request, const struct matter *matter,
                           bool (*shows)(struct request *request, const struct matter *matter, const char *name))
{
    const struct playbook *playbook = rulebook_get(request_rules(request), matter->rules);
    g_autoptr(GArray) found = matter_documents(request->reader->rows, playbook, matter);
    json_t *rows = json_array();
    for (guint i = 0; i < found->len; i++) {
        const struct issued_name *issued = &g_array_index(found, struct issued_name, i);
        if (shows == NULL || shows(request, matter, issued->name))
            json_array_append_new(rows, shape_issued(request, playbook, matter, issued));
    }
    return rows;
}

void respond_document(struct request *request, const struct matter *matter, const char *name, const char *page)
{
    const struct playbook *playbook = rulebook_get(request_rules(request), matter->rules);
    int64_t person = access_subject(request_rules(request), matter);
    AUTO(issued) struct issued issued;
    switch (matter_document(request->reader->rows, request->reader->vault, playbook, matter, name, 0, &issued)) {
    case ISSUED_NEVER:
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这份文书" : "document");
        return;
    case ISSUED_ERASED:
        respond_refused(request, PROBLEM_MATTER_ERASED, NULL);
        return;
    case ISSUED_READABLE:
        break;
    }
    if (person == 0 || note_look(request, person, matter->id, page))
        respond_issued(request, playbook, matter, name, &issued);
}

void get_matter_documents(struct request *request)
{
    struct matter matter;
    if (request_matter(request, &matter))
        respond_json(request, MHD_HTTP_OK, json_pack("{s:o}", "data", shape_issued_names(request, &matter, may_read)));
}

void get_matter_document(struct request *request)
{
    struct matter matter;
    const char *name = request->params[1];
    if (!documents_take_language(request) || !request_matter(request, &matter))
        return;
    if (may_read(request, &matter, name))
        respond_document(request, &matter, name, "document");
    else
        respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "经办人员" : "posts that handle it");
}
