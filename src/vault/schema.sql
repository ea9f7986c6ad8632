/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * secrets.db - what the program must be able to forget.
 *
 * What is erased may leave no byte behind. secure_delete alone does not see to that: when SQLite splits or merges
 * pages it moves rows, and old copies stay in the free space of the page they came from (6 of 10,000 deleted rows
 * in an experiment with 3.40.1). So everything here that must vanish stands in rows of a fixed size, appended in
 * order of their ids and overwritten with zeros in their place; such rows never move. The other tables hold ids,
 * times and ciphertext of keys that vanish.
 */

/* Keys, the journal of erasures and counters of this directory, by name; secrets.c, master.c, erasure.c. */
CREATE TABLE IF NOT EXISTS setting (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

/* Data keys, wrapped by the master key: nonce 24, key 32, authenticator 16; once erased, zeros wrapped under another name,
   which nobody can make without the master key. keys.c */
CREATE TABLE IF NOT EXISTS matter_key (
    id      INTEGER PRIMARY KEY, /* matter */
    wrapped BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS person_key (
    id      INTEGER PRIMARY KEY, /* person */
    wrapped BLOB NOT NULL
);
/* Whose data a matter's key opens. */
CREATE TABLE IF NOT EXISTS matter_person (
    matter INTEGER PRIMARY KEY,
    person INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS matter_person_by_person ON matter_person (person);

/* Keys of the digests of commands, one a month; seal.c */
CREATE TABLE IF NOT EXISTS digest_key (
    month   INTEGER PRIMARY KEY, /* months since year 0 */
    wrapped BLOB NOT NULL
);

/* Hashes of what people are found by, with whom they belong to; pages.c */
CREATE TABLE IF NOT EXISTS hash_table (
    id      INTEGER PRIMARY KEY, /* 1 persons (index.c), 2 login names (account.c) */
    buckets INTEGER NOT NULL,
    entries INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS hash_bucket (
    place INTEGER PRIMARY KEY, /* table * 2^40 + bucket */
    page  INTEGER NOT NULL     /* the first of its chain */
);
CREATE TABLE IF NOT EXISTS hash_page (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL /* 1,960 bytes: next page, count, 81 entries of hash 16 and id 8 */
);
/* What is indexed of a person, sealed under the person's key: tells which hashes to take out; index.c */
CREATE TABLE IF NOT EXISTS person_index (
    person INTEGER NOT NULL,
    what   INTEGER NOT NULL, /* enum vault_index */
    sealed BLOB NOT NULL,
    PRIMARY KEY (person, what)
) WITHOUT ROWID;

/* Persons of whom the journal may not know what is known here: the last transaction that made, indexed or erased any
   (kept 0; when the power goes, its batch of the journal may be lost), and those whom the ledger erased again, or all
   after a restore (kept 1);
   unreconciled.c */
CREATE TABLE IF NOT EXISTS unsure (
    person INTEGER PRIMARY KEY,
    kept   INTEGER NOT NULL
);

/* Who may log in; account.c */
CREATE TABLE IF NOT EXISTS account (
    id     INTEGER PRIMARY KEY,
    record BLOB NOT NULL /* 296 bytes: person, times, failures, flags, login name, password hash; zeros once erased */
);
/* What authenticates a record: BLAKE2b of 16 bytes over id and record, keyed with a key of the vault. */
CREATE TABLE IF NOT EXISTS account_mac (
    account INTEGER PRIMARY KEY,
    mac     BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS account_person (
    person  INTEGER NOT NULL,
    account INTEGER NOT NULL,
    PRIMARY KEY (person, account)
) WITHOUT ROWID;

/* Who is logged in; session.c */
CREATE TABLE IF NOT EXISTS session (
    id         INTEGER PRIMARY KEY,
    token      BLOB NOT NULL, /* BLAKE2b of 32 bytes of its text */
    account    INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS session_by_token ON session (token);
CREATE INDEX IF NOT EXISTS session_by_account ON session (account);
CREATE INDEX IF NOT EXISTS session_by_expiry ON session (expires_us);
