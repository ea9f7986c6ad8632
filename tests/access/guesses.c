/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever guesses waits; whom they guess at does not, where they are known. */
#include "access/guesses.h"

#include "base/clock.h"

#include <glib.h>
#include <string.h>

#define NOW_US 1580688000000000LL
#define S      US_PER_SECOND

static struct guess from(int login, const char *place, bool known)
{
    struct guess guess = {.place = place, .known = known};
    memset(guess.login, login, sizeof guess.login);
    return guess;
}

static void wrong_times(struct guesses *guesses, struct guess guess, int times, int64_t now_us)
{
    for (int i = 0; i < times; i++)
        guesses_wrong(guesses, &guess, now_us);
}

static int64_t wait_of(const struct guesses *guesses, struct guess guess, int64_t now_us)
{
    return guesses_wait_us(guesses, &guess, now_us) / S;
}

static void test_longer_and_longer(void)
{
    static const struct {
        int times;
        int64_t wait_s;
    } rows[] = {{1, 0}, {4, 0}, {5, 30}, {6, 60}, {7, 120}, {11, 1920}, {12, 3600}, {49, 3600}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct guesses *guesses = guesses_new();
        wrong_times(guesses, from(1, "192.0.2.1", false), rows[i].times, NOW_US);
        g_assert_cmpint(wait_of(guesses, from(1, "192.0.2.1", false), NOW_US), ==, rows[i].wait_s);
        g_assert_cmpint(wait_of(guesses, from(1, "192.0.2.1", false), NOW_US + 3600 * S), ==, 0);
        guesses_free(guesses);
    }
}

/* Who else has to wait after so many from one address. */
static void test_who_waits(void)
{
    static const struct {
        const char *name;
        int login;
        const char *place;
        bool known, waits;
    } rows[] = {
        {"the same place", 1, "192.0.2.1", false, true},
        {"another address", 1, "192.0.2.2", false, false},
        {"another name from there", 2, "192.0.2.1", false, false},
        {"a device of that name", 1, "a1b2", true, false},
        {"a device that is called like the address", 1, "192.0.2.1", true, false},
    };
    struct guesses *guesses = guesses_new();
    wrong_times(guesses, from(1, "192.0.2.1", false), 20, NOW_US);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        g_assert_cmpint(wait_of(guesses, from(rows[i].login, rows[i].place, rows[i].known), NOW_US) > 0, ==,
                        rows[i].waits);
    }
    guesses_free(guesses);
}

/* A guesser with many addresses. */
static void test_all_unknown_places(void)
{
    struct guesses *guesses = guesses_new();
    for (int i = 0; i < 50; i++) {
        g_autofree char *place = g_strdup_printf("198.51.100.%d", i);
        g_assert_cmpint(wait_of(guesses, from(1, "203.0.113.9", false), NOW_US), ==, 0);
        wrong_times(guesses, from(1, place, false), 1, NOW_US);
    }
    g_assert_cmpint(wait_of(guesses, from(1, "203.0.113.9", false), NOW_US), ==, 30);
    g_assert_cmpint(wait_of(guesses, from(1, "a1b2", true), NOW_US), ==, 0);
    struct guess known = from(1, "a1b2", true);
    guesses_right(guesses, &known); /* and stays so for others, though somebody got in */
    g_assert_cmpint(wait_of(guesses, from(1, "203.0.113.9", false), NOW_US), ==, 30);
    guesses_free(guesses);
}

static void test_ends(void)
{
    struct guesses *guesses = guesses_new();
    struct guess place = from(1, "192.0.2.1", false);
    wrong_times(guesses, place, 4, NOW_US);
    guesses_right(guesses, &place);
    wrong_times(guesses, place, 4, NOW_US);
    g_assert_cmpint(wait_of(guesses, place, NOW_US), ==, 0);
    wrong_times(guesses, place, 1, NOW_US + 3 * US_PER_HOUR); /* those of the morning are forgotten */
    g_assert_cmpint(wait_of(guesses, place, NOW_US + 3 * US_PER_HOUR), ==, 0);
    wrong_times(guesses, place, 9, NOW_US + 3 * US_PER_HOUR);
    wrong_times(guesses, from(2, "192.0.2.1", false), 9, NOW_US + 3 * US_PER_HOUR);
    guesses_forget(guesses, place.login);
    g_assert_cmpint(wait_of(guesses, place, NOW_US + 3 * US_PER_HOUR), ==, 0);
    g_assert_cmpint(wait_of(guesses, from(2, "192.0.2.1", false), NOW_US + 3 * US_PER_HOUR), >, 0);
    guesses_free(guesses);
}

/* However many names are tried, memory is bounded, and who waits goes on waiting while others can go. */
static void test_bounded(void)
{
    struct guesses *guesses = guesses_new();
    wrong_times(guesses, from(1, "192.0.2.1", false), 9, NOW_US);
    for (int i = 0; i < 120000; i++) {
        g_autofree char *place = g_strdup_printf("2001:db8::%x", i);
        wrong_times(guesses, from(2 + i % 200, place, false), 1, NOW_US);
    }
    g_assert_cmpint(wait_of(guesses, from(1, "192.0.2.1", false), NOW_US), >, 0);
    guesses_free(guesses);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guesses/longer-and-longer", test_longer_and_longer);
    g_test_add_func("/guesses/who-waits", test_who_waits);
    g_test_add_func("/guesses/all-unknown-places", test_all_unknown_places);
    g_test_add_func("/guesses/ends", test_ends);
    g_test_add_func("/guesses/bounded", test_bounded);
    return g_test_run();
}
