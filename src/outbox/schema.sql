-- outbox.db: what is to be delivered outside, and how far each destination has come. Names matters, expectations and
-- posts by number and a unit not at all: what a message says is put together when it is sent, and stands nowhere.

CREATE TABLE IF NOT EXISTS outbox_file (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  format INTEGER NOT NULL,
  installation BLOB NOT NULL         -- of the journal that `pos` counts in
);

CREATE TABLE IF NOT EXISTS destination (
  name TEXT PRIMARY KEY,
  pos INTEGER NOT NULL,              -- of the journal: what up to here is to be delivered lies in `delivery`
  delivered INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0, -- tries that came to nothing
  unneeded INTEGER NOT NULL DEFAULT 0, -- seen or done before they were sent
  lost INTEGER NOT NULL DEFAULT 0    -- dead letters that gave way to younger ones
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid BLOB NOT NULL,                -- by which the receiver knows it again
  destination TEXT NOT NULL,
  how INTEGER NOT NULL,              -- enum raising
  kind TEXT NOT NULL,
  post INTEGER NOT NULL,             -- whom it was raised to; 0 nobody, negative: that person
  raised_us INTEGER NOT NULL,
  shown_us INTEGER NOT NULL,         -- not sent before
  items TEXT NOT NULL,               -- JSON: [matter, number of the expectation, times] each
  made_us INTEGER NOT NULL,          -- when it came into the outbox, or was put back
  next_us INTEGER NOT NULL,          -- when it is tried next
  tries INTEGER NOT NULL DEFAULT 0,
  dead_us INTEGER NOT NULL DEFAULT 0, -- since when it is not tried any more; 0 it is
  why TEXT                           -- what became of the last try
);
CREATE INDEX IF NOT EXISTS delivery_next ON delivery (destination, next_us, id) WHERE dead_us = 0;
CREATE INDEX IF NOT EXISTS delivery_dead ON delivery (destination, dead_us, id) WHERE dead_us <> 0;
CREATE INDEX IF NOT EXISTS delivery_digest ON delivery (destination, post, shown_us) WHERE tries = 0 AND dead_us = 0;
