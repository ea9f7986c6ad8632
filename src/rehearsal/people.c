/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/people.h"

#include <glib.h>
#include <stdbool.h>

uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint32_t dice_below(struct dice *dice, uint32_t most)
{
    return (uint32_t)((dice_next(dice) >> 32) * most >> 32);
}

bool dice_happens(struct dice *dice, uint32_t of_10000)
{
    return dice_below(dice, 10000) < of_10000;
}

/* The check character of an ID number, ISO 7064 MOD 11-2 as in GB 11643-1999. */
static char check_character(const char *first_17)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (first_17[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

/* n → a birth date and sequence number of its own: 28 days × 12 months × years × 1000. */
static void id_number(uint32_t n, bool child, char out[19])
{
    uint32_t day = n / 1000 % 28 + 1, month = n / 28000 % 12 + 1, years = n / 336000;
    uint32_t year = child ? 2008 + years % 11 : 1940 + years % 60;
    g_snprintf(out, 18, "110000%04u%02u%02u%03u", year, month, day, n % 1000);
    out[17] = check_character(out);
    out[18] = '\0';
}

json_t *made_up_person(uint32_t n, bool child)
{
    static const char *const given[] = {"安", "宁", "康", "和", "平", "乐", "清", "明", "朗", "晴", "舒", "悦",
                                        "嘉", "欣", "瑞", "祥", "静", "怡", "敏", "睿", "诚", "信", "仁", "义"};
    char number[19];
    id_number(n, child, number);
    g_autofree char *name =
        g_strdup_printf("演%s%s", given[n % G_N_ELEMENTS(given)], given[n / G_N_ELEMENTS(given) % G_N_ELEMENTS(given)]);
    g_autofree char *phone = g_strdup_printf("0100%07u", n % 10000000);
    return json_pack("{s:s, s:s, s:s}", "name", name, "id_number", number, "phone", phone);
}
