-- Matters and what is expected in them. Ids only; whatever is personal is sealed (vault.h) and lies in matter_form.sealed,
-- matter_form.sealed_facts and entry.sealed. Times are UTC microseconds, events are named by their place (command/ids.h).

-- One row a matter: what every command and every list looks at.
CREATE TABLE matter (
  id INTEGER PRIMARY KEY,            -- shelf << 24 | running number there: neighbours lie side by side
  uuid BLOB NOT NULL,
  kind TEXT NOT NULL,
  rules INTEGER NOT NULL,            -- playbook version
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  subject INTEGER NOT NULL,          -- person (or unit, for kinds about units); 0 none
  subject_post INTEGER NOT NULL,     -- of kinds about a post: that of the subject; 0 none
  household INTEGER NOT NULL,        -- 0 none
  parent INTEGER NOT NULL,           -- matter; 0 none
  opener_person INTEGER NOT NULL,
  opener_post INTEGER NOT NULL,
  opened_us INTEGER NOT NULL,
  changed_us INTEGER NOT NULL,
  state_since_us INTEGER NOT NULL,
  closed_us INTEGER NOT NULL,        -- 0 open
  erased INTEGER NOT NULL,
  merged_into INTEGER NOT NULL DEFAULT 0, -- matter in which it goes on; 0 it was not merged
  named_only INTEGER NOT NULL,       -- 1: whoever opened it might not read who it is about
  caused INTEGER NOT NULL,           -- 1: an effect opened it, and its actor is not its opener
  standing INTEGER NOT NULL,
  next_entry INTEGER NOT NULL,
  next_expectation INTEGER NOT NULL,
  ends_us INTEGER,                   -- when the clock ends the state
  retain_us INTEGER,                 -- when the clock erases it
  held INTEGER NOT NULL DEFAULT 0,   -- holds that stand: it passes the matter by
  facts TEXT                         -- JSON array in the order of the kind's facts; sealed ones are null here
);
CREATE UNIQUE INDEX matter_uuid ON matter (uuid);
CREATE INDEX matter_unit ON matter (unit);
-- Partial so that only lists, which say so, use it: for `unit = ? AND kind = ?` it would look at all of the kind.
CREATE INDEX matter_class ON matter (kind, state, closed_us = 0, unit) WHERE kind <> '';
CREATE INDEX matter_opened ON matter (opened_us);
CREATE INDEX matter_subject ON matter (subject) WHERE subject <> 0;
CREATE INDEX matter_household ON matter (household) WHERE household <> 0;
CREATE INDEX matter_parent ON matter (parent) WHERE parent <> 0;
CREATE UNIQUE INDEX matter_standing ON matter (unit, kind) WHERE standing = 1 AND closed_us = 0;
CREATE INDEX matter_merged ON matter (merged_into) WHERE merged_into <> 0;
CREATE INDEX matter_ends ON matter (ends_us) WHERE ends_us IS NOT NULL;
CREATE INDEX matter_retain ON matter (retain_us) WHERE retain_us IS NOT NULL;

-- The form as it stands now, apart from the hot rows.
CREATE TABLE matter_form (
  matter INTEGER PRIMARY KEY,
  clear TEXT,                        -- JSON object, NULL none
  sealed BLOB,                       -- context "form": JSON object
  sealed_facts BLOB                  -- context "facts": JSON array, clear ones are null there
);

-- Of kinds that say `unique: … per field.NAME`: the value of that field.
CREATE TABLE matter_unique (
  matter INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL
);
CREATE INDEX matter_unique_value ON matter_unique (kind, key, matter);

