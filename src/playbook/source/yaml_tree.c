/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/source/yaml_tree.h"

#include "base/limits.h"
#include "playbook/source/diagnostic.h"

#include <stdint.h>
#include <string.h>
#include <yaml.h>

struct tree_reader {
    const struct source *source;
    struct storage *storage;
    GArray *diagnostics;
    const char *file;
    yaml_parser_t parser;
    int first_line; /* of this part of the file, from 0 */
    const char *text;
    size_t bytes;
    size_t nodes;
    bool failed;
};

/* ---- full-width punctuation ---- */

static const struct {
    gunichar wide;
    const char *narrow;
} narrow_forms[] = {
    {0x2018, "'"},  {0x2019, "'"},  {0x201C, "\""}, {0x201D, "\""}, {0x2212, "-"}, {0x2260, "!="},
    {0x2264, "<="}, {0x2265, ">="}, {0x3000, " "},  {0x3001, ","},  {0x3010, "["}, {0x3011, "]"},
};

static const char *narrow_form(gunichar c, char buffer[2])
{
    for (size_t i = 0; i < G_N_ELEMENTS(narrow_forms); i++)
        if (narrow_forms[i].wide == c)
            return narrow_forms[i].narrow;
    if (c < 0xFF01 || c > 0xFF5E)
        return NULL;
    buffer[0] = (char)(c - 0xFEE0);
    buffer[1] = '\0';
    return buffer;
}

char *yaml_halfwidth(const char *text)
{
    g_autoptr(GString) narrow = g_string_new(NULL);
    bool changed = false;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        char buffer[2];
        const char *form = narrow_form(g_utf8_get_char(p), buffer);
        changed = changed || form != NULL;
        if (form != NULL)
            g_string_append(narrow, form);
        else
            g_string_append_len(narrow, p, g_utf8_next_char(p) - p);
    }
    return changed ? g_string_free(g_steal_pointer(&narrow), FALSE) : NULL;
}

/* ---- errors of libyaml, in words for people who write Chinese ---- */

static const char *line_start(const struct tree_reader *reader, int line)
{
    const char *p = reader->text, *end = reader->text + reader->bytes;
    while (line > 0 && p < end) {
        const char *next = memchr(p, '\n', (size_t)(end - p));
        if (next == NULL)
            return end;
        p = next + 1;
        line--;
    }
    return p;
}

static bool follows_a_word(const char *start, const char *p)
{
    return p > start && (g_ascii_isalnum(p[-1]) || p[-1] == '_' || p[-1] == '\'' || p[-1] == '"');
}

static bool leads_to_a_key(const char *p, const char *end)
{
    while (p < end && *p == ' ')
        p++;
    const char *word = p;
    while (p < end && (g_ascii_isalnum(*p) || *p == '_'))
        p++;
    return p > word && p < end && (*p == ':' || g_str_has_prefix(p, "："));
}

/* Whether it is full-width punctuation where YAML needs its own; in prose it is right. */
static bool is_misplaced(const char *start, const char *p, const char *end)
{
    const char *next = g_utf8_next_char(p);
    switch (g_utf8_get_char(p)) {
    case 0xFF1A: /* ： */
        return follows_a_word(start, p);
    case 0xFF0C: /* ， */
    case 0x3001: /* 、 */
        return leads_to_a_key(next, end);
    case 0xFF5B: /* ｛ */
    case 0xFF3B: /* ［ */
        return true;
    case 0x201C: /* “ */
    case 0x2018: /* ‘ */
        return p > start && p[-1] == ' ';
    default:
        return false;
    }
}

/* Looks through the lines that libyaml stumbled over; true when it found and reported the cause. */
static bool report_misplaced(struct tree_reader *reader, int from_line, int to_line)
{
    const char *end = reader->text + reader->bytes;
    for (int line = from_line; line <= to_line; line++) {
        const char *start = line_start(reader, line);
        bool indenting = true;
        int column = 1;
        for (const char *p = start; p < end && *p != '\n' && *p != '\0'; p = g_utf8_next_char(p), column++) {
            bool tab = *p == '\t' && indenting;
            indenting = indenting && (*p == ' ' || *p == '\t');
            if (!tab && !is_misplaced(start, p, end))
                continue;
            char buffer[2];
            const char *narrow = tab ? NULL : narrow_form(g_utf8_get_char(p), buffer);
            g_autofree char *wide = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
            g_autofree char *suggestion =
                tab ? g_strdup("spaces")
                    : g_strdup_printf("%s%s", narrow, *narrow == ':' || *narrow == ',' ? " and a space" : "");
            diagnostics_add(reader->diagnostics, reader->file, reader->first_line + line + 1, column, suggestion,
                            tab ? "a tab as indentation" : "full-width %s", wide);
            return true;
        }
    }
    return false;
}

