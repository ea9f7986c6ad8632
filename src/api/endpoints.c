/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/endpoint.h"

#include "api/attachments.h"
#include "api/boards.h"
#include "api/clauses.h"
#include "api/counts.h"
#include "api/demo.h"
#include "api/directory.h"
#include "api/documents.h"
#include "api/indicators.h"
#include "api/issued.h"
#include "api/records.h"
#include "api/shares.h"
#include "api/snapshot.h"
#include "api/live.h"
#include "api/matters.h"
#include "api/participants.h"
#include "api/phone_list.h"
#include "api/pressing.h"
#include "api/rebase.h"
#include "api/resident.h"
#include "api/sessions.h"
#include "api/sheets.h"
#include "api/submit.h"
#include "api/system.h"
#include "api/tasks.h"
#include "base/limits.h"

#include <string.h>

#define PAGE_PARAMS                                                                                                    \
    {"limit", "每页行数，1 至 200", "rows per page, 1 to 200"},                                                        \
    {                                                                                                                  \
        "cursor", "上一页给出的 next", "`next` of the previous page"                                                   \
    }

static const struct query_param findings_query[] = {
    {"from", "报告从第几处起（上一页的 next）", "the first finding of the report: `next` of the previous page"}, {0}};
static const struct query_param page_query[] = {PAGE_PARAMS, {0}};
static const struct query_param unit_query[] = {
    {"q", "名称中的文字", "text in the name"},
    {"code", "代码", "a code"},
    {"under", "上级单位的代码；没有 q 和 type 时只列其直属单位",
     "code of the unit above; without q and type: units right below it"},
    {"type", "单位类型，不论隔几级", "unit type, at whatever depth"},
    {"at", "与 code 同用：当日该代码所指的单位", "with code: the unit that it meant then, a date or time"},
    PAGE_PARAMS,
    {0},
};
static const struct query_param at_query[] = {{"at", "日期或时间", "a date or time"}, {0}};
static const struct query_param fact_query[] = {{"fact", "哪一项数据", "which fact"}, PAGE_PARAMS, {0}};
static const struct query_param gap_query[] = {PAGE_PARAMS, {0}};
static const struct query_param at_page_query[] = {{"at", "日期或时间", "a date or time"}, PAGE_PARAMS, {0}};
static const struct query_param matter_query[] = {
    {"kind", "事项种类", "kind"},
    {"state", "状态", "state"},
    {"q", "公开字段中的文字", "text in a field that is not about a person"},
    {"under", "单位代码，含下级", "code of a unit; includes the units below it"},
    {"open", "true 未办结，false 已办结", "true open, false closed"},
    {"subject", "对象的编号", "id of the subject"},
    {"external", "外部系统:编号", "SYSTEM:NUMBER, its number in another system"},
    {"opened_from", "开始时间", "opened at or after"},
    {"opened_to", "截止时间", "opened before"},
    {"field", "列表栏:值，按该栏的类型读取", "COLUMN:VALUE, a field with `list` of the kind; read as its type"},
    {"sort", "due：先到期的在前", "due: what is due first comes first"},
    PAGE_PARAMS,
    {0},
};
static const struct query_param phone_query[] = {
    {"unit", "单位代码，含下级", "code of a unit; includes the units below it"},
    PAGE_PARAMS,
    {0},
};
static const struct query_param participant_query[] = {
    {"set", "参与方", "the participant set"},
    {"q", "名称中的文字，或单位代码的开头", "text in the name, or how the code of a unit begins"},
    {"state", "状态", "their state"},
    {"seen", "true 已阅，false 未阅", "true those who have seen it, false those who have not"},
    {"open", "待办名称", "those for whom this expectation is open"},
    PAGE_PARAMS,
    {0},
};
static const struct query_param pressing_query[] = {
    {"under", "单位代码，含下级", "code of a unit; includes the units below it"},
    {"open", "true：只列未结束的", "true: only what has not ended is listed"},
    {"overdue", "true 已逾期（默认），false 已预警、尚未逾期",
     "true overdue (the default), false warned of, not yet overdue"},
    {"by", "按 post、unit（直属下级单位）或 name 汇总", "grouped by post, unit (right below) or name"},
    {"sort", "next_escalation", "next_escalation"},
    {"kind", "事项种类", "kind of matter"},
    {"name", "应办事项名称", "name of the expectation"},
    {"post", "岗位；none 无人负责", "a post; none: nobody answers"},
    PAGE_PARAMS,
    {0},
};
static const struct query_param audience_query[] = {
    {"set", "参与方", "the participant set"}, {"under", "单位代码", "code of a unit"}, {0}};
