/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/webpages.h"

#include "api/encoding.h"
#include "api/request.h"

#include <sodium.h>
#include <string.h>

#define SHELL         "/index.html"
#define SHELL_BODY    "<body>"
#define UNCHANGING    "/assets/"
#define KEEP_FOR_GOOD "public, max-age=31536000, immutable"
#define ASK_EACH_TIME "no-cache"
#define TAG_CHARS     48
#define LENGTH_BYTES  4 /* at the end of a gzip stream: how long it is unpacked, little endian. RFC 1952, 2.3.1 */

/* What the application reads its own addresses from; these and what is below them, unless a file's name ends them. */
static const char *const places[] = {"/demo", "/desk", "/field", "/login", "/r", "/screen"};

/* Below these nothing is a page. */
static const char *const programs[] = {"/api", "/assets", "/healthz", "/metrics"};

static const struct {
    const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".gif", "image/gif"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json; charset=utf-8"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
};

/* `data[CODING_IDENTITY]` is NULL where the others are there. */
struct webpage {
    const char *type;
    bool unchanging;
    unsigned offered;
    GBytes *data[CODING_COUNT];
    char tags[CODING_COUNT][TAG_CHARS];
};

struct webpages {
    GResource *resource; /* owns what `files` points into */
    GHashTable *files;   /* address → struct webpage */
    const struct webpage *shell;
};

extern const char proof_style[]; /* proof.css */

static const char *const folders[CODING_COUNT] = {"/raw", "/gz", "/br"};

static void webpage_free(void *value)
{
    struct webpage *page = value;
    for (size_t i = 0; i < CODING_COUNT; i++)
        g_clear_pointer(&page->data[i], g_bytes_unref);
    g_free(page);
}

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(path, types[i].ending))
            return types[i].type;
    return "application/octet-stream";
}

/* One for each coding, since a strong tag stands for bytes; all of the same content, so of one digest. */
static void make_tags(struct webpage *page)
{
    uint8_t digest[16];
    char hex[33];
    gsize bytes;
    GBytes *data = page->data[CODING_IDENTITY] != NULL ? page->data[CODING_IDENTITY] : page->data[CODING_GZIP];
    const uint8_t *text = g_bytes_get_data(data, &bytes);
    crypto_generichash(digest, sizeof digest, text, bytes, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    for (size_t i = 0; i < CODING_COUNT; i++)
        g_snprintf(page->tags[i], TAG_CHARS, i == CODING_IDENTITY ? "\"%s\"" : "\"%s-%s\"", hex, coding_names[i]);
}

static void add(struct webpages *pages, const char *path, GBytes *data[CODING_COUNT] /* taken */)
{
    struct webpage *page = g_new0(struct webpage, 1);
    page->type = type_of(path);
    page->unchanging = g_str_has_prefix(path, UNCHANGING);
    for (size_t i = 0; i < CODING_COUNT; i++) {
        page->data[i] = data[i];
        page->offered |= data[i] != NULL ? 1u << i : 0;
    }
    make_tags(page);
    g_hash_table_replace(pages->files, g_strdup(path), page);
}

static void add_file(struct webpages *pages, const char *path)
{
    GBytes *data[CODING_COUNT];
    for (size_t i = 0; i < CODING_COUNT; i++) {
        g_autofree char *name = g_strconcat(folders[i], path, NULL);
        data[i] = g_resource_lookup_data(pages->resource, name, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    }
    g_assert(data[CODING_IDENTITY] != NULL || data[CODING_GZIP] != NULL);
    add(pages, path, data);
}

/* `folder` with a slash at its end; names of folders have one, too. */
static void add_folder(struct webpages *pages, const char *top, const char *folder)
{
    g_autofree char *whole = g_strconcat(top, folder, NULL);
    g_auto(GStrv) names = g_resource_enumerate_children(pages->resource, whole, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_strconcat(folder, *name, NULL);
        if (g_str_has_suffix(path, "/"))
            add_folder(pages, top, path);
        else
            add_file(pages, path);
    }
}

static size_t unpacked_bytes(const uint8_t *gzip, size_t bytes)
{
    const uint8_t *end = gzip + bytes - LENGTH_BYTES;
    return (size_t)end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;
}

static const char drill_words[] = "<p class=\"drill\" role=\"note\"><b>演练</b>：人和事都是编的 "
                                  "<span lang=\"en\"><b>DRILL</b>: all is made up</span></p>";

/* The shell with the words at the head of its body, as it is sent to whoever takes no coding. */
static GBytes *marked(const struct webpage *shell)
{
    gsize bytes;
    GBytes *data = shell->data[shell->data[CODING_IDENTITY] != NULL ? CODING_IDENTITY : CODING_GZIP];
    const uint8_t *packed = g_bytes_get_data(data, &bytes);
    size_t whole = shell->data[CODING_IDENTITY] != NULL ? bytes : unpacked_bytes(packed, bytes);
    g_autofree char *text = shell->data[CODING_IDENTITY] != NULL ? g_strndup((const char *)packed, bytes)
                                                                 : coding_gunzip(packed, bytes, whole);
    g_assert(text != NULL); /* the program's own bytes */
    const char *body = g_strstr_len(text, (gssize)whole, SHELL_BODY);
    g_assert(body != NULL);
    body += strlen(SHELL_BODY);
    GString *with = g_string_new_len(text, body - text);
    g_string_append(with, drill_words);
    g_string_append_len(with, body, (gssize)whole - (body - text));
    return g_string_free_to_bytes(with);
}

struct webpages *webpages_new(GResource *resource, bool drill)
{
    struct webpages *pages = g_new0(struct webpages, 1);
    pages->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, webpage_free);
    add(pages, "/" WEBPAGES_PROOF_STYLE,
        (GBytes *[CODING_COUNT]){[CODING_IDENTITY] = g_bytes_new_static(proof_style, strlen(proof_style))});
    if (resource == NULL)
        return pages;
    pages->resource = g_resource_ref(resource);
    add_folder(pages, folders[CODING_IDENTITY], "/");
    add_folder(pages, folders[CODING_GZIP], "/");
    pages->shell = g_hash_table_lookup(pages->files, SHELL);
    if (drill && pages->shell != NULL)
        add(pages, SHELL, (GBytes *[CODING_COUNT]){[CODING_IDENTITY] = marked(pages->shell)});
    pages->shell = g_hash_table_lookup(pages->files, SHELL);
    return pages;
}

void webpages_free(struct webpages *pages)
{
    if (pages == NULL)
        return;
    g_hash_table_unref(pages->files);
    g_clear_pointer(&pages->resource, g_resource_unref);
    g_free(pages);
}

/* ---- asked for ---- */

static bool asks_for_json_alone(const struct request *request)
{
    const char *accept = request_header(request, MHD_HTTP_HEADER_ACCEPT);
    return accept != NULL && strstr(accept, "application/json") != NULL && strstr(accept, "text/html") == NULL;
}

static bool is_in_application(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        size_t length = strlen(places[i]);
        if (strncmp(path, places[i], length) == 0 && (path[length] == '\0' || path[length] == '/'))
            return strchr(strrchr(path, '/'), '.') == NULL;
    }
    return false;
}

