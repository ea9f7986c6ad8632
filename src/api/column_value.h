/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * column_value - the value in ?field=COLUMN:VALUE, read as the column's type.
 *
 * Shape   as a form takes it: true or false, 2h, a time with any offset, a number however it is written, a code of a
 *         list of any version, a unit by its code. The bounds of the field mean nothing here.
 * Errors  a problem of the parameter `field`.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_COLUMN_VALUE_H
#define API_COLUMN_VALUE_H

#include "api/request.h"

/* The text of what is stored, for struct matter_filter; NULL: the request has been refused. The caller frees. */
char *column_value(struct request *request, const struct kind *kind, const struct field *field, const char *text);

#endif
