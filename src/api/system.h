/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * system - health, metrics, signed heads, the playbook in force and the API reference.
 *
 * Shape   handlers of endpoints.c.
 * Owner   the thread that runs the request: request.h; what shape_…() return is the caller's.
 */
#ifndef API_SYSTEM_H
#define API_SYSTEM_H

#include "api/request.h"

void get_front(struct request *request);
void get_healthz(struct request *request);
void get_metrics(struct request *request);
void get_heads(struct request *request);
void get_playbooks(struct request *request);
void get_proposed_playbooks(struct request *request);
void get_proposed_playbook(struct request *request);
void get_playbook(struct request *request);
void get_kind(struct request *request);
void get_kinds(struct request *request);
void get_openapi(struct request *request);

/* As GET /kinds/{kind} shows it. */
struct field;
struct kind;
struct state;
json_t *shape_form(const struct form *form); /* of its fields */
json_t *shape_field_def(const struct field *field);
json_t *shape_state_def(const struct kind *kind, const struct state *state);

#endif
