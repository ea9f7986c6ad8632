/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/expr/expr_tree.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/limits.h"

#include <string.h>

struct lexer {
    const char *at;
    int column;
    struct expr *expr;
    GArray *tokens, *faults;
    bool broken;
};

struct spelling {
    const char *text;
    enum token_type type;
};

/* clang-format off */
/* Longer ones before their beginnings. */
static const struct spelling signs[] = {
    {"!=", TOKEN_UNEQUAL},   {"<=", TOKEN_LESS_EQUAL}, {">=", TOKEN_GREATER_EQUAL}, {"=", TOKEN_EQUAL},
    {"<", TOKEN_LESS},       {">", TOKEN_GREATER},     {"+", TOKEN_PLUS},           {"-", TOKEN_MINUS},
    {"*", TOKEN_STAR},       {"/", TOKEN_SLASH},       {"(", TOKEN_OPEN},           {")", TOKEN_CLOSE},
    {"[", TOKEN_OPEN_LIST},  {"]", TOKEN_CLOSE_LIST},  {",", TOKEN_COMMA},
};

static const struct spelling words[] = {
    {"or", TOKEN_OR},        {"and", TOKEN_AND},       {"not", TOKEN_NOT},          {"in", TOKEN_IN},
    {"is", TOKEN_IS},        {"empty", TOKEN_EMPTY},   {"missing", TOKEN_MISSING},
};

/* What people write instead, by habit of other languages or of a Chinese keyboard. Longer ones before their
 * beginnings; full-width forms of ASCII (U+FF01 to U+FF5E) need no row. */
static const struct {
    const char *written, *meant;
} habits[] = {
    {"==", "="},  {"<>", "!="}, {"=>", ">="}, {"=<", "<="}, {"&&", "and"}, {"||", "or"}, {"!", "not"}, {"\"", "'"},
    {"≥", ">="},  {"≤", "<="},  {"≠", "!="},  {"×", "*"},   {"÷", "/"},    {"−", "-"},   {"–", "-"},   {"、", ","},
    {"【", "["},  {"】", "]"},  {"‘", "'"},   {"’", "'"},   {"“", "'"},    {"”", "'"},   {"。", "."},
    {"\u00a0", " "}, {"\u3000", " "},
};
/* clang-format on */

static const struct spelling *find_spelling(const struct spelling *table, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (g_str_has_prefix(text, table[i].text))
            return &table[i];
    return NULL;
}

static void advance(struct lexer *lexer, const char *to)
{
    lexer->column += (int)g_utf8_strlen(lexer->at, to - lexer->at);
    lexer->at = to;
}

/* Takes the text up to `end` as one token. */
static struct token *take(struct lexer *lexer, enum token_type type, const char *end)
{
    g_autofree char *text = g_strndup(lexer->at, (gsize)(end - lexer->at));
    struct token token = {.type = type, .column = lexer->column};
    token.text = g_string_chunk_insert_const(lexer->expr->texts, text);
    g_array_append_val(lexer->tokens, token);
    advance(lexer, end);
    return &g_array_index(lexer->tokens, struct token, lexer->tokens->len - 1);
}

/* Reports the text up to `end` and continues after it without a token: the parser will not run. */
static void skip(struct lexer *lexer, const char *end, const char *suggestion, const char *why)
{
    g_autofree char *text = g_strndup(lexer->at, (gsize)(end - lexer->at));
    expr_fault_add(lexer->faults, lexer->column, suggestion, "`%s` %s", text, why);
    advance(lexer, end);
    lexer->broken = true;
}

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static void lex_name(struct lexer *lexer)
{
    const char *end = lexer->at;
    while (is_word(*end) || (*end == '.' && (g_ascii_isalpha(end[1]) || end[1] == '_')))
        end++;
    struct token *token = take(lexer, TOKEN_NAME, end);
    const struct spelling *word = find_spelling(words, G_N_ELEMENTS(words), token->text);
    if (word != NULL && strcmp(word->text, token->text) == 0)
        token->type = word->type;
    bool truth = strcmp(token->text, "true") == 0;
    if (truth || strcmp(token->text, "false") == 0) {
        token->type = TOKEN_LITERAL;
        token->value = (struct value){.type = VALUE_BOOL, .truth = truth};
    }
}

static bool all_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!g_ascii_isdigit(text[i]))
            return false;
    return true;
}

