/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/resident.h"

#include "api/documents.h"
#include "api/issued.h"
#include "api/looks.h"
#include "api/matters.h"
#include "api/shape.h"
#include "api/submit.h"
#include "api/system.h"
#include "api/visible.h"
#include "base/limits.h"
#include "matter/resident_link.h"

#include <string.h>

#define SCHEME       "Link "
#define ENTRIES_MOST 60
#define LOOKS_MOST   50

static const char *purpose_name(enum link_purpose purpose)
{
    return purpose == LINK_REPORT ? "report" : "record";
}

/* ---- the holder ---- */

struct holder {
    struct resident_link link;
    struct matter matter;
    bool by_operator;
    struct viewer giver; /* who knows the token, too: nothing is shown that they may not see */
};

static void holder_clear(struct holder *holder)
{
    viewer_clear(&holder->giver);
}
AUTO_CLEAR(holder)

static bool pays(struct request *request, const char *digest)
{
    int wait_seconds = 0;
    if (rate_limiter_take(request->server->link_limiter, digest, clock_monotonic_us(), &wait_seconds))
        return true;
    g_autofree char *wait = g_strdup_printf("%d", MAX(1, wait_seconds));
    respond_refused(request, PROBLEM_TOO_MANY_REQUESTS, NULL, wait);
    return false;
}

/* The subject is the viewer from here on, whoever else is logged in there. */
static void become_subject(struct request *request, int64_t person)
{
    if (request->has_viewer)
        viewer_clear(&request->viewer);
    request->session = (struct session){.person = person};
    viewer_init(&request->viewer, request->reader->rows, person, request->now_us);
    request->has_viewer = true;
    g_clear_pointer(&request->viewer.posts, g_array_unref); /* as a resident: none of theirs counts */
    request->viewer.posts = g_array_new(FALSE, FALSE, sizeof(struct post));
}

static bool is_valid(struct request *request, const struct resident_link *link)
{
    return resident_link_is_valid(link, request->now_us) && !vault_link_is_void(request->reader->vault, link->given_us);
}

/* Whether whoever gave the link still holds that post and reads the matter unmasked. */
static bool giver_handles(struct request *request, const struct resident_link *link, const struct matter *matter,
                          const struct viewer *giver)
{
    struct db *rows = request->reader->rows;
    if (link->person == 0)
        return true;
    return resident_link_is_held(rows, link, request->now_us) &&
           access_may_see(rows, request_rules(request), giver, matter) &&
           access_unmasks(rows, request_rules(request), giver, matter);
}

static bool is_in_force(struct request *request, const struct resident_link *link, const struct matter *matter)
{
    AUTO(viewer) struct viewer giver;
    viewer_init(&giver, request->reader->rows, link->person, request->now_us);
    return is_valid(request, link) && giver_handles(request, link, matter, &giver);
}

/* False when the request has been answered. A matter that was merged goes on in the one that has it. */
static bool take_holder(struct request *request, struct holder *out)
{
    struct db *rows = request->reader->rows;
    char digest[LINK_DIGEST_CHARS + 1];
    const char *given = request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
    if (given == NULL || g_ascii_strncasecmp(given, SCHEME, strlen(SCHEME)) != 0 ||
        !vault_link_digest(given + strlen(SCHEME), digest) || !resident_link_find(rows, digest, &out->link) ||
        !matter_get(rows, matter_survivor(rows, out->link.matter), &out->matter)) {
        respond_refused(request, PROBLEM_RESIDENT_LINK_UNKNOWN, NULL);
        return false;
    }
    if (!pays(request, digest))
        return false;
    if (!is_valid(request, &out->link) || out->matter.erased || out->matter.subject <= 0) {
        respond_refused(request, PROBLEM_RESIDENT_LINK_ENDED, NULL);
        return false;
    }
    viewer_init(&out->giver, rows, out->link.person, request->now_us);
    out->by_operator = out->link.person == 0;
    bool logs_in = out->by_operator || account_is_open_for(request->server->accounts, out->link.person);
    if (!logs_in || !giver_handles(request, &out->link, &out->matter, &out->giver)) {
        respond_refused(request, PROBLEM_RESIDENT_LINK_GIVER, NULL);
        return false;
    }
    become_subject(request, out->matter.subject);
    request->by_link = true;
    return true;
}

/* ---- staff ---- */

