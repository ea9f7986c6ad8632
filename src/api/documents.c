/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/documents.h"

#include "base/datetime.h"
#include "base/log.h"
#include "matter/proof.h"
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

/* NULL: an earlier program issued it, and there is no text that could be proved. */
static char *token_of(struct request *request, const struct playbook *playbook, const struct matter *matter,
                      const char *name, const struct issued *issued)
{
    if (!issued->frozen)
        return NULL;
    struct proof proof = {
        .matter = matter->uuid, .pos = issued->pos, .day = day_of(issued->at_us, playbook->zone)};
    g_strlcpy(proof.name, name, sizeof proof.name);
    memcpy(proof.digest, issued->digest, sizeof proof.digest);
    char token[PROOF_TOKEN_TEXT_MAX];
    proof_sign(request->reader->vault, &proof, token);
    return g_strdup(token);
}

/* What the QR code holds: an address, or the token alone where the server does not know its own. */
static char *code_of(const struct request *request, const char *token)
{
    const char *public_url = request->server->public_url;
    return token != NULL && public_url != NULL ? g_strconcat(public_url, "/api/v1/proofs/", token, NULL)
                                               : g_strdup(token);
}

static void respond_pdf(struct request *request, const struct playbook *playbook, const char *name,
                        const struct issued *issued, const char *token)
{
    struct unit unit;
    int32_t issued_day = day_of(issued->at_us, playbook->zone);
    char day[DATETIME_TEXT_MAX];
    date_format(issued_day, day);
    g_autofree char *date = printed_date(request, issued_day);
    g_autofree char *code = code_of(request, token);
    struct paper paper = {
        .title = pick(request, &issued->title),
        .text = pick(request, &issued->body),
        .unit = registry_unit(request->reader->rows, issued->unit, &unit) ? unit.name : "",
        .date = date,
        .day = day,
        .code = code,
        .caption = request->chinese ? "扫码核验本文书" : "Scan to verify this document",
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

void respond_issued(struct request *request, const struct playbook *playbook, const struct matter *matter,
                    const char *name, const struct issued *issued)
{
    bool pdf;
    if (!take_format(request, &pdf))
        return;
    g_autofree char *token = token_of(request, playbook, matter, name, issued);
    if (pdf)
        respond_pdf(request, playbook, name, issued, token);
    else
        respond_json(request, MHD_HTTP_OK,
                     json_pack("{s:s, s:s, s:s, s:s*}", "name", name, "title", pick(request, &issued->title),
                               "text", pick(request, &issued->body), "proof", token));
}

/* ---- proofs ---- */

void get_proof(struct request *request)
{
    struct proof proof;
    struct matter matter;
    AUTO(issued) struct issued issued = {0};
    uint8_t key[PROOF_KEY_BYTES];
    vault_public_key(request->reader->vault, key);
    if (!proof_read(request->params[0], key, &proof)) {
        respond_refused(request, PROBLEM_PROOF_INVALID, NULL);
        return;
    }
    const struct playbook *playbook = NULL;
    enum issuing issuing = ISSUED_NEVER;
    if (matter_get_by_uuid(request->reader->rows, &proof.matter, &matter)) {
        playbook = rulebook_get(engine_rulebook(request->server->engine), matter.rules);
        issuing = matter_document(request->reader->rows, request->reader->vault, playbook, &matter,
                                  proof.name, proof.pos, &issued);
    }
    if (issuing == ISSUED_NEVER) { /* signed here, and lost since: an older backup was restored */
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这份文书" : "document");
        return;
    }
    if (issuing == ISSUED_READABLE && memcmp(issued.digest, proof.digest, sizeof proof.digest) != 0) {
        respond_refused(request, PROBLEM_PROOF_INVALID, NULL);
        return;
    }
    struct unit unit;
    char date[DATETIME_TEXT_MAX];
    date_format(proof.day, date);
    g_autofree char *title = matter_document_title(playbook, &matter, proof.name, request->chinese);
    respond_json(request, MHD_HTTP_OK,
                 json_pack("{s:s, s:s, s:s, s:s}", "result", issuing == ISSUED_ERASED ? "erased" : "genuine",
                           "title", title, "unit",
                           registry_unit(request->reader->rows, issued.unit, &unit) ? unit.name : "", "date",
                           date));
}
