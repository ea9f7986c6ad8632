/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/submitter.h"

#include "base/json.h"
#include "base/limits.h"

#include <string.h>

#define UNDER_WAY_MAX (LIMIT_QUEUE_COMMANDS / 2)

struct submitter {
    struct engine *engine;
    const struct clock *clock;
    GMutex lock;
    GCond answered;
    int under_way;
    int64_t accepted, refused;
    char *first_refusal;
    GHashTable *refusals; /* text: how often, as a pointer */
    struct book *book;    /* NULL: nothing is written down */
    GPtrArray *receipts;  /* of struct submitter_errand: accepted, not written down yet */
};

struct submitter_errand {
    struct submitter *submitter;
    int64_t *out_made;
    const char *name;
    struct uuid id;
    json_t *body; /* shared with the command; NULL: nothing is written down */
};

static void errand_free(gpointer data)
{
    struct submitter_errand *errand = data;
    json_decref(errand->body);
    g_free(errand);
}

struct submitter *submitter_new(struct engine *engine, const struct clock *clock)
{
    struct submitter *submitter = g_new0(struct submitter, 1);
    submitter->engine = engine;
    submitter->clock = clock;
    submitter->refusals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    submitter->receipts = g_ptr_array_new_with_free_func(errand_free);
    g_mutex_init(&submitter->lock);
    g_cond_init(&submitter->answered);
    return submitter;
}

void submitter_keep(struct submitter *submitter, struct book *book)
{
    submitter->book = book;
}

void submitter_free(struct submitter *submitter)
{
    submitter_wait(submitter);
    g_ptr_array_unref(submitter->receipts);
    g_hash_table_unref(submitter->refusals);
    g_mutex_clear(&submitter->lock);
    g_cond_clear(&submitter->answered);
    g_free(submitter->first_refusal);
    g_free(submitter);
}

/* By what was entered and why it was refused. */
static void count_refusal(struct submitter *submitter, const struct submitter_errand *errand, const char *text)
{
    const char *of =
        errand->body != NULL ? json_get_text(errand->body, "entry", json_get_text(errand->body, "kind", "")) : "";
    char *key = g_strdup_printf("%s %s", text, of);
    gpointer count = g_hash_table_lookup(submitter->refusals, key);
    g_hash_table_insert(submitter->refusals, key, GINT_TO_POINTER(GPOINTER_TO_INT(count) + 1));
}

static void keep_refusal(struct submitter *submitter, const struct submitter_errand *errand,
                         const struct problem *problem)
{
    submitter->refused++;
    g_autofree char *sentence = problem_sentence(problem, false);
    g_autofree char *text = g_strdup_printf("%s: %s: %s: %s", errand->name, problem_texts[problem->code].name,
                                            problem->field != NULL ? problem->field : "-", sentence);
    if (submitter->first_refusal == NULL)
        submitter->first_refusal = g_strdup(text);
    count_refusal(submitter, errand, text);
}

static void on_answer(void *context, const struct answer *answer)
{
    struct submitter_errand *pending = context;
    struct submitter *submitter = pending->submitter;
    g_mutex_lock(&submitter->lock);
    if (answer->problem != NULL) {
        keep_refusal(submitter, pending, answer->problem);
    } else {
        submitter->accepted++;
        if (pending->out_made != NULL)
            *pending->out_made = answer->made;
    }
    bool keep = answer->problem == NULL && pending->body != NULL;
    if (keep)
        g_ptr_array_add(submitter->receipts, pending);
    submitter->under_way--;
    g_cond_signal(&submitter->answered);
    g_mutex_unlock(&submitter->lock);
    if (!keep)
        errand_free(pending);
}

static void wait_below(struct submitter *submitter, int most)
{
    g_mutex_lock(&submitter->lock);
    while (submitter->under_way > most)
        g_cond_wait(&submitter->answered, &submitter->lock);
    g_mutex_unlock(&submitter->lock);
}

void submitter_put(struct submitter *submitter, const char *name, int64_t person, json_t *body, int64_t *out_made,
                   struct uuid *out_id)
{
    struct command *command = command_new(name, person == 0 ? ORIGIN_OPERATOR : ORIGIN_DOOR, person, body);
    struct submitter_errand *pending = g_new0(struct submitter_errand, 1);
    AUTO(problem) struct problem *problem = NULL;
    uuid_make(clock_now_us(submitter->clock), &command->id);
    command->omit_events = true; /* nobody reads them */
    if (out_id != NULL)
        *out_id = command->id;
    if (out_made != NULL)
        *out_made = 0;
    *pending = (struct submitter_errand){submitter, out_made, name, command->id,
                                         submitter->book != NULL ? json_incref(body) : NULL};
    wait_below(submitter, UNDER_WAY_MAX);
    g_mutex_lock(&submitter->lock);
    submitter->under_way++;
    g_mutex_unlock(&submitter->lock);
    if (engine_submit(submitter->engine, command, on_answer, pending, &problem))
        return;
    g_mutex_lock(&submitter->lock);
    submitter->under_way--;
    keep_refusal(submitter, pending, problem);
    g_mutex_unlock(&submitter->lock);
    command_free(command);
    errand_free(pending);
}

static void write_entry(struct book *book, const json_t *row, const char *entry)
{
    struct uuid matter;
    if (uuid_parse(json_get_text(row, "matter", ""), &matter))
        book_entered(book, &matter, entry, json_object_get(row, "attempt") != NULL);
}

static void write_down(struct book *book, const struct submitter_errand *done)
{
    const char *entry = json_get_text(done->body, "entry", "");
    size_t i;
    json_t *row;
    if (strcmp(done->name, "open_matter") == 0)
        book_opened(book, json_get_text(done->body, "kind", ""), &done->id);
    else if (strcmp(done->name, "enter") == 0)
        write_entry(book, done->body, entry);
    else if (strcmp(done->name, "enter_round") == 0)
        json_array_foreach(json_object_get(done->body, "rows"), i, row) write_entry(book, row, entry);
}

void submitter_wait(struct submitter *submitter)
{
    wait_below(submitter, 0);
    for (guint i = 0; i < submitter->receipts->len; i++)
        write_down(submitter->book, g_ptr_array_index(submitter->receipts, i));
    g_ptr_array_set_size(submitter->receipts, 0);
}

int64_t submitter_accepted(const struct submitter *submitter)
{
    return submitter->accepted;
}

int64_t submitter_refused(const struct submitter *submitter)
{
    return submitter->refused;
}

char *submitter_refusals(const struct submitter *submitter)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(submitter->refusals), (GCompareFunc)strcmp);
    for (const GList *key = keys; key != NULL; key = key->next)
        g_string_append_printf(text, "%d times %s\n",
                               GPOINTER_TO_INT(g_hash_table_lookup(submitter->refusals, key->data)),
                               (const char *)key->data);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

const char *submitter_first_refusal(const struct submitter *submitter)
{
    return submitter->first_refusal;
}
