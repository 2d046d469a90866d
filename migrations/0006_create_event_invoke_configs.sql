-- How functions want to be invoked while nobody waits for their answers: a function, a version or an alias each.
CREATE TABLE event_invoke_configs (
  -- The order of listing. Never used twice, so that a page's marker stays true.
  sequence                INTEGER PRIMARY KEY AUTOINCREMENT,
  function_arn            TEXT    NOT NULL, -- without its qualifier
  qualifier               TEXT    NOT NULL, -- $LATEST where the function is meant as it is now
  maximum_retry_attempts  INTEGER,          -- NULL where it is the default
  maximum_event_age       INTEGER,          -- seconds
  on_success              TEXT,
  on_failure              TEXT,
  modified_at             INTEGER NOT NULL, -- milliseconds since the epoch
  UNIQUE (function_arn, qualifier)
) STRICT;

-- Who is told of an event that its function has had: as on_failure.
ALTER TABLE asynchronous_events ADD COLUMN on_success TEXT;
