/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proof holds what was signed, and nothing else opens. */
#include "world.h"

#include "matter/proof.h"

#include <string.h>

static void sample(struct world *world, const char *name, char out[PROOF_TOKEN_TEXT_MAX])
{
    struct proof proof = {.place = 1234567, .day = 18295};
    world_observe(world, "li");
    proof.matter = world_matter(world, "li_obs").uuid;
    g_strlcpy(proof.name, name, sizeof proof.name);
    memset(proof.digest, 0xd1, sizeof proof.digest);
    proof_sign(world->harness->vault, &proof, out);
}

static void test_reads(void)
{
    AUTO(world) struct world *world = world_new();
    char token[PROOF_TOKEN_TEXT_MAX];
    uint8_t key[PROOF_KEY_BYTES];
    struct proof proof;
    sample(world, "observation_notice", token);
    vault_public_key(world->harness->vault, key);
    g_assert_true(proof_read(token, key, &proof));
    struct matter matter = world_matter(world, "li_obs");
    g_assert_cmpmem(proof.matter.bytes, 16, matter.uuid.bytes, 16);
    g_assert_cmpstr(proof.name, ==, "observation_notice");
    g_assert_cmpint(proof.place, ==, 1234567);
    g_assert_cmpint(proof.day, ==, 18295);
    g_assert_cmpint(proof.digest[31], ==, 0xd1);
    key[0] ^= 1;
    g_assert_false(proof_read(token, key, &proof));
}

/* Every character changed in every way that base64 has, every length, and more behind it. */
static void test_changed(void)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ";
    AUTO(world) struct world *world = world_new();
    char token[PROOF_TOKEN_TEXT_MAX], changed[2 * PROOF_TOKEN_TEXT_MAX];
    uint8_t key[PROOF_KEY_BYTES];
    struct proof proof = {.place = -1};
    sample(world, "a_name_as_long_as_the_loader_lets_through", token);
    vault_public_key(world->harness->vault, key);
    for (size_t i = 0; i < strlen(token); i++)
        for (const char *letter = letters; *letter != '\0'; letter++) {
            g_strlcpy(changed, token, sizeof changed);
            changed[i] = *letter;
            g_assert_cmpint(proof_read(changed, key, &proof), ==, *letter == token[i]);
        }
    proof.place = -1;
    for (size_t length = 0; length < strlen(token); length++) {
        g_strlcpy(changed, token, length + 1);
        g_assert_false(proof_read(changed, key, &proof));
    }
    g_snprintf(changed, sizeof changed, "%s%s", token, token);
    g_assert_false(proof_read(changed, key, &proof));
    g_assert_cmpint(proof.place, ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/proof/reads", test_reads);
    g_test_add_func("/matter/proof/changed", test_changed);
    return g_test_run();
}
