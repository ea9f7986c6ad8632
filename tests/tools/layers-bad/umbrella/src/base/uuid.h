/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uuid - an example.
 */
#ifndef BASE_UUID_H
#define BASE_UUID_H

int uuid(void);

#endif
