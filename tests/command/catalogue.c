/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written is as the catalogue says, and the catalogue of the program is in order. */
#include "areas/areas.h"
#include "support/harness.h"

#include <string.h>

/* ---- a kind that has every type ---- */

static const struct event_place pair[] = {
    {"slot", MEMBER_INTEGER}, {"since", MEMBER_TIME}, {"name", MEMBER_TEXT, .or_null = true}, {NULL}};
static const struct event_row pair_row = {.least = 2, .places = pair};
static const struct event_row *const pairs[] = {&pair_row, NULL};
static const char *const colours[] = {"red", "green", NULL};
static const struct event_place first[] = {{"what", MEMBER_INTEGER}, {"colour", MEMBER_INTEGER, colours}, {NULL}};
static const struct event_place second[] = {
    {"what", MEMBER_INTEGER}, {"post", MEMBER_ID}, {"grounds", MEMBER_LIST}, {NULL}};
static const struct event_row sort_one = {"painted", 2, first}, sort_two = {"given", 3, second};
static const struct event_row *const sorts[] = {&sort_one, &sort_two, NULL};
static const struct event_member members[] = {
    {"id", "id", MEMBER_ID, "its id"},
    {"t", "since", MEMBER_TIME, "since when", .maybe = true},
    {"o", "old", MEMBER_TEXT, "of version 1", .old = true},
    {NULL},
};
static const struct event_member also[] = {
    {"b", "open", MEMBER_BOOL, "whether"},
    {"k", "marked", MEMBER_MARK, "marked"},
    {"n", "name", MEMBER_TEXT, "its name", .or_null = true},
    {"v", "value", MEMBER_ANY, "a value"},
    {"f", "fields", MEMBER_OBJECT, "fields"},
    {"l", "names", MEMBER_LIST, "names", .of = MEMBER_TEXT},
    {"r", "pair", MEMBER_ROW, "a pair", pairs},
    {"R", "pairs", MEMBER_ROWS, "pairs", pairs},
    {"S", "sorts", MEMBER_ROWS, "of two sorts", sorts},
    {"z", "sealed_bytes", MEMBER_LIST, "lengths"},
    {NULL},
};
static const struct event_sealed parts[] = {{"entry", "an entry"}, {"form", "a form"}, {"note", "a note"}, {NULL}};

static void apply_nothing(struct db *rows, const struct event *event, const json_t *body)
{
}

static bool decide_write(struct decision *decision)
{
    json_t *body = json_incref(json_object_get(decision->command->body, "body"));
    decision_emit(decision, "written", 1, json_get_integer(decision->command->body, "matter", 0), body, NULL);
    return true;
}

static const struct event_kind kinds[] = {
    {"written", 1, apply_nothing, STREAM_OF_UNIT, "Something was written", members, also, parts}, {NULL}};
static const struct event_kind open_kind = {"open", 1, apply_nothing, STREAM_OF_UNIT, "Nothing is sealed", members};
static const char *const write_members[] = {"body", "matter", NULL};
static const struct command_kind commands[] = {{"write", decide_write, .members = write_members}, {NULL}};
static const struct area own_area = {.name = "own",
                                     .schema = "CREATE TABLE own (id INTEGER PRIMARY KEY);",
                                     .projection = 1,
                                     .commands = commands,
                                     .events = kinds};
static const struct area *const own_areas[] = {&own_area, NULL};

static json_t *of_text(const char *quoted)
{
    g_autofree char *text = g_strdup(quoted);
    json_t *json = json_loads(g_strdelimit(text, "'", '"'), 0, NULL);
    g_assert_nonnull(json);
    return json;
}

