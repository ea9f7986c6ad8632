/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What poppler reads back, where lines begin, and that the bytes depend on nothing else. */
#include "paper/paper.h"
#include "paper/text.h"

#include <glib/gstdio.h>
#include <string.h>

static void test_blocks(void)
{
    static const struct {
        const char *text, *blocks; /* joined by |, with ¶ before a paragraph and # before an item */
    } rows[] = {
        {"", ""},
        {"一行", "一行"},
        {"张三：\n\n请在家中\n接受观察。", "张三：|¶请在家中接受观察。"},
        {"one\ntwo.\nthree", "one two.|three"},
        {"观察期间\n一、测体温；\n二、不外出\n（三）通风\n12. rest\n- call",
         "观察期间|#一、测体温；|#二、不外出|#（三）通风|#12. rest|#- call"},
        {"温度\n37.3 度\n一共", "温度 37.3 度一共"},
        {"  blank \n\n\n\n lines  \n", "blank|¶lines"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) blocks = paper_blocks(rows[i].text);
        g_autoptr(GString) found = g_string_new(NULL);
        for (guint j = 0; j < blocks->len; j++) {
            const struct block *block = &g_array_index(blocks, struct block, j);
            g_string_append_printf(found, "%s%s%s%s", j > 0 ? "|" : "", block->after_blank ? "¶" : "",
                                   block->item ? "#" : "", block->text);
        }
        g_assert_cmpstr(found->str, ==, rows[i].blocks);
    }
}

static const struct paper notice = {
    .title = "居家医学观察告知书",
    .text = "测试甲：\n\n请您自2020-02-03起在以下住址接受居家医学观察：测试楼1单元。\n\n观察期间\n"
            "一、请留在家中，尽量单独居住一室，与家人分餐，勤洗手、多通风，需要出门就医时先与社区联系。\n"
            "二、每日早晚各测一次体温。\n",
    .unit = "测试社区",
    .date = "2020年2月3日",
    .day = "2020-02-03",
    .code = "https://lianfang.example/api/v1/proofs/AAAA",
    .caption = "扫码核验",
    .chinese = true,
};

static GBytes *pdf_of(const struct paper *paper, size_t *out_unknown)
{
    g_autoptr(GError) error = NULL;
    GBytes *pdf = paper_pdf(paper, out_unknown, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(pdf, NULL), 5, "%PDF-", 5);
    return pdf;
}

/* What pdftotext prints. */
static char *read_back(GBytes *pdf)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    char *text = NULL;
    gsize bytes;
    int file = g_file_open_tmp("paper-XXXXXX.pdf", &path, &error), status;
    g_assert_no_error(error);
    g_close(file, NULL);
    const char *data = g_bytes_get_data(pdf, &bytes);
    g_assert_true(g_file_set_contents(path, data, (gssize)bytes, NULL));
    char *argv[] = {(char *)"pdftotext", (char *)"-layout", path, (char *)"-", NULL};
    g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    g_unlink(path);
    return text;
}

static void assert_holds(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        g_error("\"%s\" is not in:\n%s", wanted, text);
}

static void test_notice(void)
{
    size_t unknown = 1;
    g_autoptr(GBytes) pdf = pdf_of(&notice, &unknown);
    g_autofree char *text = read_back(pdf);
    const char *const wanted[] = {"居家医学观察告知书", "测试甲：",     "二、每日早晚各测一次体温。",
                                  "测试社区",           "2020年2月3日", "扫码核验",
                                  "第 1 页，共 1 页"};
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_holds(text, wanted[i]);
    g_assert_cmpuint(unknown, ==, 0);
}

static void test_long(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 120; i++)
        g_string_append_printf(text, "Paragraph %d is here.\n\n", i);
    g_string_append_printf(text, "%s", "end");
    struct paper paper = notice;
    paper.text = text->str;
    paper.chinese = false;
    paper.code = NULL;
    size_t unknown;
    g_autoptr(GBytes) pdf = pdf_of(&paper, &unknown);
    g_autofree char *read = read_back(pdf);
    assert_holds(read, "Paragraph 0 is here.");
    assert_holds(read, "Paragraph 119 is here.");
    assert_holds(read, "Page 1 of ");
    assert_holds(read, "Page 3 of ");
}

/* At the head of each page. */
static void test_mark(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 120; i++)
        g_string_append_printf(text, "Paragraph %d is here.\n\n", i);
    struct paper paper = notice;
    paper.text = text->str;
    paper.mark = "演练用，不是真实文书";
    size_t unknown;
    g_autoptr(GBytes) pdf = pdf_of(&paper, &unknown);
    g_autofree char *read = read_back(pdf);
    g_auto(GStrv) pages = g_strsplit(read, "\f", -1);
    g_assert_cmpuint(g_strv_length(pages), >=, 3);
    for (guint i = 0; i + 1 < g_strv_length(pages); i++) /* what follows the last is empty */
        assert_holds(pages[i], paper.mark);
}

/* The same again, and in another thread, whose fonts are its own; another day gives another file. */
static gpointer elsewhere(gpointer data)
{
    size_t unknown;
    return pdf_of(data, &unknown);
}

static void test_same(void)
{
    struct paper paper = notice;
    g_autoptr(GBytes) first = elsewhere(&paper);
    g_autoptr(GBytes) second = g_thread_join(g_thread_new("paper", elsewhere, &paper));
    g_assert_true(g_bytes_equal(first, second));
    paper.day = "2020-02-04";
    g_autoptr(GBytes) other = elsewhere(&paper);
    g_assert_false(g_bytes_equal(first, other));
}

/* More than any code holds. */
static void test_code(void)
{
    g_autofree char *code = g_strnfill(5000, 'x');
    struct paper paper = notice;
    paper.code = code;
    size_t unknown;
    g_autoptr(GError) error = NULL;
    g_assert_null(paper_pdf(&paper, &unknown, &error));
    g_assert_error(error, PAPER_ERROR, PAPER_ERROR_CODE);
}

/* A character that no font has is set as a mark and leaves no digits of its number in the text. */
static void test_unknown(void)
{
    struct paper paper = notice;
    paper.title = "\xf3\xb0\x80\x80"; /* of the private use area: nobody's */
    paper.text = "演\xf3\xb0\x80\x81某：\n请\xf3\xb0\x80\x82\xf3\xb0\x80\x83在家。";
    size_t unknown = 0;
    g_autoptr(GBytes) pdf = pdf_of(&paper, &unknown);
    g_assert_nonnull(pdf);
    g_assert_cmpuint(unknown, ==, 4);
    g_autofree char *text = read_back(pdf);
    assert_holds(text, "演〓某：");
    assert_holds(text, "请〓〓在家。");
    g_assert_null(strstr(text, "F0"));
    g_assert_null(strstr(text, "00"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/paper/blocks", test_blocks);
    g_test_add_func("/paper/notice", test_notice);
    g_test_add_func("/paper/long", test_long);
    g_test_add_func("/paper/mark", test_mark);
    g_test_add_func("/paper/same", test_same);
    g_test_add_func("/paper/code", test_code);
    g_test_add_func("/paper/unknown", test_unknown);
    return g_test_run();
}
