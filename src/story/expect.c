/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story/snapshot.h"

#include "access/grants.h"
#include "access/task_list.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "engine/engine.h"
#include "matter/tally.h"
#include "playbook/model/deadline.h"
#include "story/literal.h"

#include <string.h>

typedef void (*check_function)(struct snapshot *, const json_t *wanted);

static char *handle_of_person(struct fixture *fixture, int64_t person)
{
    GHashTableIter iter;
    gpointer handle, id;
    g_hash_table_iter_init(&iter, fixture->people);
    while (g_hash_table_iter_next(&iter, &handle, &id))
        if (*(int64_t *)id == person)
            return g_strdup(handle);
    return g_strdup("nobody");
}

/* Who holds the post; an expectation without a post names its person as a negative number. */
static char *handle_of_post(struct fixture *fixture, int64_t post_id)
{
    struct post post;
    if (post_id < 0)
        return handle_of_person(fixture, -post_id);
    return handle_of_person(fixture, registry_post(fixture->reader->rows, post_id, &post) ? post.person : 0);
}

static const struct expectation_row *row_at(const struct snapshot *snapshot, guint index)
{
    return &g_array_index(snapshot->expectations, struct expectation_row, index);
}

static void check_state(struct snapshot *snapshot, const json_t *wanted)
{
    if (strcmp(json_string_value(wanted), snapshot->matter.state) != 0)
        fixture_fail(snapshot->fixture, "state: expected %s, found %s", json_string_value(wanted),
                     snapshot->matter.state);
}

static void check_merged(struct snapshot *snapshot, const json_t *wanted)
{
    struct matter into = {0};
    const char *handle = json_string_value(wanted);
    if (strcmp(handle, "none") != 0 && !fixture_matter(snapshot->fixture, handle, &into))
        return;
    if (snapshot->matter.merged_into != into.id)
        fixture_fail(snapshot->fixture, "merged_into: expected %s, found %s", handle,
                     snapshot->matter.merged_into == 0 ? "none" : "another one");
}

static void check_closed(struct snapshot *snapshot, const json_t *wanted)
{
    bool closed = snapshot->matter.closed_us != 0;
    if (closed != json_is_true(wanted))
        fixture_fail(snapshot->fixture, "closed: expected %s, found %s", json_is_true(wanted) ? "true" : "false",
                     closed ? "true" : "false");
}

/* Names of the open expectations of which `has` holds, as a set. */
static void check_names(struct snapshot *snapshot, const json_t *wanted, const char *what,
                        bool (*has)(const struct expectation_row *))
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; i < snapshot->expectations->len; i++)
        if (row_at(snapshot, i)->outcome == OUTCOME_OPEN && has(row_at(snapshot, i)))
            g_ptr_array_add(found, (gpointer)row_at(snapshot, i)->name);
    expect_sets(snapshot->fixture, what, wanted, found);
}

static bool is_open(const struct expectation_row *row)
{
    return row->outcome == OUTCOME_OPEN;
}

static bool is_overdue(const struct expectation_row *row)
{
    return row->overdue;
}

static bool is_paused(const struct expectation_row *row)
{
    return row->paused_us != 0;
}

static bool is_warned(const struct expectation_row *row)
{
    return row->warned;
}

static bool is_ringing(const struct expectation_row *row)
{
    return row->phone_us != 0;
}

static void check_phone_list(struct snapshot *snapshot, const json_t *wanted)
{
    check_names(snapshot, wanted, "phone_list", is_ringing);
}

/* Alerts of all that is open under a name. */
static void check_alerted(struct snapshot *snapshot, const json_t *wanted)
{
    const char *name;
    json_t *count;
    json_object_foreach((json_t *)wanted, name, count)
    {
        int found = 0;
        for (guint i = 0; i < snapshot->expectations->len; i++)
            if (strcmp(row_at(snapshot, i)->name, name) == 0)
                found += row_at(snapshot, i)->alerts;
        if (found != json_integer_value(count))
            fixture_fail(snapshot->fixture, "alerted %s: found %d", name, found);
    }
}

static void check_expects(struct snapshot *snapshot, const json_t *wanted)
{
    check_names(snapshot, wanted, "expects", is_open);
}

