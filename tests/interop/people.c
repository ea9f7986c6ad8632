/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom a sheet means: who is the same, who is alike and shown, and what is known and stays. */
#include "office.h"
#include "rig.h"

#include "interop/import.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define ONE   "110000199102030013"
#define OTHER "110000198006150117"
#define PLACE "姓名,手机号,居住地,门牌,居住起始\n"
#define SEEN  "单位,姓名,身份证号,手机号,末次接触时间,住址\n"

static struct rig *rig;

static int64_t people_count(void)
{
    GError *error = NULL;
    int64_t count = 0;
    engine_wait_rows(rig->engine, engine_durable_pos(rig->engine), 10 * US_PER_SECOND);
    struct reader *reader = reader_open(engine_data_dir(rig->engine), engine_keys_dir(rig->engine), &error);
    g_assert_no_error(error);
    db_integer(reader->rows, &count, "SELECT count(*) FROM person", "");
    reader_close(reader);
    return count;
}

static char *phone_of(const char *number)
{
    GError *error = NULL;
    AUTO(person_data) struct person_data known = {0};
    engine_wait_rows(rig->engine, engine_durable_pos(rig->engine), 10 * US_PER_SECOND);
    struct reader *reader = reader_open(engine_data_dir(rig->engine), engine_keys_dir(rig->engine), &error);
    g_assert_no_error(error);
    int64_t person = registry_person_by_id_number(reader->rows, reader->vault, number);
    registry_person(reader->rows, reader->vault, person, &known);
    reader_close(reader);
    return g_strdup(known.phone);
}

/* What was found, as "row:column:code"; the caller frees. */
static char *import(const char *what, const char *sheet, const char *mapping_text, bool partial)
{
    GError *error = NULL;
    AUTO(report) struct report report;
    int fd = sheet_file(sheet, strlen(sheet));
    AUTO(mapping) struct mapping *mapping = sheet_mapping(mapping_text);
    struct import_options options = {.engine = rig->engine,
                                     .clock = &rig->clock,
                                     .what = what,
                                     .mapping = mapping,
                                     .apply = true,
                                     .partial = partial};
    report_init(&report);
    rig_settle(rig);
    import_run(&options, fd, &report, &error);
    g_assert_no_error(error);
    close(fd);
    return findings_in(&report);
}

/* Each sheet comes twice: what is there already is said, and nobody is made again. */
static void who_is_who(void)
{
    static const struct {
        const char *what, *sheet, *first, *second;
        int people; /* made */
    } rows[] = {
        {"persons",
         "姓名,身份证号,手机号\n演古丽·艾力," ONE ",01000000801\n演古丽•艾力," ONE ",01000000801\n"
         "演　三," OTHER ",01000000802\n演三,１１００００１９８００６１５０１１７,01000000802\n"
         "演无·证,,01000000803\n演无•证,,01000000803\n",
         "3::same_person 5::same_person 7::same_cells",
         "2::there_already 3::same_person 4::there_already 5::same_person 6::taken_for 7::same_cells", 3},
        {"persons",
         PLACE "演宝宝,01000002002," GRID ",5-1,2020-02-01 08:00\n演宝宝,01000002002," GRID ",5-1,2020-02-01 09:00\n",
         "3::likely_row", "2::taken_for 3::taken_for", 2},
        {"persons", PLACE "演张伟,010-00000010," GRID ",1201,\n演张伟,010-00000010," GRID ",1507,\n", "3::likely_row",
         "2::taken_for 3::taken_for", 2},
        {"home_observation",
         SEEN GRID ",演甲某,,01000000911,2020-02-01 08:00,甲\n" GRID ",演甲某,,01000000911,2020-02-01 08:00,乙\n",
         "3::likely_row", "2::there_already 3::there_already", 2},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t before = people_count();
        g_autofree char *first = import(rows[i].what, rows[i].sheet, NULL, false);
        g_assert_cmpstr(first, ==, rows[i].first);
        g_assert_cmpint(people_count() - before, ==, rows[i].people);
        g_autofree char *second = import(rows[i].what, rows[i].sheet, NULL, false);
        g_assert_cmpstr(second, ==, rows[i].second);
        g_assert_cmpint(people_count() - before, ==, rows[i].people);
    }
}

/* The one who is there is meant when whoever wrote the mapping says so. */
static void who_is_likely_is_decided(void)
{
    const char *sheet = SEEN GRID ",演乙某,,01000000912,2020-02-01 08:00,甲\n";
    g_free(import("persons", "姓名,手机号\n演乙某,01000000912\n", NULL, false));
    int64_t before = people_count();
    g_autofree char *known = import("home_observation", sheet, "likely: known\n", false);
    g_assert_cmpstr(known, ==, "2::taken_for");
    g_assert_cmpint(people_count(), ==, before);
    g_autofree char *other =
        import("home_observation", SEEN GRID ",演乙某,,01000000912,2020-02-02 08:00,乙\n", NULL, false);
    g_assert_cmpstr(other, ==, "2::likely");
    g_assert_cmpint(people_count(), ==, before + 1);
}

