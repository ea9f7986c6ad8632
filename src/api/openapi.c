/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The API reference, made from the table of routes, the areas' commands and the forms of the playbook in force.
 */
#include "areas/areas.h"
#include "api/endpoint.h"
#include "api/kinds.h"
#include "api/system.h"

#include "base/limits.h"
#include "base/problem.h"
#include "playbook/form/form.h"

#include <string.h>

#define JSON "application/json"

static json_t *reference(const char *schema)
{
    g_autofree char *address = g_strdup_printf("#/components/schemas/%s", schema);
    return json_pack("{s:s}", "$ref", address);
}

static json_t *content(const char *type, json_t *schema)
{
    return json_pack("{s:{s:{s:o}}}", "content", type, "schema", schema);
}

/* What commands' members hold, by name: the same name means the same thing in every command. */
static const struct {
    const char *name, *type, *format, *text;
} member_schemas[] = {
    {"matter", "string", "uuid", "id of the matter"},
    {"other", "string", "uuid", "id of the other matter"},
    {"parent", "string", "uuid", "id of the matter above"},
    {"unit", "string", NULL, "code of a unit, or # and its id"},
    {"seat", "string", NULL, "code of a unit, or # and its id"},
    {"to", "string", NULL, "code of a unit, or the time at which a period ends"},
    {"dwelling", "string", NULL, "door and room as written; sealed"},
    {"reason", "string", NULL, "why"},
    {"name", "string", NULL, NULL},
    {"role", "string", NULL, "role of the playbook"},
    {"kind", "string", NULL, "kind of the playbook"},
    {"entry", "string", NULL, "entry of the kind"},
    {"attempt", "string", NULL, "why the attempt failed"},
    {"form", "object", NULL, "the kind's form"},
    {"fields", "object", NULL, "the entry's form"},
    {"grounds", "array", NULL, "codes of units"},
    {"rows", "array", NULL, NULL},
    {"expectations", "array", NULL, NULL},
    {"shifts", "array", NULL, NULL},
    {"files", "array", NULL, NULL},
};

static json_t *member_schema(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(member_schemas); i++) {
        if (strcmp(member_schemas[i].name, name) != 0)
            continue;
        json_t *schema = json_pack("{s:s}", "type", member_schemas[i].type);
        if (member_schemas[i].format != NULL)
            json_object_set_new(schema, "format", json_string(member_schemas[i].format));
        if (member_schemas[i].text != NULL)
            json_object_set_new(schema, "description", json_string(member_schemas[i].text));
        return schema;
    }
    return json_object();
}

static const struct command_kind *find_command(const char *name)
{
    for (const struct area *const *area = lianfang_areas; *area != NULL; area++)
        for (const struct command_kind *kind = (*area)->commands; kind != NULL && kind->name != NULL; kind++)
            if (strcmp(kind->name, name) == 0)
                return kind;
    return NULL;
}

static json_t *command_schema(const struct command_kind *kind, const char *path_member, bool named)
{
    json_t *members =
        json_pack("{s:{s:s,s:s,s:s}, s:{s:s,s:s,s:s}, s:{s:s,s:s}, s:{s:s,s:s}, s:{s:s,s:s}}", "id", "type", "string",
                  "format", "uuid", "description", "UUIDv7 made by the client", "observed_at", "type", "string",
                  "format", "date-time", "description", "when it happened; now if left out", "post", "type", "string",
                  "description", "the post in which the user acts", "version", "type", "integer", "description",
                  "the version that the client has seen", "stream", "type", "integer", "description",
                  "from an earlier answer; a hint only");
    json_t *required = json_pack("[s]", "id");
    if (named) {
        json_object_set_new(members, "command", json_pack("{s:s}", "const", kind->name));
        json_array_append_new(required, json_string("command"));
    }
    for (const char *const *name = kind->members; name != NULL && *name != NULL; name++)
        if (path_member == NULL || strcmp(*name, path_member) != 0)
            json_object_set_new(members, *name, member_schema(*name));
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", members, "required", required,
                     "additionalProperties", false);
}

