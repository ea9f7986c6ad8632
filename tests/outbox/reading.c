/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of --config, addresses and templates. */
#include "base/clock.h"
#include "outbox/destination.h"
#include "outbox/reach.h"
#include "outbox/template.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>

static char *dir, *conf, *key, *open_key, *short_key;

static void make_files(void)
{
    dir = g_dir_make_tmp("lianfang-outbox-XXXXXX", NULL);
    conf = g_build_filename(dir, "conf", NULL);
    key = g_build_filename(dir, "key", NULL);
    open_key = g_build_filename(dir, "open", NULL);
    short_key = g_build_filename(dir, "short", NULL);
    const char *text = "a made-up key, and long enough\n";
    g_file_set_contents_full(key, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
    g_file_set_contents_full(open_key, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL);
    g_file_set_contents_full(short_key, "short\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

static void remove_files(void)
{
    char *const files[] = {conf, key, open_key, short_key};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_unlink(files[i]);
        g_free(files[i]);
    }
    g_rmdir(dir);
    g_free(dir);
}

static GPtrArray *read_text(const char *text, GError **error)
{
    g_autoptr(GString) filled = g_string_new(text);
    g_string_replace(filled, "%KEY%", key, 0);
    g_string_replace(filled, "%OPEN%", open_key, 0);
    g_string_replace(filled, "%SHORT%", short_key, 0);
    g_file_set_contents(conf, filled->str, -1, NULL);
    return destinations_read(conf, error);
}

#define HOOK "[deliver desk]\ntype=webhook\nurl=https://desk.example/\n"
#define SMS  "[deliver sms]\ntype=sms\nurl=https://sms.example/\n"

/* Each names the file, the group, the key where there is one, and what to do. */
static void mistakes(void)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"[deliver Desk]\ntype=webhook\n", "[deliver Desk]: a destination's name has a-z, 0-9 and -"},
        {"[deliver ]\ntype=webhook\n", "a destination's name has"},
        {"[deliver desk]\nurl=https://desk.example/\n", "[deliver desk] type: is missing: webhook, sms or wecom"},
        {"[deliver desk]\ntype=mail\n", "[deliver desk] type: is webhook, sms or wecom"},
        {"[deliver desk]\ntype=webhook\nsecret-file=%KEY%\n", "[deliver desk] url: is missing"},
        {"[deliver desk]\ntype=webhook\nurl=http://desk.example/\n", "url: is an address that begins with https://"},
        {"[deliver desk]\ntype=webhook\nurl=https://\n", "url: is an address that begins with https://"},
        {"[deliver desk]\ntype=webhook\nurl=https://a:b@desk.example/\n",
         "url: has a user in it; give it with header."},
        {"[deliver desk]\ntype=webhook\nurl=https://{text}.example/\n",
         "url: a variable stands in the name of the host"},
        {"[deliver desk]\ntype=webhook\nurl=https://desk.example/{name}\n", "url: {name} stands for nothing"},
        {HOOK, "secret-file: a webhook is signed with a key of at least 24 bytes"},
        {HOOK "secret-file=%SHORT%\n", "secret-file: a webhook is signed with a key of at least 24 bytes"},
        {HOOK "secret-file=%OPEN%\n", "others may read it; chmod 600 it"},
        {HOOK "secret-file=/nowhere/key\n", "secret-file: /nowhere/key: No such file or directory; name a file"},
        {HOOK "secret-file=%KEY%\nca-file=/nowhere/ca\n", "ca-file: /nowhere/ca: No such file"},
        {HOOK "secret-file=%KEY%\nallow=office\n", "allow: office is no address or network; write 10.1.2.3"},
        {HOOK "secret-file=%KEY%\nalerts=alerted,rung\n", "alerts: there is no rung; write some of warned,"},
        {HOOK "secret-file=%KEY%\nalerts=\n", "alerts: is some of"},
        {HOOK "secret-file=%KEY%\nkinds=\n", "kinds: is some kinds of the playbook"},
        {HOOK "secret-file=%KEY%\nlanguage=fr\n", "language: is zh or en"},
        {HOOK "secret-file=%KEY%\ntimeout=2h\n", "timeout: is a duration from 1s to 1min"},
        {HOOK "secret-file=%KEY%\ngive-up=soon\n", "give-up: is a duration from 1min to 30d"},
        {HOOK "secret-file=%KEY%\ntries=0\n", "tries: is a number from 1 to 100"},
        {HOOK "secret-file=%KEY%\nper-minute=many\n", "per-minute: is a number from 0 to 60000"},
        {HOOK "secret-fil=%KEY%\n", "secret-fil: no such key; did you mean secret-file?"},
        {HOOK "secret-file=%KEY%\nbody={}\n", "body: is for type=sms alone"},
        {HOOK "secret-file=%KEY%\nheader.X=1\n", "header.X: is for type=sms alone"},
        {SMS, "body: is missing: what the gateway takes, with {phone} and {text}"},
        {SMS "body={\"to\":\"{phone}\",\"text\":\"{text}\"\n", "body: is no JSON; write body-type=form"},
        {SMS "body={\"text\":\"{text}\"}\n", "body: {phone} stands neither here nor in url"},
        {SMS "body={\"to\":\"{phone}\"}\n", "body: {text} stands neither here nor in url"},
        {SMS "body={\"to\":\"{mobile}\"}\n", "body: {mobile} stands for nothing"},
        {SMS "body-type=xml\n", "body-type: is json or form"},
        {SMS "success=\n", "success: is a text that a good answer holds"},
        {SMS "body={\"to\":\"{phone}\",\"text\":\"{text}\"}\nsecret-file=%KEY%\n",
         "secret-file: {secret} stands nowhere"},
        {SMS "body={\"to\":\"{phone}\",\"text\":\"{text}\",\"key\":\"{secret}\"}\n", "secret-file: is missing"},
        {SMS "header.Host=other\n", "header.Host: is written by the program"},
        {SMS "header.A B=1\n", "header.A B: is the name of a header"},
        {SMS "header.X=a\\r\\nY: b\n", "header.X: is the name of a header and one line"},
        {SMS "header.X={phone}\n", "header.X: only {secret} and {id}"},
        {"[deliver robot]\ntype=wecom\n", "[deliver robot] secret-file: is missing"},
        {"[deliver robot]\ntype=wecom\nurl=https://r.example/{text}{secret}\nsecret-file=%KEY%\n", "are for type=sms"},
        {"deliver\n", "conf: "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        GPtrArray *read = read_text(rows[i].text, &error);
        if (read != NULL)
            g_error("taken: %s", rows[i].text);
        if (strstr(error->message, rows[i].says) == NULL || !g_str_has_prefix(error->message, conf))
            g_error("%s\nsays %s", rows[i].text, error->message);
        g_assert_null(strstr(error->message, "made-up")); /* the key */
    }
    g_autoptr(GString) many = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 17; i++)
        g_string_append_printf(many, "[deliver d%d]\ntype=webhook\nurl=https://d.example/\nsecret-file=%%KEY%%\n", i);
    g_assert_null(read_text(many->str, &error));
    g_assert_nonnull(strstr(error->message, "more than 16 destinations"));
}

