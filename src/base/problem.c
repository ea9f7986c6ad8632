/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/problem.h"

#include <stdarg.h>
#include <string.h>

/* clang-format off */
/* In the order of the enum. */
const struct problem_text problem_texts[PROBLEM_COUNT] = {
    [PROBLEM_MALFORMED_JSON] = {"malformed_json", 400,
        "第 {0} 行第 {1} 列不是正确的 JSON",
        "line {0}, column {1} is not valid JSON"},
    [PROBLEM_DUPLICATE_KEY] = {"duplicate_key", 400,
        "同一个字段写了两次",
        "the same field is given twice"},
    [PROBLEM_INVALID_UTF8] = {"invalid_utf8", 400,
        "内容不是正确的 UTF-8",
        "the text is not valid UTF-8"},
    [PROBLEM_JSON_TOO_DEEP] = {"json_too_deep", 400,
        "嵌套超过 {0} 层",
        "nested deeper than {0} levels"},
    [PROBLEM_BODY_TOO_LARGE] = {"body_too_large", 413,
        "内容超过 {0} 字节",
        "the body is larger than {0} bytes"},
    [PROBLEM_HEADERS_TOO_LARGE] = {"headers_too_large", 431,
        "请求头超过 {0} 字节",
        "the headers are larger than {0} bytes"},
    [PROBLEM_NOT_AN_OBJECT] = {"not_an_object", 400,
        "此处应为 JSON 对象",
        "a JSON object is expected here"},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {"unsupported_media_type", 415,
        "请以 application/json 发送",
        "send the body as application/json"},
    [PROBLEM_METHOD_NOT_ALLOWED] = {"method_not_allowed", 405,
        "此地址只接受 {0}",
        "this address accepts only {0}"},
    [PROBLEM_NOT_ACCEPTABLE_PARAMETER] = {"not_acceptable_parameter", 400,
        "参数不正确，应为 {0}",
        "the parameter is wrong; expected {0}"},
    [PROBLEM_INVALID_CURSOR] = {"invalid_cursor", 400,
        "翻页标记无效，请从第一页重新开始",
        "the cursor is not valid; start again from the first page"},
    [PROBLEM_TOO_MANY_ITEMS] = {"too_many_items", 400,
        "最多 {0} 项",
        "at most {0} items"},
    [PROBLEM_MISSING_FIELD] = {"missing_field", 422,
        "必填项缺失",
        "this field is required"},
    [PROBLEM_UNKNOWN_FIELD] = {"unknown_field", 422,
        "没有这个字段，是否为 {0}？",
        "there is no such field; did you mean {0}?"},
    [PROBLEM_WRONG_TYPE] = {"wrong_type", 422,
        "类型不对，应为 {0}",
        "wrong type; expected {0}"},
    [PROBLEM_TEXT_TOO_LONG] = {"text_too_long", 422,
        "文字超过 {0} 字",
        "the text is longer than {0} characters"},
    [PROBLEM_TEXT_EMPTY] = {"text_empty", 422,
        "内容为空",
        "the text is empty"},
    [PROBLEM_BELOW_MINIMUM] = {"below_minimum", 422,
        "低于最小值 {0}",
        "below the minimum of {0}"},
    [PROBLEM_ABOVE_MAXIMUM] = {"above_maximum", 422,
        "高于最大值 {0}",
        "above the maximum of {0}"},
    [PROBLEM_TOO_PRECISE] = {"too_precise", 422,
        "最多 {0} 位小数",
        "at most {0} decimals"},
    [PROBLEM_NOT_IN_LIST] = {"not_in_list", 422,
        "不在代码表 {0} 中，可选 {1}",
        "not in list {0}; expected {1}"},
    [PROBLEM_REPEATED_CHOICE] = {"repeated_choice", 422,
        "同一选项选了两次",
        "the same choice is given twice"},
    [PROBLEM_INVALID_DATE] = {"invalid_date", 422,
        "没有这个日期，应写作 2020-02-03",
        "no such date; write 2020-02-03"},
    [PROBLEM_INVALID_DATETIME] = {"invalid_datetime", 422,
        "没有这个时间，应写作 2020-02-03T08:30:00+08:00",
        "no such time; write 2020-02-03T08:30:00+08:00"},
    [PROBLEM_OBSERVED_IN_FUTURE] = {"observed_in_future", 422,
        "发生时间在将来，请检查手机时间",
        "the observed time lies in the future; check the phone's clock"},
    [PROBLEM_OBSERVED_TOO_EARLY] = {"observed_too_early", 422,
        "发生时间早于 {0} 天前，请用导入补录",
        "observed more than {0} days ago; bring it in by import"},
    [PROBLEM_INVALID_ID_NUMBER] = {"invalid_id_number", 422,
        "身份证号有误：{0}",
        "the ID number is wrong: {0}"},
    [PROBLEM_INVALID_PHONE] = {"invalid_phone", 422,
        "电话号码有误",
        "the phone number is wrong"},
    [PROBLEM_INVALID_DIVISION] = {"invalid_division", 422,
        "没有这个行政区划代码",
        "no such division code"},
    [PROBLEM_INVALID_UUID] = {"invalid_uuid", 422,
        "编号格式不对，应为 UUID",
        "not a UUID"},
    [PROBLEM_NOT_ASKED] = {"not_asked", 422,
        "已填 {0}，此项不应填写",
        "not asked when {0} is given"},
    [PROBLEM_UNKNOWN_COMMAND] = {"unknown_command", 422,
        "没有这种操作，是否为 {0}？",
        "no such command; did you mean {0}?"},
    [PROBLEM_INVALID_REQUEST_ID] = {"invalid_request_id", 422,
        "请求编号应为当前时间生成的 UUIDv7",
        "the request id must be a UUIDv7 made now"},
    [PROBLEM_REQUEST_ID_TOO_OLD] = {"request_id_too_old", 409,
        "请求编号已超过 {0} 天，请重新提交",
        "the request id is older than {0} days; send it again under a new one"},
    [PROBLEM_REQUEST_ID_REUSED] = {"request_id_reused", 409,
        "同一请求编号已用于不同内容",
        "this request id was used for other content"},
    [PROBLEM_STALE_VERSION] = {"stale_version", 409,
        "记录已被他人更新（您看到第 {0} 版，现为第 {1} 版），请刷新",
        "somebody else has changed it (you saw version {0}, it is now {1}); reload"},
    [PROBLEM_QUEUE_FULL] = {"queue_full", 503,
        "系统繁忙，请稍后再试",
        "the system is busy; try again in a moment"},
    [PROBLEM_SHUTTING_DOWN] = {"shutting_down", 503,
        "系统正在停止，请稍后再试",
        "the system is shutting down; try again in a moment"},
    [PROBLEM_STORAGE_FAILED] = {"storage_failed", 503,
        "存储出错，未保存",
        "storage failed; nothing was saved"},
    [PROBLEM_NOT_LOGGED_IN] = {"not_logged_in", 401,
        "请先登录",
        "log in first"},
    [PROBLEM_WRONG_CREDENTIALS] = {"wrong_credentials", 401,
        "用户名或密码不对",
        "wrong name or password"},
    [PROBLEM_ACCOUNT_LOCKED] = {"account_locked", 429,
        "尝试次数过多，请 {0} 秒后再试",
        "too many attempts; try again in {0} seconds"},
    [PROBLEM_ACCOUNT_CLOSED] = {"account_closed", 403,
        "账号已停用",
        "the account is closed"},
    [PROBLEM_TOO_MANY_REQUESTS] = {"too_many_requests", 429,
        "请求过于频繁，请 {0} 秒后再试",
        "too many requests; try again in {0} seconds"},
    [PROBLEM_WEAK_PASSWORD] = {"weak_password", 422,
        "密码至少 {0} 个字符，且不能过于常见",
        "the password needs at least {0} characters and must not be a common one"},
    [PROBLEM_LOGIN_NAME_TAKEN] = {"login_name_taken", 409,
        "登录名已被使用",
        "the login name is taken"},
    [PROBLEM_NO_RIGHT] = {"no_right", 403,
        "没有权限，须由 {0} 办理",
        "not allowed; this is for {0}"},
    [PROBLEM_NOT_FOUND] = {"not_found", 404,
        "没有找到{0}",
        "{0} not found"},
    [PROBLEM_POST_NOT_HELD] = {"post_not_held", 403,
        "您现在不担任这个岗位",
        "you do not hold this post now"},
    [PROBLEM_UNKNOWN_UNIT] = {"unknown_unit", 422,
        "没有这个单位",
        "no such unit"},
    [PROBLEM_CLOSED_UNIT] = {"closed_unit", 422,
        "该单位已于 {0} 撤销",
        "the unit was closed on {0}"},
    [PROBLEM_UNKNOWN_UNIT_TYPE] = {"unknown_unit_type", 422,
        "没有这种单位类型，是否为 {0}？",
        "no such unit type; did you mean {0}?"},
    [PROBLEM_WRONG_PARENT] = {"wrong_parent", 422,
        "{0} 不能设在 {1} 之下",
        "a {0} cannot stand under a {1}"},
    [PROBLEM_CODE_TAKEN] = {"code_taken", 409,
        "代码已被使用",
        "the code is taken"},
    [PROBLEM_UNIT_HAS_CHILDREN] = {"unit_has_children", 409,
        "该单位还有 {0} 个下级单位",
        "the unit still has {0} units below it"},
    [PROBLEM_UNIT_HAS_OPEN_MATTERS] = {"unit_has_open_matters", 409,
        "该单位还有 {0} 件未办结事项",
        "the unit still has {0} open matters"},
    [PROBLEM_UNKNOWN_PERSON] = {"unknown_person", 422,
        "没有这个人",
        "no such person"},
    [PROBLEM_PERSON_ERASED] = {"person_erased", 410,
        "此人的信息已删除",
        "the person's data has been erased"},
    [PROBLEM_PERSON_MISMATCH] = {"person_mismatch", 409,
        "该身份证号已登记为另一姓名，请核对",
        "this ID number is registered under another name; check it"},
    [PROBLEM_UNKNOWN_POST] = {"unknown_post", 422,
        "没有这个岗位",
        "no such post"},
    [PROBLEM_UNKNOWN_ROLE] = {"unknown_role", 422,
        "没有这种角色，是否为 {0}？",
        "no such role; did you mean {0}?"},
    [PROBLEM_POST_ENDED] = {"post_ended", 409,
        "该岗位已结束",
        "the post has ended"},
    [PROBLEM_POST_EXISTS] = {"post_exists", 409,
        "此人已在该处担任这一岗位",
        "the person already holds this post there"},
    [PROBLEM_WRONG_GROUND] = {"wrong_ground", 422,
        "{0} 不能负责 {1}",
        "a {0} cannot cover a {1}"},
    [PROBLEM_BEFORE_START] = {"before_start", 422,
        "结束时间早于开始时间",
        "it would end before it starts"},
    [PROBLEM_UNKNOWN_HANDOVER] = {"unknown_handover", 422,
        "没有这次交接",
        "no such hand-over"},
    [PROBLEM_HANDOVER_PENDING] = {"handover_pending", 409,
        "已有一次交接等待接收",
        "a hand-over is already waiting to be taken"},
    [PROBLEM_HANDOVER_DECIDED] = {"handover_decided", 409,
        "这次交接已处理",
        "this hand-over has been decided already"},
    [PROBLEM_HANDOVER_TO_SELF] = {"handover_to_self", 422,
        "不能交接给自己",
        "it cannot be handed over to the giver"},
    [PROBLEM_BOUNCE_CAP_REACHED] = {"bounce_cap_reached", 409,
        "退回已达 {0} 次，由上级裁定",
        "returned {0} times already; the level above decides"},
    [PROBLEM_BEFORE_PARENT] = {"before_parent", 422,
        "上级单位自 {0} 起才有",
        "the unit above it exists only since {0}"},
    [PROBLEM_WITHIN_ITSELF] = {"within_itself", 422,
        "单位不能移到自己或下级之下",
        "a unit cannot move below itself"},
    [PROBLEM_PERSON_IN_POST] = {"person_in_post", 409,
        "此人还有 {0} 个岗位，请先结束岗位",
        "the person still holds {0} posts; end them first"},
    [PROBLEM_OTHER_ROLE] = {"other_role", 422,
        "须由同一角色（{0}）接收",
        "only a post of the same role, {0}, can take it"},
    [PROBLEM_UNKNOWN_KIND] = {"unknown_kind", 422,
        "没有这种事项，是否为 {0}？",
        "no such kind of matter; did you mean {0}?"},
    [PROBLEM_UNKNOWN_MATTER] = {"unknown_matter", 422,
        "没有这件事项",
        "no such matter"},
    [PROBLEM_UNKNOWN_ENTRY_KIND] = {"unknown_entry_kind", 422,
        "{0} 没有这种记录，是否为 {1}？",
        "{0} has no such entry; did you mean {1}?"},
    [PROBLEM_UNKNOWN_ENTRY] = {"unknown_entry", 422,
        "没有这条记录",
        "no such entry"},
    [PROBLEM_UNKNOWN_EXPECTATION] = {"unknown_expectation", 422,
        "没有这项待办",
        "no such expectation"},
    [PROBLEM_WRONG_STATE] = {"wrong_state", 409,
        "当前状态为 {0}，只有在 {1} 时才能这样做",
        "the state is {0}; this is possible only in {1}"},
    [PROBLEM_MATTER_CLOSED] = {"matter_closed", 409,
        "事项已办结",
        "the matter is closed"},
    [PROBLEM_MATTER_ERASED] = {"matter_erased", 410,
        "事项信息已到期删除",
        "the matter's data has been erased"},
    [PROBLEM_MATTER_EXISTS] = {"matter_exists", 409,
        "此人已有一件未办结的同类事项 {0}",
        "there is an open matter of this kind already: {0}"},
    [PROBLEM_SUBJECT_NEEDED] = {"subject_needed", 422,
        "这种事项须写明对象",
        "this kind needs a subject"},
    [PROBLEM_SUBJECT_NOT_ALLOWED] = {"subject_not_allowed", 422,
        "这种事项不涉及个人",
        "this kind has no subject"},
    [PROBLEM_UNKNOWN_ATTEMPT] = {"unknown_attempt", 422,
        "没有这种未成原因，可选 {0}",
        "no such attempt; expected {0}"},
    [PROBLEM_NOT_A_ROUND] = {"not_a_round", 422,
        "这种记录不能按户一次录入",
        "this entry cannot be made as a round"},
    [PROBLEM_ROUND_ROW_TWICE] = {"round_row_twice", 422,
        "同一事项在一次录入中出现两次",
        "the same matter is named twice in the round"},
    [PROBLEM_NOT_IN_HOUSEHOLD] = {"not_in_household", 422,
        "该事项不属于同一户",
        "the matter does not belong to the same household"},
    [PROBLEM_NOTHING_ENTERED] = {"nothing_entered", 422,
        "没有填写任何内容",
        "nothing was entered"},
    [PROBLEM_SAME_PERSON_REFUSED] = {"same_person_refused", 403,
        "须由另一人办理",
        "this needs a second person"},
    [PROBLEM_REFUSED_BY_RULE] = {"refused_by_rule", 409,
        "{0}",
        "{1}"},
    [PROBLEM_ALREADY_ENDED] = {"already_ended", 409,
        "该待办已结束",
        "the expectation has ended already"},
    [PROBLEM_REASON_NEEDED] = {"reason_needed", 422,
        "请写明原因",
        "a reason is needed"},
    [PROBLEM_EFFECTS_TOO_DEEP] = {"effects_too_deep", 409,
        "连带操作过多",
        "the effects of this entry go too deep"},
    [PROBLEM_NOT_PROPOSED] = {"not_proposed", 409,
        "该事项不在待确认状态",
        "the matter is not waiting to be confirmed"},
    [PROBLEM_PLAYBOOK_INVALID] = {"playbook_invalid", 422,
        "预案有 {0} 处错误",
        "the playbook has {0} mistakes"},
    [PROBLEM_PLAYBOOK_MISTAKE] = {"playbook_mistake", 422,
        "{0}:{1}:{2}: {3}",
        "{0}:{1}:{2}: {3}"},
    [PROBLEM_PLAYBOOK_NOT_NEWER] = {"playbook_not_newer", 409,
        "现行版本为 {0}，新版本号须更大",
        "version {0} is in force; the new one must be higher"},
    [PROBLEM_NO_PLAYBOOK] = {"no_playbook", 409,
        "尚未启用预案",
        "no playbook has been adopted"},
};
/* clang-format on */

