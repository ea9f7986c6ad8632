/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/headers.h"

#include "api/request.h"

#define CSP  "Content-Security-Policy"
#define HSTS "max-age=31536000"
/* Everything from this server, nothing written into a page; data: and blob: are pictures that a page makes itself. */
#define PAGE_CSP                                                                                                       \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "           \
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "                \
    "frame-ancestors 'none'"
/* What is no page shows nothing and runs nothing, also where a browser takes it for one. */
#define DATA_CSP "default-src 'none'; frame-ancestors 'none'"
/* Photos of doors and codes on papers; where a round is made. */
#define PERMISSIONS                                                                                                    \
    "camera=(self), geolocation=(self), accelerometer=(), browsing-topics=(), display-capture=(), "                    \
    "gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"

static const char *policy_of(const struct request *request)
{
    if (request->shows_page)
        return PAGE_CSP;
    const char *type = MHD_get_response_header(request->response, MHD_HTTP_HEADER_CONTENT_TYPE);
    return g_strcmp0(type, "application/pdf") != 0 ? DATA_CSP : NULL; /* browsers show a PDF in a page of their own */
}

/* None has the time that it took, which would reveal who is registered. */
void headers_add(struct request *request)
{
    struct MHD_Response *response = request->response;
    const char *policy = policy_of(request);
    if (policy != NULL && MHD_get_response_header(response, CSP) == NULL) /* a handler may be stricter */
        MHD_add_response_header(response, CSP, policy);
    if (request->shows_page) {
        MHD_add_response_header(response, "Permissions-Policy", PERMISSIONS);
        MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    }
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (request->server->secure)
        MHD_add_response_header(response, "Strict-Transport-Security", HSTS);
    if (request->malformed) /* its end is unknown */
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}
