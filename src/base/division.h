/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * division - whether a code of an administrative division can exist.
 *
 * Shape   2, 4, 6, 9 or 12 digits; zeros at the end stand for no level, so that 420000 is 42. Provinces and
 *         prefectures are looked up, of the four municipalities the districts and counties; what is below is not.
 * Owner   any thread.
 * Source  china-division 2.7.0 (statistics codes of 2023-06-30); besides, what was merged or renumbered since 2009,
 *         such as 3712 (Laiwu) and 110103 (Chongwen), which older data have. Hong Kong, Macao and Taiwan: the province.
 */
#ifndef BASE_DIVISION_H
#define BASE_DIVISION_H

#include <stdbool.h>

bool division_is_known(const char *code);

#endif
