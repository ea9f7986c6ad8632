/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes through the socket of a server that runs: it answers or closes, never with 500 or a 503 that nothing
 * explains, what it says is JSON where it says so, and it lives.
 *
 *   R…   bytes as they lie on the wire; $wang is the token of wang
 *   S…   a request put together out of the table of endpoints: who, which, with which parameters, members and values
 *   T…   a command that would be accepted, sent up to three times, each with up to three values exchanged or taken away
 */
#include "areas/areas.h"
#include "rig.h"

#include "api/encoding.h"
#include "api/endpoint.h"
#include "base/log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define DEPTH_MAX   4
#define RAW_WAIT_MS 20

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rig *rig;
static char *home, *photo, *going; /* matters */
static GPtrArray *known;           /* of char *: what means something here, for parameters, members and values */

static const char *const cast[] = {"wang", "chen", "zhou", "wu", "zheng", "keeper", "watcher", "li", "sun", "stranger"};
static const char *const words[] = {CITY,
                                    DISTRICT,
                                    COMMUNITY,
                                    GRID,
                                    GRID2,
                                    SIBLING,
                                    OTHER_GRID,
                                    "#1",
                                    "#2",
                                    "1",
                                    "2",
                                    "3",
                                    "0",
                                    "-1",
                                    "true",
                                    "false",
                                    "units",
                                    "persons",
                                    "posts",
                                    "home_observation",
                                    "door_photo",
                                    "deadline_case",
                                    "joint_case",
                                    "anomaly_report",
                                    "k0",
                                    "check_in",
                                    "show",
                                    "object",
                                    "close",
                                    "report",
                                    "extend_report",
                                    "grid_worker",
                                    "community_doctor",
                                    "secretary",
                                    "2020-02-03",
                                    "2020-02-03T08:00:00+08:00",
                                    "9999-12-31",
                                    "0000-00-00",
                                    "PT1H",
                                    "pdf",
                                    "json",
                                    "x",
                                    "",
                                    "9223372036854775807",
                                    "13900000001",
                                    "110101195001010017",
                                    "测试",
                                    "\xff",
                                    "\xe6\xb5",
                                    "a/b",
                                    "..",
                                    "%00",
                                    "name",
                                    "phone",
                                    "id_number",
                                    "kind",
                                    "unit",
                                    "subject",
                                    "form",
                                    "fields",
                                    "entry",
                                    "matter",
                                    "rows",
                                    "items",
                                    "to",
                                    "from",
                                    "role",
                                    "seat",
                                    "grounds",
                                    "person",
                                    "post",
                                    "reason",
                                    "until",
                                    "files",
                                    "text",
                                    "temperature",
                                    "photo",
                                    "last_exposure",
                                    "participants",
                                    "partner",
                                    "hash",
                                    "expectations",
                                    "number",
                                    "under",
                                    "command",
                                    "id",
                                    "version",
                                    "observed_at",
                                    "login",
                                    "password",
                                    "old_password",
                                    "new_password",
                                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                    "test.password-7",
                                    "household",
                                    "parent",
                                    "type",
                                    "code",
                                    "attempt",
                                    "word_of",
                                    "channel",
                                    "proxy",
                                    "relation"};

/* ---- bytes that choose ---- */

struct given {
    const uint8_t *at;
    size_t left;
};

static unsigned next(struct given *given)
{
    if (given->left == 0)
        return 0;
    given->left--;
    return *given->at++;
}

/* A word that is known, or bytes of one's own. */
static void add_text(struct given *given, GString *out)
{
    unsigned which = next(given), length = which - 0xf0;
    if (which < 0xf0) {
        g_string_append(out, g_ptr_array_index(known, which % known->len));
        return;
    }
    length = MIN(length * 4, (unsigned)given->left);
    g_string_append_len(out, (const char *)given->at, length);
    given->at += length;
    given->left -= length;
}

static void add_escaped(struct given *given, GString *out)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    add_text(given, plain);
    for (gsize i = 0; i < plain->len; i++)
        g_string_append_printf(out, "%%%02x", (uint8_t)plain->str[i]);
}

