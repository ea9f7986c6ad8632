/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents of which there is one: playbook, identity, unit_types, roles, required_posts. */
#include "playbook/load/load_parts.h"

#include "base/datetime.h"
#include "playbook/model/model.h"
#include "playbook/model/role.h"

#include <string.h>

static const struct yaml_node *only(struct loader *loader, enum part part)
{
    return loader->roots[part]->len > 0 ? g_ptr_array_index(loader->roots[part], 0) : NULL;
}

/* A document of one key, whose value is everything. */
const struct yaml_node *load_only_value(struct loader *loader, enum part part)
{
    const struct yaml_node *root = only(loader, part);
    for (size_t i = 1; root != NULL && i < root->count; i++)
        loader_report(loader, root->keys[i], NULL, "%s has to be alone in its document; put --- before %s",
                      root->keys[0]->text, root->keys[i]->text);
    return root != NULL ? root->items[0] : NULL;
}

/* ---- playbook ---- */

static const struct key playbook_keys[] = {
    {"playbook", SHAPE_SCALAR, true, 0},
    {"version", SHAPE_COUNT, true, G_STRUCT_OFFSET(struct playbook, version)},
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct playbook, title)},
    {"zone", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct playbook, zone_name)},
    {"authority", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct playbook, authority)},
    {"quiet", SHAPE_SCALAR, false, 0},
    {"grace", SHAPE_DURATION, false, G_STRUCT_OFFSET(struct playbook, grace_us)},
    {"languages", SHAPE_NODE, false, 0},
};

/* Before anything that people read. */
static void read_languages(struct loader *loader, const struct yaml_node *node)
{
    static const char *const languages[] = {"zh", "en"};
    size_t count = yaml_item_count(node);
    if (count == 0)
        loader_report(loader, node, NULL, "languages is a list of one or both: zh, en");
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *one = yaml_item(node, i);
        if (one->type != NODE_SCALAR)
            loader_report(loader, one, NULL, "languages is a list of one or both: zh, en");
        else if (load_word(loader, one, "languages", languages, G_N_ELEMENTS(languages)) >= 0 && i > 0 &&
                 yaml_item(node, 0)->type == NODE_SCALAR && strcmp(one->text, yaml_item(node, 0)->text) == 0)
            loader_report(loader, one, NULL, "%s is named twice", one->text);
    }
    loader->one_language = count == 1;
}

/* An adopted version keeps its time zone. */
static void read_zone(struct loader *loader, const struct yaml_node *node)
{
    static const char *const china[] = {
        "UTC+8",        "UTC+08",       "UTC+08:00",  "UTC+0800", "UTC +8",       "GMT+8",
        "GMT+08",       "GMT+08:00",    "GMT+0800",   "GMT +8",   "+8",           "+08",
        "+08:00",       "+0800",        "8",          "CST",      "CST-8",        "Beijing",
        "北京",         "北京时间",     "上海",       "中国",     "Beijing Time", "China Standard Time",
        "中国标准时间", "Asia/Beijing", "Asia/Peking"};
    struct playbook *playbook = loader->playbook;
    const char *name = playbook->zone_name, *suggestion = NULL;
    playbook->zone = loader->adopted ? g_time_zone_new_identifier(name) : zone_find(name);
    for (size_t i = 0; i < G_N_ELEMENTS(china); i++)
        if (g_ascii_strcasecmp(name, china[i]) == 0)
            suggestion = "Asia/Shanghai";
    if (playbook->zone == NULL)
        loader_report(loader, node, suggestion,
                      "%s is not a time zone of the IANA list: write a place such as Asia/Shanghai, not an offset",
                      name);
}

static void read_playbook(struct loader *loader, const struct yaml_node *root)
{
    struct playbook *playbook = loader->playbook;
    if (yaml_find(root, "languages") != NULL)
        read_languages(loader, yaml_find(root, "languages"));
    LOAD_KEYS(loader, root, playbook_keys, playbook, "playbook");
    const char *name = load_text(loader, root->items[0], "the name of the playbook");
    if (name != NULL && !code_is_valid(name))
        loader_report(loader, root->items[0], NULL, "%s is not a name: letters, digits, - and _, at most 40", name);
    else if (name != NULL)
        playbook->name = storage_copy(loader->storage, name);

    const struct yaml_node *version = yaml_find(root, "version"), *zone = yaml_find(root, "zone");
    if (version != NULL && version->type == NODE_SCALAR && strcmp(version->text, "0") == 0)
        loader_report(loader, version, "1", "versions count from 1");
    if (playbook->zone_name != NULL)
        read_zone(loader, zone);
    const struct yaml_node *quiet = yaml_find(root, "quiet");
    if (quiet != NULL && quiet->type == NODE_SCALAR)
        load_window(loader, quiet, &playbook->quiet_from_minutes, &playbook->quiet_to_minutes);
}

/* ---- identity ---- */

