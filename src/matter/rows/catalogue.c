/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of the events about matters, with names of a letter or two on disk where there are millions of them. */
#include "matter/rows/events.h"

#include "matter/matter.h"
#include "matter/rows/apply.h"

/* clang-format off */

/* ---- rows ---- */

#define ROW(word, min, ...)                                                                                            \
    (&(const struct event_row){                                                                                        \
        .name = (word), .least = (min), .places = (const struct event_place[]){__VA_ARGS__, {0}}})
#define ROWS(...) ((const struct event_row *const[]){__VA_ARGS__, NULL})
#define NUMBER(name)  {name, MEMBER_INTEGER}
#define ID(name)      {name, MEMBER_ID}
#define TIME(name)    {name, MEMBER_TIME}
#define OUTCOME       {"outcome", MEMBER_INTEGER, outcome_names}

static const char *const made_names[] = {
    "", [MADE_UNIT] = "unit", [MADE_POST] = "post", [MADE_POST_INSTEAD] = "post_instead",
    [MADE_SUSPENSION] = "suspension", NULL};
static const char *const step_names[] = {
    [CONFIRMATION_NONE] = "none", [CONFIRMATION_PENDING] = "waits", [CONFIRMATION_GIVEN] = "confirmed",
    [CONFIRMATION_DECLINED] = "declined", NULL};

static const struct event_row *const expected[] = {
    ROW(NULL, EXPECTED_OWN_DUE,
        [EXPECTED_SLOT] = NUMBER("slot"), [EXPECTED_NAME] = {"name", MEMBER_TEXT},
        [EXPECTED_ENTRY] = {"entry", MEMBER_TEXT, .or_null = true}, [EXPECTED_POST] = ID("post"),
        [EXPECTED_OPENS] = TIME("opens"), [EXPECTED_DUE] = TIME("due"), [EXPECTED_SINCE] = TIME("since"),
        [EXPECTED_NEXT] = TIME("next"), [EXPECTED_OWN_DUE] = TIME("own_due"),
        [EXPECTED_PARTICIPANT] = NUMBER("participant"), [EXPECTED_LINE] = NUMBER("line")),
    NULL};
static const struct event_row *const ended[] = {
    ROW(NULL, ENDED_NUMBER,
        [ENDED_SLOT] = NUMBER("slot"), [ENDED_OUTCOME] = OUTCOME, [ENDED_NUMBER] = NUMBER("number"),
        [ENDED_OPENS] = TIME("opens"), [ENDED_DUE] = TIME("due"), [ENDED_NEXT] = TIME("next"),
        [ENDED_POST] = ID("post")),
    NULL};
static const struct event_row *const clocks[] = {
    ROW(NULL, CLOCK_PLACES,
        [CLOCK_SLOT] = NUMBER("slot"), [CLOCK_DUE] = TIME("due"), [CLOCK_NEXT] = TIME("next"),
        [CLOCK_WARNED] = NUMBER("warned"), [CLOCK_OVERDUE] = NUMBER("overdue"), [CLOCK_STEP] = NUMBER("step"),
        [CLOCK_PAUSED] = TIME("paused_since"), [CLOCK_STOOD] = NUMBER("stood_us"),
        [CLOCK_EXTENSIONS] = NUMBER("extensions"), [CLOCK_ATTEMPTS] = NUMBER("attempts"), [CLOCK_OPENS] = TIME("opens"),
        [CLOCK_OWN_DUE] = TIME("own_due")),
    NULL};
static const struct event_row *const past[] = {
    ROW(NULL, PAST_PLACES, [PAST_NUMBER] = NUMBER("number"), [PAST_OUTCOME] = OUTCOME), NULL};
static const struct event_row *const answered[] = {
    ROW(NULL, ANSWERED_PLACES, [ANSWERED_SLOT] = NUMBER("slot"), [ANSWERED_POST] = ID("post")), NULL};
static const struct event_row *const seen[] = {
    ROW(NULL, SEEN_PLACES, [SEEN_SLOT] = NUMBER("slot"), [SEEN_NEXT] = TIME("next")), NULL};
