-- Who read personal data: one row a page viewed and a matter or person shown on it.
CREATE TABLE read_trace (
  person INTEGER NOT NULL,          -- whose data; 0 when only the matter is known
  pos INTEGER NOT NULL,             -- of the event personal_data_read
  matter INTEGER NOT NULL,          -- 0 when the person's own record was read
  reader_person INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  page TEXT NOT NULL,
  PRIMARY KEY (person, pos, matter)
) WITHOUT ROWID;

-- Who has acted in a matter: they go on seeing it while they hold the post in which they did; 0: as a person.
CREATE TABLE party (
  person INTEGER NOT NULL,
  matter INTEGER NOT NULL,
  post INTEGER NOT NULL,
  PRIMARY KEY (person, matter, post)
) WITHOUT ROWID;
