/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/diff/diff.h"

#include "base/auto.h"
#include "playbook/diff/diff_parts.h"
#include "playbook/diff/source_map.h"
#include "playbook/model/form_def.h"
#include "playbook/model/key.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/texts.h"

#include <string.h>

struct words {
    const char *zh, *en;
};

struct diff_side {
    const struct version *version;
    GPtrArray *parts;
    GHashTable *by_path;
    struct source_map *source_map;
};

struct diff {
    struct diff_side before, after;
    const GArray *running;
    bool english;
    const struct described_part *group, *part_group; /* the current kind; the part whose heading was written last */
    bool headed;                                     /* some heading was written */
    GString *out;
};

static const struct words sorts[PART_SORT_COUNT] = {
    [PART_PLAYBOOK] = {"预案", "playbook"},
    [PART_IDENTITY_TYPE] = {"证件", "identity document"},
    [PART_UNIT_TYPE] = {"单位类型", "unit type"},
    [PART_ROLE] = {"角色", "role"},
    [PART_REQUIRED_POST] = {"必设岗位", "required post"},
    [PART_UNIT_FACT] = {"单位数据", "fact about units"},
    [PART_CLAUSE] = {"条款", "clause"},
    [PART_LIST] = {"名单", "list"},
    [PART_CODE] = {"代码", "code"},
    [PART_CALENDAR] = {"日历", "calendar"},
    [PART_RULE] = {"规则", "rule"},
    [PART_EDITION] = {"版次", "edition"},
    [PART_DOCUMENT] = {"文书", "document"},
    [PART_FREE_INDICATOR] = {"指标", "indicator"},
    [PART_A_BOARD] = {"看板", "board"},
    [PART_BOARD_ROW] = {"看板的一行", "row of a board"},
    [PART_KIND] = {"事项种类", "kind"},
    [PART_CLAUSES] = {"依据条款", "clauses that it carries out"},
    [PART_ABOUT] = {"关于谁、设在何处", "what it is about"},
    [PART_OPENING] = {"谁立项", "who opens it"},
    [PART_FIELD] = {"立项时的字段", "field asked at the opening"},
    [PART_PARTICIPANTS] = {"参与方", "participants"},
    [PART_FACT] = {"累计值", "fact"},
    [PART_STATE] = {"状态", "state"},
    [PART_EXPECT] = {"要求", "expectation"},
    [PART_ENTRY] = {"登记", "entry"},
    [PART_ENTRY_FIELD] = {"字段", "field"},
    [PART_HANDOVER] = {"移交", "handing over"},
    [PART_FIGURE] = {"报表数字", "figure"},
    [PART_INDICATOR] = {"指标", "indicator"},
    [PART_SIGHT] = {"谁看得到", "who sees it"},
    [PART_KEEPING] = {"目的、依据和保存期限", "why, on what basis, how long it is kept"},
};

void running_clear(struct running *running)
{
    g_free(running->kind);
    g_free(running->state);
    g_clear_pointer(&running->ids, g_ptr_array_unref);
}

static const char *choose(const struct diff *diff, const char *zh, const char *en)
{
    return diff->english ? en : zh;
}

static void say(struct diff *diff, const char *zh, const char *en, ...) G_GNUC_PRINTF(2, 4) G_GNUC_PRINTF(3, 4);
static void say(struct diff *diff, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    g_string_append_vprintf(diff->out, diff->english ? en : zh, args);
    va_end(args);
}

static const char *in_words(const struct diff *diff, const struct texts *texts)
{
    return choose(diff, texts->zh, texts->en);
}

/* ---- two versions side by side ---- */

static void tell_side(struct diff_side *side, const struct version *version, bool english, GHashTable *renamed)
{
    side->version = version;
    side->parts = diff_parts(version->playbook, english, renamed);
    side->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < side->parts->len; i++) {
        struct described_part *part = g_ptr_array_index(side->parts, i);
        g_hash_table_insert(side->by_path, part->path, part);
    }
}

static void forget_side(struct diff_side *side)
{
    g_clear_pointer(&side->by_path, g_hash_table_unref);
    g_clear_pointer(&side->parts, g_ptr_array_unref);
}

static const struct described_part *find(const struct diff_side *side, const struct described_part *part)
{
    return g_hash_table_lookup(side->by_path, part->path);
}

