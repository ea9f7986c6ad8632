/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/language.h"

#include <glib.h>
#include <string.h>

#define WEIGHT_ONE  1000
#define RANGES_MOST 100 /* of one header; a browser sends ten */

/* "0.8" as 800; at most three decimals. False: it is none. */
static bool read_weight(const char *text, int *out)
{
    size_t length = strlen(text);
    if (length == 0 || length > 5 || (text[0] != '0' && text[0] != '1') || (length > 1 && text[1] != '.'))
        return false;
    int weight = (text[0] - '0') * WEIGHT_ONE;
    for (size_t i = 2, unit = WEIGHT_ONE / 10; i < length; i++, unit /= 10) {
        if (!g_ascii_isdigit(text[i]))
            return false;
        weight += (text[i] - '0') * (int)unit;
    }
    *out = weight;
    return weight <= WEIGHT_ONE;
}

/* Cuts "en-GB;q=0.8" into the range, which stays, and its weight. */
static bool read_range(char *range, int *out_weight)
{
    *out_weight = WEIGHT_ONE;
    char *parameter = strchr(range, ';');
    if (parameter != NULL) {
        *parameter++ = '\0';
        g_strstrip(parameter);
        if (g_ascii_strncasecmp(parameter, "q=", 2) != 0 || !read_weight(parameter + 2, out_weight))
            return false;
    }
    g_strstrip(range);
    return *range != '\0';
}

static bool stands_for(const char *range, const char *language)
{
    size_t length = strlen(language);
    return g_ascii_strncasecmp(range, language, length) == 0 && (range[length] == '\0' || range[length] == '-');
}

struct wish {
    const char *language;
    int weight; /* -1: not named */
    int place;  /* in the header */
};

static void note(struct wish *wish, int weight, int place)
{
    if (weight > wish->weight) {
        wish->weight = weight;
        wish->place = place;
    }
}

bool language_is_english(const char *accept)
{
    struct wish english = {"en", -1, 0}, chinese = {"zh", -1, 0}, any = {"*", -1, 0};
    g_auto(GStrv) ranges = g_strsplit(accept != NULL ? accept : "", ",", RANGES_MOST);
    for (int i = 0; ranges[i] != NULL; i++) {
        int weight;
        if (!read_range(ranges[i], &weight))
            continue;
        struct wish *const wishes[] = {&english, &chinese, &any};
        for (size_t k = 0; k < G_N_ELEMENTS(wishes); k++)
            if (stands_for(ranges[i], wishes[k]->language))
                note(wishes[k], weight, i);
    }
    if (english.weight < 0)
        note(&english, any.weight, any.place);
    if (chinese.weight < 0)
        note(&chinese, any.weight, any.place);
    if (english.weight <= 0)
        return false;
    return english.weight > chinese.weight || (english.weight == chinese.weight && english.place < chinese.place);
}
