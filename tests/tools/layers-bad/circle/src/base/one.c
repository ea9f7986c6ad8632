/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/one.h"

#include "base/two.h"

int one(void)
{
    return two();
}
