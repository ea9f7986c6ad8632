/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/language.h"

#include "api/weights.h"

#include <glib.h>
#include <string.h>

#define RANGES_MOST 100 /* of one header; a browser sends ten */

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
        if (!weights_read_range(ranges[i], &weight))
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
