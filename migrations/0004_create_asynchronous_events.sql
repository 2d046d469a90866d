-- Events that functions get while nobody waits for their answers. An event is here from its acceptance until it is done
-- with, so it has all that is needed, and outlives the mapping that it came from.
CREATE TABLE asynchronous_events (
  sequence           INTEGER PRIMARY KEY AUTOINCREMENT,
  request_id         TEXT    NOT NULL,
  mapping            TEXT,               -- NULL for an invocation that no mapping asked for
  function_arn       TEXT    NOT NULL,
  source_arn         TEXT,
  accepted_at        INTEGER NOT NULL,   -- milliseconds since the epoch
  due_at             INTEGER NOT NULL,
  attempts           INTEGER NOT NULL,
  failures           INTEGER NOT NULL,   -- of the attempts, those at which the function failed
  delays             INTEGER NOT NULL,   -- in a row, for what is not the function's failure
  given_up           TEXT,               -- why it is not tried any more; then its destinations are to be told
  dead_letter_queue  TEXT,               -- as on_failure: NULL where there is none, or it knows already
  on_failure         TEXT,
  last_error         BLOB    NOT NULL,
  payload            BLOB    NOT NULL    -- last, so that the columns before it are found without reading it
) STRICT;
