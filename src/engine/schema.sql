-- The engine's own tables in rows.db. They follow from the journal like all others.

-- Up to which event rows.db has been applied, with that event's hash, and of which installation it is: rows of another
-- journal are told apart by them. Every later version keeps this table with these columns.
CREATE TABLE position (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    pos          INTEGER NOT NULL,
    hash         BLOB NOT NULL,
    installation BLOB
);
INSERT INTO position VALUES (1, 0, zeroblob(32), NULL);

-- How often secrets.db had been committed before these rows were: an older one is noticed. It does not follow from the
-- journal, and rows are compared without it.
CREATE TABLE beside (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    secrets INTEGER NOT NULL
);
INSERT INTO beside VALUES (1, 0);

-- Commands that came through a door, for LIMIT_REQUEST_ID_DAYS: a resend is answered out of their events. Ids begin with
-- their time, so new ones stand side by side and the oldest ones first.
CREATE TABLE command (
    id     BLOB PRIMARY KEY,
    first  INTEGER NOT NULL, -- pos of the first event
    count  INTEGER NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;

-- Letters in transit: sent, neither arrived nor refused yet. Both happen in streams of their own, so either may be
-- applied first: `ended` is a letter whose end is known and whose beginning is not.
CREATE TABLE letter (
    place   INTEGER PRIMARY KEY, -- of letter_sent
    to_unit INTEGER NOT NULL,
    sent_us INTEGER NOT NULL,
    ended   INTEGER NOT NULL
);

-- Versions that give more rights, proposed and waiting for a second person: proposal.h.
CREATE TABLE playbook_proposal (
    place        INTEGER PRIMARY KEY,
    digest       TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    version      INTEGER NOT NULL,
    by_person    INTEGER NOT NULL,
    role         TEXT NOT NULL,
    at_us        INTEGER NOT NULL,
    until_us     INTEGER NOT NULL,
    widens       TEXT NOT NULL, -- JSON array
    widens_count INTEGER NOT NULL,
    files        TEXT NOT NULL  -- JSON array of {name, text}
);

-- Adopted playbooks; their text is in the journal.
CREATE TABLE playbook (
    place      INTEGER PRIMARY KEY, -- the version id that matters name
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    adopted_us INTEGER NOT NULL
);
