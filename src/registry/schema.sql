-- SPDX-License-Identifier: GPL-3.0-or-later
-- registry: units and their tree, persons and where they live, posts and who is on duty.
-- Times are UTC microseconds; to_us is exclusive, 9223372036854775807 while open.

-- As it is now. The id says in which stream what happens there is decided: command/ids.h.
CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    parent INTEGER NOT NULL, -- 0: the root
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    version INTEGER NOT NULL,
    plain TEXT NOT NULL -- the name as name_index_form() has it: what a search goes by
);
CREATE INDEX unit_parent ON unit (parent, id);
CREATE INDEX unit_type ON unit (type, id);

-- What a unit took when the numbers of its matters were used up: 2^24 more of them.
CREATE TABLE shelf (
    id INTEGER PRIMARY KEY, -- among those of units, which no unit has
    unit INTEGER NOT NULL
);
CREATE INDEX shelf_unit ON shelf (unit, id);

-- As it was: a code means one unit at a time.
CREATE TABLE unit_code (
    code TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    PRIMARY KEY (code, from_us)
) WITHOUT ROWID;
CREATE INDEX unit_code_unit ON unit_code (unit, from_us);

CREATE TABLE unit_name (
    unit INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (unit, from_us)
) WITHOUT ROWID;

-- What is known of a unit from a day on, by the playbook's `unit_facts`, until the next row.
CREATE TABLE unit_fact (
    unit INTEGER NOT NULL,
    fact TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    value INTEGER NOT NULL,
    source TEXT NOT NULL, -- '' not said
    PRIMARY KEY (unit, fact, from_us)
) WITHOUT ROWID;

-- The same added up by type of unit, at the unit and all above it while they cover it: by how much the sum, and the
-- number of the units of which it is known, change at a time. What holds at a time is the sum of the rows until then.
CREATE TABLE unit_fact_sum (
    ancestor INTEGER NOT NULL,
    fact TEXT NOT NULL,
    type TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    value INTEGER NOT NULL,
    units INTEGER NOT NULL,
    PRIMARY KEY (ancestor, fact, type, at_us)
) WITHOUT ROWID;
CREATE INDEX unit_fact_sum_nothing ON unit_fact_sum (ancestor) WHERE value = 0 AND units = 0;

-- Here when all of it is a drill.
CREATE TABLE drill (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since_us INTEGER NOT NULL
);

-- What came of a unit that was merged or split.
CREATE TABLE unit_successor (
    unit INTEGER NOT NULL,
    successor INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (unit, successor)
) WITHOUT ROWID;
CREATE INDEX unit_successor_of ON unit_successor (successor);

-- Every pair of the tree with its time; a unit covers itself at depth 0. Both directions answer without the table `unit`.
CREATE TABLE cover (
    ancestor INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    PRIMARY KEY (ancestor, unit, from_us)
) WITHOUT ROWID;
CREATE INDEX cover_unit ON cover (unit, depth, from_us, to_us);
CREATE INDEX cover_change ON cover (from_us) WHERE depth <= 1; -- when a unit came to be, or to stand where it stands

-- `sealed`: {"name", "id_number"?, "phone"?} under the person's key; NULL once erased.
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    registered_us INTEGER NOT NULL,
    sealed BLOB,
    version INTEGER NOT NULL,
    registrar INTEGER NOT NULL, -- the person who registered them; 0 the operator
    changed_us INTEGER NOT NULL -- when what is known was said: what is observed before it replaces nothing
);

-- Registrations that are one person: whoever asks for `other` is given `kept`, which may itself stand for another one.
CREATE TABLE person_same (
    other INTEGER PRIMARY KEY,
    kept INTEGER NOT NULL,
    at_us INTEGER NOT NULL
);
CREATE INDEX person_same_kept ON person_same (kept);

-- What one person has asked for and a second one has not yet; `person`: who stands for all of their registrations.
CREATE TABLE erasure_proposal (
    person INTEGER PRIMARY KEY,
    by_person INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL -- from then on it is none
);

-- Which unit answers for a person, when; a time without a row is a gap.
CREATE TABLE custody (
    person INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    PRIMARY KEY (person, from_us)
) WITHOUT ROWID;

CREATE TABLE custody_offer (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    from_unit INTEGER NOT NULL,
    to_unit INTEGER NOT NULL,
    state TEXT NOT NULL, -- offered, accepted, refused, withdrawn
    offered_us INTEGER NOT NULL,
    decided_us INTEGER NOT NULL -- 0: waits
);
CREATE INDEX custody_offer_person ON custody_offer (person, state);

-- A home offered to whom another place answers for; `sealed`: the dwelling, under the person's key.
CREATE TABLE move_offer (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    giver INTEGER NOT NULL, -- the person who offers
    household INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    sealed BLOB,
    state TEXT NOT NULL, -- offered, accepted, refused, withdrawn
    offered_us INTEGER NOT NULL,
    decided_us INTEGER NOT NULL -- 0: waits
);
CREATE INDEX move_offer_state ON move_offer (state, id);
CREATE INDEX move_offer_person ON move_offer (person, state);

