/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/decide.h"
#include "matter/commands/follow.h"
#include "matter/commands/post_end.h"
#include "matter/commands/reorganise.h"
#include "matter/entry/cascade.h"
#include "matter/matter.h"
#include "matter/rows/apply.h"
#include "matter/rows/describe.h"
#include "matter/rows/events.h"
#include "matter/tally.h"
#include "registry/staffing.h"

extern const char matter_schema[];

static const struct event_follower follows[] = {
    {"playbook_adopted", apply_watch_for},
    {"unit_created", apply_unit_came, follow_unit_created},
    {"unit_changed", NULL, follow_unit_changed},
    {"unit_closed", NULL, follow_unit_closed},
    {"post_handed_over", NULL, follow_post_handed_over},
    {"handover_withdrawn", NULL, follow_handover_withdrawn},
    {"post_appointed", NULL, follow_post_appointed},
    {"grounds_changed", NULL, follow_grounds_changed},
    {"post_ended", NULL, follow_post_ended},
    {"roster_set", NULL, follow_roster_set},
    {"person_erased", NULL, follow_person_erased},
    {NULL},
};

#define MEMBERS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
MEMBERS(post_members, "ended_post");
MEMBERS(open_members, "kind", "unit", "subject", "subject_post", "form", "parent", "household", "participants");
MEMBERS(enter_members, "matter", "entry", "fields", "attempt", "word_of", "channel", "proxy", "participant", "line");
MEMBERS(round_members, "entry", "rows", "word_of", "channel");
MEMBERS(correct_members, "matter", "number", "fields", "reason");
MEMBERS(excuse_members, "expectations", "under", "from", "to", "kind", "name", "reason");
MEMBERS(claim_members, "matter", "number", "until");
MEMBERS(give_back_members, "matter", "number");
MEMBERS(link_members, "matter", "other", "relation");
MEMBERS(merge_members, "matter", "into", "reason");
MEMBERS(link_person_members, "matter", "person", "relation");
MEMBERS(unlink_members, "matter", "other", "reason");
MEMBERS(unlink_person_members, "matter", "person", "reason");
MEMBERS(one_members, "matter");
MEMBERS(decline_members, "matter", "reason");
MEMBERS(hand_over_members, "matter", "to", "reason");
MEMBERS(follow_members, "body");
MEMBERS(erase_members, "person");
MEMBERS(move_members, "from", "to", "m", "offers");
MEMBERS(act_members, "matter", "entry", "fields", "reason", "depth", "own", "post", "attempt", "word_of", "channel",
        "proxy", "participant", "line");
MEMBERS(part_members, "matter", "other", "post");
MEMBERS(excuse_there_members, "matter", "number", "post");
MEMBERS(give_link_members, "matter", "purpose", "hours");
MEMBERS(end_link_members, "matter", "link");
MEMBERS(mirror_members, "matter", "system", "number", "due", "state", "closed");
MEMBERS(hold_members, "matter", "reason");
MEMBERS(see_members, "matter");
MEMBERS(rebase_members, "kind", "unit", "matter", "skip");
MEMBERS(attach_members, "matter", "hash", "type", "bytes");
MEMBERS(tick_members, "now_us", "until_us");