static json_t *shape_link(struct request *request, const struct matter *matter, const struct resident_link *link)
{
    struct post post;
    bool known = link->post != 0 && registry_post(request->reader->rows, link->post, &post);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:b, s:o}", "id", link->digest, "purpose", purpose_name(link->purpose),
                     "given_at", shape_time(request, link->given_us), "until", shape_time(request, link->until_us),
                     "ended_at", shape_time(request, link->ended_us), "valid", is_in_force(request, link, matter), "by",
                     known ? shape_post(request, &post) : json_null());
}

/* Tokens are not in it: they are told once, to whoever gave the link. */
void get_resident_links(struct request *request)
{
    struct matter matter;
    if (!request_matter(request, &matter))
        return;
    if (!request_unmasks(request, &matter)) {
        respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "经办人员" : "posts that handle it");
        return;
    }
    g_autoptr(GArray) links = resident_links(request->reader->rows, matter.id);
    json_t *rows = json_array();
    for (guint i = 0; i < links->len; i++)
        json_array_append_new(rows, shape_link(request, &matter, &g_array_index(links, struct resident_link, i)));
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o}", "data", rows));
}

/* What is sent again is answered as before, and the right may be gone since; what is new the decision refuses. */
static bool may_tell(struct request *request, const char *token)
{
    char digest[LINK_DIGEST_CHARS + 1];
    struct resident_link link;
    struct matter matter;
    struct db *rows = request->reader->rows;
    if (!vault_link_digest(token, digest) || !resident_link_find(rows, digest, &link))
        return true;
    return matter_get(rows, link.matter, &matter) &&
           access_may_see(rows, request_rules(request), &request->viewer, &matter) && request_unmasks(request, &matter);
}

void post_resident_link(struct request *request)
{
    struct uuid id;
    json_t *told = NULL, *body = request_json(request);
    if (body == NULL)
        return;
    if (json_object_get(body, "matter") != NULL || json_object_get(body, "command") != NULL) {
        respond_refused(request, PROBLEM_UNKNOWN_FIELD, json_object_get(body, "matter") != NULL ? "matter" : "command",
                        "");
        json_decref(body);
        return;
    }
    if (uuid_parse(json_get_text(body, "id", ""), &id)) {
        char token[LINK_TOKEN_CHARS + 1];
        vault_link_token(request->reader->vault, &id, token);
        if (may_tell(request, token))
            told = json_pack("{s:s}", "token", token);
    }
    json_object_set_new(body, "command", json_string("give_resident_link"));
    json_object_set_new(body, "matter", json_string(request->params[0]));
    submit_telling(request, body, told);
}

/* ---- what is shown by it ---- */

static bool is_for(struct request *request, const struct holder *holder, enum link_purpose purpose)
{
    if (holder->link.purpose == purpose)
        return true;
    respond_refused(request, PROBLEM_RESIDENT_LINK_PURPOSE, NULL);
    return false;
}

/* What a link cannot send: files are uploaded by those with an account. */
static bool takes_file(const struct field *field)
{
    return field->type == FIELD_FILE;
}

static bool can_be_filled(const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (takes_file(&form->fields[i]) && (form->fields[i].required || form->fields[i].required_when != NULL))
            return false;
    return true;
}

static json_t *shape_fillable(const struct form *form)
{
    json_t *fields = shape_form(form);
    for (size_t i = form->field_count; i > 0; i--)
        if (takes_file(&form->fields[i - 1]))
            json_array_remove(fields, i - 1);
    return fields;
}

/* What it opens below the matter, an objection, is open already. */
static bool is_under_way(struct request *request, const struct matter *matter, const struct entry_def *entry)
{
    for (size_t i = 0; i < entry->effect_count; i++)
        if (entry->effects[i].type == EFFECT_OPEN && entry->effects[i].loop == NULL &&
            matter_has_open_below(request->reader->rows, matter->id, entry->effects[i].kind->name, matter->subject))
            return true;
    return false;
}

/* Entries that the subject may make now, with their forms; not those that only somebody with an account can fill in,
 * nor one whose matter is open. */
static json_t *shape_acts(struct request *request, const struct holder *holder)
{
    json_t *shapes = json_array();
    g_autoptr(GArray) acts = request_acts(request, &holder->matter);
    for (guint i = 0; i < acts->len; i++) {
        const struct matter_act *act = &g_array_index(acts, struct matter_act, i);
        if (act->problem == NULL && can_be_filled(&act->entry->form) &&
            !is_under_way(request, &holder->matter, act->entry))
            json_array_append_new(shapes, json_pack("{s:s, s:o, s:b, s:o}", "entry", act->entry->name, "title",
                                                    shape_title(request, &act->entry->title), "expected", act->expected,
                                                    "form", shape_fillable(&act->entry->form)));
    }
    return shapes;
}

