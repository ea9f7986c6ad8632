-- Who read personal data: one row a person, hour, reader and what they looked at.
CREATE TABLE read_trace (
  person INTEGER NOT NULL,          -- whose data; 0 when only the matter is known
  hour INTEGER NOT NULL,            -- since 1970, UTC
  reader_person INTEGER NOT NULL,
  matter INTEGER NOT NULL,          -- 0 when the person's own record was read
  page TEXT NOT NULL,
  looks INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  PRIMARY KEY (person, hour, reader_person, matter, page)
) WITHOUT ROWID;

-- Who has acted in a matter: they go on seeing it while they hold the post in which they did; 0: as a person.
CREATE TABLE party (
  person INTEGER NOT NULL,
  matter INTEGER NOT NULL,
  post INTEGER NOT NULL,
  PRIMARY KEY (person, matter, post)
) WITHOUT ROWID;
CREATE INDEX party_matter ON party (matter);

-- What somebody is told when they log in, until they acknowledge it: what others did with their account, and posts that
-- they were appointed to.
CREATE TABLE notice (
  place INTEGER PRIMARY KEY,          -- of the event
  person INTEGER NOT NULL,
  what TEXT NOT NULL,               -- the event's name
  by_person INTEGER NOT NULL,       -- 0: the operator
  post INTEGER NOT NULL,            -- 0: of their account
  at_us INTEGER NOT NULL,
  acknowledged_us INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notice_person ON notice (person, at_us);
