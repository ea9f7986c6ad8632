/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/sessions.h"

#include "access/accounts.h"
#include "api/shape.h"
#include "base/limits.h"

#include <sodium.h>
#include <string.h>

#define LOGIN_CHARS_MAX 100
#define DEVICE_DAYS     400 /* that a browser keeps it; no longer than it is taken (vault/device.c) */

/* What the login thread answers, kept until the server thread resumes the request. */
struct login_answer {
    struct request *request;
    char *token;
    struct session session;
    bool must_change;
    struct problem *problem;
    int64_t account;
    /* of another person's account: what is to be done once it has been noted, and with what */
    void (*then)(struct request *request);
    int64_t person, pos;
    char *login, *password;
};

static void secret_free(char *text)
{
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    g_free(text);
}

static void login_answer_free(void *work)
{
    struct login_answer *answer = work;
    secret_free(answer->token);
    secret_free(answer->password);
    g_free(answer->login);
    problem_free(answer->problem);
    g_free(answer);
}

static struct problem *problem_copy(const struct problem *problem)
{
    struct problem *copy = problem_new(problem->code, problem->field, NULL);
    for (int i = 0; i < PROBLEM_ARGS_MAX; i++)
        copy->args[i] = g_strdup(problem->args[i]);
    return copy;
}

static void on_login_done(void *context, const char *token, const struct session *session, bool must_change,
                          struct problem *problem)
{
    struct login_answer *answer = context;
    answer->token = g_strdup(token);
    if (session != NULL)
        answer->session = *session;
    answer->must_change = must_change;
    if (problem != NULL)
        answer->problem = problem_copy(problem);
    request_wake(answer->request);
}

/* A text member of the body; false when the request has been answered. */
static bool take_text(struct request *request, const json_t *body, const char *name, size_t most, const char **out)
{
    const json_t *value = json_object_get(body, name);
    if (value == NULL || json_is_null(value))
        respond_refused(request, PROBLEM_MISSING_FIELD, name);
    else if (!json_is_string(value))
        respond_refused(request, PROBLEM_WRONG_TYPE, name, "text");
    else if (json_string_length(value) == 0)
        respond_refused(request, PROBLEM_TEXT_EMPTY, name);
    else if ((size_t)g_utf8_strlen(json_string_value(value), -1) > most) {
        g_autofree char *limit = g_strdup_printf("%zu", most);
        respond_refused(request, PROBLEM_TEXT_TOO_LONG, name, limit);
    } else {
        *out = json_string_value(value);
        return true;
    }
    return false;
}

static struct login_answer *fall_asleep(struct request *request, void (*resume)(struct request *))
{
    struct login_answer *answer = g_new0(struct login_answer, 1);
    answer->request = request;
    request_sleep(request, resume, answer, login_answer_free);
    return answer;
}

/* The login thread's queue is full: answers in its place. */
static void turn_away(struct login_answer *answer)
{
    answer->problem = problem_new(PROBLEM_TOO_MANY_REQUESTS, NULL, "30", NULL);
    request_wake(answer->request);
}

static char *session_cookie(const struct request *request, const char *token, int seconds)
{
    bool secure = request->server->secure;
    return g_strdup_printf("%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
                           secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE, token, seconds, secure ? "; Secure" : "");
}

/* ---- what was done to one's account, and where one was appointed ---- */