static void taken(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none = read_text("[serve]\nport=1\n", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) all = read_text(
        HOOK "secret-file=%KEY%\nalerts=ringing\nkinds=a,b\nlanguage=en\ntries=3\ngive-up=2h\ntimeout=3s\n" SMS
             "body=to={phone}&text={text}\nbody-type=form\nheader.Authorization=Bearer {secret}\nsecret-file=%KEY%\n"
             "[deliver robot]\ntype=wecom\nsecret-file=%KEY%\n",
        &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 3);
    const struct destination *desk = g_ptr_array_index(all, 0), *sms = g_ptr_array_index(all, 1),
                             *robot = g_ptr_array_index(all, 2);
    g_assert_cmpuint(desk->raisings, ==, 1u << RAISING_RINGING);
    g_assert_cmpstr(desk->kinds[1], ==, "b");
    g_assert_false(desk->chinese);
    g_assert_cmpint(desk->tries, ==, 3);
    g_assert_cmpint(desk->give_up_us, ==, 2 * US_PER_HOUR);
    g_assert_cmpuint(desk->key_bytes, ==, strlen("a made-up key, and long enough"));
    g_assert_true(sms->form && sms->chinese && (sms->raisings & 1u << RAISING_RINGING) == 0);
    g_assert_cmpstr(g_ptr_array_index(sms->headers, 0), ==, "Authorization: Bearer {secret}");
    g_assert_true(g_str_has_prefix(robot->url, "https://qyapi.weixin.qq.com/"));
    g_assert_cmpint(robot->per_minute, ==, 20);
}