struct problem *problem_new(enum problem_code code, const char *field, ...)
{
    g_assert((int)code >= 0 && code < PROBLEM_COUNT);
    struct problem *problem = g_new0(struct problem, 1);
    problem->code = code;
    problem->field = g_strdup(field);
    va_list args;
    va_start(args, field);
    for (int i = 0; i <= PROBLEM_ARGS_MAX; i++) {
        const char *arg = va_arg(args, const char *);
        if (arg == NULL)
            break;
        g_assert(i < PROBLEM_ARGS_MAX);
        problem->args[i] = g_strdup(arg);
    }
    va_end(args);
    return problem;
}

void problem_free(struct problem *problem)
{
    while (problem != NULL) {
        struct problem *next = problem->next;
        g_free(problem->field);
        for (int i = 0; i < PROBLEM_ARGS_MAX; i++)
            g_free(problem->args[i]);
        g_free(problem);
        problem = next;
    }
}

void problem_append(struct problem **chain, struct problem *more)
{
    while (*chain != NULL)
        chain = &(*chain)->next;
    *chain = more;
}

void problem_prefix(struct problem *chain, const char *prefix)
{
    for (struct problem *problem = chain; problem != NULL; problem = problem->next) {
        char *field = problem->field == NULL ? g_strdup(prefix) : g_strconcat(prefix, ".", problem->field, NULL);
        g_free(problem->field);
        problem->field = field;
    }
}

char *problem_sentence(const struct problem *problem, bool chinese)
{
    const struct problem_text *text = &problem_texts[problem->code];
    GString *sentence = g_string_new(NULL);
    for (const char *at = chinese ? text->zh : text->en; *at != '\0'; at++) {
        if (at[0] == '{' && at[1] >= '0' && at[1] < '0' + PROBLEM_ARGS_MAX && at[2] == '}') {
            const char *arg = problem->args[at[1] - '0'];
            g_string_append(sentence, arg != NULL ? arg : "");
            at += 2;
        } else {
            g_string_append_c(sentence, *at);
        }
    }
    return g_string_free(sentence, FALSE);
}
