/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/strict.h"

#include "api/endpoint.h"

#include <string.h>

#define NEVER_UTF8 '\xff'

size_t strict_unescape(void *context, struct MHD_Connection *connection, char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        int high = *from == '%' ? g_ascii_xdigit_value(from[1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(from[2]) : -1;
        if (low >= 0) {
            from += 2;
            *to++ = high + low > 0 ? (char)(high << 4 | low) : NEVER_UTF8;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

struct wrong {
    bool found;
    const char *name; /* of the parameter; NULL: it is wrong itself */
};

static enum MHD_Result check_parameter(void *context, enum MHD_ValueKind kind, const char *name, size_t name_bytes,
                                       const char *value, size_t value_bytes)
{
    struct wrong *wrong = context;
    bool named = name == NULL || g_utf8_validate(name, (gssize)name_bytes, NULL);
    wrong->found = !named || (value != NULL && !g_utf8_validate(value, (gssize)value_bytes, NULL));
    wrong->name = named ? name : NULL;
    return wrong->found ? MHD_NO : MHD_YES;
}

static bool check_text(struct request *request)
{
    struct wrong wrong = {.found = !g_utf8_validate(request->path, -1, NULL)};
    if (!wrong.found)
        MHD_get_connection_values_n(request->connection, MHD_GET_ARGUMENT_KIND, check_parameter, &wrong);
    if (wrong.found)
        respond_refused(request, PROBLEM_INVALID_UTF8, wrong.name);
    return !wrong.found;
}

/* ---- parameters ---- */

struct given {
    const struct query_param *known; /* NULL none */
    GPtrArray *names;                /* that have come, borrowed */
    const char *wrong;               /* the first that is unknown or came before; NULL none */
    bool twice;
};

static bool is_known(const struct query_param *known, const char *name)
{
    for (; known != NULL && known->name != NULL; known++)
        if (strcmp(known->name, name) == 0)
            return true;
    return false;
}

static enum MHD_Result take_name(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct given *given = context;
    name = name != NULL ? name : "";
    if (*name == '\0' && (value == NULL || *value == '\0')) /* two "&", or one at the end */
        return MHD_YES;
    given->twice = g_ptr_array_find_with_equal_func(given->names, name, g_str_equal, NULL);
    if (given->twice || !is_known(given->known, name))
        given->wrong = name;
    g_ptr_array_add(given->names, (gpointer)name);
    return given->wrong != NULL ? MHD_NO : MHD_YES;
}

static char *names_of(const struct query_param *known, bool chinese)
{
    GString *names = g_string_new(NULL);
    for (; known != NULL && known->name != NULL; known++)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", known->name);
    if (names->len == 0)
        g_string_append(names, chinese ? "无" : "none");
    return g_string_free(names, FALSE);
}

bool strict_parameters(struct request *request)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    struct given given = {.known = request->endpoint->query, .names = names};
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, take_name, &given);
    if (given.wrong == NULL)
        return true;
    g_autofree char *known = names_of(given.known, request->chinese);
    if (given.twice)
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, given.wrong,
                        request->chinese ? "一个值" : "one value");
    else
        respond_refused(request, PROBLEM_UNKNOWN_PARAMETER, given.wrong, known);
    return false;
}

/* ---- where a request ends, and for which host it is ---- */

struct framing {
    int hosts, lengths, encodings;
    const char *wrong; /* the first header with which something is wrong */
};

static bool is_token(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (!g_ascii_isalnum(text[i]) && (text[i] == '\0' || strchr("!#$%&'*+-.^_`|~", text[i]) == NULL))
            return false;
    return bytes > 0;
}

/* A name or address, and a port. */
static bool is_host(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (!g_ascii_isalnum(text[i]) && (text[i] == '\0' || strchr("-._~%:[]", text[i]) == NULL))
            return false;
    return bytes > 0;
}

static bool is_digits(const char *text, size_t bytes)
{
    size_t digits = 0;
    while (digits < bytes && g_ascii_isdigit(text[digits]))
        digits++;
    return bytes > 0 && digits == bytes;
}

static void note(struct framing *framing, bool right, const char *name)
{
    if (!right && framing->wrong == NULL)
        framing->wrong = name;
}

static enum MHD_Result look_at_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_bytes,
                                      const char *value, size_t value_bytes)
{
    struct framing *framing = context;
    const char *text = value != NULL ? value : "";
    note(framing, is_token(name, name_bytes), "");
    if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0)
        note(framing, framing->hosts++ == 0 && is_host(text, value_bytes), MHD_HTTP_HEADER_HOST);
    else if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
        note(framing, framing->lengths++ == 0 && is_digits(text, value_bytes), MHD_HTTP_HEADER_CONTENT_LENGTH);
    else if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0)
        note(framing, framing->encodings++ == 0 && g_ascii_strcasecmp(text, "chunked") == 0,
             MHD_HTTP_HEADER_TRANSFER_ENCODING);
    return MHD_YES;
}

static bool check_framing(struct request *request)
{
    struct framing framing = {0};
    bool old = strcmp(request->version, MHD_HTTP_VERSION_1_1) != 0;
    MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, look_at_header, &framing);
    note(&framing, old || framing.hosts == 1, MHD_HTTP_HEADER_HOST);
    note(&framing, framing.encodings == 0 || (framing.lengths == 0 && !old), MHD_HTTP_HEADER_TRANSFER_ENCODING);
    request->malformed = framing.wrong != NULL;
    if (request->malformed)
        respond_refused(request, PROBLEM_MALFORMED_REQUEST, NULL, framing.wrong);
    return !request->malformed;
}

bool strict_check(struct request *request)
{
    return check_framing(request) && check_text(request);
}

/* ---- from which page ---- */

/* The origin (RFC 6454) of the public address, or of the Host header. */
static bool is_own_origin(const struct request *request, const char *origin)
{
    const char *public_url = request->server->public_url, *host = request_header(request, MHD_HTTP_HEADER_HOST);
    const char *authority = strstr(origin, "://");
    size_t length = strlen(origin);
    if (authority == NULL)
        return false; /* "null": a page without an origin */
    if (public_url != NULL && g_ascii_strncasecmp(public_url, origin, length) == 0 &&
        (public_url[length] == '\0' || public_url[length] == '/'))
        return true;
    return host != NULL && g_ascii_strcasecmp(authority + strlen("://"), host) == 0;
}

bool strict_is_cross_site(const struct request *request)
{
    const char *site = request_header(request, "Sec-Fetch-Site"), *origin = request_header(request, "Origin");
    if (request_only_reads(request) || request_header(request, MHD_HTTP_HEADER_AUTHORIZATION) != NULL)
        return false;
    return (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) ||
           (origin != NULL && !is_own_origin(request, origin));
}
