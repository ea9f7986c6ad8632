/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of the registry's events. */
#include "registry/events.h"

#include "registry/apply.h"

/* clang-format off */

#define UNIT   {"id", "unit", MEMBER_ID, "the unit"}
#define POST   {"id", "post", MEMBER_ID, "the post"}
#define ONE    {"id", "person", MEMBER_ID, "the person"}
#define OFFER  {"id", "offer", MEMBER_ID, "the offer"}
#define PERSON {"person", "person", MEMBER_ID, "the person"}
#define VERSION {"version", "version", MEMBER_INTEGER, "its version, after the event"}
#define FROM   {"from_us", "from", MEMBER_TIME, "since when"}
#define TO     {"to_us", "to", MEMBER_TIME, "until when"}
#define AT     {"at_us", "at", MEMBER_TIME, "since when"}
#define GROUNDS(about) {"grounds", "grounds", MEMBER_LIST, about, .of = MEMBER_ID}
#define MEMBERS(name, ...) static const struct event_member name[] = {__VA_ARGS__, {NULL}}

static const struct event_row shift = {
    .least = SHIFT_PLACES,
    .places = (const struct event_place[]){
        [SHIFT_FROM] = {"from", MEMBER_TIME}, [SHIFT_TO] = {"to", MEMBER_TIME}, {0}}};
static const struct event_row *const shifts[] = {&shift, NULL};

MEMBERS(of_divisions,
        {"date", "date", MEMBER_TEXT, "from when on the list is valid"},
        {"seen", "seen", MEMBER_INTEGER, "rows of it"},
        {"made", "made", MEMBER_INTEGER, "units that were created"},
        {"changed", "changed", MEMBER_INTEGER, "units that were changed"});
static const struct event_member nothing[] = {{NULL}};
MEMBERS(of_new_unit, UNIT,
        {"type", "type", MEMBER_TEXT, "of the playbook"},
        {"parent", "parent", MEMBER_ID, "the unit under which it stands; 0 none, it is the root"},
        {"code", "code", MEMBER_TEXT, "its code, or nothing"},
        {"name", "name", MEMBER_TEXT, "its name"}, FROM);
MEMBERS(of_unit, UNIT, VERSION, FROM,
        {"name", "name", MEMBER_TEXT, "the new name", .maybe = true},
        {"code", "code", MEMBER_TEXT, "the new code", .maybe = true},
        {"parent", "parent", MEMBER_ID, "the unit under which it stands then, with all below it", .maybe = true});
MEMBERS(of_shelf,
        {"id", "shelf", MEMBER_ID, "numbered as a unit, which none has"},
        {"unit", "unit", MEMBER_ID, "whose matters are numbered on it"});
MEMBERS(of_unit_fact, UNIT,
        {"fact", "fact", MEMBER_TEXT, "of the playbook's `unit_facts`"}, FROM,
        {"value", "value", MEMBER_INTEGER, "until the next one; in place of one that holds since the same time"},
        {"source", "source", MEMBER_TEXT, "where it comes from", .maybe = true});
MEMBERS(of_closing, UNIT, VERSION, TO);
MEMBERS(of_reorganisation,
        {"from", "from_unit", MEMBER_ID, "the unit that ends"},
        {"to", "to_units", MEMBER_LIST, "the units that replace it", .of = MEMBER_ID}, AT);
MEMBERS(of_residents,
        {"from", "from_unit", MEMBER_ID, "where they lived"},
        {"to", "to_unit", MEMBER_ID, "where they live"}, FROM,
        {"households", "households", MEMBER_LIST, "only these; left out: all", .of = MEMBER_ID, .maybe = true});
MEMBERS(of_person, ONE);
MEMBERS(of_change, ONE, VERSION);
MEMBERS(of_erasure, ONE, VERSION);
MEMBERS(of_proposal,
        {"id", "person", MEMBER_ID, "the registration that stands for all of the person"},
        {"until_us", "until", MEMBER_TIME, "until when a second person may confirm"});
MEMBERS(of_merging,
        {"kept", "kept", MEMBER_ID, "the registration that stands for both"},
        {"other", "other", MEMBER_ID, "the other one"});
MEMBERS(of_parting,
        {"kept", "kept", MEMBER_ID, "the registration that stood for both"},
        {"other", "other", MEMBER_ID, "the registration that stands for itself again"});
MEMBERS(of_custody_offer, OFFER, PERSON,
        {"from", "from_unit", MEMBER_ID, "the unit responsible so far"},
        {"to", "to_unit", MEMBER_ID, "the unit to become responsible"}, AT,
        {"begins", "begins", MEMBER_MARK, "none was responsible before", .maybe = true});