CREATE TABLE entry (
  matter INTEGER NOT NULL,
  number INTEGER NOT NULL,           -- 1, 2, 3 ... within the matter
  place INTEGER NOT NULL,
  person INTEGER NOT NULL,
  post INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  observed_us INTEGER NOT NULL,
  kind TEXT NOT NULL,
  attempt TEXT,
  corrects INTEGER,                  -- number of the entry that it corrects
  corrected INTEGER,                 -- number of the entry that corrects it
  word_of TEXT,                      -- self, relative, staff
  channel TEXT,                      -- door, phone, wechat, paper, link, device
  proxy INTEGER,                     -- person who spoke for the subject
  clear TEXT,                        -- JSON object, NULL none
  sealed BLOB,                       -- context "entry": JSON object
  second INTEGER NOT NULL DEFAULT 0, -- enum confirmation
  participant INTEGER,               -- for whom, or about whom it was made
  line INTEGER,                      -- about which of the form's lines
  PRIMARY KEY (matter, number)
) WITHOUT ROWID;

-- What is expected and has not ended, overdue or not. A daily window keeps its row (slot); its number goes on.
CREATE TABLE expectation (
  matter INTEGER NOT NULL,
  slot INTEGER NOT NULL,             -- number that it was first made with
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  entry TEXT,                        -- NULL: called as the expectation is
  post INTEGER NOT NULL,             -- who answers; 0 nobody: a gap; negative: that person, without a post
  opens_us INTEGER NOT NULL,
  due_us INTEGER NOT NULL,
  since_us INTEGER NOT NULL,
  next_us INTEGER NOT NULL,          -- when the clock looks at it next; 0 at once
  warned INTEGER NOT NULL,
  overdue INTEGER NOT NULL,
  step INTEGER NOT NULL,             -- escalations so far
  paused_us INTEGER NOT NULL DEFAULT 0,  -- since when its clock stands; 0 it runs
  stood_us INTEGER NOT NULL DEFAULT 0,   -- so much later it falls due because its clock stood
  extensions INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  ours_us INTEGER NOT NULL DEFAULT 0,    -- our due time, where that of another system stands in due_us
  participant INTEGER NOT NULL DEFAULT 0, -- number of whom it is expected of, or about whom
  line INTEGER NOT NULL DEFAULT 0,       -- of the form's lines, from 1; 0 of none
  alerts INTEGER NOT NULL DEFAULT 0,     -- to whoever answers, until it was seen
  seen_us INTEGER NOT NULL DEFAULT 0,    -- by them
  phone_us INTEGER NOT NULL DEFAULT 0,   -- since when it stands in the phone list; 0 not
  claimed_us INTEGER NOT NULL DEFAULT 0, -- since when the post that answers has taken it, before its colleagues; 0 nobody has
  claim_until_us INTEGER NOT NULL DEFAULT 0, -- when the clock ends that at the latest
  PRIMARY KEY (matter, slot)
) WITHOUT ROWID;
CREATE INDEX expectation_number ON expectation (matter, number);
CREATE INDEX expectation_phone ON expectation (phone_us) WHERE phone_us <> 0;
CREATE INDEX expectation_post ON expectation (post, due_us, matter, number);
CREATE INDEX expectation_clock ON expectation (next_us);
CREATE INDEX expectation_overdue ON expectation (due_us) WHERE overdue = 1;
CREATE INDEX expectation_participant ON expectation (matter, participant);

CREATE TABLE expectation_past (
  matter INTEGER NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  post INTEGER NOT NULL,
  opens_us INTEGER NOT NULL,
  due_us INTEGER NOT NULL,
  ended_us INTEGER NOT NULL,
  outcome INTEGER NOT NULL,          -- enum outcome
  entry INTEGER,                     -- number of the entry that met it
  person INTEGER,                    -- who excused it
  reason TEXT, words TEXT,           -- why: in the clear as it was written before words were sealed; sealed
  reopened INTEGER NOT NULL DEFAULT 0,   -- it was met, and is expected again
  participant INTEGER NOT NULL DEFAULT 0,
  line INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (matter, number)
) WITHOUT ROWID;
CREATE INDEX expectation_past_post ON expectation_past (post, due_us); -- what a post was asked for
CREATE INDEX expectation_missed ON expectation_past (due_us) WHERE outcome = 3;

