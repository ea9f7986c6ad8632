/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/proof_page.h"

#include "api/webpages.h"

#include <string.h>

/* clang-format off */
static const struct shown_verdict {
    const char *result;
    bool good;
    const char *zh, *en;
} verdicts[] = {
    {"genuine", true, "这份文书是真的", "This paper is genuine"},
    {"ended", false, "这份文书是真的，但岗位已经结束", "This paper was genuine; the post has ended since"},
    {"erased", false, "这份文书是真的，内容已按期限删除",
        "This paper was genuine; its content has been erased since"},
    {"invalid", false, "这个码不是本系统签发的，请勿相信",
        "This code was not signed here: do not trust the paper"},
    {"unknown", false, "找不到这份文书", "This paper is not known here"},
};

static const char page[] =
    "<!doctype html><html lang=\"%s\"><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<link rel=\"stylesheet\" href=\"../../../" WEBPAGES_PROOF_STYLE
    "\"><title>%s</title><h1 role=\"status\" class=\"%s\">%s %s</h1>%s</html>\n";
static const char details[] =
    "<dl><dt>%s</dt><dd>%s</dd><dt>%s</dt><dd>%s</dd><dt>%s</dt><dd>%s</dd></dl><p>%s</p>";
/* clang-format on */

bool proof_wants_page(const struct request *request)
{
    const char *accept = request_header(request, MHD_HTTP_HEADER_ACCEPT);
    return accept != NULL && strstr(accept, "text/html") != NULL;
}

static const struct shown_verdict *verdict_of(const char *result)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++)
        if (strcmp(verdicts[i].result, result) == 0)
            return &verdicts[i];
    g_assert_not_reached();
}

void respond_proof_page(struct request *request, int status, const char *result, const char *title, const char *unit,
                        const char *date)
{
    bool zh = request->chinese;
    const struct shown_verdict *verdict = verdict_of(result);
    const char *words = zh ? verdict->zh : verdict->en;
    g_autofree char *told = NULL;
    if (title != NULL) {
        g_autofree char *safe_title = g_markup_escape_text(title, -1), *safe_unit = g_markup_escape_text(unit, -1);
        told = g_strdup_printf(details, zh ? "文书" : "Paper", safe_title, zh ? "签发单位" : "Issued at", safe_unit,
                               zh ? "日期" : "Date", date,
                               zh ? "请核对纸上所写与此一致。此页不显示个人信息。"
                                  : "Compare this with the paper. No personal data is shown here.");
    }
    request->shows_page = true;
    respond_text(request, status, "text/html; charset=utf-8",
                 g_strdup_printf(page, zh ? "zh-CN" : "en", words, verdict->good ? "good" : "bad",
                                 verdict->good ? "✓" : "✗", words, told != NULL ? told : ""));
}
