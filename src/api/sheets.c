/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/sheets.h"

#include "api/heavy.h"
#include "api/imports.h"
#include "api/connections.h"
#include "api/visible.h"
#include "base/limits.h"
#include "base/log.h"
#include "interop/export.h"
#include "interop/xlsx_write.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NOON        (12 * 60) /* the time meant by "on 3 February" */
#define PIECE_BYTES (64 * 1024)
#define XLSX_TYPE   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* ---- query ---- */

static bool take_choice(struct request *request, const char *name, const char *const *words, int *out)
{
    const char *text = request_query(request, name);
    if (text == NULL)
        return true;
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return true;
        }
    g_autofree char *allowed = g_strjoinv(", ", (char **)words);
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, name, allowed);
    return false;
}

static bool take_flag(struct request *request, const char *name, bool *out)
{
    static const char *const words[] = {"false", "true", NULL};
    int flag = *out;
    bool right = take_choice(request, name, words, &flag);
    *out = flag == 1;
    return right;
}

static bool take_charset(struct request *request, enum charset *out)
{
    static const char *const words[] = {"unknown", "utf-8", "gb18030", NULL};
    int charset = (int)*out;
    bool right = take_choice(request, "encoding", words, &charset);
    *out = (enum charset)charset;
    return right;
}

/* ---- export ---- */

struct stream { /* an export on its way out, on the thread of its connection */
    struct server *server;
    struct MHD_Connection *connection;
    struct export *export;
    char *state, *text, *entries, *last;
    GString *piece;
    size_t at;                  /* of the piece, sent */
    struct xlsx_writer *writer; /* of a workbook, which is sent when it is whole; NULL: CSV, or it is whole */
    int fd;                     /* in which it lies; -1 CSV */
    off_t sent;
    int64_t account;
    bool begun; /* counted among the account's exports */
    bool over;  /* the last page has been read */
    bool failed;
};

static void stream_free(void *context)
{
    struct stream *stream = context;
    if (stream->begun)
        heavy_end_export(stream->server->heavy, stream->account);
    xlsx_writer_free(stream->writer);
    if (stream->fd >= 0)
        close(stream->fd);
    export_free(stream->export);
    g_free(stream->state);
    g_free(stream->text);
    g_free(stream->entries);
    g_free(stream->last);
    g_string_free(stream->piece, TRUE);
    g_free(stream);
}

/* A slow client may go on: each page gives the line its whole time again. */
static void keep_line(const struct stream *stream)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(stream->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    connection_move(stream->server->connections, info->socket_context, CONNECTION_WAITS);
}

/* One page more of the workbook; once it is whole, the first bytes of it. */
static void write_page(struct stream *stream, struct reader *reader)
{
    bool more = export_next(stream->export, reader, stream->piece);
    stream->failed = export_failed(stream->export);
    if (!stream->failed && more)
        stream->failed = !xlsx_writer_add(stream->writer, stream->piece->str, stream->piece->len);
    else if (!stream->failed)
        stream->failed = !xlsx_writer_close(stream->writer);
    if (!more || stream->failed)
        g_clear_pointer(&stream->writer, xlsx_writer_free);
    g_string_truncate(stream->piece, 0);
}

static void read_whole(struct stream *stream)
{
    g_string_set_size(stream->piece, PIECE_BYTES);
    ssize_t got = pread(stream->fd, stream->piece->str, PIECE_BYTES, stream->sent);
    stream->failed = got < 0;
    stream->over = got <= 0;
    g_string_truncate(stream->piece, (gsize)MAX(got, 0));
    stream->sent += MAX(got, 0);
}

static void read_page(void *context, struct reader *reader)
{
    struct stream *stream = context;
    stream->at = 0;
    if (stream->fd >= 0 && stream->writer == NULL) {
        read_whole(stream);
        return;
    }
    stream->failed = reader == NULL || heavy_is_over(reader);
    if (stream->failed)
        return;
    if (stream->writer != NULL) {
        write_page(stream, reader);
        return;
    }
    stream->over = !export_next(stream->export, reader, stream->piece);
    stream->failed = export_failed(stream->export);
    if (stream->over) /* what the piece holds has been sent */
        g_string_truncate(stream->piece, 0);
    stream->at = 0;
}