static json_t *path_parameters(const struct endpoint *endpoint)
{
    json_t *parameters = json_array();
    for (const char *at = strchr(endpoint->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        g_autofree char *name = g_strndup(at + 1, strcspn(at + 1, "}"));
        json_array_append_new(parameters, json_pack("{s:s, s:s, s:b, s:{s:s}}", "name", name, "in", "path", "required",
                                                    true, "schema", "type", "string"));
    }
    for (const struct query_param *query = endpoint->query; query != NULL && query->name != NULL; query++) {
        g_autofree char *text = g_strdup_printf("%s · %s", query->zh, query->en);
        json_array_append_new(parameters, json_pack("{s:s, s:s, s:s, s:{s:s}}", "name", query->name, "in", "query",
                                                    "description", text, "schema", "type", "string"));
    }
    return parameters;
}

static json_t *responses_of(const struct endpoint *endpoint, bool command)
{
    json_t *responses = json_object();
    json_t *shape = command                   ? reference("Answer")
                    : endpoint->shows != NULL ? reference(endpoint->shows)
                    : endpoint->gives != NULL ? json_pack("{s:s}", "type", "string")
                                              : json_pack("{s:s}", "type", "object");
    json_t *good = content(endpoint->gives != NULL ? endpoint->gives : JSON, shape);
    json_object_set_new(good, "description", json_string(command ? "durable" : "as asked"));
    json_object_set_new(responses, command ? "201" : "2XX", good);
    json_t *bad = content("application/problem+json", reference("Problem"));
    json_object_set_new(bad, "description", json_string("refused; nothing has changed"));
    json_object_set_new(responses, "4XX", bad);
    return responses;
}

static char *operation_id(const struct endpoint *endpoint)
{
    GString *id = g_string_new(NULL);
    for (const char *at = endpoint->method; *at != '\0'; at++)
        g_string_append_c(id, g_ascii_tolower(*at));
    for (const char *at = endpoint->path; *at != '\0'; at++)
        g_string_append_c(id, g_ascii_isalnum(*at) ? *at : '_');
    return g_string_free(id, FALSE);
}

static json_t *request_schema(const struct endpoint *endpoint)
{
    if (strcmp(endpoint->path, "/api/v1/commands") == 0)
        return reference("Command");
    if (endpoint->takes != NULL)
        return json_pack("{s:s}", "type", "string");
    if (strcmp(endpoint->path, "/api/v1/batch") == 0)
        return reference("Batch");
    return json_pack("{s:s}", "type", "object");
}

static json_t *operation(const struct endpoint *endpoint)
{
    g_autofree char *id = operation_id(endpoint);
    g_autofree char *summary = g_strdup_printf("%s · %s", endpoint->zh, endpoint->en);
    json_t *shape =
        json_pack("{s:s, s:s, s:o, s:o}", "operationId", id, "summary", summary, "parameters",
                  path_parameters(endpoint), "responses", responses_of(endpoint, endpoint->command != NULL));
    json_object_set_new(shape, "security", endpoint->open ? json_array() : json_pack("[{s:[]}]", "session"));
    const struct command_kind *kind = endpoint->command != NULL ? find_command(endpoint->command) : NULL;
    if (kind != NULL)
        json_object_set_new(shape, "requestBody", content(JSON, command_schema(kind, endpoint->path_member, false)));
    else if (strcmp(endpoint->method, "POST") == 0)
        json_object_set_new(shape, "requestBody",
                            content(endpoint->takes != NULL ? endpoint->takes : JSON, request_schema(endpoint)));
    if (endpoint->takes_too != NULL)
        json_object_set_new(json_object_get(json_object_get(shape, "requestBody"), "content"), endpoint->takes_too,
                            json_pack("{s:{s:s, s:s}}", "schema", "type", "string", "format", "binary"));
    return shape;
}

static json_t *paths_of_routes(void)
{
    json_t *paths = json_object();
    for (size_t i = 0; i < endpoint_count; i++) {
        json_t *path = json_object_get(paths, endpoints[i].path);
        if (path == NULL) {
            path = json_object();
            json_object_set_new(paths, endpoints[i].path, path);
        }
        g_autofree char *method = g_ascii_strdown(endpoints[i].method, -1);
        json_object_set_new(path, method, operation(&endpoints[i]));
    }
    return paths;
}

static void add_forms(json_t *schemas, const struct playbook *playbook)
{
    for (size_t i = 0; playbook != NULL && i < playbook->kind_count; i++) {
        const struct kind *kind = &playbook->kinds[i];
        g_autofree char *name = g_strdup_printf("form.%s", kind->name);
        json_object_set_new(schemas, name, form_schema(&kind->form));
        for (size_t j = 0; j < kind->entry_count; j++) {
            g_autofree char *entry = g_strdup_printf("entry.%s.%s", kind->name, kind->entries[j].name);
            json_object_set_new(schemas, entry, form_schema(&kind->entries[j].form));
        }
    }
}

static void add_commands(json_t *schemas)
{
    json_t *any = json_array();
    for (const struct area *const *area = lianfang_areas; *area != NULL; area++)
        for (const struct command_kind *kind = (*area)->commands; kind != NULL && kind->name != NULL; kind++) {
            if (kind->by_clock)
                continue;
            g_autofree char *name = g_strdup_printf("command.%s", kind->name);
            json_object_set_new(schemas, name, command_schema(kind, NULL, true));
            json_array_append_new(any, reference(name));
        }
    json_object_set_new(schemas, "Command", json_pack("{s:o}", "oneOf", any));
    json_object_set_new(schemas, "Batch",
                        json_pack("{s:s, s:{s:{s:s, s:i, s:o}}, s:[s], s:b}", "type", "object", "properties", "items",
                                  "type", "array", "maxItems", LIMIT_BATCH_ITEMS, "items", reference("Command"),
                                  "required", "items", "additionalProperties", false));
}

static json_t *problem_schema(void)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < PROBLEM_COUNT; i++)
        json_array_append_new(codes, json_string(problem_texts[i].name));
    return json_pack("{s:s, s:{s:{s:s}, s:{s:o}, s:{s:s}, s:{s:s}, s:{s:s, s:i}, s:{s:s}}}", "type", "object",
                     "properties", "type", "type", "string", "title", "enum", codes, "status", "type", "integer",
                     "detail", "type", "string", "errors", "type", "array", "maxItems", LIMIT_PROBLEMS, "more", "type",
                     "integer");
}

void get_openapi(struct request *request)
{
    json_t *schemas = json_object();
    json_object_set_new(schemas, "Problem", problem_schema());
    json_object_set_new(schemas, "Answer",
                        json_pack("{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}}", "type", "object",
                                  "properties", "id", "type", "string", "pos", "type", "string", "stream", "type",
                                  "integer", "at", "type", "string", "made", "type", "string", "events", "type",
                                  "array"));
    g_autoptr(json_t) kinds = kind_schema();
    json_object_update(schemas, kinds);
    add_commands(schemas);
    add_forms(schemas, rulebook_current(engine_rulebook(request->server->engine)));
    respond_json(request, MHD_HTTP_OK,
                 json_pack("{s:s, s:{s:s, s:s, s:{s:s, s:s}}, s:[{s:s}], s:o, s:{s:o, s:{s:{s:s, s:s}}}}", "openapi",
                           "3.1.0", "info", "title", "Lianfang 联防", "version", LIANFANG_VERSION, "license", "name",
                           "GPL-3.0-or-later", "identifier", "GPL-3.0-or-later", "servers", "url", "/", "paths",
                           paths_of_routes(), "components", "schemas", schemas, "securitySchemes", "session", "type",
                           "http", "scheme", "bearer"));
}
