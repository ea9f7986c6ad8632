/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * give_resident_link  {matter, purpose, hours}   purpose: report, record
 * end_resident_link   {matter, link}             link: the digest of its token, as lists show it
 * The actor must be one who reads the matter unmasked; the token derives from the command's id.
 */
#include "matter/commands/decide.h"

#include "base/clock.h"
#include "matter/lifecycle/actor.h"
#include "matter/resident_link.h"

#include <string.h>

static bool load(struct draft *draft, struct decision *decision)
{
    struct uuid uuid;
    return decision_uuid(decision, "matter", &uuid) && draft_load_uuid(draft, decision, &uuid, "matter") &&
           decision_act_by(decision, actor_unmasks(draft)) && draft_must_be_current(draft, decision->command->version);
}

static bool read_purpose(struct decision *decision, enum link_purpose *out)
{
    const char *purpose;
    if (!decision_text(decision, "purpose", &purpose))
        return false;
    *out = strcmp(purpose, "report") == 0 ? LINK_REPORT : LINK_RECORD;
    return *out == LINK_REPORT || strcmp(purpose, "record") == 0 ||
           decision_refuse(decision, PROBLEM_NOT_IN_LIST, "purpose", "purpose", "report, record");
}

static bool read_hours(struct decision *decision, enum link_purpose purpose, int64_t *out)
{
    const json_t *hours = json_object_get(decision->command->body, "hours");
    int most = purpose == LINK_REPORT ? RESIDENT_LINK_HOURS : RESIDENT_READ_HOURS;
    g_autofree char *limit = g_strdup_printf("%d", most);
    if (hours == NULL)
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, "hours");
    if (!json_is_integer(hours))
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, "hours", "integer");
    *out = json_integer_value(hours);
    if (*out < 1)
        return decision_refuse(decision, PROBLEM_BELOW_MINIMUM, "hours", "1");
    return *out <= most || decision_refuse(decision, PROBLEM_ABOVE_MAXIMUM, "hours", limit);
}

/* As long as its giver stands behind it, who holds the post and can log in, and no restore has ended it. */
static bool takes_a_place(const struct decision *decision, const struct resident_link *link)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    return resident_link_is_held(decision->rows, link, decision->now_us) &&
           !vault_link_is_void(decision->vault, link->given_us) &&
           (link->person == 0 || hooks->account_is_closed == NULL ||
            !hooks->account_is_closed(decision->rows, link->person));
}

static bool has_room(struct draft *draft)
{
    g_autoptr(GArray) links = resident_links(draft->decision->rows, draft->view.matter.id);
    int valid = 0;
    for (guint i = 0; i < links->len; i++)
        valid += takes_a_place(draft->decision, &g_array_index(links, struct resident_link, i));
    return valid < RESIDENT_LINKS_VALID ||
           decision_refuse(draft->decision, PROBLEM_TOO_MANY_LINKS, NULL, G_STRINGIFY(RESIDENT_LINKS_VALID));
}

bool decide_give_resident_link(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    enum link_purpose purpose;
    int64_t hours = 0;
    char token[LINK_TOKEN_CHARS + 1], digest[LINK_DIGEST_CHARS + 1];
    if (!read_purpose(decision, &purpose) || !read_hours(decision, purpose, &hours) || !load(&draft, decision))
        return false;
    const struct kind *kind = draft.view.kind;
    if (kind->about != ABOUT_PERSON || draft.view.matter.subject <= 0 ||
        (purpose == LINK_REPORT && !kind_takes_reports(kind)))
        return decision_refuse(decision, PROBLEM_NO_RESIDENT_LINK, "matter", kind->name);
    if (draft.view.matter.erased)
        return decision_refuse(decision, PROBLEM_MATTER_ERASED, "matter");
    if (purpose == LINK_REPORT && draft.view.matter.closed_us != 0)
        return decision_refuse(decision, PROBLEM_MATTER_CLOSED, "matter");
    if (!has_room(&draft))
        return false;
    vault_link_token(decision->vault, &decision->command->id, token);
    vault_link_digest(token, digest);
    json_object_set_new(draft.body, "link", json_string(digest));
    body_add(draft.body, "purpose", purpose);
    body_add(draft.body, "until", decision->now_us + hours * US_PER_HOUR);
    draft_emit(&draft, "resident_link_given");
    return true;
}

bool decide_end_resident_link(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct resident_link link;
    const char *digest;
    if (!decision_text(decision, "link", &digest) || !load(&draft, decision))
        return false;
    if (!resident_link_find(decision->rows, digest, &link) || link.matter != draft.view.matter.id)
        return decision_refuse(decision, PROBLEM_RESIDENT_LINK_UNKNOWN, "link");
    if (!resident_link_is_valid(&link, decision->now_us))
        return decision_refuse(decision, PROBLEM_RESIDENT_LINK_ENDED, "link");
    json_object_set_new(draft.body, "link", json_string(digest));
    draft_emit(&draft, "resident_link_ended");
    return true;
}
