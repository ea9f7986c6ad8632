/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands let their givers read afterwards: no more than before. */
#include "commands.h"

#include <string.h>

char *replaced(char *text /* taken */, const char *what, const char *by)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);
    g_free(text);
    return g_strjoinv(by, parts);
}

struct known { /* what the registry knows of somebody */
    char *id, *says[3];
};
static struct known people[5];
static const char *const named[] = {"li", "near", "far", "stranger", "official"};
static const char *const doors[] = {"/api/v1/matters?limit=200",
                                    "/api/v1/exports/home_observation.csv",
                                    "/api/v1/exports/anomaly_report.csv",
                                    "/api/v1/exports/persons.csv",
                                    "/api/v1/tasks?limit=200",
                                    "/api/v1/moves"};

static void know_people(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        people[i].id = g_strdup(rig_member(rig, named[i])->id);
        g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", people[i].id);
        AUTO(reply) struct reply reply = rig_get(rig, "keeper", path);
        static const char *const members[] = {"name", "id_number", "phone"};
        for (size_t k = 0; k < G_N_ELEMENTS(members); k++)
            people[i].says[k] = g_strdup(reply_text(&reply, members[k]));
    }
}

/* A sign a person, door and word: what stands there unmasked; and whether the person's own page opens. */
static GString *shown(const char *who)
{
    GString *signs = g_string_new(NULL);
    for (size_t d = 0; d < G_N_ELEMENTS(doors); d++) {
        AUTO(reply) struct reply reply = rig_get(rig, who, doors[d]);
        for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
            for (size_t k = 0; k < 3; k++)
                g_string_append_c(signs, strstr(reply.text->str, people[i].says[k]) != NULL ? '+' : '.');
    }
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", people[i].id);
        AUTO(reply) struct reply reply = rig_get(rig, who, path);
        g_string_append_c(signs, reply.status == 200 ? '+' : '.');
        g_string_append_c(signs, strstr(reply.text->str, people[i].says[2]) != NULL ? '+' : '.');
    }
    return signs;
}

/* @ the id, ! what one must know of somebody to find them, ^ the actor's unit */
static const struct {
    const char *path, *body;
} namings[] = {
    {"/api/v1/matters", "{'kind':'anomaly_report','unit':'^','subject':'@','form':{}}"},
    {"/api/v1/matters", "{'kind':'anomaly_report','unit':'^','subject':!,'form':{}}"},
    {"/api/v1/matters", "{'kind':'home_observation','unit':'^','subject':!,'form':{'last_exposure':"
                        "'2020-02-01T12:00:00+08:00'}}"},
    {"/api/v1/residencies", "{'persons':['@'],'unit':'^'}"},
    {"/api/v1/residencies", "{'persons':[!],'unit':'^'}"},
    {"/api/v1/persons/@/change", "{'phone':'13911112222'}"},
    {"/api/v1/persons/@/custody", "{'from':'^','to':'" GRID "'}"},
};

static void name_somebody(const char *who, size_t row, const struct known *known)
{
    g_autofree char *own = g_strdup_printf("#%" G_GINT64_FORMAT, model_first_ground(model, person(who)));
    g_autofree char *words = g_strdup_printf("{'name':'%s','id_number':'%s'}", known->says[0], known->says[1]);
    g_autofree char *path = replaced(g_strdup(namings[row].path), "@", known->id);
    g_autofree char *body =
        replaced(replaced(replaced(g_strdup(namings[row].body), "@", known->id), "!", words), "^", own);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "%s", body);
    g_assert_cmpint(reply.status, <, 500);
}

/* Whoever may act in their own grounds names everybody there is: nothing more stands at any door than before, but what
 * they said themselves. */
void nothing_more_is_read(void)
{
    static const char *const who[] = {"grid_wor0.2", "communit1.5", "cdc_offi3.1", "sun"};
    bool all = g_getenv("LIANFANG_LONG") != NULL;
    know_people();
    look();
    for (size_t a = 0; a < G_N_ELEMENTS(who); a++)
        for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
            if (!all && (a + i) % 2 != 0)
                continue;
            g_autoptr(GString) before = shown(who[a]);
            for (size_t row = 0; row < G_N_ELEMENTS(namings); row++)
                name_somebody(who[a], row, &people[i]);
            g_autoptr(GString) after = shown(who[a]);
            for (size_t k = 0; k < before->len; k++)
                if (before->str[k] != '+' && after->str[k] == '+')
                    g_error("%s reads more of %s than before: sign %zu of %s", who[a], named[i], k, after->str);
        }
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) { /* and nothing of theirs has been changed */
        g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", people[i].id);
        AUTO(reply) struct reply reply = rig_get(rig, "keeper", path);
        if (strcmp(named[i], "near") != 0) /* the workers of their community may */
            g_assert_cmpstr(reply_text(&reply, "phone"), ==, people[i].says[2]);
    }
}

void afterwards_forget(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        g_free(people[i].id);
        for (size_t k = 0; k < 3; k++)
            g_free(people[i].says[k]);
    }
}
