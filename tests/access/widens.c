/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a version lets somebody do or see that the one before does not, and what only looks like it. */
#include "access/access.h"
#include "playbook/load/load.h"

#include <glib.h>
#include <string.h>

extern const char rig_playbook[]; /* tests/api/playbook.yaml */

struct row {
    const char *name, *from, *to;
    const char *widens; /* NULL nothing; else all of it, by "; " */
};

#define WORKER "{title: {zh: 网格员, en: Grid worker}, grounds: [grid, community, subdistrict, district, city], may: "
#define GRIDS                                                                                                          \
    "  grid:        {title: {zh: 网格, en: Grid}, under: [community]}\n---\n"                                        \
    "roles:\n  grid_worker:           {title: {zh: 网格员, en: Grid worker}, "
#define CLERK  "roles:\n  clerk: {title: {zh: 员, en: Clerk}, grounds: [grid]"
#define TOPIC  "label: {zh: 主题"
#define SECRET "visible_to: [cdc_officer], label: {zh: 线索来源"
#define WELFARE_NEW                                                                                                    \
    "  welfare_new: {title: {zh: 数, en: New}, top: opened(), window: day, floor: community, told_to: [grid_worker]}\n"
#define KEPT "retain: {after: closed, for: 30d, held_by: [community_doctor]}\n"

static const struct row rows[] = {
    {"nothing", "version: 1", "version: 2", NULL},
    {"a right less", WORKER "[persons]", WORKER "[]", NULL},
    {"a right more", WORKER "[persons]", WORKER "[persons, accounts]", "roles.grid_worker.may: accounts"},
    {"the steward supervises", "may: [persons, registry, accounts, playbook]",
     "may: [persons, registry, accounts, playbook, audit]",
     "roles.data_steward.may: audit; kinds.home_observation.seen_by: data_steward; kinds.household_case.seen_by: "
     "data_steward; kinds.anomaly_report.seen_by: "
     "data_steward; kinds.welfare_case.seen_by: data_steward; kinds.data_share.seen_by: data_steward; "
     "kinds.joint_case.seen_by: data_steward; kinds.errand.seen_by: data_steward; "
     "kinds.call_out.seen_by: data_steward; kinds.deadline_case.seen_by: "
     "data_steward; kinds.directive.seen_by: data_steward; "
     "kinds.door_photo.seen_by: data_steward"}, /* who supervises sees what is about people */
    {"a new role with a right", "roles:\n", CLERK ", may: [registry]}\n", "roles.clerk.may: registry"},
    {"a new role without", "roles:\n", CLERK "}\n", NULL},
    {"who sees a kind", KEPT, KEPT "seen_by: [district_duty_officer]\n",
     "kinds.home_observation.seen_by: district_duty_officer"},
    {"who acts in it sees it", "by: [community_doctor, cdc_officer]\n    unless_actor",
     "by: [community_doctor, cdc_officer, district_duty_officer]\n    unless_actor",
     "kinds.home_observation.seen_by: district_duty_officer"},
    {"who saw it already acts in it", "by: [community_doctor, cdc_officer]\n    unless_actor",
     "by: [community_doctor, cdc_officer, grid_worker]\n    unless_actor", NULL},
    {"who sees it unmasked", "unmask: [grid_worker, community_doctor]",
     "unmask: [grid_worker, community_doctor, cdc_officer]", "kinds.home_observation.unmask: cdc_officer"},
    {"who reads a field", SECRET, "visible_to: [cdc_officer, grid_worker], label: {zh: 线索来源",
     "kinds.home_observation.form.source.visible_to: grid_worker"},
    {"everybody does", SECRET, "label: {zh: 线索来源",
     "kinds.home_observation.form.source.visible_to: everybody who sees the matter"},
    {"nobody but another", SECRET, "visible_to: [grid_worker], label: {zh: 线索来源",
     "kinds.home_observation.form.source.visible_to: grid_worker"},
    {"who is told a figure", "told_to: [cdc_officer]", "told_to: [cdc_officer, grid_worker]",
     "kinds.welfare_case.indicators.welfare_open.told_to: grid_worker"},
    {"a figure that is told", "  welfare_open: {", WELFARE_NEW "  welfare_open: {",
     "kinds.welfare_case.indicators.welfare_new.told_to: grid_worker"},
    {"a field of an entry", "visible_to: cdc_officer, label: {zh: 私下说明", "label: {zh: 私下说明",
     "kinds.home_observation.object.confided.visible_to: everybody who sees the matter"},
    {"a phone that is a text now", "type: phone, label: {zh: 联系电话", "type: text, label: {zh: 联系电话",
     "kinds.home_observation.form.contact: no longer masked"},
    {"a ground more", GRIDS "grounds: [grid, ",
     "  village: {title: {zh: 村, en: Village}, under: [subdistrict]}\n" GRIDS "grounds: [village, grid, ",
     "roles.grid_worker.grounds: village"},
    {"the opener barred no longer", ", unless: opener}", "}", "kinds.data_share.entries.note.unless: no longer opener"},
    {"a right of objection less", "except: objector, ", "", "kinds.data_share.grants.except: no longer objector"},
    {"grants in another state", "in: [in_force]}", "in: [in_force, revoked]}", "kinds.data_share.grants.in: revoked"},
    {"a bar less", "    unless_actor: [facts.objector]\n", "",
     "kinds.home_observation.entries.answer_objection.unless_actor: no longer facts.objector"},
    {"a text that is clear now", SECRET, "clear: true, clear_reason: x, " SECRET,
     "kinds.home_observation.form.source.clear: no longer sealed"},
    {"a field that is read by fewer", TOPIC, "visible_to: [data_steward], " TOPIC, NULL},
};

static struct playbook *load(const char *text)
{
    g_autoptr(GArray) diagnostics = g_array_new(FALSE, TRUE, sizeof(struct diagnostic));
    struct source source = {.name = (char *)"a.yaml", .text = (char *)text, .bytes = strlen(text)};
    struct playbook *playbook = playbook_load(&source, 1, diagnostics);
    if (playbook == NULL)
        g_error("%s", g_array_index(diagnostics, struct diagnostic, 0).text);
    return playbook;
}

static void test_row(gconstpointer data)
{
    const struct row *row = data;
    g_auto(GStrv) parts = g_strsplit(rig_playbook, row->from, 2);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_autofree char *text = g_strjoinv(row->to, parts);
    struct playbook *before = load(rig_playbook), *after = load(text);
    g_autoptr(GPtrArray) widens = access_widens(before, after);
    g_ptr_array_add(widens, NULL);
    g_autofree char *found = g_strjoinv("; ", (char **)widens->pdata);
    g_assert_cmpstr(found, ==, row->widens != NULL ? row->widens : "");
    playbook_unref(before);
    playbook_unref(after);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/widens/%s", rows[i].name);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    return g_test_run();
}
