-- What was put beside a source for a mapping: a subscription of a topic, a notification of a bucket, a queue. Written
-- before it is put there and removed after it was taken away, so that nothing is left behind by a process that ended in
-- between; it outlives its mapping for that.
CREATE TABLE source_installations (
  mapping       TEXT PRIMARY KEY,
  account       TEXT NOT NULL,
  region        TEXT NOT NULL,
  function_arn  TEXT NOT NULL,
  source_arn    TEXT NOT NULL,
  kind          TEXT NOT NULL,
  route         TEXT NOT NULL,   -- how events come
  subscription  TEXT,            -- the ARN of a topic's subscription, where it is known
  endpoint      TEXT             -- what was subscribed
) STRICT, WITHOUT ROWID;