static void test_mistakes(void)
{
    static const struct {
        const char *body, *mistake; /* NULL: none */
    } rows[] = {
        {"{'id':1}", NULL},
        {"{'id':1,'t':0,'b':false,'k':1,'n':'x','v':[1],'f':{'x':1},'l':['a'],'r':[1,2],'R':[[1,2,'x'],[1,2,null]]}",
         NULL},
        {"{'id':1,'S':[[0,1],[1,7,[8]]]}", NULL},
        {"{'id':1,'n':null,'v':null}", "v is no value as the catalogue has it"},
        {"{'id':1,'n':null,'l':[]}", NULL},
        {"{}", "a member is missing that is always there"},
        {"{'t':1}", "a member is missing that is always there"},
        {"{'id':1,'x':1}", "x is not in the catalogue"},
        {"{'id':1,'o':'x'}", "o is not in the catalogue"},
        {"{'id':'1'}", "id is no id as the catalogue has it"},
        {"{'id':null}", "id is no id as the catalogue has it"},
        {"{'id':1,'t':'today'}", "t is no time as the catalogue has it"},
        {"{'id':1,'b':1}", "b is no boolean as the catalogue has it"},
        {"{'id':1,'k':0}", "k is no mark as the catalogue has it"},
        {"{'id':1,'k':true}", "k is no mark as the catalogue has it"},
        {"{'id':1,'n':7}", "n is no text as the catalogue has it"},
        {"{'id':1,'f':[]}", "f is no object as the catalogue has it"},
        {"{'id':1,'l':[1]}", "l is no list as the catalogue has it"},
        {"{'id':1,'l':'a'}", "l is no list as the catalogue has it"},
        {"{'id':1,'r':[1]}", "r is no row as the catalogue has it"},
        {"{'id':1,'r':[1,2,'x',4]}", "r is no row as the catalogue has it"},
        {"{'id':1,'r':[1,'x']}", "r is no row as the catalogue has it"},
        {"{'id':1,'r':[null,2]}", "r is no row as the catalogue has it"},
        {"{'id':1,'r':{}}", "r is no row as the catalogue has it"},
        {"{'id':1,'R':[[1,2],[1]]}", "R is no rows as the catalogue has it"},
        {"{'id':1,'R':{}}", "R is no rows as the catalogue has it"},
        {"{'id':1,'S':[[2,1]]}", "S is no rows as the catalogue has it"},
        {"{'id':1,'S':[['0',1]]}", "S is no rows as the catalogue has it"},
        {"{'id':1,'S':[[1,7,8]]}", "S is no rows as the catalogue has it"},
        {"{'id':1,'S':[[]]}", "S is no rows as the catalogue has it"},
    };
    struct catalogue_index *index = catalogue_index_new(kinds);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].body);
        g_autoptr(json_t) body = of_text(rows[i].body);
        g_autofree char *mistake = catalogue_mistake(index, body, NULL);
        g_assert_cmpstr(mistake, ==, rows[i].mistake);
    }
    catalogue_index_free(index);
}