static const struct query_param participants_below_query[] = {
    {"set", "参与方", "the participant set"}, {"under", "单位代码", "code of a unit"}, PAGE_PARAMS, {0}};
static const struct query_param events_query[] = {
    {"after", "最近一次提示的编号；有 Last-Event-ID 时以其为准",
     "id of the newest hint that the page has, where it cannot send Last-Event-ID, which comes first"},
    {0},
};
static const struct query_param counts_query[] = {{"unit", "单位代码", "code of the unit"}, {0}};
static const struct query_param counts_below_query[] = {{"unit", "单位代码", "code of the unit"}, PAGE_PARAMS, {0}};
static const struct query_param indicator_query[] = {
    {"unit", "单位代码", "code of the unit"},
    {"from", "开始日期", "first day"},
    {"to", "截止日期", "last day"},
    {0},
};
static const struct query_param retention_query[] = {{"to", "截止时间", "erased before"}, PAGE_PARAMS, {0}};
static const struct query_param record_query[] = {
    {"from", "起始日期", "first day"}, {"to", "截止日期", "last day"}, {0}};
static const struct query_param rebase_query[] = {
    {"kind", "事项种类", "kind of matter"},
    {"unit", "单位代码，含下级", "code of a unit; includes the units below it"},
    PAGE_PARAMS,
    {0}};
static const struct query_param document_query[] = {
    {"format", "json（默认）或 pdf；也可用 Accept: application/pdf",
     "json (the default) or pdf; Accept: application/pdf also selects it"},
    {"language", "zh 或 en；默认按 Accept-Language", "zh or en; the default is by Accept-Language"},
    {0},
};
static const struct query_param known_query[] = {{"kind", "要问的事项种类", "kind of matter that asks"}, {0}};
static const struct query_param snapshot_query[] = {
    {"have", "已有各行的摘要，以逗号分隔；只给其余的行，并说明哪些已失效",
     "digests of the rows that the phone has, separated by commas: it gets the others, and which of these are gone"},
    {0},
};
static const struct query_param task_query[] = {{"post", "只看此岗位", "this post only"}, PAGE_PARAMS, {0}};
static const struct query_param version_query[] = {{"version", "预案版本的编号", "id of a playbook version"}, {0}};

static const struct query_param export_query[] = {
    {"entries", "每条此种记录一行，可按 rows: entries 再导入",
     "a row for each entry of this name, which an import with `rows: entries` takes again"},
    {"last", "每件事项旁列出最近一次此种记录（可列多种，用逗号隔开）",
     "the last entry of this name in columns beside its matter; several with commas"},
    {"headers", "表头：names 字段名，zh 中文，en 英文", "names, which an import accepts, zh or en"},
    {"encoding", "utf-8 或 gb18030", "utf-8 or gb18030"},
    {"state", "状态", "state"},
    {"q", "公开字段中的文字", "text in a field that is not about a person"},
    {"under", "单位代码，含下级", "code of a unit; includes the units below it"},
    {"open", "true 未办结，false 已办结", "true open, false closed"},
    {"opened_from", "开始时间", "opened at or after"},
    {"opened_to", "截止时间", "opened before"},
    {0},
};
static const struct query_param import_query[] = {
    {"dry_run", "true 只检查（默认），false 导入", "true only checks (the default), false imports"},
    {"partial", "true 有误的行除外，其余导入", "true imports the correct rows although others are wrong"},
    {"encoding", "utf-8 或 gb18030，默认自动识别", "utf-8 or gb18030; detected if left out"},
    {"worksheet", "工作簿中的哪张工作表，默认自动识别", "which worksheet of a workbook; found if left out"},
    {"at", "未注明时间的行，单位代码按此时的含义（日期或时间），默认现在",
     "what codes of units mean in rows that say nothing of when, a date or time; now if left out"},
    {"mapping", "对应文件的内容（YAML）", "the text of a mapping file (YAML)"},
    {0},
};

#define V1 "/api/v1"