static const struct event_row *const joined[] = {
    ROW(NULL, JOINED_PLACES,
        [JOINED_NUMBER] = NUMBER("number"), [JOINED_SET] = {"set", MEMBER_TEXT}, [JOINED_WHO] = ID("who"),
        [JOINED_STATE] = {"state", MEMBER_TEXT, .or_null = true}),
    NULL};
static const struct event_row *const changed[] = {
    ROW(NULL, CHANGED_REASON,
        [CHANGED_NUMBER] = NUMBER("number"), [CHANGED_STATE] = {"state", MEMBER_TEXT, .or_null = true},
        [CHANGED_LEFT] = {"left", MEMBER_BOOL}, [CHANGED_REASON] = {"words", MEMBER_ANY}),
    NULL};
static const struct event_row *const audience[] = {
    ROW(NULL, AUDIENCE_PLACES,
        [AUDIENCE_SET] = {"set", MEMBER_TEXT}, [AUDIENCE_UNDER] = ID("under"),
        [AUDIENCE_STANDING] = {"standing", MEMBER_BOOL}, [AUDIENCE_AFTER] = ID("after"),
        [AUDIENCE_WAITS] = {"waits", MEMBER_BOOL}),
    NULL};
static const struct event_row *const made[] = {
    ROW(NULL, MADE_GROUNDS,
        [MADE_WHAT] = {"what", MEMBER_INTEGER, made_names}, [MADE_ID] = ID("id"), [MADE_PERSON] = ID("person"),
        [MADE_GROUNDS] = {"grounds", MEMBER_LIST}),
    NULL};
static const struct event_row *const unmade[] = {
    ROW(NULL, MADE_PERSON, [MADE_WHAT] = {"what", MEMBER_INTEGER, made_names}, [MADE_ID] = ID("id")), NULL};
static const struct event_row *const confirmed[] = {
    ROW(NULL, CONFIRMED_PLACES,
        [CONFIRMED_NUMBER] = NUMBER("number"), [CONFIRMED_STEP] = {"step", MEMBER_INTEGER, step_names}),
    NULL};
static const struct event_row *const offer[] = {
    ROW(NULL, OFFER_PLACES,
        [OFFER_FROM] = ID("from_unit"), [OFFER_TO] = ID("to_unit"), [OFFER_BOUNCES] = NUMBER("bounces"),
        [OFFER_NO_SHOW] = TIME("no_show_at"), [OFFER_UNKNOWN] = NUMBER("unknown")),
    NULL};
static const struct event_row *const external[] = {
    ROW(NULL, EXTERNAL_PLACES,
        [EXTERNAL_SYSTEM] = {"system", MEMBER_TEXT}, [EXTERNAL_NUMBER] = {"number", MEMBER_TEXT},
        [EXTERNAL_DUE] = TIME("due"), [EXTERNAL_STATE] = {"state", MEMBER_TEXT}, [EXTERNAL_CLOSED] = TIME("closed")),
    NULL};
static const struct event_row *const moved[] = {
    ROW(NULL, MOVED_PLACES, [MOVED_MATTER] = ID("matter"), [MOVED_VERSION] = NUMBER("version")), NULL};

#define ITEM(word, min, ...)                                                                                           \
    ROW(word, min, [ITEM_SORT] = NUMBER("what"), [ITEM_MATTER] = ID("matter"), [ITEM_SLOT] = NUMBER("slot"),           \
        [ITEM_NEXT] = TIME("next"), __VA_ARGS__)
#define ENDED_ITEM(word, min)                                                                                          \
    ROW(word, min, [ITEM_SORT] = NUMBER("what"), [ITEM_MATTER] = ID("matter"),                                         \
        [ITEM_SLOT + ENDED_SLOT] = NUMBER("slot"), [ITEM_SLOT + ENDED_OUTCOME] = OUTCOME,                              \
        [ITEM_SLOT + ENDED_NUMBER] = NUMBER("number"), [ITEM_SLOT + ENDED_OPENS] = TIME("opens"),                      \
        [ITEM_SLOT + ENDED_DUE] = TIME("due"), [ITEM_SLOT + ENDED_NEXT] = TIME("next"),                                \
        [ITEM_SLOT + ENDED_POST] = ID("post"))