static void test_sealed(void)
{
    g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
    g_autoptr(json_t) body = of_text("{'id':1}");
    struct catalogue_index *index = catalogue_index_new(kinds), *open = catalogue_index_new(&open_kind);
    g_assert_null(catalogue_mistake(index, body, sealed));
    g_autofree char *mistake = catalogue_mistake(open, body, sealed);
    g_assert_cmpstr(mistake, ==, "what is sealed is not as the catalogue has it");
    static const struct {
        const char *body;
        bool fits;
    } rows[] = {
        {"{'id':1,'z':[4,0,2]}", true}, {"{'id':1,'z':[6]}", true},        {"{'id':1,'z':[4,2,2]}", false},
        {"{'id':1,'z':[5]}", false},    {"{'id':1,'z':[0,0,0,6]}", false}, {"{'id':1,'z':[7,-1]}", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(json_t) told = of_text(rows[i].body);
        g_autofree char *wrong = catalogue_mistake(index, told, sealed);
        g_autofree char *without = catalogue_mistake(index, told, NULL);
        g_test_message("%s", rows[i].body);
        g_assert_true((wrong == NULL) == rows[i].fits);
        g_assert_nonnull(without);
    }

    g_autoptr(json_t) several = of_text("{'id':1,'z':[120,0,48]}");
    g_autofree char *one = catalogue_sealed_in_words(index, body, 6);
    g_autofree char *two = catalogue_sealed_in_words(index, several, 168);
    g_assert_cmpstr(one, ==, "entry 6 bytes");
    g_assert_cmpstr(two, ==, "entry 120 bytes, note 48 bytes");
    catalogue_index_free(index);
    catalogue_index_free(open);
}

static void test_words(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    struct catalogue_index *index = catalogue_index_new(kinds);
    g_autoptr(json_t) body = of_text("{'id':7,'t':1580601600000000,'r':[1,0,null],'R':[[1,2,'x',4]],"
                                     "'S':[[0,1],[1,7,[8]],[5,1]],'l':['a'],'unknown':3}");
    g_autoptr(json_t) expected =
        of_text("{'id':7,'since':'2020-02-02T00:00:00Z','pair':{'slot':1,'since':0,'name':null},"
                "'pairs':[[1,2,'x',4]],'sorts':[{'what':'painted','colour':'green'},"
                "{'what':'given','post':7,'grounds':[8]},[5,1]],'names':['a'],'unknown':3}");
    g_autoptr(json_t) words = catalogue_in_words(index, body, zone);
    char *text = json_dumps(words, JSON_COMPACT | JSON_SORT_KEYS);
    char *expected_text = json_dumps(expected, JSON_COMPACT | JSON_SORT_KEYS);
    g_assert_cmpstr(text, ==, expected_text);
    free(text);
    free(expected_text);
    catalogue_index_free(index);
}

/* ---- where events are written ---- */

static void ask(const char *json)
{
    AUTO(harness) struct harness *harness = harness_new(own_areas);
    harness_must(harness, ORIGIN_OPERATOR, 0, json);
}

static void write_unknown(void)
{
    ask("{'command':'write','body':{'id':1,'x':1}}");
}

static void write_of_no_matter(void)
{
    ask("{'command':'write','body':{'id':1},'matter':7}");
}

static void test_written(void)
{
    ask("{'command':'write','body':{'id':1,'R':[[1,2]]}}");
    g_test_trap_subprocess("/catalogue/written/subprocess/unknown", 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*event written: x is not in the catalogue*");
    g_test_trap_subprocess("/catalogue/written/subprocess/stream", 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*STREAM_OF_MATTER*");
}

/* ---- the program's own ---- */

static void words_differ(const struct event_kind *kind)
{
    g_autoptr(GHashTable) words = g_hash_table_new(g_str_hash, g_str_equal); /* → disk */
    const struct event_member *const tables[] = {kind->members, kind->also};
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const struct event_member *member = tables[i]; member != NULL && member->name != NULL; member++) {
            const char *disk = g_hash_table_lookup(words, member->name);
            g_test_message("%s %s", kind->name, member->name);
            g_assert_true(disk == NULL || strcmp(disk, member->disk) == 0);
            g_hash_table_insert(words, (gpointer)member->name, (gpointer)member->disk);
            g_assert_cmpint(*member->about, !=, '\0');
            g_assert_true((member->type == MEMBER_ROW || member->type == MEMBER_ROWS) == (member->rows != NULL));
        }
}

static void rows_are_whole(const struct event_member *tested)
{
    for (; tested != NULL && tested->name != NULL; tested++)
        for (size_t i = 0; tested->rows != NULL && tested->rows[i] != NULL; i++) {
            size_t count = 0;
            while (tested->rows[i]->places[count].name != NULL)
                count++;
            g_test_message("%s", tested->name);
            g_assert_cmpuint(tested->rows[i]->least, <=, count); /* a gap would end the table before */
            g_assert_true(tested->rows[1] == NULL || tested->rows[i]->name != NULL);
        }
}

static void test_in_order(void)
{
    AUTO(areas) struct areas *areas = areas_new(lianfang_areas);
    size_t count = 0, followed = 0;
    for (const struct area *const *area = lianfang_areas; *area != NULL; area++) {
        for (const struct event_kind *kind = (*area)->events; kind->name != NULL; kind++, count++) {
            g_assert_cmpint(*kind->about, !=, '\0');
            g_assert_true((kind->version > 1) == (kind->upcast != NULL));
            words_differ(kind);
            rows_are_whole(kind->members);
            rows_are_whole(kind->also);
        }
        for (const struct event_follower *follower = (*area)->follows; follower != NULL && follower->name != NULL;
             follower++, followed++)
            g_assert_nonnull(areas_event(areas, follower->name));
    }
    g_autoptr(json_t) told = areas_catalogue(areas);
    g_assert_cmpuint(json_array_size(told), ==, count);
    g_assert_cmpuint(followed, >, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catalogue/mistakes", test_mistakes);
    g_test_add_func("/catalogue/sealed", test_sealed);
    g_test_add_func("/catalogue/words", test_words);
    g_test_add_func("/catalogue/written", test_written);
    g_test_add_func("/catalogue/written/subprocess/unknown", write_unknown);
    g_test_add_func("/catalogue/written/subprocess/stream", write_of_no_matter);
    g_test_add_func("/catalogue/in-order", test_in_order);
    return g_test_run();
}
