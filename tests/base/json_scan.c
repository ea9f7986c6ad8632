/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"
#include "base/json_scan.h"

#include <string.h>

/* Members as "key=value|...", values as they stand. */
static char *members_of(const char *text)
{
    GString *out = g_string_new(NULL);
    struct span key, value;
    while (json_scan_next(&text, &key, &value))
        g_string_append_printf(out, "%s%.*s=%.*s", out->len > 0 ? "|" : "", (int)key.bytes, key.at, (int)value.bytes,
                               value.at);
    return g_string_free(out, FALSE);
}

static void members(void)
{
    static const struct {
        const char *text, *members;
    } rows[] = {
        {"{}", ""},
        {"{\"a\":1}", "a=1"},
        {"{\"a\":\"x,}\",\"b\":[\"y\",{\"c\":\"]\"}],\"d\":null}", "a=\"x,}\"|b=[\"y\",{\"c\":\"]\"}]|d=null"},
        {"{\"a\":\"\\\"\",\"b\":true}", "a=\"\\\"\"|b=true"},
        {"{\"a\":\"open", ""},
        {"{\"a\":", ""},
        {"[1]", ""},
        {"", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *read = members_of(rows[i].text);
        g_assert_cmpstr(read, ==, rows[i].members);
    }
}

/* What json_text() writes is read as what it was made of. */
static void same_as_a_tree(void)
{
    g_autoptr(json_t) tree = json_pack("{s:s, s:[s,s], s:i, s:b, s:{s:s}, s:s}", "甲", "联\"防\\", "b", "x", "y", "c",
                                       -7, "d", 1, "e", "f", "}", "g", "");
    size_t bytes, count = 0;
    char *text = json_text(tree, &bytes);
    const char *at = text;
    struct span key, value;
    for (; json_scan_next(&at, &key, &value); count++) {
        g_autofree char *name = g_strndup(key.at, key.bytes);
        g_autoptr(json_t) member = json_loadb(value.at, value.bytes, JSON_DECODE_ANY, NULL);
        g_assert_true(json_equal(member, json_object_get(tree, name)));
        struct span plain;
        if (json_scan_string(value, &plain))
            g_assert_true(strncmp(plain.at, json_string_value(member), plain.bytes) == 0);
    }
    g_assert_cmpuint(count, ==, json_object_size(tree));
    free(text);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flat/members", members);
    g_test_add_func("/flat/tree", same_as_a_tree);
    return g_test_run();
}