static void add_quoted(struct given *given, GString *out)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    add_text(given, plain);
    g_string_append_c(out, '"');
    for (gsize i = 0; i < plain->len; i++)
        if (plain->str[i] == '"' || plain->str[i] == '\\' || (uint8_t)plain->str[i] < 0x20)
            g_string_append_printf(out, "\\u%04x", MAX(1, (uint8_t)plain->str[i]));
        else
            g_string_append_c(out, plain->str[i]);
    g_string_append_c(out, '"');
}

/* ---- a body ---- */

static const char *const *members_of(const char *command)
{
    for (const struct area *const *area = lianfang_areas; *area != NULL && command != NULL; area++)
        for (const struct command_kind *kind = (*area)->commands; kind != NULL && kind->name != NULL; kind++)
            if (strcmp(kind->name, command) == 0)
                return kind->members;
    return NULL;
}

static void add_value(struct given *given, GString *out, int depth);

/* The members that a command knows, each perhaps, and others. */
static void add_object(struct given *given, GString *out, const char *command, int depth)
{
    const char *const *members = members_of(command);
    size_t first = out->len;
    g_string_append_c(out, '{');
    if (command != NULL) {
        g_autofree char *id = rig_uuid(rig);
        g_string_append_printf(out, "\"id\":\"%s\"", id);
    }
    for (; members != NULL && *members != NULL; members++)
        if (next(given) % 4 != 0) {
            g_string_append_printf(out, "%s\"%s\":", out->len > first + 1 ? "," : "", *members);
            add_value(given, out, depth + 1);
        }
    for (unsigned more = next(given) % 4; more > 0; more--) {
        if (out->len > first + 1)
            g_string_append_c(out, ',');
        add_quoted(given, out);
        g_string_append_c(out, ':');
        add_value(given, out, depth + 1);
    }
    g_string_append_c(out, '}');
}

static void add_value(struct given *given, GString *out, int depth)
{
    static const char *const plain[] = {
        "null", "true", "false", "0", "1", "-1", "36.5", "1e400", "9223372036854775807"};
    unsigned what = next(given) % 8;
    if (what < 4 || depth > DEPTH_MAX) {
        add_quoted(given, out);
    } else if (what == 4) {
        g_string_append(out, plain[next(given) % G_N_ELEMENTS(plain)]);
    } else if (what < 7) {
        add_object(given, out, NULL, depth);
    } else {
        g_string_append_c(out, '[');
        for (unsigned count = next(given) % 4; count > 0; count--) {
            add_value(given, out, depth + 1);
            g_string_append(out, count > 1 ? "," : "");
        }
        g_string_append_c(out, ']');
    }
}

/* ---- a request ---- */

static void add_path(struct given *given, GString *out, const struct endpoint *endpoint)
{
    for (const char *at = endpoint->path; *at != '\0'; at++) {
        if (*at != '{') {
            g_string_append_c(out, *at);
            continue;
        }
        add_escaped(given, out);
        at = strchr(at, '}');
    }
    for (unsigned count = next(given) % 4, i = 0; i < count; i++) {
        size_t params = 0;
        while (endpoint->query != NULL && endpoint->query[params].name != NULL)
            params++;
        g_string_append_c(out, i == 0 ? '?' : '&');
        if (params > 0 && next(given) % 8 != 0)
            g_string_append(out, endpoint->query[next(given) % params].name);
        else
            add_escaped(given, out);
        g_string_append_c(out, '=');
        add_escaped(given, out);
    }
}

/* Logging out and changing who gets in would leave nobody to ask. */
static bool leaves_nobody(const struct endpoint *endpoint)
{
    return strstr(endpoint->path, "/accounts") != NULL || strstr(endpoint->path, "/me/password") != NULL ||
           strcmp(endpoint->method, "DELETE") == 0;
}

static void add_body(struct given *given, GString *out, const struct endpoint *endpoint)
{
    g_autoptr(GString) body = g_string_new(NULL);
    bool file = endpoint->takes != NULL;
    if (file || next(given) % 16 == 0) {
        g_string_append_len(body, (const char *)given->at, (gssize)given->left);
        given->left = 0;
    } else {
        bool batch = strstr(endpoint->path, "/batch") != NULL;
        if (batch)
            g_string_append(body, "{\"items\":[");
        add_object(given, body, endpoint->command != NULL || batch ? endpoint->command : NULL, 0);
        if (batch)
            g_string_append(body, "]}");
    }
    g_string_append_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                           file ? endpoint->takes : "application/json", body->len);
    g_string_append_len(out, body->str, (gssize)body->len);
}