static const struct event_row *const lapses[] = {
    [LAPSE_WARNED] = ITEM("warned", WARNED_PLACES, [WARNED_SHOWN] = TIME("shown"), [WARNED_POST] = ID("post")),
    [LAPSE_OVERDUE] = ITEM("overdue", ITEM_POST, [ITEM_POST] = ID("post")),
    [LAPSE_RAISED] = ITEM("raised", RAISED_PLACES, [RAISED_STEP] = NUMBER("step"), [RAISED_POST] = ID("to_post"),
                          [RAISED_SHOWN] = TIME("shown")),
    [LAPSE_ENDED] = ENDED_ITEM("ended", ITEM_SLOT + ENDED_PLACES),
    [LAPSE_REROUTED] = ITEM("rerouted", ITEM_POST, [ITEM_POST] = ID("post")),
    [LAPSE_ALERTED] = ITEM("alerted", ALERTED_PLACES, [ALERTED_COUNT] = NUMBER("alerts"), [ALERTED_POST] = ID("post")),
    [LAPSE_RINGING] = ITEM("ringing", ITEM_POST, [ITEM_POST] = ID("post")),
    [LAPSE_GIVEN_BACK] = ITEM("given_back", ITEM_POST, [ITEM_POST] = ID("post")),
    NULL};
static const struct event_row *const excused[] = {
    [EXCUSE_PAST] = ROW("past", EXCUSED_PLACES, [ITEM_SORT] = NUMBER("what"), [ITEM_MATTER] = ID("matter"),
                        [EXCUSED_NUMBER] = NUMBER("number")),
    [EXCUSE_OPEN] = ENDED_ITEM("open", ITEM_SLOT + ENDED_NUMBER),
    NULL};

/* ---- members ---- */

/* Of every event about one matter but the last two kinds: only what changes. */
static const struct event_member changes[] = {
    {"number", "number", MEMBER_INTEGER, "of the entry that is made, from 1"},
    {"e", "entry", MEMBER_TEXT, "its kind"},
    {"a", "attempt", MEMBER_TEXT, "code of why the attempt failed"},
    {"hd", "awaits_second", MEMBER_MARK, "it waits for a second person's confirmation"},
    {"hc", "second", MEMBER_ROW, "the entry that waited, and what a second person did about it", confirmed},
    {"f", "fields", MEMBER_OBJECT, "its clear fields"},
    {"g", "figures", MEMBER_OBJECT, "figures that are frozen in it"},
    {"w", "word_of", MEMBER_TEXT, "the person who stated it"},
    {"k", "channel", MEMBER_TEXT, "the channel by which it was received"},
    {"px", "proxy", MEMBER_ID, "the person who spoke for the subject"},
    {"c", "corrects", MEMBER_INTEGER, "number of the entry that it corrects"},
    {"at", "observed", MEMBER_TIME, "when it was observed, where the event says otherwise"},
    {"pt", "participant", MEMBER_INTEGER, "number of the participant for whom or about whom it is"},
    {"ln", "line", MEMBER_INTEGER, "number of the line that it is about"},
    {"fl", "files", MEMBER_LIST, "hashes of the attachments that it names", .of = MEMBER_TEXT},
    {"F", "facts", MEMBER_LIST,
     "all facts after the event, in the order of the kind; null where sealed", .of = MEMBER_ANY},
    {"o", "form", MEMBER_OBJECT, "the clear part of the form after the event"},
    {"uk", "unique", MEMBER_TEXT, "the value that no other matter of the kind may share; null none", .or_null = true},
    {"state", "state", MEMBER_TEXT, "the state that begins"},
    {"t", "state_since", MEMBER_TIME, "since when"},
    {"d", "documents", MEMBER_LIST, "names of the documents that are issued", .of = MEMBER_TEXT},
    {"C", "closed", MEMBER_TIME, "when the matter was closed; 0 it is open again"},
    {"E", "state_ends", MEMBER_TIME, "when the state ends by itself; 0 never"},
    {"R", "erased_at", MEMBER_TIME, "when what is sealed will be erased; 0 never"},
    {"y", "expected", MEMBER_ROWS, "expectations that begin", expected},
    {"x", "ended", MEMBER_ROWS, "expectations that end; where one recurs, with the next occurrence", ended},
    {"m", "clocks", MEMBER_ROWS, "expectations that are changed in place", clocks},
    {"p", "past", MEMBER_ROWS, "expectations closed as unmet that have been met after all", past},
    {"ro", "reopened", MEMBER_LIST, "numbers of expectations that were met and are expected again"},
    {"r", "rerouted", MEMBER_ROWS, "expectations that another post answers for", answered},
    {"sx", "seen", MEMBER_ROWS, "expectations that their post has seen: no more alerts", seen},
    {"P", "joined", MEMBER_ROWS, "participants from now on; who: a unit, or the negative id of a person", joined},
    {"Q", "participants", MEMBER_ROWS, "participants whose state changes, or who leave", changed},
    {"se", "seen_by", MEMBER_LIST, "numbers of participants who have seen the matter"},
    {"au", "audience", MEMBER_ROWS, "how far an audience has been filled; after: the last unit", audience},
    {"G", "made", MEMBER_ROWS, "made in the registry by an effect", made},
    {"H", "unmade", MEMBER_ROWS, "ended in the registry by an effect", unmade},
    {"ex", "external", MEMBER_ROW, "all that another system states about the matter", external},
    {"ho", "held", MEMBER_LIST, "reasons that hold up the erasure from now on: the playbook's as text, people's sealed",
     .of = MEMBER_ANY},
    {"hx", "released", MEMBER_LIST, "reasons that no longer hold it up", .of = MEMBER_ANY},
    {"u", "unit", MEMBER_ID, "the unit to which the matter goes"},
    {"h", "offer", MEMBER_ROW, "offered to another unit", offer},
    {"hs", "acceptance", MEMBER_INTEGER, "slot of the expectation that the offer is answered"},
    {"hb", "bounces", MEMBER_INTEGER, "the offer is settled; how many times the matter has been refused so far"},
    {"b", "because", MEMBER_TEXT, "why another matter's entry changes this one"},
    {"rl", "new_rules", MEMBER_ID, "the version of the playbook that applies from now on"},
    {SEALED_LENGTHS, "sealed_bytes", MEMBER_LIST,
     "lengths of the sealed parts; if left out, all sealed bytes are the entry's"},
    {NULL},
};