/* Control characters, which libyaml's reader refuses; it gives the byte offset only. */
static void report_character(struct tree_reader *reader)
{
    const char *end = reader->text + MIN(reader->parser.problem_offset, reader->bytes), *start = reader->text;
    int line = 1;
    for (const char *p = reader->text; p < end; p++)
        if (*p == '\n') {
            line++;
            start = p + 1;
        }
    diagnostics_add(reader->diagnostics, reader->file, reader->first_line + line,
                    (int)g_utf8_strlen(start, end - start) + 1, NULL, "a character that YAML does not allow (%s)",
                    reader->parser.problem);
}

/* Whether a line with a syntax error has text that needs quotes. */
static bool needs_quotes(const struct tree_reader *reader, int from_line, int to_line)
{
    const char *end = reader->text + reader->bytes;
    for (int line = from_line; line <= to_line; line++) {
        const char *start = line_start(reader, line);
        const char *stop = memchr(start, '\n', (size_t)(end - start));
        g_autofree char *text = g_strndup(start, (gsize)((stop != NULL ? stop : end) - start));
        if (strpbrk(text, "[]{},#@%*&!") != NULL || strstr(text, ": ") != NULL)
            return true;
    }
    return false;
}

static void report_syntax(struct tree_reader *reader)
{
    yaml_parser_t *parser = &reader->parser;
    int line = (int)parser->problem_mark.line, column = (int)parser->problem_mark.column;
    int from = parser->context != NULL ? (int)parser->context_mark.line : line;
    reader->failed = true;
    if (parser->error == YAML_READER_ERROR) {
        report_character(reader);
        return;
    }
    if (report_misplaced(reader, MIN(from, line), line))
        return;
    const char *problem = parser->problem != NULL ? parser->problem : "error";
    g_autofree char *context = parser->context != NULL ? g_strconcat(", ", parser->context, NULL) : g_strdup("");
    diagnostics_add(reader->diagnostics, reader->file, reader->first_line + line + 1, column + 1, NULL,
                    needs_quotes(reader, MIN(from, line), line)
                        ? "not YAML: %s%s; quote a text that has : or # in it, or , [ ] { } within brackets, or begins "
                          "with @ %% * & !"
                        : "not YAML: %s%s",
                    problem, context);
}

/* ---- the tree ---- */

G_GNUC_PRINTF(4, 5)
static void report_at(struct tree_reader *reader, const struct yaml_node *node, const char *suggestion,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diagnostics_add_list(reader->diagnostics, reader->file, node->line, node->column, suggestion, format, arguments);
    va_end(arguments);
}

static bool next_event(struct tree_reader *reader, yaml_event_t *event)
{
    if (reader->failed)
        return false;
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    report_syntax(reader);
    return false;
}

