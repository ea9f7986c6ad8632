/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json_exact.h"

#include "base/json.h"
#include "base/limits.h"

#include <string.h>

#define EXACT_DIGITS  15 /* every decimal number of so many digits comes back from a double (DBL_DIG) */
#define DIGITS_MAX    17 /* and no double is written with more */
#define EXPONENT_SAFE 300

/* ---- one number ---- */

struct written { /* digits without zeros at either end, as 0.d1d2d3… × 10^exponent */
    char digits[DIGITS_MAX + 1];
    int count;
    gint64 exponent;
    bool too_many;
};

static void take_digit(struct written *written, char digit, int *zeros)
{
    if (digit == '0') {
        *zeros += written->count > 0 && *zeros <= DIGITS_MAX;
        return;
    }
    written->too_many = written->too_many || written->count + *zeros >= DIGITS_MAX;
    if (written->too_many)
        return;
    memset(written->digits + written->count, '0', (size_t)*zeros);
    written->count += *zeros;
    *zeros = 0;
    written->digits[written->count++] = digit;
}

/* `text` is a number of JSON, which ends where no character of a number stands. */
static struct written read_written(const char *text)
{
    struct written written = {.count = 0};
    int zeros = 0;
    bool fraction = false;
    const char *at = text + (*text == '-');
    for (; g_ascii_isdigit(*at) || *at == '.'; at++) {
        fraction = fraction || *at == '.';
        if (*at == '.')
            continue;
        bool leads = written.count == 0 && *at == '0';
        written.exponent += !fraction && !leads;
        written.exponent -= fraction && leads;
        take_digit(&written, *at, &zeros);
    }
    if (*at == 'e' || *at == 'E')
        written.exponent += CLAMP(g_ascii_strtoll(at + 1, NULL, 10), G_MININT, G_MAXINT);
    return written;
}

static void print_digits(double number, int count, char out[G_ASCII_DTOSTR_BUF_SIZE])
{
    char format[8];
    g_snprintf(format, sizeof format, "%%.%de", count - 1);
    g_ascii_formatd(out, G_ASCII_DTOSTR_BUF_SIZE, format, number);
}

/* Whether a double comes back as the number is written: it has these digits, and would be written with no fewer, but
 * by programs that write each with seventeen. */
static bool is_exact(const char *text)
{
    char shown[G_ASCII_DTOSTR_BUF_SIZE];
    struct written written = read_written(text);
    if (written.too_many)
        return false;
    if (written.count == 0 || (written.count <= EXACT_DIGITS && ABS(written.exponent) < EXPONENT_SAFE))
        return true;
    double number = g_ascii_strtod(text, NULL);
    print_digits(number, written.count, shown);
    struct written kept = read_written(shown);
    if (kept.count != written.count || kept.exponent != written.exponent ||
        memcmp(kept.digits, written.digits, (size_t)kept.count) != 0)
        return false;
    if (written.count <= EXACT_DIGITS || written.count == DIGITS_MAX)
        return true;
    print_digits(number, written.count - 1, shown);
    return g_ascii_strtod(shown, NULL) != number;
}

/* ---- where it stands ---- */

struct level {
    bool is_array, has_key;
    size_t index;
    const char *key;
    size_t key_bytes;
};

static const char *behind_string(const char *at)
{
    for (at++; *at != '"'; at++)
        at += *at == '\\';
    return at + 1;
}

static char *path_of(const struct level *levels, int depth)
{
    GString *path = g_string_new(NULL);
    for (int i = 1; i <= depth; i++) {
        if (levels[i].is_array)
            g_string_append_printf(path, "[%zu]", levels[i].index);
        else
            g_string_append_printf(path, "%s%.*s", path->len > 0 ? "." : "", (int)MIN(levels[i].key_bytes, G_MAXINT),
                                   levels[i].key);
    }
    return g_string_free(path, FALSE);
}

static const char *take_string(struct level *level, const char *at)
{
    const char *behind = behind_string(at);
    if (!level->is_array && !level->has_key) {
        level->key = at + 1;
        level->key_bytes = (size_t)(behind - at) - 2;
        level->has_key = true;
    }
    return behind;
}

static const char *behind_number(const char *at, bool *out_real)
{
    const char *end = at + strspn(at, "+-.0123456789eE");
    *out_real = strcspn(at, ".eE") < (size_t)(end - at);
    return end;
}

bool json_find_inexact(const char *given, size_t bytes, char **out_path)
{
    g_autofree char *text = g_strndup(given, bytes);
    struct level levels[LIMIT_JSON_DEPTH + 1] = {{.is_array = true}};
    int depth = 0;
    bool real;
    for (const char *at = text; *at != '\0';) {
        struct level *level = &levels[depth];
        if (*at == '"') {
            at = take_string(level, at);
        } else if (*at == '-' || g_ascii_isdigit(*at)) {
            const char *end = behind_number(at, &real);
            if (real && !is_exact(at)) {
                *out_path = path_of(levels, depth);
                return true;
            }
            at = end;
        } else {
            if (*at == '{' || *at == '[')
                levels[++depth] = (struct level){.is_array = *at == '['};
            depth -= *at == '}' || *at == ']';
            level->index += *at == ',';
            level->has_key = level->has_key && *at != ',';
            at++;
        }
    }
    return false;
}