static void check_overdue(struct snapshot *snapshot, const json_t *wanted)
{
    check_names(snapshot, wanted, "overdue", is_overdue);
}

static void check_paused(struct snapshot *snapshot, const json_t *wanted)
{
    check_names(snapshot, wanted, "paused", is_paused);
}

static void check_warned(struct snapshot *snapshot, const json_t *wanted)
{
    check_names(snapshot, wanted, "warned", is_warned);
}

static void check_erased(struct snapshot *snapshot, const json_t *wanted)
{
    if (snapshot->matter.erased != json_is_true(wanted))
        fixture_fail(snapshot->fixture, "erased: found %s", snapshot->matter.erased ? "true" : "false");
}

static void check_erase_at(struct snapshot *snapshot, const json_t *wanted)
{
    int64_t wanted_us = 0, found_us = 0;
    char found[DATETIME_TEXT_MAX];
    datetime_parse(json_string_value(wanted), &wanted_us);
    db_integer(snapshot->fixture->reader->rows, &found_us, "SELECT coalesce(retain_us, 0) FROM matter WHERE id = ?1",
               "i", snapshot->matter.id);
    datetime_format(found_us, snapshot->fixture->playbook->zone, found);
    if (found_us != wanted_us)
        fixture_fail(snapshot->fixture, "erase_at: expected %s, found %s", json_string_value(wanted),
                     found_us != 0 ? found : "never");
}

static void check_held(struct snapshot *snapshot, const json_t *wanted)
{
    g_autoptr(GPtrArray) found =
        matter_holds(snapshot->fixture->reader->rows, snapshot->fixture->reader->vault, snapshot->matter.id);
    expect_sets(snapshot->fixture, "held", wanted, found);
}

static void check_ended(struct snapshot *snapshot, const json_t *wanted, enum outcome outcome)
{
    const char *name;
    json_t *count;
    json_object_foreach((json_t *)wanted, name, count)
    {
        int64_t found = 0;
        for (guint i = 0; i < snapshot->expectations->len; i++)
            found += row_at(snapshot, i)->outcome == outcome && strcmp(row_at(snapshot, i)->name, name) == 0;
        if (found != json_integer_value(count))
            fixture_fail(snapshot->fixture, "%s %s: expected %d, found %d", outcome_names[outcome], name,
                         (int)json_integer_value(count), (int)found);
    }
}

static void check_met(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_MET);
}

static void check_late(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_LATE);
}

static void check_missed(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_MISSED);
}

static void check_excused(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_EXCUSED);
}

static void check_withdrawn(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_WITHDRAWN);
}

static const struct expectation_row *find_open(struct snapshot *snapshot, const char *name)
{
    for (guint i = 0; i < snapshot->expectations->len; i++)
        if (row_at(snapshot, i)->outcome == OUTCOME_OPEN && strcmp(row_at(snapshot, i)->name, name) == 0)
            return row_at(snapshot, i);
    fixture_fail(snapshot->fixture, "nothing called %s is open", name);
    return NULL;
}

static void check_superseded(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_SUPERSEDED);
}

static void check_no_show(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_NO_SHOW);
}

static void check_tried(struct snapshot *snapshot, const json_t *wanted)
{
    check_ended(snapshot, wanted, OUTCOME_TRIED);
}

static void check_reopened(struct snapshot *snapshot, const json_t *wanted)
{
    const char *name;
    json_t *count;
    json_object_foreach((json_t *)wanted, name, count)
    {
        int64_t found = 0;
        for (guint i = 0; i < snapshot->expectations->len; i++)
            found += row_at(snapshot, i)->reopened && strcmp(row_at(snapshot, i)->name, name) == 0;
        if (found != json_integer_value(count))
            fixture_fail(snapshot->fixture, "reopened %s: expected %d, found %d", name, (int)json_integer_value(count),
                         (int)found);
    }
}

static void check_extended(struct snapshot *snapshot, const json_t *wanted)
{
    const char *name;
    json_t *count;
    json_object_foreach((json_t *)wanted, name, count)
    {
        const struct expectation_row *row = find_open(snapshot, name);
        if (row != NULL && row->extensions != json_integer_value(count))
            fixture_fail(snapshot->fixture, "extended %s: expected %d, found %d", name, (int)json_integer_value(count),
                         row->extensions);
    }
}

