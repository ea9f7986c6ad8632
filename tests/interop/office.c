/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "office.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

int64_t office_ask(struct office *office, const char *name, json_t *body)
{
    struct answer answer;
    struct command *command = command_new(name, ORIGIN_OPERATOR, 0, body);
    uuid_make(clock_now_us(&office->clock), &command->id);
    engine_ask(office->engine, command, &answer);
    if (answer.problem != NULL)
        g_error("%s: %s %s", name, problem_texts[answer.problem->code].name,
                answer.problem->field != NULL ? answer.problem->field : "");
    json_decref(answer.body);
    engine_wait_rows(office->engine, engine_durable_pos(office->engine), 10 * US_PER_SECOND);
    return answer.made;
}

void office_open(struct office *office, const char *playbook_text)
{
    GError *error = NULL;
    *office = (struct office){.dir = g_dir_make_tmp("lianfang-office-XXXXXX", &error)};
    office->data = g_build_filename(office->dir, "data", NULL);
    clock_init_manual(&office->clock, OFFICE_NOW_US);
    struct engine_options options = {.areas = lianfang_areas,
                                     .data_dir = office->data,
                                     .clock = &office->clock,
                                     .create = true,
                                     .no_clock = true,
                                     .grace_us = -1};
    office->engine = engine_open(&options, &error);
    g_assert_no_error(error);
    office_ask(office, "adopt_playbook",
               json_pack("{s:[{s:s, s:s}]}", "files", "name", "playbook.yaml", "text", playbook_text));
}

void office_close(struct office *office)
{
    engine_close(office->engine);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", office->dir);
    g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
    g_free(office->dir);
    g_free(office->data);
}

int sheet_file(const void *bytes, size_t count)
{
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("lianfang-sheet-XXXXXX", &name, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_unlink(name);
    g_assert_cmpint(write(fd, bytes, count), ==, count);
    return fd;
}

struct mapping *sheet_mapping(const char *text)
{
    struct problem *problem = NULL;
    struct mapping *mapping = text == NULL ? mapping_new() : mapping_parse("m.yaml", text, strlen(text), &problem);
    g_assert_nonnull(mapping);
    return mapping;
}

void office_import(struct office *office, const char *what, const char *sheet, const char *mapping_text, bool apply,
                   struct report *report)
{
    GError *error = NULL;
    int fd = sheet_file(sheet, strlen(sheet));
    AUTO(mapping) struct mapping *mapping = sheet_mapping(mapping_text);
    struct import_options options = {
        .engine = office->engine, .clock = &office->clock, .what = what, .mapping = mapping, .apply = apply};
    report_init(report);
    import_run(&options, fd, report, &error);
    g_assert_no_error(error);
    close(fd);
    engine_wait_rows(office->engine, engine_durable_pos(office->engine), 10 * US_PER_SECOND);
    g_autofree char *text = report_text(report, false);
    g_test_message("%s", text);
}

static char *exported(const struct export_options *options)
{
    GError *error = NULL;
    struct problem *problem = NULL;
    struct engine *engine = options->engine;
    engine_wait_rows(engine, engine_durable_pos(engine), 10 * US_PER_SECOND);
    struct reader *reader = reader_open(engine_data_dir(engine), engine_keys_dir(engine), &error);
    g_assert_no_error(error);
    GString *whole = g_string_new(NULL);
    g_autoptr(GString) piece = g_string_new(NULL);
    AUTO(export) struct export *export = export_new(options, reader, &problem);
    g_assert_nonnull(export);
    while (export_next(export, reader, piece))
        g_string_append_len(whole, piece->str, (gssize)piece->len);
    g_assert_false(export_failed(export));
    reader_close(reader);
    return g_string_free(whole, FALSE);
}

char *sheet_exported(struct engine *engine, const struct clock *clock, int64_t person, const char *what,
                     enum cell_words words, int64_t under)
{
    return exported(&(struct export_options){.engine = engine,
                                             .clock = clock,
                                             .person = person,
                                             .what = what,
                                             .filter = {.under = under, .open = -1},
                                             .words = words,
                                             .charset = CHARSET_UTF8});
}

char *entries_exported(struct engine *engine, const struct clock *clock, int64_t person, const char *what,
                       const char *entry)
{
    return exported(&(struct export_options){.engine = engine,
                                             .clock = clock,
                                             .person = person,
                                             .what = what,
                                             .filter = {.open = -1},
                                             .entries = entry,
                                             .charset = CHARSET_UTF8});
}

char *lasts_exported(struct engine *engine, const struct clock *clock, int64_t person, const char *what,
                     const char *last)
{
    return exported(&(struct export_options){.engine = engine,
                                             .clock = clock,
                                             .person = person,
                                             .what = what,
                                             .filter = {.open = -1},
                                             .last = last,
                                             .charset = CHARSET_UTF8});
}

char *findings_in(const struct report *report)
{
    g_autoptr(json_t) json = report_json(report, false, 0);
    GString *text = g_string_new(NULL);
    size_t i;
    json_t *finding;
    json_array_foreach(json_object_get(json, "findings"), i, finding)
        g_string_append_printf(text, "%s%d:%s:%s", i > 0 ? " " : "", (int)json_get_integer(finding, "row", 0),
                               json_get_text(finding, "column", ""), json_get_text(finding, "code", ""));
    return g_string_free(text, FALSE);
}