static const struct key identity_type_keys[] = {
    {"title", SHAPE_TEXTS, false, G_STRUCT_OFFSET(struct identity_type, title)},
    {"pattern", SHAPE_TEXT, false, G_STRUCT_OFFSET(struct identity_type, pattern)},
};

/* A type that the program knows needs neither title nor pattern. */
static void read_identity_type(struct loader *loader, const struct yaml_node *key, const struct yaml_node *node,
                               struct identity_type *type)
{
    const struct identity_type *known = identity_type_known(type->name);
    const struct yaml_node *pattern = yaml_find(node, "pattern"), *title = yaml_find(node, "title");
    if (!LOAD_KEYS(loader, node, identity_type_keys, type, "a document of identity"))
        return;
    if (known == NULL && pattern == NULL)
        loader_report(loader, key, NULL,
                      "%s needs a pattern of its numbers; without one the program checks resident_id, passport, "
                      "hk_macao_permit and taiwan_permit",
                      type->name);
    if (known == NULL && title == NULL)
        loader_report(loader, key, NULL, "%s needs a title", type->name);
    const char *fault = type->pattern != NULL ? identity_pattern_fault(type->pattern) : NULL;
    if (fault != NULL)
        loader_report(loader, pattern, NULL,
                      "the pattern is wrong from `%s` on: letters, digits, [A-Z0-9], each with ?, +, *, {2} or "
                      "{2,9}, and | between alternatives, at most 200 characters",
                      fault);
    if (title == NULL && known != NULL)
        type->title = known->title;
}

static void read_identity(struct loader *loader, const struct yaml_node *node)
{
    if (node->type == NODE_MAPPING && node->count == 0)
        loader_report(loader, node, NULL, "identity names at least one document");
    for (size_t i = 0; node->type == NODE_MAPPING && i < node->count; i++)
        read_identity_type(loader, node->keys[i], node->items[i], &loader->playbook->identity_types[i]);
}

/* ---- unit types ---- */

static const struct key unit_type_keys[] = {
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct unit_type, title)},
    {"under", SHAPE_NODE, false, 0},
    {"stream", SHAPE_BOOL, false, G_STRUCT_OFFSET(struct unit_type, stream)},
    {"organisation", SHAPE_BOOL, false, G_STRUCT_OFFSET(struct unit_type, organisation)},
};

static bool read_unit_types(struct loader *loader, const struct yaml_node *node)
{
    struct playbook *playbook = loader->playbook;
    const struct unit_type *root = NULL;
    for (size_t i = 0; i < playbook->unit_type_count; i++) {
        struct unit_type *type = &playbook->unit_types[i];
        if (type->name != NULL && strlen(type->name) > 30)
            loader_report(loader, node->keys[i], NULL, "the name of a unit type has at most 30 characters");
        if (!LOAD_KEYS(loader, node->items[i], unit_type_keys, type, "a unit type")) {
            root = root != NULL ? root : type; /* it might have been */
            continue;
        }
        const struct yaml_node *under = yaml_find(node->items[i], "under");
        type->under = loader_resolve_list(loader, under, names_of_unit_types(loader), &type->under_count);
        if (type->under_count < yaml_item_count(under))
            loader_mark_unresolved(loader, type);
        if (under != NULL)
            continue;
        if (root != NULL)
            loader_report(loader, node->keys[i], NULL,
                          "%s does not say what it stands under; only one type is the root, %s", type->name,
                          root->name);
        root = root != NULL ? root : type;
    }
    if (root == NULL && playbook->unit_type_count > 0)
        loader_report(loader, node, NULL, "no unit type is the root: one has to be without `under`");
    return root != NULL;
}

/* Types that cannot be reached from the root form a cycle. */
static void check_unit_types(struct loader *loader, const struct yaml_node *node)
{
    struct playbook *playbook = loader->playbook;
    g_autoptr(GHashTable) reached = g_hash_table_new(NULL, NULL);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < playbook->unit_type_count; i++) {
            struct unit_type *type = &playbook->unit_types[i];
            bool reachable = type->under_count == 0;
            for (size_t j = 0; j < type->under_count; j++)
                reachable = reachable || g_hash_table_contains(reached, type->under[j]);
            if (reachable && g_hash_table_add(reached, type))
                more = true;
        }
    }
    for (size_t i = 0; i < playbook->unit_type_count; i++)
        if (!g_hash_table_contains(reached, &playbook->unit_types[i]))
            loader_report(loader, node->keys[i], NULL, "%s stands under itself, not under the root",
                          playbook->unit_types[i].name);
}

/* ---- roles ---- */

static const struct key role_keys[] = {
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct role, title)},
    {"grounds", SHAPE_NODE, true, 0},
    {"duty_hours", SHAPE_BOOL, false, G_STRUCT_OFFSET(struct role, duty_hours)},
    {"may", SHAPE_NODE, false, 0},
};

static const char *const may_words[] = {"persons", "registry", "accounts", "playbook", "audit"};