/* 2020-02-03 or 2020-02-03T08:30:00+08:00; false where there is no date. */
static bool lex_date(struct lexer *lexer)
{
    const char *at = lexer->at;
    if (!all_digits(at, 4) || at[4] != '-' || !all_digits(at + 5, 2) || at[7] != '-' || !all_digits(at + 8, 2))
        return false;
    const char *end = at + 10;
    bool has_time = *end == 'T' || *end == 't';
    if (has_time) {
        end += 1 + strspn(end + 1, "0123456789:.");
        if (*end == 'Z' || *end == 'z')
            end++;
        else if (*end == '+' || *end == '-')
            end += 1 + strspn(end + 1, "0123456789:");
    } else {
        while (is_word(*end))
            end++;
    }
    struct token *token = take(lexer, TOKEN_LITERAL, end);
    token->value.type = has_time ? VALUE_DATETIME : VALUE_DATE;
    if (has_time ? !datetime_parse(token->text, &token->value.us) : !date_parse(token->text, &token->value.day)) {
        expr_fault_add(lexer->faults, token->column, NULL,
                       has_time ? "no such time `%s`; with its offset it is written as 2020-02-03T08:30:00+08:00"
                                : "there is no day `%s`; days are written as 2020-02-29",
                       token->text);
        token->value.type = VALUE_MISSING;
    }
    return true;
}

/* Behind a number: the letters of a duration, or of a unit that does not belong there. */
static const char *end_of_unit(const char *at)
{
    for (gunichar c = g_utf8_get_char(at); is_word(*at) || c == '%' || c == 0xb0 /* ° */ || c == 0x2103 /* ℃ */;
         c = g_utf8_get_char(at))
        at = g_utf8_next_char(at);
    return at;
}

/* "14days" → "14d" */
static char *nearest_duration(const char *text, const char *unit)
{
    static const char *const names[] = {"d", "h", "min", "s"};
    if (memchr(text, '.', (size_t)(unit - text)) != NULL)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (*unit == *names[i])
            return g_strdup_printf("%.*s%s", (int)(unit - text), text, names[i]);
    return NULL;
}

/* 37.3 or 14d: digits and what hangs on them. */
static void lex_number(struct lexer *lexer)
{
    size_t digits = strspn(lexer->at, "0123456789");
    if (lexer->at[digits] == '.' && g_ascii_isdigit(lexer->at[digits + 1]))
        digits += 1 + strspn(lexer->at + digits + 1, "0123456789");
    struct token *token = take(lexer, TOKEN_LITERAL, end_of_unit(lexer->at + digits));
    const char *unit = token->text + digits;
    if (*unit == '\0' && decimal_parse(token->text, &token->value.number)) {
        token->value.type = VALUE_NUMBER;
    } else if (*unit == '\0') {
        expr_fault_add(lexer->faults, token->column, NULL, "the number `%s` is too large or has more than %d decimals",
                       token->text, DECIMAL_SCALE_MAX);
    } else if (duration_parse(token->text, &token->value.us)) {
        token->value.type = VALUE_DURATION;
    } else if (g_ascii_isalpha(*unit)) {
        g_autofree char *nearest = nearest_duration(token->text, unit);
        expr_fault_add(lexer->faults, token->column, nearest,
                       "`%s` is not a duration: whole days (d), hours (h), minutes (min) or seconds (s), at most "
                       "100000",
                       token->text);
    } else {
        g_autofree char *number = g_strndup(token->text, digits);
        expr_fault_add(lexer->faults, token->column, number, "`%s`: numbers are written without a unit", token->text);
    }
}

/* The length of a closing quote at `at`, of whatever kind; 0 when there is none. */
static size_t closing_quote(const char *at)
{
    static const char *const quotes[] = {"'", "\"", "’", "‘", "”", "“", "＇", "＂"};
    for (size_t i = 0; i < G_N_ELEMENTS(quotes); i++)
        if (g_str_has_prefix(at, quotes[i]))
            return strlen(quotes[i]);
    return 0;
}

/* Behind an opening quote of `opening` bytes. A right one ends with ' alone, a foreign one with any. */
static void lex_quoted(struct lexer *lexer, size_t opening)
{
    bool right = opening == 1 && *lexer->at == '\'';
    g_autoptr(GString) text = g_string_new(NULL);
    const char *end = lexer->at + opening;
    while (*end != '\0') {
        if (right && end[0] == '\'' && end[1] == '\'')
            end++;
        else if (right ? *end == '\'' : closing_quote(end) > 0)
            break;
        g_string_append_c(text, *end++);
    }
    if (*end == '\0') {
        expr_fault_add(lexer->faults, lexer->column, NULL, "the quoted text has no end");
        lexer->broken = true;
        advance(lexer, end);
        return;
    }
    end += right ? 1 : closing_quote(end);
    struct token *token = take(lexer, TOKEN_LITERAL, end);
    token->value.type = VALUE_TEXT;
    token->value.text = token->text = g_string_chunk_insert_const(lexer->expr->texts, text->str);
}