/* What systemd hands over may show a group's access, nowhere else. */
static void credentials(void)
{
    g_autoptr(GError) error = NULL;
    static const char text[] = HOOK "secret-file=%KEY%\n";
    g_assert_cmpint(g_chmod(key, 0640), ==, 0);
    g_assert_null(read_text(text, &error));
    g_clear_error(&error);
    g_setenv("CREDENTIALS_DIRECTORY", dir, TRUE);
    g_autoptr(GPtrArray) given = read_text(text, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(given->len, ==, 1);
    g_assert_cmpint(g_chmod(key, 0644), ==, 0);
    g_assert_null(read_text(text, &error));
    g_unsetenv("CREDENTIALS_DIRECTORY");
    g_assert_cmpint(g_chmod(key, 0600), ==, 0);
}

static bool allows(const char *allowed, const char *text)
{
    g_autofree char *wrong = NULL;
    g_autoptr(GPtrArray) masks = allowed != NULL ? reach_parse(allowed, &wrong) : NULL;
    g_assert_null(wrong);
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return reach_allows(masks, (struct sockaddr *)&four, sizeof four);
    g_assert_cmpint(inet_pton(AF_INET6, text, &six.sin6_addr), ==, 1);
    return reach_allows(masks, (struct sockaddr *)&six, sizeof six);
}

static void addresses(void)
{
    static const char *const refused[] = {
        "127.0.0.1",        "127.255.255.254", "10.0.0.1",         "172.16.0.1",    "172.31.255.255",
        "192.168.1.1",      "169.254.1.1",     "169.254.169.254",  "100.64.0.1",    "0.0.0.0",
        "224.0.0.1",        "255.255.255.255", "198.18.0.1",       "::1",           "::",
        "fe80::1",          "fc00::1",         "fd12:3456::1",     "ff02::1",       "fec0::1",
        "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::a01:203", "2002:7f00:1::", "2002:a01:203::1",
        "::127.0.0.1",      "2001:db8::1",
    };
    static const char *const reached[] = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2400:3200::1", "::ffff:8.8.8.8"};
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        if (allows(NULL, refused[i]))
            g_error("reached: %s", refused[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(reached); i++)
        if (!allows(NULL, reached[i]))
            g_error("refused: %s", reached[i]);
    g_assert_true(allows("10.1.0.0/16, 127.0.0.1", "10.1.2.3") && allows("10.1.0.0/16", "::ffff:10.1.2.3"));
    g_assert_false(allows("10.1.0.0/16, 127.0.0.1", "10.2.0.1") || allows("127.0.0.1", "127.0.0.2"));
    g_assert_true(allows("::1", "::1") && !allows("::1", "fe80::1"));
    g_assert_true(reach_allows_text(NULL, "8.8.8.8") && !reach_allows_text(NULL, "fe80::1%eth0"));
    g_assert_false(reach_allows_text(NULL, "nothing") || reach_allows_text(NULL, ""));
    struct sockaddr other = {.sa_family = AF_UNIX};
    g_assert_false(reach_allows(NULL, &other, sizeof other));
}

static void templates(void)
{
    const struct template_values values = {"13800000000", "他说：\"{secret}\"\n&=%", "an-id", "k\"ey"};
    static const struct {
        const char *template;
        enum template_place place;
        const char *filled;
    } rows[] = {
        {"{\"to\":\"{phone}\",\"n\":{\"a\":1}}", TEMPLATE_JSON, "{\"to\":\"13800000000\",\"n\":{\"a\":1}}"},
        {"\"{text}\"", TEMPLATE_JSON, "\"他说：\\\"{secret}\\\"\\n&=%\""},
        {"t={text}&k={secret}", TEMPLATE_FORM, "t=%E4%BB%96%E8%AF%B4%EF%BC%9A%22%7Bsecret%7D%22%0A%26%3D%25&k=k%22ey"},
        {"https://g.example/{phone}?{unknown}{", TEMPLATE_URL, "https://g.example/13800000000?{unknown}{"},
        {"Bearer {secret} {id}", TEMPLATE_HEADER, "Bearer k\"ey an-id"},
        {"", TEMPLATE_JSON, ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *filled = template_fill(rows[i].template, rows[i].place, &values);
        g_assert_cmpstr(filled, ==, rows[i].filled);
    }
    g_autofree char *unknown = template_unknown("{text}{phones}"), *none = template_unknown("{text}{id}{\"a\":1}");
    g_assert_cmpstr(unknown, ==, "{phones}");
    g_assert_null(none);
    g_assert_true(template_has("a{text}", "text") && !template_has("{texts}", "text") && !template_has(NULL, "id"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    make_files();
    g_test_add_func("/outbox/mistakes", mistakes);
    g_test_add_func("/outbox/taken", taken);
    g_test_add_func("/outbox/credentials", credentials);
    g_test_add_func("/outbox/addresses", addresses);
    g_test_add_func("/outbox/templates", templates);
    int status = g_test_run();
    remove_files();
    return status;
}
