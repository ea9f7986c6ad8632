/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/weights.h"

#include <glib.h>
#include <string.h>

#define WEIGHT_ONE 1000

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

bool weights_read_range(char *range, int *out_weight)
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