#define VERSION {"version", "version", MEMBER_INTEGER, "the matter's, after the event"}
#define IN_CLEAR {"re", "relation", MEMBER_TEXT, "the relation, or the reason", .old = true}

static const struct event_member of_change[] = {VERSION, {NULL}};
static const struct event_member of_entry[] = {
    VERSION,
    {"ef", "effect", MEMBER_MARK, "an entry in another matter made it: its actor takes no part in this one by that",
     .maybe = true},
    {NULL},
};
static const struct event_member of_opening[] = {
    VERSION,
    {"uuid", "uuid", MEMBER_TEXT, "the matter's id in the API"},
    {"kind", "kind", MEMBER_TEXT, "of the playbook"},
    {"rules", "rules", MEMBER_ID, "the version of the playbook"},
    {"state", "state", MEMBER_TEXT, "the first one"},
    {"t", "state_since", MEMBER_TIME, "since when"},
    {"subject", "subject", MEMBER_ID, "the person or the unit that it is about", .maybe = true},
    {"subject_post", "subject_post", MEMBER_ID, "the post that it is about", .maybe = true},
    {"household", "household", MEMBER_ID, "the household that it is about", .maybe = true},
    {"parent", "parent", MEMBER_ID, "the matter above it", .maybe = true},
    {"named_only", "named_only", MEMBER_MARK, "the person who opened it may not read whom it is about", .maybe = true},
    {"caused", "caused", MEMBER_MARK, "an effect opened it: whoever made the entry is not its opener",
     .maybe = true},
    {"standing", "standing", MEMBER_MARK, "it exists as long as its unit", .maybe = true},
    {NULL},
};
static const struct event_member of_link[] = {
    VERSION, {"l", "linked", MEMBER_ID, "the other matter"}, IN_CLEAR, {NULL}};