static struct yaml_node *new_node(struct tree_reader *reader, enum yaml_type type, const yaml_event_t *event)
{
    struct yaml_node *node = storage_alloc(reader->storage, 1, sizeof *node);
    node->type = type;
    node->file = reader->file;
    node->line = reader->first_line + (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    if (++reader->nodes == LIMIT_YAML_NODES) {
        report_at(reader, node, NULL, "too many values in one file; spread them over several");
        reader->failed = true;
    }
    return node;
}

static void refuse_marks(struct tree_reader *reader, const struct yaml_node *node, const yaml_char_t *anchor,
                         const yaml_char_t *tag)
{
    if (anchor != NULL)
        report_at(reader, node, "the value written out where it is needed", "anchors (&) are not allowed");
    if (tag != NULL)
        report_at(reader, node, "the value in quotes", "tags (!) are not allowed");
}

static struct yaml_node *read_scalar(struct tree_reader *reader, const yaml_event_t *event)
{
    struct yaml_node *node = new_node(reader, NODE_SCALAR, event);
    const char *text = (const char *)event->data.scalar.value;
    node->text = storage_copy(reader->storage, text);
    node->one_line = event->start_mark.line == event->end_mark.line;
    switch (event->data.scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        node->quote = '\'';
        break;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        node->quote = '"';
        break;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        node->quote = '|';
        break;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE:
        break;
    }
    refuse_marks(reader, node, event->data.scalar.anchor, event->data.scalar.tag);
    if (strlen(text) != event->data.scalar.length) {
        report_at(reader, node, NULL, "a NUL character");
        node->type = NODE_REFUSED;
    }
    return node;
}

static struct yaml_node *read_node(struct tree_reader *reader, const yaml_event_t *event, int depth);

/* The next node of a collection; NULL at its end. */
static struct yaml_node *read_member(struct tree_reader *reader, yaml_event_type_t end, int depth)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return NULL;
    struct yaml_node *node = event.type == end ? NULL : read_node(reader, &event, depth + 1);
    yaml_event_delete(&event);
    return node;
}

static void freeze_members(struct tree_reader *reader, struct yaml_node *node, GPtrArray *keys, GPtrArray *items)
{
    node->count = items->len;
    node->items = storage_alloc(reader->storage, items->len, sizeof *node->items);
    if (items->len > 0)
        memcpy(node->items, items->pdata, items->len * sizeof *node->items);
    if (keys == NULL)
        return;
    node->keys = storage_alloc(reader->storage, items->len, sizeof *node->keys);
    if (items->len > 0)
        memcpy(node->keys, keys->pdata, items->len * sizeof *node->keys);
}

static struct yaml_node *read_sequence(struct tree_reader *reader, const yaml_event_t *event, int depth)
{
    struct yaml_node *node = new_node(reader, NODE_SEQUENCE, event);
    refuse_marks(reader, node, event->data.sequence_start.anchor, event->data.sequence_start.tag);
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (struct yaml_node *item; (item = read_member(reader, YAML_SEQUENCE_END_EVENT, depth)) != NULL;)
        g_ptr_array_add(items, item);
    freeze_members(reader, node, NULL, items);
    return node;
}

static bool takes_key(struct tree_reader *reader, GHashTable *seen, const struct yaml_node *key)
{
    if (key->type != NODE_SCALAR) {
        if (key->type != NODE_REFUSED)
            report_at(reader, key, NULL, "a key is one word");
        return false;
    }
    const struct yaml_node *first = g_hash_table_lookup(seen, key->text);
    if (first != NULL) {
        report_at(reader, key, NULL, "%s is given twice here; first in line %d", key->text, first->line);
        return false;
    }
    g_hash_table_insert(seen, key->text, (gpointer)key);
    return true;
}

static struct yaml_node *read_mapping(struct tree_reader *reader, const yaml_event_t *event, int depth)
{
    struct yaml_node *node = new_node(reader, NODE_MAPPING, event);
    refuse_marks(reader, node, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (struct yaml_node *key; (key = read_member(reader, YAML_MAPPING_END_EVENT, depth)) != NULL;) {
        struct yaml_node *item = read_member(reader, YAML_NO_EVENT, depth);
        if (item == NULL)
            break;
        if (!takes_key(reader, seen, key))
            continue;
        g_ptr_array_add(keys, key);
        g_ptr_array_add(items, item);
    }
    freeze_members(reader, node, keys, items);
    return node;
}

static struct yaml_node *read_node(struct tree_reader *reader, const yaml_event_t *event, int depth)
{
    if (depth > LIMIT_YAML_DEPTH) {
        struct yaml_node *node = new_node(reader, NODE_REFUSED, event);
        report_at(reader, node, NULL, "nested too deeply");
        reader->failed = true;
        return node;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return read_sequence(reader, event, depth);
    case YAML_MAPPING_START_EVENT:
        return read_mapping(reader, event, depth);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_ALIAS_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        break;
    }
    struct yaml_node *node = new_node(reader, NODE_REFUSED, event);
    report_at(reader, node, "the value written out, or in quotes if the * is meant", "aliases (*) are not allowed");
    return node;
}

/* ---- files ---- */

static void read_part(struct tree_reader *reader, GPtrArray *roots)
{
    if (!yaml_parser_initialize(&reader->parser))
        g_error("libyaml: out of memory");
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->text, reader->bytes);
    bool ended = false;
    for (yaml_event_t event; !ended && next_event(reader, &event); yaml_event_delete(&event)) {
        ended = event.type == YAML_STREAM_END_EVENT;
        if (ended || event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT ||
            event.type == YAML_DOCUMENT_END_EVENT)
            continue;
        struct yaml_node *root = read_node(reader, &event, 0);
        root->truncated = reader->failed;
        if (root->type != NODE_SCALAR || *root->text != '\0')
            g_ptr_array_add(roots, root);
    }
    yaml_parser_delete(&reader->parser);
}

