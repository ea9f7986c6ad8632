/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "api/server.h"
#include "api/webpages.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/supervisor.h"
#include "outbox/destination.h"
#include "outbox/outbox.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define WATCHDOG_SHARE       2    /* twice as often as it wants to hear */
#define FILES                8192 /* as in docs/systemd: 4,000 connections, and readers' databases */
#define PUBLIC_URL_CHARS_MAX 100  /* with a token it still fits a code that a phone reads from paper */

struct serving {
    char *listen, *certificate, *key, *public_url, *proxies;
    gint port, threads, free_mib;
    gboolean behind_tls;
    int requests_per_minute; /* 0: the default */
    gboolean accept_clock, demo;
    char *grace, *log_level;
    int64_t grace_us; /* of `grace`; -1 the playbook's */
};

/* Before there are threads, so that all inherit it: the signals are waited for, not handled. */
static void block(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* For connections and open pages; as many as the operator allows. */
static void allow_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= FILES)
        return;
    files.rlim_cur = MIN(files.rlim_max, FILES);
    setrlimit(RLIMIT_NOFILE, &files);
}

/* A disk that does not respond must not keep the program from ending: what was acknowledged is durable, and the next
 * start finds it. */
static void *end_anyway(void *data)
{
    g_usleep(LIMIT_STOP_SECONDS * G_USEC_PER_SEC);
    log_write(LOG_ERROR, "stopping took too long: the disk does not answer; ended anyway", NULL);
    _exit(CLI_STUCK);
}

static void bound_the_stop(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, end_anyway, NULL) == 0)
        pthread_detach(thread);
}

/* Silent while the writer stands: the service manager then starts the program again. */
static void note_alive(struct engine *engine, int64_t every_us, int64_t *next_us)
{
    int64_t now_us = clock_monotonic_us();
    if (every_us == 0 || now_us < *next_us || (engine_causes(engine) & 1u << ENGINE_CAUSE_STALLED) != 0)
        return;
    supervisor_notify("WATCHDOG=1");
    *next_us = now_us + every_us / WATCHDOG_SHARE;
}

static void read_certificate_again(struct server *server, bool has_one)
{
    g_autoptr(GError) error = NULL;
    if (!server_read_certificate_again(server, &error))
        log_write(LOG_ERROR, "the certificate was not read again; the one before is shown", "why", error->message,
                  NULL);
    else
        log_write(LOG_INFO, has_one ? "the certificate was read again" : "there is no certificate to read again", NULL);
}

static void open_logs_again(struct server *server)
{
    g_autoptr(GError) error = NULL;
    if (!server_open_logs_again(server, &error))
        log_write(LOG_ERROR, "the logs of refusals were not opened again", "why", error->message, NULL);
}

/* For a signal, or until the writer has failed. */
static void wait_for_end(const sigset_t *set, struct engine *engine, struct server *server, bool has_certificate)
{
    const struct timespec look = {.tv_nsec = 200000000};
    int64_t every_us = supervisor_watchdog_us(), next_us = 0;
    int signal = -1;
    while (engine_is_well(engine) && (signal < 0 || signal == SIGHUP)) {
        note_alive(engine, every_us, &next_us);
        signal = sigtimedwait(set, NULL, &look);
        if (signal != SIGHUP)
            continue;
        read_certificate_again(server, has_certificate);
        open_logs_again(server);
    }
}

static bool is_this_machine(const char *address)
{
    return address == NULL || g_str_has_prefix(address, "127.") || strcmp(address, "::1") == 0 ||
           strcmp(address, "localhost") == 0;
}

/* Passwords and what is said of people would go over the wire as they are. */
static void warn_of_plain_http(const struct serving *serving)
{
    const char *address = serving->listen;
    bool is_secure = serving->certificate != NULL || serving->behind_tls ||
                     (serving->public_url != NULL && g_str_has_prefix(serving->public_url, "https://"));
    if (!is_this_machine(address) && !is_secure)
        log_write(LOG_WARNING,
                  "serving beyond this machine without TLS: passwords and personal data can be read on the way; give "
                  "--tls-certificate and --tls-key, or listen on 127.0.0.1 behind a proxy that has them",
                  "address", address, NULL);
}

