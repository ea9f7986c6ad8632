/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#define TREES 3000

static void same_as_jansson(const json_t *value)
{
    for (int sorted = 0; sorted < 2; sorted++) {
        size_t bytes, flags = JSON_COMPACT | JSON_ENCODE_ANY | (sorted != 0 ? JSON_SORT_KEYS : 0);
        char *ours = sorted != 0 ? json_text_sorted(value, &bytes) : json_text(value, &bytes);
        char *theirs = json_dumps(value, flags);
        g_assert_cmpstr(ours, ==, theirs);
        g_assert_cmpuint(bytes, ==, strlen(theirs));
        free(ours);
        free(theirs);
    }
}

/* More than fit in the room for few. */
static void many_members(void)
{
    g_autoptr(json_t) object = json_object();
    for (int i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("%d", i * 7919 % 100);
        json_object_set_new(object, name, json_integer(i));
    }
    same_as_jansson(object);
}

static void texts(void)
{
    static const char *const names[] = {"", "甲", "a\"b", "\\", "\n", "/", "\x7f", "演 🙂"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(json_t) object = json_pack("{s:s, s:[s, s]}", names[i], names[i], "z", names[i], names[i]);
        same_as_jansson(object);
    }
    for (char byte = 1; byte < 127; byte++) {
        char text[] = {byte, 'x', byte, byte, '\0'};
        g_autoptr(json_t) string = json_string(text);
        same_as_jansson(string);
        for (size_t at = strlen("演"); at < strlen("演 three words"); at++) { /* of eight bytes, and behind them */
            char words[] = "演 three words";
            words[at] = byte;
            g_autoptr(json_t) sentence = json_string(words);
            same_as_jansson(sentence);
        }
    }
}

static void numbers(void)
{
    static const json_int_t integers[] = {0, 1, -1, 9, 10, -10, 1234567890123, INT64_MAX, INT64_MIN, INT64_MIN + 1};
    for (size_t i = 0; i < G_N_ELEMENTS(integers); i++) {
        g_autoptr(json_t) integer = json_integer(integers[i]);
        same_as_jansson(integer);
    }
    static const double reals[] = {0, -0.0, 37.3, 1e300, 5e-324, 1.0 / 3};
    for (size_t i = 0; i < G_N_ELEMENTS(reals); i++) {
        g_autoptr(json_t) real = json_real(reals[i]);
        same_as_jansson(real);
    }
}

static json_t *any_text(void)
{
    char text[40];
    int length = g_test_rand_int_range(0, (gint32)sizeof text), plain = g_test_rand_int_range(0, 4);
    for (int i = 0; i < length; i++) /* mostly such as need no escape, or none else */
        text[i] = (char)g_test_rand_int_range(plain > 0 && i % (plain * 11) != 7 ? 'a' : 1, 128);
    return json_stringn(text, (size_t)length);
}

static json_t *any_tree(int depth)
{
    int count = g_test_rand_int_range(0, 5);
    json_t *made;
    switch (g_test_rand_int_range(0, depth > 0 ? 8 : 6)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(count > 2);
    case 2:
        return json_integer((json_int_t)((uint64_t)(guint32)g_test_rand_int() << g_test_rand_int_range(0, 32)));
    case 3:
        return json_real(g_test_rand_double());
    case 4:
    case 5:
        return any_text();
    case 6:
        made = json_array();
        while (count-- > 0)
            json_array_append_new(made, any_tree(depth - 1));
        return made;
    default:
        made = json_object();
        while (count-- > 0) {
            g_autoptr(json_t) name = any_text();
            json_object_set_new(made, json_string_value(name), any_tree(depth - 1));
        }
        return made;
    }
}

static void any(void)
{
    for (int i = 0; i < TREES; i++) {
        g_autoptr(json_t) tree = any_tree(5);
        same_as_jansson(tree);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-write/texts", texts);
    g_test_add_func("/json-write/numbers", numbers);
    g_test_add_func("/json-write/many-members", many_members);
    g_test_add_func("/json-write/any", any);
    return g_test_run();
}