/* The same ID number under another name is wrong, in one sheet, in the next and for ever. */
static void a_number_is_of_one_name(void)
{
    const char *sheet = "姓名,身份证号\n演丙某,110000199102030072\n演丁某,110000199102030072\n";
    for (int i = 0; i < 3; i++) {
        g_autofree char *found = import("persons", sheet, NULL, true);
        g_assert_cmpstr(found, ==, i == 0 ? "3:姓名:person_mismatch" : "3:姓名:person_mismatch 2::there_already");
    }
}

/* "无" is nobody's number: each row is wrong by itself. */
static void no_number_is_no_number(void)
{
    g_autofree char *found =
        import("home_observation",
               SEEN GRID ",演戊某,无,,2020-02-01 08:00,甲\n" GRID ",演己某,无,,2020-02-01 08:00,甲\n", NULL, false);
    g_assert_cmpstr(found, ==, "2:身份证号:invalid_id_number 3:身份证号:invalid_id_number");
}

/* A sheet says nothing of when, so the phone that is known stays, unless the change is taken. */
static void what_is_known_stays(void)
{
    g_free(import("persons", "姓名,身份证号,手机号\n演庚某,110000199102030099,01000002102\n", NULL, false));
    g_autofree char *kept = import(
        "home_observation", SEEN GRID ",演庚某,110000199102030099,01000002101,2020-02-01 08:00,甲\n", NULL, false);
    g_assert_cmpstr(kept, ==, "2::kept");
    g_autofree char *phone = phone_of("110000199102030099");
    g_assert_cmpstr(phone, ==, "01000002102");
    const char *newer = "姓名,身份证号,手机号,居住地,门牌\n演庚某,110000199102030099,01000002103," GRID ",7-1\n";
    g_autofree char *told = import("persons", newer, NULL, false);
    g_assert_cmpstr(told, ==, "2::differs");
    g_autofree char *taken = import("persons", newer, "changes: take\n", false);
    g_assert_cmpstr(taken, ==, "2::changes");
    g_autofree char *changed = phone_of("110000199102030099");
    g_assert_cmpstr(changed, ==, "01000002103");
    g_autofree char *again = import("persons", newer, "changes: take\n", false);
    g_assert_cmpstr(again, ==, "2::there_already");
}

/* Merged cells leave all rows but the first without a home: told, or filled down where the mapping says so. */
static void homes_are_merged(void)
{
    const char *sheet = "门牌,姓名,手机号,居住地\n101,演户甲,01000000501," GRID "\n,演户乙,01000000502,\n,演户丙,,\n";
    g_autofree char *told = import("persons", sheet, NULL, false);
    g_assert_cmpstr(told, ==, "3::no_home 4::no_home");
    const char *other = "门牌,姓名,手机号,居住地\n102,演户丁,01000000504," GRID "\n,演户戊,01000000505,\n";
    g_autofree char *filled = import("persons", other, "homes: merged\n", false);
    g_assert_cmpstr(filled, ==, "3::filled_down");
    g_autofree char *there =
        import("persons", "门牌,姓名,手机号,居住地\n102,演户戊,01000000505," GRID "\n", NULL, false);
    g_assert_cmpstr(there, ==, "2::taken_for");
}

/* A year that was mistyped is no mistake of the form, and not passed over in silence either. */
static void what_lies_ahead_is_told(void)
{
    g_autofree char *found =
        import("home_observation", SEEN GRID ",演后某,,01000000921,2027-02-01 08:00,甲\n", NULL, false);
    g_assert_nonnull(strstr(found, "2:末次接触时间:ahead"));
}

/* Each wrong cell of somebody with a home stands in its column. */
static void wrong_cells_are_told(void)
{
    g_autofree char *found =
        import("persons",
               "姓名,身份证号,手机号,居住地,居住起始\n演列,110000199102030014,1390000," GRID ",2020-02-01 08:00\n"
               "演行,,01000000913," GRID ",2027-02-01 08:00\n",
               NULL, false);
    g_assert_cmpstr(found, ==, "2:身份证号:invalid_id_number 2:手机号:invalid_phone 3:居住起始:in_future");
}

