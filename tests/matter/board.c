/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours of a board: of a signal by its figure, of a row by its signals. */
#include "base/clock.h"
#include "matter/tally.h"

static struct value number(const char *text)
{
    struct value value = {.type = VALUE_NUMBER};
    if (text == NULL)
        return (struct value){.type = VALUE_MISSING};
    g_assert_true(decimal_parse(text, &value.number));
    return value;
}

static void a_figure_has_its_colour(void)
{
    static const struct {
        const char *given;
        bool ratio, less;
        enum signal_missing missing;
        struct indicator_cell cell;
        const char *green, *amber;
        enum signal_colour then;
    } rows[] = {
        {"just green", true, false, MISSING_BLANK, {.top = 95, .bottom = 100}, "0.95", "0.85", SIGNAL_GREEN},
        {"not rounded up", true, false, MISSING_BLANK, {.top = 9499, .bottom = 10000}, "0.95", "0.85", SIGNAL_AMBER},
        {"just amber", true, false, MISSING_BLANK, {.top = 85, .bottom = 100}, "0.95", "0.85", SIGNAL_AMBER},
        {"beyond amber", true, false, MISSING_BLANK, {.top = 84, .bottom = 100}, "0.95", "0.85", SIGNAL_RED},
        {"a count of none", false, true, MISSING_BLANK, {.top = 0}, "0", "2", SIGNAL_GREEN},
        {"a count of some", false, true, MISSING_BLANK, {.top = 2}, "0", "2", SIGNAL_AMBER},
        {"a count of many", false, true, MISSING_BLANK, {.top = 3}, "0", "2", SIGNAL_RED},
        {"no amber between", false, true, MISSING_BLANK, {.top = 1}, "0", "0", SIGNAL_RED},
        {"more of a count", false, false, MISSING_BLANK, {.top = 3}, "3", "1", SIGNAL_GREEN},
        {"less of a ratio", true, true, MISSING_BLANK, {.top = 1, .bottom = 20}, "0", "0.1", SIGNAL_AMBER},
        {"nothing asked", true, false, MISSING_BLANK, {.top = 0}, "0.95", "0.85", SIGNAL_BLANK},
        {"missing, grey", true, false, MISSING_GREY, {.top = 0}, "0.95", "0.85", SIGNAL_GREY},
        {"missing, red", true, false, MISSING_RED, {.top = 0}, "0.95", "0.85", SIGNAL_RED},
        {"missing and thin", true, false, MISSING_RED, {.thin = true}, "0.95", "0.85", SIGNAL_RED},
        {"hidden tells nothing", true, false, MISSING_RED, {.hidden = true}, "0.95", "0.85", SIGNAL_UNKNOWN},
        {"of too few",
         true,
         false,
         MISSING_BLANK,
         {.top = 1, .bottom = 4, .thin = true},
         "0.95",
         "0.85",
         SIGNAL_UNKNOWN},
        {"hidden, all met",
         true,
         false,
         MISSING_BLANK,
         {.top = 4, .bottom = 4, .hidden = true},
         "0.95",
         "0.85",
         SIGNAL_UNKNOWN},
        {"before the first edition", false, true, MISSING_BLANK, {.top = 0}, NULL, NULL, SIGNAL_UNKNOWN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct indicator indicator = {.ratio = rows[i].ratio};
        const struct board_signal signal = {.indicator = &indicator, .less = rows[i].less, .missing = rows[i].missing};
        const struct signal_reading reading = {
            .signal = &signal, .cell = rows[i].cell, .green = number(rows[i].green), .amber = number(rows[i].amber)};
        if (board_colour(&reading) != rows[i].then)
            g_error("%s: colour %d instead of %d", rows[i].given, board_colour(&reading), rows[i].then);
    }
}

/* A fact about units that nobody has said is not that nothing was asked. */
static void an_unknown_fact_is_grey(void)
{
    static const struct {
        enum signal_missing missing;
        enum signal_colour then;
    } rows[] = {{MISSING_BLANK, SIGNAL_UNKNOWN}, {MISSING_GREY, SIGNAL_GREY}, {MISSING_RED, SIGNAL_RED}};
    const struct unit_fact households = {0};
    const struct indicator indicator = {.ratio = true, .level_bottom = {LEVEL_UNIT_FACT, .fact = &households}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct board_signal signal = {.indicator = &indicator, .missing = rows[i].missing};
        const struct signal_reading reading = {
            .signal = &signal, .cell = {.thin = true}, .green = number("0.95"), .amber = number("0.85")};
        g_assert_cmpint(board_colour(&reading), ==, rows[i].then);
    }
}

/* What is missing is never green; what is hidden leaves the row to the others. */
static void a_row_is_its_worst_signal(void)
{
    static const struct {
        enum signal_colour given[3];
        int then; /* which; -1 none */
    } rows[] = {
        {{SIGNAL_GREEN, SIGNAL_RED, SIGNAL_AMBER}, 1},       {{SIGNAL_GREEN, SIGNAL_GREY, SIGNAL_BLANK}, 1},
        {{SIGNAL_UNKNOWN, SIGNAL_GREEN, SIGNAL_BLANK}, 1},   {{SIGNAL_BLANK, SIGNAL_UNKNOWN, SIGNAL_BLANK}, 1},
        {{SIGNAL_GREY, SIGNAL_AMBER, SIGNAL_AMBER}, 1},      {{SIGNAL_ABSENT, SIGNAL_BLANK, SIGNAL_ABSENT}, 1},
        {{SIGNAL_ABSENT, SIGNAL_ABSENT, SIGNAL_ABSENT}, -1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct signal_reading readings[3] = {0};
        for (size_t j = 0; j < 3; j++)
            readings[j].colour = rows[i].given[j];
        const struct signal_reading *worst = board_worst(readings, 3);
        g_assert_cmpint(worst != NULL ? (int)(worst - readings) : -1, ==, rows[i].then);
    }
}

#define HOUR(n) (now_us - (n)*US_PER_HOUR)

/* Above the units below it, a row is no better than they are. */
static void units_below_have_a_say(void)
{
    static struct rule_value values[SPREAD_KEY_COUNT] = {
        {.key = "green_share"}, {.key = "green_hours"}, {.key = "red_share"}, {.key = "red_hours"}};
    static const char *const limits[SPREAD_KEY_COUNT] = {"0.95", "24", "0.1", "48"};
    const int64_t now_us = INT64_C(1580688000000000);
    const struct {
        const char *given;
        int64_t green, amber, red, grey, unknown, blank, absent, red_since_us;
        enum signal_colour then;
    } rows[] = {
        {"just green", 95, 5, 0, 0, 0, 0, 0, 0, SIGNAL_GREEN},
        {"not enough", 94, 6, 0, 0, 0, 0, 0, 0, SIGNAL_AMBER},
        {"grey ones are not green", 94, 0, 0, 6, 0, 0, 0, 0, SIGNAL_AMBER},
        {"nor hidden ones", 94, 0, 0, 0, 6, 0, 0, 0, SIGNAL_AMBER},
        {"who was asked nothing does not count", 19, 1, 0, 0, 0, 40, 40, 0, SIGNAL_GREEN},
        {"a tenth is red", 90, 0, 10, 0, 0, 0, 0, 0, SIGNAL_AMBER},
        {"more than a tenth", 89, 0, 11, 0, 0, 0, 0, 0, SIGNAL_RED},
        {"one is red, it is not known since when", 99, 0, 1, 0, 0, 0, 0, 0, SIGNAL_GREEN},
        {"for a day", 99, 0, 1, 0, 0, 0, 0, HOUR(24), SIGNAL_GREEN},
        {"for longer", 99, 0, 1, 0, 0, 0, 0, HOUR(24) - US_PER_SECOND, SIGNAL_AMBER},
        {"for two days", 99, 0, 1, 0, 0, 0, 0, HOUR(48), SIGNAL_AMBER},
        {"for longer than two days", 99, 0, 1, 0, 0, 0, 0, HOUR(48) - US_PER_SECOND, SIGNAL_RED},
        {"nothing is known", 0, 0, 0, 3, 5, 7, 2, 0, SIGNAL_ABSENT},
        {"there are none", 0, 0, 0, 0, 0, 0, 0, 0, SIGNAL_ABSENT},
    };
    struct rule_edition edition = {.from_day = 18000, .values = values, .value_count = SPREAD_KEY_COUNT};
    const struct rule rule = {.table = true, .type = VALUE_NUMBER, .editions = &edition, .edition_count = 1};
    const struct board without = {0}, board = {.spread_rule = &rule};
    for (size_t i = 0; i < SPREAD_KEY_COUNT; i++)
        values[i].value = number(limits[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct board_spread spread = {0};
        const int64_t counts[] = {
            [SIGNAL_ABSENT] = rows[i].absent, [SIGNAL_BLANK] = rows[i].blank, [SIGNAL_UNKNOWN] = rows[i].unknown,
            [SIGNAL_GREEN] = rows[i].green,   [SIGNAL_GREY] = rows[i].grey,   [SIGNAL_AMBER] = rows[i].amber,
            [SIGNAL_RED] = rows[i].red};
        for (int colour = 0; colour <= SIGNAL_RED; colour++)
            for (int64_t j = 0; j < counts[colour]; j++)
                board_spread_add(&spread, (enum signal_colour)colour, j == 0 ? rows[i].red_since_us : 0);
        if (board_spread_colour(&board, &spread, 18300, now_us) != rows[i].then)
            g_error("%s: colour %d instead of %d", rows[i].given, board_spread_colour(&board, &spread, 18300, now_us),
                    rows[i].then);
        g_assert_cmpint(board_spread_colour(&without, &spread, 18300, now_us), ==, SIGNAL_ABSENT);
        g_assert_cmpint(board_spread_colour(&board, &spread, 17000, now_us), ==, SIGNAL_ABSENT); /* no edition yet */
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/board/colour", a_figure_has_its_colour);
    g_test_add_func("/matter/board/unknown-fact", an_unknown_fact_is_grey);
    g_test_add_func("/matter/board/row", a_row_is_its_worst_signal);
    g_test_add_func("/matter/board/spread", units_below_have_a_say);
    return g_test_run();
}
