/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/documents.h"

#include "api/proof_page.h"
#include "base/datetime.h"
#include "base/log.h"
#include "matter/proof.h"
#include "paper/paper.h"

#include <sodium.h>
#include <string.h>

#define PDF "application/pdf"

static const char *pick(const struct request *request, const struct texts *texts)
{
    return request->chinese ? texts->zh : texts->en;
}

bool documents_take_language(struct request *request)
{
    const char *language = request_query(request, "language");
    if (language == NULL)
        return true;
    bool chinese = strcmp(language, "zh") == 0;
    if (!chinese && strcmp(language, "en") != 0) {
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "language", "zh, en");
        return false;
    }
    request->chinese = chinese;
    return true;
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
    struct proof proof = {.matter = matter->uuid, .place = issued->place, .day = day_of(issued->at_us, playbook->zone)};
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

/* What is read as text, copied into a chat or looked up by a code has no head of a page. */
static char *title_of(const struct request *request, const char *title)
{
    const char *drill = !registry_is_drill(request->reader->rows) ? "" : request->chinese ? "【演练】" : "[DRILL] ";
    return g_strconcat(drill, title, NULL);
}

struct printed {
    const char *name, *title, *text, *token;
    int64_t unit;
    int32_t day;
};

static void respond_pdf(struct request *request, const struct printed *printed)
{
    struct unit unit;
    char day[DATETIME_TEXT_MAX];
    date_format(printed->day, day);
    g_autofree char *date = printed_date(request, printed->day);
    g_autofree char *code = code_of(request, printed->token);
    struct paper paper = {
        .title = printed->title,
        .text = printed->text,
        .unit = registry_unit(request->reader->rows, printed->unit, &unit) ? unit.name : "",
        .date = date,
        .day = day,
        .code = code,
        .caption = request->chinese ? "扫码核验本文书" : "Scan to verify this document",
        .mark = !registry_is_drill(request->reader->rows) ? NULL
                : request->chinese                        ? "演练用，不是真实文书"
                                                          : "Issued in a drill: not a real document",
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
        log_write(LOG_WARNING, "a document has characters that no installed font has", "document", printed->name, NULL);
    g_autofree char *disposition = g_strdup_printf("inline; filename=\"%s.pdf\"", printed->name);
    respond_bytes(request, MHD_HTTP_OK, PDF, pdf);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, disposition);
}

static void respond_printed(struct request *request, const struct printed *printed)
{
    bool pdf;
    if (!take_format(request, &pdf))
        return;
    g_autofree char *title = title_of(request, printed->title);
    if (pdf)
        respond_pdf(request, printed);
    else
        respond_json(request, MHD_HTTP_OK,
                     json_pack("{s:s, s:s, s:s, s:s*}", "name", printed->name, "title", title, "text", printed->text,
                               "proof", printed->token));
}

void respond_issued(struct request *request, const struct playbook *playbook, const struct matter *matter,
                    const char *name, const struct issued *issued)
{
    g_autofree char *token = token_of(request, playbook, matter, name, issued);
    respond_printed(request, &(struct printed){.name = name,
                                               .title = pick(request, &issued->title),
                                               .text = pick(request, &issued->body),
                                               .token = token,
                                               .unit = issued->unit,
                                               .day = day_of(issued->at_us, playbook->zone)});
}

/* ---- the letter of a post ---- */

#define LETTER "post_letter" /* proved with no matter, and the post in place of the event */

static char *letter_text(struct request *request, const struct playbook *playbook, const struct post *post,
                         const char *name, const char *role)
{
    struct unit unit;
    g_autoptr(GString) grounds = g_string_new(NULL);
    g_autoptr(GArray) ids = registry_grounds(request->reader->rows, post->id, request->now_us);
    for (guint i = 0; i < ids->len; i++)
        if (registry_unit(request->reader->rows, g_array_index(ids, int64_t, i), &unit))
            g_string_append_printf(grounds, "%s%s", grounds->len == 0 ? "" : request->chinese ? "、" : ", ", unit.name);
    const char *seat = registry_unit(request->reader->rows, post->seat, &unit) ? unit.name : "";
    g_autofree char *since = printed_date(request, day_of(post->from_us, playbook->zone));
    return request->chinese ? g_strdup_printf("%s自%s起在%s担任%s，负责范围：%s。\n\n特此证明。", name, since, seat,
                                              role, grounds->str)
                            : g_strdup_printf("%s has been %s of %s since %s, responsible for: %s.", name, role, seat,
                                              since, grounds->str);
}

/* The holder, and viewers who may appoint to it: over its seat and all of its grounds. */
static bool may_have_letter(struct request *request, const struct playbook *playbook, const struct post *post)
{
    struct db *rows = request->reader->rows;
    int64_t viewer = request->session.person;
    if (post->person == viewer)
        return true;
    g_autoptr(GArray) grounds = registry_grounds(rows, post->id, request->now_us);
    for (guint i = 0; i < grounds->len; i++)
        if (!registry_has_right(rows, playbook, viewer, RIGHT_REGISTRY, g_array_index(grounds, int64_t, i),
                                request->now_us))
            return false;
    return registry_has_right(rows, playbook, viewer, RIGHT_REGISTRY, post->seat, request->now_us);
}