static bool giver_sees(struct request *request, const struct holder *holder, const struct field *field)
{
    return holder->by_operator ||
           access_shows_field(request->reader->rows, request_rules(request), &holder->giver, &holder->matter, field);
}

static void leave_hidden_out(struct request *request, const struct holder *holder, const struct form *form,
                             json_t *fields)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (!giver_sees(request, holder, &form->fields[i]))
            json_object_del(fields, form->fields[i].name);
}

/* Whether the kind has a field that the giver may not see, filled in or not. */
static bool withholds(struct request *request, const struct holder *holder, const struct kind *kind)
{
    bool withheld = false;
    for (size_t i = 0; kind != NULL && i < kind->entry_count && !withheld; i++)
        for (size_t k = 0; k < kind->entries[i].form.field_count && !withheld; k++)
            withheld = !giver_sees(request, holder, &kind->entries[i].form.fields[k]);
    for (size_t i = 0; kind != NULL && i < kind->form.field_count && !withheld; i++)
        withheld = !giver_sees(request, holder, &kind->form.fields[i]);
    return withheld;
}

/* Of others no name: the role in which it was made. */
static json_t *shape_own_entry(struct request *request, const struct holder *holder, const struct kind *kind,
                               const struct entry_row *row, bool whole)
{
    struct post post;
    json_t *shape = shape_entry(request, &holder->matter, kind, row, whole);
    json_object_set_new(shape, "own", json_boolean(row->post == 0 && row->person == holder->matter.subject));
    json_object_del(shape, "post");
    const struct entry_def *entry = kind != NULL ? kind_find_entry(kind, json_get_text(shape, "entry", "")) : NULL;
    if (entry != NULL)
        leave_hidden_out(request, holder, &entry->form, json_object_get(shape, "fields"));
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct role *role = row->post != 0 && registry_post(request->reader->rows, row->post, &post)
                                  ? playbook_find_role(playbook, post.role)
                                  : NULL;
    json_object_set_new(shape, "role", shape_title(request, role != NULL ? &role->title : NULL));
    return shape;
}

/* The newest; of a link to report only what the subject entered. */
static json_t *shape_entries(struct request *request, const struct holder *holder)
{
    bool whole = holder->link.purpose == LINK_RECORD;
    const struct matter *matter = &holder->matter;
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    int64_t newest = matter_newest_entry(request->reader->rows, matter->id);
    g_autoptr(GArray) entries =
        matter_entries(request->reader->rows, matter->id, MAX(0, newest - LIMIT_PAGE_ROWS), LIMIT_PAGE_ROWS);
    json_t *shapes = json_array();
    for (guint i = entries->len; i > 0 && json_array_size(shapes) < ENTRIES_MOST; i--) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i - 1);
        bool own = row->post == 0 && row->person == matter->subject;
        if ((whole || own) &&
            access_shows_entry(request->reader->rows, request_rules(request), &request->viewer, matter, row) &&
            (own || holder->by_operator ||
             access_shows_entry(request->reader->rows, request_rules(request), &holder->giver, matter, row)))
            json_array_append_new(shapes, shape_own_entry(request, holder, kind, row, whole));
    }
    return shapes;
}

/* Of the entries that are shown: what their fields are called. */
static json_t *shape_forms(const struct kind *kind, const json_t *entries)
{
    json_t *forms = json_object(), *row;
    size_t i;
    json_array_foreach((json_t *)entries, i, row)
    {
        const char *name = json_get_text(row, "entry", "");
        const struct entry_def *entry = kind != NULL ? kind_find_entry(kind, name) : NULL;
        if (entry != NULL && json_object_get(forms, name) == NULL)
            json_object_set_new(forms, name, shape_form(&entry->form));
    }
    return forms;
}

