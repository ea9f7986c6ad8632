/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * webpages - the web application and what belongs to it: files that are part of the program.
 *
 * Shape   a resource holds /gz/PATH and /br/PATH for what is text, compressed when it was built, and /raw/PATH for the
 *         rest. /assets/… have the hash of their content in their names; the addresses of the application itself all
 *         show index.html, which reads the address. The proof page's sheet of styles is there without a resource, too.
 * Owner   made before the server runs and read by any of its threads; they need neither rows nor the writer.
 */
#ifndef API_WEBPAGES_H
#define API_WEBPAGES_H

#include <gio/gio.h>
#include <stdbool.h>

struct webpage;
struct webpages;
struct request;

#define WEBPAGES_PROOF_STYLE "proof.css"

/* What tools/build-ui made of ui/; without files in a program that was built without. The name is the generator's. */
GResource *lianfang_ui_get_resource(void);

/* NULL: no application. Of a drill each page says so, above all else and without a script. */
struct webpages *webpages_new(GResource *resource, bool drill);
void webpages_free(struct webpages *pages);

/* NULL: the address is none of theirs. At "/" a client that asks for JSON alone is told where the API begins. */
const struct webpage *webpages_find(const struct request *request);

/* For a browser that opens an address at which nothing is: the application, which says so. NULL: it is told in JSON. */
const struct webpage *webpages_nowhere(const struct request *request);

void respond_webpage(struct request *request, const struct webpage *page);

#endif
