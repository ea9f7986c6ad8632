/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "city.h"

#include <string.h>

/* Every way in which the registry says no. The codes from UNKNOWN_UNIT to PERSON_LIKELY are its own (but for the cap of
 * bounces, which matters have): one without a row here fails the test. */

struct row {
    const char *as; /* NULL the operator */
    const char *command, *members;
    enum problem_code code;
    const char *field;
};

/* clang-format off */
/* By command. Before them: wang is grid_worker of grid 1 ($w), li of grid 2 ($l), zhao's post has ended ($z), chen
 * is erased, 110105002 closed, wang has offered his post to zhao ($offer); $done was refused by him. */
static const struct row cases[] = {
    {NULL, "create_unit", "'type':'grid','parent':'9999','name':'x'", PROBLEM_UNKNOWN_UNIT, "parent"},
    {NULL, "create_unit", "'type':'grid','parent':'#9999','name':'x'", PROBLEM_UNKNOWN_UNIT, "parent"},
    {NULL, "create_unit", "'type':'community','parent':'110105002','name':'x'", PROBLEM_CLOSED_UNIT, "parent"},
    {NULL, "create_unit", "'type':'grit','parent':'110101001001','name':'x'", PROBLEM_UNKNOWN_UNIT_TYPE, "type"},
    {NULL, "create_unit", "'type':'grid','parent':'110101','name':'x'", PROBLEM_WRONG_PARENT, "parent"},
    {NULL, "create_unit", "'type':'city','name':'x'", PROBLEM_WRONG_PARENT, "parent"},
    {NULL, "create_unit", "'type':'grid','name':'x'", PROBLEM_MISSING_FIELD, "parent"},
    {NULL, "create_unit",
     "'type':'grid','parent':'110101001001','name':'x','code':'110101'",
     PROBLEM_CODE_TAKEN, "code"},
    {NULL, "create_unit",
     "'type':'grid','parent':'110101001001','name':'x','code':'a b'",
     PROBLEM_WRONG_TYPE, "code"},
    {NULL, "create_unit",
     "'type':'grid','parent':'110101001001','name':'x','code':'123456789012345678901234'",
     PROBLEM_TEXT_TOO_LONG, "code"},
    {NULL, "create_unit", "'type':'grid','parent':'110101001001','name':' '", PROBLEM_TEXT_EMPTY, "name"},
    {NULL, "create_unit", "'type':'grid','parent':'110101001001'", PROBLEM_MISSING_FIELD, "name"},
    {NULL, "create_unit",
     "'type':'grid','parent':'110101001001',"
     "'name':'0123456789012345678901234567890123456789012345678901234567890'",
     PROBLEM_TEXT_TOO_LONG, "name"},
    {NULL, "create_unit",
     "'type':'grid','parent':'110101001001','name':'x','date':'2019-12-31'",
     PROBLEM_BEFORE_PARENT, "date"},
    {NULL, "create_unit",
     "'type':'grid','parent':'110101001001','name':'x','date':'2020-02-01'",
     PROBLEM_IN_FUTURE, "date"},
    {NULL, "create_unit",
     "'type':'grid','parent':'110101001001','name':'x','date':'2020-02-30'",
     PROBLEM_INVALID_DATE, "date"},
    {"wang", "create_unit", "'type':'entrance','parent':'110101001001001','name':'x'", PROBLEM_NO_RIGHT, NULL},
    {"keeper", "create_unit", "'type':'community','parent':'110105001','name':'x'", PROBLEM_NO_RIGHT, NULL},
    {"keeper", "create_unit",
     "'type':'grid','parent':'110101001001','name':'x','post':'$w'",
     PROBLEM_POST_NOT_HELD, "post"},
    {NULL, "create_units", "'units':[]", PROBLEM_TEXT_EMPTY, "units"},
    {NULL, "create_units", "'units':[7]", PROBLEM_WRONG_TYPE, "units[0]"},
    {NULL, "create_units",
     "'units':[{'parent':'110101001001','type':'grid','name':'x'},{'parent':'110101001001','type':'grid',"
     "'nam':'x'}]",
     PROBLEM_UNKNOWN_FIELD, "units[1].nam"},
    {NULL, "create_units",
     "'units':[{'parent':'110101001001','type':'grid','name':7}]",
     PROBLEM_WRONG_TYPE, "units[0].name"},
    {NULL, "create_units",
     "'units':[{'parent':'110101001001','type':'grid','name':'x','code':'x1'},{'parent':'110101001001',"
     "'type':'grid','name':'x','code':'x1'}]",
     PROBLEM_CODE_TAKEN, "units[1].code"},
    {"keeper", "create_units",
     "'units':[{'parent':'110105001','type':'community','name':'x'}]",
     PROBLEM_NO_RIGHT, "units[0]"},
    {NULL, "rename_unit", "'unit':'110101','name':'x','version':7", PROBLEM_STALE_VERSION, "version"},
    {NULL, "rename_unit", "'unit':'110101','name':'x','date':'2019-12-01'", PROBLEM_BEFORE_START, "date"},
    {NULL, "rename_unit", "'unit':'110105002','name':'x'", PROBLEM_CLOSED_UNIT, "unit"},
    {NULL, "recode_unit", "'unit':'110101','code':'110105'", PROBLEM_CODE_TAKEN, "code"},
    {NULL, "recode_unit", "'unit':'110101','code':'110102','date':'2019-12-01'", PROBLEM_BEFORE_START, "date"},
    {NULL, "move_unit", "'unit':'110101001001','parent':'110101'", PROBLEM_WRONG_PARENT, "parent"},
    {NULL, "move_unit", "'unit':'110101001','parent':'110101001001'", PROBLEM_WITHIN_ITSELF, "parent"},
    {NULL, "move_unit",
     "'unit':'110101001001','parent':'110105001','date':'2019-12-01'",
     PROBLEM_BEFORE_PARENT, "date"},
    {"keeper", "move_unit", "'unit':'110101001001','parent':'110105001'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "close_unit", "'unit':'110101001'", PROBLEM_UNIT_HAS_CHILDREN, "unit"},
    {NULL, "close_unit", "'unit':'110101001001001'", PROBLEM_UNIT_HAS_OPEN_MATTERS, "unit"},
    {NULL, "close_unit", "'unit':'110101001001002','date':'2020-01-01'", PROBLEM_BEFORE_START, "date"},
    {NULL, "set_unit_fact", "'fact':'households','value':5", PROBLEM_MISSING_FIELD, "unit"},
    {NULL, "set_unit_fact", "'unit':'110199','fact':'households','value':5", PROBLEM_UNKNOWN_UNIT, "unit"},
    {NULL, "set_unit_fact", "'unit':'110105002','fact':'households','value':5", PROBLEM_CLOSED_UNIT, "unit"},
    {NULL, "set_unit_fact", "'unit':'110101001001','value':5", PROBLEM_MISSING_FIELD, "fact"},
    {NULL, "set_unit_fact", "'unit':'110101001001','fact':'houses','value':5", PROBLEM_UNKNOWN_UNIT_FACT, "fact"},
    {NULL, "set_unit_fact", "'unit':'110101001','fact':'households','value':5", PROBLEM_NO_FACT_OF_TYPE, "fact"},
    {NULL, "set_unit_fact", "'unit':'110101001001','fact':'households'", PROBLEM_MISSING_FIELD, "value"},
    {NULL, "set_unit_fact", "'unit':'110101001001','fact':'households','value':'5'", PROBLEM_WRONG_TYPE, "value"},
    {NULL, "set_unit_fact", "'unit':'110101001001','fact':'households','value':5.0", PROBLEM_WRONG_TYPE, "value"},
    {NULL, "set_unit_fact", "'unit':'110101001001','fact':'households','value':null", PROBLEM_WRONG_TYPE, "value"},
    {NULL, "set_unit_fact", "'unit':'110101001001','fact':'households','value':-1", PROBLEM_BELOW_MINIMUM, "value"},
    {NULL, "set_unit_fact", "'unit':'110101001001','fact':'households','value':50001", PROBLEM_ABOVE_MAXIMUM, "value"},
    {NULL, "set_unit_fact",
     "'unit':'110101001001','fact':'residents','value':100000001",
     PROBLEM_ABOVE_MAXIMUM, "value"},
    {NULL, "set_unit_fact",
     "'unit':'110101001001','fact':'households','value':5,'date':'2020-03-01'",
     PROBLEM_IN_FUTURE, "date"},
    {NULL, "set_unit_fact",
     "'unit':'110101001001','fact':'households','value':5,'date':'2019-12-31'",
     PROBLEM_BEFORE_UNIT, "date"},
    {NULL, "set_unit_fact",
     "'unit':'110101001001','fact':'households','value':5,'date':'2020-02-30'",
     PROBLEM_INVALID_DATE, "date"},
    {NULL, "set_unit_fact",
     "'unit':'110101001001','fact':'households','value':5,'source':' '",
     PROBLEM_TEXT_EMPTY, "source"},
    {NULL, "set_unit_fact",
     "'unit':'110101001001','fact':'households','value':5,'source':7",
     PROBLEM_WRONG_TYPE, "source"},
    {NULL, "set_unit_fact",
     "'unit':'110101001001','fact':'households','value':5,'version':7",
     PROBLEM_STALE_VERSION, "version"},
    {"keeper", "set_unit_fact", "'unit':'110105001','fact':'households','value':5", PROBLEM_NO_RIGHT, NULL},
    {"wang", "set_unit_fact", "'unit':'110101001001','fact':'households','value':5", PROBLEM_NO_RIGHT, NULL},
    {NULL, "import_divisions", "'rows':[]", PROBLEM_MISSING_FIELD, "date"},
    {NULL, "import_divisions", "'date':'2020-01-01','rows':[[]]", PROBLEM_WRONG_TYPE, "rows[0]"},
    {NULL, "import_divisions",
     "'date':'2020-01-01','rows':[{'code':'110101','parent_code':'11','level':'distrikt','name':'x'}]",
     PROBLEM_NOT_IN_LIST, "rows[0].level"},
    {NULL, "import_divisions",
     "'date':'2020-01-01','rows':[{'code':'110101002','parent_code':'110109','level':'street','name':'x'}]",
     PROBLEM_UNKNOWN_UNIT, "rows[0].parent_code"},
    {NULL, "import_divisions",
     "'date':'2020-01-01','rows':[{'code':'110101','parent_code':'110105','level':'street','name':'东城区'}]",
     PROBLEM_INVALID_DIVISION, "rows[0].level"},
    {NULL, "import_divisions",
     "'date':'2019-12-31','rows':[{'code':'110101','parent_code':'11','level':'district','name':'东区'}]",
     PROBLEM_BEFORE_START, "rows[0].date"},
    {"keeper", "import_divisions", "'date':'2020-01-01','rows':[]", PROBLEM_NO_RIGHT, NULL},

    {NULL, "register_person", "", PROBLEM_MISSING_FIELD, "name"},
    {NULL, "register_person", "'name':7", PROBLEM_WRONG_TYPE, "name"},
    {NULL, "register_person", "'name':'  '", PROBLEM_TEXT_EMPTY, "name"},
    {NULL, "register_person",
     "'name':'甲测试','id_number':'110101199003070215'",
     PROBLEM_INVALID_ID_NUMBER, "id_number"},
    {NULL, "register_person",
     "'name':'甲测试','id_type':'passport','id_number':'110101199003070214'",
     PROBLEM_INVALID_ID_NUMBER, "id_number"},
    {NULL, "register_person",
     "'name':'甲测试','id_type':'驾驶证','id_number':'12345678'",
     PROBLEM_NOT_IN_LIST, "id_type"},
    {NULL, "register_person", "'name':'甲测试','id_type':'passport'", PROBLEM_MISSING_FIELD, "id_number"},
    {NULL, "register_person",
     "'name':'甲测试','id_type':7,'id_number':'110101199003070214'",
     PROBLEM_WRONG_TYPE, "id_type"},
    {NULL, "register_person", "'name':'甲测试','phone':'12'", PROBLEM_INVALID_PHONE, "phone"},
    {NULL, "register_person", "'name':'甲测试','id_number':'110101199003070214'", PROBLEM_PERSON_MISMATCH, "name"},
    {NULL, "register_person", "'name':'王测试','id_number':'110101199003070214'", PROBLEM_PERSON_EXISTS, NULL},
    {NULL, "register_person", "'name':'李测试','phone':'+86 138 0000 0002'", PROBLEM_PERSON_LIKELY, NULL},
    {"wang", "register_person", "'name':'甲测试','unit':'110101001002'", PROBLEM_NO_RIGHT, NULL},
    {"zhao", "register_person", "'name':'甲测试'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "change_person", "'person':'9999','name':'甲测试'", PROBLEM_UNKNOWN_PERSON, "person"},
    {NULL, "change_person", "'person':'$chen','name':'甲测试'", PROBLEM_PERSON_ERASED, "person"},
    {NULL, "change_person", "'person':'$li'", PROBLEM_MISSING_FIELD, "name"},
    {NULL, "change_person", "'person':'$li','id_number':'110101199003070214'", PROBLEM_PERSON_MISMATCH, "id_number"},
    {NULL, "change_person", "'person':'$li','phone':'13800000009','version':9", PROBLEM_STALE_VERSION, "version"},
    {"zhao", "change_person", "'person':'$li','phone':'13800000009'", PROBLEM_NO_RIGHT, NULL},
    {"wang", "change_person", "'person':'$li','phone':'13800000009'", PROBLEM_POST_ELSEWHERE, "person"},
    {NULL, "erase_person", "'person':'$wang'", PROBLEM_PERSON_IN_POST, "person"},
    {NULL, "erase_person", "'person':'$zhao'", PROBLEM_PERSON_HELD, "person"},
    {NULL, "erase_person", "'person':'$chen'", PROBLEM_PERSON_ERASED, "person"},
    {"keeper", "erase_person", "'person':'$zhao'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "move_in", "'persons':[],'unit':'110101001001001'", PROBLEM_TEXT_EMPTY, "persons"},
    {NULL, "move_in", "'persons':['$zhao']", PROBLEM_MISSING_FIELD, "unit"},
    {NULL, "move_in", "'persons':[7],'unit':'110101001001001'", PROBLEM_WRONG_TYPE, "persons[0]"},
    {NULL, "move_in", "'persons':['x'],'unit':'110101001001001'", PROBLEM_UNKNOWN_PERSON, "persons[0]"},
    {NULL, "move_in", "'persons':['9999'],'unit':'110101001001001'", PROBLEM_UNKNOWN_PERSON, "persons[0]"},
    {NULL, "move_in", "'persons':['$chen'],'unit':'110101001001001'", PROBLEM_PERSON_ERASED, "persons[0]"},
    {NULL, "move_in", "'persons':['$zhao','$zhao'],'unit':'110101001001001'", PROBLEM_REPEATED_CHOICE, "persons[1]"},
    {NULL, "move_in",
     "'persons':[{'name':'甲测试','birthday':'1'}],'unit':'110101001001001'",
     PROBLEM_UNKNOWN_FIELD, "persons[0].birthday"},
    {NULL, "move_in",
     "'persons':[{'name':'甲测试','id_number':'110101199003070214'}],'unit':'110101001001001'",
     PROBLEM_PERSON_MISMATCH, "persons[0].name"},
    {NULL, "move_in", "'persons':['$zhao'],'household':'$home','unit':'110101001001001'", PROBLEM_NOT_ASKED, "unit"},
    {NULL, "move_in", "'persons':['$zhao'],'household':'9999'", PROBLEM_NOT_FOUND, "household"},
    {NULL, "move_in",
     "'persons':['$li'],'unit':'110101001001001','from':'2020-01-05T00:00:00+08:00'",
     PROBLEM_BEFORE_START, "persons[0]"},
    {NULL, "move_in",
     "'persons':['$zhao'],'unit':'110101001001001','from':'2020-02-05T00:00:00+08:00'",
     PROBLEM_IN_FUTURE, "from"},
    {"wang", "move_in", "'persons':['$zhao'],'unit':'110101001002'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "move_out", "'person':'9999'", PROBLEM_UNKNOWN_PERSON, "person"},
    {NULL, "move_out", "'person':'$zhao'", PROBLEM_NOT_FOUND, "person"},
    {NULL, "move_out", "'person':'$li','to':'2020-01-09T00:00:00+08:00'", PROBLEM_BEFORE_START, "to"},

    {NULL, "appoint",
     "'person':'9999','role':'grid_worker','grounds':['110101001001001']",
     PROBLEM_UNKNOWN_PERSON, "person"},
    {NULL, "appoint",
     "'person':'$chen','role':'grid_worker','grounds':['110101001001001']",
     PROBLEM_PERSON_ERASED, "person"},
    {NULL, "appoint",
     "'person':'$zhao','role':'grid_work','grounds':['110101001001001']",
     PROBLEM_UNKNOWN_ROLE, "role"},
    {NULL, "appoint", "'person':'$zhao','role':'grid_worker','grounds':['110101']", PROBLEM_WRONG_GROUND, "grounds"},
    {NULL, "appoint", "'person':'$zhao','role':'grid_worker','grounds':[]", PROBLEM_TEXT_EMPTY, "grounds"},
    {NULL, "appoint", "'person':'$zhao','role':'grid_worker','grounds':[7]", PROBLEM_WRONG_TYPE, "grounds[0]"},
    {NULL, "appoint",
     "'person':'$zhao','role':'grid_worker','grounds':['110101001001001','nowhere']",
     PROBLEM_UNKNOWN_UNIT, "grounds[1]"},
    {NULL, "appoint",
     "'person':'$wang','role':'grid_worker','grounds':['110101001001001']",
     PROBLEM_POST_EXISTS, "grounds"},
    {NULL, "appoint",
     "'person':'$zhao','role':'grid_worker','grounds':['110101001001001'],'to':'2020-01-01T00:00:00Z'",
     PROBLEM_BEFORE_START, "to"},
    {NULL, "appoint", "'person':'$zhao','role':'grid_worker','deputy_of':'9999'", PROBLEM_UNKNOWN_POST, "deputy_of"},
    {NULL, "appoint", "'person':'$zhao','role':'doctor','deputy_of':'$w'", PROBLEM_OTHER_ROLE, "deputy_of"},
    {"keeper", "appoint", "'person':'$zhao','role':'duty_officer','grounds':['110105001']", PROBLEM_NO_RIGHT, NULL},
    {"keeper", "appoint", "'person':'$keeper','role':'grid_worker','grounds':['110101001001003']",
     PROBLEM_NOT_FOR_YOURSELF, NULL},
    {NULL, "end_post", "'post_id':'9999'", PROBLEM_UNKNOWN_POST, "post_id"},
    {NULL, "end_post", "'post_id':'$z'", PROBLEM_POST_ENDED, "post_id"},
    {NULL, "end_post", "'post_id':'$w','to':'2019-01-01T00:00:00Z'", PROBLEM_BEFORE_START, "to"},
    {NULL, "end_post", "'post_id':'$w','to':'2020-03-01T00:00:00Z'", PROBLEM_IN_FUTURE, "to"},
    {NULL, "end_post", "'post_id':'$w','version':5", PROBLEM_STALE_VERSION, "version"},
    {"li", "end_post", "'post_id':'$w'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "change_grounds", "'post_id':'$w','grounds':[]", PROBLEM_TEXT_EMPTY, "grounds"},
    {NULL, "change_grounds", "'post_id':'$w','grounds':['110101']", PROBLEM_WRONG_GROUND, "grounds"},
    {NULL, "change_grounds",
     "'post_id':'$w','grounds':['110101001001003'],'from':'2020-01-01T00:00:00Z'",
     PROBLEM_BEFORE_START, "from"},
    {NULL, "set_roster",
     "'post_id':'$w','shifts':[{'from':'2020-02-01T08:00:00+08:00','to':'2020-02-01T08:00:00+08:00'}]",
     PROBLEM_BEFORE_START, "shifts[0].to"},
    {NULL, "set_roster",
     "'post_id':'$w','shifts':[{'from':'2020-02-01T08:00:00+08:00'}]",
     PROBLEM_MISSING_FIELD, "shifts[0].to"},
    {NULL, "set_roster",
     "'post_id':'$w','shifts':[{'from':'8 Uhr','to':'2020-02-01T08:00:00+08:00'}]",
     PROBLEM_INVALID_DATETIME, "shifts[0].from"},
    {NULL, "set_roster", "'post_id':'$w','shifts':[],'weekly':[]", PROBLEM_NOT_ASKED, "weekly"},
    {NULL, "set_roster",
     "'post_id':'$w','weekly':[{'day':8,'from':'08:00','to':'20:00'}],'first':'2020-02-01','last':'2020-02-07'",
     PROBLEM_NOT_IN_LIST, "weekly[0].day"},
    {NULL, "set_roster",
     "'post_id':'$w','weekly':[{'day':1,'from':'8','to':'20:00'}],'first':'2020-02-01','last':'2020-02-07'",
     PROBLEM_INVALID_DATETIME, "weekly[0].from"},
    {NULL, "set_roster", "'post_id':'$w','weekly':[]", PROBLEM_MISSING_FIELD, "first"},
    {NULL, "set_roster",
     "'post_id':'$w','weekly':[],'first':'2020-02-01','last':'2020-01-07'",
     PROBLEM_BEFORE_START, "last"},
    {NULL, "set_roster",
     "'post_id':'$w','weekly':[],'first':'2020-02-01','last':'2022-01-07'",
     PROBLEM_TOO_MANY_ITEMS, "last"},
    {"li", "set_roster", "'post_id':'$l'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "add_shift", "'post_id':'$w','from':'2020-02-01T08:00:00+08:00'", PROBLEM_MISSING_FIELD, "to"},
    {NULL, "add_shift", "'post_id':'$w','from':'8 Uhr','to':'2020-02-01T08:00:00+08:00'", PROBLEM_INVALID_DATETIME,
     "from"},
    {NULL, "add_shift", "'post_id':'$w','from':'2020-02-01T08:00:00+08:00','to':'2020-02-01T08:00:00+08:00'",
     PROBLEM_BEFORE_START, "to"},
    {"li", "add_shift",
     "'post_id':'$l','from':'2020-02-01T08:00:00+08:00','to':'2020-02-01T20:00:00+08:00'", PROBLEM_NO_RIGHT, NULL},

    {"wang", "hand_over_post",
     "'from_post':'$w','mode':'post','to_post':'$l','reason':'x'",
     PROBLEM_HANDOVER_PENDING, "from_post"},
    {"li", "hand_over_post", "'from_post':'$w','mode':'post','to_post':'$l','reason':'x'", PROBLEM_NO_RIGHT, NULL},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'gift','to_post':'$w','reason':'x'",
     PROBLEM_NOT_IN_LIST, "mode"},
    {"li", "hand_over_post", "'from_post':'$l','mode':'post','reason':'x'", PROBLEM_MISSING_FIELD, "to_post"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_post':'$w','to_person':'$wang','reason':'x'",
     PROBLEM_NOT_ASKED, "to_person"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_post':'$l','reason':'x'",
     PROBLEM_HANDOVER_TO_SELF, "to_post"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_person':'$li','reason':'x'",
     PROBLEM_HANDOVER_TO_SELF, "to_person"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_person':'9999','reason':'x'",
     PROBLEM_UNKNOWN_PERSON, "to_person"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_person':'$chen','reason':'x'",
     PROBLEM_PERSON_ERASED, "to_person"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_post':'$registrar','reason':'x'",
     PROBLEM_OTHER_ROLE, "to_post"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_post':'$z','reason':'x'",
     PROBLEM_POST_ENDED, "to_post"},
    {"li", "hand_over_post", "'from_post':'$l','mode':'post','to_post':'$w'", PROBLEM_REASON_NEEDED, "reason"},
    {"li", "hand_over_post", "'from_post':'$l','mode':'post','to_post':'$w','reason':'a\\uffff'",
     PROBLEM_CONTROL_CHARACTER, "reason"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_post':'$w','grounds':['110101001001001'],'reason':'x'",
     PROBLEM_WRONG_GROUND, "grounds"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'post','to_post':'$w','grounds':[],'reason':'x'",
     PROBLEM_TEXT_EMPTY, "grounds"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'shift','to_post':'$w','reason':'x'",
     PROBLEM_MISSING_FIELD, "until"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'shift','to_post':'$w','reason':'x','until':'2020-01-30T00:00:00Z'",
     PROBLEM_BEFORE_START, "until"},
    {"li", "hand_over_post",
     "'from_post':'$l','mode':'shift','to_post':'$w','reason':'x','until':'2020-02-01T00:00:00Z'",
     PROBLEM_WRONG_GROUND, "to_post"},
    {NULL, "merge_persons", "'person':'$li','other':'$li'", PROBLEM_PERSONS_ARE_ONE, "other"},
    {NULL, "merge_persons", "'person':'$li','other':'$chen'", PROBLEM_PERSON_ERASED, "other"},
    {NULL, "merge_persons", "'person':'9999','other':'$li'", PROBLEM_UNKNOWN_PERSON, "person"},
    {"zhao", "merge_persons", "'person':'$li','other':'$zhao'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "unmerge_persons", "'person':'$li'", PROBLEM_PERSON_NOT_MERGED, "person"},
    {NULL, "offer_custody",
     "'person':'$li','from':'110101001002','to':'110101001001'",
     PROBLEM_IN_OTHER_CUSTODY, "from"},
    {NULL, "offer_custody",
     "'person':'$li','from':'110101001001','to':'110101001001'",
     PROBLEM_HANDOVER_TO_SELF, "to"},
    {NULL, "offer_custody",
     "'person':'$li','from':'110101001001','to':'110101001002'",
     PROBLEM_HANDOVER_PENDING, "person"},
    {NULL, "accept_custody", "'offer':'9999'", PROBLEM_UNKNOWN_HANDOVER, "offer"},
    {NULL, "end_custody", "'person':'$zhao'", PROBLEM_NOT_FOUND, "person"},
    {"zhao", "end_custody", "'person':'$li'", PROBLEM_NO_RIGHT, NULL},
    {NULL, "merge_units", "'unit':'110101001001001','units':[]", PROBLEM_TEXT_EMPTY, "units"},
    {NULL, "merge_units",
     "'unit':'110101001001001','units':['110101001001001']",
     PROBLEM_WITHIN_ITSELF, "units"},
    {NULL, "merge_units",
     "'unit':'110101001001001','units':['110101001002']",
     PROBLEM_OTHER_UNIT_TYPE, "units"},
    {NULL, "merge_units",
     "'unit':'110101001001','units':['110101001002','9999']",
     PROBLEM_UNKNOWN_UNIT, "units[1]"},
    {"wang", "merge_units",
     "'unit':'110101001001001','units':['110101001001002']",
     PROBLEM_NO_RIGHT, NULL},
    {NULL, "merge_units",
     "'unit':'110101001001001','units':['110101001001002'],'version':99",
     PROBLEM_STALE_VERSION, "version"},
    {NULL, "split_unit", "'unit':'110101001001','into':[]", PROBLEM_TEXT_EMPTY, "into"},
    {NULL, "split_unit", "'unit':'11','into':[{'name':'x'}]", PROBLEM_WITHIN_ITSELF, "unit"},
    {NULL, "split_unit", "'unit':'110101001001','into':[1]", PROBLEM_WRONG_TYPE, "into[0]"},
    {NULL, "split_unit", "'unit':'110101001001','into':[{}]", PROBLEM_MISSING_FIELD, "into[0].name"},
    {NULL, "split_unit",
     "'unit':'110101001001','into':[{'name':'x','unit':[]}]",
     PROBLEM_UNKNOWN_FIELD, "into[0].unit"},
    {NULL, "split_unit",
     "'unit':'110101001001','into':[{'name':'x','units':['110101001002']}]",
     PROBLEM_NOT_IN_UNIT, "into[0].units[0]"},
    {NULL, "split_unit",
     "'unit':'110101001001001','into':[{'name':'x','households':['9999']}]",
     PROBLEM_NOT_IN_UNIT, "into[0].households[0]"},
    {NULL, "split_unit",
     "'unit':'110101001001001','into':[{'name':'x','matters':['x']}]",
     PROBLEM_NOT_IN_UNIT, "into[0].matters[0]"},
    {NULL, "split_unit",
     "'unit':'110101001001','into':[{'name':'x','units':['110101001001001']},"
     "{'name':'y','units':['110101001001001']}]",
     PROBLEM_PLACED_TWICE, "into[1].units[0]"},
    {NULL, "split_unit",
     "'unit':'110101001001','into':[{'name':'x','rest':true},{'name':'y','rest':true}]",
     PROBLEM_PLACED_TWICE, "into[1].rest"},
    {NULL, "split_unit",
     "'unit':'110101001001','into':[{'name':'x','rest':true}],'keep':true",
     PROBLEM_PLACED_TWICE, "into[0].rest"},
    {NULL, "split_unit",
     "'unit':'110101001001','into':[{'name':'x','units':['110101001001001']},{'name':'y'}]",
     PROBLEM_NOT_PLACED, "into"},
    {NULL, "split_unit",
     "'unit':'110101001001','into':[{'name':'x','code':'110101','rest':true}]",
     PROBLEM_CODE_TAKEN, "into[0].code"},
    {"wang", "split_unit", "'unit':'110101001001001','into':[{'name':'x','rest':true}]", PROBLEM_NO_RIGHT, NULL},
    {"zhao", "accept_handover", "'handover':'9999'", PROBLEM_UNKNOWN_HANDOVER, "handover"},
    {"zhao", "accept_handover", "'handover':'$done'", PROBLEM_HANDOVER_DECIDED, "handover"},
    {"li", "accept_handover", "'handover':'$offer'", PROBLEM_UNKNOWN_HANDOVER, "handover"},
    {"zhao", "refuse_handover", "'handover':'$offer'", PROBLEM_REASON_NEEDED, "reason"},
    {"li", "refuse_handover", "'handover':'$offer','reason':'x'", PROBLEM_UNKNOWN_HANDOVER, "handover"},
    {"zhao", "withdraw_handover", "'handover':'$offer'", PROBLEM_NO_RIGHT, NULL},
    {"wang", "withdraw_handover", "'handover':'$done'", PROBLEM_HANDOVER_DECIDED, "handover"},
};

static const struct { const char *as, *keep, *command, *members; } given[] = {
    {NULL, "w", "appoint",
     "'person':'$wang','role':'grid_worker','grounds':['110101001001001'],'from':'2020-01-10T00:00:00+08:00'"},
    {NULL, "l", "appoint",
     "'person':'$li','role':'grid_worker','grounds':['110101001001002'],'from':'2020-01-10T00:00:00+08:00'"},
    {NULL, "z", "appoint",
     "'person':'$zhao','role':'grid_worker','grounds':['110101001001003'],'from':'2020-01-10T00:00:00+08:00'"},
    {NULL, NULL, "end_post", "'post_id':'$z','to':'2020-01-20T00:00:00+08:00'"},
    {NULL, NULL, "erase_person", "'person':'$chen'"},
    {NULL, NULL, "create_unit",
     "'parent':'110105','type':'subdistrict','code':'110105002','name':'旧街道','date':'2020-01-01'"},
    {NULL, NULL, "close_unit", "'unit':'110105002','date':'2020-01-15'"},
    {NULL, "home", "move_in", "'persons':['$li'],'unit':'110101001001001','from':'2020-01-10T00:00:00+08:00'"},
    {NULL, "custody", "offer_custody", "'person':'$li','from':'110101001001','to':'110101001002'"},
    {"wang", "done", "hand_over_post", "'from_post':'$w','mode':'post','to_person':'$zhao','reason':'发烧'"},
    {"zhao", NULL, "refuse_handover", "'handover':'$done','reason':'也发烧'"},
    {"wang", "offer", "hand_over_post", "'from_post':'$w','mode':'post','to_person':'$zhao','reason':'发烧'"},
};
/* clang-format on */

static bool first_grid_is_busy(struct db *rows, int64_t unit, int64_t *out_count)
{
    struct unit found;
    *out_count = 3;
    return registry_unit(rows, unit, &found) && strcmp(found.code, "110101001001001") == 0;
}

static GArray *none_open(struct db *rows, int64_t unit)
{
    return g_array_new(FALSE, FALSE, sizeof(struct registry_matter));
}

static void move_none(struct decision *decision, int64_t from, int64_t to, const GArray *matters, bool offers)
{
}

/* Whoever has held a post. */
static bool holders_are_held(struct db *rows, struct vault *vault, int64_t person, char **out_reason)
{
    int64_t post = 0;
    *out_reason = g_strdup("appeal");
    return db_integer(rows, &post, "SELECT id FROM post WHERE person = ?1", "i", person);
}

static bool end_none(struct decision *decision, int64_t unit)
{
    return true;
}

static const struct registry_matters first_grid_has_some = {.unit_is_busy = first_grid_is_busy,
                                                            .open_in = none_open,
                                                            .move = move_none,
                                                            .person_is_held = holders_are_held,
                                                            .end_standing = end_none};

static char *json_of(const char *command, const char *members)
{
    return g_strdup_printf("{'command':'%s'%s%s}", command, *members != '\0' ? "," : "", members);
}

static struct city *refusing; /* for all cases: what is refused changes nothing */

static void is_refused(gconstpointer data)
{
    const struct row *row = data;
    if (refusing == NULL) {
        refusing = city_new();
        refusing->harness->areas->hooks.matters = &first_grid_has_some;
        for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
            g_autofree char *json = json_of(given[i].command, given[i].members);
            city_do(refusing, given[i].as, given[i].keep, json);
        }
    }
    g_autofree char *json = json_of(row->command, row->members);
    city_refuse(refusing, row->as, json, row->code, row->field);
}

static void add_cases(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path =
            g_strdup_printf("/registry/problems/%s/%zu-%s", cases[i].command, i, problem_texts[cases[i].code].name);
        g_test_add_data_func(path, &cases[i], is_refused);
    }
}

static void every_code_has_a_case(void)
{
    bool seen[PROBLEM_COUNT] = {false};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        seen[cases[i].code] = true;
    seen[PROBLEM_BOUNCE_CAP_REACHED] = seen[PROBLEM_SUBJECT_ELSEWHERE] = true; /* of matters */
    for (enum problem_code code = PROBLEM_UNKNOWN_UNIT; code <= PROBLEM_PERSON_LIKELY; code++)
        if (!seen[code])
            g_error("no row provokes %s", problem_texts[code].name);
}

static void without_a_playbook_nothing_is_made(void)
{
    static const struct area *const areas[] = {&registry_area, NULL};
    AUTO(harness) struct harness *harness = harness_new(areas);
    static const char *const commands[] = {
        "{'command':'create_unit','type':'city','name':'北京市'}",
        "{'command':'create_units','units':[]}",
        "{'command':'import_divisions','date':'2020-01-01','rows':[]}",
        "{'command':'appoint','person':'1','role':'grid_worker','grounds':[]}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        harness_refused(harness, ORIGIN_OPERATOR, 0, commands[i], PROBLEM_NO_PLAYBOOK, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_cases();
    g_test_add_func("/registry/problems/every-code", every_code_has_a_case);
    g_test_add_func("/registry/problems/no-playbook", without_a_playbook_nothing_is_made);
    int code = g_test_run();
    if (refusing != NULL)
        city_free(refusing);
    return code;
}
