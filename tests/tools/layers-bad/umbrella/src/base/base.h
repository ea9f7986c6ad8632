/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base - everything at once.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "base/clock.h"
#include "base/uuid.h"

#endif
