/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "afterwards.h"

#include <string.h>

struct known { /* what the registry knows of somebody */
    char *id, *says[3], *household;
};
static struct known people[6];
static const char *const named[] = {"li", "zhao", "near", "far", "stranger", "official"};
static const char *const doors[] = {"/api/v1/matters?limit=200",
                                    "/api/v1/exports/home_observation.csv",
                                    "/api/v1/exports/anomaly_report.csv",
                                    "/api/v1/exports/persons.csv",
                                    "/api/v1/tasks?limit=200",
                                    "/api/v1/snapshot",
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
        people[i].household = g_strdup(reply_text(&reply, "residence.household"));
    }
}

static void add_sign(GString *signs, const char *text, const char *word)
{
    g_string_append_c(signs, *word != '\0' && strstr(text, word) != NULL ? '+' : '.');
}

/* Places as JSON and as a table show them. */
static const char *const elsewhere[] = {"\"" GRID "\"",       "," GRID ",",         "\"" SIBLING_GRID "\"",
                                        "," SIBLING_GRID ",", "\"" OTHER_GRID "\"", "," OTHER_GRID ","};

static void add_signs(GString *signs, const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        for (size_t k = 0; k < 3; k++)
            add_sign(signs, text, people[i].says[k]);
        add_sign(signs, text, people[i].household);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(elsewhere); i++)
        add_sign(signs, text, elsewhere[i]);
}

/* A sign a door, person and word: what stands there unmasked, and with whom they live; a sign a place that stands
 * there; and whether the person's own page opens. `answers`: of the actor's commands so far. */
static GString *shown(const char *who, const char *answers)
{
    GString *signs = g_string_new(NULL);
    for (size_t d = 0; d < G_N_ELEMENTS(doors); d++) {
        AUTO(reply) struct reply reply = rig_get(rig, who, doors[d]);
        add_signs(signs, reply.text->str);
    }
    add_signs(signs, answers);
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", people[i].id);
        AUTO(reply) struct reply reply = rig_get(rig, who, path);
        g_string_append_c(signs, reply.status == 200 ? '+' : '.');
        g_string_append_c(signs, strstr(reply.text->str, people[i].says[2]) != NULL ? '+' : '.');
    }
    return signs;
}

/* @ the id, ! what one must know of somebody to find them, ^ the actor's unit; and entries in the matter that it has
 * made, one after the other, each in what the one before has made, if anything */
static const struct {
    const char *path, *body, *entries[3];
} namings[] = {
    {"/api/v1/matters", "{'kind':'anomaly_report','unit':'^','subject':'@','form':{}}"},
    {"/api/v1/matters", "{'kind':'anomaly_report','unit':'^','subject':!,'form':{}}"},
    {"/api/v1/matters", "{'kind':'home_observation','unit':'^','subject':!,'form':{'last_exposure':"
                        "'2020-02-01T12:00:00+08:00'}}"},
    {"/api/v1/matters", "{'kind':'household_case','unit':'^','subject':!,'form':{}}", {"confirm"}},
    {"/api/v1/matters", "{'kind':'household_case','unit':'^','subject':!,'form':{}}", {"observe", "moved_to_hospital"}},
    {"/api/v1/residencies", "{'persons':['@'],'unit':'^'}"},
    {"/api/v1/residencies", "{'persons':[!],'unit':'^'}"},
    {"/api/v1/persons/@/change", "{'phone':'13911112222'}"},
    {"/api/v1/persons/@/custody", "{'from':'^','to':'" GRID "'}"},
};

static void enter_on(const char *who, const char *const entries[3], const char *made, GString *answers)
{
    g_autofree char *in = g_strdup(made);
    for (size_t i = 0; i < 3 && entries[i] != NULL && *in != '\0'; i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", in);
        AUTO(reply) struct reply reply = rig_command(rig, who, path, "{'entry':'%s'}", entries[i]);
        g_assert_cmpint(reply.status, <, 500);
        g_string_append(answers, reply.text->str);
        if (*reply_text(&reply, "made") == '\0')
            continue;
        g_free(in);
        in = g_strdup(reply_text(&reply, "made"));
    }
}

static void name_somebody(const char *who, size_t row, const struct known *known, GString *answers)
{
    g_autofree char *own = g_strdup_printf("#%" G_GINT64_FORMAT, model_first_ground(model, person(who)));
    g_autofree char *words = g_strdup_printf("{'name':'%s','id_number':'%s'}", known->says[0], known->says[1]);
    g_autofree char *path = replaced(g_strdup(namings[row].path), "@", known->id);
    g_autofree char *body =
        replaced(replaced(replaced(g_strdup(namings[row].body), "@", known->id), "!", words), "^", own);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "%s", body);
    g_assert_cmpint(reply.status, <, 500);
    g_string_append(answers, reply.text->str);
    enter_on(who, namings[row].entries, reply_text(&reply, "made"), answers);
}

/* Of every matter that there is by now, each by itself. */
static void sees_as_the_model_says(const char *who)
{
    look();
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", matter->uuid);
        AUTO(reply) struct reply reply = rig_get(rig, who, path);
        if ((reply.status == 200) != model_sees(model, person(who), matter))
            g_error("%s: %s: %d", who, reply.text->str, reply.status);
    }
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
            bool unmasked = false;
            if ((!all && (a + i) % 2 != 0) ||
                (model_sees_person(model, person(who[a]), person(named[i]), &unmasked) && unmasked))
                continue;
            g_autoptr(GString) answers = g_string_new(NULL);
            g_autoptr(GString) before = shown(who[a], "");
            for (size_t row = 0; row < G_N_ELEMENTS(namings); row++)
                name_somebody(who[a], row, &people[i], answers);
            g_autoptr(GString) after = shown(who[a], answers->str);
            for (size_t k = 0; k < before->len; k++)
                if (before->str[k] != '+' && after->str[k] == '+')
                    g_error("%s reads more of %s than before: sign %zu of %s", who[a], named[i], k, after->str);
            sees_as_the_model_says(who[a]);
        }
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) { /* and nothing of theirs has been changed */
        g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", people[i].id);
        AUTO(reply) struct reply reply = rig_get(rig, "keeper", path);
        if (strcmp(named[i], "near") != 0) /* the workers of their community may */
            g_assert_cmpstr(reply_text(&reply, "phone"), ==, people[i].says[2]);
    }
}

void afterwards_clear(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        g_free(people[i].id);
        g_free(people[i].household);
        for (size_t k = 0; k < 3; k++)
            g_free(people[i].says[k]);
    }
}