/* What a failed fsync has lost is unknown, so no open file may be trusted or written: requests on their way are
 * answered, and the service manager starts the program again, which reads what the disk has. */
static void end_after_failure(struct server *server)
{
    bound_the_stop();
    server_stop(server);
    log_write(LOG_ERROR, "ended: the storage failed", NULL);
    _exit(CLI_STORAGE);
}

static char *read_demo_accounts(struct engine *engine, GError **error)
{
    g_autofree char *path = g_build_filename(engine_keys_dir(engine), "accounts", NULL);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, error) ? text : NULL;
}

/* Where the file of --config says that alerts are delivered; NULL, said. */
static GPtrArray *read_destinations(const struct cli *cli)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *destinations = cli->config != NULL ? destinations_read(cli->config, &error) : g_ptr_array_new();
    if (destinations == NULL)
        cli_fail(cli, error);
    return destinations;
}

static struct outbox *start_outbox(struct engine *engine, const struct clock *clock, const GPtrArray *destinations,
                                   const char *public_url)
{
    struct outbox_options options = {
        .engine = engine, .clock = clock, .destinations = destinations, .public_url = public_url};
    if (destinations->len > 0)
        return outbox_start(&options);
    outbox_forget(engine_data_dir(engine));
    return NULL;
}

static int serve(const struct cli *cli, const struct serving *serving)
{
    sigset_t set;
    struct clock clock;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) destinations = read_destinations(cli);
    if (destinations == NULL)
        return CLI_USAGE;
    block(&set);
    allow_files();
    clock_init_system(&clock);
    struct engine_options options = {.areas = lianfang_areas,
                                     .data_dir = cli->data_dir,
                                     .keys_dir = cli->keys_dir,
                                     .clock = &clock,
                                     .grace_us = serving->grace_us,
                                     .accept_clock = serving->accept_clock};
    AUTO(engine) struct engine *engine = engine_open(&options, &error);
    if (engine == NULL)
        return cli_fail(cli, error);
    g_autofree char *demo_accounts = NULL;
    if (serving->demo && (demo_accounts = read_demo_accounts(engine, &error)) == NULL)
        return cli_fail(cli, error);
    struct server_options server_options = {.engine = engine,
                                            .clock = &clock,
                                            .address = serving->listen,
                                            .port = (uint16_t)serving->port,
                                            .tls_certificate = serving->certificate,
                                            .tls_key = serving->key,
                                            .public_url = serving->public_url,
                                            .demo_accounts = demo_accounts,
                                            .behind_tls = serving->behind_tls,
                                            .trusted_proxies = serving->proxies,
                                            .pages = lianfang_ui_get_resource(),
                                            .free_bytes = (int64_t)serving->free_mib * 1024 * 1024,
                                            .threads = serving->threads,
                                            .requests_per_minute = serving->requests_per_minute};
    server_options.outbox = start_outbox(engine, &clock, destinations, serving->public_url);
    struct server *server = server_start(&server_options, &error);
    if (server == NULL) {
        outbox_stop(server_options.outbox);
        return cli_fail(cli, error);
    }
    g_autofree char *port = g_strdup_printf("%u", server_port(server));
    log_write(LOG_INFO, "serving", "version", LIANFANG_VERSION, "commit", cli_commit(), "port", port, NULL);
    warn_of_plain_http(serving);
    supervisor_notify("READY=1");
    wait_for_end(&set, engine, server, serving->certificate != NULL);
    supervisor_notify("STOPPING=1");
    if (!engine_is_well(engine))
        end_after_failure(server);
    log_write(LOG_INFO, "stopping", NULL);
    bound_the_stop();
    server_stop(server);
    outbox_stop(server_options.outbox);
    if (!engine_is_well(engine))
        _exit(CLI_STORAGE);
    return CLI_DONE;
}