MEMBERS(of_custody_answer, OFFER, PERSON, {"to", "to_unit", MEMBER_ID, "the unit that was asked"}, AT);
MEMBERS(of_custody_end, PERSON, AT);
MEMBERS(of_moving_in, PERSON,
        {"household", "household", MEMBER_ID, "with whom"},
        {"unit", "unit", MEMBER_ID, "where"}, FROM);
MEMBERS(of_moving_out, PERSON, TO);
MEMBERS(of_home_offer, OFFER, PERSON,
        {"household", "household", MEMBER_ID, "with whom"},
        {"unit", "unit", MEMBER_ID, "where"}, FROM);
MEMBERS(of_home_answer, OFFER);
MEMBERS(of_appointment, POST, PERSON,
        {"role", "role", MEMBER_TEXT, "of the playbook"},
        {"seat", "seat", MEMBER_ID, "the unit to which it belongs"},
        GROUNDS("units that it covers"), FROM, TO,
        {"deputy_of", "deputy_of", MEMBER_ID, "the post that it deputises for; 0 none"},
        {"keeps_hours", "keeps_hours", MEMBER_BOOL, "it is responsible within its shifts only"});
MEMBERS(of_post_end, POST, VERSION, TO);
MEMBERS(of_grounds, {"post", "post", MEMBER_ID, "the post"}, VERSION, PERSON,
        {"role", "role", MEMBER_TEXT, "its role"},
        {"from_us", "from", MEMBER_TIME, "since when the units have changed"},
        {"to_us", "to", MEMBER_TIME, "until when the post lasts"},
        {"added", "added", MEMBER_LIST, "units that it covers from then on", .of = MEMBER_ID},
        {"removed", "removed", MEMBER_LIST, "units that it no longer covers", .of = MEMBER_ID},
        {"seat", "seat", MEMBER_ID, "the unit to which it belongs from now on", .maybe = true});
MEMBERS(of_roster, {"post", "post", MEMBER_ID, "the post"}, VERSION, FROM,
        {"keeps_hours", "keeps_hours", MEMBER_BOOL, "it is responsible within its shifts only"},
        {"shifts", "shifts", MEMBER_ROWS, "replacing all from then on", shifts});
MEMBERS(of_handover_offer, {"id", "handover", MEMBER_ID, "the hand-over"},
        {"from", "from_post", MEMBER_ID, "the post that gives"},
        {"to", "to_post", MEMBER_ID, "the post that is asked; 0 a person who has none yet"},
        {"to_person", "to_person", MEMBER_ID, "the person who is asked"},
        {"mode", "mode", MEMBER_TEXT, "what is handed over"},
        {"until_us", "until", MEMBER_TIME, "until when it is lent; 0 for good"},
        GROUNDS("only what lies under these units; empty: all"));
MEMBERS(of_handover, {"id", "handover", MEMBER_ID, "the hand-over"});
MEMBERS(of_handing_over,
        {"handover", "handover", MEMBER_ID, "the offer; 0 none, the post ended"},
        {"from", "from_post", MEMBER_ID, "the post that was responsible"},
        {"to", "to_post", MEMBER_ID, "the post that becomes responsible"}, AT,
        GROUNDS("only what lies under these units; empty: all"));

static const struct event_sealed person[] = {{"person", "name, number and telephone"}, {NULL}};
static const struct event_sealed dwelling[] = {{"dwelling", "the dwelling, where one was given"}, {NULL}};
static const struct event_sealed reason[] = {{"reason", "why, under the key of the giver"}, {NULL}};
static const struct event_sealed refusal[] = {{"refusal", "why not, under the key of the person asked"}, {NULL}};

#define ALL .everywhere = true

