/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/proxies.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#define ADDRESS_BYTES 16
#define MAPPED_BITS   96 /* of ::ffff:0:0/96, in which IPv4 lies */

G_DEFINE_QUARK(lianfang_proxies_error, proxies_error)

struct network {
    uint8_t address[ADDRESS_BYTES]; /* IPv6; of IPv4 the mapped one */
    int bits;
};

struct proxies {
    int count;
    struct network networks[PROXIES_MOST];
};

static const uint8_t mapped[ADDRESS_BYTES - 4] = {[10] = 0xff, [11] = 0xff};

static void map_four(const void *four, uint8_t out[ADDRESS_BYTES])
{
    memcpy(out, mapped, sizeof mapped);
    memcpy(out + sizeof mapped, four, 4);
}

/* False: another family. */
static bool address_of(const struct sockaddr *from, uint8_t out[ADDRESS_BYTES])
{
    if (from != NULL && from->sa_family == AF_INET)
        map_four(&((const struct sockaddr_in *)(const void *)from)->sin_addr, out);
    else if (from != NULL && from->sa_family == AF_INET6)
        memcpy(out, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, ADDRESS_BYTES);
    else
        return false;
    return true;
}

static bool parse_address(const char *text, uint8_t out[ADDRESS_BYTES], bool *out_four)
{
    struct in_addr four;
    struct in6_addr six;
    *out_four = inet_pton(AF_INET, text, &four) == 1;
    if (*out_four)
        map_four(&four, out);
    else if (inet_pton(AF_INET6, text, &six) == 1)
        memcpy(out, &six, ADDRESS_BYTES);
    else
        return false;
    return true;
}

static bool parse_network(const char *text, struct network *out)
{
    bool four;
    guint64 bits;
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    if (parts[0] == NULL || !parse_address(parts[0], out->address, &four))
        return false;
    guint most = four ? 32 : 128;
    if (parts[1] == NULL)
        bits = most;
    else if (!g_ascii_string_to_unsigned(parts[1], 10, 0, most, &bits, NULL))
        return false;
    out->bits = (int)bits + (four ? MAPPED_BITS : 0);
    return true;
}

static bool holds(const struct network *network, const uint8_t address[ADDRESS_BYTES])
{
    int whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->address, address, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((network->address[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

static bool are_held(const struct proxies *proxies, const uint8_t address[ADDRESS_BYTES])
{
    for (int i = 0; i < proxies->count; i++)
        if (holds(&proxies->networks[i], address))
            return true;
    return false;
}

struct proxies *proxies_parse(const char *text, GError **error)
{
    struct proxies *proxies = g_new0(struct proxies, 1);
    g_auto(GStrv) parts = g_strsplit(*text != '\0' ? text : " ", ",", -1);
    for (char **part = parts; *part != NULL; part++) {
        bool fits = proxies->count < PROXIES_MOST;
        if (fits && parse_network(g_strstrip(*part), &proxies->networks[proxies->count])) {
            proxies->count++;
            continue;
        }
        if (fits)
            g_set_error(error, PROXIES_ERROR, PROXIES_ERROR_TEXT, "\"%s\" is no address and no network (10.1.0.0/16)",
                        *part);
        else
            g_set_error(error, PROXIES_ERROR, PROXIES_ERROR_TEXT, "more than %d addresses and networks", PROXIES_MOST);
        proxies_free(proxies);
        return NULL;
    }
    return proxies;
}

void proxies_free(struct proxies *proxies)
{
    g_free(proxies);
}

bool proxies_hold(const struct proxies *proxies, const struct sockaddr *from)
{
    uint8_t address[ADDRESS_BYTES];
    return proxies != NULL && address_of(from, address) && are_held(proxies, address);
}

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711". */
static bool parse_hop(char *text, uint8_t out[ADDRESS_BYTES])
{
    bool four;
    char *colon = strchr(text, ':'), *end = strchr(text, ']');
    if (*text == '[' && end != NULL) {
        *end = '\0';
        text++;
    } else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
        *colon = '\0';
    }
    return parse_address(text, out, &four);
}

static void put(const uint8_t address[ADDRESS_BYTES], struct sockaddr_storage *out)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    memcpy(&six.sin6_addr, address, ADDRESS_BYTES);
    *out = (struct sockaddr_storage){0};
    memcpy(out, &six, sizeof six);
}

void proxies_client(const struct proxies *proxies, const struct sockaddr *from, const char *forwarded,
                    struct sockaddr_storage *out)
{
    uint8_t client[ADDRESS_BYTES] = {0}, before[ADDRESS_BYTES];
    g_auto(GStrv) hops = g_strsplit(forwarded != NULL ? forwarded : "", ",", -1);
    guint left = g_strv_length(hops), most = left > PROXIES_HOPS ? left - PROXIES_HOPS : 0;
    bool known = address_of(from, client);
    g_assert(known);
    while (left > most && are_held(proxies, client) && parse_hop(g_strstrip(hops[left - 1]), before)) {
        memcpy(client, before, sizeof client);
        left--;
    }
    put(client, out);
}
