/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blind indexes and the table of hashes under them. */
#include "folder.h"

#include "vault/pages.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

struct fixture {
    struct folder folder;
    struct vault *vault;
};

static void fixture_init(struct fixture *fixture)
{
    folder_init(&fixture->folder);
    fixture->vault = folder_vault(&fixture->folder, true);
}

static void fixture_clear(struct fixture *fixture)
{
    vault_close(fixture->vault);
    folder_clear(&fixture->folder);
}
AUTO_CLEAR(fixture)

static void give(struct vault *vault, int64_t person, enum vault_index what, const char *value)
{
    if (!vault_has_key(vault, VAULT_PERSON, person))
        vault_key_new(vault, VAULT_PERSON, person, person);
    vault_index_set(vault, person, what, value);
}

/* "1 3 " */
static char *found(struct vault *vault, enum vault_index what, const char *value, int64_t after, int most)
{
    g_autoptr(GArray) ids = vault_index_find(vault, what, value, after, most);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(text, "%" PRId64 " ", g_array_index(ids, int64_t, i));
    return g_string_free(text, FALSE);
}

static void expect(struct vault *vault, enum vault_index what, const char *value, const char *ids)
{
    g_autofree char *text = found(vault, what, value, 0, 100);
    g_assert_cmpstr(text, ==, ids);
}

