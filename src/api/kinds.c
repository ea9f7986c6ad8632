/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/kinds.h"

#include "api/shape.h"
#include "api/summons.h"
#include "base/datetime.h"
#include "playbook/expr/expr.h"
#include "playbook/model/key.h"

static json_t *names_of_unit_types(const struct unit_type *const *types, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(names, json_string(types[i]->name));
    return names;
}

static json_t *names_of_roles(const struct role *const *roles, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(names, json_string(roles[i]->name));
    return names;
}

static json_t *duration(int64_t us)
{
    char text[DATETIME_TEXT_MAX];
    duration_format(us, text);
    return json_string(text);
}

/* NULL adds no member. */
static void set_expr(json_t *shape, const char *name, const struct expr *expr)
{
    if (expr != NULL)
        json_object_set_new(shape, name, expr_to_json(expr));
}

static void set_text(json_t *shape, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(shape, name, json_string(text));
}

/* ---- who ---- */

static void set_place(json_t *shape, const struct kind *kind, const struct address *address)
{
    static const char *const fixed[] = {
        [PLACE_MATTER_UNIT] = "matter.unit", [PLACE_RECEIVER] = "receiver", [PLACE_COMMON] = "common"};
    if (address->place == PLACE_ANCESTOR)
        set_text(shape, "above", address->ancestor->name);
    else if (address->place == PLACE_FIELD || address->place == PLACE_PARTICIPANT) {
        bool field = address->place == PLACE_FIELD;
        g_autofree char *at = g_strconcat(field ? "field." : "participant.",
                                          field                  ? kind->form.fields[address->field].name
                                          : address->set != NULL ? address->set->name
                                                                 : "",
                                          NULL);
        set_text(shape, "at", at);
    } else
        set_text(shape, "at", fixed[address->place]);
}

static const char *const parties[] = {
    [PARTY_SUBJECT] = "subject", [PARTY_PROXY] = "proxy",   [PARTY_PUBLIC] = "public",
    [PARTY_CLOCK] = "clock",     [PARTY_OPENER] = "opener", [PARTY_PARTICIPANT] = "participant"};

static json_t *shape_address(const struct kind *kind, const struct address *address)
{
    json_t *shape = json_object();
    if (address->party == PARTY_ROLE) {
        set_text(shape, "role", address->role->name);
        set_place(shape, kind, address);
        return shape;
    }
    if (address->party == PARTY_PARTICIPANT && address->set != NULL)
        set_text(shape, "participant", address->set->name);
    else
        set_text(shape, "party", parties[address->party]);
    return shape;
}

static json_t *shape_addresses(const struct kind *kind, const struct address *addresses, size_t count)
{
    json_t *shapes = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(shapes, shape_address(kind, &addresses[i]));
    return shapes;
}

/* ---- states ---- */

void state_add_rules(json_t *shape, const struct kind *kind, const struct state *state)
{
    set_text(shape, "document", state->document);
    if (state->ends_in == NULL)
        return;
    json_t *ends = json_pack("{s:s}", "state", state->ends_in->name);
    set_expr(ends, "at", state->ends_at);
    set_text(ends, "on", state->ends_with_post ? "post_ended" : NULL);
    json_object_set_new(shape, "ends", ends);
}

void expect_add_rules(json_t *shape, const struct kind *kind, const struct expect *expect)
{
    json_object_set_new(shape, "answers", shape_address(kind, &expect->answers));
    json_object_set_new(shape, "may_meet", shape_addresses(kind, expect->may_meet, expect->may_meet_count));
    set_text(shape, "or_entry", expect->or_entry != NULL ? expect->or_entry->name : NULL);
    set_text(shape, "each", expect->each != NULL ? expect->each->name : NULL);
    set_text(shape, "per_line", expect->per_line != NULL ? expect->per_line->name : NULL);
    set_expr(shape, "when", expect->when);
    set_expr(shape, "met_when", expect->met_when);
    json_t *steps = json_array();
    for (size_t i = 0; i < expect->escalation_count; i++) {
        const struct escalation *step = &expect->escalations[i];
        json_t *told = json_pack("{s:o, s:o}", "after", duration(step->after_us), "to", shape_address(kind, &step->to));
        if (step->digest_us > 0)
            json_object_set_new(told, "digest", duration(step->digest_us));
        json_array_append_new(steps, told);
    }
    json_object_set_new(shape, "escalate", steps);
}

