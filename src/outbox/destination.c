/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox/destination.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "outbox/reach.h"
#include "outbox/template.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_BYTES_MIN    24 /* of a webhook: 192 bits */
#define NAME_CHARS_MAX   40
#define TRIES            12
#define TRIES_MAX        100
#define TIMEOUT_US       (10 * US_PER_SECOND)
#define GIVE_UP_US       US_PER_DAY
#define WECOM_PER_MINUTE 20 /* https://developer.work.weixin.qq.com/document/path/91770 */
#define WECOM_URL        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={secret}"
#define SECRET_PREFIX    "whsec_" /* of Standard Webhooks: Base64 follows */
#define HEADER_PREFIX    "header."

G_DEFINE_QUARK(lianfang_destination_error, destination_error)

const char *const destination_type_names[DESTINATION_TYPE_COUNT] = {
    [DESTINATION_WEBHOOK] = "webhook", [DESTINATION_SMS] = "sms", [DESTINATION_WECOM] = "wecom"};

/* What is read of one group. */
struct group {
    const char *path, *name; /* of the file; "deliver NAME" */
    GKeyFile *file;
    struct destination *to;
    GError **error;
};

G_GNUC_PRINTF(3, 4) static bool fail(struct group *group, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(group->error, DESTINATION_ERROR, DESTINATION_ERROR_VALUE, "%s: [%s]%s%s: %s", group->path, group->name,
                key != NULL ? " " : "", key != NULL ? key : "", text);
    return false;
}

/* ---- one key each ---- */

static int position(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

static bool read_type(struct group *group, const char *key, const char *value)
{
    int type = position(destination_type_names, DESTINATION_TYPE_COUNT, value);
    if (type < 0)
        return fail(group, key, "is webhook, sms or wecom");
    group->to->type = (enum destination_type)type;
    return true;
}

/* With whatever the variables stand for: they must not say which host it is. */
static bool read_url(struct group *group, const char *key, const char *value)
{
    static const struct template_values sample = {"1", "1", "1", "1"};
    g_autofree char *filled = template_fill(value, TEMPLATE_URL, &sample), *unknown = template_unknown(value);
    const char *host = g_str_has_prefix(value, "https://") ? value + strlen("https://") : NULL;
    const char *first = strchr(value, '{');
    CURLU *parts = curl_url();
    char *user = NULL;
    bool well = curl_url_set(parts, CURLUPART_URL, filled, 0) == CURLUE_OK;
    bool bare = curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;
    curl_free(user);
    curl_url_cleanup(parts);
    if (host == NULL || !well)
        return fail(group, key, "is an address that begins with https://");
    if (!bare)
        return fail(group, key, "has a user in it; give it with header.Authorization and secret-file");
    if (unknown != NULL)
        return fail(group, key, "%s stands for nothing; {phone}, {text}, {id} and {secret} do", unknown);
    if (first != NULL && (size_t)(first - host) < strcspn(host, "/?#"))
        return fail(group, key, "a variable stands in the name of the host; write the host itself");
    group->to->url = g_strdup(value);
    return true;
}

/* systemd guards its credentials by their folder and by access lists, which show as a group's. */
static mode_t kept_from(const char *path)
{
    const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
    size_t length = folder != NULL ? strlen(folder) : 0;
    return length > 0 && strncmp(path, folder, length) == 0 && path[length] == '/' ? S_IRWXO : S_IRWXG | S_IRWXO;
}

/* Nobody else may read it. */
static char *read_secret_text(struct group *group, const char *key, const char *path)
{
    struct stat about;
    char text[LIMIT_OUTBOX_SECRET_BYTES + 1];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t bytes =
        file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode) ? read(file, text, sizeof text) : -1;
    int number = errno;
    if (file >= 0)
        close(file);
    if (bytes < 0)
        fail(group, key, "%s: %s; name a file that holds the secret", path,
             file < 0 ? g_strerror(number) : "cannot be read as a file");
    else if ((about.st_mode & kept_from(path)) != 0)
        fail(group, key, "%s: others may read it; chmod 600 it", path);
    else if (bytes == 0 || (size_t)bytes > LIMIT_OUTBOX_SECRET_BYTES || memchr(text, '\0', (size_t)bytes) != NULL)
        fail(group, key, "%s: holds one line of text, at most %d bytes", path, LIMIT_OUTBOX_SECRET_BYTES);
    else
        return g_strchomp(g_strndup(text, (size_t)bytes));
    return NULL;
}

