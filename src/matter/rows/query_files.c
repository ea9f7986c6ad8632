/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of a matter: which there are, which are kept, and who may upload one, asked before the first byte: an actor who
 * may make an entry with a file field, as far as posts, the matter and its participants tell. The entry itself is
 * checked later.
 */
#include "matter/matter.h"

#include "base/clock.h"
#include "base/limits.h"
#include "playbook/form/form.h"

#include <string.h>

struct bringing {
    struct db *rows;
    const struct kind *kind;
    const struct matter *matter;
    int64_t person, now_us;
    GArray *posts; /* of struct post, theirs now */
};

static bool holds_role(const struct bringing *bringing, const struct role *role)
{
    for (guint i = 0; i < bringing->posts->len; i++)
        if (strcmp(g_array_index(bringing->posts, struct post, i).role, role->name) == 0)
            return true;
    return false;
}

/* As a person, or in a post that they still hold. */
static bool is_opener(const struct bringing *bringing)
{
    const struct matter *matter = bringing->matter;
    if (matter_opener(matter) != bringing->person || matter->opener_post == 0)
        return matter_opener(matter) == bringing->person;
    for (guint i = 0; i < bringing->posts->len; i++)
        if (g_array_index(bringing->posts, struct post, i).id == matter->opener_post)
            return true;
    return false;
}

static bool shares_household(const struct bringing *bringing)
{
    int64_t household = registry_household(bringing->rows, bringing->matter->subject, bringing->now_us);
    return household != 0 && registry_household(bringing->rows, bringing->person, bringing->now_us) == household;
}

static bool is_participant(const struct bringing *bringing)
{
    int64_t there = 0;
    db_integer(bringing->rows, &there,
               "SELECT EXISTS (SELECT 1 FROM participant WHERE matter = ?1 AND left_us IS NULL AND "
               "(who = -?2 OR who > 0))",
               "ii", bringing->matter->id, bringing->person);
    return there != 0;
}

static bool is_addressed(const struct bringing *bringing, const struct address *address)
{
    bool about_person = bringing->kind->about == ABOUT_PERSON;
    switch (address->party) {
    case PARTY_ROLE:
        return holds_role(bringing, address->role);
    case PARTY_SUBJECT:
        return about_person && bringing->matter->subject == bringing->person;
    case PARTY_PROXY:
        return about_person && shares_household(bringing);
    case PARTY_PUBLIC:
        return true;
    case PARTY_OPENER:
        return is_opener(bringing);
    case PARTY_PARTICIPANT:
        return is_participant(bringing);
    case PARTY_CLOCK:
        return false;
    }
    g_assert_not_reached();
}

static bool is_one_of(const struct bringing *bringing, const struct address *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_addressed(bringing, &addresses[i]))
            return true;
    return false;
}

/* Also by an escalation for want of a nearer post. */
static bool was_given(const struct bringing *bringing, const struct entry_def *entry)
{
    int64_t given = 0;
    for (guint i = 0; i < bringing->posts->len && given == 0; i++)
        db_integer(bringing->rows, &given,
                   "SELECT EXISTS (SELECT 1 FROM expectation WHERE matter = ?1 AND post = ?2 AND "
                   "coalesce(entry, name) = ?3)",
                   "iis", bringing->matter->id, g_array_index(bringing->posts, struct post, i).id, entry->name);
    return given != 0;
}

static bool may_make(const struct bringing *bringing, const struct entry_def *entry)
{
    const struct kind *kind = bringing->kind;
    if (is_one_of(bringing, entry->by, entry->by_count) || (entry->as != NULL && is_participant(bringing)))
        return true;
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++) {
            const struct expect *expect = &kind->states[s].expects[i];
            if (expect->entry == entry && (is_addressed(bringing, &expect->answers) ||
                                           is_one_of(bringing, expect->may_meet, expect->may_meet_count)))
                return true;
        }
    return was_given(bringing, entry);
}

bool matter_may_bring_files(struct db *rows, const struct kind *kind, const struct matter *matter, int64_t person,
                            int64_t now_us)
{
    g_autoptr(GArray) posts = registry_posts_of(rows, person, now_us);
    const struct bringing bringing = {rows, kind, matter, person, now_us, posts};
    for (size_t i = 0; i < kind->entry_count; i++)
        if (form_has_files(&kind->entries[i].form) && may_make(&bringing, &kind->entries[i]))
            return true;
    return false;
}

bool matter_attachment(struct db *rows, int64_t matter, const char *hash, struct attachment *out)
{
    AUTO(cursor)
    struct cursor found = db_query(
        rows,
        "SELECT type, bytes, at_us, person, named FROM attachment WHERE hash = ?1 AND matter = ?2 AND gone_us = 0",
        "si", hash, matter);
    if (!cursor_next(&found))
        return false;
    *out = (struct attachment){.bytes = cursor_integer(&found, 1),
                               .at_us = cursor_integer(&found, 2),
                               .person = cursor_integer(&found, 3),
                               .named = cursor_integer(&found, 4) != 0};
    g_strlcpy(out->type, cursor_text(&found, 0), sizeof out->type);
    return true;
}

void matter_each_file(struct db *rows, void (*visit)(void *context, int64_t matter, const char *hash), void *context)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows, "SELECT hash, matter FROM attachment WHERE named = 1 AND gone_us = 0 ORDER BY hash", "");
    while (cursor_next(&found))
        visit(context, cursor_integer(&found, 1), cursor_text(&found, 0));
}

int matter_keeps_file(struct db *rows, const char *hash, int64_t at_us)
{
    int64_t kept = -1;
    db_integer(rows, &kept, "SELECT max(gone_us = 0 AND (named = 1 OR at_us > ?2)) FROM attachment WHERE hash = ?1",
               "si", hash, at_us - LIMIT_ATTACHMENT_ORPHAN_US - US_PER_HOUR);
    return (int)kept;
}

int64_t matter_file_count(struct db *rows, int64_t matter)
{
    int64_t count = 0;
    db_integer(rows, &count, "SELECT count(*) FROM attachment WHERE matter = ?1", "i", matter);
    return count;
}

int64_t matter_dead_files(struct db *rows, int64_t erased_us, int64_t from_us, int64_t to_us,
                          void (*each)(void *context, int64_t matter, const char *hash), void *context)
{
    int64_t newest_us = 0;
    db_integer(rows, &newest_us, "SELECT gone_us FROM attachment WHERE gone_us > 0 ORDER BY gone_us DESC LIMIT 1", "");
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT matter, hash FROM attachment WHERE gone_us > 0 AND gone_us >= ?1 UNION ALL "
                 "SELECT matter, hash FROM attachment WHERE named = 0 AND gone_us = 0 AND at_us > ?2 AND at_us <= ?3",
                 "iii", erased_us, from_us, to_us);
    while (cursor_next(&found))
        each(context, cursor_integer(&found, 0), cursor_text(&found, 1));
    return newest_us;
}
