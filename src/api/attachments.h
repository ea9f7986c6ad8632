/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attachments - photos and files of a matter: put there before the entry that names them, fetched by viewers who see
 *               the matter unmasked.
 *
 * Shape   the type of a file follows from its bytes alone (media.h). It is sealed under the matter's key before it is
 *         written; its hash is that of the sealed bytes. Each that is fetched leaves a read trace.
 * Limits  LIMIT_ATTACHMENT_BYTES each, LIMIT_ATTACHMENTS a matter.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_ATTACHMENTS_H
#define API_ATTACHMENTS_H

#include "api/request.h"

void get_attachment(struct request *request);
void admit_attachment(struct request *request); /* before its first byte */
void put_attachment(struct request *request);

#endif
