-- How far each mapping has come in each shard of its stream.
CREATE TABLE checkpoints (
  mapping       TEXT    NOT NULL REFERENCES mappings (id) ON DELETE CASCADE,
  shard         TEXT    NOT NULL,
  lanes         TEXT    NOT NULL,   -- by lane, the sequence number up to which all is done; joined by commas, empty for none
  earlier       TEXT    NOT NULL,   -- the same of lanes of other numbers, while they are ahead; joined by semicolons
  iterator      TEXT,               -- where the shard is read from while nothing is done; NULL elsewhere
  finished      INTEGER NOT NULL,   -- 1 where the shard has ended and all of it is done
  window_start  INTEGER,            -- milliseconds since the epoch; NULL where no tumbling window is open
  window_state  BLOB,               -- JSON: what the function gave last
  PRIMARY KEY (mapping, shard)
) STRICT, WITHOUT ROWID;