/* clang-format off */
static const struct command_kind commands[] = {
    {.name = "open_matter", .decide = decide_open_matter, .members = open_members,
     .zh = "立项：新建一件事项，或提请立项", .en = "Open a matter, or propose it"},
    {.name = "confirm_matter", .decide = decide_confirm_matter, .members = one_members,
     .zh = "确认提请的事项", .en = "Confirm a proposed matter"},
    {.name = "decline_matter", .decide = decide_decline_matter, .members = decline_members,
     .zh = "不采纳提请的事项", .en = "Decline a proposed matter"},
    {.name = "enter", .decide = decide_enter, .members = enter_members,
     .zh = "在事项中登记一条记录，或一次未成的尝试", .en = "Make an entry in a matter, or note an attempt"},
    {.name = "enter_round", .decide = decide_enter_round, .members = round_members,
     .zh = "按户一次登记，全部成功或全部不成", .en = "Make entries for a whole household at once, all or none"},
    {.name = "correct_entry", .decide = decide_correct_entry, .members = correct_members,
     .zh = "以新记录更正旧记录，旧记录保留", .en = "Correct an entry by a later one; the earlier one stays"},
    {.name = "excuse", .decide = decide_excuse, .members = excuse_members,
     .zh = "免责：注明原因，免去逾期或漏报", .en = "Excuse what was missed or is overdue, with the reason"},
    {.name = "claim", .decide = decide_claim, .members = claim_members,
     .zh = "领办：同岗多人时，由我来办这条待办", .en = "Take an expectation, where several are in the role"},
    {.name = "give_back", .decide = decide_give_back, .members = give_back_members,
     .zh = "退回领办的待办，同岗人员均可再领", .en = "Give it back, for any of them to take"},
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
     .zh = "撤销事项合并", .en = "Undo the merge of two matters"},
    {.name = "hand_over_matter", .decide = decide_hand_over_matter, .members = hand_over_members,
     .zh = "移交事项，接收前仍由移交方负责", .en = "Offer a matter to another unit, which may accept it"},
    {.name = "accept_matter", .decide = decide_accept_matter, .members = one_members,
     .zh = "接收移交的事项", .en = "Accept a matter that was offered"},
    {.name = "refuse_matter", .decide = decide_refuse_matter, .members = decline_members,
     .zh = "拒绝移交的事项", .en = "Refuse a matter that was offered"},
    {.name = "give_resident_link", .decide = decide_give_resident_link, .members = give_link_members,
     .zh = "给本人一个链接，用来自行填报，或查看自己的记录",
     .en = "Give the person whom it is about a link, to report by it or to read the own record"},
    {.name = "end_resident_link", .decide = decide_end_resident_link, .members = end_link_members,
     .zh = "停用给本人的链接", .en = "End such a link"},
    {.name = "mirror", .decide = decide_mirror, .members = mirror_members,
     .zh = "登记外部系统对同一事项的编号、时限和状态",
     .en = "Record another system's number, due time and state of a matter"},
    {.name = "hold_matter", .decide = decide_hold_matter, .members = hold_members,
     .zh = "暂缓删除：注明事由，证据得以保留", .en = "Put the erasure of a matter on hold, with the reason"},
    {.name = "release_matter", .decide = decide_release_matter, .members = hold_members,
     .zh = "解除暂缓删除", .en = "Release such a hold; the matter is erased if that is due"},
    {.name = "rebase_matters", .decide = decide_rebase_matters, .members = rebase_members,
     .zh = "未结事项改用现行版本，分批进行", .en = "Change running matters to the rules in force, batch by batch"},
    {.name = "follow_registry", .decide = decide_follow_registry, .members = follow_members, .by_clock = true,
     .zh = "单位或岗位变动涉及本流的事项（内部）",
     .en = "Units or posts that concern matters of this stream have changed (internal)"},
    {.name = "end_with_post", .decide = decide_end_with_post, .members = post_members, .by_clock = true,
     .zh = "岗位结束，关于它的事项随之转态（内部）",
     .en = "A post has ended: matters about it end their state with it (internal)"},
    {.name = "erase_subject", .decide = decide_erase_subject, .members = erase_members, .by_clock = true,
     .zh = "删除某人在本流事项中的信息（内部）",
     .en = "Data about a person is erased in matters of this stream (internal)"},
    {.name = "move_matters", .decide = decide_move_matters, .members = move_members, .by_clock = true,
     .zh = "本流的事项随单位变动转到新单位（内部）",
     .en = "Matters of this stream go to the unit that replaces theirs (internal)"},
    {.name = "end_standing_matters", .decide = decide_end_standing_matters, .by_clock = true,
     .zh = "单位撤销，其常设事项随之结束（内部）", .en = "A unit was closed: its standing matters end (internal)"},
    {.name = "act_in_matter", .decide = cascade_arrived, .members = act_members, .by_clock = true,
     .zh = "他流事项的记录在本事项中引起的操作（内部）",
     .en = "What an entry in a matter of another stream leads to here (internal)"},
    {.name = "excuse_expectation", .decide = decide_excuse_expectation, .members = excuse_there_members,
     .by_clock = true,
     .zh = "他流免责的待办在本流免责（内部）",
     .en = "What was excused from another stream is excused here (internal)"},
    {.name = "part_matters", .decide = decide_part_matters, .members = part_members, .by_clock = true,
     .zh = "他流解除的关联在本事项一方随之解除（内部）",
     .en = "A link was undone from another stream: this side of it is removed, too (internal)"},
    {.name = "see_matter", .decide = decide_see_matter, .members = see_members, .by_clock = true,
     .zh = "已阅：参与单位的值守人员打开了事项（内部）",
     .en = "A person responsible for a participant has opened the matter (internal)"},
    {.name = "attach_file", .decide = decide_attach_file, .members = attach_members, .by_clock = true,
     .zh = "上传附件（内部）", .en = "A file has been uploaded for a matter (internal)"},
    {.name = "tick", .decide = decide_tick, .members = tick_members, .by_clock = true,
     .zh = "到时处理（内部）", .en = "Handle what is due (internal)"},
    {NULL},
};

/* clang-format on */

static void settle(struct db *rows, struct rulebook *rulebook, int64_t now_us)
{
    const struct playbook *playbook = rulebook != NULL ? rulebook_current(rulebook) : NULL;
    matter_counts_settle(rows);
    tally_fold(rows, rulebook);
    if (playbook != NULL)
        registry_staffing_settle(rows, playbook, now_us, STAFFING_SETTLED_MOST);
}

const struct area matter_area = {
    .name = "matter",
    .schema = matter_schema,
    .projection = 27,
    .commands = commands,
    .events = matter_events,
    .follows = follows,
    .hooks = {.tick = "tick",
              .next_due_us = matter_next_due_us,
              .settle = settle,
              .recount = tally_recount_if_due,
              .lapses = matter_lapses,
              .describe = matter_describe,
              .keeps_file = matter_keeps_file,
              .dead_files = matter_dead_files,
              .matters = &reorganise_matters},
};
