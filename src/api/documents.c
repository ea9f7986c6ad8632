/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/documents.h"

#include "base/datetime.h"
#include "base/log.h"
#include "paper/paper.h"

#include <string.h>

#define PDF "application/pdf"

static const char *pick(const struct request *request, const struct texts *texts)
{
    return request->chinese ? texts->zh : texts->en;
}

/* False when the request has been answered. */
static bool take_format(struct request *request, bool *out_pdf)
{
    const char *format = request_query(request, "format"), *accept = request_header(request, "Accept");
    *out_pdf = format != NULL ? strcmp(format, "pdf") == 0 : accept != NULL && strstr(accept, PDF) != NULL;
    if (format == NULL || *out_pdf || strcmp(format, "json") == 0)
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "format", "json, pdf");
    return false;
}

static char *printed_date(const struct request *request, int32_t day)
{
    int year, month, day_of_month;
    char text[DATETIME_TEXT_MAX];
    day_to_civil(day, &year, &month, &day_of_month);
    date_format(day, text);
    return request->chinese ? g_strdup_printf("%d年%d月%d日", year, month, day_of_month) : g_strdup(text);
}

static void respond_pdf(struct request *request, const struct playbook *playbook, const char *name,
                        const struct issued *issued)
{
    struct unit unit;
    int32_t issued_day = day_of(issued->at_us, playbook->zone);
    char day[DATETIME_TEXT_MAX];
    date_format(issued_day, day);
    g_autofree char *date = printed_date(request, issued_day);
    struct paper paper = {
        .title = pick(request, &issued->title),
        .text = pick(request, &issued->body),
        .unit = registry_unit(request->reader->rows, issued->unit, &unit) ? unit.name : "",
        .date = date,
        .day = day,
        .chinese = request->chinese,
    };
    size_t unknown;
    g_autoptr(GError) error = NULL;
    GBytes *pdf = paper_pdf(&paper, &unknown, &error);
    if (pdf == NULL) {
        log_write(LOG_ERROR, "a document was not printed", "why", error->message, NULL);
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
        return;
    }
    if (unknown > 0)
        log_write(LOG_WARNING, "a document has characters that no font here has", "document", name, NULL);
    g_autofree char *disposition = g_strdup_printf("inline; filename=\"%s.pdf\"", name);
    respond_bytes(request, MHD_HTTP_OK, PDF, pdf);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, disposition);
}

void respond_issued(struct request *request, const struct playbook *playbook, const char *name,
                    const struct issued *issued)
{
    bool pdf;
    if (!take_format(request, &pdf))
        return;
    if (pdf)
        respond_pdf(request, playbook, name, issued);
    else
        respond_json(request, MHD_HTTP_OK,
                     json_pack("{s:s, s:s, s:s}", "name", name, "title", pick(request, &issued->title),
                               "text", pick(request, &issued->body)));
}