static json_t *shape_notices(struct request *request, GArray *taken)
{
    json_t *rows = json_array();
    g_autoptr(GArray) notices = taken;
    for (guint i = 0; i < notices->len; i++) {
        const struct access_notice *notice = &g_array_index(notices, struct access_notice, i);
        json_t *row =
            json_pack("{s:o, s:s, s:o, s:o, s:o}", "id", json_id(notice->id), "what", notice->what, "by",
                      shape_person(request, notice->by, true, false), "at", shape_time(request, notice->at_us),
                      "acknowledged_at", shape_time(request, notice->acknowledged_us));
        if (notice->post != 0)
            json_object_set_new(row, "post", shape_post_id(request, notice->post));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *notices_at_login(struct request *request, const struct session *session)
{
    return shape_notices(request, access_notices_open(request->reader->rows, session->person, LIMIT_NOTICES));
}

/* Also those acknowledged: another person who logs in with the account cannot hide them. */
static json_t *notices_of_days(struct request *request)
{
    int64_t from_us = request->now_us - LIMIT_NOTICE_DAYS * US_PER_DAY;
    return shape_notices(request,
                         access_notices_since(request->reader->rows, request->session.person, from_us, LIMIT_NOTICES));
}

static void answer_in_session(struct request *request)
{
    struct login_answer *answer = request->work;
    g_autofree char *cookie = session_cookie(request, answer->token, LIMIT_SESSION_HOURS * 3600);
    char device[DEVICE_TEXT_MAX], store_key[STORE_KEY_TEXT_MAX];
    login_device(request->server->login, answer->session.account, device);
    login_store_key(request->server->login, answer->session.account, store_key);
    g_autofree char *device_cookie =
        g_strdup_printf(DEVICE_COOKIE "=%s; Path=/api/v1/session; Max-Age=%d; HttpOnly; SameSite=Strict%s", device,
                        DEVICE_DAYS * 86400, request->server->secure ? "; Secure" : "");
    respond_json(request, MHD_HTTP_CREATED,
                 json_pack("{s:s, s:o, s:o, s:b, s:s, s:s, s:o}", "token", answer->token, "person",
                           shape_id(request, VAULT_ID_PERSON, answer->session.person), "expires_at",
                           shape_time(request, answer->session.expires_us), "must_change_password", answer->must_change,
                           "device", device, "store_key", store_key, "notices",
                           notices_at_login(request, &answer->session)));
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_SET_COOKIE, device_cookie);
    sodium_memzero(cookie, strlen(cookie));
    sodium_memzero(store_key, sizeof store_key);
}

static void answer_login(struct request *request)
{
    struct login_answer *answer = request->work;
    if (answer->problem != NULL)
        respond_problem(request, g_steal_pointer(&answer->problem));
    else
        server_read(request, answer_in_session);
}

void post_session(struct request *request)
{
    static const char *const names[] = {"login", "password", "device"};
    const char *login, *password;
    g_autoptr(json_t) body = request_json(request);
    if (body == NULL || !request_only_members(request, body, names, G_N_ELEMENTS(names)) ||
        !take_text(request, body, "login", LOGIN_CHARS_MAX, &login) ||
        !take_text(request, body, "password", LIMIT_PASSWORD_CHARS_MAX, &password))
        return;
    struct login_answer *answer = fall_asleep(request, answer_login);
    const char *device = json_get_text(body, "device", NULL); /* of a program; a browser has its cookie */
    if (device == NULL)
        device = MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, DEVICE_COOKIE);
    if (!login_submit(request->server->login, login, password, request->network, device, on_login_done, answer))
        turn_away(answer);
}

void delete_session(struct request *request)
{
    char token[SESSION_TOKEN_TEXT_MAX];
    request_token(request, token);
    login_logout(request->server->login, token);
    sodium_memzero(token, sizeof token);
    respond_empty(request, MHD_HTTP_NO_CONTENT);
    g_autofree char *cookie = session_cookie(request, "", 0);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
}

void get_me(struct request *request)
{
    json_t *posts = json_array();
    for (guint i = 0; i < request->viewer.posts->len; i++)
        json_array_append_new(posts, shape_post(request, &g_array_index(request->viewer.posts, struct post, i)));
    AUTO(account) struct account account = {0};
    account_get(request->server->accounts, request->session.account, &account);
    respond_json(request, MHD_HTTP_OK,
                 json_pack("{s:o, s:s?, s:o, s:o, s:o}", "person",
                           shape_person(request, request->session.person, true, true), "login", account.login, "posts",
                           posts, "session_expires_at", shape_time(request, request->session.expires_us), "notices",
                           notices_of_days(request)));
}

static void answer_changed(struct request *request)
{
    struct login_answer *answer = request->work;
    if (answer->problem != NULL)
        respond_problem(request, g_steal_pointer(&answer->problem));
    else if (answer->login != NULL) /* a new one's */
        respond_json(request, MHD_HTTP_CREATED, json_pack("{s:o}", "id", json_id(answer->account)));
    else
        respond_empty(request, MHD_HTTP_NO_CONTENT);
}

void post_password(struct request *request)
{
    static const char *const names[] = {"old_password", "new_password"};
    const char *old_password, *new_password;
    g_autoptr(json_t) body = request_json(request);
    if (body == NULL || !request_only_members(request, body, names, G_N_ELEMENTS(names)) ||
        !take_text(request, body, "old_password", LIMIT_PASSWORD_CHARS_MAX, &old_password) ||
        !take_text(request, body, "new_password", LIMIT_PASSWORD_CHARS_MAX, &new_password))
        return;
    struct login_answer *answer = fall_asleep(request, answer_changed);
    if (!login_change_password(request->server->login, request->session.account, old_password, new_password,
                               on_login_done, answer))
        turn_away(answer);
}