/* clang-format off */
const struct endpoint endpoints[] = {
    {"GET", "/", get_front, .open = true, .zh = "从这里开始", .en = "Where to begin"},
    {"GET", V1 "/accounts", get_accounts, .heavy = HEAVY_LIST, .query = page_query, .zh = "账号", .en = "Accounts"},
    {"POST", V1 "/accounts", post_account, .zh = "新建账号", .en = "Make an account"},
    {"POST", V1 "/accounts/{id}/close", post_account_close, .zh = "停用账号", .en = "Close an account"},
    {"POST", V1 "/accounts/{id}/password", post_account_password, .zh = "重设密码", .en = "Set a new password"},
    {"GET", V1 "/alerts", get_alerts, .query = task_query, .zh = "升级提醒", .en = "Alerts raised to my posts"},
    {"POST", V1 "/batch", post_batch, .submits = true,
        .zh = "成批提交，逐条答复", .en = "Commands of an offline queue, each answered separately"},
    {"GET", V1 "/boards", get_boards, .zh = "看板", .en = "Boards of the playbook"},
    {"GET", V1 "/boards/{board}", get_board, .heavy = HEAVY_LONG, .query = counts_query,
        .zh = "一个单位在看板上：各项信号、数字、颜色和缘由",
        .en = "A unit on a board: its signals, their figures and colours, and why"},
    {"GET", V1 "/boards/{board}/below", get_board_below, .heavy = HEAVY_LONG, .query = counts_below_query,
        .zh = "直属各下级单位在看板上", .en = "Each unit right below on a board"},
    {"GET", V1 "/clauses", get_clauses, .heavy = HEAVY_LONG, .query = counts_query,
        .zh = "通知各条款：单位现有哪些逾期，看哪些指标",
        .en = "Clauses of the notice: what is late for each in a unit now, and its figures"},
    {"GET", V1 "/clauses/below", get_clauses_below, .heavy = HEAVY_LONG, .query = counts_below_query,
        .zh = "直属各下级单位各条款的逾期数", .en = "What is late for each clause, of each unit right below"},
    {"POST", V1 "/commands", post_command, .submits = true,
        .zh = "提交一项操作", .en = "One command, named in its body"},
    {"GET", V1 "/counts", get_counts, .heavy = HEAVY_LONG, .query = counts_query,
        .zh = "单位现有事项（不含已合并、已清除的）与待办的数量",
        .en = "How many matters and expectations a unit has now, without merged and erased matters"},
    {"GET", V1 "/counts/below", get_counts_below, .heavy = HEAVY_LONG, .query = counts_below_query,
     .zh = "直属各下级单位现有事项和待办的数量", .en = "The same of each unit right below it"},
    {"POST", V1 "/custody/{offer}/accept", .command = "accept_custody", .path_member = "offer",
        .zh = "接收人员责任", .en = "Accept the responsibility for a person"},
    {"POST", V1 "/custody/{offer}/refuse", .command = "refuse_custody", .path_member = "offer",
        .zh = "拒绝人员责任交接", .en = "Refuse the responsibility for a person"},
    {"POST", V1 "/custody/{offer}/withdraw", .command = "withdraw_custody", .path_member = "offer",
        .zh = "撤回人员责任交接", .en = "Withdraw such an offer"},
    {"GET", V1 "/demo/accounts", get_demo_accounts, .open = true, .secret = true,
        .zh = "演练账号及密码；仅在以 --demo 启动时有",
        .en = "Accounts of a rehearsal; only of a server started with --demo"},
    {"GET", V1 "/erasures", get_erasures, .query = page_query,
        .zh = "待第二人确认的删除提议", .en = "Proposed erasures that wait for a second person"},
    {"GET", V1 "/events", get_events, .endless = true, .gives = "text/event-stream",
        .query = events_query,
        .zh = "有变化时的提示（服务器推送）：只说什么变了，不含内容",
        .en = "Hints while a page is open (server-sent events): what may be read anew, never what it says"},
    {"POST", V1 "/excuses", .command = "excuse", .zh = "免责", .en = "Excuse expectations"},
    {"GET", V1 "/expectations", get_expectations, .heavy = HEAVY_LONG, .query = pressing_query,
        .zh = "单位及下级逾期的应办事项，按下次升级的先后",
        .en = "What is late at a unit and below, by when it escalates next"},
    {"GET", V1 "/exports/{kind}.csv", get_export, .query = export_query, .gives = "text/csv",
        .zh = "导出 units、persons、posts 或某种事项",
        .en = "Units, persons, posts or matters of a kind as CSV, as the account may see them"},
    {"GET", V1 "/exports/{kind}.xlsx", get_export, .query = export_query,
        .gives = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        .zh = "同上，导出为工作簿", .en = "The same as a workbook"},
    {"GET", V1 "/handovers", get_handovers, .query = page_query,
        .zh = "等待我接收的交接、我发出的交接（given）、正借出或借入的班次（lent）",
        .en = "Hand-overs that wait for me, those that I have offered (`given`), and shifts lent by or to me (`lent`)"},
    {"POST", V1 "/handovers", .command = "hand_over_post", .zh = "交接岗位或班次", .en = "Offer a post or shift"},
    {"POST", V1 "/handovers/{handover}/accept", .command = "accept_handover", .path_member = "handover",
        .zh = "接收交接", .en = "Accept a hand-over"},
    {"POST", V1 "/handovers/{handover}/refuse", .command = "refuse_handover", .path_member = "handover",
        .zh = "拒绝交接", .en = "Refuse a hand-over"},
    {"GET", V1 "/handovers/{handover}/tasks", get_handover_tasks, .query = page_query,
        .zh = "交接前先看：将随之移交的待办，不含人员信息",
        .en = "Before it is accepted: what is open and would go over, without whom it is about"},
    {"POST", V1 "/handovers/{handover}/withdraw", .command = "withdraw_handover", .path_member = "handover",
        .zh = "撤回交接，或提前结束借出的班次",
        .en = "Withdraw a hand-over, or end a lent shift before its time"},
    {"GET", V1 "/imports", get_imports, .zh = "我的导入，新的在前", .en = "My imports, the newest first"},
    {"GET", V1 "/imports/{import}", get_import, .query = findings_query,
        .zh = "导入的进度与报告", .en = "How far an import is, and its report"},
    {"POST", V1 "/imports/{import}", post_import, .query = import_query, .takes = "text/csv",
        .takes_too = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        .admits = admit_import,
        .zh = "导入 units、unit_facts、persons、posts、rosters 或某种事项", .en = "Import a registry sheet or matters"},
    {"GET", V1 "/imports/{import}/findings.csv", get_import_findings, .gives = "text/csv",
        .zh = "导入中发现的问题，附原行", .en = "The findings of an import with their rows, as CSV"},
    {"POST", V1 "/imports/{import}/stop", post_import_stop, .zh = "停止导入", .en = "Stop an import of mine"},
    {"GET", V1 "/indicators", get_indicators, .zh = "指标", .en = "Indicators of the playbook"},
    {"GET", V1 "/indicators/{name}", get_indicator, .heavy = HEAVY_LONG, .query = indicator_query,
        .zh = "一项指标的数字", .en = "The figures of an indicator"},
    {"GET", V1 "/journal/heads", get_heads, .open = true, .zh = "已签名的链头", .en = "Signed heads of the journal"},
    {"GET", V1 "/kinds", get_kinds, .query = version_query,
        .zh = "我所任岗位经办或可见的事项种类", .en = "Kinds of matter that my posts see or act in"},
    {"GET", V1 "/kinds/{kind}", get_kind, .query = version_query, .shows = "Kind",
        .zh = "一种事项的表单、流程和条件，及其所用的规则",
        .en = "Forms, states and conditions of a kind, and the rules they read"},
    {"GET", V1 "/kinds/{kind}/audience", get_kind_audience, .heavy = HEAVY_LONG, .query = audience_query,
        .zh = "试看：立项会发给多少单位", .en = "How many units a matter of the kind would go to"},
    {"GET", V1 "/matters", get_matters, .heavy = HEAVY_LIST, .query = matter_query, .zh = "事项", .en = "Matters"},
    {"POST", V1 "/matters", .command = "open_matter", .zh = "立项", .en = "Open a matter"},
    {"GET", V1 "/matters/{matter}", get_matter, .zh = "一件事项", .en = "A matter"},
    {"POST", V1 "/matters/{matter}/accept", .command = "accept_matter", .path_member = "matter",
        .zh = "接收移交", .en = "Accept what was handed over"},
    {"GET", V1 "/matters/{matter}/acts", get_matter_acts,
        .zh = "我现在能登记什么，其余为什么不能", .en = "What I may enter now, and why not the rest"},
    {"PUT", V1 "/matters/{matter}/attachments", put_attachment, .takes = "application/octet-stream",
        .takes_bytes = LIMIT_ATTACHMENT_BYTES, .admits = admit_attachment,
        .zh = "上传照片或文件，一天内由记录引用",
        .en = "Upload a photo or file; an entry has to name it within a day"},
    {"GET", V1 "/matters/{matter}/attachments/{hash}", get_attachment, .gives = "application/octet-stream",
        .zh = "取回附件", .en = "Fetch an attachment"},
    {"POST", V1 "/matters/{matter}/claim", .command = "claim", .path_member = "matter",
        .zh = "领办：同岗多人时，由我来办", .en = "Take an expectation, where several are in the role"},
    {"POST", V1 "/matters/{matter}/confirm", .command = "confirm_matter", .path_member = "matter",
        .zh = "确认提议", .en = "Confirm a proposal"},
    {"POST", V1 "/matters/{matter}/corrections", .command = "correct_entry", .path_member = "matter",
        .zh = "更正记录", .en = "Correct an entry by a later one"},
    {"POST", V1 "/matters/{matter}/decline", .command = "decline_matter", .path_member = "matter",
        .zh = "不采纳提议", .en = "Decline a proposal"},
    {"GET", V1 "/matters/{matter}/documents", get_matter_documents,
        .zh = "已出具、我可以看的文书", .en = "The notices and certificates issued that I may read"},
    {"GET", V1 "/matters/{matter}/documents/{name}", get_matter_document, .query = document_query,
        .zh = "已出具的文书", .en = "A notice or certificate as it was issued"},
    {"GET", V1 "/matters/{matter}/entries", get_matter_entries, .query = page_query, .zh = "记录", .en = "Entries"},
    {"POST", V1 "/matters/{matter}/entries", .command = "enter", .path_member = "matter",
        .zh = "录入", .en = "Make an entry"},
    {"GET", V1 "/matters/{matter}/expectations", get_matter_expectations,
        .heavy = HEAVY_LIST, .query = page_query, .zh = "应办事项", .en = "Expectations"},
    {"POST", V1 "/matters/{matter}/give-back", .command = "give_back", .path_member = "matter",
        .zh = "退回领办的待办", .en = "Give it back, for any of them to take"},
    {"POST", V1 "/matters/{matter}/hand-over", .command = "hand_over_matter", .path_member = "matter",
        .zh = "移交", .en = "Offer a matter to another unit"},
    {"POST", V1 "/matters/{matter}/link-person", .command = "link_person", .path_member = "matter",
        .zh = "关联有关人员", .en = "Link a person to it: a contact, a guardian"},
    {"POST", V1 "/matters/{matter}/links", .command = "link_matters", .path_member = "matter",
        .zh = "关联", .en = "Link two matters"},
    {"POST", V1 "/matters/{matter}/merge", .command = "merge_matters", .path_member = "matter",
        .zh = "并入另一件事项", .en = "Merge a duplicate into another matter"},
    {"GET", V1 "/matters/{matter}/participants", get_matter_participants,
        .heavy = HEAVY_LIST, .query = participant_query,
        .zh = "参与方：送达、已阅、反馈、办结", .en = "Who takes part: delivered, seen, entered, acted"},
    {"GET", V1 "/matters/{matter}/participants/below", get_matter_participants_below, .heavy = HEAVY_LONG,
        .query = participants_below_query, .zh = "各下级单位中参与方的进展",
        .en = "How far the participants have come, for each unit right below"},
    {"POST", V1 "/matters/{matter}/refuse", .command = "refuse_matter", .path_member = "matter",
        .zh = "退回移交", .en = "Refuse what was handed over"},
    {"GET", V1 "/matters/{matter}/resident-links", get_resident_links,
        .zh = "给本人的链接", .en = "Links given to the person whom it is about"},
    {"POST", V1 "/matters/{matter}/resident-links", post_resident_link, .secret = true,
        .zh = "给本人一个链接", .en = "Give that person a link"},
    {"POST", V1 "/matters/{matter}/resident-links/end", .command = "end_resident_link", .path_member = "matter",
        .zh = "停用给本人的链接", .en = "End such a link"},
    {"GET", V1 "/matters/{matter}/shared", get_matter_shared, .heavy = HEAVY_LONG, .query = page_query,
        .zh = "本事项向本单位共享的数据", .en = "What the matter grants to my unit"},
    {"POST", V1 "/matters/{matter}/unlink", .command = "unlink_matters", .path_member = "matter",
        .zh = "解除关联", .en = "Undo the links between two matters"},
    {"POST", V1 "/matters/{matter}/unlink-person", .command = "unlink_person", .path_member = "matter",
        .zh = "解除与人员的关联", .en = "Undo the links with a person"},
    {"POST", V1 "/matters/{matter}/unmerge", .command = "unmerge_matters", .path_member = "matter",
        .zh = "撤销合并", .en = "Undo a merge"},
    {"GET", V1 "/me", get_me, .settles = true, .zh = "我的岗位", .en = "Who I am and which posts I hold"},
    {"POST", V1 "/me/password", post_password, .settles = true, .zh = "修改密码", .en = "Change my password"},
    {"GET", V1 "/moves", get_moves, .query = page_query,
        .zh = "待答复的迁居请求", .en = "Offered homes that wait for the unit responsible for the person"},
    {"POST", V1 "/moves/{offer}/accept", .command = "accept_move", .path_member = "offer",
        .zh = "同意迁居", .en = "Agree to a move"},
    {"POST", V1 "/moves/{offer}/refuse", .command = "refuse_move", .path_member = "offer",
        .zh = "不同意迁居", .en = "Refuse a move"},
    {"POST", V1 "/moves/{offer}/withdraw", .command = "withdraw_move", .path_member = "offer",
        .zh = "撤回迁居请求", .en = "Withdraw the offer of a home"},
    {"POST", V1 "/notices/{notice}/acknowledge", .command = "acknowledge_notice", .path_member = "notice",
        .zh = "确认已知悉", .en = "Acknowledge a notice shown at the log-in"},
    {"GET", V1 "/openapi.json", get_openapi, .open = true, .zh = "接口说明", .en = "This reference"},
    {"POST", V1 "/persons", .command = "register_person", .zh = "登记人员", .en = "Register a person"},
    {"POST", V1 "/persons/search", post_person_search, .heavy = HEAVY_LIST,
        .zh = "查找人员", .en = "Find people by ID number, phone or name"},
    {"GET", V1 "/persons/{person}", get_person, .zh = "一个人", .en = "A person"},
    {"POST", V1 "/persons/{person}/change", .command = "change_person", .path_member = "person",
        .zh = "更改人员信息", .en = "Change a person's data"},
    {"GET", V1 "/persons/{person}/custody", get_person_custody, .query = at_page_query,
        .zh = "哪个单位负责此人", .en = "Which unit was responsible for a person, and when none was"},
    {"POST", V1 "/persons/{person}/custody", .command = "offer_custody", .path_member = "person",
        .zh = "提出人员责任交接", .en = "Offer the responsibility for a person to another unit"},
    {"GET", V1 "/persons/{person}/duplicates", get_person_duplicates, .heavy = HEAVY_LIST,
        .zh = "可能是同一人的登记", .en = "Registrations that may be the same person"},
    {"POST", V1 "/persons/{person}/erase", .command = "erase_person", .path_member = "person",
        .zh = "删除个人信息：一人提出，另一人确认",
        .en = "Propose to erase a person's data, or confirm it as a second person"},
    {"POST", V1 "/persons/{person}/erase/withdraw", .command = "withdraw_erasure", .path_member = "person",
        .zh = "撤回删除提议", .en = "Withdraw such a proposal"},
    {"GET", V1 "/persons/{person}/known", get_person_known, .heavy = HEAVY_LIST, .query = known_query,
        .zh = "此人已知的信息", .en = "What is known of a person: to be confirmed, not asked for again"},
    {"POST", V1 "/persons/{person}/merge", .command = "merge_persons", .path_member = "person",
        .zh = "合并重复登记", .en = "Merge another registration of the same person"},
    {"GET", V1 "/persons/{person}/traces", get_person_traces, .query = page_query,
        .zh = "谁看过此人信息", .en = "Who read a person's data"},
    {"POST", V1 "/persons/{person}/unmerge", .command = "unmerge_persons", .path_member = "person",
        .zh = "撤销合并", .en = "Undo a merge of registrations"},
    {"GET", V1 "/phone-list", get_phone_list, .heavy = HEAVY_LIST, .query = phone_query,
        .zh = "电话通知名单：多次提醒仍未阅的人员", .en = "People to be phoned: alerted several times without effect"},
    {"GET", V1 "/playbook", get_playbook, .query = version_query, .zh = "现行预案", .en = "The playbook in force"},
    {"GET", V1 "/playbook/rebase", get_rebase, .heavy = HEAVY_LONG, .query = rebase_query,
        .zh = "试看：哪些未结事项不能改用现行版本",
        .en = "Running matters that cannot change to the rules in force"},
    {"POST", V1 "/playbook/rebase", .command = "rebase_matters",
        .zh = "未结事项改用现行版本", .en = "Change running matters to the rules in force, one batch at a time"},
    {"GET", V1 "/playbooks", get_playbooks, .query = page_query, .zh = "预案版本", .en = "Adopted versions"},
    {"POST", V1 "/playbooks", .command = "adopt_playbook", .zh = "启用预案", .en = "Adopt a playbook version"},
    {"GET", V1 "/playbooks/proposed", get_proposed_playbooks, .query = page_query,
        .zh = "待另一角色确认的预案版本", .en = "Versions that give more rights and wait for a person in another role"},
    {"GET", V1 "/playbooks/proposed/{digest}", get_proposed_playbook,
        .zh = "其中一个，含文件", .en = "One of them, with its files"},
    {"POST", V1 "/playbooks/proposed/{digest}/confirm", .command = "confirm_playbook", .path_member = "digest",
        .zh = "确认并启用", .en = "Confirm it and put it in force"},
    {"POST", V1 "/playbooks/proposed/{digest}/withdraw", .command = "withdraw_playbook", .path_member = "digest",
        .zh = "撤回", .en = "Withdraw it"},
    {"POST", V1 "/posts", .command = "appoint", .zh = "任命", .en = "Appoint a person to a post"},
    {"GET", V1 "/posts/{post_id}", get_post, .zh = "一个岗位", .en = "A post"},
    {"POST", V1 "/posts/{post_id}/end", .command = "end_post", .path_member = "post_id",
        .zh = "结束岗位", .en = "End a post"},
    {"POST", V1 "/posts/{post_id}/grounds", .command = "change_grounds", .path_member = "post_id",
        .zh = "调整责任区", .en = "Change a post's grounds"},
    {"GET", V1 "/posts/{post_id}/letter", get_post_letter, .query = document_query,
        .zh = "岗位的工作证明", .en = "A letter that confirms who holds the post"},
    {"GET", V1 "/posts/{post_id}/record", get_post_record, .heavy = HEAVY_LONG, .query = record_query,
        .zh = "本岗位的履职记录", .en = "What was expected of my post, and how it ended"},
    {"POST", V1 "/posts/{post_id}/roster", .command = "set_roster", .path_member = "post_id",
        .zh = "排班", .en = "Set duty hours"},
    {"POST", V1 "/posts/{post_id}/shifts", .command = "add_shift", .path_member = "post_id",
        .zh = "加一班", .en = "Add a shift to duty hours"},
    {"GET", V1 "/proofs/{token}", get_proof, .open = true,
        .zh = "核验一份文书", .en = "Whether a printed document is genuine"},
    {"POST", V1 "/residencies", .command = "move_in", .zh = "入住", .en = "Record who lives where, with whom"},
    {"POST", V1 "/residencies/end", .command = "move_out", .zh = "迁出", .en = "End a residency"},
    {"GET", V1 "/resident", get_resident, .open = true, .by_link = true, .secret = true,
        .zh = "本人凭链接看到的：事项、可填的内容、自己的记录",
        .en = "What the holder of a link sees: the matter, what to enter, the own record"},
    {"GET", V1 "/resident/documents/{name}", get_resident_document, .open = true, .by_link = true, .secret = true,
        .query = document_query, .zh = "本人凭链接取得文书", .en = "A document, for the holder of a link"},
    {"POST", V1 "/resident/entries", post_resident_entry, .open = true, .by_link = true,
        .zh = "本人凭链接填报", .en = "The holder of a link makes an entry"},
    {"GET", V1 "/retention", get_retention, .heavy = HEAVY_LIST, .query = retention_query,
        .zh = "将要删除的事项及时间", .en = "What will be erased, and when"},
    {"POST", V1 "/rounds", .command = "enter_round",
        .zh = "按户录入", .en = "A round of a household: one row per member, all or none"},
    {"DELETE", V1 "/session", delete_session, .settles = true, .zh = "退出", .en = "Log out"},
    {"POST", V1 "/session", post_session, .open = true, .zh = "登录", .en = "Log in"},
    {"GET", V1 "/snapshot", get_snapshot, .heavy = HEAVY_LONG, .query = snapshot_query,
        .zh = "手机离线所需：我的待办与未结事项",
        .en = "What a phone needs without a network: my to-dos and open matters"},
    {"GET", V1 "/tasks", get_tasks, .query = task_query, .zh = "我的待办", .en = "My to-do list"},
    {"GET", V1 "/units", get_units, .heavy = HEAVY_LIST, .query = unit_query, .zh = "单位", .en = "Units"},
    {"POST", V1 "/units", .command = "create_unit", .zh = "新建单位", .en = "Create a unit"},
    {"GET", V1 "/units/{unit}", get_unit, .query = at_query, .zh = "一个单位", .en = "A unit"},
    {"POST", V1 "/units/{unit}/close", .command = "close_unit", .path_member = "unit",
        .zh = "撤销单位", .en = "Close a unit"},
    {"GET", V1 "/units/{unit}/facts", get_unit_facts, .query = fact_query,
        .zh = "单位一项数据的历次数值", .en = "What was known of a unit, day by day, the latest first"},
    {"POST", V1 "/units/{unit}/facts", .command = "set_unit_fact", .path_member = "unit",
        .zh = "登记单位数据", .en = "Say what is known of a unit from a day on"},
    {"GET", V1 "/units/{unit}/gaps", get_unit_gaps, .heavy = HEAVY_LONG, .query = gap_query,
        .zh = "缺岗", .en = "Required posts that are vacant"},
    {"POST", V1 "/units/{unit}/merge", .command = "merge_units", .path_member = "unit",
        .zh = "并入其他单位", .en = "Merge other units into it"},
    {"POST", V1 "/units/{unit}/move", .command = "move_unit", .path_member = "unit",
        .zh = "变更隶属", .en = "Move a unit under another one"},
    {"GET", V1 "/units/{unit}/posts", get_unit_posts, .query = at_page_query,
        .zh = "责任人", .en = "Posts whose grounds name the unit"},
    {"POST", V1 "/units/{unit}/rename", .command = "rename_unit", .path_member = "unit",
        .zh = "更名", .en = "Rename a unit"},
    {"GET", V1 "/units/{unit}/responsible", get_unit_responsible, .query = at_page_query,
        .zh = "某时谁负责", .en = "Who was responsible for it, at every level, at a time"},
    {"POST", V1 "/units/{unit}/split", .command = "split_unit", .path_member = "unit",
        .zh = "拆分单位", .en = "Split a unit into new ones"},
    {"GET", "/healthz", get_healthz, .open = true, .zh = "是否正常", .en = "Whether the program is healthy"},
    {"GET", "/metrics", get_metrics, .open = true, .zh = "运行指标", .en = "Metrics for Prometheus"},
};
/* clang-format on */