static void wake(void *context)
{
    const struct stream *stream = context;
    struct server *server = stream->server; /* awake, the stream may be over at once */
    MHD_resume_connection(stream->connection);
    server_wakes(server);
}

/* The next page is read in a thread for heavy reading while the connection sleeps. */
static bool ask_for_page(struct stream *stream)
{
    struct problem *problem = NULL;
    const struct heavy_job job = {
        .account = stream->account,
        .size = HEAVY_LONG,
        .page = true,
        .fd = MHD_get_connection_info(stream->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
        .run = read_page,
        .done = wake,
        .context = stream};
    if (!server_sleeps(stream->server))
        return false;
    MHD_suspend_connection(stream->connection);
    if (heavy_submit(stream->server->heavy, &job, &problem))
        return true;
    problem_free(problem);
    stream->failed = true;
    wake(stream);
    return true;
}

static ssize_t send_more(void *context, uint64_t position, char *buffer, size_t most)
{
    struct stream *stream = context;
    if (stream->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (stream->at == stream->piece->len) {
        keep_line(stream);
        if (stream->over)
            return MHD_CONTENT_READER_END_OF_STREAM;
        return ask_for_page(stream) ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
    }
    size_t count = MIN(most, stream->piece->len - stream->at);
    memcpy(buffer, stream->piece->str + stream->at, count);
    stream->at += count;
    return (ssize_t)count;
}

/* Of a kind that nobody knows, the export says so itself. */
static bool take_state(struct request *request, const char *state)
{
    const char *kind = request->params[0];
    if (state == NULL || !request_knows(request, kind, NULL) || request_knows(request, kind, state))
        return true;
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "state",
                    request->chinese ? "该种事项的状态" : "a state of the kind");
    return false;
}

static bool take_export(struct request *request, struct stream *stream, struct export_options *options)
{
    static const char *const words[] = {[WORDS_CODES] = "names", [WORDS_ZH] = "zh", [WORDS_EN] = "en", NULL};
    static const char *const opens[] = {"false", "true", NULL};
    int spoken = WORDS_CODES;
    struct matter_filter *filter = &options->filter;
    filter->state = stream->state = g_strdup(request_query(request, "state"));
    filter->text = stream->text = g_strdup(request_query(request, "q"));
    options->entries = stream->entries = g_strdup(request_query(request, "entries"));
    options->last = stream->last = g_strdup(request_query(request, "last"));
    filter->open = -1;
    if (!take_state(request, filter->state) || !take_choice(request, "headers", words, &spoken) ||
        !take_charset(request, &options->charset) || !take_choice(request, "open", opens, &filter->open) ||
        !request_query_unit(request, "under", &filter->under) ||
        !request_query_time(request, "opened_from", 0, &filter->opened_from_us) ||
        !request_query_time(request, "opened_to", 0, &filter->opened_to_us))
        return false;
    options->words = (enum cell_words)spoken;
    if (options->charset == CHARSET_UNKNOWN)
        options->charset = CHARSET_UTF8;
    return true;
}

/* Into a file without a name: what a signal leaves behind is nothing. */
static bool begin_workbook(struct stream *stream, enum cell_words words)
{
    const char *folder = engine_data_dir(stream->server->engine);
    g_autoptr(GPtrArray) columns = export_columns(stream->export);
    stream->fd = sheet_file_new(folder);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", stream->fd);
    if (stream->fd >= 0)
        stream->writer = xlsx_writer_new(path, folder, export_playbook(stream->export), columns, words);
    return stream->writer != NULL;
}

static void respond_stream(struct request *request, struct stream *stream /* taken */, enum charset charset)
{
    bool book = stream->fd >= 0;
    g_autofree char *name =
        g_strdup_printf("attachment; filename=\"%s.%s\"", request->params[0], book ? "xlsx" : "csv");
    request->status = MHD_HTTP_OK;
    request->response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, send_more, stream, stream_free);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            book                         ? XLSX_TYPE
                            : charset == CHARSET_GB18030 ? "text/csv; charset=gb18030"
                                                         : "text/csv; charset=utf-8");
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, name);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store, private");
}

