/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "city.h"

#include "base/limits.h"

#include <string.h>

static void expect_person(struct city *city, int64_t id, const char *name, const char *id_number, const char *phone)
{
    AUTO(person_data) struct person_data data = {0};
    g_assert_true(registry_person(city->harness->rows, city->harness->vault, id, &data));
    g_assert_false(data.erased);
    g_assert_cmpstr(data.name, ==, name);
    g_assert_cmpstr(data.id_number, ==, id_number);
    g_assert_cmpstr(data.phone, ==, phone);
}

static int64_t count(struct city *city, const char *sql)
{
    int64_t found = 0;
    AUTO(cursor) struct cursor cursor = db_query_text(city->harness->rows, sql);
    if (cursor_next(&cursor))
        found = cursor_integer(&cursor, 0);
    return found;
}

static void a_person_is_known_by_number_and_by_name_with_phone(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    expect_person(city, city_id(city, "wang"), "王测试", "110101199003070214", "13800000001");
    expect_person(city, city_id(city, "zhao"), "赵测试", NULL, NULL);
    g_assert_cmpint(registry_person_by_id_number(rows, city->harness->vault, "110101199003070214"), ==,
                    city_id(city, "wang"));
    g_assert_cmpint(registry_person_by_id_number(rows, city->harness->vault, "110101199003070345"), ==, 0);
    g_assert_true(registry_person_exists(rows, city_id(city, "li")));
    g_assert_false(registry_person_exists(rows, 9999));
    AUTO(person_data) struct person_data nobody = {0};
    g_assert_false(registry_person(rows, city->harness->vault, 9999, &nobody));
}

/* Records are read without a tree where they are as they are written now; another writer's mean the same. */
static void a_record_is_read_however_it_was_written(void)
{
    static const struct {
        const char *text, *name, *id_number, *phone;
    } rows[] = {
        {"{\"name\":\"演乙\",\"id_number\":\"1\",\"phone\":\"2\"}", "演乙", "1", "2"},
        {"{\"phone\":\"2\",\"more\":{\"name\":\"甲\"},\"name\":\"演乙\"}", "演乙", NULL, "2"},
        {"{\"name\":\"\\u6f14\\u4e59\",\"phone\":null}", "演乙", NULL, NULL},
        {"{ \"name\": \"演\\\"乙\", \"phone\": \"2\" }", "演\"乙", NULL, "2"},
        {"{\"name\":\"演乙\" ,\"phone\":\"2\"}", "演乙", NULL, "2"},
        {"{\"name\":\"演乙\",\"phone\":2}", "演乙", NULL, NULL},
        {"{}", "", NULL, NULL},
    };
    AUTO(city) struct city *city = city_new();
    int64_t person = city_id(city, "wang");
    db_mark(city->harness->rows);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) sealed =
            vault_seal(city->harness->vault, VAULT_PERSON, person, "person", rows[i].text, strlen(rows[i].text));
        db_run(city->harness->rows, "UPDATE person SET sealed = ?2 WHERE id = ?1", "ib", person,
               g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
        expect_person(city, person, rows[i].name, rows[i].id_number, rows[i].phone);
    }
    db_rollback_to_mark(city->harness->rows);
}