static void check_answers(struct snapshot *snapshot, const json_t *wanted)
{
    const char *name;
    json_t *handle;
    json_object_foreach((json_t *)wanted, name, handle)
    {
        const struct expectation_row *row = find_open(snapshot, name);
        g_autofree char *found = row != NULL ? handle_of_post(snapshot->fixture, row->post) : NULL;
        if (found != NULL && strcmp(found, json_string_value(handle)) != 0)
            fixture_fail(snapshot->fixture, "answers %s: expected %s, found %s", name, json_string_value(handle),
                         found);
    }
}

/* Exactly these are taken, and by whom. */
static void check_claimed(struct snapshot *snapshot, const json_t *wanted)
{
    g_autoptr(json_t) found = json_object();
    for (guint i = 0; i < snapshot->expectations->len; i++) {
        const struct expectation_row *row = row_at(snapshot, i);
        g_autofree char *handle = handle_of_post(snapshot->fixture, row->post);
        if (row->claimed_us != 0)
            json_object_set_new(found, row->name, json_string(handle));
    }
    if (json_equal(found, wanted))
        return;
    char *shown = json_text(found, NULL);
    fixture_fail(snapshot->fixture, "claimed: found %s", shown);
    free(shown);
}

/* `ours`: the due time of the playbook, where another system has set one. */
static void check_times(struct snapshot *snapshot, const json_t *wanted, const char *what, bool ours)
{
    const char *name;
    json_t *at;
    json_object_foreach((json_t *)wanted, name, at)
    {
        const struct expectation_row *row = find_open(snapshot, name);
        int64_t wanted_us, found_us = row == NULL ? 0 : ours ? row->ours_us : row->due_us;
        char found[DATETIME_TEXT_MAX];
        if (row == NULL || !datetime_parse(json_string_value(at), &wanted_us) || wanted_us == found_us)
            continue;
        if (found_us == NEVER_US)
            g_strlcpy(found, "never", sizeof found);
        else
            datetime_format(found_us, snapshot->fixture->playbook->zone, found);
        fixture_fail(snapshot->fixture, "%s %s: expected %s, found %s", what, name, json_string_value(at), found);
    }
}

static void check_due(struct snapshot *snapshot, const json_t *wanted)
{
    check_times(snapshot, wanted, "due", false);
}

static void check_ours(struct snapshot *snapshot, const json_t *wanted)
{
    check_times(snapshot, wanted, "ours", true);
}

static void check_conflict(struct snapshot *snapshot, const json_t *wanted)
{
    struct external external;
    const char *conflict = matter_external(snapshot->fixture->reader->rows, snapshot->matter.id, &external)
                               ? matter_external_conflict(&snapshot->matter, &external)
                               : NULL;
    const char *found = conflict != NULL ? conflict : "none";
    if (strcmp(found, json_string_value(wanted)) != 0)
        fixture_fail(snapshot->fixture, "conflict: expected %s, found %s", json_string_value(wanted), found);
}

static void check_escalated(struct snapshot *snapshot, const json_t *wanted)
{
    const char *name;
    json_t *handles;
    json_object_foreach((json_t *)wanted, name, handles)
    {
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
        AUTO(cursor)
        struct cursor alerts = db_query(snapshot->fixture->reader->rows,
                                        "SELECT DISTINCT post FROM alert WHERE matter = ?1 AND name = ?2 AND step > 0",
                                        "is", snapshot->matter.id, name);
        while (cursor_next(&alerts))
            g_ptr_array_add(found, handle_of_post(snapshot->fixture, cursor_integer(&alerts, 0)));
        g_autofree char *what = g_strconcat("escalated ", name, NULL);
        expect_sets(snapshot->fixture, what, handles, found);
    }
}

static void check_form(struct snapshot *snapshot, const json_t *wanted)
{
    bool erased;
    g_autoptr(json_t) form =
        matter_form(snapshot->fixture->reader->rows, snapshot->fixture->reader->vault, &snapshot->matter, &erased);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)wanted, name, value)
    {
        int at = form_find_field(&snapshot->kind->form, name);
        const json_t *found = json_object_get(form, name);
        if (at >= 0 && found != NULL && literal_is(snapshot->fixture, &snapshot->kind->form.fields[at], value, found))
            continue;
        char *shown = found != NULL ? json_text(found, NULL) : NULL;
        fixture_fail(snapshot->fixture, "form.%s: found %s", name, shown != NULL ? shown : "nothing");
        free(shown);
    }
}