-- Units and persons that take part; who leaves keeps the row.
CREATE TABLE participant (
  matter INTEGER NOT NULL,
  number INTEGER NOT NULL,           -- 1, 2, 3 ... within the matter
  name TEXT NOT NULL,                -- of the set
  who INTEGER NOT NULL,              -- unit; negative: that person; 0 erased
  state TEXT,
  joined_us INTEGER NOT NULL,
  since_us INTEGER NOT NULL,         -- in this state
  left_us INTEGER,
  seen_us INTEGER,                   -- when somebody who answers there has opened the matter, or entered for it
  reason TEXT, words TEXT,           -- why it was left out of an audience: an effect's; somebody's, sealed; '' erased
  PRIMARY KEY (matter, number)
) WITHOUT ROWID;
CREATE INDEX participant_who ON participant (who, matter);
CREATE INDEX participant_name ON participant (matter, name);

-- Sets that hold every unit of some types under a place. A frozen one has a row until it is full, a standing one always.
CREATE TABLE audience (
  matter INTEGER NOT NULL,
  name TEXT NOT NULL,                -- of the set
  under INTEGER NOT NULL,            -- unit
  standing INTEGER NOT NULL,
  after_unit INTEGER NOT NULL,       -- up to which unit the clock has seen to it
  waits INTEGER NOT NULL,            -- 1: there may be units beyond
  PRIMARY KEY (matter, name)
) WITHOUT ROWID;
CREATE INDEX audience_waits ON audience (matter) WHERE waits = 1;
CREATE INDEX audience_under ON audience (under) WHERE standing = 1;

-- Where a matter was in which state under which rules, for a recount of past days.
CREATE TABLE span (
  matter INTEGER NOT NULL,
  version INTEGER NOT NULL,          -- of the matter when it began
  from_us INTEGER NOT NULL,
  to_us INTEGER,                     -- NULL: now
  state TEXT NOT NULL,
  unit INTEGER NOT NULL,
  rules INTEGER NOT NULL,
  PRIMARY KEY (matter, version)
) WITHOUT ROWID;

-- Warnings (step 0, to whoever answers), escalations (step 1, 2 ...), alerts until it is seen (step -1, -2 ...); a digest is what one post is shown at one time.
CREATE TABLE alert (
  id INTEGER PRIMARY KEY,            -- place of the event << 8 | running number in it
  post INTEGER NOT NULL,
  matter INTEGER NOT NULL,
  number INTEGER NOT NULL,           -- of the expectation
  name TEXT NOT NULL,
  step INTEGER NOT NULL,
  raised_us INTEGER NOT NULL,
  shown_us INTEGER NOT NULL
);
CREATE INDEX alert_post ON alert (post, shown_us, id);
CREATE INDEX alert_matter ON alert (matter);

CREATE TABLE link (
  matter INTEGER NOT NULL,
  other INTEGER NOT NULL,
  place INTEGER NOT NULL,
  relation TEXT,                     -- 'merged'; of a link that was made before relations were sealed
  sealed BLOB,                       -- context "note": {"relation"}
  PRIMARY KEY (matter, other, place)
) WITHOUT ROWID;
CREATE INDEX link_other ON link (other);

-- Who found two to be one, and why; undone_us 0: they still are.
CREATE TABLE matter_merge (
  matter INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  other INTEGER NOT NULL,            -- in which it goes on
  person INTEGER NOT NULL,
  post INTEGER NOT NULL,
  reason TEXT, words TEXT,           -- in the clear as it was written before words were sealed; sealed
  undone_us INTEGER NOT NULL,
  PRIMARY KEY (matter, at_us)
) WITHOUT ROWID;

