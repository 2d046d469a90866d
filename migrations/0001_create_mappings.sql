-- What is queried has columns; what is specific to a source type is one JSON document.
CREATE TABLE mappings (
  -- The order of creation, which is the order of listing. Never used twice, so that a page's marker stays true.
  sequence                INTEGER PRIMARY KEY AUTOINCREMENT,
  id                      TEXT    NOT NULL UNIQUE,
  account                 TEXT    NOT NULL,
  region                  TEXT    NOT NULL,
  function_arn            TEXT    NOT NULL,
  source_arn              TEXT,             -- NULL for self-managed Kafka
  kind                    TEXT    NOT NULL,
  state                   TEXT    NOT NULL,
  state_reason            TEXT    NOT NULL,
  settles_at              INTEGER,          -- milliseconds since the epoch; NULL where the state is a lasting one
  settles_as              TEXT,             -- the lasting state; NULL for a mapping that is to be deleted
  last_processing_result  TEXT,
  created_at              INTEGER NOT NULL, -- milliseconds since the epoch
  modified_at             INTEGER NOT NULL,
  revision                INTEGER NOT NULL DEFAULT 1,
  parameters              TEXT    NOT NULL  -- JSON: the parameters as the API answers them
) STRICT;

CREATE INDEX mappings_by_scope    ON mappings (account, region, sequence);
CREATE INDEX mappings_by_function ON mappings (account, region, function_arn, sequence);
CREATE INDEX mappings_by_source   ON mappings (account, region, source_arn, sequence);
CREATE INDEX mappings_unsettled   ON mappings (settles_at) WHERE settles_at IS NOT NULL;

-- What a mapping takes from its source for its function. No two mappings of a function may claim the same.
CREATE TABLE mapping_claims (
  account       TEXT    NOT NULL,
  region        TEXT    NOT NULL,
  function_arn  TEXT    NOT NULL,
  claim         TEXT    NOT NULL,
  mapping       INTEGER NOT NULL REFERENCES mappings (sequence) ON DELETE CASCADE,
  PRIMARY KEY (account, region, function_arn, claim)
) STRICT, WITHOUT ROWID;

CREATE INDEX mapping_claims_by_mapping ON mapping_claims (mapping);

CREATE TABLE mapping_tags (
  mapping  INTEGER NOT NULL REFERENCES mappings (sequence) ON DELETE CASCADE,
  key      TEXT    NOT NULL,
  value    TEXT    NOT NULL,
  PRIMARY KEY (mapping, key)
) STRICT, WITHOUT ROWID;