/* Who read this matter of theirs, by role: whose name it is, is told by the community that has the list. */
static json_t *shape_looks(struct request *request, const struct matter *matter)
{
    struct db *rows = request->reader->rows;
    int64_t person = matter->subject;
    const struct playbook *playbook = rulebook_current(request_rules(request));
    g_autoptr(GArray) traces = access_traces_in(rows, person, matter->id, LOOKS_MOST);
    json_t *shapes = json_array();
    for (guint i = 0; i < traces->len; i++) {
        const struct read_trace *trace = &g_array_index(traces, struct read_trace, i);
        g_autoptr(GArray) posts = registry_posts_of(rows, trace->reader_person, trace->last_us);
        json_t *roles = json_array();
        for (guint k = 0; k < posts->len; k++) {
            const struct role *role = playbook_find_role(playbook, g_array_index(posts, struct post, k).role);
            if (role != NULL)
                json_array_append_new(roles, shape_texts(&role->title));
        }
        json_array_append_new(shapes, json_pack("{s:o, s:I, s:b, s:o}", "at", shape_time(request, trace->last_us),
                                                "count", (json_int_t)trace->looks, "self",
                                                trace->reader_person == person, "roles", roles));
    }
    return shapes;
}

static bool giver_reads(struct request *request, const struct holder *holder, const char *document)
{
    return holder->by_operator || access_shows_document(request->reader->rows, request_rules(request), &holder->giver,
                                                        &holder->matter, document);
}

static json_t *shape_documents(struct request *request, const struct holder *holder)
{
    json_t *issued = shape_issued_names(request, &holder->matter, NULL);
    for (size_t i = json_array_size(issued); i > 0; i--)
        if (!giver_reads(request, holder, json_get_text(json_array_get(issued, i - 1), "name", "")))
            json_array_remove(issued, i - 1);
    return issued;
}

/* The caller frees. */
static char *look_page(const struct holder *holder)
{
    return g_strconcat(RESIDENT_LINK_PAGE, holder->link.digest, NULL);
}

void get_resident(struct request *request)
{
    AUTO(holder) struct holder holder = {0};
    if (!take_holder(request, &holder))
        return;
    const struct matter *matter = &holder.matter;
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct state *state = kind != NULL ? kind_find_state(kind, matter->state) : NULL;
    bool whole = holder.link.purpose == LINK_RECORD;
    g_autofree char *page = look_page(&holder);
    if (whole && !note_look(request, matter->subject, matter->id, page))
        return;
    json_t *shape = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "purpose", purpose_name(holder.link.purpose), "until",
        shape_time(request, holder.link.until_us), "title", shape_title(request, kind != NULL ? &kind->title : NULL),
        "state_title", shape_title(request, state != NULL ? &state->title : NULL), "unit",
        shape_unit(request, matter->unit), "name", json_null(), "opened_at", shape_time(request, matter->opened_us),
        "closed_at", shape_time(request, matter->closed_us), "time_zone", g_time_zone_get_identifier(playbook->zone),
        "entries", shape_entries(request, &holder));
    g_autoptr(json_t) person = shape_person(request, matter->subject, whole, false);
    json_object_set(shape, "name", json_object_get(person, "name"));
    json_object_set_new(shape, "forms", shape_forms(kind, json_object_get(shape, "entries")));
    json_object_set_new(shape, "acts", whole ? json_array() : shape_acts(request, &holder));
    json_object_set_new(shape, "documents", whole ? shape_documents(request, &holder) : json_array());
    json_object_set_new(shape, "withheld", json_boolean(withholds(request, &holder, kind)));
    if (whole)
        json_object_set_new(shape, "looks", shape_looks(request, matter));
    respond_json(request, MHD_HTTP_OK, shape);
}

void get_resident_document(struct request *request)
{
    AUTO(holder) struct holder holder = {0};
    if (!documents_take_language(request) || !take_holder(request, &holder) || !is_for(request, &holder, LINK_RECORD))
        return;
    g_autofree char *page = look_page(&holder);
    if (giver_reads(request, &holder, request->params[0]))
        respond_document(request, &holder.matter, request->params[0], page);
    else
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这份文书" : "document");
}

void post_resident_entry(struct request *request)
{
    static const char *const names[] = {"id", "entry", "fields"};
    AUTO(holder) struct holder holder = {0};
    char uuid[UUID_TEXT_LENGTH + 1];
    g_autoptr(json_t) body = NULL;
    if (!take_holder(request, &holder) || !is_for(request, &holder, LINK_REPORT))
        return;
    body = request_json(request);
    if (body == NULL || !request_only_members(request, body, names, G_N_ELEMENTS(names)))
        return;
    uuid_format(&holder.matter.uuid, uuid);
    json_object_set_new(body, "command", json_string("enter"));
    json_object_set_new(body, "matter", json_string(uuid));
    json_object_set_new(body, "channel", json_string("link"));
    submit_telling(request, g_steal_pointer(&body), NULL);
}
