/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/address.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <string.h>

static void format_four(const void *bytes, char address[ADDRESS_TEXT_MAX], char network[ADDRESS_TEXT_MAX])
{
    inet_ntop(AF_INET, bytes, address, ADDRESS_TEXT_MAX);
    g_strlcpy(network, address, ADDRESS_TEXT_MAX);
}

static void format_six(const struct in6_addr *six, char address[ADDRESS_TEXT_MAX], char network[ADDRESS_TEXT_MAX])
{
    struct in6_addr half = *six;
    if (IN6_IS_ADDR_V4MAPPED(six)) {
        format_four(six->s6_addr + 12, address, network);
        return;
    }
    memset(half.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, six, address, ADDRESS_TEXT_MAX);
    inet_ntop(AF_INET6, &half, network, ADDRESS_TEXT_MAX);
    g_strlcat(network, "/64", ADDRESS_TEXT_MAX);
}

void address_format(const struct sockaddr *from, char address[ADDRESS_TEXT_MAX], char network[ADDRESS_TEXT_MAX])
{
    *address = *network = '\0';
    if (from != NULL && from->sa_family == AF_INET)
        format_four(&((const struct sockaddr_in *)from)->sin_addr, address, network);
    else if (from != NULL && from->sa_family == AF_INET6)
        format_six(&((const struct sockaddr_in6 *)from)->sin6_addr, address, network);
}