/* ---- accounts of others ---- */

static bool keeps_account_of(struct request *request, int64_t person)
{
    return access_keeps_account(request->reader->rows, rulebook_current(engine_rulebook(request->server->engine)),
                                request->session.person, person, request->now_us);
}

static bool refuse_keeping(struct request *request)
{
    respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "账号管理员" : "posts that manage accounts");
    return false;
}

static bool is_told_of(struct request *request, int64_t person)
{
    bool unmasked;
    return access_shows_official(request->reader->rows, &request->viewer, person) ||
           access_may_see_person(request->reader->rows, engine_rulebook(request->server->engine), &request->viewer,
                                 person, &unmasked);
}

static bool may_keep_accounts(struct request *request, int64_t person)
{
    return keeps_account_of(request, person) || refuse_keeping(request);
}

static bool keeps_accounts_somewhere(struct request *request)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    return playbook != NULL && registry_has_right(request->reader->rows, playbook, request->session.person,
                                                  RIGHT_ACCOUNTS, 0, request->now_us);
}

static json_t *shape_account(struct request *request, const struct account *account)
{
    return json_pack("{s:o, s:s, s:o, s:b, s:b, s:o, s:o}", "id", json_id(account->id), "login", account->login,
                     "person", shape_person(request, account->person, true, false), "closed", account->closed,
                     "must_change_password", account->must_change, "created_at",
                     shape_time(request, account->created_us), "last_login_at",
                     shape_time(request, account->last_login_us));
}

/* A page may be short, as lists of matters may: so many are looked at. */
void get_accounts(struct request *request)
{
    int limit;
    int64_t after = 0;
    bool has_cursor;
    if (!request_page(request, &limit, &after, 1, &has_cursor))
        return;
    if (!keeps_accounts_somewhere(request)) {
        refuse_keeping(request);
        return;
    }
    json_t *rows = json_array();
    g_autoptr(GArray) accounts = account_list(request->server->accounts, after, LIMIT_LIST_LOOKED_AT);
    bool more = accounts->len == LIMIT_LIST_LOOKED_AT;
    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = &g_array_index(accounts, struct account, i);
        if (!keeps_account_of(request, account->person)) {
            after = account->id;
            continue;
        }
        more = more || json_array_size(rows) == (size_t)limit;
        if (json_array_size(rows) == (size_t)limit)
            break;
        json_array_append_new(rows, shape_account(request, account));
        after = account->id;
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &after : NULL, 1));
}

/* ---- noted first, then done ---- */

static void on_noted(void *context, const struct answer *noted)
{
    struct login_answer *answer = context;
    answer->pos = noted->pos;
    if (noted->problem != NULL)
        answer->problem = problem_copy(noted->problem);
    request_wake(answer->request);
}

static void do_what_was_noted(struct request *request)
{
    struct login_answer *answer = request->work;
    if (answer->problem != NULL) {
        respond_problem(request, g_steal_pointer(&answer->problem));
        return;
    }
    server_note_written(request->server, request->session.person, answer->pos);
    answer->then(request);
}

/* The account is changed after its event is durable, so that no change lacks an event. */
static void note_first(struct request *request, const char *what, struct login_answer *answer /* taken */)
{
    json_t *body = json_pack("{s:o, s:s, s:I}", "person", json_id(answer->person), "what", what, "account",
                             (json_int_t)answer->account);
    struct command *command = command_new("keep_account", ORIGIN_PROGRAM, request->session.person, body);
    uuid_make(request->now_us, &command->id);
    answer->request = request;
    request_sleep(request, do_what_was_noted, answer, login_answer_free);
    struct problem *problem = NULL;
    if (!engine_submit(request->server->engine, command, on_noted, answer, &problem)) {
        command_free(command);
        answer->problem = problem;
        request_wake(request);
    }
}

static struct login_answer *answer_for(int64_t person, int64_t account, const char *password,
                                       void (*then)(struct request *))
{
    struct login_answer *answer = g_new0(struct login_answer, 1);
    *answer = (struct login_answer){.person = person, .account = account, .password = g_strdup(password), .then = then};
    return answer;
}