static const struct event_member of_person_link[] = {
    VERSION, {"lp", "linked_person", MEMBER_ID, "the person"}, IN_CLEAR, {NULL}};
static const struct event_member of_resident_link[] = {
    VERSION,
    {"link", "link", MEMBER_TEXT, "digest of its token, in hexadecimal"},
    {"purpose", "purpose", MEMBER_INTEGER, "1 to report, 2 to read one's own record"},
    {"until", "until", MEMBER_TIME, "when it expires"},
    {NULL},
};
static const struct event_member of_resident_link_end[] = {
    VERSION, {"link", "link", MEMBER_TEXT, "digest of its token, in hexadecimal"}, {NULL}};
static const struct event_member of_merge[] = {
    VERSION,
    {"mi", "merged_into", MEMBER_ID, "the matter that continues it; 0 none any more"},
    {"rw", "words", MEMBER_TEXT, "why, sealed under the matter's key; null for an erased matter", .or_null = true},
    {"re", "reason", MEMBER_TEXT, "why", .old = true},
    {NULL},
};
static const struct event_member of_file[] = {
    {"hash", "hash", MEMBER_TEXT, "BLAKE2b of what lies in the folder `attachments`, in hexadecimal"},
    {"type", "type", MEMBER_TEXT, "media type"},
    {"bytes", "bytes", MEMBER_INTEGER, "before it was sealed"},
    {NULL},
};
static const struct event_member of_sight[] = {
    {"se", "seen_by", MEMBER_LIST, "numbers of participants who have seen the matter", .maybe = true},
    {"sx", "seen", MEMBER_ROWS, "expectations that their post has seen: no more alerts", seen, .maybe = true},
    {NULL},
};
static const struct event_member of_claim[] = {
    {"slot", "slot", MEMBER_INTEGER, "the expectation"},
    {"post", "post", MEMBER_ID, "the post that is responsible for it from now on"},
    {"until", "until", MEMBER_TIME, "when it is given back at the latest"},
    {"next", "next", MEMBER_TIME, "when the clock examines it next"},
    {NULL},
};
static const struct event_member of_giving_back[] = {
    {"slot", "slot", MEMBER_INTEGER, "the expectation"},
    {"post", "post", MEMBER_ID, "the post that is responsible for it from now on"},
    {"next", "next", MEMBER_TIME, "when the clock examines it next"},
    {NULL},
};
static const struct event_member of_lapses[] = {
    {"expectations", "expectations", MEMBER_ROWS,
     "what happened to each; who is responsible, where that changes", lapses},
    {NULL},
};
static const struct event_member of_excuses[] = {
    {"w", "words", MEMBER_LIST, "why, in the same order, sealed under the key of each; null for an erased matter",
     .of = MEMBER_ANY},
    {"b", "because", MEMBER_TEXT, "why, once and in the clear", .old = true},
    {"i", "expectations", MEMBER_ROWS, "closed as unmet, by number; or open, by slot", excused},
    {NULL},
};
static const struct event_member of_rebase[] = {
    {"kind", "kind", MEMBER_TEXT, "of matters"},
    {"under", "under", MEMBER_ID, "the unit below which they are"},
    {"rules", "rules", MEMBER_ID, "the version of the playbook that they change to"},
    {"last", "last", MEMBER_ID, "the last matter that was examined"},
    {"rebased", "rebased", MEMBER_INTEGER, "matters that changed"},
    {"passed", "passed", MEMBER_INTEGER, "matters that do not fit"},
    {"done", "done", MEMBER_BOOL, "there are no more"},
    {NULL},
};
static const struct event_member of_moving[] = {
    {"from", "from_unit", MEMBER_ID, "the unit that they leave"},
    {"to", "to_unit", MEMBER_ID, "the unit to which they go"},
    {"m", "matters", MEMBER_ROWS, "with their version after the event", moved},
    {"offers", "offers", MEMBER_BOOL, "also what was offered to the unit, and its part in matters", .maybe = true},
    {NULL},
};
static const struct event_member of_watch[] = {
    {"playbook", "playbook", MEMBER_ID, "the version of the playbook whose standing kinds they have"},
    {"after", "after", MEMBER_ID, "the units of the stream after this one"},
    {"last", "last", MEMBER_ID, "and up to this one were examined"},
    {"all", "all", MEMBER_BOOL, "there are no more in the stream"},
    {NULL},
};
static const struct event_row *const post_moves[] = {
    ROW(NULL, FOLLOWED_UNITS, [FOLLOWED_FROM] = ID("from_post"), [FOLLOWED_TO] = ID("to_post"),
        [FOLLOWED_UNITS] = {"units", MEMBER_LIST}),
    NULL};