/* Names of the fields that have a value and that a person is shown; none of a matter that the person may not see. */
static void check_shown(struct snapshot *snapshot, const json_t *wanted)
{
    struct fixture *fixture = snapshot->fixture;
    struct rulebook *rulebook = engine_rulebook(fixture->engine);
    bool erased;
    g_autoptr(json_t) form = matter_form(fixture->reader->rows, fixture->reader->vault, &snapshot->matter, &erased);
    const char *handle;
    json_t *names;
    json_object_foreach((json_t *)wanted, handle, names)
    {
        g_autoptr(GPtrArray) found = g_ptr_array_new();
        AUTO(viewer) struct viewer viewer;
        viewer_init(&viewer, fixture->reader->rows, fixture_person(fixture, handle), clock_now_us(&fixture->clock));
        bool sees = access_may_see(fixture->reader->rows, rulebook, &viewer, &snapshot->matter);
        for (size_t i = 0; sees && i < snapshot->kind->form.field_count; i++) {
            const struct field *field = &snapshot->kind->form.fields[i];
            if (json_object_get(form, field->name) != NULL &&
                access_shows_field(fixture->reader->rows, rulebook, &viewer, &snapshot->matter, field))
                g_ptr_array_add(found, field->name);
        }
        g_autofree char *what = g_strconcat("shown ", handle, NULL);
        expect_sets(fixture, what, names, found);
    }
}

/* Concepts of the subject, as each person is shown them. */
static void check_known(struct snapshot *snapshot, const json_t *wanted)
{
    struct fixture *fixture = snapshot->fixture;
    const char *handle;
    json_t *names;
    json_object_foreach((json_t *)wanted, handle, names)
    {
        g_autoptr(GPtrArray) concepts = g_ptr_array_new();
        AUTO(viewer) struct viewer viewer;
        viewer_init(&viewer, fixture->reader->rows, fixture_person(fixture, handle), clock_now_us(&fixture->clock));
        g_autoptr(GArray) found =
            access_known(fixture->reader->rows, fixture->reader->vault, engine_rulebook(fixture->engine), &viewer,
                         snapshot->matter.subject, NULL);
        for (guint i = 0; i < found->len; i++)
            g_ptr_array_add(concepts, g_array_index(found, struct known_value, i).field->concept);
        g_autofree char *what = g_strconcat("known ", handle, NULL);
        expect_sets(fixture, what, names, concepts);
    }
}

static void add_granted(GPtrArray *concepts, const GArray *values)
{
    for (guint i = 0; i < values->len; i++) {
        char *concept = g_array_index(values, struct known_value, i).field->concept;
        if (!g_ptr_array_find_with_equal_func(concepts, concept, g_str_equal, NULL))
            g_ptr_array_add(concepts, concept);
    }
}

/* Concepts of any subject that the matter grants to each person. */
static void check_shared(struct snapshot *snapshot, const json_t *wanted)
{
    struct fixture *fixture = snapshot->fixture;
    struct reader *reader = fixture->reader;
    struct rulebook *rulebook = engine_rulebook(fixture->engine);
    const char *handle;
    json_t *names;
    json_object_foreach((json_t *)wanted, handle, names)
    {
        g_autoptr(GPtrArray) concepts = g_ptr_array_new();
        AUTO(viewer) struct viewer viewer;
        AUTO(grant) struct grant grant = {0};
        struct grant_cursor cursor = {0};
        bool more;
        viewer_init(&viewer, reader->rows, fixture_person(fixture, handle), clock_now_us(&fixture->clock));
        if (access_grant(reader->rows, reader->vault, rulebook, &viewer, &snapshot->matter, &grant)) {
            g_autoptr(GArray) page = access_granted(reader->rows, reader->vault, rulebook, &grant, viewer.at_us,
                                                    &cursor, LIMIT_PAGE_ROWS, &more);
            for (guint i = 0; i < page->len; i++)
                add_granted(concepts, g_array_index(page, struct granted, i).values);
        }
        g_autofree char *what = g_strconcat("shared ", handle, NULL);
        expect_sets(fixture, what, names, concepts);
    }
}

