/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events, all of version 1:
 *   playbook_adopted {name, version, files: [{name, text}]}   pos is the version id
 *   playbook_proposed {digest, name, version, role, until_us, widens, widens_count, files}   widens more than one
 *                    person may adopt; the actor has proposed it
 *   playbook_proposal_withdrawn {digest}
 *   letter_sent      {command, to, body}                      pos is the letter; `to` a unit id
 *   letter_arrived   {letter}                                 last event of the command that it became
 *   letter_refused   {letter, code, field?}                   the only event of a command that was refused
 *   loss_accepted    {what, reason}                           the operator went on without what was missing
 */
#include "engine/engine_area.h"

#include "engine/engine.h"
#include "engine/proposal.h"

extern const char engine_schema[];

static void apply_playbook_adopted(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT OR REPLACE INTO playbook (pos, name, version, adopted_us) VALUES (?1, ?2, ?3, ?4)", "isii",
           event->pos, json_get_text(body, "name", ""), json_get_integer(body, "version", 0), event->at_us);
    playbook_proposals_end(rows);
}

static void apply_letter_sent(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT OR REPLACE INTO letter (pos, to_unit, sent_us) VALUES (?1, ?2, ?3)", "iii", event->pos,
           json_get_integer(body, "to", 0), event->at_us);
}

static void apply_letter_ended(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "DELETE FROM letter WHERE pos = ?1", "i", json_get_integer(body, "letter", 0));
}

/* Rows tell nothing of it: it is there for whoever reads the journal. */
static void apply_nothing(struct db *rows, const struct event *event, const json_t *body)
{
}

static const char *const adopt_members[] = {"files", NULL};
static const char *const digest_members[] = {"digest", NULL};
static const char *const import_members[] = {"rows", NULL};
static const char *const loss_members[] = {"what", "reason", NULL};

static const struct command_kind commands[] = {
    {"adopt_playbook", decide_adopt_playbook, .zh = "启用预案版本", .en = "Put a version of the playbook in force",
     .members = adopt_members},
    {"confirm_playbook", decide_confirm_playbook, .zh = "确认他人提出的预案版本",
     .en = "Agree to a version that somebody of another role has proposed: it is put in force",
     .members = digest_members},
    {"withdraw_playbook", decide_withdraw_playbook, .zh = "撤回提出的预案版本",
     .en = "Take the proposal of a version back", .members = digest_members},
    {"import_rows", decide_import_rows, .by_clock = true, .zh = "导入表格中的若干行",
     .en = "Rows of a sheet, all or none", .members = import_members},
    {"accept_loss", decide_accept_loss, .by_clock = true, .zh = "记下丢失的事件，继续运行",
     .en = "Go on without events that are missing", .members = loss_members},
    {NULL},
};

static const struct event_kind events[] = {
    {"playbook_adopted", 1, apply_playbook_adopted, NULL},
    {"playbook_proposed", 1, apply_playbook_proposed, NULL},
    {"playbook_proposal_withdrawn", 1, apply_playbook_proposal_withdrawn, NULL},
    {"letter_sent", 1, apply_letter_sent, NULL},
    {"letter_arrived", 1, apply_letter_ended, NULL},
    {"letter_refused", 1, apply_letter_ended, NULL},
    {"loss_accepted", 1, apply_nothing, NULL},
    {NULL},
};

const struct area engine_area = {
    .name = "engine", .schema = engine_schema, .projection = 2, .commands = commands, .events = events};
