/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/decide.h"
#include "matter/commands/reform.h"
#include "matter/matter.h"
#include "matter/rows/describe.h"
#include "matter/rows/events.h"

extern const char matter_schema[];

#define MEMBERS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
MEMBERS(open_members, "kind", "unit", "subject", "subject_post", "form", "parent", "household", "participants");
MEMBERS(enter_members, "matter", "entry", "fields", "attempt", "word_of", "channel", "proxy", "participant", "line");
MEMBERS(round_members, "entry", "rows", "word_of", "channel");
MEMBERS(correct_members, "matter", "number", "fields", "reason");
MEMBERS(excuse_members, "expectations", "under", "from", "to", "kind", "name", "reason");
MEMBERS(link_members, "matter", "other", "relation");
MEMBERS(merge_members, "matter", "into", "reason");
MEMBERS(link_person_members, "matter", "person", "relation");
MEMBERS(unlink_members, "matter", "other", "reason");
MEMBERS(unlink_person_members, "matter", "person", "reason");
MEMBERS(one_members, "matter");
MEMBERS(decline_members, "matter", "reason");
MEMBERS(hand_over_members, "matter", "to", "reason");
MEMBERS(letter_members, "matter", "offer", "accepted", "no_show");
MEMBERS(mirror_members, "matter", "system", "number", "due", "state", "closed");
MEMBERS(hold_members, "matter", "reason");
MEMBERS(see_members, "matter");
MEMBERS(rebase_members, "kind", "unit", "matter", "skip");
MEMBERS(attach_members, "matter", "hash", "type", "bytes");
MEMBERS(tick_members, "now_us");

/* clang-format off */
static const struct command_kind commands[] = {
    {.name = "open_matter", .decide = decide_open_matter, .members = open_members,
     .zh = "立项：新建一件事项，或提请立项", .en = "Open a matter, or propose it"},
    {.name = "confirm_matter", .decide = decide_confirm_matter, .members = one_members,
     .zh = "确认提请的事项", .en = "Confirm a proposed matter"},
    {.name = "decline_matter", .decide = decide_decline_matter, .members = decline_members,
     .zh = "不采纳提请的事项", .en = "Decline a proposed matter"},
    {.name = "enter", .decide = decide_enter, .members = enter_members,
     .zh = "在事项中登记一条记录，或一次未成的尝试", .en = "Enter a fact, or an attempt, into a matter"},
    {.name = "enter_round", .decide = decide_enter_round, .members = round_members,
     .zh = "按户一次登记，全部成功或全部不成", .en = "Enter for a whole household at once, all or none"},
    {.name = "correct_entry", .decide = decide_correct_entry, .members = correct_members,
     .zh = "以新记录更正旧记录，旧记录保留", .en = "Correct an entry by a later one; the earlier one stays"},
    {.name = "excuse", .decide = decide_excuse, .members = excuse_members,
     .zh = "免责：注明原因，免去逾期或漏报", .en = "Excuse what was missed or is overdue, with the reason"},
    {.name = "link_matters", .decide = decide_link_matters, .members = link_members,
     .zh = "关联两件事项", .en = "Link two matters"},
    {.name = "link_person", .decide = decide_link_person, .members = link_person_members,
     .zh = "在事项中登记有关人员", .en = "Link a person to a matter"},
    {.name = "unlink_matters", .decide = decide_unlink_matters, .members = unlink_members,
     .zh = "解除两件事项的关联，注明事由", .en = "Undo the links between two matters, with the reason"},
    {.name = "unlink_person", .decide = decide_unlink_person, .members = unlink_person_members,
     .zh = "撤销事项中登记的有关人员，注明事由", .en = "Undo the links of a matter with a person, with the reason"},
    {.name = "merge_matters", .decide = decide_merge_matters, .members = merge_members,
     .zh = "合并重复的事项，注明事由", .en = "Merge a duplicate into another matter, with the reason"},
    {.name = "unmerge_matters", .decide = decide_unmerge_matters, .members = decline_members,
     .zh = "撤销事项合并", .en = "They are two matters after all"},
    {.name = "hand_over_matter", .decide = decide_hand_over_matter, .members = hand_over_members,
     .zh = "移交事项，接收前仍由移交方负责", .en = "Offer a matter to another unit, which may accept it"},
    {.name = "accept_matter", .decide = decide_accept_matter, .members = one_members,
     .zh = "接收移交的事项", .en = "Accept a matter that was offered"},
    {.name = "refuse_matter", .decide = decide_refuse_matter, .members = decline_members,
     .zh = "拒绝移交的事项", .en = "Refuse a matter that was offered"},
    {.name = "mirror", .decide = decide_mirror, .members = mirror_members,
     .zh = "登记外部系统对同一事项的编号、时限和状态",
     .en = "What another system says of a matter: number, due time, state"},
    {.name = "hold_matter", .decide = decide_hold_matter, .members = hold_members,
     .zh = "暂缓删除：注明事由，证据得以保留", .en = "Hold the erasure of a matter up, with the reason"},
    {.name = "release_matter", .decide = decide_release_matter, .members = hold_members,
     .zh = "解除暂缓删除", .en = "Release such a hold: what is due is erased"},
    {.name = "rebase_matters", .decide = decide_rebase_matters, .members = rebase_members,
     .zh = "未结事项改用现行版本，分批进行", .en = "Running matters go over to the rules in force, bite by bite"},
    {.name = "receive_offer", .decide = decide_receive_offer, .members = letter_members, .by_clock = true,
     .zh = "收到别处移交的事项（内部）", .en = "An offer from another stream arrives (internal)"},
    {.name = "settle_offer", .decide = decide_settle_offer, .members = letter_members, .by_clock = true,
     .zh = "收到移交的答复（内部）", .en = "The answer to an offer arrives (internal)"},
    {.name = "see_matter", .decide = decide_see_matter, .members = see_members, .by_clock = true,
     .zh = "已阅：参与单位的值守人员打开了事项（内部）",
     .en = "Somebody who answers for a participant has opened the matter (internal)"},
    {.name = "attach_file", .decide = decide_attach_file, .members = attach_members, .by_clock = true,
     .zh = "上传附件（内部）", .en = "A file has been uploaded for a matter (internal)"},
    {.name = "tick", .decide = decide_tick, .members = tick_members, .by_clock = true,
     .zh = "到时处理（内部）", .en = "What is due by now (internal)"},
    {NULL},
};

/* clang-format on */

const struct area matter_area = {
    .name = "matter",
    .schema = matter_schema,
    .projection = 19,
    .commands = commands,
    .events = matter_events,
    .follows = matter_follows,
    .hooks = {.tick = "tick",
              .next_due_us = matter_next_due_us,
              .lapses = matter_lapses,
              .describe = matter_describe,
              .keeps_file = matter_keeps_file,
              .dead_files = matter_dead_files,
              .matters = &reform_matters},
};
