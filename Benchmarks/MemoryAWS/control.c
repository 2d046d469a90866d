// What the benchmark asks and orders: counts, and records that are released.

#include <inttypes.h>

#include "memory_aws.h"

#define NOT_FOUND "HTTP/1.1 404 Not Found\r\n"

struct counts counts;

static void report(struct connection *connection) {
  char text[512];
  snprintf(
      text, sizeof text,
      "{\"nanoseconds\":%" PRIu64 ",\"receives\":%" PRIu64 ",\"reads\":%" PRIu64 ",\"messages\":%" PRIu64
      ",\"calls\":%" PRIu64 ",\"records\":%" PRIu64 ",\"eventBytes\":%" PRIu64 ",\"deleted\":%" PRIu64
      ",\"held\":%" PRIu64 ",\"lastCallNanoseconds\":%" PRIu64 "}",
      now(), counts.receives, counts.reads, counts.messages, counts.calls, counts.records, counts.event_bytes,
      counts.deleted, counts.held, counts.last_call);
  struct text body = {0};
  append(&body, text);
  answer_text(connection, OK, JSON, &body);
}

static void release(struct connection *connection, const char *from) {
  static const char of_queue[] = "queue=", of_shard[] = "shard=";
  struct queue *queue = NULL;
  struct shard_place place = {0};
  if (!strncmp(from, of_queue, strlen(of_queue)))
    queue = queue_named(from + strlen(of_queue), strcspn(from + strlen(of_queue), " \r\n"));
  else if (!strncmp(from, of_shard, strlen(of_shard)))
    place = find_shard(from + strlen(of_shard));
  const void *source = queue ? (const void *)queue : place.stream;
  if (!source) {
    refuse(connection, NOT_FOUND, JSON, "NotFound", "There is no such source.");
  } else if (!begin_release(connection, source)) {
    refuse(connection, "HTTP/1.1 409 Conflict\r\n", JSON, "Conflict", "A release is under way.");
  } else if (queue) {
    add_message(queue);
  } else {
    add_record(place);
  }
}

void serve_control(struct connection *connection, const char *head) {
  static const char counts_path[] = "GET /control/counts ", release_path[] = "POST /control/release?";
  if (!strncmp(head, counts_path, strlen(counts_path))) report(connection);
  else if (!strncmp(head, release_path, strlen(release_path))) release(connection, head + strlen(release_path));
  else refuse(connection, NOT_FOUND, JSON, "NotFound", "There is nothing here.");
}