/* ---- entries ---- */

static json_t *shape_refusals(const struct entry_def *entry)
{
    json_t *shapes = json_array();
    for (size_t i = 0; i < entry->refusal_count; i++) {
        const struct refusal *refusal = &entry->refusals[i];
        json_t *shape = json_pack("{s:o, s:o}", "when", expr_to_json(refusal->when), "say", shape_texts(&refusal->say));
        set_text(shape, "field", refusal->field);
        json_array_append_new(shapes, shape);
    }
    return shapes;
}

static json_t *shape_needs(const struct entry_def *entry)
{
    json_t *shapes = json_array();
    for (size_t i = 0; i < entry->need_count; i++) {
        const struct need *need = &entry->needs[i];
        json_t *shape = json_pack("{s:o, s:s}", "that", expr_to_json(need->that), "text", need->text);
        if (need->say.zh != NULL)
            json_object_set_new(shape, "say", shape_texts(&need->say));
        set_text(shape, "field", need->field);
        json_array_append_new(shapes, shape);
    }
    return shapes;
}

/* The kinds of which the effects open a matter each time. */
static json_t *shape_opens(const struct effect *effects, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++)
        if (effects[i].type == EFFECT_OPEN && effects[i].loop == NULL && effects[i].kind != NULL)
            json_array_append_new(names, json_string(effects[i].kind->name));
    return names;
}

/* The transitions of an entry; the first branch whose condition is true is taken. */
static json_t *shape_branches(const struct entry_def *entry)
{
    json_t *shapes = json_array();
    for (size_t i = 0; i < entry->branch_count; i++) {
        json_t *shape = json_object();
        set_expr(shape, "when", entry->branches[i].when);
        set_text(shape, "state", entry->branches[i].state != NULL ? entry->branches[i].state->name : NULL);
        json_object_set_new(shape, "opens", shape_opens(entry->branches[i].effects, entry->branches[i].effect_count));
        json_array_append_new(shapes, shape);
    }
    return shapes;
}

static json_t *shape_unless(const struct kind *kind, const struct entry_def *entry)
{
    json_t *names = json_array();
    if (entry->unless_opener)
        json_array_append_new(names, json_string("opener"));
    for (size_t i = 0; i < entry->unless_actor_count; i++) {
        g_autofree char *name = g_strconcat("facts.", kind->facts[entry->unless_actor[i]].name, NULL);
        json_array_append_new(names, json_string(name));
    }
    return names;
}

void entry_add_rules(json_t *shape, const struct kind *kind, const struct entry_def *entry)
{
    json_object_set_new(shape, "by", shape_addresses(kind, entry->by, entry->by_count));
    json_object_set_new(shape, "refuse", shape_refusals(entry));
    json_object_set_new(shape, "needs", shape_needs(entry));
    json_object_set_new(shape, "unless_actor", shape_unless(kind, entry));
    json_object_set_new(shape, "then", shape_branches(entry));
    json_object_set_new(shape, "opens", shape_opens(entry->effects, entry->effect_count));
    set_text(shape, "as", entry->as != NULL ? entry->as->name : NULL);
    set_text(shape, "of", entry->of != NULL ? entry->of->name : NULL);
    set_text(shape, "confirms", entry->confirms != NULL ? entry->confirms->name : NULL);
    set_text(shape, "declines", entry->declines != NULL ? entry->declines->name : NULL);
    if (entry->confirmation.present)
        json_object_set_new(shape, "second",
                            json_pack("{s:o, s:o}", "by",
                                      shape_addresses(kind, entry->confirmation.by, entry->confirmation.by_count),
                                      "within", duration(entry->confirmation.within_us)));
}

/* ---- the kind ---- */

static json_t *shape_retention(const struct kind *kind)
{
    if (kind->retain_us == 0 && kind->retain_rule == NULL)
        return json_null(); /* kept */
    const char *after = kind->retain_state != NULL ? "state" : kind->retain_from == RETAIN_OPENED ? "opened" : "closed";
    json_t *shape =
        json_pack("{s:s, s:o}", "after", after, "held_by", shape_addresses(kind, kind->held_by, kind->held_by_count));
    set_text(shape, "state", kind->retain_state != NULL ? kind->retain_state->name : NULL);
    if (kind->retain_rule != NULL)
        set_text(shape, "rule", kind->retain_rule->name);
    else
        json_object_set_new(shape, "for", duration(kind->retain_us));
    return shape;
}

