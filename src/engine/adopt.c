/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Playbooks: adopted by an event that holds their files, read again from the journal at every start. */
#include "base/limits.h"
#include "engine/proposal.h"
#include "engine/writer.h"
#include "playbook/load/load.h"

#include <string.h>

static void clear_source(gpointer source)
{
    source_clear(source);
}

static void clear_diagnostic(gpointer diagnostic)
{
    diagnostic_clear(diagnostic);
}

/* False at the first member that is not {name, text}; its number in *out_wrong. */
static bool read_sources(const json_t *files, GArray *sources, size_t *out_wrong)
{
    size_t index;
    const json_t *file;
    json_array_foreach(files, index, file)
    {
        const char *name = json_get_text(file, "name", NULL), *text = json_get_text(file, "text", NULL);
        if (name == NULL || text == NULL) {
            *out_wrong = index;
            return false;
        }
        struct source source = {.name = g_strdup(name), .text = g_strdup(text), .bytes = strlen(text)};
        g_array_append_val(sources, source);
    }
    return true;
}

static struct playbook *load(const json_t *files, bool adopted, GArray *diagnostics)
{
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(struct source));
    g_array_set_clear_func(sources, clear_source);
    size_t wrong;
    if (!read_sources(files, sources, &wrong))
        return NULL;
    const struct source *first = (const struct source *)(const void *)sources->data;
    return adopted ? playbook_load_adopted(first, sources->len, diagnostics)
                   : playbook_load(first, sources->len, diagnostics);
}

static GArray *diagnostics_new(void)
{
    GArray *diagnostics = g_array_new(FALSE, TRUE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, clear_diagnostic);
    return diagnostics;
}

static bool refuse_mistakes(struct decision *decision, const GArray *diagnostics)
{
    g_autofree char *count = g_strdup_printf("%u", diagnostics->len);
    decision_refuse(decision, PROBLEM_PLAYBOOK_INVALID, "files", count);
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *mistake = &g_array_index(diagnostics, struct diagnostic, i);
        g_autofree char *line = g_strdup_printf("%d", mistake->line);
        g_autofree char *column = g_strdup_printf("%d", mistake->column);
        g_autofree char *zh = diagnostic_text(mistake, true), *en = diagnostic_text(mistake, false);
        decision_refuse(decision, PROBLEM_PLAYBOOK_MISTAKE, "files", mistake->file, line, column, zh, en);
    }
    return false;
}

static bool check_form(struct decision *decision, const json_t **out_files)
{
    const json_t *files = NULL;
    if (!decision_array(decision, "files", LIMIT_BATCH_ITEMS, &files))
        return false;
    size_t wrong;
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(struct source));
    g_array_set_clear_func(sources, clear_source);
    if (!read_sources(files, sources, &wrong)) {
        g_autofree char *field = g_strdup_printf("files[%zu]", wrong);
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, field, "{name, text}");
    }
    g_autofree char *limit = g_strdup_printf("%d", LIMIT_EVENT_BODY_BYTES);
    if (json_dumpb(files, NULL, 0, JSON_COMPACT) > LIMIT_EVENT_BODY_BYTES - 1024)
        return decision_refuse(decision, PROBLEM_BODY_TOO_LARGE, "files", limit);
    *out_files = files;
    return true;
}

static void adopt(struct decision *decision, struct playbook *playbook /* taken */, const json_t *files)
{
    json_t *body = json_pack("{s:s, s:i, s:O}", "name", playbook->name, "version", playbook->version, "files", files);
    playbook->id = decision_emit(decision, "playbook_adopted", 0, 0, body, NULL);
    playbook->adopted_us = decision->now_us;
    rulebook_add(decision->rulebook, playbook);
}

/* NULL, refused: the files are not in order, or no newer than what is in force. */
static struct playbook *load_newer(struct decision *decision, const json_t *files)
{
    g_autoptr(GArray) diagnostics = diagnostics_new();
    AUTO(playbook) struct playbook *playbook = load(files, false, diagnostics);
    if (playbook == NULL) {
        refuse_mistakes(decision, diagnostics);
        return NULL;
    }
    if (decision->playbook != NULL && playbook->version <= decision->playbook->version) {
        g_autofree char *version = g_strdup_printf("%d", decision->playbook->version);
        decision_refuse(decision, PROBLEM_PLAYBOOK_NOT_NEWER, "files", version);
        return NULL;
    }
    return g_steal_pointer(&playbook);
}