static bool read_secret(struct group *group, const char *key, const char *value)
{
    char *secret = read_secret_text(group, key, value);
    if (secret == NULL)
        return false;
    group->to->secret = secret;
    if (*secret == '\0' || strpbrk(secret, "\r\n") != NULL)
        return fail(group, key, "%s: holds one line of text, at most %d bytes", value, LIMIT_OUTBOX_SECRET_BYTES);
    return true;
}

static bool read_ca_file(struct group *group, const char *key, const char *value)
{
    if (access(value, R_OK) != 0)
        return fail(group, key, "%s: %s; name the certificates (PEM) of the authority to trust", value,
                    g_strerror(errno));
    group->to->ca_file = g_strdup(value);
    return true;
}

static bool read_allow(struct group *group, const char *key, const char *value)
{
    g_autofree char *wrong = NULL;
    group->to->allowed = reach_parse(value, &wrong);
    return group->to->allowed != NULL ||
           fail(group, key, "%s is no address or network; write 10.1.2.3 or 10.1.0.0/16", wrong);
}

static bool read_body(struct group *group, const char *key, const char *value)
{
    g_autofree char *unknown = template_unknown(value);
    if (unknown != NULL)
        return fail(group, key, "%s stands for nothing; {phone}, {text}, {id} and {secret} do", unknown);
    group->to->body = g_strdup(value);
    return true;
}

static bool read_body_type(struct group *group, const char *key, const char *value)
{
    group->to->form = strcmp(value, "form") == 0;
    return group->to->form || strcmp(value, "json") == 0 || fail(group, key, "is json or form");
}

static bool read_success(struct group *group, const char *key, const char *value)
{
    group->to->success = g_strdup(value);
    return *value != '\0' || fail(group, key, "is a text that a good answer holds; leave the line out otherwise");
}

static bool read_language(struct group *group, const char *key, const char *value)
{
    group->to->chinese = strcmp(value, "zh") == 0;
    return group->to->chinese || strcmp(value, "en") == 0 || fail(group, key, "is zh or en");
}

static bool read_alerts(struct group *group, const char *key, const char *value)
{
    g_auto(GStrv) words = g_strsplit_set(value, ", ", -1);
    group->to->raisings = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        int how = *words[i] != '\0' ? position(raising_names, RAISING_COUNT, words[i]) : -1;
        if (how < 0 && *words[i] != '\0')
            return fail(group, key, "there is no %s; write some of warned,overdue,raised,alerted,ringing", words[i]);
        group->to->raisings |= how >= 0 ? 1u << how : 0;
    }
    return group->to->raisings != 0 || fail(group, key, "is some of warned,overdue,raised,alerted,ringing");
}

