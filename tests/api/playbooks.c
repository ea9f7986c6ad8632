/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Over the door: a version that gives more rights is in force once somebody in another role has agreed to it. */
#include "rig.h"

#include "base/limits.h"

#define PROPOSED "/api/v1/playbooks/proposed"
#define GREEDY   "accounts, playbook, audit]" /* the steward supervises, too */

extern const char rig_playbook[];

static struct rig *rig;
static int version = 1;

static char *next_version(const char *rights)
{
    GString *text = g_string_new(rig_playbook);
    g_autofree char *number = g_strdup_printf("version: %d\n", ++version);
    g_string_replace(text, "version: 1\n", number, 1);
    g_string_replace(text, "accounts, playbook]", rights, 1);
    return g_string_free(text, FALSE);
}

static void in_force(int64_t expected)
{
    AUTO(reply) struct reply reply = rig_get(rig, "watcher", "/api/v1/playbook");
    g_assert_cmpint(json_integer_value(json_at(reply.json, "version")), ==, expected);
}

static guint waiting(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, "watcher", PROPOSED);
    reply_is(&reply, 200, NULL);
    return (guint)json_array_size(json_at(reply.json, "data"));
}

/* The keeper proposes; its digest, the caller frees. */
static char *propose(const char *text)
{
    AUTO(reply) struct reply reply = rig_adopt(rig, text, NULL);
    reply_is(&reply, 201, NULL);
    g_assert_cmpstr(reply_text(&reply, "events.0.event"), ==, "playbook_proposed");
    return g_strdup(reply_text(&reply, "events.0.digest"));
}

static void say(const char *who, const char *digest, const char *word, int status, const char *code)
{
    g_autofree char *path = g_strdup_printf(PROPOSED "/%s/%s", digest, word);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "{}");
    reply_is(&reply, status, code);
}

static void another_role_agrees(void)
{
    g_autofree char *text = next_version(GREEDY), *digest = propose(text);
    in_force(1);
    AUTO(reply) struct reply again = rig_adopt(rig, text, NULL);
    reply_is(&again, 403, "same_person_refused");
    say("keeper", digest, "confirm", 403, "same_person_refused");
    say("other_keeper", digest, "confirm", 403, "same_role_refused");
    say("wang", digest, "confirm", 403, "no_right");
    AUTO(reply) struct reply hidden = rig_get(rig, "wang", PROPOSED);
    reply_is(&hidden, 403, "no_right");
    g_autofree char *path = g_strdup_printf(PROPOSED "/%s", digest);
    AUTO(reply) struct reply shown = rig_get(rig, "watcher", path);
    reply_is(&shown, 200, NULL);
    g_assert_cmpstr(reply_text(&shown, "by.id"), ==, rig_member(rig, "keeper")->id);
    g_assert_cmpstr(reply_text(&shown, "role"), ==, "data_steward");
    g_assert_cmpstr(reply_text(&shown, "widens.0"), ==, "roles.data_steward.may: audit");
    g_assert_cmpstr(reply_text(&shown, "files.0.text"), ==, text);
    in_force(1);
    say("watcher", digest, "confirm", 201, NULL);
    in_force(version);
    g_assert_cmpuint(waiting(), ==, 0);
    say("watcher", digest, "confirm", 409, "nothing_proposed");
}

static char *propose_more(void)
{
    GString *text = g_string_new(NULL);
    g_autofree char *next = next_version(GREEDY);
    g_string_append(text, next);
    g_string_replace(text, "unmask: [grid_worker, community_doctor]",
                     "unmask: [grid_worker, community_doctor, cdc_officer]", 1);
    char *digest = propose(text->str);
    g_string_free(text, TRUE);
    return digest;
}

