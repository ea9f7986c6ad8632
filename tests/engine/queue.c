/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever sends one command waits for one of everybody else's; whoever sends many fills no seats of others. */
#include "engine/queue.h"

static struct queued_command taken_of(int64_t person, int64_t number)
{
    json_t *body = json_pack("{s:I}", "n", (json_int_t)number);
    return (struct queued_command){.command = command_new("x", ORIGIN_PROGRAM, person, body)};
}

static bool put_with(struct queue *queue, int64_t person, int64_t number, bool of_batch)
{
    struct queued_command taken = taken_of(person, number);
    taken.command->of_batch = of_batch;
    bool in = queue_put(queue, &taken);
    if (!in)
        command_free(taken.command);
    return in;
}

static bool put(struct queue *queue, int64_t person, int64_t number)
{
    return put_with(queue, person, number, false);
}

static void take_is(struct queue *queue, int64_t person, int64_t number)
{
    struct queued_command taken;
    g_assert_true(queue_take(queue, &taken));
    g_assert_cmpint(taken.command->person, ==, person);
    g_assert_cmpint(json_get_integer(taken.command->body, "n", -1), ==, number);
    command_free(taken.command);
}

static void test_turns(void)
{
    struct queue queue;
    queue_init(&queue, false);
    for (int i = 0; i < 3; i++)
        g_assert_true(put(&queue, 1, i));
    g_assert_true(put(&queue, 2, 0));
    g_assert_true(put(&queue, 3, 0));
    g_assert_true(put(&queue, 3, 1));
    take_is(&queue, 1, 0);
    take_is(&queue, 2, 0);
    take_is(&queue, 3, 0);
    g_assert_true(put(&queue, 2, 1)); /* behind whose turn it is already */
    take_is(&queue, 1, 1);
    take_is(&queue, 3, 1);
    take_is(&queue, 2, 1);
    take_is(&queue, 1, 2);
    struct queued_command taken;
    g_assert_false(queue_take(&queue, &taken));
    g_assert_cmpint((int64_t)queue.length, ==, 0);
    queue_clear(&queue);
}

static void test_last_quarter(void)
{
    struct queue queue;
    queue_init(&queue, false);
    int64_t many = 0, others = 0;
    while (put(&queue, 1, many))
        many++;
    g_assert_cmpint(many, ==, LIMIT_QUEUE_COMMANDS / 4 * 3);
    for (int i = 0; i < LIMIT_QUEUE_FEW; i++)
        g_assert_true(put(&queue, 2, i));
    g_assert_false(put(&queue, 2, LIMIT_QUEUE_FEW));
    while (put(&queue, 3 + others, 0))
        others++;
    g_assert_cmpint(many + LIMIT_QUEUE_FEW + others, ==, LIMIT_QUEUE_COMMANDS);
    queue_clear(&queue); /* frees what is left */
}

/* However many send batches: what comes alone finds a seat. */
static void test_alone(void)
{
    struct queue queue;
    queue_init(&queue, false);
    int64_t person = 0, alone = 0;
    g_assert_false(queue_is_crowded(&queue));
    while (put_with(&queue, ++person, 0, true))
        while (put_with(&queue, person, 1, true))
            ;
    g_assert_cmpint((int64_t)queue.length, ==, LIMIT_QUEUE_COMMANDS / 8 * 7);
    g_assert_true(queue_is_crowded(&queue));
    for (; alone < LIMIT_QUEUE_FEW; alone++)
        g_assert_true(put(&queue, person, alone));
    while (put(&queue, ++person, 0))
        alone++;
    g_assert_cmpint(alone, ==, LIMIT_QUEUE_COMMANDS / 8);
    queue_clear(&queue);
}

static bool put_at_door(struct queue *queue, int64_t person, bool of_batch)
{
    struct queued_command taken = taken_of(person, 0);
    taken.command->outside = true;
    taken.command->of_batch = of_batch;
    bool in = queue_put(queue, &taken);
    if (!in)
        command_free(taken.command);
    return in;
}

/* Batches were taken at a fast pace, then the writer became slow: what comes alone still finds its seats, no more. */
static void test_slower(void)
{
    struct queue queue;
    queue_init(&queue, false);
    int64_t person = 0, alone = 0;
    while (put_at_door(&queue, ++person, true))
        ;
    g_assert_cmpint((int64_t)queue.length, ==, LIMIT_QUEUE_COMMANDS / 8 * 7);
    queue_note_pace(&queue, 256, 256 * 4000);
    g_assert_false(put_at_door(&queue, ++person, true));
    while (put_at_door(&queue, ++person, false))
        alone++;
    g_assert_cmpint(alone, ==, LIMIT_QUEUE_LEAST / 8);
    struct queued_command taken;
    for (int64_t i = 0; i < person; i++)
        if (queue_take(&queue, &taken))
            command_free(taken.command);
    g_assert_cmpuint(queue.alone, ==, 0);
    queue_clear(&queue);
}

static size_t taken_at_door(struct queue *queue)
{
    size_t count = 0;
    for (int64_t person = 100; put_at_door(queue, person, false); person++)
        count++;
    return count;
}

/* A door takes what the writer does in half a second; what the program asks of itself is not held up by it. */
static void test_pace(void)
{
    static const struct {
        int64_t count, took_us;
        size_t most;
    } rows[] = {
        {256, 256 * 100, LIMIT_QUEUE_COMMANDS}, /* 5,000 would be */
        {256, 256 * 250, 2000},
        {7, 700000, LIMIT_QUEUE_COMMANDS}, /* few tell nothing */
        {8, 8 * 2000, LIMIT_QUEUE_LEAST},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct queue queue;
        queue_init(&queue, false);
        queue_note_pace(&queue, (size_t)rows[i].count, rows[i].took_us);
        g_assert_cmpuint(taken_at_door(&queue), ==, rows[i].most);
        g_assert_true(put(&queue, 1, 0) == (rows[i].most < LIMIT_QUEUE_COMMANDS));
        queue_clear(&queue);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/queue/turns", test_turns);
    g_test_add_func("/engine/queue/last_quarter", test_last_quarter);
    g_test_add_func("/engine/queue/alone", test_alone);
    g_test_add_func("/engine/queue/slower", test_slower);
    g_test_add_func("/engine/queue/pace", test_pace);
    return g_test_run();
}