-- Who else has to do with it: a contact, a guardian.
CREATE TABLE link_person (
  matter INTEGER NOT NULL,
  person INTEGER NOT NULL,
  place INTEGER NOT NULL,
  relation TEXT,
  sealed BLOB,                       -- as of a link
  PRIMARY KEY (matter, person, place)
) WITHOUT ROWID;
CREATE INDEX link_person_person ON link_person (person);

-- Links by which the person whom a matter is about reports or reads without an account; the token is nowhere.
CREATE TABLE resident_link (
  digest TEXT PRIMARY KEY,           -- vault/link_token.h
  matter INTEGER NOT NULL,
  purpose INTEGER NOT NULL,          -- enum link_purpose
  given_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  person INTEGER NOT NULL,           -- who gave it, in which post
  post INTEGER,
  ended_us INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX resident_link_matter ON resident_link (matter, given_us);

-- The hand-over of a matter to another unit: the one pending, and how often it has come back.
CREATE TABLE matter_handover (
  matter INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,              -- of the offer
  from_unit INTEGER NOT NULL,
  to_unit INTEGER NOT NULL,
  person INTEGER NOT NULL,           -- who offered
  post INTEGER NOT NULL,
  offered_us INTEGER NOT NULL,
  slot INTEGER NOT NULL,             -- expectation of whoever accepts; 0 none yet: the letter is under way
  bounces INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  no_show_us INTEGER NOT NULL DEFAULT 0, -- when they have not come; 0 never
  unknown INTEGER NOT NULL DEFAULT 0     -- the address was not known: offered to whoever looks for it
);
CREATE INDEX matter_handover_no_show ON matter_handover (no_show_us) WHERE pending = 1 AND no_show_us <> 0;
CREATE INDEX matter_handover_to ON matter_handover (to_unit) WHERE pending = 1;

-- What another system says of a matter that it keeps under a number of its own.
CREATE TABLE external (
  matter INTEGER PRIMARY KEY,
  system TEXT NOT NULL,
  number TEXT NOT NULL,
  due_us INTEGER NOT NULL,           -- 0 not said, as closed_us
  state TEXT NOT NULL,
  closed_us INTEGER NOT NULL,
  mirrored_us INTEGER NOT NULL,      -- when it was said last
  said_us INTEGER NOT NULL           -- as of when the other system said it; 0 it has said nothing
);
CREATE UNIQUE INDEX external_number ON external (system, number);

-- What holds an erasure up: an appeal, an inquiry.
CREATE TABLE matter_hold (
  matter INTEGER NOT NULL,
  reason TEXT NOT NULL,              -- an effect's, or as it was written before words were sealed; else ''
  words TEXT NOT NULL,               -- somebody's, sealed; else ''
  from_us INTEGER NOT NULL,
  person INTEGER NOT NULL,
  post INTEGER NOT NULL,
  to_us INTEGER NOT NULL,            -- 0 it stands
  PRIMARY KEY (matter, reason, words, from_us)
) WITHOUT ROWID;

-- What effects of a matter did to units and posts.
CREATE TABLE matter_registry (
  matter INTEGER NOT NULL,
  what INTEGER NOT NULL,             -- enum registry_made
  id INTEGER NOT NULL,               -- of the unit or post
  from_us INTEGER NOT NULL,
  to_us INTEGER NOT NULL,            -- 0 it stands
  person INTEGER NOT NULL,           -- whose post; 0 a unit
  grounds TEXT,                      -- JSON array: of a home post that stands still
  PRIMARY KEY (matter, what, id, from_us)
) WITHOUT ROWID;

CREATE TABLE document_issued (
  matter INTEGER NOT NULL,
  name TEXT NOT NULL,
  place INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  unit INTEGER NOT NULL,             -- where the matter was
  sealed BLOB,                       -- the texts of all that the event issued; NULL: erased, or issued before they were kept
  PRIMARY KEY (matter, name, place)
) WITHOUT ROWID;

-- Files, as they were uploaded; their bytes lie sealed in the folder `attachments`, by the hash of what lies there.
CREATE TABLE attachment (
  hash TEXT NOT NULL,                -- BLAKE2b-256 of the sealed bytes, hexadecimal
  matter INTEGER NOT NULL,
  type TEXT NOT NULL,                -- media type, told by the bytes
  bytes INTEGER NOT NULL,            -- before they were sealed
  place INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  person INTEGER NOT NULL,
  named INTEGER NOT NULL,            -- 1: an entry names it
  gone_us INTEGER NOT NULL,          -- when it was erased with its matter; 0 it is there
  PRIMARY KEY (hash, matter)
) WITHOUT ROWID;
CREATE INDEX attachment_matter ON attachment (matter);
CREATE INDEX attachment_gone ON attachment (gone_us) WHERE gone_us > 0;
CREATE INDEX attachment_orphan ON attachment (at_us) WHERE named = 0 AND gone_us = 0;

-- Units that have come: the clock opens what stands there.
CREATE TABLE standing_news (
  unit INTEGER PRIMARY KEY
);

-- The playbook in force: whose standing kinds are to stand everywhere.
CREATE TABLE standing_playbook (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  place INTEGER NOT NULL
);
INSERT INTO standing_playbook VALUES (1, 0);

-- And of each stream under which playbook all its units were looked at; a new one starts it again.
CREATE TABLE standing_watch (
  stream INTEGER PRIMARY KEY,
  playbook INTEGER NOT NULL,
  looking_for INTEGER NOT NULL,      -- the playbook for which it is being done
  unit INTEGER NOT NULL              -- and how far
);
CREATE INDEX standing_watch_playbook ON standing_watch (playbook, stream);

-- How far the matters of a kind have gone over to the rules in force, in a unit and below it.
CREATE TABLE rebase (
  kind TEXT NOT NULL,
  unit INTEGER NOT NULL,
  rules INTEGER NOT NULL,            -- playbook version
  last INTEGER NOT NULL,             -- matter: up to it all have been looked at
  rebased INTEGER NOT NULL,
  passed INTEGER NOT NULL,           -- that did not fit and kept their rules
  done INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  person INTEGER NOT NULL,           -- who asked last; 0 the operator
  PRIMARY KEY (kind, unit)
) WITHOUT ROWID;

-- How many matters there are at a unit: an index of `matter`. Erased and merged ones are not in it.
CREATE TABLE tally_matter (
  unit INTEGER NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  open INTEGER NOT NULL,             -- 0 closed
  count INTEGER NOT NULL,            -- never 0
  PRIMARY KEY (unit, kind, state, open)
) WITHOUT ROWID;

-- And how much is expected in them: an index of `expectation`. A quarter of an hour is the largest step that every day
-- of every time zone is a multiple of, so that a day's can be told apart without knowing the zone here. What is due by
-- a day falls due when the next one begins: hence the moment before.
CREATE TABLE tally_expectation (
  unit INTEGER NOT NULL,
  overdue INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,                -- of the expectation
  quarter INTEGER NOT NULL,          -- of the moment before it falls due; -1 its clock stands
  count INTEGER NOT NULL,            -- never 0
  PRIMARY KEY (unit, overdue, kind, name, quarter)
) WITHOUT ROWID;

-- Triggers write down here what either lacks; matter_counts_settle() adds it up, before each commit: the entries of an
-- evening change the same few counts over and over. Empty in every committed state.
CREATE TABLE tally_matter_change (
  unit INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, open INTEGER NOT NULL, change INTEGER NOT NULL
);
CREATE TABLE tally_expectation_change (
  unit INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  old_overdue INTEGER, old_quarter INTEGER, -- NULL: there was none
  overdue INTEGER, quarter INTEGER,         -- NULL: there is none any more
  number INTEGER NOT NULL                   -- of expectations
);

CREATE TRIGGER matter_counted AFTER INSERT ON matter WHEN new.erased = 0 AND new.merged_into = 0 BEGIN
  INSERT INTO tally_matter_change VALUES (new.unit, new.kind, new.state, new.closed_us = 0, 1);
END;
CREATE TRIGGER matter_recounted AFTER UPDATE OF unit, state, closed_us, erased, merged_into ON matter
  WHEN old.unit <> new.unit OR old.state <> new.state OR (old.closed_us = 0) <> (new.closed_us = 0)
    OR (old.erased = 0 AND old.merged_into = 0) <> (new.erased = 0 AND new.merged_into = 0) BEGIN
  INSERT INTO tally_matter_change SELECT new.unit, new.kind, new.state, new.closed_us = 0, 1
    WHERE new.erased = 0 AND new.merged_into = 0;
  INSERT INTO tally_matter_change SELECT old.unit, old.kind, old.state, old.closed_us = 0, -1
    WHERE old.erased = 0 AND old.merged_into = 0;
END;
CREATE TRIGGER matter_uncounted AFTER DELETE ON matter WHEN old.erased = 0 AND old.merged_into = 0 BEGIN
  INSERT INTO tally_matter_change VALUES (old.unit, old.kind, old.state, old.closed_us = 0, -1);
END;
CREATE TRIGGER matter_moved AFTER UPDATE OF unit ON matter WHEN new.unit <> old.unit BEGIN
  INSERT INTO tally_expectation_change
    SELECT new.unit, new.kind, name, NULL, NULL, overdue, iif(paused_us = 0, (due_us - 1) / 900000000, -1), count(*)
      FROM expectation WHERE matter = new.id GROUP BY 3, 6, 7;
  INSERT INTO tally_expectation_change
    SELECT old.unit, old.kind, name, overdue, iif(paused_us = 0, (due_us - 1) / 900000000, -1), NULL, NULL, count(*)
      FROM expectation WHERE matter = new.id GROUP BY 3, 4, 5;
END;
CREATE TRIGGER expectation_counted AFTER INSERT ON expectation BEGIN
  INSERT INTO tally_expectation_change
    SELECT unit, kind, new.name, NULL, NULL, new.overdue, iif(new.paused_us = 0, (new.due_us - 1) / 900000000, -1), 1
      FROM matter WHERE id = new.matter;
END;
CREATE TRIGGER expectation_uncounted AFTER DELETE ON expectation BEGIN
  INSERT INTO tally_expectation_change
    SELECT unit, kind, old.name, old.overdue, iif(old.paused_us = 0, (old.due_us - 1) / 900000000, -1), NULL, NULL, 1
      FROM matter WHERE id = old.matter;
END;
CREATE TRIGGER expectation_recounted AFTER UPDATE OF due_us, overdue, paused_us ON expectation
  WHEN old.overdue <> new.overdue OR iif(old.paused_us = 0, (old.due_us - 1) / 900000000, -1) <>
    iif(new.paused_us = 0, (new.due_us - 1) / 900000000, -1) BEGIN
  INSERT INTO tally_expectation_change
    SELECT unit, kind, new.name, old.overdue, iif(old.paused_us = 0, (old.due_us - 1) / 900000000, -1),
        new.overdue, iif(new.paused_us = 0, (new.due_us - 1) / 900000000, -1), 1
      FROM matter WHERE id = new.matter;
END;

-- What presses: open expectations that are overdue, or of which the clock has warned; an index of `expectation` by the
-- place of its matter and by when the clock acts next, which is when it escalates. Kept by the triggers below.
CREATE TABLE pressing (
  unit INTEGER NOT NULL,             -- of the matter
  overdue INTEGER NOT NULL,          -- 0 only warned of
  next_us INTEGER NOT NULL,
  matter INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  post INTEGER NOT NULL,
  due_us INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (unit, overdue, next_us, matter, slot)
) WITHOUT ROWID;
CREATE INDEX pressing_next ON pressing (overdue, next_us, matter, slot, kind, name);
CREATE INDEX pressing_post ON pressing (post, overdue, next_us, matter, slot);

CREATE TRIGGER expectation_presses AFTER INSERT ON expectation WHEN new.overdue = 1 OR new.warned = 1 BEGIN
  INSERT INTO pressing SELECT unit, new.overdue, new.next_us, new.matter, new.slot, new.post, new.due_us, kind, new.name
    FROM matter WHERE id = new.matter;
END;
CREATE TRIGGER expectation_ceases AFTER DELETE ON expectation WHEN old.overdue = 1 OR old.warned = 1 BEGIN
  DELETE FROM pressing WHERE unit = (SELECT unit FROM matter WHERE id = old.matter) AND overdue = old.overdue
    AND next_us = old.next_us AND matter = old.matter AND slot = old.slot;
END;
CREATE TRIGGER expectation_goes_on AFTER UPDATE OF post, due_us, next_us, warned, overdue ON expectation
  WHEN old.overdue = 1 OR old.warned = 1 OR new.overdue = 1 OR new.warned = 1 BEGIN
  DELETE FROM pressing WHERE unit = (SELECT unit FROM matter WHERE id = old.matter) AND overdue = old.overdue
    AND next_us = old.next_us AND matter = old.matter AND slot = old.slot;
  INSERT INTO pressing SELECT unit, new.overdue, new.next_us, new.matter, new.slot, new.post, new.due_us, kind, new.name
    FROM matter WHERE id = new.matter AND (new.overdue = 1 OR new.warned = 1);
END;
CREATE TRIGGER matter_presses_there AFTER UPDATE OF unit ON matter WHEN new.unit <> old.unit BEGIN
  UPDATE pressing SET unit = new.unit WHERE unit = old.unit AND matter = new.id;
END;

-- Indicators that are kept current: tally/series.h says which, tally/fold.c how. None of these tables follows from the
-- journal alone: they are counted out of the others (`lianfang recount`), and rows are compared without them.
CREATE TABLE tally_series (
  id INTEGER PRIMARY KEY,            -- number of the kind << 16 | number in it
  kind TEXT NOT NULL,
  name TEXT NOT NULL,                -- of the indicator, in whichever version of the playbook
  UNIQUE (kind, name)
);
CREATE TABLE tally_figure (
  unit INTEGER NOT NULL,             -- and all below it; negative: at that unit alone
  kind INTEGER NOT NULL,             -- its number
  period INTEGER NOT NULL,           -- day since 1970; of stocks also months: tally/gather.h
  figures BLOB NOT NULL,             -- of each of its series what happened on that day, of stocks by how much they
                                     -- changed: tally/packed.h
  PRIMARY KEY (unit, kind, period)
) WITHOUT ROWID;
CREATE TABLE tally_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  counted INTEGER NOT NULL           -- enum tally_state (tally/series.h)
);
INSERT INTO tally_state VALUES (1, 0);

