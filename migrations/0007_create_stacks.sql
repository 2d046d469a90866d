-- Stacks: templates that were applied, and what each has made.
CREATE TABLE stacks (
  account    TEXT    NOT NULL,
  region     TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  status     TEXT    NOT NULL,
  reason     TEXT,              -- why the last application failed
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  outputs    TEXT    NOT NULL,  -- JSON
  imports    TEXT    NOT NULL,  -- JSON: the names of exports of other stacks
  PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE stack_entries (
  account TEXT NOT NULL,
  region  TEXT NOT NULL,
  stack   TEXT NOT NULL,
  key     TEXT NOT NULL,  -- the logical id, with its nested stacks
  item    TEXT,           -- JSON; NULL where it is gone
  undo    TEXT,           -- JSON of what was there before the application under way: null for nothing; NULL where it
                          -- has not touched it
  PRIMARY KEY (account, region, stack, key),
  FOREIGN KEY (account, region, stack) REFERENCES stacks (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