static void check_figures(struct snapshot *snapshot, const json_t *wanted)
{
    struct fixture *fixture = snapshot->fixture;
    int64_t now_us = clock_now_us(&fixture->clock);
    struct period period = matter_report_period(fixture->playbook, snapshot->kind, NULL, now_us);
    g_autoptr(json_t) figures =
        matter_figures(fixture->reader->rows, snapshot->kind, snapshot->matter.unit, period, now_us);
    const char *name;
    json_t *count;
    json_object_foreach((json_t *)wanted, name,
                        count) if (json_integer_value(count) != json_get_integer(figures, name, -1))
        fixture_fail(fixture, "figures.%s: expected %d, found %d", name, (int)json_integer_value(count),
                     (int)json_get_integer(figures, name, -1));
}

static const json_t *line_called(const json_t *record, const char *kind, const char *name)
{
    size_t i;
    const json_t *line;
    json_array_foreach(json_object_get(record, "expectations"), i,
                       line) if (strcmp(json_get_text(line, "kind", ""), kind) == 0 &&
                                 strcmp(json_get_text(line, "name", ""), name) == 0) return line;
    return NULL;
}

/* "KIND.NAME.OUTCOME" in the record that was frozen last. */
static void check_record(struct snapshot *snapshot, const json_t *wanted)
{
    struct fixture *fixture = snapshot->fixture;
    g_autoptr(GArray) entries = matter_entries(fixture->reader->rows, snapshot->matter.id, 0, G_MAXINT);
    g_autoptr(json_t) last = NULL;
    for (guint i = 0; i < entries->len; i++) {
        bool erased = false;
        g_autoptr(json_t) fields =
            matter_entry_fields(fixture->reader->vault, &g_array_index(entries, struct entry_row, i), &erased);
        json_t *record = json_object_get(fields, "duty_record");
        if (record == NULL)
            continue;
        json_decref(last);
        last = json_incref(record);
    }
    const char *name;
    json_t *count;
    json_object_foreach((json_t *)wanted, name, count)
    {
        g_auto(GStrv) parts = g_strsplit(name, ".", 3);
        const json_t *line = g_strv_length(parts) == 3 ? line_called(last, parts[0], parts[1]) : NULL;
        int found = line != NULL ? (int)json_get_integer(line, parts[2], 0) : 0;
        if (found != (int)json_integer_value(count))
            fixture_fail(fixture, "duty_record.%s: expected %d, found %d", name, (int)json_integer_value(count), found);
    }
}

/* What each reference of the last entry said when it was made: "KIND.NAME", with its outcome where it has one. */
static void check_evidence(struct snapshot *snapshot, const json_t *wanted)
{
    struct reader *reader = snapshot->fixture->reader;
    g_autoptr(GArray) entries = matter_entries(reader->rows, snapshot->matter.id, 0, G_MAXINT);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    const struct entry_row *row = entries->len > 0 ? &g_array_index(entries, struct entry_row, entries->len - 1) : NULL;
    const struct entry_def *entry = row != NULL ? kind_find_entry(snapshot->kind, row->kind) : NULL;
    bool erased = false;
    g_autoptr(json_t) fields = row != NULL ? matter_entry_fields(reader->vault, row, &erased) : NULL;
    for (size_t i = 0; entry != NULL && i < entry->form.field_count; i++) {
        size_t j;
        const json_t *ref;
        if (entry->form.fields[i].type != FIELD_REFS)
            continue;
        json_array_foreach(json_object_get(fields, entry->form.fields[i].name), j, ref)
        {
            const char *outcome = json_get_text(ref, "outcome", NULL);
            g_ptr_array_add(found, g_strdup_printf("%s.%s%s%s", json_get_text(ref, "kind", "?"),
                                                   json_get_text(ref, "name", "?"), outcome != NULL ? "." : "",
                                                   outcome != NULL ? outcome : ""));
        }
    }
    expect_sets(snapshot->fixture, "evidence", wanted, found);
}

static void check_document(struct snapshot *snapshot, const json_t *wanted)
{
    int64_t count = 0;
    db_integer(snapshot->fixture->reader->rows, &count,
               "SELECT count(*) FROM document_issued WHERE matter = ?1 AND name = ?2", "is", snapshot->matter.id,
               json_string_value(wanted));
    if (count == 0)
        fixture_fail(snapshot->fixture, "document: %s has not been issued", json_string_value(wanted));
}