static json_t *shape_indicators(const struct kind *kind)
{
    static const char *const windows[] = {
        [WINDOW_DAY] = "day", [WINDOW_WEEK] = "week", [WINDOW_MONTH] = "month", [WINDOW_MONTH_19] = "month_19_to_18"};
    json_t *shapes = json_array();
    for (size_t i = 0; i < kind->indicator_count; i++) {
        const struct indicator *indicator = &kind->indicators[i];
        json_t *shape =
            json_pack("{s:s, s:o, s:b, s:s, s:i, s:i}", "name", indicator->name, "title",
                      shape_texts(&indicator->title), "ratio", indicator->ratio, "window", windows[indicator->window],
                      "min_bottom", indicator->min_bottom, "smallest_cell", indicator->smallest_cell);
        set_text(shape, "floor", indicator->floor != NULL ? indicator->floor->name : NULL);
        json_array_append_new(shapes, shape);
    }
    return shapes;
}

static json_t *shape_figures(const struct kind *kind)
{
    json_t *shapes = json_array();
    for (size_t i = 0; i < kind->figure_count; i++)
        json_array_append_new(shapes,
                              json_pack("{s:s, s:o, s:s}", "name", kind->figures[i].name, "title",
                                        shape_texts(&kind->figures[i].title), "kind", kind->figures[i].kind->name));
    return shapes;
}

static bool answers_at(const struct kind *kind, int field)
{
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++) {
            const struct address *answers = &kind->states[s].expects[i].answers;
            if (answers->party == PARTY_ROLE && answers->place == PLACE_FIELD && answers->field == field)
                return true;
        }
    return false;
}

/* A field of the matter's own form that effects set, at whose unit something is expected; -1 none. */
static int given_by(const struct kind *kind, const struct effect *effects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool own = effects[i].type == EFFECT_SET && effects[i].target == TARGET_SELF && effects[i].loop == NULL;
        for (size_t f = 0; own && f < effects[i].field_count; f++)
            if (answers_at(kind, effects[i].fields[f].field))
                return effects[i].fields[f].field;
    }
    return -1;
}

const char *kind_handler(const struct kind *kind)
{
    int field = -1;
    for (size_t i = 0; i < kind->entry_count && field < 0; i++) {
        const struct entry_def *entry = &kind->entries[i];
        field = given_by(kind, entry->effects, entry->effect_count);
        for (size_t b = 0; b < entry->branch_count && field < 0; b++)
            field = given_by(kind, entry->branches[b].effects, entry->branches[b].effect_count);
    }
    return field >= 0 ? kind->form.fields[field].name : NULL;
}

void kind_add_rules(json_t *shape, const struct kind *kind)
{
    static const char *const subjects[] = {
        [ABOUT_NOTHING] = "nothing", [ABOUT_PERSON] = "person", [ABOUT_UNIT] = "unit"};
    json_object_set_new(shape, "about", json_string(kind->about_post ? "post" : subjects[kind->about]));
    json_object_set_new(shape, "units", names_of_unit_types(kind->unit_types, kind->unit_type_count));
    json_object_set_new(shape, "by_household", json_boolean(kind->group_household));
    json_object_set_new(shape, "standing", json_boolean(kind->standing_one_per_unit));
    json_object_set_new(shape, "unique",
                        json_string(kind->unique_ever                                             ? "ever"
                                    : kind->unique_open_per_subject || kind->unique_field != NULL ? "open"
                                                                                                  : "no"));
    set_text(shape, "unique_field", kind->unique_field != NULL ? kind->unique_field->name : NULL);
    json_object_set_new(shape, "opened_by_subject", json_boolean(kind->opened_by_subject));
    json_object_set_new(shape, "seen_by", names_of_roles(kind->seen_by, kind->seen_by_count));
    json_object_set_new(shape, "unmask", names_of_roles(kind->unmasked_by, kind->unmasked_by_count));
    json_object_set_new(shape, "participants_only", json_boolean(kind->participants_only));
    json_object_set_new(shape, "retain", shape_retention(kind));
    set_text(shape, "handler", kind_handler(kind));
    json_t *summons = shape_summons(kind);
    if (summons != NULL)
        json_object_set_new(shape, "summons", summons);
    json_object_set_new(shape, "figures", shape_figures(kind));
    json_object_set_new(shape, "indicators", shape_indicators(kind));
}

