/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/identity.h"

#include "base/datetime.h"
#include "base/division.h"

#include <glib.h>

static void test_id_numbers(void)
{
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"110101199003070214", NULL},
        {"11010119900307002X", NULL},
        {"11010119900307002x", NULL},
        {"110101202002030012", NULL}, /* born today */
        {"11010119900307021", "length"},
        {"1101011990030702144", "length"},
        {"", "length"},
        {"11010119900307X214", "length"},
        {"11010119900307021Y", "length"},
        {"１１０１０１", "length"},
        {"１１０１０１１９９００３０７０２１４", NULL},
        {" 11010119900307002Ｘ　", NULL},
        {"93112419900307001X", NULL}, /* a foreigner who applied in Shanghai, and in Guangdong */
        {"944840198006150013", NULL},
        {"931124199003070017", "checksum"},
        {"910101199003070017", "checksum"},
        {"000101199003070214", "division"},
        {"100101199003070214", "division"},
        {"160101199003070214", "division"},
        {"990101199003070214", "division"},
        {"900101199003070214", "division"},
        {"110101199013070214", "birth_date"},
        {"110101199002300214", "birth_date"},
        {"110101190002290214", "birth_date"}, /* 1900 was no leap year */
        {"110101187912310214", "birth_date"},
        {"110101202002040012", "birth_date"}, /* tomorrow */
        {"110101199000070214", "birth_date"},
        {"110101000003070214", "birth_date"},
        {"110101199003070213", "checksum"},
        {"110101199003070124", "checksum"}, /* two digits swapped */
        {"110101199003070210", "checksum"},
        {"11010119900307021X", "checksum"},
    };
    int32_t today = day_from_civil(2020, 2, 3);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].text);
        g_assert_cmpstr(identity_id_number_fault(rows[i].text, today), ==, rows[i].fault);
    }
}

static void test_every_wrong_digit_is_found(void)
{
    char text[] = "110101199003070214";
    int32_t today = day_from_civil(2020, 2, 3);
    for (int place = 0; place < IDENTITY_ID_NUMBER_CHARS; place++)
        for (char digit = '0'; digit <= '9'; digit++) {
            char right = text[place];
            text[place] = digit;
            g_assert_true((identity_id_number_fault(text, today) == NULL) == (digit == right));
            text[place] = right;
        }
}

static void test_phones(void)
{
    static const struct {
        const char *text, *plain; /* NULL: refused */
    } rows[] = {
        {"13800000001", "13800000001"},
        {"138 0000 0001", "13800000001"},
        {"138-0000-0001", "13800000001"},
        {"+8613800000001", "13800000001"},
        {"+86 138 0000 0001", "13800000001"},
        {"+86-13800000001", "13800000001"},
        {"010-12345678", "01012345678"},
        {"0317-1234567", "03171234567"},
        {"031712345678", "031712345678"},
        {"+86 10 12345678", "01012345678"},
        {"+86 010 12345678", "01012345678"},
        {"+44 20 7946 0000", "+442079460000"},
        {"+123456", "+123456"},
        {"", NULL},
        {"+", NULL},
        {"+86", NULL},
        {"1380000000", NULL},
        {"138000000012", NULL},
        {"12345678", NULL},
        {"23800000001", NULL},
        {"00000000000", NULL},
        {"010-123456", NULL},
        {"138  00000001", NULL},
        {"-13800000001", NULL},
        {"13800000001-", NULL},
        {"138_00000001", NULL},
        {"1380000000a", NULL},
        {"１３８００００００01", "13800000001"},
        {"（010）12345678", NULL},
        {" ＋86 138－0000－0001", "13800000001"},
        {"++13800000001", NULL},
        {"+012345678", NULL},
        {"+12345", NULL},
        {"+1234567890123456", NULL},
        {"1 3 8 0 0 0 0 0 0 0 1 1 1", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].text);
        g_assert_true(identity_phone_is_valid(rows[i].text) == (rows[i].plain != NULL));
        if (rows[i].plain == NULL)
            continue;
        g_autofree char *plain = identity_phone_plain(rows[i].text);
        g_assert_cmpstr(plain, ==, rows[i].plain);
        g_assert_true(identity_phone_is_valid(plain));
    }
}

static void test_plain(void)
{
    g_autofree char *plain = identity_id_number_plain(" 11010119900307002ｘ");
    g_assert_cmpstr(plain, ==, "11010119900307002X");
}

static void test_divisions(void)
{
    static const struct {
        const char *code;
        bool known;
    } rows[] = {
        {"42", true},           {"4201", true},    {"420100", true},       {"420106", true},  {"420106001", true},
        {"420106001002", true}, {"420000", true},  {"420000000000", true}, {"110101", true},  {"110100", true},
        {"1101", true},         {"110103", true},  {"110105001001", true}, {"371202", true},  {"659001", true},
        {"810000", true},       {"71", true},      {"469001", true},       {"99", false},     {"990000", false},
        {"999999", false},      {"00", false},     {"4299", false},        {"429900", false}, {"110199", false},
        {"119900", false},      {"110300", false}, {"120101", true},       {"120199", false}, {"500243", true},
        {"42010", false},       {"", false},       {"4201a0", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].code);
        g_assert_true(division_is_known(rows[i].code) == rows[i].known);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/identity/divisions", test_divisions);
    g_test_add_func("/identity/id_numbers", test_id_numbers);
    g_test_add_func("/identity/every_wrong_digit_is_found", test_every_wrong_digit_is_found);
    g_test_add_func("/identity/plain", test_plain);
    g_test_add_func("/identity/phones", test_phones);
    return g_test_run();
}
