-- The journal: the last deliveries of each mapping. Bounded by whoever writes it.
CREATE TABLE deliveries (
  sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
  mapping       TEXT    NOT NULL,   -- the id: the journal of a mapping outlives it until the next start or a reset
  function_arn  TEXT    NOT NULL,
  source_arn    TEXT,
  started_at    INTEGER NOT NULL,   -- milliseconds since the epoch
  duration      INTEGER NOT NULL,   -- microseconds
  attempt       INTEGER NOT NULL,
  batch_size    INTEGER NOT NULL,
  outcome       TEXT    NOT NULL,
  error         TEXT,
  event         BLOB    NOT NULL,   -- the first bytes; the whole where event_bytes says so
  event_bytes   INTEGER NOT NULL,
  answer        BLOB    NOT NULL,
  answer_bytes  INTEGER NOT NULL
) STRICT;

CREATE INDEX deliveries_by_mapping ON deliveries (mapping, sequence);

-- Where functions run, as far as it was said while the program ran.
CREATE TABLE function_targets (
  name         TEXT PRIMARY KEY,
  target       TEXT NOT NULL,
  concurrency  INTEGER,
  timeout      INTEGER              -- milliseconds
) STRICT, WITHOUT ROWID;
