/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/records.h"

#include "api/shape.h"
#include "base/datetime.h"
#include "matter/tally.h"

#define DAYS_UNLESS_SAID 30

/* The holder's own, or that of a post that the viewer supervises. */
static bool may_read(struct request *request, const struct playbook *playbook, const struct post *post)
{
    g_autofree const char **roles = g_new0(const char *, playbook->role_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < playbook->role_count; i++)
        if (playbook->roles[i].supervises)
            roles[count++] = playbook->roles[i].name;
    return post->person == request->viewer.person ||
           (count > 0 &&
            registry_post_is_within(request->reader->rows, request->viewer.person, roles, post, request->now_us));
}

static bool take_days(struct request *request, const struct playbook *playbook, int32_t *out_from, int32_t *out_to)
{
    int64_t from_us = 0, to_us = request->now_us;
    if (!request_query_time(request, "to", 0, &to_us) || !request_query_time(request, "from", 0, &from_us))
        return false;
    *out_to = day_of(to_us, playbook->zone);
    *out_from = from_us != 0 ? day_of(from_us, playbook->zone) : *out_to - DAYS_UNLESS_SAID + 1;
    if (*out_from > *out_to) {
        respond_refused(request, PROBLEM_BEFORE_START, "to");
        return false;
    }
    if (*out_to - *out_from < RECORD_DAYS_MOST)
        return true;
    g_autofree char *most = g_strdup_printf("%d", RECORD_DAYS_MOST);
    respond_refused(request, PROBLEM_PERIOD_TOO_LONG, "from", most);
    return false;
}

void get_post_record(struct request *request)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    struct post post;
    int64_t id = request_id(request, VAULT_ID_POST);
    int32_t from, to;
    if (playbook == NULL || !registry_post(request->reader->rows, id, &post)) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个岗位" : "post");
        return;
    }
    if (!may_read(request, playbook, &post)) {
        respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "本人" : "its holder");
        return;
    }
    if (take_days(request, playbook, &from, &to))
        respond_json(
            request, MHD_HTTP_OK,
            matter_duty_record(request->reader->rows, request->reader->vault, playbook, id, from, to, request->now_us));
}
