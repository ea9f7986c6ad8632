/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint - the one table of addresses: the handler, who may ask, and the text of the API reference.
 *
 * Shape   sorted by path, then method, as the reference prints them. A row with `command` is a door to that command:
 *         the path's parameter becomes the member `path_member` of its body.
 * Owner   a constant, read by any thread.
 */
#ifndef API_ENDPOINT_H
#define API_ENDPOINT_H

#include "api/heavy.h"

struct query_param {
    const char *name, *zh, *en;
};

struct endpoint {
    const char *method, *path;
    void (*handle)(struct request *request); /* NULL with `command` */
    bool open;                               /* without a session */
    bool by_link;                            /* also open: with the link of a resident, resident.h */
    bool settles;                            /* also with a password that must be changed first */
    bool secret;                             /* holds passwords or tokens: never packed, request.c says why */
    enum heavy_size heavy;                   /* with a session: read in threads of its own */
    bool endless;                            /* the answer goes on until its client leaves: streams.h */
    bool submits;                            /* reads nothing: it hands commands over. Rows with `command` too */
    const char *command, *path_member;
    const char *takes_too;     /* another one that such an upload may be of */
    const char *takes, *gives; /* media types; NULL JSON. What takes another one is an upload into a file */
    int64_t takes_bytes;       /* of such an upload at most; 0: of a sheet */
    void (*admits)(struct request *request); /* of such an upload: answers it where it may not be sent */
    const char *zh, *en;
    const char *shows;               /* the schema of the answer; NULL any object */
    const struct query_param *query; /* ended by a row without name */
};

extern const struct endpoint endpoints[];
extern const size_t endpoint_count;

/* The row for a method and path, with the path's parameters (owned by the request); NULL with the methods
 * that the path knows in *out_allowed (NULL: no such path). */
const struct endpoint *endpoint_find(struct request *request, char **out_allowed);

#endif