/* Old texts that are called otherwise now. */
static GHashTable *renamings(const struct diff_side *before, const struct diff_side *after)
{
    GHashTable *renamed = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < before->parts->len; i++) {
        const struct described_part *part = g_ptr_array_index(before->parts, i), *now = find(after, part);
        if (part->title != NULL && now != NULL && now->title != NULL)
            g_hash_table_insert(renamed, (gpointer)part->title, (gpointer)now->title);
    }
    return renamed;
}

/* New or gone with the whole to which it belongs. */
static bool goes_with_whole(const struct diff_side *other, const struct described_part *part)
{
    return part->whole != NULL && find(other, part->whole) == NULL;
}

/* ---- who is concerned ---- */

/* In a state, or (NULL) in any. */
static int64_t count_running(const struct diff *diff, const char *kind, const char *state)
{
    int64_t count = 0;
    for (guint i = 0; diff->running != NULL && i < diff->running->len; i++) {
        const struct running *running = &g_array_index(diff->running, struct running, i);
        if (strcmp(running->kind, kind) == 0 && (state == NULL || strcmp(running->state, state) == 0))
            count += running->count;
    }
    return count;
}

static void say_ids(struct diff *diff, const char *kind, const char *state)
{
    for (guint i = 0; diff->running != NULL && i < diff->running->len; i++) {
        const struct running *running = &g_array_index(diff->running, struct running, i);
        if (strcmp(running->kind, kind) != 0 || strcmp(running->state, state) != 0)
            continue;
        for (guint j = 0; j < running->ids->len; j++)
            g_string_append_printf(diff->out, "    - %s\n", (char *)g_ptr_array_index(running->ids, j));
        if (running->count > running->ids->len)
            say(diff, "    - 另有 %" G_GINT64_FORMAT " 件\n", "    - and %" G_GINT64_FORMAT " more\n",
                running->count - running->ids->len);
    }
}

/* The state to which a part belongs; NULL none. */
static const char *state_of(const struct described_part *part)
{
    while (part != NULL && part->sort != PART_STATE)
        part = part->whole;
    return part != NULL ? part->name : NULL;
}

/* The number of matters in the state of the part; that of the whole kind is in the heading. */
static void say_running(struct diff *diff, const struct described_part *part, bool gone)
{
    const char *state = state_of(part);
    if (diff->running == NULL || part->kind == NULL || state == NULL)
        return;
    int64_t count = count_running(diff, part->kind->name, state);
    if (count == 0)
        return;
    bool homeless = gone && part->sort == PART_STATE;
    if (homeless)
        say(diff, "  - **仍在此状态、不能改用新版的未结事项：%" G_GINT64_FORMAT "**\n",
            "  - **running matters in this state that cannot change to the new rules: %" G_GINT64_FORMAT "**\n", count);
    else
        say(diff, "  - 处于此状态的未结事项：%" G_GINT64_FORMAT "\n",
            "  - running matters in this state: %" G_GINT64_FORMAT "\n", count);
    if (homeless)
        say_ids(diff, part->kind->name, state);
}

/* ---- one change ---- */

static void say_heading(struct diff *diff, const struct described_part *part)
{
    const struct described_part *group = part;
    while (part->kind != NULL && group->whole != NULL)
        group = group->whole;
    if (part->kind == NULL)
        group = NULL;
    if (diff->headed && (group == diff->part_group || (group != NULL && diff->part_group != NULL &&
                                                       strcmp(group->path, diff->part_group->path) == 0)))
        return;
    diff->headed = true;
    diff->part_group = group;
    if (group == NULL) {
        say(diff, "\n## 共用部分\n\n", "\n## For all kinds\n\n");
        return;
    }
    g_string_append_printf(diff->out, "\n## %s (%s)\n\n", in_words(diff, group->title), group->name);
    if (diff->running == NULL)
        return;
    say(diff, "未结事项：%" G_GINT64_FORMAT "\n\n", "Running matters: %" G_GINT64_FORMAT "\n\n",
        count_running(diff, part->kind->name, NULL));
}

/* `file:line`, which editors can open. */
static void say_position(struct diff *diff, const struct diff_side *side, const char *path)
{
    struct source_position position = source_map_find(side->source_map, path);
    g_autofree char *file = side->version->folder && position.file != NULL
                                ? g_build_filename(side->version->path, position.file, NULL)
                                : g_strdup(side->version->path);
    g_string_append_printf(diff->out, "%s:%d", file, MAX(position.line, 1));
}

