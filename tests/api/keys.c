/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a playbook says of a field, of a state and of what is expected in it is in GET /kinds/{kind}, each key under the
 * member that its row names: of the rig's playbook and those of the stories, which use all of them.
 */
#include "api/expects.h"
#include "api/system.h"
#include "playbook/load/load.h"
#include "playbook/model/key.h"

static const char *const playbooks[] = {
    "playbook.yaml",     "../story/fields", "../story/lines.yaml",         "../story/participants.yaml",
    "../story/sketches", "../story/time",   "../../playbooks/beijing-2020"};

/* Members of what is shown, by name. */
static GHashTable *fields, *states, *expectations;

static void note(GHashTable *members, const json_t *shape)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)shape, name, value) g_hash_table_add(members, g_strdup(name));
}

static void look_at_form(const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++) {
        g_autoptr(json_t) shape = shape_field_def(&form->fields[i]);
        note(fields, shape);
    }
}

static void look_at(const struct kind *kind)
{
    look_at_form(&kind->form);
    for (size_t i = 0; i < kind->entry_count; i++)
        look_at_form(&kind->entries[i].form);
    for (size_t i = 0; i < kind->state_count; i++) {
        size_t j;
        const json_t *expect;
        g_autoptr(json_t) shape = shape_state_def(kind, &kind->states[i]);
        note(states, shape);
        json_array_foreach(json_object_get(shape, "expects"), j, expect) note(expectations, expect);
    }
}

static void look_through(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, name, NULL);
    g_autoptr(GArray) sources = playbook_read(path, &error);
    g_autoptr(GArray) diagnostics = g_array_new(FALSE, FALSE, sizeof(struct diagnostic));
    g_assert_no_error(error);
    g_array_set_clear_func(sources, (GDestroyNotify)source_clear);
    g_array_set_clear_func(diagnostics, (GDestroyNotify)diagnostic_clear);
    struct playbook *playbook = playbook_load((const struct source *)(void *)sources->data, sources->len, diagnostics);
    g_test_message("%s", name);
    g_assert_nonnull(playbook);
    for (size_t i = 0; i < playbook->kind_count; i++)
        look_at(&playbook->kinds[i]);
    playbook_unref(playbook);
}

static void all_are_shown(GHashTable *members, const struct key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_assert_true(keys[i].zh != NULL && keys[i].en != NULL);
        if (keys[i].member != NULL && !g_hash_table_contains(members, keys[i].member))
            g_error("%s is shown nowhere as %s", keys[i].name, keys[i].member);
    }
}

static void of_fields(void)
{
    all_are_shown(fields, field_keys, FIELD_KEYS);
}

static void of_states(void)
{
    all_are_shown(states, state_keys, STATE_KEYS);
}

static void of_expectations(void)
{
    all_are_shown(expectations, expect_keys, EXPECT_KEYS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    expectations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(playbooks); i++)
        look_through(playbooks[i]);
    g_test_add_func("/keys/of-fields", of_fields);
    g_test_add_func("/keys/of-states", of_states);
    g_test_add_func("/keys/of-expectations", of_expectations);
    int result = g_test_run();
    g_hash_table_unref(fields);
    g_hash_table_unref(states);
    g_hash_table_unref(expectations);
    return result;
}