-- Triggers write down here what of a matter may count otherwise than before; tally_fold() looks at it before each commit.
-- `what`: bits of enum tally_change (tally/fold.c). Empty in every committed state.
CREATE TABLE tally_change (
  matter INTEGER NOT NULL,           -- 0: the unit `source` is covered otherwise
  source INTEGER NOT NULL,           -- 0 the matter itself; an entry's number; minus an expectation's
  what INTEGER NOT NULL
);
CREATE TRIGGER entry_tallied AFTER INSERT ON entry BEGIN
  INSERT INTO tally_change VALUES (new.matter, new.number, 0);
END;
CREATE TRIGGER entry_tallied_anew AFTER UPDATE OF corrected, second ON entry BEGIN
  INSERT INTO tally_change VALUES (new.matter, new.number, 1);
END;
CREATE TRIGGER expectation_tallied AFTER INSERT ON expectation WHEN new.overdue = 1 BEGIN
  INSERT INTO tally_change VALUES (new.matter, -new.number, 0);
END;
CREATE TRIGGER expectation_tallied_anew AFTER UPDATE OF number, name, due_us, overdue, participant, post ON expectation
  WHEN old.overdue = 1 OR new.overdue = 1 BEGIN
  INSERT INTO tally_change VALUES (old.matter, -old.number, 1);
  INSERT INTO tally_change SELECT new.matter, -new.number, 0 WHERE new.number <> old.number;
