/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/registry.h"

#include "registry/decide.h"
#include "registry/events.h"

extern const char registry_schema[]; /* schema.sql, embedded */

#define MEMBERS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* clang-format off */
/* Sorted by subject: units, persons, households, posts, hand-overs. */
static const struct command_kind commands[] = {
    {"create_unit", decide_create_unit, false, "设立单位", "Create a unit",
        MEMBERS("parent", "type", "code", "name", "date")},
    {"create_units", decide_create_units, false, "批量设立单位", "Create many units",
        MEMBERS("units", "date")},
    {"rename_unit", decide_rename_unit, false, "单位更名", "Rename a unit",
        MEMBERS("unit", "name", "date")},
    {"recode_unit", decide_recode_unit, false, "变更单位代码", "Give a unit another code",
        MEMBERS("unit", "code", "date")},
    {"move_unit", decide_move_unit, false, "变更单位隶属", "Move a unit under another one",
        MEMBERS("unit", "parent", "date")},
    {"close_unit", decide_close_unit, false, "撤销单位", "Close a unit",
        MEMBERS("unit", "date")},
    {"merge_units", decide_merge_units, false, "合并单位", "Merge units into another one",
        MEMBERS("unit", "units")},
    {"split_unit", decide_split_unit, false, "拆分单位", "Split a unit into new ones",
        MEMBERS("unit", "into", "keep")},
    {"import_divisions", decide_import_divisions, false, "导入行政区划", "Import divisions",
        MEMBERS("date", "rows")},
    {"register_person", decide_register_person, false, "登记人员", "Register a person",
        MEMBERS("name", "id_type", "id_number", "phone", "unit", "is_new")},
    {"change_person", decide_change_person, false, "更正人员信息", "Change a person's data",
        MEMBERS("person", "name", "id_type", "id_number", "phone")},
    {"erase_person", decide_erase_person, false, "删除人员信息：一人提出，另一人确认",
        "Erase a person's data: one person proposes it, a second one confirms", MEMBERS("person")},
    {"withdraw_erasure", decide_withdraw_erasure, false, "撤回删除人员信息的提议",
        "Withdraw the proposal to erase a person", MEMBERS("person")},
    {"merge_persons", decide_merge_persons, false, "合并重复登记的人员", "Merge two registrations of one person",
        MEMBERS("person", "other")},
    {"unmerge_persons", decide_unmerge_persons, false, "撤销人员合并", "Undo a merge of registrations",
        MEMBERS("person")},
    {"offer_custody", decide_offer_custody, false, "提出人员责任交接",
     "Offer the responsibility for a person to another unit",
        MEMBERS("person", "from", "to")},
    {"accept_custody", decide_accept_custody, false, "接收人员责任", "Accept the responsibility for a person",
        MEMBERS("offer")},
    {"refuse_custody", decide_refuse_custody, false, "拒绝人员责任交接", "Refuse the responsibility for a person",
        MEMBERS("offer")},
    {"withdraw_custody", decide_withdraw_custody, false, "撤回人员责任交接", "Withdraw such an offer",
        MEMBERS("offer")},
    {"end_custody", decide_end_custody, false, "解除人员责任", "End the responsibility for a person",
        MEMBERS("person")},
    {"move_in", decide_move_in, false, "登记居住", "Record that persons move into a household",
        MEMBERS("persons", "unit", "dwelling", "household", "from")},
    {"move_out", decide_move_out, false, "登记搬离", "Record that a person moves out",
        MEMBERS("person", "to")},
    {"accept_move", decide_accept_move, false, "同意迁居", "Agree that a person moves to an offered home",
        MEMBERS("offer")},
    {"refuse_move", decide_refuse_move, false, "不同意迁居", "Refuse such a move",
        MEMBERS("offer")},
    {"withdraw_move", decide_withdraw_move, false, "撤回迁居请求", "Withdraw the offer of a home",
        MEMBERS("offer")},
    {"appoint", decide_appoint, false, "任职", "Appoint a person to a post",
        MEMBERS("person", "role", "seat", "grounds", "from", "to", "deputy_of")},
    {"end_post", decide_end_post, false, "免职", "End a post",
        MEMBERS("post_id", "to")},
    {"change_grounds", decide_change_grounds, false, "调整责任区", "Change what a post covers",
        MEMBERS("post_id", "grounds", "from")},
    {"set_roster", decide_set_roster, false, "排班", "Set a post's shifts",
        MEMBERS("post_id", "shifts", "weekly", "first", "last")},
    {"hand_over_post", decide_hand_over_post, false, "提出交接", "Offer a shift or a post",
        MEMBERS("from_post", "mode", "to_post", "to_person", "grounds", "until", "reason")},
    {"accept_handover", decide_accept_handover, false, "接收交接", "Accept a hand-over",
        MEMBERS("handover")},
    {"refuse_handover", decide_refuse_handover, false, "拒绝交接", "Refuse a hand-over",
        MEMBERS("handover", "reason")},
    {"withdraw_handover", decide_withdraw_handover, false, "撤回交接", "Withdraw a hand-over",
        MEMBERS("handover")},
    {0},
};
/* clang-format on */

const struct area registry_area = {
    .name = "registry",
    .schema = registry_schema,
    .projection = 10,
    .commands = commands,
    .events = registry_events,
    .everywhere = true,
    .hooks = {.reconcile = registry_reconcile},
};