static const struct {
    const char *name;
    check_function check;
} checks[] = {
    {"state", check_state},
    {"closed", check_closed},
    {"erased", check_erased},
    {"erase_at", check_erase_at},
    {"held", check_held},
    {"expects", check_expects},
    {"overdue", check_overdue},
    {"paused", check_paused},
    {"warned", check_warned},
    {"phone_list", check_phone_list},
    {"alerted", check_alerted},
    {"extended", check_extended},
    {"superseded", check_superseded},
    {"tried", check_tried},
    {"no_show", check_no_show},
    {"reopened", check_reopened},
    {"met", check_met},
    {"late", check_late},
    {"missed", check_missed},
    {"excused", check_excused},
    {"withdrawn", check_withdrawn},
    {"answers", check_answers},
    {"claimed", check_claimed},
    {"due", check_due},
    {"ours", check_ours},
    {"conflict", check_conflict},
    {"escalated", check_escalated},
    {"form", check_form},
    {"shown", check_shown},
    {"known", check_known},
    {"shared", check_shared},
    {"figures", check_figures},
    {"duty_record", check_record},
    {"evidence", check_evidence},
    {"document", check_document},
    {"participants", snapshot_participants},
    {"seen", snapshot_seen},
    {"entries", snapshot_entries},
    {"left_out", snapshot_left_out},
    {"merged_into", check_merged},
};

/* ---- refusals, to-do lists, posts and units, which need no matter ---- */

static void check_refusal(struct fixture *fixture, const json_t *expect)
{
    const char *wanted = json_get_text(expect, "refused", NULL);
    const char *found = fixture->refused != NULL ? problem_texts[fixture->refused->code].name : NULL;
    if (wanted == NULL && found != NULL) {
        g_autofree char *sentence = problem_sentence(fixture->refused, false);
        fixture_fail(fixture, "refused: %s: %s: %s", found,
                     fixture->refused->field != NULL ? fixture->refused->field : "-", sentence);
    } else if (wanted != NULL && (found == NULL || strcmp(wanted, found) != 0)) {
        fixture_fail(fixture, "refused: expected %s, found %s", wanted, found != NULL ? found : "accepted");
    }
    const char *say = json_get_text(expect, "say", NULL);
    if (say == NULL || fixture->refused == NULL)
        return;
    g_autofree char *zh = problem_sentence(fixture->refused, true), *en = problem_sentence(fixture->refused, false);
    if (strcmp(say, zh) != 0 && strcmp(say, en) != 0)
        fixture_fail(fixture, "say: found %s", zh);
}

static json_t *todo_of(struct fixture *fixture, int64_t person)
{
    AUTO(viewer) struct viewer viewer = {0};
    AUTO(task_list) struct task_list list = {0};
    viewer_init(&viewer, fixture->reader->rows, person, clock_now_us(&fixture->clock));
    task_list_init(&list, fixture->reader->rows, engine_rulebook(fixture->engine), &viewer, 0);
    g_autoptr(GArray) todos = task_list_read(&list, 0, 0, 0, 200);
    json_t *names = json_array();
    for (guint i = 0; i < todos->len; i++)
        if (task_list_has(&list, &g_array_index(todos, struct todo, i)))
            json_array_append_new(names, json_string(g_array_index(todos, struct todo, i).name));
    return names;
}

static void check_todo(struct fixture *fixture, const json_t *wanted)
{
    const char *handle;
    json_t *names;
    json_object_foreach((json_t *)wanted, handle, names)
    {
        g_autoptr(json_t) found = todo_of(fixture, fixture_person(fixture, handle));
        if (json_equal(found, names))
            continue;
        char *shown = json_text(found, NULL);
        fixture_fail(fixture, "todo %s: found %s", handle, shown);
        free(shown);
    }
}