/* Where is named: a sheet of people with other documents goes out as it comes in, and finds them again. */
static void other_documents_come_in(void)
{
    static const char *const sheets[] = {
        "姓名,证件类型,身份证号\n演护照,护照,ｅ1234 5670\n演港澳,回乡证,H1234567001\n演台湾,台胞证,12345670\n"
        "演本人,身份证,11000019910203011X\n演又一,,护照：E12345671\n",
        "name,id_number\n演护照,passport:E12345670\n演港澳,hk_macao_permit:H12345670\n演台湾,taiwan_permit:12345670\n"
        "演本人,11000019910203011X\n演又一,护照:E12345671\n",
    };
    g_autofree char *made = import("persons", sheets[0], NULL, false);
    g_assert_cmpstr(made, ==, "");
    g_autofree char *again = import("persons", sheets[1], NULL, false);
    g_assert_cmpstr(again, ==, "2::there_already 3::there_already 4::there_already 5::there_already 6::there_already");
    g_autofree char *wrong =
        import("persons", "姓名,证件类型,身份证号\n演错甲,驾驶证,12345678\n演错乙,护照,12\n", NULL, false);
    g_assert_cmpstr(wrong, ==, "2:证件类型:not_in_list 3:身份证号:invalid_id_number");
    g_autofree char *seen =
        import("home_observation",
               "单位,姓名,证件类型,身份证号,末次接触时间,住址\n" GRID ",演护照,护照,E12345670,2020-02-01 08:00,甲\n",
               NULL, false);
    g_assert_cmpstr(seen, ==, "");
    static const struct {
        const char *body, *id_type, *id_number, *masked;
    } rows[] = {
        {"{'id_number':'E12345670'}", "passport", "E12345670", "***"},
        {"{'id_number':'ｅ12345670','id_type':'护照'}", "passport", "E12345670", "***"},
        {"{'id_number':'passport:E12345670'}", "passport", "E12345670", "***"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply whole = rig_post(rig, "keeper", "/api/v1/persons/search", "%s", rows[i].body);
        g_assert_cmpuint(json_array_size(json_at(whole.json, "data")), ==, 1);
        g_assert_cmpstr(reply_text(&whole, "data.0.id_type"), ==, rows[i].id_type);
        g_assert_cmpstr(reply_text(&whole, "data.0.id_number"), ==, rows[i].id_number);
        AUTO(reply) struct reply masked = rig_post(rig, "wu", "/api/v1/persons/search", "%s", rows[i].body);
        g_assert_cmpstr(reply_text(&masked, "data.0.id_number"), ==, rows[i].masked);
    }
    AUTO(reply)
    struct reply unknown =
        rig_post(rig, "keeper", "/api/v1/persons/search", "{'id_number':'E12345670','id_type':'taiwan_permit'}");
    g_assert_cmpuint(json_array_size(json_at(unknown.json, "data")), ==, 0);
    g_autofree char *out =
        sheet_exported(rig->engine, &rig->clock, rig_member(rig, "keeper")->person, "persons", WORDS_ZH, 0);
    g_assert_nonnull(strstr(out, "演护照,护照：E12345670,"));
    g_assert_nonnull(strstr(out, "演本人,11000019910203011X,"));
}

/* A playbook of another country: its numbers are checked by its patterns, and go round. */
static void another_country(void)
{
    struct office office;
    AUTO(report) struct report report, again;
    g_autofree char *path = g_build_filename(g_getenv("LIANFANG_SOURCE"), "tests", "story", "identity.yaml", NULL);
    g_autofree char *playbook = NULL;
    g_assert_true(g_file_get_contents(path, &playbook, NULL, NULL));
    office_open(&office, playbook);
    office_ask(&office, "create_unit", json_pack("{s:s, s:s, s:s}", "type", "city", "code", "1", "name", "演练市"));
    int64_t desk = office_ask(&office, "register_person", json_pack("{s:s}", "name", "演台"));
    office_ask(&office, "appoint",
               json_pack("{s:o, s:s, s:[s]}", "person", json_id(desk), "role", "desk", "grounds", "1"));
    office_import(&office, "persons",
                  "Name,ID type,ID number,Phone\nYAN Ah Meng,NRIC or FIN,S1234567D,+65 8123 4567\n"
                  "YAN Ah Lek,,t7654321b,\nYAN Guest,Passport,E1234567A,+44 20 7946 0100\n"
                  "YAN Wrong,,11000019910203011X,\n",
                  NULL, true, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "5:ID number:invalid_id_number");
    report_clear(&report);
    office_import(&office, "persons",
                  "Name,ID type,ID number,Phone\nYAN Ah Meng,NRIC or FIN,S1234567D,+65 8123 4567\n"
                  "YAN Ah Lek,,t7654321b,\nYAN Guest,Passport,E1234567A,+44 20 7946 0100\n",
                  NULL, true, &report);
    g_assert_cmpint(report.made, ==, 3);
    g_autofree char *out = sheet_exported(office.engine, &office.clock, desk, "persons", WORDS_CODES, 0);
    g_assert_nonnull(strstr(out, "YAN Ah Meng,S1234567D,'+6581234567,"));
    g_assert_nonnull(strstr(out, "YAN Guest,passport:E1234567A,"));
    office_import(&office, "persons", out, NULL, true, &again);
    g_assert_cmpint(again.there, ==, 4);
    report_clear(&again);
    office_close(&office);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/people/who-is-who", who_is_who);
    g_test_add_func("/people/other-documents", other_documents_come_in);
    g_test_add_func("/people/another-country", another_country);
    g_test_add_func("/people/likely", who_is_likely_is_decided);
    g_test_add_func("/people/one-name", a_number_is_of_one_name);
    g_test_add_func("/people/no-number", no_number_is_no_number);
    g_test_add_func("/people/known-stays", what_is_known_stays);
    g_test_add_func("/people/merged-homes", homes_are_merged);
    g_test_add_func("/people/ahead", what_lies_ahead_is_told);
    g_test_add_func("/people/wrong-cells", wrong_cells_are_told);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