/* Without slashes at its end. */
static bool tidy_url(char *url)
{
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        url[--length] = '\0';
    return (g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://")) && length <= PUBLIC_URL_CHARS_MAX &&
           strpbrk(url, "?# \"") == NULL;
}

int run_clock_accept(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    char now[DATETIME_TEXT_MAX];
    int64_t now_us = g_get_real_time();
    if (!data_exists(cli.data_dir, &error) || !clock_note_accepted(cli.data_dir, now_us, &error))
        return cli_fail(&cli, error);
    datetime_format(now_us, utc, now);
    printf("accepted: the time is %s; a running server takes it over within a second, otherwise the next start does\n",
           now);
    return CLI_DONE;
}

int run_serve(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct serving serving = {.port = 8080, .grace_us = -1};
    const GOptionEntry own[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &serving.listen, "the address (127.0.0.1)", "ADDRESS"},
        {"port", 0, 0, G_OPTION_ARG_INT, &serving.port, "the port (8080); 0 any free one", "PORT"},
        {"tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &serving.certificate, "PEM, with its chain", "FILE"},
        {"tls-key", 0, 0, G_OPTION_ARG_FILENAME, &serving.key, "PEM", "FILE"},
        {"public-url", 0, 0, G_OPTION_ARG_STRING, &serving.public_url,
         "the address that others use; QR codes on documents lead there", "URL"},
        {"behind-tls", 0, 0, G_OPTION_ARG_NONE, &serving.behind_tls,
         "a proxy in front provides TLS; --public-url https://... implies it", NULL},
        {"trusted-proxies", 0, 0, G_OPTION_ARG_STRING, &serving.proxies,
         "whose X-Forwarded-For is believed: 127.0.0.1,10.1.0.0/16 (nobody's)", "ADDRESSES"},
        {"free-space", 0, 0, G_OPTION_ARG_INT, &serving.free_mib, "disk space that uploads leave free, in MiB (1024)",
         "MIB"},
        {"requests-per-minute", 0, 0, G_OPTION_ARG_INT, &serving.requests_per_minute,
         "limit for one account or address (1200)", "N"},
        {"accept-clock", 0, 0, G_OPTION_ARG_NONE, &serving.accept_clock,
         "this machine's clock is right, however old the data are; for demonstrations", NULL},
        {"grace", 0, 0, G_OPTION_ARG_STRING, &serving.grace,
         "after a standstill nothing lapses and no state ends for so long (as the playbook says); 0s: at once",
         "DURATION"},
        {"demo", 0, 0, G_OPTION_ARG_NONE, &serving.demo,
         "for a rehearsal on this machine: a page lists its accounts and signs in as any of them", NULL},
        {"log-level", 0, 0, G_OPTION_ARG_STRING, &serving.log_level,
         "debug, info, warning or error (info); debug logs each request and command", "LEVEL"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &serving.threads, "for connections (one per processor)", "N"},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    int status = CLI_USAGE;
    enum log_level level = LOG_INFO;
    if (serving.port < 0 || serving.port > 65535)
        cli_complain(&cli, "--port is a number from 0 to 65535");
    else if (serving.free_mib < 0)
        cli_complain(&cli, "--free-space is a number of MiB");
    else if (serving.log_level != NULL && !log_level_parse(serving.log_level, &level))
        cli_complain(&cli, "--log-level is debug, info, warning or error");
    else if (serving.grace != NULL && !duration_parse(serving.grace, &serving.grace_us))
        cli_complain(&cli, "--grace is a duration such as 0s, 30min or 2h");
    else if (serving.demo && (!is_this_machine(serving.listen) || serving.behind_tls || serving.public_url != NULL))
        cli_complain(&cli, "--demo shows passwords to whoever asks: it is for this machine alone, without --listen, "
                           "--behind-tls and --public-url");
    else if ((serving.certificate == NULL) != (serving.key == NULL))
        cli_complain(&cli, "give --tls-certificate and --tls-key together");
    else if (serving.public_url != NULL && !tidy_url(serving.public_url))
        cli_complain(&cli, "--public-url begins with https:// or http://, has no query, and at most %d characters",
                     PUBLIC_URL_CHARS_MAX);
    else {
        log_set_level(level);
        status = serve(&cli, &serving);
    }
    g_free(serving.grace);
    g_free(serving.log_level);
    g_free(serving.listen);
    g_free(serving.certificate);
    g_free(serving.key);
    g_free(serving.public_url);
    g_free(serving.proxies);
    return status;
}