static void put_together(struct given *given, GString *out)
{
    const struct endpoint *endpoint = &endpoints[next(given) % endpoint_count];
    const char *who = cast[next(given) % G_N_ELEMENTS(cast)];
    if (leaves_nobody(endpoint) || endpoint->endless)
        endpoint = &endpoints[0];
    g_string_append_printf(out, "%s ", endpoint->method);
    add_path(given, out, endpoint);
    g_string_append_printf(out, " HTTP/1.1\r\nHost: localhost\r\nAccept-Language: %s\r\n",
                           next(given) % 2 ? "en" : "zh");
    if (next(given) % 16 != 0)
        g_string_append_printf(out, "Authorization: Bearer %s\r\n", rig_token(rig, who));
    if (strcmp(endpoint->method, "GET") == 0)
        g_string_append(out, "\r\n");
    else
        add_body(given, out, endpoint);
}

static void with_tokens(const char *data, size_t size, GString *out)
{
    g_string_append_len(out, data, (gssize)size);
    for (size_t i = 0; i < G_N_ELEMENTS(cast); i++) {
        g_autofree char *name = g_strconcat("$", cast[i], NULL);
        for (char *at; (at = memmem(out->str, out->len, name, strlen(name))) != NULL;) {
            gssize place = at - out->str;
            g_string_erase(out, place, (gssize)strlen(name));
            g_string_insert(out, place, rig_token(rig, cast[i]));
        }
    }
}

/* ---- a command that would be accepted ---- */

/* @NAME stands for the id of that member, @NAME_post of their post, @home and @photo for matters. */
static const struct {
    const char *who, *body;
} good[] = {
    {"chen", "{'command':'open_matter','kind':'home_observation','unit':'" GRID "','subject':{'name':'测试丁',"
             "'phone':'13900000003'},'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}"},
    {"chen", "{'command':'open_matter','kind':'door_photo','unit':'" GRID "','subject':'@li'}"},
    {"wang", "{'command':'open_matter','kind':'anomaly_report','unit':'" GRID "','subject':'@li'}"},
    {"zhou", "{'command':'open_matter','kind':'deadline_case','unit':'" COMMUNITY
             "','form':{'by':'2120-02-06','order_no':'A1'}}"},
    {"zhou", "{'command':'open_matter','kind':'joint_case','unit':'" COMMUNITY "','participants':{'partner':['" GRID
             "','" GRID2 "']}}"},
    {"wang", "{'command':'enter','matter':'@home','entry':'check_in','fields':{'temperature':36.5}}"},
    {"wang", "{'command':'enter','matter':'@home','entry':'check_in','attempt':'away'}"},
    {"wang", "{'command':'enter_round','entry':'check_in','rows':[{'matter':'@home','fields':{'temperature':36.5}}]}"},
    {"chen", "{'command':'enter','matter':'@home','entry':'object','fields':{'reason':'x'}}"},
    {"wang", "{'command':'correct_entry','matter':'@home','number':1,'fields':{'temperature':36.6},'reason':'x'}"},
    {"zheng", "{'command':'excuse','expectations':[{'matter':'@home','number':1}],'reason':'x'}"},
    {"zheng", "{'command':'excuse','under':'" GRID "','from':'2020-02-01T00:00:00+08:00','to':"
              "'2020-03-01T00:00:00+08:00','kind':'home_observation','name':'check_in','reason':'x'}"},
    {"chen", "{'command':'link_matters','matter':'@home','other':'@photo','relation':'x'}"},
    {"chen", "{'command':'merge_matters','matter':'@home','into':'@photo','reason':'x'}"},
    {"chen", "{'command':'hold_matter','matter':'@home','reason':'appeal'}"},
    {"chen", "{'command':'release_matter','matter':'@home','reason':'appeal'}"},
    {"wang", "{'command':'hand_over_matter','matter':'@going','to':'" SIBLING_GRID "'}"},
    {"keeper", "{'command':'register_person','name':'测试戊','phone':'13900000004','unit':'" GRID "'}"},
    {"keeper", "{'command':'change_person','person':'@li','phone':'13900000005'}"},
    {"keeper", "{'command':'move_in','persons':['@sun','@li'],'unit':'" GRID "','dwelling':'2单元302'}"},
    {"keeper", "{'command':'move_out','person':'@sun'}"},
    {"keeper", "{'command':'merge_persons','person':'@sun','other':'@li'}"},
    {"keeper", "{'command':'offer_custody','person':'@li','from':'" COMMUNITY "','to':'" DISTRICT "'}"},
    {"keeper", "{'command':'appoint','person':'@li','role':'grid_worker','seat':'" GRID "','grounds':['" GRID "']}"},
    {"keeper", "{'command':'change_grounds','post_id':'@sun_post','grounds':['" GRID2 "']}"},
    {"keeper", "{'command':'set_roster','post_id':'@sun_post','shifts':[{'from':'2020-02-03T08:00:00+08:00','to':"
               "'2020-02-04T08:00:00+08:00'}]}"},
    {"wang", "{'command':'hand_over_post','from_post':'@wang_post','mode':'post','to_person':'@li','reason':'x'}"},
    {"keeper", "{'command':'create_unit','parent':'" COMMUNITY "','type':'grid','code':'g77','name':'第七网格'}"},
    {"keeper", "{'command':'rename_unit','unit':'" GRID2 "','name':'第二网格'}"},
    {"keeper", "{'command':'split_unit','unit':'" GRID2 "','into':[{'name':'甲部','rest':true}]}"},
    {"keeper", "{'command':'rebase_matters','kind':'home_observation'}"},
};