/* Subjects come with a household here; matters bring them the same way. */
static void a_subject_is_found_or_registered(void)
{
    AUTO(city) struct city *city = city_new();
    static const struct {
        const char *given, *who; /* NULL: somebody new */
        bool changed;
    } cases[] = {
        {"{'name':'王测试','id_number':'110101199003070214'}", "wang", false},
        {"{'name':' 王测试','id_number':'110101199003070214','phone':'138 0000 0001'}", "wang", false},
        {"{'name':'王测试','id_number':'110101199003070214','phone':'13800000008'}", "wang", true},
        {"{'name':'王 测试','id_number':'１１０１０１１９９００３０７０２１４','phone':'13800000008'}", "wang", false},
        {"{'name':'李测试','phone':'+86 13800000002','same_as':'$li'}", "li", false},
        {"{'name':'李测试','phone':'13800000002','is_new':true}", NULL, false},
        {"{'name':'李小测试','phone':'13800000002'}", NULL, false},
        {"{'name':'赵测试'}", NULL, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint events = city->harness->events->len;
        int64_t people = count(city, "SELECT count(*) FROM person");
        g_autofree char *json = g_strdup_printf("{'command':'move_in','unit':'110101001001001','persons':[%s],"
                                                "'from':'2020-01-%02dT00:00:00+08:00'}",
                                                cases[i].given, (int)i + 10);
        city_do(city, NULL, NULL, json);
        bool is_new = cases[i].who == NULL;
        g_assert_cmpint(count(city, "SELECT count(*) FROM person") - people, ==, is_new);
        g_assert_cmpuint(city->harness->events->len - events, ==, is_new || cases[i].changed ? 2 : 1);
        const struct harness_event *moved = harness_last_event(city->harness, "moved_in");
        if (!is_new)
            g_assert_cmpint(json_get_integer(moved->body, "person", 0), ==, city_id(city, cases[i].who));
    }
    expect_person(city, city_id(city, "wang"), "王测试", "110101199003070214", "13800000008");
}

/* Numbers of one type tell people apart; those of two may be of one person. */
static void other_documents_identify(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    struct vault *vault = city->harness->vault;
    int64_t one = city_do(city, NULL, "one",
                          "{'command':'register_person','name':'演护照','id_type':'护照','id_number':'ｅ1234 5678'}");
    g_assert_cmpint(registry_person_by_id_number(rows, vault, "passport:E12345678"), ==, one);
    g_assert_cmpint(registry_person_by_id_number(rows, vault, "E12345678"), ==, 0);
    expect_person(city, one, "演护照", "passport:E12345678", NULL);
    city_do(city, NULL, NULL,
            "{'command':'move_in','unit':'110101001001001','from':'2020-01-10T00:00:00+08:00',"
            "'persons':[{'name':'演 护照','id_number':'passport:E12345678'}]}");
    g_assert_cmpint(json_get_integer(harness_last_event(city->harness, "moved_in")->body, "person", 0), ==, one);
    int64_t other =
        city_do(city, NULL, "card", "{'command':'register_person','name':'演护照','id_number':'110000199102030013'}");
    g_assert_cmpint(other, !=, one);
    city_do(city, NULL, NULL, "{'command':'merge_persons','person':'$one','other':'$card'}");
    g_assert_cmpint(registry_person_kept(rows, other), ==, one);
}

/* A name and a phone are not an identity: who enters is told of whom is alike, and decides. */
static void who_is_alike_is_shown_and_not_taken_for_the_same(void)
{
    AUTO(city) struct city *city = city_new();
    static const char *const commands[] = {
        "{'command':'register_person','name':'李测试','phone':'13800000002'}",
        "{'command':'register_person','name':'李 测试','phone':'+86 138 0000 0002'}",
        "{'command':'register_person','name':'李测试','phone':'13800000002','id_number':'110101199003070345'}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        city_refuse(city, NULL, commands[i], PROBLEM_PERSON_LIKELY, NULL);
    city_refuse(city, NULL,
                "{'command':'move_in','unit':'110101001001001','persons':[{'name':'李测试','phone':'13800000002'}]}",
                PROBLEM_PERSON_LIKELY, "persons[0]");
    city_do(city, NULL, "twin", "{'command':'register_person','name':'李测试','phone':'13800000002','is_new':true}");
    g_assert_cmpint(city_id(city, "twin"), !=, city_id(city, "li"));
    city_refuse(city, NULL,
                "{'command':'move_in','unit':'110101001001001',"
                "'persons':[{'name':'王测试','phone':'13800000002','same_as':'$li'}]}",
                PROBLEM_UNKNOWN_PERSON, "persons[0].same_as");
}

/* What was said earlier and comes later replaces nothing, but fills what was not known. */
static void what_is_older_replaces_nothing(void)
{
    AUTO(city) struct city *city = city_new();
    static const struct {
        const char *observed_at, *phone, *kept;
    } cases[] = {
        {"2020-01-30T08:00:00+08:00", "13800000019", "13800000001"},
        {"2020-01-31T08:00:00+08:00", "13800000018", "13800000018"},
        {"2020-01-30T08:00:00+08:00", "13800000001", "13800000018"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *move =
            g_strdup_printf("{'command':'move_in','unit':'110101001001001','from':'2020-01-%02dT00:00:00+08:00',"
                            "'observed_at':'%s','persons':[{'name':'王测试','id_number':'110101199003070214',"
                            "'phone':'%s'}]}",
                            (int)i + 10, cases[i].observed_at, cases[i].phone);
        city_do(city, NULL, NULL, move);
        expect_person(city, city_id(city, "wang"), "王测试", "110101199003070214", cases[i].kept);
    }
}

static void a_change_keeps_the_rest_and_moves_the_index(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, NULL, "{'command':'change_person','person':'$wang','phone':'13800000007','version':1}");
    expect_person(city, city_id(city, "wang"), "王测试", "110101199003070214", "13800000007");
    city_do(city, "li", NULL, "{'command':'change_person','person':'$li','phone':'13800000005'}");
    expect_person(city, city_id(city, "li"), "李测试", NULL, "13800000005");
    g_autoptr(GArray) old = vault_index_find(city->harness->vault, VAULT_INDEX_PHONE, "13800000002", 0, 10);
    g_assert_cmpuint(old->len, ==, 0);
    city_do(city, NULL, NULL, "{'command':'change_person','person':'$li','id_number':'11010119900307029x'}");
    g_assert_cmpint(registry_person_by_id_number(city->harness->rows, city->harness->vault, "11010119900307029X"), ==,
                    city_id(city, "li"));
}

static void who_is_erased_cannot_be_read_nor_found(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    struct vault *vault = city->harness->vault;
    city_do(city, NULL, NULL,
            "{'command':'move_in','persons':['$wang'],'unit':'110101001001001','dwelling':'1单元101',"
            "'from':'2020-01-10T00:00:00+08:00'}");
    city_do(city, NULL, NULL, "{'command':'erase_person','person':'$wang'}");
    AUTO(person_data) struct person_data data = {0};
    g_assert_true(registry_person(rows, vault, city_id(city, "wang"), &data));
    g_assert_true(data.erased);
    g_assert_null(data.name);
    g_assert_null(registry_dwelling(rows, vault, city_id(city, "wang"), city->harness->now_us));
    g_assert_cmpint(registry_person_by_id_number(rows, vault, "110101199003070214"), ==, 0);
    g_assert_cmpint(count(city, "SELECT count(*) FROM person WHERE sealed IS NULL"), ==, 1);
    g_assert_cmpint(count(city, "SELECT count(*) FROM residency WHERE sealed IS NOT NULL"), ==, 0);
    /* Who comes back is somebody new. */
    int64_t again =
        city_do(city, NULL, NULL, "{'command':'register_person','name':'王测试','id_number':'110101199003070214'}");
    g_assert_cmpint(registry_person_by_id_number(rows, vault, "110101199003070214"), ==, again);
}

static void is_refused(struct city *city, const char *as, const char *who, enum problem_code code)
{
    g_autofree char *json = g_strdup_printf("{'command':'erase_person','person':'$%s'}", who);
    city_refuse(city, as, json, code, "person");
}

static bool is_proposed(struct city *city, const char *who, struct erasure_proposal *out)
{
    return registry_erasure_proposed(city->harness->rows, city_id(city, who), city->harness->now_us, out);
}

/* wang and li, of the whole city. */
static void appoint_registrars(struct city *city)
{
    static const char *const registrars[] = {"wang", "li"};
    for (size_t i = 0; i < G_N_ELEMENTS(registrars); i++) {
        g_autofree char *json =
            g_strdup_printf("{'command':'appoint','person':'$%s','role':'registrar','grounds':['11']}", registrars[i]);
        city_do(city, NULL, NULL, json);
    }
}

static void people_erase_in_twos(void)
{
    AUTO(city) struct city *city = city_new();
    struct erasure_proposal proposal;
    appoint_registrars(city);
    city_do(city, "wang", NULL, "{'command':'erase_person','person':'$zhao'}");
    g_assert_false(registry_person_is_erased(city->harness->rows, city_id(city, "zhao")));
    g_assert_true(is_proposed(city, "zhao", &proposal));
    g_assert_cmpint(proposal.by, ==, city_id(city, "wang"));
    is_refused(city, "wang", "zhao", PROBLEM_SAME_PERSON_REFUSED);
    city_refuse(city, "keeper", "{'command':'erase_person','person':'$zhao'}", PROBLEM_NO_RIGHT, NULL);
    city_do(city, "li", NULL, "{'command':'withdraw_erasure','person':'$zhao'}");
    city_refuse(city, "li", "{'command':'withdraw_erasure','person':'$zhao'}", PROBLEM_NOTHING_PROPOSED, "person");
    city_do(city, "wang", NULL, "{'command':'erase_person','person':'$zhao'}");
    city_do(city, "li", NULL, "{'command':'erase_person','person':'$zhao'}");
    g_assert_true(registry_person_is_erased(city->harness->rows, city_id(city, "zhao")));
    g_assert_false(is_proposed(city, "zhao", &proposal));
    g_assert_cmpint(harness_last_event(city->harness, "person_erased")->event.person, ==, city_id(city, "li"));
}

/* A week, and for the registrations that it was said of. */
static void a_proposal_ends(void)
{
    AUTO(city) struct city *city = city_new();
    struct erasure_proposal proposal;
    appoint_registrars(city);
    city_do(city, "wang", NULL, "{'command':'erase_person','person':'$zhao'}");
    city->harness->now_us += LIMIT_PROPOSAL_US - 1;
    g_assert_true(is_proposed(city, "zhao", &proposal));
    city->harness->now_us += 1;
    g_assert_false(is_proposed(city, "zhao", &proposal));
    city_do(city, "li", NULL, "{'command':'erase_person','person':'$zhao'}"); /* a new one */
    g_assert_true(is_proposed(city, "zhao", &proposal));
    g_assert_cmpint(proposal.by, ==, city_id(city, "li"));
    city_do(city, NULL, "second", "{'command':'register_person','name':'赵测试'}");
    city_do(city, NULL, NULL, "{'command':'merge_persons','person':'$second','other':'$zhao'}");
    g_assert_false(is_proposed(city, "zhao", &proposal));
    city_do(city, "li", NULL, "{'command':'erase_person','person':'$zhao'}");
    g_assert_true(is_proposed(city, "second", &proposal));
    is_refused(city, "li", "second", PROBLEM_SAME_PERSON_REFUSED);
    city_do(city, NULL, NULL, "{'command':'unmerge_persons','person':'$zhao'}");
    g_assert_cmpint(json_get_integer(harness_last_event(city->harness, "persons_unmerged")->body, "kept", 0), ==,
                    city_id(city, "second"));
    g_assert_false(is_proposed(city, "second", &proposal));
    g_assert_false(is_proposed(city, "zhao", &proposal));
}

static void a_proposal_ends_with_the_right(void)
{
    AUTO(city) struct city *city = city_new();
    struct erasure_proposal proposal;
    appoint_registrars(city);
    city_do(city, "wang", NULL, "{'command':'erase_person','person':'$zhao'}");
    AUTO(cursor)
    struct cursor posts =
        db_query(city->harness->rows, "SELECT id FROM post WHERE person = ?1", "i", city_id(city, "wang"));
    g_assert_true(cursor_next(&posts));
    g_autofree char *end =
        g_strdup_printf("{'command':'end_post','post_id':'%" G_GINT64_FORMAT "'}", cursor_integer(&posts, 0));
    cursor_clear(&posts);
    city_do(city, NULL, NULL, end);
    city->harness->now_us += 1;
    city_do(city, "li", NULL, "{'command':'erase_person','person':'$zhao'}"); /* a new proposal, no second of the old */
    g_assert_true(is_proposed(city, "zhao", &proposal));
    g_assert_cmpint(proposal.by, ==, city_id(city, "li"));
    g_assert_false(registry_person_is_erased(city->harness->rows, city_id(city, "zhao")));
}

static GArray *members_at(struct city *city, const char *handle, const char *time)
{
    return registry_household_members(city->harness->rows, city_id(city, handle), city_time(time));
}

static void households_have_a_history(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    city_do(city, NULL, "home",
            "{'command':'move_in','persons':['$wang','$li'],'unit':'110101001001001','dwelling':'1单元101',"
            "'from':'2020-01-10T00:00:00+08:00'}");
    city_do(city, NULL, NULL,
            "{'command':'move_in','persons':['$zhao'],'household':'$home','from':'2020-01-12T00:00:00+08:00'}");
    city_do(city, NULL, NULL, "{'command':'move_out','person':'$wang','to':'2020-01-15T00:00:00+08:00'}");
    city_do(city, NULL, "other",
            "{'command':'move_in','persons':['$li'],'unit':'110101001002','from':'2020-01-20T00:00:00+08:00'}");
    static const struct {
        const char *at;
        guint members;
    } cases[] = {
        {"2020-01-09T23:59:59+08:00", 0}, {"2020-01-10T00:00:00+08:00", 2}, {"2020-01-12T00:00:00+08:00", 3},
        {"2020-01-15T00:00:00+08:00", 2}, {"2020-01-20T00:00:00+08:00", 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) members = members_at(city, "home", cases[i].at);
        g_assert_cmpuint(members->len, ==, cases[i].members);
    }
    int64_t li = city_id(city, "li"), now = city->harness->now_us;
    g_assert_cmpint(registry_household(rows, li, city_time("2020-01-13T00:00:00Z")), ==, city_id(city, "home"));
    g_assert_cmpint(registry_household(rows, li, now), ==, city_id(city, "other"));
    g_assert_cmpint(registry_household(rows, city_id(city, "wang"), now), ==, 0);
    struct residency residency;
    g_assert_true(registry_residency(rows, li, now, &residency));
    g_assert_cmpint(residency.unit, ==, city_unit(city, "110101001002"));
    g_autofree char *dwelling = registry_dwelling(rows, city->harness->vault, li, city_time("2020-01-13T00:00:00Z"));
    g_assert_cmpstr(dwelling, ==, "1单元101");
    g_assert_null(registry_dwelling(rows, city->harness->vault, li, now));
    g_autoptr(GArray) here = registry_households_at(rows, city_unit(city, "110101001"), now, 0, 10);
    g_assert_cmpuint(here->len, ==, 2);
    g_autoptr(GArray) first = registry_households_at(rows, city_unit(city, "110101001"), now, 0, 1);
    g_autoptr(GArray) rest =
        registry_households_at(rows, city_unit(city, "110101001"), now, g_array_index(first, int64_t, 0), 10);
    g_assert_cmpuint(rest->len, ==, 1);
    g_assert_cmpint(g_array_index(rest, int64_t, 0), ==, city_id(city, "other"));
}

static void grid_workers_register_in_their_own_grid(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, "w",
            "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['110101001001001']}");
    city_do(city, "wang", NULL, "{'command':'register_person','name':'周测试','unit':'110101001001001'}");
    city_do(city, "wang", "home", "{'command':'move_in','unit':'110101001001001','persons':['$li',{'name':'吴测试'}]}");
    g_assert_cmpint(harness_last_event(city->harness, "moved_in")->event.post, ==, city_id(city, "w"));
    city_refuse(city, "wang", "{'command':'move_in','unit':'110101001001002','persons':['$zhao']}", PROBLEM_NO_RIGHT,
                NULL);
    city_do(city, "wang", NULL, "{'command':'change_person','person':'$li','phone':'13800000006'}");
}

/* Registered twice: in the grid without a number, at the station with another phone. */
static void two_registrations_are_linked_and_parted_again(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    struct vault *vault = city->harness->vault;
    city_do(city, NULL, "twice", "{'command':'register_person','name':'王测试','phone':'13800000009'}");
    int64_t kept = city_id(city, "wang"), other = city_id(city, "twice");
    g_autoptr(GArray) likely = registry_likely_duplicates(rows, vault, kept, 10);
    g_assert_cmpuint(likely->len, ==, 1);
    g_assert_cmpint(g_array_index(likely, struct duplicate, 0).person, ==, other);
    g_assert_true(g_array_index(likely, struct duplicate, 0).name);
    g_assert_false(g_array_index(likely, struct duplicate, 0).phone);
    city_do(city, NULL, NULL, "{'command':'merge_persons','person':'$wang','other':'$twice'}");
    g_assert_cmpint(registry_person_kept(rows, other), ==, kept);
    g_autoptr(GArray) none = registry_likely_duplicates(rows, vault, kept, 10);
    g_assert_cmpuint(none->len, ==, 0);
    /* Whoever gives what the second one said is given the first. */
    city_do(city, NULL, NULL,
            "{'command':'move_in','unit':'110101001001001','persons':["
            "{'name':'王测试','phone':'13800000009','same_as':'$twice'}]}");
    g_assert_cmpint(json_get_integer(harness_last_event(city->harness, "moved_in")->body, "person", 0), ==, kept);
    city_refuse(city, NULL, "{'command':'merge_persons','person':'$twice','other':'$wang'}", PROBLEM_PERSONS_ARE_ONE,
                "other");
    city_do(city, NULL, NULL, "{'command':'unmerge_persons','person':'$twice'}");
    g_assert_cmpint(registry_person_kept(rows, other), ==, other);
    expect_person(city, other, "王测试", NULL, "13800000009");
}

static void two_numbers_are_two_persons(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, "other", "{'command':'register_person','name':'王测试','id_number':'110101199003070345'}");
    city_refuse(city, NULL, "{'command':'merge_persons','person':'$wang','other':'$other'}", PROBLEM_PERSON_MISMATCH,
                "other");
}