/* A sign written for another one (full-width, ==, &&): reported, then read as that one. False where there is none. */
static bool lex_habit(struct lexer *lexer)
{
    gunichar c = g_utf8_get_char(lexer->at);
    char narrow[2] = {0};
    const char *meant = NULL, *end = g_utf8_next_char(lexer->at);
    for (size_t i = 0; i < G_N_ELEMENTS(habits) && meant == NULL; i++)
        if (g_str_has_prefix(lexer->at, habits[i].written)) {
            meant = habits[i].meant;
            end = lexer->at + strlen(habits[i].written);
        }
    if (meant == NULL && c >= 0xff01 && c <= 0xff5e) {
        narrow[0] = (char)(c - 0xfee0);
        meant = strcmp(narrow, "!") == 0 ? "not" : strcmp(narrow, "\"") == 0 ? "'" : narrow;
    }
    if (meant == NULL)
        return false;
    g_autofree char *written = g_strndup(lexer->at, (gsize)(end - lexer->at));
    expr_fault_add(lexer->faults, lexer->column, *meant == ' ' ? "a plain space" : meant, "`%s` does not belong here",
                   written);
    const struct spelling *sign = find_spelling(signs, G_N_ELEMENTS(signs), meant);
    const struct spelling *word = find_spelling(words, G_N_ELEMENTS(words), meant);
    if (*meant == '\'')
        lex_quoted(lexer, (size_t)(end - lexer->at));
    else if (sign != NULL || word != NULL)
        take(lexer, sign != NULL ? sign->type : word->type, end);
    else {
        lexer->broken = lexer->broken || *meant != ' ';
        advance(lexer, end);
    }
    return true;
}

/* Chinese text without quotes is the likely one; a run of it is one fault. */
static void lex_foreign(struct lexer *lexer)
{
    const char *end = g_utf8_next_char(lexer->at);
    if (!g_unichar_isalpha(g_utf8_get_char(lexer->at))) {
        skip(lexer, end, NULL, "does not belong here");
        return;
    }
    while ((guchar)*end >= 0x80 && g_unichar_isalpha(g_utf8_get_char(end)))
        end = g_utf8_next_char(end);
    g_autofree char *quoted = g_strdup_printf("'%.*s'", (int)(end - lexer->at), lexer->at);
    skip(lexer, end, quoted, "is neither a name nor a quoted text");
}

static void lex_one(struct lexer *lexer)
{
    const struct spelling *sign;
    if (g_ascii_isspace(*lexer->at))
        advance(lexer, lexer->at + 1);
    else if (g_ascii_isalpha(*lexer->at) || *lexer->at == '_')
        lex_name(lexer);
    else if (g_ascii_isdigit(*lexer->at)) {
        if (!lex_date(lexer))
            lex_number(lexer);
    } else if (*lexer->at == '\'')
        lex_quoted(lexer, 1);
    else if ((g_str_has_prefix(lexer->at, "!=") || !lex_habit(lexer)) && lexer->at[0] != '\0') {
        sign = find_spelling(signs, G_N_ELEMENTS(signs), lexer->at);
        if (sign != NULL)
            take(lexer, sign->type, lexer->at + strlen(sign->text));
        else
            lex_foreign(lexer);
    }
}

bool expr_lex(const char *text, struct expr *expr, GArray *tokens, GArray *faults)
{
    if (!g_utf8_validate(text, -1, NULL)) {
        expr_fault_add(faults, 1, NULL, "the expression is not valid UTF-8");
        return false;
    }
    if (g_utf8_strlen(text, -1) > LIMIT_EXPRESSION_CHARS) {
        expr_fault_add(faults, LIMIT_EXPRESSION_CHARS + 1, NULL, "the expression is longer than %d characters",
                       LIMIT_EXPRESSION_CHARS);
        return false;
    }
    struct lexer lexer = {.at = text, .column = 1, .expr = expr, .tokens = tokens, .faults = faults};
    while (*lexer.at != '\0')
        lex_one(&lexer);
    take(&lexer, TOKEN_END, lexer.at);
    return !lexer.broken;
}