/* What gives nobody more needs no second person, and ends what was told against the version before it. */
static void a_newer_version_ends_it(void)
{
    g_autofree char *digest = propose_more();
    g_assert_cmpuint(waiting(), ==, 1);
    g_autofree char *plain = next_version(GREEDY);
    AUTO(reply) struct reply adopted = rig_adopt(rig, plain, NULL);
    reply_is(&adopted, 201, NULL);
    g_assert_cmpstr(reply_text(&adopted, "events.0.event"), ==, "playbook_adopted");
    in_force(version);
    say("watcher", digest, "confirm", 409, "nothing_proposed");
}

static void a_new_one_takes_its_place(void)
{
    g_autofree char *first = propose_more(), *second = propose_more();
    g_assert_cmpuint(waiting(), ==, 1);
    say("watcher", first, "confirm", 409, "nothing_proposed");
    say("watcher", second, "withdraw", 201, NULL);
    say("watcher", second, "confirm", 409, "nothing_proposed");
    g_assert_cmpuint(waiting(), ==, 0);
}

static void it_waits_for_a_week(void)
{
    g_autofree char *digest = propose_more();
    clock_set(&rig->clock, clock_now_us(&rig->clock) + LIMIT_PROPOSAL_US);
    g_assert_cmpuint(waiting(), ==, 0);
    say("watcher", digest, "confirm", 409, "nothing_proposed");
}

static void reset(const char *keeper, const char *whose)
{
    struct member *member = rig_member(rig, whose);
    g_autofree char *path = g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/password", member->account);
    AUTO(reply) struct reply reply = rig_post(rig, keeper, path, "{'password':'shi-yan-yong-mi-ma-1'}");
    reply_is(&reply, 204, NULL);
    account_set_hash(rig->accounts, member->account, rig->hash, false); /* they have logged in and changed it */
    g_clear_pointer(&member->token, g_free);
}

/* Whoever gave somebody their password could agree as them, or have proposed as them, or both as a third. */
static void not_by_one_hand(void)
{
    rig_add(rig, "near", "supervisor", CITY);
    rig_add(rig, "far", "supervisor", CITY);
    g_autofree char *first = propose_more();
    reset("keeper", "near");
    say("near", first, "confirm", 403, "same_person_refused");
    say("far", first, "withdraw", 201, NULL);
    reset("other_keeper", "far");
    g_autofree char *second = propose_more();
    say("far", second, "withdraw", 201, NULL); /* of another hand so far */
    reset("other_keeper", "keeper");
    g_autofree char *third = propose_more();
    say("far", third, "confirm", 403, "same_person_refused");
    say("near", third, "confirm", 403, "same_person_refused"); /* as whom the keeper logs in, as whom the other does */
    clock_set(&rig->clock, clock_now_us(&rig->clock) + (LIMIT_NOTICE_DAYS + 1) * US_PER_DAY);
    g_autofree char *fourth = propose_more();
    say("far", fourth, "confirm", 201, NULL);
    in_force(version);
}

/* By a right had of whoever proposed nobody agrees. */
static void not_by_a_lent_right(void)
{
    rig_add(rig, "third", "supervisor", CITY);
    g_autofree char *offer = g_strdup_printf(
        "{'from_post':'%s','mode':'post','to_person':'%s','until':'2030-01-01T08:00:00+08:00','reason':'x'}",
        rig_member(rig, "keeper")->post_id, rig_member(rig, "third")->id);
    AUTO(reply) struct reply offered = rig_command(rig, "keeper", "/api/v1/handovers", "%s", offer);
    reply_is(&offered, 201, NULL);
    g_autofree char *digest = propose_more();
    g_autofree char *accept = g_strdup_printf("/api/v1/handovers/%s/accept", reply_text(&offered, "made"));
    AUTO(reply) struct reply accepted = rig_command(rig, "third", accept, "{}");
    reply_is(&accepted, 201, NULL);
    say("third", digest, "confirm", 403, "same_person_refused");
    say("third", digest, "withdraw", 201, NULL);
    AUTO(reply) struct reply me = rig_get(rig, "third", "/api/v1/me");
    bool first = strcmp(reply_text(&me, "posts.0.role"), "data_steward") == 0;
    g_autofree char *end =
        g_strdup_printf("/api/v1/posts/%s/end", reply_text(&me, first ? "posts.0.id" : "posts.1.id"));
    AUTO(reply) struct reply ended = rig_command(rig, "third", end, "{}");
    reply_is(&ended, 201, NULL);
}