static void erasing_one_registration_destroys_every_key(void)
{
    AUTO(city) struct city *city = city_new();
    struct vault *vault = city->harness->vault;
    city_do(city, NULL, "second", "{'command':'register_person','name':'王测试','phone':'13800000009'}");
    city_do(city, NULL, "third", "{'command':'register_person','name':'王测试','phone':'13800000019'}");
    city_do(city, NULL, NULL, "{'command':'merge_persons','person':'$second','other':'$third'}");
    city_do(city, NULL, NULL, "{'command':'merge_persons','person':'$wang','other':'$third'}");
    city_do(city, NULL, NULL, "{'command':'erase_person','person':'$second'}");
    static const char *const all[] = {"wang", "second", "third"};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_assert_false(vault_has_key(vault, VAULT_PERSON, city_id(city, all[i])));
        g_assert_true(registry_person_is_erased(city->harness->rows, city_id(city, all[i])));
    }
}

static void custody_is_given_and_taken_and_gaps_show(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    int64_t wang = city_id(city, "wang"), one = city_unit(city, "110101001001"), two = city_unit(city, "110101001002");
    city_at(city, "2020-02-01T08:00:00+08:00");
    city_do(city, NULL, "offer",
            "{'command':'offer_custody','person':'$wang','from':'110101001001','to':'110101001002'}");
    g_assert_cmpint(json_get_integer(harness_last_event(city->harness, "custody_offered")->body, "begins", 0), ==, 1);
    city_at(city, "2020-02-02T08:00:00+08:00");
    g_assert_cmpint(registry_custodian(rows, wang, city->harness->now_us), ==, one); /* until it is taken */
    city_refuse(city, "li", "{'command':'accept_custody','offer':'$offer'}", PROBLEM_UNKNOWN_HANDOVER, "offer");
    city_do(city, "keeper", NULL, "{'command':'accept_custody','offer':'$offer'}");
    city_refuse(city, NULL, "{'command':'refuse_custody','offer':'$offer'}", PROBLEM_HANDOVER_DECIDED, "offer");
    city_at(city, "2020-02-04T08:00:00+08:00");
    city_do(city, NULL, NULL, "{'command':'end_custody','person':'$wang'}");
    city_at(city, "2020-02-06T08:00:00+08:00");
    city_do(city, NULL, "back",
            "{'command':'offer_custody','person':'$wang','from':'110101001001','to':'110101001002'}");
    city_do(city, NULL, NULL, "{'command':'withdraw_custody','offer':'$back'}");
    g_assert_cmpint(registry_custodian(rows, wang, city_time("2020-02-03T12:00:00+08:00")), ==, two);
    g_assert_cmpint(registry_custodian(rows, wang, city_time("2020-02-05T12:00:00+08:00")), ==, 0);
    g_autoptr(GArray) custody = registry_custody(rows, wang);
    g_assert_cmpuint(custody->len, ==, 4);
    g_assert_cmpint(g_array_index(custody, struct custody, 2).unit, ==, 0);
    /* Whom a unit had, what it was merged into has. */
    city_at(city, "2020-02-07T08:00:00+08:00");
    city_do(city, NULL, NULL, "{'command':'merge_units','unit':'110101001002','units':['110101001001']}");
    g_assert_cmpint(registry_custodian(rows, wang, city->harness->now_us), ==, two);
    g_assert_cmpint(registry_custodian(rows, wang, city->harness->now_us - 1), ==, one);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/people/other-documents", other_documents_identify);
    g_test_add_func("/registry/people/alike", who_is_alike_is_shown_and_not_taken_for_the_same);
    g_test_add_func("/registry/people/older", what_is_older_replaces_nothing);
    g_test_add_func("/registry/people/record", a_record_is_read_however_it_was_written);
    g_test_add_func("/registry/people/known", a_person_is_known_by_number_and_by_name_with_phone);
    g_test_add_func("/registry/people/subject", a_subject_is_found_or_registered);
    g_test_add_func("/registry/people/change", a_change_keeps_the_rest_and_moves_the_index);
    g_test_add_func("/registry/people/erased", who_is_erased_cannot_be_read_nor_found);
    g_test_add_func("/registry/people/erased-in-twos", people_erase_in_twos);
    g_test_add_func("/registry/people/proposal-ends", a_proposal_ends);
    g_test_add_func("/registry/people/proposal-ends-with-right", a_proposal_ends_with_the_right);
    g_test_add_func("/registry/people/households", households_have_a_history);
    g_test_add_func("/registry/people/rights", grid_workers_register_in_their_own_grid);
    g_test_add_func("/registry/people/merged", two_registrations_are_linked_and_parted_again);
    g_test_add_func("/registry/people/numbers", two_numbers_are_two_persons);
    g_test_add_func("/registry/people/merged-erased", erasing_one_registration_destroys_every_key);
    g_test_add_func("/registry/people/custody", custody_is_given_and_taken_and_gaps_show);
    return g_test_run();
}