static const struct event_row *const post_looks[] = {
    ROW(NULL, LOOKED_PLACES, [LOOKED_POST] = ID("post"), [LOOKED_UNTIL] = TIME("until")), NULL};
static const struct event_row *const claim_looks[] = {
    ROW(NULL, CLAIMED_PLACES, [CLAIMED_POST] = ID("post"), [CLAIMED_UNTIL] = TIME("until")), NULL};
static const struct event_row *const audience_looks[] = {
    ROW(NULL, WAITING_PLACES, [WAITING_MATTER] = ID("matter"), [WAITING_SET] = {"set", MEMBER_TEXT},
        [WAITING_AFTER] = ID("after")),
    NULL};
static const struct event_member of_following[] = {
    {"event", "event", MEMBER_TEXT, "kind of the registry's event that it follows from"},
    {"moves", "moves", MEMBER_ROWS, "what a post is responsible for goes to another one, in these units or everywhere",
     post_moves, .maybe = true},
    {"posts", "posts", MEMBER_ROWS, "the clock examines what a post is responsible for, then at the latest", post_looks,
     .maybe = true},
    {"units", "units", MEMBER_LIST, "the clock examines what is open in these units, or expected of them",
     .of = MEMBER_ID, .maybe = true},
    {"claims", "claims", MEMBER_ROWS, "a post has another roster: what it has taken is given back then at the latest",
     claim_looks, .maybe = true},
    {"audiences", "audiences", MEMBER_ROWS, "and the units after a unit for an audience", audience_looks,
     .maybe = true},
    {NULL},
};
static const struct event_member of_subject[] = {
    {"person", "person", MEMBER_ID, "whose keys are gone"},
    {"matters", "matters", MEMBER_LIST, "matters about the person, which end in their present state", .of = MEMBER_ID},
    {NULL},
};

/* The order is that of enum sealed_part. */
static const struct event_sealed parts[] = {
    {"entry", "fields of the entry"},
    {"form", "fields of the form"},
    {"facts", "facts"},
    {"documents", "the documents that are issued"},
    {"note", "the relation of a link, or the reason"},
    {NULL},
};

/* ---- kinds ---- */

/* matter_opened 1 has no `named_only`: the subject was visible to all. Free words were once in the clear: relations of
 * links, reasons of merges, holds and excuses, who was left out (rows/words.h). */
static json_t *same_body(const json_t *body)
{
    return json_incref((json_t *)body);
}
static json_t *(*const as_it_was[])(const json_t *body) = {NULL, same_body, same_body};

/* Version 3 has no `caused`: of what stands below another matter and shows no more of its subject than a name, it is
 * taken to be so. */
static json_t *opening_3(const json_t *body)
{
    json_t *opening = json_copy((json_t *)body);
    if (json_object_get(body, "parent") != NULL && json_object_get(body, "named_only") != NULL)
        json_object_set_new(opening, "caused", json_integer(1));
    return opening;
}
static json_t *(*const openings[])(const json_t *body) = {NULL, same_body, same_body, opening_3};

#define CHANGE(kind, told)                                                                                             \
    {kind, 1, apply_change, STREAM_OF_MATTER, told, of_change, changes, parts}
#define CHANGE_2(kind, told)                                                                                           \
    {kind, 2, apply_change, STREAM_OF_MATTER, told, of_change, changes, parts, as_it_was}