/* As of today: the post exists and this is its holder. Other viewers get not_found. */
void get_post_letter(struct request *request)
{
    struct post post;
    AUTO(person_data) struct person_data person = {0};
    struct db *rows = request->reader->rows;
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    const struct role *role = NULL;
    if (!documents_take_language(request))
        return;
    if (registry_post(rows, request_id(request, VAULT_ID_POST), &post) && playbook != NULL)
        role = playbook_find_role(playbook, post.role);
    if (role == NULL || !may_have_letter(request, playbook, &post) ||
        !registry_person(rows, request->reader->vault, post.person, &person) || person.name == NULL) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个岗位" : "post");
        return;
    }
    if (post.to_us <= request->now_us) {
        respond_refused(request, PROBLEM_POST_ENDED, NULL);
        return;
    }
    g_autofree char *text = letter_text(request, playbook, &post, person.name, pick(request, &role->title));
    struct proof proof = {.name = LETTER, .place = post.id, .day = day_of(request->now_us, playbook->zone)};
    crypto_generichash(proof.digest, sizeof proof.digest, (const uint8_t *)text, strlen(text), NULL, 0);
    char token[PROOF_TOKEN_TEXT_MAX];
    proof_sign(request->reader->vault, &proof, token);
    respond_printed(request, &(struct printed){.name = LETTER,
                                               .title = request->chinese ? "工作证明" : "Letter of duty",
                                               .text = text,
                                               .token = token,
                                               .unit = post.seat,
                                               .day = proof.day});
}

/* ---- proofs ---- */

static void respond_proof(struct request *request, const char *result, const char *title, int64_t seat, int32_t day)
{
    struct unit unit;
    char date[DATETIME_TEXT_MAX];
    date_format(day, date);
    const char *name = registry_unit(request->reader->rows, seat, &unit) ? unit.name : "";
    g_autofree char *marked = title_of(request, title);
    if (proof_wants_page(request))
        respond_proof_page(request, MHD_HTTP_OK, result, marked, name, date);
    else
        respond_json(request, MHD_HTTP_OK,
                     json_pack("{s:s, s:s, s:s, s:s}", "result", result, "title", marked, "unit", name, "date", date));
}

static void refuse_proof(struct request *request)
{
    if (proof_wants_page(request))
        respond_proof_page(request, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", NULL, NULL, NULL);
    else
        respond_refused(request, PROBLEM_PROOF_INVALID, NULL);
}

/* Signed here, and lost since: an older backup was restored. */
static void lack_proof(struct request *request, const char *zh, const char *en)
{
    if (proof_wants_page(request))
        respond_proof_page(request, MHD_HTTP_NOT_FOUND, "unknown", NULL, NULL, NULL);
    else
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? zh : en);
}

static void prove_letter(struct request *request, const struct proof *proof)
{
    struct post post;
    AUTO(person_data) struct person_data person = {0};
    struct db *rows = request->reader->rows;
    if (!registry_post(rows, proof->place, &post)) {
        lack_proof(request, "这个岗位", "post");
        return;
    }
    bool known = registry_person(rows, request->reader->vault, post.person, &person) && person.name != NULL;
    const char *result = !known ? "erased" : post.to_us <= request->now_us ? "ended" : "genuine";
    respond_proof(request, result, request->chinese ? "工作证明" : "Letter of duty", post.seat, proof->day);
}

void get_proof(struct request *request)
{
    struct proof proof;
    struct matter matter;
    AUTO(issued) struct issued issued = {0};
    uint8_t key[PROOF_KEY_BYTES];
    vault_public_key(request->reader->vault, key);
    if (!proof_read(request->params[0], key, &proof)) {
        refuse_proof(request);
        return;
    }
    if (strcmp(proof.name, LETTER) == 0 && uuid_is_null(&proof.matter)) {
        prove_letter(request, &proof);
        return;
    }
    const struct playbook *playbook = NULL;
    enum issuing issuing = ISSUED_NEVER;
    if (matter_get_by_uuid(request->reader->rows, &proof.matter, &matter)) {
        playbook = rulebook_get(engine_rulebook(request->server->engine), matter.rules);
        issuing = matter_document(request->reader->rows, request->reader->vault, playbook, &matter, proof.name,
                                  proof.place, &issued);
    }
    if (issuing == ISSUED_NEVER) {
        lack_proof(request, "这份文书", "document");
        return;
    }
    if (issuing == ISSUED_READABLE && memcmp(issued.digest, proof.digest, sizeof proof.digest) != 0) {
        refuse_proof(request);
        return;
    }
    g_autofree char *title = matter_document_title(playbook, &matter, proof.name, request->chinese);
    respond_proof(request, issuing == ISSUED_ERASED ? "erased" : "genuine", title, issued.unit, proof.day);
}
