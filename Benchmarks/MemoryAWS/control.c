// What the benchmark asks and orders: counts, and records that are released.

#include <inttypes.h>

#include "memory_aws.h"

struct counts counts;

static void report(struct connection *connection) {
  char text[512];
  snprintf(
      text, sizeof text,
      "{\"nanoseconds\":%" PRIu64 ",\"receives\":%" PRIu64 ",\"messages\":%" PRIu64 ",\"calls\":%" PRIu64
      ",\"records\":%" PRIu64 ",\"eventBytes\":%" PRIu64 ",\"deleted\":%" PRIu64 ",\"held\":%" PRIu64
      ",\"lastCallNanoseconds\":%" PRIu64 "}",
      now(), counts.receives, counts.messages, counts.calls, counts.records, counts.event_bytes, counts.deleted,
      counts.held, counts.last_call);
  struct text body = {0};
  append(&body, text);
  answer_text(connection, OK, JSON, &body);
}

static void release(struct connection *connection, struct queue *queue) {
  if (begin_release(connection, queue)) add_message(queue);
  else refuse(connection, "HTTP/1.1 409 Conflict\r\n", JSON, "Conflict", "A release is under way.");
}

void serve_control(struct connection *connection, const char *head) {
  static const char counts_path[] = "GET /control/counts ", release_path[] = "POST /control/release?queue=";
  if (!strncmp(head, counts_path, strlen(counts_path))) {
    report(connection);
    return;
  }
  struct queue *queue = NULL;
  if (!strncmp(head, release_path, strlen(release_path))) {
    const char *name = head + strlen(release_path);
    queue = queue_named(name, strcspn(name, " \r\n"));
  }
  if (queue) release(connection, queue);
  else refuse(connection, "HTTP/1.1 404 Not Found\r\n", JSON, "NotFound", "There is nothing here.");
}
