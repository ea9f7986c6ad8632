/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses: roles here, above, at a field; the subject, a proxy, anyone, the program. */
#include "playbook/load/load_parts.h"

#include "playbook/model/address.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"

#include <string.h>

static const struct {
    const char *word;
    enum party party;
} parties[] = {{"subject", PARTY_SUBJECT},
               {"proxy", PARTY_PROXY},
               {"public", PARTY_PUBLIC},
               {"clock", PARTY_CLOCK},
               {"opener", PARTY_OPENER}};

static const struct key address_keys[] = {
    {"role", SHAPE_SCALAR, true, 0},
    {"at", SHAPE_SCALAR, false, 0},
    {"above", SHAPE_SCALAR, false, 0},
};

/* A role, or one of the words for an actor without a post. */
static bool read_word_address(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                              struct address *out)
{
    const char *word = load_text(loader, node, "an address");
    if (word == NULL)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(parties); i++)
        if (strcmp(parties[i].word, word) == 0) {
            if (kind->about == ABOUT_NOTHING && (i == 0 || i == 1))
                loader_report(loader, node, NULL, "%s: this kind is not about a person", word);
            out->party = parties[i].party;
            return true;
        }
    if (g_str_has_prefix(word, "participant.")) {
        out->party = PARTY_PARTICIPANT;
        out->set = load_participant_set(loader, kind, node);
        if (out->set != NULL && !out->set->persons)
            loader_report(loader, node, NULL, "%s are units: say {role: …, at: %s}", out->set->name, word);
        return out->set != NULL;
    }
    out->party = PARTY_ROLE;
    out->role = loader_resolve(loader, node, names_of_roles(loader));
    return out->role != NULL;
}

static bool read_at(struct loader *loader, const struct kind *kind, const struct yaml_node *node, struct address *out)
{
    const char *text = load_text(loader, node, "at");
    if (text == NULL)
        return false;
    if (strcmp(text, "matter.unit") == 0)
        return true;
    if (strcmp(text, "receiver") == 0) {
        out->place = PLACE_RECEIVER;
        return true;
    }
    if (g_str_has_prefix(text, "participant.")) {
        out->place = PLACE_PARTICIPANT;
        out->set = load_participant_set(loader, kind, node);
        if (out->set == NULL || !out->set->persons)
            return out->set != NULL;
        loader_report(loader, node, NULL, "%s are persons, not places", out->set->name);
        out->set = NULL;
        return false;
    }
    if (!g_str_has_prefix(text, "field.")) {
        g_autofree char *suggestion = g_strdup_printf("field.%s", text);
        bool field = named_find(kind->form.fields, kind->form.field_count, sizeof *kind->form.fields, text) != NULL;
        loader_report(loader, node, field ? suggestion : NULL,
                      "at is matter.unit, field.NAME, participant.SET or receiver, not %s", text);
        return false;
    }
    const struct field *field =
        loader_resolve_text(loader, node, text + strlen("field."), names_of_fields(&kind->form));
    if (field == NULL)
        return false;
    out->place = PLACE_FIELD;
    out->field = (int)(field - kind->form.fields);
    if (field->type != FIELD_UNIT && !loader_is_unresolved(loader, field))
        loader_report(loader, node, NULL, "the field %s holds no unit", field->name);
    return true;
}

bool load_address(struct loader *loader, const struct kind *kind, const struct yaml_node *node, struct address *out)
{
    if (node->type == NODE_REFUSED)
        return false;
    *out = (struct address){.party = PARTY_ROLE, .place = PLACE_MATTER_UNIT};
    if (node->type == NODE_SCALAR)
        return read_word_address(loader, kind, node, out);
    if (!LOAD_KEYS(loader, node, address_keys, out, "an address"))
        return false;
    const struct yaml_node *role = yaml_find(node, "role"), *at = yaml_find(node, "at");
    const struct yaml_node *above = yaml_find(node, "above");
    bool right = role != NULL && (out->role = loader_resolve(loader, role, names_of_roles(loader))) != NULL;
    if (at != NULL && above != NULL)
        loader_report(loader, yaml_find_key(node, "above"), NULL, "an address has `at` or `above`, not both");
    if (at != NULL)
        return read_at(loader, kind, at, out) && right;
    if (above == NULL)
        return right;
    out->place = PLACE_ANCESTOR;
    out->ancestor = loader_resolve(loader, above, names_of_unit_types(loader));
    return right && out->ancestor != NULL;
}

static bool is_same(const struct address *a, const struct address *b)
{
    return a->party == b->party && a->role == b->role && a->place == b->place && a->ancestor == b->ancestor &&
           a->field == b->field && a->set == b->set;
}

struct address *load_addresses(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                               size_t *out_count)
{
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(struct address));
    size_t count = loader_takes_all(loader, node) ? yaml_item_count(node) : 0;
    for (size_t i = 0; i < count; i++) {
        struct address address;
        if (!load_address(loader, kind, yaml_item(node, i), &address))
            continue;
        if (address.place == PLACE_RECEIVER)
            loader_report(loader, yaml_item(node, i), NULL, "there is a receiver only where a hand-over is accepted");
        bool twice = false;
        for (guint j = 0; j < addresses->len; j++)
            twice = twice || is_same(&g_array_index(addresses, struct address, j), &address);
        if (twice)
            loader_report(loader, yaml_item(node, i), NULL, "the same address is given twice here");
        g_array_append_val(addresses, address);
    }
    return storage_take_array(loader->storage, addresses, out_count);
}

bool load_answering(struct loader *loader, const struct kind *kind, const struct yaml_node *node, bool role_only,
                    struct address *out)
{
    if (!load_address(loader, kind, node, out))
        return false;
    if (out->place == PLACE_RECEIVER)
        loader_report(loader, node, NULL, "there is a receiver only where a hand-over is accepted");
    if (out->party == PARTY_ROLE ||
        (!role_only && (out->party == PARTY_SUBJECT || out->party == PARTY_PARTICIPANT || out->party == PARTY_OPENER)))
        return true;
    loader_report(loader, node, NULL,
                  role_only ? "only a role can be told"
                            : "only a role, the subject or a participant can answer for it");
    return false;
}