static void say_name(struct diff *diff, const struct described_part *part)
{
    g_string_append(diff->out, choose(diff, sorts[part->sort].zh, sorts[part->sort].en));
    if (part->title != NULL)
        say(diff, "“%s”", " “%s”", in_words(diff, part->title));
    if (part->name != NULL)
        g_string_append_printf(diff->out, " (%s)", part->name);
    if (part->whole != NULL && part->whole->sort != PART_KIND)
        say(diff, "，属%s“%s”", ", of the %s “%s”",
            choose(diff, sorts[part->whole->sort].zh, sorts[part->whole->sort].en), in_words(diff, part->whole->title));
}

static void say_change(struct diff *diff, const struct diff_side *side, const struct described_part *part,
                       const struct words *what)
{
    say_heading(diff, part);
    g_string_append(diff->out, "- ");
    say_position(diff, side, part->path);
    g_string_append_printf(diff->out, ": %s", choose(diff, what->zh, what->en));
    say_name(diff, part);
    g_string_append_c(diff->out, '\n');
}

/* ---- its telling, line by line ---- */

static bool has_line(char **lines, const char *line)
{
    return g_strv_contains((const char *const *)lines, line);
}

/* Lines of one description that the other lacks. */
static void say_lines(struct diff *diff, const char *text, const char *other, const struct words *what)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_auto(GStrv) others = g_strsplit(other, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        const char *bare = *line + strspn(*line, " -");
        const char *name = g_str_has_prefix(bare, "**") ? strstr(bare, choose(diff, "**：", "**: ")) : NULL;
        if (name != NULL) /* the change bears it already */
            bare = name + strlen(choose(diff, "**：", "**: "));
        if (*bare != '\0' && !has_line(others, *line))
            g_string_append_printf(diff->out, "  - %s%s\n", choose(diff, what->zh, what->en), bare);
    }
}

static const struct words was = {"原：", "was: "}, now = {"现：", "now: "}, nothing = {"", ""};

static void say_renaming(struct diff *diff, const struct texts *before, const struct texts *after)
{
    if (strcmp(before->zh, after->zh) != 0)
        say(diff, "  - 改称：“%s”→“%s”\n", "  - called “%s” before, “%s” now\n", before->zh, after->zh);
    if (strcmp(before->en, after->en) != 0)
        say(diff, "  - 改称：“%s”→“%s”\n", "  - called “%s” before, “%s” now\n", before->en, after->en);
}

static bool is_renamed(const struct described_part *before, const struct described_part *after)
{
    const struct texts *a = before->title, *b = after->title;
    bool own = after->sort != PART_EXPECT && after->sort != PART_REQUIRED_POST; /* their name is that of another part */
    return own && a != NULL && b != NULL && (strcmp(a->zh, b->zh) != 0 || strcmp(a->en, b->en) != 0);
}

/* The row of a key of the part; NULL: the table of its keys has no phrases. */
static const struct key *key_of(const struct described_part *part, const char *name)
{
    switch ((int)part->sort) {
    case PART_FIELD:
    case PART_ENTRY_FIELD:
        return key_find(field_keys, FIELD_KEYS, name);
    case PART_STATE:
        return key_find(state_keys, STATE_KEYS, name);
    case PART_EXPECT:
        return key_find(expect_keys, EXPECT_KEYS, name);
    default:
        return NULL;
    }
}

static void say_keys(struct diff *diff, const struct described_part *part, const char *const *names)
{
    say(diff, "  - 写法有变：", "  - written differently: ");
    for (size_t i = 0; names[i] != NULL; i++) {
        const struct key *key = key_of(part, names[i]);
        g_string_append(diff->out, i > 0 ? choose(diff, "、", ", ") : "");
        if (key != NULL)
            g_string_append_printf(diff->out, "%s%s`%s`%s", choose(diff, key->zh, key->en), choose(diff, "（", " ("),
                                   names[i], choose(diff, "）", ")"));
        else
            g_string_append_printf(diff->out, "`%s`", names[i]);
    }
    g_string_append_c(diff->out, '\n');
}

/* Keys whose values differ, where the descriptions are equal; NULL none. */
static char **undescribed_keys(const struct diff *diff, const struct described_part *before,
                               const struct described_part *after)
{
    /* Keys that are a part of their own, or described in one. */
    static const char *const parts[] = {
        "title",     "label",   "zh",        "en",         "form",         "expects",      "entries", "states",
        "facts",     "figures", "codes",     "indicators", "participants", "editions",     "version", "handover",
        "clauses",   "about",   "opened_by", "seen_by",    "retain",       "purpose",      "unique",  "group",
        "life",      "one_per", "audience",  "units",      "proposed_by",  "lawful_basis", "unmask",  "sight",
        "merged_by", "signals", "rows",      NULL};
    if (strcmp(before->text, after->text) != 0)
        return NULL;
    struct source_position old_position = source_map_find(diff->before.source_map, before->path);
    struct source_position new_position = source_map_find(diff->after.source_map, after->path);
    return source_map_changed_keys(&old_position, &new_position, parts);
}

