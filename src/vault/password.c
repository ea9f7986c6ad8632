/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords: Argon2id (RFC 9106) with 19 MiB and two passes, OWASP's figures; and those that are refused. A list of
 * every leaked password would not fit here; refused are the shapes that such lists begin with: common words with a few
 * digits around them, runs and repetitions, digits alone (dates of birth, phones), the login name.
 */
#include "vault/account.h"

#include "base/limits.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define OPS_LIMIT              2
#define MEMORY_LIMIT           (19 * 1024 * 1024)
#define HASH_BYTES             32
#define AROUND_WORD_MAX        7 /* characters around a common word that do not help it */
#define AROUND_LOGIN_MAX       3
#define DIGITS_ALONE_CHARS_MIN 12
#define DIFFERENT_CHARS_MIN    5

static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

/* Sorted by letter. */
/* clang-format off */
static const char *const common_words[] = {
    "1q2w3e", "1q2w3e4r", "1qaz2wsx", "aa", "abc", "abcd", "admin", "administrator", "asdf", "asdfgh",
    "asdfghjkl", "beijing", "changeme", "china", "default", "guanliyuan", "guest", "hello", "iloveyou",
    "letmein", "lianfang", "love", "manager", "master", "mima", "p@ssw0rd", "p@ssword", "pass",
    "passw0rd", "password", "pwd", "q1w2e3", "q1w2e3r4", "qaz", "qazwsx", "qq", "qwe", "qwer", "qwerty",
    "qwertyuiop", "root", "shequ", "sysadmin", "system", "test", "user", "wangge", "welcome", "woaini",
    "woaiwojia", "wuhan", "wuhanjiayou", "yiqing", "zaq12wsx", "zhongguo", "zxc", "zxcvbn", "zxcvbnm",
};
static const char *const runs[] = {
    "01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
};
/* clang-format on */

/* Digits and signs around the word taken off; what they stood for is not looked at. */
static bool is_common_word(const char *folded)
{
    const char *first = folded, *end = folded + strlen(folded);
    for (size_t i = 0; i < G_N_ELEMENTS(common_words); i++) {
        size_t bytes = strlen(common_words[i]);
        const char *at = strstr(first, common_words[i]);
        if (at == NULL || (size_t)(end - first) - bytes > AROUND_WORD_MAX)
            continue;
        size_t letters_behind = strcspn(at + bytes, letters);
        if (strcspn(first, letters) >= (size_t)(at - first) && at[bytes + letters_behind] == '\0')
            return true;
    }
    return false;
}

static bool is_run(const char *folded)
{
    for (size_t i = 0; i < G_N_ELEMENTS(runs); i++)
        if (strstr(runs[i], folded) != NULL)
            return true;
    return false;
}

static bool has_few_characters(const char *folded)
{
    bool seen[256] = {false};
    int different = 0;
    for (const char *at = folded; *at != '\0'; at++) {
        different += !seen[(uint8_t)*at];
        seen[(uint8_t)*at] = true;
    }
    return different < DIFFERENT_CHARS_MIN;
}

static bool is_few_digits(const char *folded)
{
    size_t length = strlen(folded);
    return length < DIGITS_ALONE_CHARS_MIN && strspn(folded, "0123456789") == length;
}

/* The login name, also behind or before a few characters. */
static bool is_login(const char *folded, const char *login)
{
    g_autofree char *folded_login = g_utf8_casefold(login, -1);
    size_t bytes = strlen(folded_login);
    return bytes > 0 && strstr(folded, folded_login) != NULL && strlen(folded) - bytes <= AROUND_LOGIN_MAX;
}

bool account_password_allowed(const char *password, const char *login, struct problem **out_problem)
{
    if (!g_utf8_validate(password, -1, NULL)) {
        *out_problem = problem_new(PROBLEM_INVALID_UTF8, "password", NULL);
        return false;
    }
    glong chars = g_utf8_strlen(password, -1);
    if (chars > LIMIT_PASSWORD_CHARS_MAX) {
        *out_problem = problem_new(PROBLEM_TEXT_TOO_LONG, "password", G_STRINGIFY(LIMIT_PASSWORD_CHARS_MAX), NULL);
        return false;
    }
    g_autofree char *folded = g_utf8_casefold(password, -1);
    bool weak = chars < LIMIT_PASSWORD_CHARS_MIN || is_few_digits(folded) || has_few_characters(folded) ||
                is_run(folded) || is_common_word(folded) || is_login(folded, login);
    if (weak)
        *out_problem = problem_new(PROBLEM_WEAK_PASSWORD, "password", G_STRINGIFY(LIMIT_PASSWORD_CHARS_MIN), NULL);
    return !weak;
}

/* ---- hashing ---- */

bool account_hash(const char *password, char out[ACCOUNT_HASH_MAX])
{
    return crypto_pwhash_str_alg(out, password, strlen(password), OPS_LIMIT, MEMORY_LIMIT,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

struct parts { /* of a hash as it is written: $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH */
    uint8_t salt[crypto_pwhash_SALTBYTES], hash[HASH_BYTES];
    unsigned memory_kib, passes;
};

static bool decode(const char *text, uint8_t *out, size_t bytes)
{
    size_t decoded;
    return sodium_base642bin(out, bytes, text, strlen(text), NULL, &decoded, NULL,
                             sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
           decoded == bytes;
}

static bool take_apart(const char *text, struct parts *out)
{
    g_auto(GStrv) pieces = g_strsplit(text, "$", -1);
    int end = 0;
    return g_strv_length(pieces) == 6 && strcmp(pieces[1], "argon2id") == 0 && strcmp(pieces[2], "v=19") == 0 &&
           sscanf(pieces[3], "m=%u,t=%u,p=1%n", &out->memory_kib, &out->passes, &end) == 2 && end > 0 &&
           pieces[3][end] == '\0' && decode(pieces[4], out->salt, sizeof out->salt) &&
           decode(pieces[5], out->hash, sizeof out->hash);
}

/* The library's own crypto_pwhash_str_verify() calls a password wrong when it had no memory to try it. */
enum verdict account_try(const char *hash, const char *password)
{
    struct parts parts;
    uint8_t made[HASH_BYTES];
    if (!take_apart(hash, &parts))
        return PASSWORD_WRONG;
    if (crypto_pwhash(made, sizeof made, password, strlen(password), parts.salt, parts.passes,
                      (size_t)parts.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return PASSWORD_NOT_TRIED;
    bool right = sodium_memcmp(made, parts.hash, sizeof made) == 0;
    sodium_memzero(made, sizeof made);
    return right ? PASSWORD_RIGHT : PASSWORD_WRONG;
}

bool account_verify_hash(const char *hash, const char *password)
{
    return account_try(hash, password) == PASSWORD_RIGHT;
}

const char account_nobody[ACCOUNT_HASH_MAX] = "$argon2id$v=19$m=19456,t=2,p=1$bGlhbmZhbmdub2JvZHkuLg$"
                                              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool account_verify_nobody(const char *password)
{
    enum verdict verdict = account_try(account_nobody, password);
    g_assert(verdict != PASSWORD_RIGHT);
    return verdict == PASSWORD_WRONG;
}