static void test_names(void)
{
    static const char *const names[] = {
        "张三", "张三丰", "欧阳修", "买买提·艾力", "Maria da Silva", "莉莉莉", "李", "阳修明", "張三", "１２Ｂ",
    };
    static const struct {
        const char *value, *ids;
    } rows[] = {
        {"张三", "1 2 "},      {"三丰", "2 "},   {"张三丰", "2 "},
        {"三张", ""},          {"张", ""},       {"", ""},
        {"欧阳", "3 "},        {"阳修", "3 8 "}, {"买买提 艾力", "4 "},
        {"买买提•艾力", "4 "}, {"提艾", "4 "},   {"maria", "5 "},
        {"SILVA", "5 "},       {"dasi", "5 "},   {"莉莉", "6 "},
        {" 张 三 ", "1 2 "},   {"張三", "9 "},   {"12b", "10 "},
        {"张三\xff", ""},      {"李", ""},       {"Silva Maria", ""},
    };
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        give(fixture.vault, (int64_t)i + 1, VAULT_INDEX_NAME, names[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        expect(fixture.vault, VAULT_INDEX_NAME, rows[i].value, rows[i].ids);
    must_commit(fixture.vault);
    AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        expect(reader, VAULT_INDEX_NAME, rows[i].value, rows[i].ids);
}

static void test_exact(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    struct vault *vault = fixture.vault;
    give(vault, 1, VAULT_INDEX_ID_NUMBER, "11010519491231002x");
    give(vault, 2, VAULT_INDEX_PHONE, "+86 138-0013-8000");
    give(vault, 3, VAULT_INDEX_PHONE, "13800138000");
    give(vault, 4, VAULT_INDEX_PHONE, "not a phone");
    give(vault, 5, VAULT_INDEX_NAME, "11010519491231002x");
    expect(vault, VAULT_INDEX_ID_NUMBER, "11010519491231002X", "1 ");
    expect(vault, VAULT_INDEX_ID_NUMBER, " 11010519491231002x ", "1 ");
    expect(vault, VAULT_INDEX_ID_NUMBER, "11010519491231002", "");
    expect(vault, VAULT_INDEX_ID_NUMBER, "", "");
    expect(vault, VAULT_INDEX_PHONE, "138 0013 8000", "2 3 ");
    expect(vault, VAULT_INDEX_PHONE, "8613800138000", "");
    expect(vault, VAULT_INDEX_PHONE, "not a phone", "");
}

static void test_replacing(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    struct vault *vault = fixture.vault;
    give(vault, 1, VAULT_INDEX_NAME, "张三丰");
    give(vault, 1, VAULT_INDEX_PHONE, "13800138000");
    give(vault, 1, VAULT_INDEX_NAME, "张无忌");
    expect(vault, VAULT_INDEX_NAME, "三丰", "");
    expect(vault, VAULT_INDEX_NAME, "无忌", "1 ");
    vault_mark(vault);
    give(vault, 1, VAULT_INDEX_NAME, "谢逊");
    vault_rollback_to_mark(vault);
    expect(vault, VAULT_INDEX_NAME, "张无忌", "1 ");
    give(vault, 1, VAULT_INDEX_NAME, NULL);
    expect(vault, VAULT_INDEX_NAME, "无忌", "");
    expect(vault, VAULT_INDEX_PHONE, "13800138000", "1 ");
    vault_index_set(vault, 2, VAULT_INDEX_NAME, "没有钥匙"); /* erased, or never there */
    expect(vault, VAULT_INDEX_NAME, "钥匙", "");
}

static void test_paging(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    for (int64_t person = 500; person > 0; person--)
        give(fixture.vault, person, VAULT_INDEX_NAME, person % 2 == 0 ? "王伟" : "王芳");
    g_autofree char *page = found(fixture.vault, VAULT_INDEX_NAME, "王伟", 100, 3);
    g_assert_cmpstr(page, ==, "102 104 106 ");
    g_autofree char *last = found(fixture.vault, VAULT_INDEX_NAME, "王伟", 498, 3);
    g_assert_cmpstr(last, ==, "500 ");
    g_autofree char *none = found(fixture.vault, VAULT_INDEX_NAME, "王伟", 500, 3);
    g_assert_cmpstr(none, ==, "");
}

struct model {
    uint8_t hash[16];
    bool has[5];
};

static void step(struct db *db, struct model *model, bool add)
{
    int person = g_test_rand_int_range(0, G_N_ELEMENTS(model->has));
    if (add && !model->has[person])
        pages_add(db, PAGES_PERSONS, model->hash, person + 1);
    else if (!add) /* also what is not there */
        pages_remove(db, PAGES_PERSONS, model->hash, person + 1);
    model->has[person] = add;
}

static int64_t compare_with(struct db *db, const struct model *model)
{
    g_autoptr(GArray) ids = pages_find(db, PAGES_PERSONS, model->hash, 0);
    guint count = 0;
    for (guint person = 0; person < G_N_ELEMENTS(model->has); person++)
        if (model->has[person])
            g_assert_cmpint(g_array_index(ids, int64_t, count++), ==, person + 1);
    g_assert_cmpuint(ids->len, ==, count);
    return count;
}

/* Random adds and removes, more of the first at first, while the table grows over many buckets. What was
 * taken out stays nowhere in the files. */
static void test_pages_against_a_model(void)
{
    enum { HASHES = 4000, STEPS = 40000 };
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    struct db *db = vault_db(fixture.vault);
    g_autofree struct model *models = g_new0(struct model, HASHES);
    for (int i = 0; i < HASHES; i++)
        randombytes_buf(models[i].hash, sizeof models[i].hash);
    g_assert_true(db_begin(db));
    for (int i = 0; i < STEPS; i++)
        step(db, &models[g_test_rand_int_range(0, HASHES)], g_test_rand_int_range(0, STEPS) > i);
    must_commit(fixture.vault);
    g_assert_true(vault_scrub(fixture.vault, NULL));

    g_autofree char *path = folder_path(&fixture.folder, "secrets.db");
    g_autoptr(GBytes) bytes = file_bytes(path);
    int64_t entries = 0, counted = 0, buckets = 0;
    for (int i = 0; i < HASHES; i++) {
        int64_t count = compare_with(db, &models[i]);
        entries += count;
        bool in_file = memmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), models[i].hash, 16) != NULL;
        g_assert_cmpint(in_file, ==, count > 0);
    }
    g_assert_true(db_integer(db, &counted, "SELECT entries FROM hash_table WHERE id = 1", ""));
    g_assert_cmpint(entries, ==, counted);
    g_assert_true(db_integer(db, &buckets, "SELECT buckets FROM hash_table WHERE id = 1", ""));
    g_assert_cmpint(buckets, >, 64);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/index/names", test_names);
    g_test_add_func("/vault/index/exact", test_exact);
    g_test_add_func("/vault/index/replacing", test_replacing);
    g_test_add_func("/vault/index/paging", test_paging);
    g_test_add_func("/vault/index/pages-against-a-model", test_pages_against_a_model);
    return g_test_run();
}
