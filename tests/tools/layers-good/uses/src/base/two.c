/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/two.h"

int two(void)
{
    return 2;
}
