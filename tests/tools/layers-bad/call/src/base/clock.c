/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

int clock_time(void)
{
    return engine_time();
}