static void read_may(struct loader *loader, const struct yaml_node *node, struct role *role)
{
    bool *const rights[] = {&role->registers_people, &role->keeps_registry, &role->keeps_accounts, &role->adopts,
                            &role->supervises};
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        int word = load_word(loader, yaml_item(node, i), "may", may_words, G_N_ELEMENTS(may_words));
        if (word >= 0)
            *rights[word] = true;
    }
}

static void read_roles(struct loader *loader, const struct yaml_node *node)
{
    static const char *const taken[] = {"subject", "proxy", "public", "clock", "opener", "household"};
    for (size_t i = 0; i < loader->playbook->role_count; i++) {
        struct role *role = &loader->playbook->roles[i];
        for (size_t j = 0; j < G_N_ELEMENTS(taken); j++)
            if (g_strcmp0(role->name, taken[j]) == 0)
                loader_report(loader, node->keys[i], NULL,
                              "no role can be called %s: the name has a meaning of its own", taken[j]);
        if (!LOAD_KEYS(loader, node->items[i], role_keys, role, "a role"))
            continue;
        const struct yaml_node *grounds = yaml_find(node->items[i], "grounds");
        role->grounds = loader_resolve_list(loader, grounds, names_of_unit_types(loader), &role->ground_count);
        if (grounds != NULL && grounds->type == NODE_SEQUENCE && grounds->count == 0)
            loader_report(loader, grounds, NULL, "a role covers at least one type of unit");
        if (role->ground_count == 0 || role->ground_count < yaml_item_count(grounds))
            loader_mark_unresolved(loader, role);
        read_may(loader, yaml_find(node->items[i], "may"), role);
    }
}

/* ---- required posts ---- */

static const struct key required_post_keys[] = {
    {"unit_type", SHAPE_SCALAR, true, 0},
    {"role", SHAPE_SCALAR, true, 0},
    {"count", SHAPE_COUNT, false, G_STRUCT_OFFSET(struct required_post, count)},
};

static bool has_ground(const struct role *role, const struct unit_type *type)
{
    for (size_t i = 0; i < role->ground_count; i++)
        if (role->grounds[i] == type)
            return true;
    return false;
}

static void read_required_post(struct loader *loader, const struct yaml_node *node, struct required_post *post)
{
    post->count = 1;
    if (!LOAD_KEYS(loader, node, required_post_keys, post, "a required post"))
        return;
    const struct yaml_node *type = yaml_find(node, "unit_type"), *role = yaml_find(node, "role");
    const struct yaml_node *count = yaml_find(node, "count");
    post->unit_type = type != NULL ? loader_resolve(loader, type, names_of_unit_types(loader)) : NULL;
    post->role = role != NULL ? loader_resolve(loader, role, names_of_roles(loader)) : NULL;
    if (post->count == 0)
        loader_report(loader, count, NULL, "a required post is required at least once");
    if (post->unit_type != NULL && post->role != NULL && !loader_is_unresolved(loader, post->role) &&
        !has_ground(post->role, post->unit_type))
        loader_lint(loader, role, NULL, "%s does not cover units of type %s; its grounds say so", post->role->name,
                    post->unit_type->name);
}

static void read_required_posts(struct loader *loader, const struct yaml_node *node)
{
    struct playbook *playbook = loader->playbook;
    if (node->type != NODE_SEQUENCE) {
        loader_report(loader, node, NULL, "required_posts is a list: - {unit_type: …, role: …}");
        return;
    }
    playbook->required_posts = storage_alloc(loader->storage, node->count, sizeof *playbook->required_posts);
    playbook->required_post_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        struct required_post *post = &playbook->required_posts[i];
        read_required_post(loader, node->items[i], post);
        for (size_t j = 0; j < i && post->role != NULL; j++)
            if (playbook->required_posts[j].role == post->role &&
                playbook->required_posts[j].unit_type == post->unit_type)
                loader_lint(loader, node->items[i], NULL, "the same post is required twice; use count");
    }
}

void load_base(struct loader *loader)
{
    if (only(loader, PART_PLAYBOOK) != NULL)
        read_playbook(loader, only(loader, PART_PLAYBOOK));
    const struct yaml_node *identity = load_only_value(loader, PART_IDENTITY);
    if (identity != NULL)
        read_identity(loader, identity);
    const struct yaml_node *unit_types = load_only_value(loader, PART_UNIT_TYPES),
                           *roles = load_only_value(loader, PART_ROLES);
    if (unit_types != NULL && unit_types->type == NODE_MAPPING) {
        if (read_unit_types(loader, unit_types))
            check_unit_types(loader, unit_types);
    }
    if (roles != NULL && roles->type == NODE_MAPPING)
        read_roles(loader, roles);
    const struct yaml_node *required = load_only_value(loader, PART_REQUIRED_POSTS);
    if (required != NULL)
        read_required_posts(loader, required);
}