static char *filled(const char *text)
{
    GString *out = g_string_new(text);
    g_string_replace(out, "'", "\"", 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cast); i++) {
        const struct member *member = rig_member(rig, cast[i]);
        g_autofree char *post = g_strdup_printf("@%s_post", cast[i]), *person = g_strconcat("@", cast[i], NULL);
        g_string_replace(out, post, member->post_id != NULL ? member->post_id : "none", 0);
        g_string_replace(out, person, member->id, 0);
    }
    g_string_replace(out, "@home", home, 0);
    g_string_replace(out, "@photo", photo, 0);
    g_string_replace(out, "@going", going, 0);
    return g_string_free(out, FALSE);
}

struct place {
    json_t *in;
    const char *key; /* of an object; else: */
    size_t index;
};

static void find_places(json_t *in, GArray *places)
{
    const char *key;
    size_t index;
    json_t *value;
    json_object_foreach(in, key, value)
    {
        g_array_append_val(places, ((struct place){in, key, 0}));
        find_places(value, places);
    }
    json_array_foreach(in, index, value)
    {
        g_array_append_val(places, ((struct place){in, NULL, index}));
        find_places(value, places);
    }
}

static void exchange(struct given *given, json_t *body)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(struct place));
    g_autoptr(GString) text = g_string_new(NULL);
    find_places(body, places);
    unsigned which = next(given);
    bool away = next(given) % 8 == 0;
    if (!away)
        add_value(given, text, 0);
    if (places->len == 0)
        return;
    const struct place *place = &g_array_index(places, struct place, which % places->len);
    json_t *value = json_loads(text->str, JSON_DECODE_ANY, NULL);
    if (value == NULL && place->key != NULL)
        json_object_del(place->in, place->key);
    else if (value == NULL)
        json_array_remove(place->in, place->index);
    else if (place->key != NULL)
        json_object_set_new(place->in, place->key, value);
    else
        json_array_set_new(place->in, place->index, value);
}

static void write_good(struct given *given, unsigned which, GString *out)
{
    g_autofree char *text = filled(good[which].body), *id = rig_uuid(rig);
    json_t *body = json_loads(text, 0, NULL);
    g_assert(body != NULL);
    json_object_set_new(body, "id", json_string(id));
    for (unsigned count = next(given) % 4; count > 0; count--)
        exchange(given, body);
    g_autofree char *changed = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    g_string_append_printf(out,
                           "POST /api/v1/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                           "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                           rig_token(rig, good[which].who), strlen(changed), changed);
}

/* ---- the answer ---- */