/* ---- what one person does not adopt alone ---- */

static GPtrArray *widenings(const struct decision *decision, const struct playbook *playbook)
{
    if (decision_is_operator(decision) || decision->playbook == NULL || decision->areas->hooks.widens == NULL)
        return g_ptr_array_new();
    return decision->areas->hooks.widens(decision->playbook, playbook);
}

/* A proposal ends when its proposer may no longer adopt. */
static bool find_proposal(const struct decision *decision, const char *digest, struct playbook_proposal *out)
{
    if (!playbook_proposal_find(decision->rows, digest, decision->now_us, out))
        return false;
    if (decision->areas->hooks.may_adopt == NULL || decision->areas->hooks.may_adopt(decision, out->by))
        return true;
    playbook_proposal_clear(out);
    *out = (struct playbook_proposal){0};
    return false;
}

/* NULL where no area has such roles. */
static const char *adopts_as(struct decision *decision)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    return hooks->adopts_as != NULL ? hooks->adopts_as(decision) : NULL;
}

static const char *agrees_as(struct decision *decision, const char *other_than)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    return hooks->agrees_as != NULL ? hooks->agrees_as(decision, other_than) : NULL;
}

/* Another person, in another role: otherwise one actor could widen their own rights. */
static bool may_agree(struct decision *decision, const struct playbook_proposal *proposal)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    if (hooks->in_one_hand != NULL &&
        hooks->in_one_hand(decision->rows, decision->command->person, proposal->by, proposal->at_us, decision->now_us))
        return decision_refuse(decision, PROBLEM_SAME_PERSON_REFUSED, NULL);
    return agrees_as(decision, proposal->role) != NULL ||
           decision_refuse(decision, PROBLEM_SAME_ROLE_REFUSED, NULL, proposal->role);
}

static bool propose(struct decision *decision, const struct playbook *playbook, const json_t *files, const char *digest,
                    const GPtrArray *widens)
{
    json_t *told = json_array();
    for (guint i = 0; i < MIN(widens->len, PLAYBOOK_WIDENINGS_TOLD); i++)
        json_array_append_new(told, json_string(g_ptr_array_index(widens, i)));
    json_t *body = json_pack("{s:s, s:s, s:i, s:s, s:I, s:o, s:I, s:O}", "digest", digest, "name", playbook->name,
                             "version", playbook->version, "role", adopts_as(decision), "until_us",
                             (json_int_t)(decision->now_us + LIMIT_PROPOSAL_US), "widens", told, "widens_count",
                             (json_int_t)widens->len, "files", files);
    if (json_dumpb(body, NULL, 0, JSON_COMPACT) > LIMIT_EVENT_BODY_BYTES) {
        json_decref(body);
        return decision_refuse(decision, PROBLEM_BODY_TOO_LARGE, "files", G_STRINGIFY(LIMIT_EVENT_BODY_BYTES));
    }
    decision_emit(decision, "playbook_proposed", 0, 0, body, NULL);
    return true;
}

bool decide_adopt_playbook(struct decision *decision)
{
    const json_t *files = NULL;
    if (!decision_is_operator(decision) && adopts_as(decision) == NULL)
        return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, "playbook");
    if (!check_form(decision, &files))
        return false;
    AUTO(playbook) struct playbook *playbook = load_newer(decision, files);
    if (playbook == NULL)
        return false;
    g_autoptr(GPtrArray) widens = widenings(decision, playbook);
    if (widens->len > 0) {
        AUTO(playbook_proposal) struct playbook_proposal proposal = {0};
        g_autofree char *digest = playbook_digest(files);
        if (!find_proposal(decision, digest, &proposal))
            return propose(decision, playbook, files, digest, widens);
        if (!may_agree(decision, &proposal))
            return false;
    }
    adopt(decision, g_steal_pointer(&playbook), files);
    return true;
}

/* The proposal that the command names, for those who may agree to one. */
static bool take_proposal(struct decision *decision, struct playbook_proposal *out)
{
    const char *digest = NULL;
    if (!decision_is_operator(decision) && agrees_as(decision, NULL) == NULL)
        return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, "playbook, audit");
    return decision_text(decision, "digest", &digest) &&
           (find_proposal(decision, digest, out) || decision_refuse(decision, PROBLEM_NOTHING_PROPOSED, "digest"));
}