static bool read_kinds(struct group *group, const char *key, const char *value)
{
    g_autoptr(GStrvBuilder) kinds = g_strv_builder_new();
    g_auto(GStrv) words = g_strsplit_set(value, ", ", -1);
    for (size_t i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
            g_strv_builder_add(kinds, words[i]);
    group->to->kinds = g_strv_builder_end(kinds);
    return group->to->kinds[0] != NULL ||
           fail(group, key, "is some kinds of the playbook; leave the line out for all of them");
}

static bool read_duration(struct group *group, const char *key, const char *value, int64_t least_us, int64_t most_us,
                          int64_t *out_us)
{
    if (duration_parse(value, out_us) && *out_us >= least_us && *out_us <= most_us)
        return true;
    char least[DATETIME_TEXT_MAX], most[DATETIME_TEXT_MAX];
    duration_format(least_us, least);
    duration_format(most_us, most);
    return fail(group, key, "is a duration from %s to %s, such as 30s, 2h or 3d", least, most);
}

static bool read_timeout(struct group *group, const char *key, const char *value)
{
    return read_duration(group, key, value, US_PER_SECOND, US_PER_MINUTE, &group->to->timeout_us);
}

static bool read_give_up(struct group *group, const char *key, const char *value)
{
    return read_duration(group, key, value, US_PER_MINUTE, 30 * US_PER_DAY, &group->to->give_up_us);
}

static bool read_number(struct group *group, const char *key, const char *value, int64_t least, int64_t most,
                        int64_t *out)
{
    char *end = NULL;
    *out = g_ascii_strtoll(value, &end, 10);
    return (end != value && *end == '\0' && *out >= least && *out <= most) ||
           fail(group, key, "is a number from %d to %d", (int)least, (int)most);
}

static bool read_tries(struct group *group, const char *key, const char *value)
{
    return read_number(group, key, value, 1, TRIES_MAX, &group->to->tries);
}

static bool read_per_minute(struct group *group, const char *key, const char *value)
{
    return read_number(group, key, value, 0, 60000, &group->to->per_minute);
}

/* By name; `types` is a set of 1 << enum destination_type that takes it. */
#define EVERY   ((1u << DESTINATION_TYPE_COUNT) - 1)
#define GATEWAY (1u << DESTINATION_SMS)
static const struct destination_key {
    const char *name;
    bool (*read)(struct group *group, const char *key, const char *value);
    unsigned types;
} keys[] = {
    {"alerts", read_alerts, EVERY},         {"allow", read_allow, EVERY},       {"body", read_body, GATEWAY},
    {"body-type", read_body_type, GATEWAY}, {"ca-file", read_ca_file, EVERY},   {"give-up", read_give_up, EVERY},
    {"kinds", read_kinds, EVERY},           {"language", read_language, EVERY}, {"per-minute", read_per_minute, EVERY},
    {"secret-file", read_secret, EVERY},    {"success", read_success, GATEWAY}, {"timeout", read_timeout, EVERY},
    {"tries", read_tries, EVERY},           {"type", read_type, EVERY},         {"url", read_url, EVERY},
};

static bool read_header(struct group *group, const char *key, const char *value)
{
    const char *name = key + strlen(HEADER_PREFIX);
    g_autofree char *unknown = template_unknown(value);
    size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
    if (length == 0 || name[length] != '\0' || strpbrk(value, "\r\n") != NULL)
        return fail(group, key, "is the name of a header and one line for it");
    if (g_ascii_strcasecmp(name, "content-type") == 0 || g_ascii_strcasecmp(name, "content-length") == 0 ||
        g_ascii_strcasecmp(name, "host") == 0)
        return fail(group, key, "is written by the program; leave the line out");
    if (unknown != NULL || template_has(value, "phone") || template_has(value, "text"))
        return fail(group, key, "only {secret} and {id} stand for something in a header");
    g_ptr_array_add(group->to->headers, g_strdup_printf("%s: %s", name, value));
    return true;
}

static bool fail_unknown(struct group *group, const char *key)
{
    const char *names[G_N_ELEMENTS(keys)];
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        names[i] = keys[i].name;
    const char *nearest = nearest_name(key, names, G_N_ELEMENTS(keys));
    return fail(group, key, "no such key%s%s%s", nearest != NULL ? "; did you mean " : "",
                nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

static bool read_line(struct group *group, const char *key)
{
    g_autofree char *value = g_key_file_get_string(group->file, group->name, key, NULL);
    size_t i = 0;
    if (value == NULL)
        return fail(group, key, "its value is not UTF-8, or has a wrong escape");
    while (i < G_N_ELEMENTS(keys) && strcmp(keys[i].name, key) != 0)
        i++;
    bool header = g_str_has_prefix(key, HEADER_PREFIX);
    if (!header && i == G_N_ELEMENTS(keys))
        return fail_unknown(group, key);
    if ((1u << group->to->type & (header ? GATEWAY : keys[i].types)) == 0)
        return fail(group, key, "is for type=sms alone; leave the line out");
    return header ? read_header(group, key, value) : keys[i].read(group, key, value);
}

/* ---- the group ---- */

/* A text of Standard Webhooks, or the bytes of any other. */
static bool take_key(struct group *group)
{
    struct destination *to = group->to;
    if (to->secret != NULL && g_str_has_prefix(to->secret, SECRET_PREFIX)) {
        to->key = g_base64_decode(to->secret + strlen(SECRET_PREFIX), &to->key_bytes);
    } else if (to->secret != NULL) {
        to->key_bytes = strlen(to->secret);
        to->key = g_memdup2(to->secret, to->key_bytes);
    }
    return to->key_bytes >= KEY_BYTES_MIN ||
           fail(group, "secret-file",
                "a webhook is signed with a key of at least %d bytes that only its owner reads; name its file",
                KEY_BYTES_MIN);
}

static bool is_json(const char *template)
{
    static const struct template_values sample = {"1", "1", "1", "1"};
    g_autofree char *filled = template_fill(template, TEMPLATE_JSON, &sample);
    g_autoptr(json_t) value = json_loads(filled, 0, NULL);
    return value != NULL;
}

static bool uses_secret(const struct destination *to)
{
    bool used = template_has(to->url, "secret") || template_has(to->body, "secret");
    for (guint i = 0; i < to->headers->len && !used; i++)
        used = template_has(g_ptr_array_index(to->headers, i), "secret");
    return used;
}

static bool check_gateway(struct group *group)
{
    const struct destination *to = group->to;
    if (to->body == NULL)
        return fail(group, "body", "is missing: what the gateway takes, with {phone} and {text} in it");
    if (!to->form && !is_json(to->body))
        return fail(group, "body", "is no JSON; write body-type=form where it is a form");
    if (!template_has(to->body, "phone") && !template_has(to->url, "phone"))
        return fail(group, "body", "{phone} stands neither here nor in url");
    if (!template_has(to->body, "text") && !template_has(to->url, "text"))
        return fail(group, "body", "{text} stands neither here nor in url");
    return true;
}

static bool check(struct group *group)
{
    struct destination *to = group->to;
    if (to->type == DESTINATION_WECOM && to->url == NULL)
        to->url = g_strdup(WECOM_URL);
    if (to->url == NULL)
        return fail(group, "url", "is missing: where to deliver, beginning with https://");
    if (to->type != DESTINATION_SMS && (template_has(to->url, "phone") || template_has(to->url, "text")))
        return fail(group, "url", "{phone} and {text} are for type=sms");
    if (to->type == DESTINATION_WEBHOOK)
        return take_key(group);
    if (uses_secret(to) != (to->secret != NULL))
        return fail(group, "secret-file",
                    to->secret != NULL ? "{secret} stands nowhere; write it where it belongs, or leave the line out"
                                       : "is missing: the file with what {secret} stands for");
    return to->type != DESTINATION_SMS || check_gateway(group);
}

/* The type first, since it says which other keys there are. */
static bool read_group(struct group *group)
{
    struct destination *to = group->to;
    g_auto(GStrv) lines = g_key_file_get_keys(group->file, group->name, NULL, NULL);
    if (!g_strv_contains((const char *const *)lines, "type"))
        return fail(group, "type", "is missing: webhook, sms or wecom");
    if (!read_line(group, "type"))
        return false;
    to->raisings = 1u << RAISING_WARNED | 1u << RAISING_RAISED | 1u << RAISING_ALERTED;
    if (to->type != DESTINATION_SMS)
        to->raisings |= 1u << RAISING_RINGING;
    to->per_minute = to->type == DESTINATION_WECOM ? WECOM_PER_MINUTE : 0;
    bool well = true;
    for (size_t i = 0; lines[i] != NULL && well; i++)
        well = read_line(group, lines[i]);
    return well && check(group);
}

static bool take_name(struct group *group)
{
    const char *name = group->name + strlen(DESTINATION_GROUP);
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (length == 0 || length > NAME_CHARS_MAX || name[length] != '\0')
        return fail(group, NULL, "a destination's name has a-z, 0-9 and -, at most %d of them", NAME_CHARS_MAX);
    group->to->name = g_strdup(name);
    return true;
}

void destination_free(struct destination *destination)
{
    if (destination->secret != NULL)
        sodium_memzero(destination->secret, strlen(destination->secret));
    if (destination->key != NULL)
        sodium_memzero(destination->key, destination->key_bytes);
    g_free(destination->name);
    g_free(destination->url);
    g_free(destination->secret);
    g_free(destination->key);
    g_free(destination->ca_file);
    g_clear_pointer(&destination->allowed, g_ptr_array_unref);
    g_ptr_array_unref(destination->headers);
    g_free(destination->body);
    g_free(destination->success);
    g_strfreev(destination->kinds);
    g_free(destination);
}

static void free_one(void *destination)
{
    destination_free(destination);
}

GPtrArray *destinations_read(const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_one);
    g_autoptr(GError) why = NULL;
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why)) {
        g_set_error(error, DESTINATION_ERROR, DESTINATION_ERROR_VALUE, "%s: %s", path, why->message);
        return NULL;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (size_t i = 0; groups[i] != NULL; i++) {
        struct group group = {path, groups[i], file, NULL, error};
        if (!g_str_has_prefix(groups[i], DESTINATION_GROUP))
            continue;
        group.to = g_new0(struct destination, 1);
        *group.to = (struct destination){.headers = g_ptr_array_new_with_free_func(g_free),
                                         .chinese = true,
                                         .timeout_us = TIMEOUT_US,
                                         .give_up_us = GIVE_UP_US,
                                         .tries = TRIES};
        g_ptr_array_add(all, group.to);
        if (!take_name(&group) || !read_group(&group))
            return NULL;
        if (all->len > LIMIT_DESTINATIONS) {
            fail(&group, NULL, "more than %d destinations", LIMIT_DESTINATIONS);
            return NULL;
        }
    }
    return g_steal_pointer(&all);
}
