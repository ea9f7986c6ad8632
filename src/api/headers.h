/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * headers - what every answer tells a browser not to do with it.
 *
 * Source  Content Security Policy level 3, Permissions Policy, Fetch (Cross-Origin-Resource-Policy), HTML
 *         (Cross-Origin-Opener-Policy), RFC 6797 (HSTS).
 */
#ifndef API_HEADERS_H
#define API_HEADERS_H

struct request;

/* To an answer that is there, just before it goes out. */
void headers_add(struct request *request);

#endif