/* In the order in which a matter meets them. */
const struct event_kind matter_events[] = {
    {"entered", 3, apply_change, STREAM_OF_MATTER, "An entry is made, or an attempt at it", of_entry, changes, parts,
     as_it_was},
    {"matter_opened", 4, apply_matter_opened, STREAM_OF_MATTER, "A matter begins", of_opening, changes, parts,
     openings},
    {"expectations_lapsed", 1, apply_expectations_lapsed, STREAM_OF_UNIT,
     "Expectations have fallen due, in matters of the stream", of_lapses},
    CHANGE_2("matter_changed", "Another matter, the registry or the clock changes a matter"),
    {"matters_linked", 2, apply_matters_linked, STREAM_OF_MATTER, "A matter was linked to another one", of_link,
     changes, parts, as_it_was},
    {"matters_unlinked", 1, apply_matters_unlinked, STREAM_OF_MATTER, "The link was undone", of_link, changes, parts},
    {"person_linked", 2, apply_person_linked, STREAM_OF_MATTER, "A person was linked to a matter", of_person_link,
     changes, parts, as_it_was},
    {"person_unlinked", 1, apply_person_unlinked, STREAM_OF_MATTER,
     "The link to a person was undone", of_person_link, changes,
     parts},
    {"resident_link_given", 1, apply_resident_link_given, STREAM_OF_MATTER,
     "The person whom the matter is about was given a link", of_resident_link, changes, parts},
    {"resident_link_ended", 1, apply_resident_link_ended, STREAM_OF_MATTER, "Such a link was ended",
     of_resident_link_end, changes, parts},
    {"matter_merged", 2, apply_matter_merged, STREAM_OF_MATTER, "A duplicate was merged into another matter", of_merge,
     changes, parts, as_it_was},
    {"matter_unmerged", 2, apply_matter_merged, STREAM_OF_MATTER, "The merge was undone", of_merge, changes, parts,
     as_it_was},
    CHANGE_2("state_ended", "A state has ended by itself"),
    {"expectations_excused", 2, apply_expectations_excused, STREAM_OF_UNIT,
     "Expectations are excused, in matters of the stream", of_excuses, .upcast = as_it_was},
    {"expectation_claimed", 1, apply_expectation_claimed, STREAM_OF_MATTER,
     "One of several colleagues has taken an expectation; the version of the matter stays as it is", of_claim},
    {"expectation_given_back", 1, apply_expectation_given_back, STREAM_OF_MATTER, "And has given it back",
     of_giving_back},
    CHANGE("matter_offered", "A matter is offered to another unit"),
    CHANGE("offer_received", "The offer has arrived at that unit"),
    CHANGE_2("offer_answered", "That unit has answered the offer"),
    CHANGE_2("matter_handed_over", "The offer was accepted: the matter goes to that unit"),
    CHANGE_2("matter_returned", "The offer was refused, or the person did not arrive: the matter stays"),
    CHANGE("mirrored", "Another system reports on a matter"),
    CHANGE_2("matter_held", "The erasure of a matter is put on hold"),
    CHANGE_2("matter_released", "The erasure is no longer on hold"),
    {"file_attached", 1, apply_file_attached, STREAM_OF_MATTER, "A file was uploaded for a matter", of_file},
    {"matter_seen", 1, apply_matter_seen, STREAM_OF_MATTER,
     "A participant has read the matter; its version stays as it is", of_sight},
    CHANGE_2("audience_joined", "Units that an audience addresses have joined"),
    CHANGE("matter_rebased", "A running matter changes to another version of the playbook"),
    {"rebase_advanced", 1, apply_rebase_advanced, STREAM_OF_UNIT,
     "How far a change of matters to another version has got", of_rebase},
    {"matters_moved", 1, apply_matters_moved, STREAM_OF_UNIT,
     "Matters of the stream go to the unit that replaces theirs", of_moving},
    {"matter_erased", 1, apply_matter_erased, STREAM_OF_MATTER, "The sealed data of a matter is erased", of_change,
     changes, parts, .erases = true},
    {"standing_watched", 1, apply_standing_watched, STREAM_OF_UNIT, "Units were examined for standing matters",
     of_watch},
    {"matters_followed", 1, apply_matters_followed, STREAM_OF_UNIT,
     "What follows from an event of the registry for matters of the stream", of_following},
    {"subject_erased", 1, apply_subject_erased, STREAM_OF_UNIT,
     "The data about a person in matters of the stream is erased", of_subject, .erases = true},
    {NULL},
};
