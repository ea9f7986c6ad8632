/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paper/text.h"

#include <string.h>

#define SALUTATION_CHARS 30

static bool is_one_of(gunichar c, const char *set)
{
    return c != 0 && g_utf8_strchr(set, -1, c) != NULL;
}

/* 一、 十二. 1、 1. 1) （一） (1) - • */
static bool begins_item(const char *line)
{
    static const char digits[] = "一二三四五六七八九十0123456789";
    const char *at = line;
    gunichar first = g_utf8_get_char(at);
    if (is_one_of(first, "-•"))
        return g_utf8_get_char(g_utf8_next_char(at)) == ' ';
    bool bracket = is_one_of(first, "(（");
    if (bracket)
        at = g_utf8_next_char(at);
    int count = 0;
    for (; is_one_of(g_utf8_get_char(at), digits) && count < 3; count++)
        at = g_utf8_next_char(at);
    gunichar end = count > 0 ? g_utf8_get_char(at) : 0;
    if (bracket)
        return is_one_of(end, ")）");
    if (!is_one_of(end, "、.．)）"))
        return false;
    return end != '.' || !g_unichar_isdigit(g_utf8_get_char(g_utf8_next_char(at))); /* 37.3 is no item */
}

static gunichar last_char(const char *text, size_t bytes)
{
    return bytes > 0 ? g_utf8_get_char(g_utf8_prev_char(text + bytes)) : 0;
}

static bool ends_line(gunichar c)
{
    return is_one_of(c, "。：；！？.:;!?");
}

static void join(struct block *block, const char *line)
{
    /* Between Chinese characters there is no blank. */
    bool blank = last_char(block->text, strlen(block->text)) < 0x2e80 || g_utf8_get_char(line) < 0x2e80;
    char *joined = g_strconcat(block->text, blank ? " " : "", line, NULL);
    g_free(block->text);
    block->text = joined;
}

static void block_clear(gpointer data)
{
    g_free(((struct block *)data)->text);
}

GArray *paper_blocks(const char *text)
{
    GArray *blocks = g_array_new(FALSE, FALSE, sizeof(struct block));
    g_array_set_clear_func(blocks, block_clear);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool after_blank = false;
    for (char **at = lines; *at != NULL; at++) {
        const char *line = g_strstrip(*at);
        if (*line == '\0') {
            after_blank = true;
            continue;
        }
        struct block *last = blocks->len > 0 ? &g_array_index(blocks, struct block, blocks->len - 1) : NULL;
        if (last != NULL && !after_blank && !begins_item(line) &&
            !ends_line(last_char(last->text, strlen(last->text)))) {
            join(last, line);
            continue;
        }
        struct block block = {
            .text = g_strdup(line), .after_blank = after_blank && last != NULL, .item = begins_item(line)};
        g_array_append_val(blocks, block);
        after_blank = false;
    }
    struct block *first = blocks->len > 0 ? &g_array_index(blocks, struct block, 0) : NULL;
    if (first != NULL)
        first->salutation = is_one_of(last_char(first->text, strlen(first->text)), "：:,") &&
                            g_utf8_strlen(first->text, -1) <= SALUTATION_CHARS;
    return blocks;
}
