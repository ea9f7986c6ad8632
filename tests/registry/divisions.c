/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "city.h"

#include <string.h>

#define SLICE_ROWS 500

/* The whole of Beijing in slices, as the program's import sends it: {"code", "parent_code", "level", "name"} a row. */
static json_t *slice_new(void)
{
    return json_pack("{s:s, s:s, s:[]}", "command", "import_divisions", "date", "2020-01-01", "rows");
}

static void send(struct city *city, json_t *slice)
{
    char *text = json_dumps(slice, 0);
    city_do(city, NULL, NULL, text);
    free(text);
    json_decref(slice);
}

static void import(struct city *city, char **lines)
{
    json_t *slice = slice_new();
    for (char **line = lines + 1; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(*line), ",", 4);
        json_array_append_new(json_object_get(slice, "rows"),
                              json_pack("{s:s, s:s, s:s, s:s}", "code", cells[0], "parent_code", cells[1], "level",
                                        cells[2], "name", cells[3]));
        if (json_array_size(json_object_get(slice, "rows")) == SLICE_ROWS) {
            send(city, slice);
            slice = slice_new();
        }
    }
    send(city, slice);
}

static int64_t count(struct city *city, const char *type)
{
    int64_t units = 0;
    db_integer(city->harness->rows, &units, "SELECT count(*) FROM unit WHERE type = ?1", "s", type);
    return units;
}

static char **read_lines(void)
{
    const char *shared = g_getenv("LIANFANG_SHARED");
    g_autofree char *path =
        g_build_filename(shared != NULL ? shared : "../shared", "data", "admin", "beijing_divisions.csv", NULL);
    g_autofree char *text = NULL;
    if (g_file_get_contents(path, &text, NULL, NULL))
        return g_strsplit(text, "\n", -1);
    g_test_skip("no beijing_divisions.csv in the shared data folder");
    return NULL;
}

static void all_of_beijing(void)
{
    g_auto(GStrv) lines = read_lines();
    if (lines == NULL)
        return;
    AUTO(city) struct city *city = city_new_empty();
    g_test_timer_start();
    import(city, lines);
    double seconds = g_test_timer_elapsed();
    g_test_message("%u units in %.3f s", g_strv_length(lines) - 2, seconds);
    g_assert_cmpint(count(city, "city"), ==, 1);
    g_assert_cmpint(count(city, "district"), ==, 16);
    g_assert_cmpint(count(city, "subdistrict"), ==, 343);
    g_assert_cmpint(count(city, "zone"), ==, 6);
    g_assert_cmpint(count(city, "community"), ==, 7535);
    struct unit airport;
    g_assert_true(registry_unit(city->harness->rows, city_unit(city, "110115406"), &airport));
    g_assert_cmpstr(airport.name, ==, "大兴国际机场");
    g_assert_cmpstr(airport.type, ==, "zone");
    guint events = city->harness->events->len;
    import(city, lines); /* again: only the notes that it was done */
    g_assert_cmpuint(city->harness->events->len - events, ==, (7901 + SLICE_ROWS - 1) / SLICE_ROWS);
    const json_t *body = harness_last_event(city->harness, "divisions_imported")->body;
    g_assert_cmpint(json_get_integer(body, "made", -1), ==, 0);
    g_assert_cmpint(json_get_integer(body, "changed", -1), ==, 0);
    g_assert_cmpint(json_get_integer(body, "seen", -1), ==, 7901 % SLICE_ROWS);
}

static void a_newer_list_renames_and_moves(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, NULL,
            "{'command':'import_divisions','date':'2020-01-20','rows':["
            "{'code':'11','parent_code':'','level':'province','name':'北京市'},"
            "{'code':'110101001001','parent_code':'110105001','level':'community','name':'多福社区'},"
            "{'code':'110105400','parent_code':'110105','level':'street','name':'园区'},"
            "{'code':'110105400001','parent_code':'110105400','level':'village','name':'村'}]}");
    const json_t *body = harness_last_event(city->harness, "divisions_imported")->body;
    g_assert_cmpint(json_get_integer(body, "seen", -1), ==, 4);
    g_assert_cmpint(json_get_integer(body, "made", -1), ==, 2);
    g_assert_cmpint(json_get_integer(body, "changed", -1), ==, 1);
    struct unit unit;
    int64_t id = city_unit(city, "110101001001");
    g_assert_true(registry_unit(city->harness->rows, id, &unit));
    g_assert_cmpstr(unit.name, ==, "多福社区");
    g_assert_cmpint(unit.parent, ==, city_unit(city, "110105001"));
    g_assert_true(registry_unit_on(city->harness->rows, id, city_time("2020-01-19T00:00:00Z"), &unit));
    g_assert_cmpstr(unit.name, ==, "多福巷社区");
    g_assert_cmpint(unit.parent, ==, city_unit(city, "110101001"));
    g_assert_true(registry_unit(city->harness->rows, city_unit(city, "110105400"), &unit));
    g_assert_cmpstr(unit.type, ==, "zone");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/divisions/all", all_of_beijing);
    g_test_add_func("/registry/divisions/newer", a_newer_list_renames_and_moves);
    return g_test_run();
}