static void set_password(struct request *request)
{
    struct login_answer *answer = request->work;
    request_sleep(request, answer_changed, answer, login_answer_free);
    if (!login_change_password(request->server->login, answer->account, NULL, answer->password, on_login_done, answer))
        turn_away(answer);
}

/* "!" is the hash of no password: no log-in succeeds before the login thread has set the real one. */
static void make_account(struct request *request)
{
    struct login_answer *answer = request->work;
    struct problem *problem = NULL;
    if (account_create(request->server->accounts, answer->person, answer->login, "!", true, request->now_us,
                       &answer->account, &problem))
        set_password(request);
    else
        respond_problem(request, problem);
}

static void close_account(struct request *request)
{
    struct login_answer *answer = request->work;
    if (!account_set_closed(request->server->accounts, answer->account, true)) {
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
        return;
    }
    login_forget_account(request->server->login, answer->account);
    respond_empty(request, MHD_HTTP_NO_CONTENT);
}

/* One a person, under whichever registration. */
static bool may_be_made(struct request *request, int64_t person, const char *login, struct problem **out_problem)
{
    g_autoptr(GArray) same = registry_same_persons(request->reader->rows, person);
    if (!account_may_be_made(request->server->accounts, person, login, out_problem))
        return false;
    for (guint i = 0; i < same->len && *out_problem == NULL; i++)
        if (account_is_open_for(request->server->accounts, g_array_index(same, int64_t, i)))
            *out_problem = problem_new(PROBLEM_HAS_ACCOUNT, "person", NULL);
    return *out_problem == NULL;
}

void post_account(struct request *request)
{
    static const char *const names[] = {"person", "login", "password"};
    const char *person_text, *login, *password;
    g_autoptr(json_t) body = request_json(request);
    if (body == NULL || !request_only_members(request, body, names, G_N_ELEMENTS(names)) ||
        !take_text(request, body, "person", VAULT_OUTER_ID_CHARS, &person_text) ||
        !take_text(request, body, "login", LOGIN_CHARS_MAX, &login) ||
        !take_text(request, body, "password", LIMIT_PASSWORD_CHARS_MAX, &password))
        return;
    int64_t person = vault_inner_id(request->reader->vault, VAULT_ID_PERSON, person_text);
    if (!registry_person_exists(request->reader->rows, person) ||
        (!keeps_account_of(request, person) && !is_told_of(request, person))) {
        respond_refused(request, PROBLEM_UNKNOWN_PERSON, "person");
        return;
    }
    struct problem *problem = NULL;
    if (!may_keep_accounts(request, person))
        return;
    if (!account_password_allowed(password, login, &problem) || !may_be_made(request, person, login, &problem)) {
        respond_problem(request, problem);
        return;
    }
    struct login_answer *answer = answer_for(person, 0, password, make_account);
    answer->login = g_strdup(login);
    note_first(request, "made", answer);
}

/* The account of the path, which the viewer keeps; that of somebody of whom they are not told is as unknown as none.
 * False when the request has been answered. */
static bool take_account(struct request *request, struct account *out)
{
    gint64 id;
    if (!keeps_accounts_somewhere(request))
        return refuse_keeping(request);
    if (g_ascii_string_to_signed(request->params[0], 10, 1, INT64_MAX, &id, NULL) &&
        account_get(request->server->accounts, id, out) &&
        (keeps_account_of(request, out->person) || is_told_of(request, out->person)))
        return may_keep_accounts(request, out->person);
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个账号" : "account");
    return false;
}

void post_account_password(struct request *request)
{
    static const char *const names[] = {"password"};
    const char *password;
    AUTO(account) struct account account = {0};
    g_autoptr(json_t) body = request_json(request);
    if (body == NULL || !request_only_members(request, body, names, 1) ||
        !take_text(request, body, "password", LIMIT_PASSWORD_CHARS_MAX, &password) || !take_account(request, &account))
        return;
    if (account.person == request->session.person) { /* with the old one: a session left open is not enough */
        respond_refused(request, PROBLEM_NOT_FOR_YOURSELF, NULL);
        return;
    }
    struct problem *problem = NULL;
    if (account_password_allowed(password, account.login, &problem))
        note_first(request, "reset", answer_for(account.person, account.id, password, set_password));
    else
        respond_problem(request, problem);
}

void post_account_close(struct request *request)
{
    AUTO(account) struct account account = {0};
    if (take_account(request, &account))
        note_first(request, "closed", answer_for(account.person, account.id, NULL, close_account));
}
