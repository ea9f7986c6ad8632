/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/demo.h"

#include "api/shape.h"
#include "api/visible.h"

#include <string.h>

#define COLUMNS 4 /* login, password, role, unit */

static json_t *shape_account(struct request *request, const struct playbook *playbook, char **columns)
{
    const struct role *role = playbook != NULL ? playbook_find_role(playbook, columns[2]) : NULL;
    return json_pack("{s:s, s:s, s:o, s:s}", "login", columns[0], "password", columns[1], "role",
                     shape_title(request, role != NULL ? &role->title : NULL), "unit", columns[3]);
}

/* Words that blanks part; the last column is the rest of the line. */
static char **columns_of(const char *line)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < COLUMNS; i++) {
        line += strspn(line, " ");
        size_t bytes = i < COLUMNS - 1 ? strcspn(line, " ") : strlen(line);
        if (bytes == 0)
            return NULL;
        g_ptr_array_add(columns, g_strndup(line, bytes));
        line += bytes;
    }
    g_ptr_array_add(columns, NULL);
    return (char **)g_ptr_array_steal(columns, NULL);
}

/* Another name that leads here (DNS rebinding) would let a stranger's page read the answer. */
static bool is_asked_of_this_machine(const struct request *request)
{
    const char *host = request_header(request, "Host");
    g_autofree char *name = g_strdup(host != NULL ? host : "");
    char *port = strrchr(name, ':');
    if (port != NULL && strspn(port + 1, "0123456789") == strlen(port + 1))
        *port = '\0';
    return g_ascii_strcasecmp(name, "localhost") == 0 || strcmp(name, "127.0.0.1") == 0 || strcmp(name, "[::1]") == 0;
}

void get_demo_accounts(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    if (request->server->demo_accounts == NULL || !is_asked_of_this_machine(request)) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个地址" : "address");
        return;
    }
    json_t *rows = json_array();
    g_auto(GStrv) lines = g_strsplit(request->server->demo_accounts, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) columns = columns_of(*line);
        if (columns != NULL)
            json_array_append_new(rows, shape_account(request, playbook, columns));
    }
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o}", "data", rows));
}