/* ---- its schema ---- */

#define TEXTS   "{\"$ref\": \"#/components/schemas/Texts\"}"
#define NAMES   "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}"
#define TEXT    "{\"type\": \"string\"}"
#define DAY     "{\"type\": \"string\", \"format\": \"date\"}"
#define YES_NO  "{\"type\": \"boolean\"}"
#define THINGS  "{\"type\": \"array\", \"items\": {\"type\": \"object\"}}"
#define TREE    "{\"type\": \"object\", \"description\": \"the tree of an expression\"}"
#define PARTIES "{\"type\": \"array\", \"items\": {\"$ref\": \"#/components/schemas/Address\"}}"

static const char schema[] =
    "{\"Texts\": {\"type\": \"object\", \"properties\": {\"zh\": {\"type\": [\"string\", \"null\"]}, "
    "\"en\": {\"type\": [\"string\", \"null\"]}}},"
    "\"Address\": {\"type\": \"object\", \"properties\": {\"role\": " TEXT ", \"at\": " TEXT ", \"above\": " TEXT
    ", \"participant\": " TEXT ", \"party\": " TEXT "}},"
    "\"Expectation\": {\"type\": \"object\", \"required\": [\"name\", \"entry\", \"optional\", \"answers\", "
    "\"may_meet\", \"escalate\"], \"properties\": {\"name\": " TEXT ", \"entry\": " TEXT ", \"optional\": " YES_NO
    ", \"answers\": {\"$ref\": \"#/components/schemas/Address\"}, \"may_meet\": " PARTIES ", \"or_entry\": " TEXT
    ", \"each\": " TEXT ", \"when\": " TREE ", \"met_when\": " TREE ", \"escalate\": " THINGS "}, \"description\": "
    "\"and when it is due: one of within (with since), windows, per, every, by_time; warn, calendar, pause_in, "
    "attempts, extend, alert\"},"
    "\"State\": {\"type\": \"object\", \"required\": [\"name\", \"title\", \"initial\", \"final\", "
    "\"expects\"], "
    "\"properties\": {\"name\": " TEXT ", \"title\": " TEXTS ", \"initial\": " YES_NO ", \"final\": " YES_NO
    ", \"document\": " TEXT ", \"ends\": {\"type\": \"object\"}, \"expects\": {\"type\": \"array\", \"items\": "
    "{\"$ref\": \"#/components/schemas/Expectation\"}}}, \"additionalProperties\": false},"
    "\"EntryKind\": {\"type\": \"object\", \"required\": [\"name\", \"title\", \"in\", \"attempts\", "
    "\"form\", "
    "\"round\", \"by\", \"refuse\", \"needs\", \"unless_actor\", \"then\", \"opens\"], \"properties\": {\"name\": " TEXT
    ", \"title\": " TEXTS ", \"in\": " NAMES ", \"attempts\": " THINGS ", \"form\": " THINGS ", \"round\": " YES_NO
    ", \"line\": " TEXT ", \"by\": " PARTIES ", \"refuse\": {\"type\": \"array\", \"items\": {\"type\": \"object\", "
    "\"properties\": {\"when\": " TREE ", \"say\": " TEXTS ", \"field\": " TEXT "}}}, \"needs\": {\"type\": "
    "\"array\", \"items\": {\"type\": \"object\", \"properties\": {\"that\": " TREE ", \"text\": " TEXT
    ", \"say\": " TEXTS ", \"field\": " TEXT "}}}, \"unless_actor\": " NAMES ", \"then\": {\"type\": \"array\", "
    "\"items\": {\"type\": \"object\", \"properties\": {\"when\": " TREE ", \"state\": " TEXT ", \"opens\": " NAMES
    "}}}, \"opens\": " NAMES ", \"as\": " TEXT ", \"of\": " TEXT ", \"confirms\": " TEXT ", \"declines\": " TEXT
    ", \"second\": {\"type\": \"object\", "
    "\"properties\": {\"by\": " PARTIES ", \"within\": " TEXT "}}}, \"additionalProperties\": false},"
    "\"Kind\": {\"type\": \"object\", \"required\": [\"name\", \"title\", \"clauses\", \"about\", "
    "\"retain\", "
    "\"form\", \"states\", \"entries\", \"indicators\", \"playbook\", \"rules\"], \"properties\": {\"name\": " TEXT
    ", \"title\": " TEXTS ", \"clauses\": " NAMES
    ", \"about\": {\"enum\": [\"nothing\", \"person\", \"unit\", \"post\"]}, "
    "\"units\": {\"type\": \"array\", \"description\": \"types of units at which it stands; none: any\", "
    "\"items\": " TEXT "}, \"about_person\": " YES_NO ", \"by_household\": " YES_NO ", \"standing\": " YES_NO
    ", \"unique\": {\"enum\": "
    "[\"no\", \"open\", \"ever\"]}, \"unique_field\": " TEXT ", \"purpose\": " TEXTS
    ", \"lawful_basis\": {\"type\": [\"string\", \"null\"]}, "
    "\"opened_by\": " NAMES ", \"opened_by_subject\": " YES_NO ", \"proposed_by\": " NAMES ", \"seen_by\": " NAMES
    ", \"unmask\": " NAMES ", \"participants_only\": " YES_NO
    ", \"handler\": {\"type\": \"string\", \"description\": \"field that holds the unit to "
    "which an entry gives the matter\"}, \"summons\": {\"type\": \"object\", \"description\": \"units that are "
    "summoned to come\", \"required\": [\"set\", \"entry\", \"present\", \"leaves\", \"counted\"], "
    "\"properties\": {\"set\": " TEXT ", \"entry\": " TEXT ", \"present\": " TEXT ", \"leaves\": " NAMES
    ", \"counted\": " NAMES "}}, \"retain\": {\"type\": [\"object\", \"null\"], "
    "\"description\": \"null: kept\", \"properties\": {\"after\": {\"enum\": [\"closed\", \"opened\", "
    "\"state\"]}, "
    "\"state\": " TEXT ", \"for\": " TEXT ", \"rule\": " TEXT ", \"held_by\": " PARTIES "}}, \"form\": " THINGS
    ", \"participants\": " THINGS ", \"external\": {\"type\": [\"object\", \"null\"]}, \"states\": {\"type\": "
    "\"array\", \"items\": {\"$ref\": \"#/components/schemas/State\"}}, \"entries\": {\"type\": \"array\", "
    "\"items\": {\"$ref\": \"#/components/schemas/EntryKind\"}}, \"figures\": " THINGS ", \"indicators\": " THINGS
    ", \"playbook\": " TEXT ", \"rules\": {\"type\": \"array\", \"items\": {\"$ref\": "
    "\"#/components/schemas/Rule\"}}}, \"additionalProperties\": false},"
    "\"Rule\": {\"type\": \"object\", \"description\": \"what conditions of the kind read; on a day holds the last "
    "edition that has begun\", \"required\": [\"name\", \"title\", \"type\", \"table\", \"editions\"], "
    "\"properties\": {\"name\": " TEXT ", \"title\": " TEXTS ", \"type\": " TEXT ", \"unit\": " TEXT
    ", \"table\": " YES_NO ", \"editions\": {\"type\": \"array\", \"items\": {\"type\": \"object\", \"required\": "
    "[\"from\"], \"properties\": {\"from\": " DAY ", \"source\": " TEXT ", \"value\": {}, \"values\": "
    "{\"type\": \"object\"}}, \"additionalProperties\": false}}}, \"additionalProperties\": false}}";

/* Each key that is shown has a member, by its row, with what it is called. */
static void add_members(json_t *of, const struct key *keys, size_t count)
{
    json_t *properties = json_object_get(of, "properties");
    for (size_t i = 0; i < count; i++) {
        if (keys[i].member == NULL)
            continue;
        json_t *property = json_object_get(properties, keys[i].member);
        if (property == NULL)
            json_object_set_new(properties, keys[i].member, property = json_object());
        json_object_set_new(property, "x-label", json_pack("{s:s, s:s}", "zh", keys[i].zh, "en", keys[i].en));
    }
    json_object_set_new(of, "additionalProperties", json_false());
}

json_t *kind_schema(void)
{
    json_error_t error;
    json_t *schemas = json_loads(schema, JSON_REJECT_DUPLICATES, &error);
    g_assert(schemas != NULL);
    add_members(json_object_get(schemas, "State"), state_keys, STATE_KEYS);
    add_members(json_object_get(schemas, "Expectation"), expect_keys, EXPECT_KEYS);
    return schemas;
}