static bool starts_document(const char *p, const char *end)
{
    return end - p >= 3 && memcmp(p, "---", 3) == 0 && (end - p == 3 || strchr(" \r\n", p[3]) != NULL);
}

/* False, and reported, when the bytes are no text. */
static bool check_encoding(struct tree_reader *reader)
{
    const struct source *source = reader->source;
    const unsigned char *bytes = (const unsigned char *)source->text;
    if (source->bytes >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        diagnostics_add(reader->diagnostics, reader->file, 1, 1, "saving it as UTF-8", "the file is UTF-16");
        return false;
    }
    const char *end;
    if (g_utf8_validate(source->text, (gssize)source->bytes, &end))
        return true;
    int line = 1;
    const char *start = source->text;
    for (const char *p = source->text; p < end; p++)
        if (*p == '\n') {
            line++;
            start = p + 1;
        }
    diagnostics_add(reader->diagnostics, reader->file, line, (int)g_utf8_strlen(start, end - start) + 1,
                    "saving the file as UTF-8 (not GB18030)", "byte 0x%02X is not UTF-8", (unsigned char)*end);
    return false;
}

void yaml_read(const struct source *source, struct storage *storage, GPtrArray *roots, GArray *diagnostics)
{
    struct tree_reader reader = {.source = source, .storage = storage, .diagnostics = diagnostics};
    reader.file = storage_copy(storage, source->name);
    if (!check_encoding(&reader))
        return;

    const char *p = source->text, *end = source->text + source->bytes;
    if (source->bytes >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3; /* the byte order mark */
    int line = 0;
    while (p < end && reader.nodes < LIMIT_YAML_NODES) {
        reader.text = p;
        reader.first_line = line;
        reader.failed = false;
        do {
            const char *next = memchr(p, '\n', (size_t)(end - p));
            p = next == NULL ? end : next + 1;
            line++;
        } while (p < end && !starts_document(p, end));
        reader.bytes = (size_t)(p - reader.text);
        read_part(&reader, roots);
    }
}

/* ---- questions to the tree ---- */

static size_t find_index(const struct yaml_node *mapping, const char *key)
{
    if (mapping->type == NODE_MAPPING)
        for (size_t i = 0; i < mapping->count; i++)
            if (strcmp(mapping->keys[i]->text, key) == 0)
                return i;
    return SIZE_MAX;
}

struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key)
{
    size_t i = find_index(mapping, key);
    return i == SIZE_MAX ? NULL : mapping->items[i];
}

struct yaml_node *yaml_find_key(const struct yaml_node *mapping, const char *key)
{
    size_t i = find_index(mapping, key);
    return i == SIZE_MAX ? NULL : mapping->keys[i];
}

void yaml_locate(const struct yaml_node *scalar, int offset, int *out_line, int *out_column)
{
    *out_line = scalar->line;
    *out_column = scalar->column;
    if (!scalar->one_line || scalar->quote == '|')
        return; /* folding has moved the characters: the beginning is the nearest true place */
    *out_column += offset + (scalar->quote != 0 ? 1 : 0);
    const char *p = scalar->text;
    for (int i = 0; i < offset && *p != '\0'; i++, p = g_utf8_next_char(p))
        if ((scalar->quote == '\'' && *p == '\'') || (scalar->quote == '"' && (*p == '"' || *p == '\\')))
            (*out_column)++; /* written as two characters */
}