/* What is packed ends with its length (RFC 1952, 2.3.1); the rig's pages in Brotli are in none. */
static bool holds_json(const struct reply *reply)
{
    const char *coding = reply_header(reply, "content-encoding");
    if (coding == NULL || strcmp(coding, "gzip") != 0)
        return coding != NULL || reply->json != NULL;
    guint32 bytes;
    g_assert(reply->text->len > sizeof bytes);
    memcpy(&bytes, reply->text->str + reply->text->len - sizeof bytes, sizeof bytes);
    char *text = coding_gunzip(reply->text->str, reply->text->len, GUINT32_FROM_LE(bytes));
    g_autoptr(json_t) json = text != NULL ? json_loadb(text, GUINT32_FROM_LE(bytes), 0, NULL) : NULL;
    free(text);
    return json != NULL;
}

static void look_at(const struct reply *reply, const GString *sent)
{
    const char *type = reply_header(reply, "content-type");
    bool busy = strcmp(reply_text(reply, "title"), "queue_full") == 0; /* a third import */
    if (reply->status == 500 || (reply->status == 503 && !busy))
        g_error("answered %d: %s\nto %s", reply->status, reply->text->str, sent->str);
    if (reply->status >= 200 && type != NULL && strstr(type, "json") != NULL && reply->text->len > 0)
        g_assert(holds_json(reply));
}

/* Whether more comes: whoever sent half a request waits for nothing. */
static bool comes(const struct wire *wire)
{
    struct pollfd polled = {.fd = wire->fd, .events = POLLIN};
    return wire->in->len > 0 || poll(&polled, 1, RAW_WAIT_MS) > 0;
}

static void ask(const GString *sent, bool whole)
{
    struct wire wire = wire_open(rig);
    struct timeval wait = {.tv_usec = RAW_WAIT_MS * 10000};
    bool head = g_str_has_prefix(sent->str, "HEAD ");
    if (!whole)
        setsockopt(wire.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    wire_send(&wire, sent->str, (gssize)sent->len);
    for (bool more = true; more && (whole || comes(&wire));) {
        AUTO(reply) struct reply reply = {0};
        more = wire_read(&wire, head, &reply) && !whole;
        if (reply.text != NULL)
            look_at(&reply, sent);
    }
    wire_close(&wire);
}

static void add_known(const char *text)
{
    g_ptr_array_add(known, g_strdup(text));
}

static void open_some(void)
{
    static const char *const bodies[] = {
        "{'kind':'home_observation','unit':'" GRID "','subject':{'name':'测试甲','phone':'13900000001'},"
        "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
        "{'kind':'door_photo','unit':'" GRID "','subject':{'name':'测试乙','phone':'13900000002'}}",
        "{'kind':'anomaly_report','unit':'" GRID "','subject':{'name':'测试己','phone':'13900000006'}}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        AUTO(reply) struct reply reply = rig_command(rig, i == 2 ? "wang" : "chen", "/api/v1/matters", "%s", bodies[i]);
        reply_is(&reply, 201, NULL);
        *(char **[]){&home, &photo, &going}[i] = g_strdup(reply_text(&reply, "id"));
        size_t at;
        json_t *row;
        json_array_foreach(json_at(reply.json, "events"), at, row)
        {
            add_known(json_at_text(row, "matter"));
            add_known(json_at_text(row, "person"));
            add_known(json_at_text(row, "id"));
        }
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    log_set_level(LOG_ERROR);
    known = g_ptr_array_new();
    rig = rig_new_with(
        &(struct server_options){.requests_per_minute = 100000000, .threads = 1, .pages = rig_pages_get_resource()});
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        add_known(words[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(cast); i++) {
        const struct member *member = rig_member(rig, cast[i]);
        add_known(member->id);
        add_known(member->post_id != NULL ? member->post_id : "none");
    }
    open_some();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || strchr("RST", data[0]) == NULL || data[0] == '\0')
        return -1;
    struct given given = {data + 1, size - 1};
    unsigned which = next(&given), times = data[0] == 'T' ? 1 + which / 64 % 3 : 1;
    for (unsigned i = 0; i < times; i++) {
        g_autoptr(GString) sent = g_string_new(NULL);
        if (data[0] == 'R') {
            with_tokens((const char *)data + 1, size - 1, sent);
        } else if (data[0] == 'T') {
            write_good(&given, which % G_N_ELEMENTS(good), sent);
        } else {
            given = (struct given){data + 1, size - 1};
            put_together(&given, sent);
        }
        ask(sent, data[0] != 'R');
    }
    return 0;
}
