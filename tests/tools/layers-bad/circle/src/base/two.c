/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/two.h"

#include "base/one.h"

int two(void)
{
    return one();
}
