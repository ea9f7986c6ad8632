/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * body - values in the bodies of commands; new references.
 */
#ifndef REHEARSAL_BODY_H
#define REHEARSAL_BODY_H

#include "base/uuid.h"

#include <glib.h>
#include <jansson.h>
#include <stdint.h>

json_t *body_unit(int64_t unit);              /* "#7" */
json_t *body_uuid(const struct uuid *uuid);   /* as text */
json_t *body_time(int64_t at_us);             /* in UTC, whole seconds */
json_t *body_day(int32_t day);                /* "2020-02-03" */
json_t *body_text(const char *single_quoted); /* JSON as our tables hold it, with single quotes */

#endif