void get_export(struct request *request)
{
    struct stream *stream = g_new0(struct stream, 1);
    stream->server = request->server;
    stream->connection = request->connection;
    stream->account = request->session.account;
    stream->piece = g_string_new(NULL);
    stream->fd = -1;
    struct export_options options = {.engine = request->server->engine,
                                     .clock = request->server->clock,
                                     .person = request->session.person,
                                     .what = request->params[0],
                                     .bare = g_str_has_suffix(request->path, ".xlsx")};
    struct problem *problem = NULL;
    if (!take_export(request, stream, &options)) {
        stream_free(stream);
        return;
    }
    stream->begun = heavy_begin_export(request->server->heavy, stream->account, &problem);
    if (!stream->begun) {
        stream_free(stream);
        respond_problem(request, problem);
        return;
    }
    stream->export = export_new(&options, request->reader, &problem);
    if (stream->export != NULL && options.bare && !begin_workbook(stream, options.words)) {
        stream_free(stream);
        respond_refused(request, PROBLEM_DISK_FULL, NULL);
        return;
    }
    if (stream->export != NULL) {
        respond_stream(request, stream, options.charset);
        return;
    }
    stream_free(stream);
    if (problem->code == PROBLEM_NOT_ACCEPTABLE_PARAMETER) {
        respond_problem(request, problem);
        return;
    }
    if (problem->code == PROBLEM_NO_RIGHT) {
        problem_free(problem);
        respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "有此权限的岗位" : "posts with that right");
        return;
    }
    problem_free(problem);
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这种事项" : "kind");
}

/* ---- import ---- */

int sheet_file_new(const char *data_dir)
{
    g_autofree char *name = g_build_filename(data_dir, ".upload-XXXXXX", NULL);
    int fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        unlink(name); /* the file lives as long as its descriptor */
    return fd;
}

static bool holds_one_of(const struct request *request, const struct role *const *roles, size_t count)
{
    for (guint i = 0; i < request->viewer.posts->len; i++)
        for (size_t r = 0; r < count; r++)
            if (strcmp(g_array_index(request->viewer.posts, struct post, i).role, roles[r]->name) == 0)
                return true;
    return false;
}

static bool may_open(const struct request *request, const struct playbook *playbook, const char *name)
{
    const struct kind *kind = playbook != NULL ? playbook_find_kind(playbook, name) : NULL;
    return kind != NULL && (holds_one_of(request, kind->opened_by, kind->opened_by_count) ||
                            holds_one_of(request, kind->proposed_by, kind->proposed_by_count));
}

/* An import may do what its actor may: without the right to register, it would reveal who is registered. */
static bool may_import(struct request *request, const char *what)
{
    static const char *const of_registry[] = {"units", "unit_facts", "posts", "rosters", NULL};
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    enum registry_right right = RIGHT_REGISTRY;
    if (strcmp(what, "persons") == 0)
        right = RIGHT_PERSONS;
    else if (!g_strv_contains(of_registry, what))
        return may_open(request, playbook, what);
    return playbook != NULL &&
           registry_has_right(request->reader->rows, playbook, request->session.person, right, 0, request->now_us);
}