const size_t endpoint_count = G_N_ELEMENTS(endpoints);

/* The characters that a piece in braces takes: up to the next slash, without what follows the brace ("{kind}.csv").
 * 0: it does not fit. */
static size_t taken_by(const char *rest, const char *path)
{
    size_t length = strcspn(path, "/"), tail = strcspn(rest, "/");
    if (length <= tail || strncmp(path + length - tail, rest, tail) != 0)
        return 0;
    return length - tail;
}

/* Compares piece by piece; a piece in braces takes anything that is not empty. */
static bool matches(const char *pattern, const char *path, char *params[REQUEST_PATH_PARAMS])
{
    size_t taken = 0;
    while (*pattern != '\0' && *path != '\0') {
        if (*pattern == '{') {
            size_t length = taken_by(strchr(pattern, '}') + 1, path);
            if (length == 0)
                return false;
            g_free(params[taken]);
            params[taken++] = g_strndup(path, length);
            path += length;
            pattern = strchr(pattern, '}') + 1;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *pattern == '\0' && *path == '\0';
}

const struct endpoint *endpoint_find(struct request *request, char **out_allowed)
{
    g_autoptr(GString) allowed = g_string_new(NULL);
    const struct endpoint *found = NULL;
    const char *method = strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
    for (size_t i = 0; i < endpoint_count && found == NULL; i++) {
        if (!matches(endpoints[i].path, request->path, request->params))
            continue;
        if (strcmp(endpoints[i].method, method) == 0)
            found = &endpoints[i];
        else
            g_string_append_printf(allowed, "%s%s%s", allowed->len > 0 ? ", " : "", endpoints[i].method,
                                   strcmp(endpoints[i].method, "GET") == 0 ? ", HEAD" : "");
    }
    *out_allowed = found == NULL && allowed->len > 0 ? g_strdup(allowed->str) : NULL;
    return found;
}