END;
CREATE TRIGGER expectation_untallied AFTER DELETE ON expectation WHEN old.overdue = 1 BEGIN
  INSERT INTO tally_change VALUES (old.matter, -old.number, 1);
END;
CREATE TRIGGER past_tallied AFTER INSERT ON expectation_past WHEN new.outcome IN (1, 2, 3, 4) BEGIN
  INSERT INTO tally_change VALUES (new.matter, -new.number, 0);
END;
CREATE TRIGGER past_tallied_anew AFTER UPDATE OF outcome, due_us, post ON expectation_past BEGIN
  INSERT INTO tally_change VALUES (new.matter, -new.number, 1);
END;
CREATE TRIGGER matter_tallied AFTER INSERT ON matter BEGIN
  INSERT INTO tally_change VALUES (new.id, 0, 0);
END;
CREATE TRIGGER matter_tallied_anew AFTER UPDATE OF state, state_since_us, closed_us, unit, rules, erased, merged_into ON matter
  WHEN old.state <> new.state OR old.state_since_us <> new.state_since_us OR old.closed_us <> new.closed_us
    OR old.unit <> new.unit OR old.rules <> new.rules OR old.erased <> new.erased
    OR old.merged_into <> new.merged_into BEGIN
  INSERT INTO tally_change VALUES (new.id, 0, 1 | iif(old.state <> new.state OR old.state_since_us <> new.state_since_us, 4, 0)
    | iif(old.closed_us <> new.closed_us, 8, 0)
    | iif(old.unit <> new.unit OR old.rules <> new.rules OR old.erased <> new.erased
      OR old.merged_into <> new.merged_into, 64, 0));