/* Answers where nothing is called so, or where it is not the viewer's to bring in. */
static void admit_kind(struct request *request, const char *what)
{
    static const char *const registry[] = {"persons", "posts", "rosters", "unit_facts", "units", NULL};
    const struct playbook *playbook = rulebook_current(request_rules(request));
    bool known = playbook == NULL || g_strv_contains(registry, what) || playbook_find_kind(playbook, what) != NULL;
    if (!known)
        request_refuse_kind(request, "kind", what, registry);
    else if (!may_import(request, what))
        respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "有此权限的岗位" : "posts with that right");
}

static struct mapping *take_mapping(struct request *request)
{
    const char *text = request_query(request, "mapping");
    struct problem *problem = NULL;
    if (text == NULL)
        return mapping_new();
    struct mapping *mapping = mapping_parse("mapping", text, strlen(text), &problem);
    if (mapping == NULL)
        respond_problem(request, problem);
    return mapping;
}

/* A CSV or a workbook; which one it is, its bytes say. */
static bool is_sheet(const char *type)
{
    static const char *const types[] = {"text/csv", XLSX_TYPE};
    for (size_t i = 0; type != NULL && i < G_N_ELEMENTS(types); i++)
        if (g_ascii_strncasecmp(type, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

static void start(struct request *request, struct import_job *job)
{
    struct problem *problem = NULL;
    g_autofree char *id = imports_start(request->server->imports, job, &problem);
    if (id == NULL)
        respond_problem(request, problem);
    else
        respond_json(request, MHD_HTTP_ACCEPTED,
                     imports_json(request->server->imports, id, request->session.person, request->chinese, 0));
}

void admit_import(struct request *request)
{
    if (!is_sheet(request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE)))
        respond_refused(request, PROBLEM_UNSUPPORTED_MEDIA_TYPE, NULL, "text/csv, " XLSX_TYPE);
    else
        admit_kind(request, request->params[0]);
}

void post_import(struct request *request)
{
    const char *what = request->params[0];
    bool dry_run = true, partial = false;
    int64_t at_us = 0;
    enum charset charset = CHARSET_UNKNOWN;
    admit_import(request);
    if (request->response != NULL)
        return;
    if (!take_flag(request, "dry_run", &dry_run) || !take_flag(request, "partial", &partial) ||
        !take_charset(request, &charset) || !request_query_time(request, "at", NOON, &at_us))
        return;
    AUTO(mapping) struct mapping *mapping = take_mapping(request);
    if (mapping == NULL)
        return;
    struct import_job job = {.what = g_strdup(what),
                             .person = request->session.person,
                             .fd = request->upload,
                             .mapping = g_steal_pointer(&mapping),
                             .charset = charset,
                             .worksheet = g_strdup(request_query(request, "worksheet")),
                             .apply = !dry_run,
                             .at_us = at_us,
                             .partial = partial};
    request->upload = -1;
    start(request, &job);
}

static void no_import(struct request *request)
{
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这次导入" : "import");
}

static void answer_import(struct request *request, int64_t from)
{
    json_t *json = imports_json(request->server->imports, request->params[0], request->session.person, request->chinese,
                                (guint)from);
    if (json != NULL)
        respond_json(request, MHD_HTTP_OK, json);
    else
        no_import(request);
}

void get_imports(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    if (playbook == NULL) {
        respond_refused(request, PROBLEM_NO_PLAYBOOK, NULL);
        return;
    }
    json_t *rows = imports_list(request->server->imports, request->session.person, playbook->zone);
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o}", "data", rows));
}

void get_import(struct request *request)
{
    int64_t from = 0;
    if (request_query_integer(request, "from", 0, 2 * LIMIT_IMPORT_FINDINGS, &from))
        answer_import(request, from);
}

void get_import_findings(struct request *request)
{
    char *text = imports_csv(request->server->imports, request->params[0], request->session.person, request->chinese);
    if (text != NULL)
        respond_text(request, MHD_HTTP_OK, "text/csv; charset=utf-8", text);
    else
        no_import(request);
}

void post_import_stop(struct request *request)
{
    imports_stop(request->server->imports, request->params[0], request->session.person);
    answer_import(request, 0);
}