bool decide_confirm_playbook(struct decision *decision)
{
    AUTO(playbook_proposal) struct playbook_proposal proposal = {0};
    if (!take_proposal(decision, &proposal) || (!decision_is_operator(decision) && !may_agree(decision, &proposal)))
        return false;
    g_autoptr(json_t) files = playbook_proposal_files(decision->rows, proposal.digest);
    struct playbook *playbook = load_newer(decision, files);
    if (playbook == NULL)
        return false;
    adopt(decision, playbook, files);
    return true;
}

bool decide_withdraw_playbook(struct decision *decision)
{
    AUTO(playbook_proposal) struct playbook_proposal proposal = {0};
    if (!take_proposal(decision, &proposal))
        return false;
    decision_emit(decision, "playbook_proposal_withdrawn", 0, 0, json_pack("{s:s}", "digest", proposal.digest), NULL);
    return true;
}

static bool find_adoption(struct journal_cursor *cursor, struct event *out, int64_t place, GError **error)
{
    g_autoptr(GError) failed = NULL;
    if (journal_next(cursor, out, &failed) && strcmp(out->kind, "playbook_adopted") == 0)
        return true;
    if (failed != NULL)
        g_propagate_error(error, g_steal_pointer(&failed));
    else
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_NO_PLAYBOOK,
                    "the event of playbook %" G_GINT64_FORMAT " is missing", place);
    return false;
}

struct playbook *adopted_load(struct journal *journal, int64_t place, GError **error)
{
    AUTO(journal_cursor)
    struct journal_cursor *cursor = journal_walk_stream(journal, MAX(id_place_stream(place), 0), id_place_seq(place));
    struct event event;
    if (!find_adoption(cursor, &event, place, error))
        return NULL;
    g_autoptr(json_t) body = json_loadb(event.body, event.body_bytes, 0, NULL);
    g_autoptr(GArray) diagnostics = diagnostics_new();
    struct playbook *playbook = load(json_object_get(body, "files"), true, diagnostics);
    if (playbook == NULL) {
        const struct diagnostic *first =
            diagnostics->len > 0 ? &g_array_index(diagnostics, struct diagnostic, 0) : NULL;
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                    "this program cannot read playbook version %d, which the data holds: %s:%d: %s",
                    (int)json_get_integer(body, "version", 0), first != NULL ? first->file : "-",
                    first != NULL ? first->line : 0, first != NULL ? first->text : "its files are not valid");
        return NULL;
    }
    playbook->id = place;
    playbook->adopted_us = event.at_us;
    return playbook;
}

void playbook_version_clear(struct playbook_version *version)
{
    g_clear_pointer(&version->name, g_free);
}

static void version_clear(gpointer version)
{
    playbook_version_clear(version);
}

GArray *playbook_versions(struct db *rows, int64_t before, int most)
{
    GArray *versions = g_array_new(FALSE, TRUE, sizeof(struct playbook_version));
    g_array_set_clear_func(versions, version_clear);
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT place, name, version, adopted_us FROM playbook WHERE place < ?1 "
                                   "ORDER BY place DESC LIMIT ?2",
                                   "ii", before, (int64_t)most);
    while (cursor_next(&found)) {
        struct playbook_version version = {.id = cursor_integer(&found, 0),
                                           .name = g_strdup(cursor_text(&found, 1)),
                                           .version = cursor_integer(&found, 2),
                                           .adopted_us = cursor_integer(&found, 3)};
        g_array_append_val(versions, version);
    }
    return versions;
}

bool rulebook_fill(struct rulebook *rulebook, struct db *rows, struct journal *journal, GError **error)
{
    AUTO(cursor) struct cursor found = db_query(rows, "SELECT place FROM playbook ORDER BY place", "");
    while (cursor_next(&found)) {
        int64_t place = cursor_integer(&found, 0);
        if (rulebook_get(rulebook, place) != NULL)
            continue;
        struct playbook *playbook = adopted_load(journal, place, error);
        if (playbook == NULL) {
            if (error != NULL && g_error_matches(*error, ENGINE_ERROR, ENGINE_ERROR_NO_PLAYBOOK))
                db_corrupt(rows, "playbook %" G_GINT64_FORMAT " is nowhere in the journal", place);
            return false;
        }
        rulebook_add(rulebook, playbook);
    }
    return true;
}
