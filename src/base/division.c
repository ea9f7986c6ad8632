/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/division.h"

#include <string.h>

/* Provinces, each with its prefectures by their two digits, or the districts and counties of a municipality by their
 * four; NULL: whatever is below it. */
static const struct {
    const char *province, *below;
} provinces[] = {
    {"11", "0101 0102 0103 0104 0105 0106 0107 0108 0109 0111 0112 0113 0114 0115 0116 0117 0118 "
           "0119 0228 0229"},
    {"12", "0101 0102 0103 0104 0105 0106 0107 0108 0109 0110 0111 0112 0113 0114 0115 0116 0117 "
           "0118 0119 0221 0223 0225"},
    {"13", "01 02 03 04 05 06 07 08 09 10 11"},
    {"14", "01 02 03 04 05 06 07 08 09 10 11"},
    {"15", "01 02 03 04 05 06 07 08 09 22 25 29"},
    {"21", "01 02 03 04 05 06 07 08 09 10 11 12 13 14"},
    {"22", "01 02 03 04 05 06 07 08 24"},
    {"23", "01 02 03 04 05 06 07 08 09 10 11 12 27"},
    {"31", "0101 0103 0104 0105 0106 0107 0108 0109 0110 0112 0113 0114 0115 0116 0117 0118 0119 "
           "0120 0151 0230"},
    {"32", "01 02 03 04 05 06 07 08 09 10 11 12 13"},
    {"33", "01 02 03 04 05 06 07 08 09 10 11"},
    {"34", "01 02 03 04 05 06 07 08 10 11 12 13 14 15 16 17 18"},
    {"35", "01 02 03 04 05 06 07 08 09"},
    {"36", "01 02 03 04 05 06 07 08 09 10 11"},
    {"37", "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17"},
    {"41", "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 90"},
    {"42", "01 02 03 05 06 07 08 09 10 11 12 13 28 90"},
    {"43", "01 02 03 04 05 06 07 08 09 10 11 12 13 31"},
    {"44", "01 02 03 04 05 06 07 08 09 12 13 14 15 16 17 18 19 20 51 52 53"},
    {"45", "01 02 03 04 05 06 07 08 09 10 11 12 13 14"},
    {"46", "01 02 03 04 90"},
    {"50", "0101 0102 0103 0104 0105 0106 0107 0108 0109 0110 0111 0112 0113 0114 0115 0116 0117 "
           "0118 0119 0120 0151 0152 0153 0154 0155 0156 0222 0223 0224 0225 0226 0227 0228 0229 "
           "0230 0231 0232 0233 0234 0235 0236 0237 0238 0239 0240 0241 0242 0243"},
    {"51", "01 03 04 05 06 07 08 09 10 11 13 14 15 16 17 18 19 20 32 33 34"},
    {"52", "01 02 03 04 05 06 22 23 24 26 27"},
    {"53", "01 03 04 05 06 07 08 09 23 25 26 28 29 31 33 34"},
    {"54", "01 02 03 04 05 06 21 22 23 24 25 26"},
    {"61", "01 02 03 04 05 06 07 08 09 10"},
    {"62", "01 02 03 04 05 06 07 08 09 10 11 12 29 30"},
    {"63", "01 02 21 22 23 25 26 27 28"},
    {"64", "01 02 03 04 05"},
    {"65", "01 02 04 05 21 22 23 27 28 29 30 31 32 40 42 43 90"},
    {"71", NULL},
    {"81", NULL},
    {"82", NULL},
};

/* Whether one of the words, each of `width` digits, begins so. */
static bool has_word(const char *words, size_t width, const char *digits, size_t count)
{
    for (; *words != '\0'; words += strlen(words) > width ? width + 1 : width)
        if (strncmp(words, digits, count) == 0)
            return true;
    return false;
}

static bool is_below(const char *below, const char *digits)
{
    size_t width = strcspn(below, " ");
    bool whole = width == 2 || strlen(digits) < 4 || strncmp(digits + 2, "00", 2) == 0;
    return has_word(below, width, digits, whole ? 2 : width);
}

bool division_is_known(const char *code)
{
    size_t length = strspn(code, "0123456789");
    if (code[length] != '\0' || (length != 2 && length != 4 && length != 6 && length != 9 && length != 12))
        return false;
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++) {
        if (strncmp(code, provinces[i].province, 2) != 0)
            continue;
        const char *digits = code + 2;
        return strspn(digits, "0") == length - 2 || provinces[i].below == NULL || is_below(provinces[i].below, digits);
    }
    return false;
}