/* Sorted by subject: units, persons, custody, homes, posts, hand-overs. */
const struct event_kind registry_events[] = {
    {"divisions_imported", 1, apply_divisions_imported, STREAM_OF_ROOT, "A list of divisions was imported",
     of_divisions},
    {"drill_declared", 1, apply_drill_declared, STREAM_OF_ROOT,
     "All of it is a drill, for good: pages, documents and messages say so", nothing, ALL},
    {"unit_created", 1, apply_unit_created, STREAM_OF_UNIT, "A unit was created", of_new_unit, ALL},
    {"shelf_taken", 1, apply_shelf_taken, STREAM_OF_UNIT, "A unit numbers further matters elsewhere", of_shelf, ALL},
    {"unit_changed", 1, apply_unit_changed, STREAM_OF_UNIT, "A unit has another name, code or parent", of_unit, ALL},
    {"unit_fact_set", 1, apply_unit_fact_set, STREAM_OF_UNIT, "A number about a unit is known from a day on",
     of_unit_fact, ALL},
    {"unit_closed", 1, apply_unit_closed, STREAM_OF_UNIT, "A unit ends", of_closing, ALL},
    {"unit_reformed", 1, apply_unit_reformed, STREAM_OF_UNIT, "Which units replace one, after a merge or a split",
     of_reorganisation, ALL},
    {"residents_moved", 1, apply_residents_moved, STREAM_OF_UNIT,
     "Households belong to another unit; dwellings stay as they are", of_residents},
    {"person_registered", 1, apply_person_registered, STREAM_OF_UNIT, "A person is registered", of_person,
     .sealed = person},
    {"person_changed", 1, apply_person_changed, STREAM_OF_UNIT, "A person's data has changed", of_change,
     .sealed = person},
    {"person_erased", 1, apply_person_erased, STREAM_OF_UNIT, "A person's data is gone", of_erasure, .erases = true},
    {"person_erasure_proposed", 1, apply_person_erasure_proposed, STREAM_OF_UNIT,
     "An erasure was proposed and waits for a second person. Merging or unmerging the person ends it", of_proposal},
    {"person_erasure_withdrawn", 1, apply_person_erasure_withdrawn, STREAM_OF_UNIT, "The proposal was withdrawn",
     of_person},
    {"persons_merged", 1, apply_persons_merged, STREAM_OF_UNIT, "Two registrations are of one person", of_merging},
    {"persons_unmerged", 1, apply_persons_unmerged, STREAM_OF_UNIT, "The merge was undone", of_parting},
    {"custody_offered", 1, apply_custody_offered, STREAM_OF_UNIT,
     "A unit offers the responsibility for a person to another one",
     of_custody_offer},
    {"custody_taken", 1, apply_custody_taken, STREAM_OF_UNIT,
     "The other unit is responsible from now on", of_custody_answer},
    {"custody_refused", 1, apply_custody_refused, STREAM_OF_UNIT, "The other unit refused", of_custody_answer},
    {"custody_withdrawn", 1, apply_custody_withdrawn, STREAM_OF_UNIT, "The offer was withdrawn", of_custody_answer},
    {"custody_ended", 1, apply_custody_ended, STREAM_OF_UNIT,
     "No unit is responsible for a person any more", of_custody_end},
    {"moved_in", 1, apply_moved_in, STREAM_OF_UNIT, "A person lives there, and no longer where they lived",
     of_moving_in, .sealed = dwelling},
    {"moved_out", 1, apply_moved_out, STREAM_OF_UNIT, "A person no longer lives there", of_moving_out},
    {"move_offered", 1, apply_move_offered, STREAM_OF_UNIT,
     "A home is offered to a person for whom another unit is responsible",
     of_home_offer, .sealed = dwelling},
    {"move_accepted", 1, apply_move_accepted, STREAM_OF_UNIT,
     "The responsible unit agrees: `moved_in` follows", of_home_answer},
    {"move_refused", 1, apply_move_refused, STREAM_OF_UNIT, "The responsible unit does not agree", of_home_answer},
    {"move_withdrawn", 1, apply_move_withdrawn, STREAM_OF_UNIT, "The offer of a home was withdrawn", of_home_answer},
    {"post_appointed", 1, apply_post_appointed, STREAM_OF_UNIT, "A person holds a post", of_appointment, ALL},
    {"post_ended", 1, apply_post_ended, STREAM_OF_UNIT, "A post ends", of_post_end, ALL},
    {"grounds_changed", 1, apply_grounds_changed, STREAM_OF_UNIT, "A post covers other units", of_grounds, ALL},
    {"roster_set", 1, apply_roster_set, STREAM_OF_UNIT, "The shifts of a post", of_roster, ALL},
    {"handover_offered", 1, apply_handover_offered, STREAM_OF_UNIT, "A shift or a post is offered", of_handover_offer,
     .sealed = reason, ALL},
    {"handover_refused", 1, apply_handover_refused, STREAM_OF_UNIT,
     "The hand-over was refused", of_handover, .sealed = refusal,
     ALL},
    {"handover_withdrawn", 1, apply_handover_withdrawn, STREAM_OF_UNIT,
     "The hand-over was withdrawn, or a lent shift was ended before its time", of_handover, ALL},
    {"post_handed_over", 1, apply_post_handed_over, STREAM_OF_UNIT,
     "Another post becomes responsible in place of one", of_handing_over, ALL},
    {NULL},
};
