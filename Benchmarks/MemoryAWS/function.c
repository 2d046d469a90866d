// The function, which answers {} to every event, and the time that a released record takes to get there.

#include <inttypes.h>

#include "memory_aws.h"

static struct text done;

static struct connection *releaser;
static const void *awaited;
static uint64_t released_at;  // when its record was given out; 0: not yet

void prepare_function(void) {
  struct text empty = {0};
  append(&empty, "{}");
  done = with_head(OK, JSON, &empty);
  free(empty.bytes);
}

static uint64_t marks_in(const char *bytes, size_t length) {
  const char *end = bytes + length;
  uint64_t marks = 0;
  while ((bytes = memchr(bytes, MARK, (size_t)(end - bytes)))) {
    marks++;
    bytes++;
  }
  return marks;
}

// An event counts when it is whole, so that calls, records and bytes are those of the same events.
static void called(struct connection *connection) {
  counts.calls++;
  counts.records += connection->event_records;
  counts.event_bytes += connection->event_bytes;
  counts.last_call = now();
  answer(connection, done.bytes, done.length);
  if (!releaser || !released_at) return;
  char text[64];
  snprintf(text, sizeof text, "{\"nanoseconds\":%" PRIu64 "}", counts.last_call - released_at);
  struct text body = {0};
  append(&body, text);
  answer_text(releaser, OK, JSON, &body);
  releaser = NULL;
}

void begin_event(struct connection *connection, size_t event_bytes) {
  connection->event_left = connection->event_bytes = event_bytes;
  connection->event_records = 0;
}

bool take_event(struct connection *connection, const char *bytes, size_t length) {
  if (length > connection->event_left) return false;
  connection->event_records += marks_in(bytes, length);
  connection->event_left -= length;
  if (!connection->event_left) called(connection);
  return true;
}

bool begin_release(struct connection *connection, const void *source) {
  if (releaser) return false;
  releaser = connection;
  awaited = source;
  released_at = 0;
  return true;
}

void note_given(const void *source) {
  if (releaser && awaited == source && !released_at) released_at = now();
}

void forget_releaser(struct connection *connection) {
  if (releaser == connection) releaser = NULL;
}