/* Values that were entered as something else would be read wrongly. */
static void say_type(struct diff *diff, const struct described_part *before, const struct described_part *after)
{
    if (before->sort == PART_FIELD && before->field->type != after->field->type)
        say(diff, "  - 字段类型不同：已填此项的未结事项不能改用新版\n",
            "  - another type: running matters in which it is filled cannot change to the new rules\n");
}

static void compare(struct diff *diff, const struct described_part *before, const struct described_part *after)
{
    static const struct words changed = {"改变：", "changed: "};
    bool told = strcmp(before->text, after->text) != 0, renamed = is_renamed(before, after);
    g_auto(GStrv) keys = undescribed_keys(diff, before, after);
    if (!told && !renamed && keys == NULL)
        return;
    say_change(diff, &diff->after, after, &changed);
    if (renamed)
        say_renaming(diff, before->title, after->title);
    say_lines(diff, before->text, after->text, &was);
    say_lines(diff, after->text, before->text, &now);
    say_type(diff, before, after);
    if (keys != NULL)
        say_keys(diff, after, (const char *const *)keys);
    say_running(diff, after, false);
}

static void say_new(struct diff *diff, const struct described_part *part)
{
    static const struct words added = {"新增：", "new: "};
    if (goes_with_whole(&diff->before, part))
        return;
    say_change(diff, &diff->after, part, &added);
    say_lines(diff, part->text, "", &nothing);
    say_running(diff, part, false);
}

static void say_gone(struct diff *diff, const struct described_part *part)
{
    static const struct words removed = {"取消：", "removed: "};
    if (goes_with_whole(&diff->after, part))
        return;
    say_change(diff, &diff->before, part, &removed);
    say_running(diff, part, true);
}

/* From where the last one stopped, up to but not with `to`. */
static void say_gone_before(struct diff *diff, guint *from, guint to)
{
    for (; *from < to; (*from)++) {
        const struct described_part *part = g_ptr_array_index(diff->before.parts, *from);
        if (find(&diff->after, part) == NULL)
            say_gone(diff, part);
    }
}

/* A removed part is written where it was: before the next part that is still there. */
static void say_all(struct diff *diff)
{
    guint gone = 0;
    for (guint i = 0; i < diff->after.parts->len; i++) {
        const struct described_part *part = g_ptr_array_index(diff->after.parts, i);
        const struct described_part *before = find(&diff->before, part);
        if (before == NULL) {
            say_new(diff, part);
            continue;
        }
        say_gone_before(diff, &gone, before->number);
        compare(diff, before, part);
    }
    say_gone_before(diff, &gone, diff->before.parts->len);
}

static void say_title(struct diff *diff)
{
    const struct playbook *before = diff->before.version->playbook, *after = diff->after.version->playbook;
    g_string_append_printf(diff->out, "# %s (%s)\n\n", in_words(diff, &after->title), after->name);
    say(diff, "版本 %d → %d\n", "Version %d → %d\n", before->version, after->version);
    if (strcmp(before->name, after->name) != 0)
        say(diff, "\n原名 %s\n", "\nCalled %s before\n", before->name);
}

char *playbook_diff(const struct version *before, const struct version *after, const GArray *running, bool english)
{
    struct diff diff = {.running = running, .english = english, .out = g_string_new(NULL)};
    tell_side(&diff.before, before, english, NULL);
    tell_side(&diff.after, after, english, NULL);
    g_autoptr(GHashTable) renamed = renamings(&diff.before, &diff.after);
    forget_side(&diff.before);
    tell_side(&diff.before, before, english, renamed);
    diff.before.source_map = source_map_new(before->sources, before->source_count);
    diff.after.source_map = source_map_new(after->sources, after->source_count);
    say_title(&diff);
    say_all(&diff);
    if (!diff.headed)
        say(&diff, "\n没有改变。\n", "\nNothing changes.\n");
    forget_side(&diff.before);
    forget_side(&diff.after);
    source_map_free(diff.before.source_map);
    source_map_free(diff.after.source_map);
    return g_string_free(diff.out, FALSE);
}