-- Who lives where, with whom. `sealed`: the dwelling within the unit, under the person's key.
CREATE TABLE residency (
    person INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    household INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    sealed BLOB,
    PRIMARY KEY (person, from_us)
) WITHOUT ROWID;
CREATE INDEX residency_household ON residency (household, from_us);
CREATE INDEX residency_unit ON residency (unit, household);

CREATE TABLE post (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    role TEXT NOT NULL,
    seat INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    deputy_of INTEGER NOT NULL, -- a post, 0: none's deputy
    keeps_hours INTEGER NOT NULL, -- 1: off duty outside of the shifts in `roster`
    version INTEGER NOT NULL
);
CREATE INDEX post_person ON post (person, id);

-- Clustered by person: every entry asks whether its person may act somewhere. `role` repeats the post's. Ends with the post.
CREATE TABLE post_ground (
    person INTEGER NOT NULL,
    post INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (person, post, unit, from_us)
) WITHOUT ROWID;
CREATE INDEX post_ground_unit ON post_ground (unit, role, post, from_us, to_us);

-- Shifts of a post; they never overlap.
CREATE TABLE roster (
    post INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    PRIMARY KEY (post, from_us)
) WITHOUT ROWID;

-- `reason` is sealed under the giver's key, `refusal` under the taker's.
CREATE TABLE handover (
    id INTEGER PRIMARY KEY,
    from_post INTEGER NOT NULL,
    to_post INTEGER NOT NULL, -- 0: a person without a post yet
    to_person INTEGER NOT NULL,
    by_person INTEGER NOT NULL, -- who offered it; 0 the operator
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    offered_us INTEGER NOT NULL,
    decided_us INTEGER NOT NULL, -- 0: waits
    until_us INTEGER NOT NULL, -- of a shift; 0: none
    grounds TEXT NOT NULL, -- JSON array of unit ids; [] all
    reason BLOB,
    refusal BLOB
);
CREATE INDEX handover_to ON handover (to_person, state);
CREATE INDEX handover_from ON handover (from_post, state);
CREATE INDEX handover_by ON handover (by_person, state);
CREATE INDEX handover_to_post ON handover (to_post, state);

-- Which required posts are held, of each unit, as of when it was settled last: staffing.h. They follow from the rows above and from the
-- playbook in force.
CREATE TABLE staffing_unit (
    unit INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    above TEXT NOT NULL, -- JSON array of the units that cover it, itself among them; [] it is not there
    next_us INTEGER NOT NULL -- when it is otherwise by time alone
);
CREATE INDEX staffing_unit_next ON staffing_unit (next_us) WHERE next_us < 9223372036854775807;

CREATE TABLE staffing_post (
    unit INTEGER NOT NULL,
    role TEXT NOT NULL,
    quarter INTEGER NOT NULL, -- of an hour since 1970 in which it began to lack a holder; -1 it lacks none
    required INTEGER NOT NULL,
    held INTEGER NOT NULL, -- at most as many as required
    PRIMARY KEY (unit, role)
) WITHOUT ROWID;

-- Both added up, at the unit and all above it; role '': the units themselves.
CREATE TABLE staffing (
    ancestor INTEGER NOT NULL,
    role TEXT NOT NULL,
    type TEXT NOT NULL,
    quarter INTEGER NOT NULL,
    units INTEGER NOT NULL,
    required INTEGER NOT NULL,
    held INTEGER NOT NULL,
    PRIMARY KEY (ancestor, role, type, quarter)
) WITHOUT ROWID;

-- Units to be settled.
CREATE TABLE staffing_change (unit INTEGER PRIMARY KEY);
CREATE TABLE staffing_state (
    demand TEXT NOT NULL, -- the required posts for which it was counted
    settled_us INTEGER NOT NULL
);
INSERT INTO staffing_state VALUES ('', 0);

CREATE TRIGGER ground_given AFTER INSERT ON post_ground BEGIN
    INSERT OR IGNORE INTO staffing_change VALUES (new.unit);
END;
CREATE TRIGGER ground_ended AFTER UPDATE OF to_us ON post_ground BEGIN
    INSERT OR IGNORE INTO staffing_change VALUES (new.unit);
END;
CREATE TRIGGER ground_taken AFTER DELETE ON post_ground BEGIN
    INSERT OR IGNORE INTO staffing_change VALUES (old.unit);
END;
CREATE TRIGGER cover_begun AFTER INSERT ON cover BEGIN
    INSERT OR IGNORE INTO staffing_change VALUES (new.unit);
END;
CREATE TRIGGER cover_ended AFTER UPDATE OF to_us ON cover BEGIN
    INSERT OR IGNORE INTO staffing_change VALUES (new.unit);
END;
CREATE TRIGGER cover_dropped AFTER DELETE ON cover BEGIN
    INSERT OR IGNORE INTO staffing_change VALUES (old.unit);
END;