/* Nor by a post that whoever proposed has given since. */
static void not_by_the_appointed(void)
{
    rig_add(rig, "fourth", "grid_worker", GRID);
    g_autofree char *digest = propose_more();
    AUTO(reply)
    struct reply appointed =
        rig_command(rig, "keeper", "/api/v1/posts", "{'person':'%s','role':'supervisor','grounds':['" CITY "']}",
                    rig_member(rig, "fourth")->id);
    reply_is(&appointed, 201, NULL);
    say("fourth", digest, "confirm", 403, "same_person_refused");
    say("fourth", digest, "withdraw", 201, NULL);
}

/* A proposal ends with the right of whoever made it. */
static void ends_with_the_right(void)
{
    g_autofree char *plain = next_version("accounts, playbook]"); /* fewer rights, so that the next has more */
    AUTO(reply) struct reply adopted = rig_adopt(rig, plain, NULL);
    reply_is(&adopted, 201, NULL);
    g_autofree char *digest = propose_more();
    g_autofree char *one = g_strdup_printf(PROPOSED "/%s", digest);
    g_autofree char *end = g_strdup_printf("/api/v1/posts/%s/end", rig_member(rig, "keeper")->post_id);
    g_assert_cmpuint(waiting(), ==, 1);
    AUTO(reply) struct reply ended = rig_command(rig, "other_keeper", end, "{}");
    reply_is(&ended, 201, NULL);
    g_assert_cmpuint(waiting(), ==, 0);
    AUTO(reply) struct reply gone = rig_get(rig, "watcher", one);
    reply_is(&gone, 404, "not_found");
    say("watcher", digest, "confirm", 409, "nothing_proposed");
}

/* What is wrong with a playbook, in the words of whoever asks. */
static void mistakes_in_words(void)
{
    static const char *const wanted[] = {"a.yaml:2:1: kind has no key stats; did you mean states?",
                                         "a.yaml:2:1: 事项种类没有键 `stats`；是否为 `states`？"};
    for (int chinese = 0; chinese < 2; chinese++) {
        g_autofree char *id = rig_uuid(rig);
        g_autofree char *body = g_strdup_printf(
            "{\"id\":\"%s\",\"files\":[{\"name\":\"a.yaml\",\"text\":\"kind: a\\nstats: {}\\n\"}]}", id);
        AUTO(reply)
        struct reply reply = rig_ask(rig, &(struct ask){.method = "POST",
                                                        .path = "/api/v1/playbooks",
                                                        .token = rig_token(rig, "keeper"),
                                                        .body = body,
                                                        .chinese = chinese == 1});
        reply_is(&reply, 422, "playbook_invalid");
        bool told = false;
        size_t i;
        json_t *error;
        json_array_foreach(json_at(reply.json, "errors"), i, error) told =
            told || strcmp(json_at_text(error, "detail"), wanted[chinese]) == 0;
        g_test_message("%s", reply.text->str);
        g_assert_true(told);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    rig_add(rig, "other_keeper", "data_steward", CITY);
    g_test_add_func("/playbooks/mistakes-in-words", mistakes_in_words);
    g_test_add_func("/playbooks/another-role-agrees", another_role_agrees);
    g_test_add_func("/playbooks/newer-ends-it", a_newer_version_ends_it);
    g_test_add_func("/playbooks/replaced", a_new_one_takes_its_place);
    g_test_add_func("/playbooks/a-week", it_waits_for_a_week);
    g_test_add_func("/playbooks/not-by-a-lent-right", not_by_a_lent_right);
    g_test_add_func("/playbooks/not-by-the-appointed", not_by_the_appointed);
    g_test_add_func("/playbooks/not-by-one-hand", not_by_one_hand);
    g_test_add_func("/playbooks/ends-with-the-right", ends_with_the_right);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