static void describe_cell(const struct indicator *indicator, const struct indicator_cell *cell, char *out, size_t size)
{
    if (cell->hidden || cell->thin)
        g_strlcpy(out, cell->hidden ? "hidden" : "thin", size);
    else if (indicator->ratio)
        g_snprintf(out, size, "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, cell->top, cell->bottom);
    else
        g_snprintf(out, size, "%" G_GINT64_FORMAT, cell->top);
}

/* What is kept must be what all rows give, whatever a test asks for. */
static void check_kept(struct fixture *fixture, const struct indicator *indicator, int64_t unit, int32_t day,
                       const struct indicator_count *kept)
{
    AUTO(indicator_count) struct indicator_count counted = {0};
    char one[64], other[64];
    if (!kept->kept || !indicator_windows(indicator, day, day, &counted.cells) ||
        !indicator_recount(fixture->reader->rows, fixture->reader->vault, engine_rulebook(fixture->engine), indicator,
                           unit, clock_now_us(&fixture->clock), &counted))
        return;
    describe_cell(indicator, &g_array_index(kept->cells, struct indicator_cell, 0), one, sizeof one);
    describe_cell(indicator, &g_array_index(counted.cells, struct indicator_cell, 0), other, sizeof other);
    if (strcmp(one, other) != 0 || kept->uncounted != counted.uncounted ||
        kept->covered_units != counted.covered_units || kept->unit_count != counted.unit_count)
        fixture_fail(fixture, "indicators %s: kept %s, counted %s", indicator->name, one, other);
}

/* In the window that holds this moment. */
static void check_indicator(struct fixture *fixture, const char *key, const char *wanted)
{
    g_auto(GStrv) parts = g_strsplit(key, "@", 2);
    const struct indicator *indicator = playbook_find_indicator(fixture->playbook, parts[0]);
    int64_t now_us = clock_now_us(&fixture->clock);
    int32_t day = day_of(now_us, fixture->playbook->zone);
    AUTO(indicator_count) struct indicator_count count = {0};
    char found[64] = "too much";
    if (indicator == NULL || !indicator_windows(indicator, day, day, &count.cells))
        return;
    int64_t unit = fixture_unit(fixture, parts[1]);
    if (indicator_count(fixture->reader->rows, fixture->reader->vault, engine_rulebook(fixture->engine), indicator,
                        unit, now_us, &count))
        describe_cell(indicator, &g_array_index(count.cells, struct indicator_cell, 0), found, sizeof found);
    check_kept(fixture, indicator, unit, day, &count);
    if (strcmp(found, wanted) != 0)
        fixture_fail(fixture, "indicators %s: expected %s, found %s", key, wanted, found);
}

static void check_indicators(struct fixture *fixture, const json_t *wanted)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)wanted, key, value) check_indicator(fixture, key, json_string_value(value));
}

static bool needs_matter(const json_t *expect)
{
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
        if (json_object_get(expect, checks[i].name) != NULL)
            return true;
    return false;
}

void step_expect(struct fixture *fixture, const json_t *expect)
{
    if (json_object_get(expect, "indicators") != NULL)
        check_indicators(fixture, json_object_get(expect, "indicators"));
    if (json_object_get(expect, "posts") != NULL)
        expect_posts(fixture, json_object_get(expect, "posts"));
    if (json_object_get(expect, "units") != NULL)
        expect_units(fixture, json_object_get(expect, "units"));
    if (json_object_get(expect, "todo") != NULL)
        check_todo(fixture, json_object_get(expect, "todo"));
    if (!needs_matter(expect))
        return;
    struct snapshot snapshot = {.fixture = fixture};
    const char *handle = json_get_text(expect, "matter", fixture->last_matter);
    if (handle == NULL || !fixture_matter(fixture, handle, &snapshot.matter))
        return;
    snapshot.kind = playbook_find_kind(fixture->playbook, snapshot.matter.kind);
    snapshot.expectations = matter_expectations(fixture->reader->rows, fixture->reader->vault, snapshot.matter.id);
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
        const json_t *wanted = json_object_get(expect, checks[i].name);
        if (wanted != NULL)
            checks[i].check(&snapshot, wanted);
    }
    g_array_unref(snapshot.expectations);
}

void step_expect_answer(struct fixture *fixture, const json_t *expects)
{
    g_autoptr(json_t) nothing = json_object();
    const json_t *first = nothing;
    size_t index;
    json_t *expect;
    json_array_foreach((json_t *)expects, index, expect) if (json_object_get(expect, "refused") != NULL) first = expect;
    check_refusal(fixture, first);
}
