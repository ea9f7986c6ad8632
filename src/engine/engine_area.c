/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/engine_area.h"

#include "command/ids.h"
#include "engine/engine.h"
#include "engine/proposal.h"

extern const char engine_schema[];

static void apply_playbook_adopted(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT OR REPLACE INTO playbook (place, name, version, adopted_us) VALUES (?1, ?2, ?3, ?4)", "isii",
           event_place(event), json_get_text(body, "name", ""), json_get_integer(body, "version", 0), event->at_us);
    playbook_proposals_end(rows);
}

static void apply_letter_sent(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t place = event_place(event);
    db_run(rows, "INSERT OR IGNORE INTO letter (place, to_unit, sent_us, ended) VALUES (?1, ?2, ?3, 0)", "iii", place,
           json_get_integer(body, "to", 0), event->at_us);
    db_run(rows, "DELETE FROM letter WHERE place = ?1 AND ended = 1", "i", place);
}

static void apply_letter_ended(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t place = json_get_integer(body, "letter", 0);
    db_run(rows, "INSERT OR IGNORE INTO letter (place, to_unit, sent_us, ended) VALUES (?1, 0, 0, 1)", "i", place);
    db_run(rows, "DELETE FROM letter WHERE place = ?1 AND ended = 0", "i", place);
}

/* Changes no row: the event is for readers of the journal. */
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
     .en = "Confirm a version proposed by a person in another role, and put it in force", .members = digest_members},
    {"withdraw_playbook", decide_withdraw_playbook, .zh = "撤回提出的预案版本",
     .en = "Withdraw the proposal of a version", .members = digest_members},
    {"import_rows", decide_import_rows, .by_clock = true, .zh = "导入表格中的若干行",
     .en = "Import rows of a sheet, all or none", .members = import_members},
    {"accept_loss", decide_accept_loss, .by_clock = true, .zh = "记下丢失的事件，继续运行",
     .en = "Go on without events that are missing", .members = loss_members},
    {NULL},
};

/* clang-format off */
#define FILES  {"files", "files", MEMBER_LIST, "{name, text} of each", .of = MEMBER_OBJECT}
#define DIGEST {"digest", "digest", MEMBER_TEXT, "of its files, in hexadecimal"}
#define LETTER {"letter", "letter", MEMBER_ID, "the event that sent it"}
#define MEMBERS(name, ...) static const struct event_member name[] = {__VA_ARGS__, {NULL}}

MEMBERS(of_adoption,
        {"name", "name", MEMBER_TEXT, "of the playbook"},
        {"version", "playbook_version", MEMBER_INTEGER, "as numbered by its author"}, FILES);
MEMBERS(of_proposal, DIGEST,
        {"name", "name", MEMBER_TEXT, "of the playbook"},
        {"version", "playbook_version", MEMBER_INTEGER, "as numbered by its author"},
        {"role", "role", MEMBER_TEXT, "the role in which the actor has proposed it"},
        {"until_us", "until", MEMBER_TIME, "until when another person may confirm it"},
        {"widens", "widens", MEMBER_LIST, "what it allows that the version in force does not; the first of them",
         .of = MEMBER_TEXT},
        {"widens_count", "widens_count", MEMBER_INTEGER, "how many these are"}, FILES);
MEMBERS(of_withdrawal, DIGEST);
MEMBERS(of_letter,
        {"command", "command", MEMBER_TEXT, "to be executed there"},
        {"to", "to_unit", MEMBER_ID, "the unit to whose stream it goes"},
        {"body", "body", MEMBER_OBJECT, "of the command"});
MEMBERS(of_arrival, LETTER,
        {"code", "code", MEMBER_TEXT, "why it was refused", .maybe = true},
        {"field", "field", MEMBER_TEXT, "which member of the command is wrong", .maybe = true});
MEMBERS(of_loss,
        {"what", "what", MEMBER_TEXT, "what is missing"},
        {"reason", "reason", MEMBER_TEXT, "why the operator goes on"});

static const struct event_sealed of_letter_sealed[] = {
    {"content", "its part about a person, under the key of the matter there"}, {NULL}};

static const struct event_kind events[] = {
    {"playbook_adopted", 1, apply_playbook_adopted, STREAM_OF_ROOT, "A version of the playbook is in force",
     of_adoption, .everywhere = true},
    {"playbook_proposed", 1, apply_playbook_proposed, STREAM_OF_ROOT,
     "A version that gives more rights was proposed, for another person to confirm", of_proposal, .everywhere = true},
    {"playbook_proposal_withdrawn", 1, apply_playbook_proposal_withdrawn, STREAM_OF_ROOT, "The proposal was withdrawn",
     of_withdrawal, .everywhere = true},
    {"letter_sent", 1, apply_letter_sent, STREAM_OF_UNIT, "A command was sent to another stream", of_letter,
     .sealed = of_letter_sealed, .everywhere = true},
    {"letter_arrived", 1, apply_letter_ended, STREAM_OF_UNIT, "The command was accepted there: its last event",
     of_arrival},
    {"letter_refused", 1, apply_letter_ended, STREAM_OF_UNIT, "The command was refused there: its only event",
     of_arrival},
    {"loss_accepted", 1, apply_nothing, STREAM_OF_ROOT, "The operator went on without missing events", of_loss},
    {NULL},
};
/* clang-format on */

const struct area engine_area = {
    .name = "engine", .schema = engine_schema, .projection = 4, .commands = commands, .events = events};
