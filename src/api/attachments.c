/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/attachments.h"

#include "api/looks.h"
#include "api/media.h"
#include "api/shape.h"
#include "api/submit.h"
#include "api/visible.h"
#include "base/limits.h"
#include "base/log.h"
#include "engine/attachments.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CONTEXT "attachment"

/* ---- up ---- */

/* Only actors who may make an entry with a file, and only while the matter holds fewer than LIMIT_ATTACHMENTS. */
void admit_attachment(struct request *request)
{
    struct matter matter;
    if (!request_matter(request, &matter))
        return;
    struct db *rows = request->reader->rows;
    const struct kind *kind = shape_kind(request, matter.rules, matter.kind);
    if (matter.erased)
        respond_refused(request, PROBLEM_MATTER_ERASED, NULL);
    else if (kind == NULL || !matter_may_bring_files(rows, kind, &matter, request->session.person, request->now_us))
        respond_refused(request, PROBLEM_NO_RIGHT, NULL,
                        request->chinese ? "可提交附件的岗位" : "posts that may add attachments");
    else if (matter_file_count(rows, matter.id) >= LIMIT_ATTACHMENTS)
        respond_refused(request, PROBLEM_TOO_MANY_ITEMS, NULL, G_STRINGIFY(LIMIT_ATTACHMENTS));
}

static GBytes *read_upload(const struct request *request)
{
    size_t bytes = (size_t)request->upload_bytes, at = 0;
    g_autofree uint8_t *data = g_malloc(bytes + 1);
    while (at < bytes) {
        ssize_t got = pread(request->upload, data + at, bytes - at, (off_t)at);
        if (got <= 0 && errno != EINTR)
            return NULL;
        at += got > 0 ? (size_t)got : 0;
    }
    return g_bytes_new_take(g_steal_pointer(&data), bytes);
}

/* Sealed and durable, without bytes behind its end; NULL when the request has been answered. */
static json_t *keep(struct request *request, const struct matter *matter, GBytes *file)
{
    gsize bytes;
    const uint8_t *data = g_bytes_get_data(file, &bytes);
    char hash[ATTACHMENT_HASH_CHARS + 1];
    g_autoptr(GError) error = NULL;
    struct media media = media_of(data, bytes);
    if (media.type == NULL || media.bytes == 0) {
        respond_refused(request, media.type == NULL ? PROBLEM_UNSUPPORTED_MEDIA_TYPE : PROBLEM_FILE_NOT_CLEAN, NULL,
                        media.type != NULL ? media.type : MEDIA_KEPT);
        return NULL;
    }
    g_autoptr(GBytes) sealed = vault_seal(request->reader->vault, VAULT_MATTER, matter->id, CONTEXT, data, media.bytes);
    if (sealed == NULL) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "带附件的记录" : "entry with files");
        return NULL;
    }
    if (attachment_put(engine_data_dir(request->server->engine), id_matter_stream(matter->id), sealed, hash, &error))
        return json_pack("{s:s, s:s, s:I}", "hash", hash, "type", media.type, "bytes", (json_int_t)media.bytes);
    log_write(LOG_ERROR, "an attachment could not be kept", "why", error->message, NULL);
    respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
    return NULL;
}

static struct command *attach_command(struct request *request, const struct matter *matter, const json_t *kept)
{
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(&matter->uuid, uuid);
    json_t *body = json_copy((json_t *)kept);
    json_object_set_new(body, "matter", json_string(uuid));
    struct command *command = command_new("attach_file", ORIGIN_PROGRAM, request->session.person, body);
    uuid_make(request->now_us, &command->id);
    return command;
}

void put_attachment(struct request *request)
{
    struct matter matter;
    admit_attachment(request);
    if (request->response != NULL || !request_matter(request, &matter))
        return;
    g_autoptr(GBytes) file = read_upload(request);
    if (file == NULL) {
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
        return;
    }
    json_t *kept = keep(request, &matter, file);
    if (kept != NULL)
        submit_file(request, attach_command(request, &matter, kept), kept, id_matter_stream(matter.id));
}

/* ---- down ---- */

static void respond_file(struct request *request, const char *hash, const char *type, GBytes *file /* taken */)
{
    g_autofree char *disposition = g_strdup_printf("attachment; filename=\"%.12s.%s\"", hash, media_ending(type));
    respond_bytes(request, MHD_HTTP_OK, type, file);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, disposition);
    MHD_add_response_header(request->response, "Content-Security-Policy", "sandbox; default-src 'none'");
}

/* The same answer whether there is none or it may not be fetched. */
static void respond_none(struct request *request)
{
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个附件" : "attachment");
}

void get_attachment(struct request *request)
{
    struct matter matter;
    struct attachment attachment;
    const char *hash = request->params[1];
    if (!request_matter(request, &matter))
        return;
    struct db *rows = request->reader->rows;
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    if (!matter_attachment(rows, matter.id, hash, &attachment) ||
        (!attachment.named && attachment.person != request->session.person) ||
        !access_unmasks(rows, rulebook, &request->viewer, &matter)) {
        respond_none(request);
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) sealed =
        attachment_get(engine_data_dir(request->server->engine), id_matter_stream(matter.id), hash, &error);
    gsize bytes = 0;
    const void *data = sealed != NULL ? g_bytes_get_data(sealed, &bytes) : NULL;
    GBytes *file =
        data != NULL ? vault_unseal(request->reader->vault, VAULT_MATTER, matter.id, CONTEXT, data, bytes) : NULL;
    if (file == NULL) {
        if (sealed == NULL)
            log_write(LOG_ERROR, "an attachment cannot be read", "why", error->message, NULL);
        respond_none(request);
        return;
    }
    int64_t person = access_subject(rulebook, &matter);
    if (person != 0 && !note_look(request, person, matter.id, "attachment"))
        g_bytes_unref(file);
    else
        respond_file(request, hash, attachment.type, file);
}
