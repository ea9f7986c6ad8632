/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine - an example.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

int engine(void);

#endif
