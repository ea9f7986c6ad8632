/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address - where a connection comes from, as text.
 *
 * Shape   `network` is what one household or office has: of IPv6 the first 64 bits ("2001:db8:1:2::/64"), of IPv4 the
 *         whole. An IPv4-mapped IPv6 address is IPv4.
 * Owner   any thread; both buffers are the caller's.
 */
#ifndef API_ADDRESS_H
#define API_ADDRESS_H

#include <sys/socket.h>

#define ADDRESS_TEXT_MAX 64

void address_format(const struct sockaddr *from, char address[ADDRESS_TEXT_MAX], char network[ADDRESS_TEXT_MAX]);

#endif
