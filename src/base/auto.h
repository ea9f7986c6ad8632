/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auto - clean-up at the end of the scope for our own structs, as g_autoptr is for GLib's.
 *
 *     AUTO(problem) struct problem *problem = NULL;      problem_free() when the scope ends
 *     AUTO(cursor) struct cursor cursor = {0};                 cursor_clear() when the scope ends
 *
 * AUTO_FREE(problem) defines it for what problem_free() frees, AUTO_CLEAR(cursor) for what cursor_clear() clears;
 * AUTO_CLEAR_OF(view, matter_view) where the struct is called otherwise than its functions.
 */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#define AUTO(name) __attribute__((cleanup(name##_auto)))

#define AUTO_FREE(name)                                                                                                \
    static inline void name##_auto(struct name **place)                                                                \
    {                                                                                                                  \
        if (*place != NULL)                                                                                            \
            name##_free(*place);                                                                                       \
    }

#define AUTO_CLEAR(name) AUTO_CLEAR_OF(name, name)
#define AUTO_CLEAR_OF(name, tag)                                                                                       \
    static inline void name##_auto(struct tag *place)                                                                  \
    {                                                                                                                  \
        name##_clear(place);                                                                                           \
    }

#endif