/* What a person opened by its address and programs do not ask for: the application says that there is no such page. */
static bool is_nowhere(const struct request *request)
{
    const char *accept = request_header(request, MHD_HTTP_HEADER_ACCEPT);
    const char *path = request->path;
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
        size_t length = strlen(programs[i]);
        if (strncmp(path, programs[i], length) == 0 && (path[length] == '\0' || path[length] == '/'))
            return false;
    }
    return accept != NULL && strstr(accept, "text/html") != NULL && strchr(strrchr(path, '/'), '.') == NULL;
}

const struct webpage *webpages_find(const struct request *request)
{
    const struct webpages *pages = request->server->pages;
    const struct webpage *file = g_hash_table_lookup(pages->files, request->path);
    if (file != NULL || pages->shell == NULL)
        return file;
    if (strcmp(request->path, "/") == 0 ? !asks_for_json_alone(request) : is_in_application(request->path))
        return pages->shell;
    return NULL;
}

const struct webpage *webpages_nowhere(const struct request *request)
{
    return request->server->pages->shell != NULL && is_nowhere(request) ? request->server->pages->shell : NULL;
}

static struct MHD_Response *response_of(const struct webpage *page, enum coding coding)
{
    gsize bytes;
    GBytes *data = page->data[coding] != NULL ? page->data[coding] : page->data[CODING_GZIP];
    const uint8_t *text = g_bytes_get_data(data, &bytes);
    if (page->data[coding] != NULL)
        return MHD_create_response_from_buffer(bytes, (void *)text, MHD_RESPMEM_PERSISTENT);
    size_t whole = unpacked_bytes(text, bytes);
    char *unpacked = coding_gunzip(text, bytes, whole);
    g_assert(unpacked != NULL); /* the program's own bytes */
    return MHD_create_response_from_buffer(whole, unpacked, MHD_RESPMEM_MUST_FREE);
}

void respond_webpage(struct request *request, const struct webpage *page)
{
    enum coding coding = coding_choose(request_header(request, MHD_HTTP_HEADER_ACCEPT_ENCODING), page->offered);
    const char *tag = page->tags[coding];
    bool known = !request->nowhere && request_has_copy(request, tag);
    request->shows_page = true;
    request->status = known ? MHD_HTTP_NOT_MODIFIED : request->nowhere ? MHD_HTTP_NOT_FOUND : MHD_HTTP_OK;
    request->response =
        known ? MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT) : response_of(page, coding);
    if (!known)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_TYPE, page->type);
    if (!known && coding != CODING_IDENTITY)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_ENCODING, coding_names[coding]);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_ETAG, tag);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CACHE_CONTROL,
                            page->unchanging ? KEEP_FOR_GOOD : ASK_EACH_TIME);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_VARY,
                            request->nowhere || strcmp(request->path, "/") == 0 ? "Accept, Accept-Encoding"
                                                                                : "Accept-Encoding");
}