END;
CREATE TRIGGER span_tallied AFTER INSERT ON span BEGIN
  INSERT INTO tally_change VALUES (new.matter, 0, 1);
END;
CREATE TRIGGER span_tallied_anew AFTER UPDATE OF to_us ON span BEGIN
  INSERT INTO tally_change VALUES (new.matter, 0, 1);
END;
CREATE TRIGGER form_tallied AFTER INSERT ON matter_form WHEN new.clear IS NOT NULL BEGIN
  INSERT INTO tally_change VALUES (new.matter, 0, 1 | 2);
END;
CREATE TRIGGER form_tallied_anew AFTER UPDATE OF clear ON matter_form WHEN old.clear IS NOT new.clear BEGIN
  INSERT INTO tally_change VALUES (new.matter, 0, 1 | 2);
END;
CREATE TRIGGER form_untallied AFTER DELETE ON matter_form WHEN old.clear IS NOT NULL BEGIN
  INSERT INTO tally_change VALUES (old.matter, 0, 1 | 2);
END;
CREATE TRIGGER participant_tallied AFTER INSERT ON participant BEGIN
  INSERT INTO tally_change VALUES (new.matter, 0, 1 | 16);
END;
CREATE TRIGGER participant_tallied_anew AFTER UPDATE OF who, left_us ON participant
  WHEN old.who <> new.who OR old.left_us IS NOT new.left_us BEGIN
  INSERT INTO tally_change VALUES (new.matter, 0, 1 | iif(old.who <> new.who, 32, 16));
END;
CREATE TRIGGER cover_tallied_anew AFTER UPDATE ON cover BEGIN
  INSERT INTO tally_change VALUES (0, old.unit, 0);
END;
CREATE TRIGGER cover_untallied AFTER DELETE ON cover BEGIN
  INSERT INTO tally_change VALUES (0, old.unit, 0);
END;
