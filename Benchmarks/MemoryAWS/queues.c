// Queues: SQS as its JSON protocol has it, so far as reading them needs it.

#include <arpa/inet.h>
#include <inttypes.h>

#include "../messages.h"
#include "memory_aws.h"

#define AMZ_JSON                                  \
  "Content-Type: application/x-amz-json-1.0\r\n" \
  "x-amzn-RequestId: 3f2b8c70-91d4-5e6a-8b1c-0d7e4a59f263\r\n"

enum { BUCKETS = 1 << 15, LONGEST_WAIT = 20, QUEUE_NAME_BYTES = 80 };

struct queue {
  char name[QUEUE_NAME_BYTES + 1];
  bool endless;
  int messages;
  struct connections held;
  struct queue *next;
};

// The batches of messages with the places of their numbers.
static struct text nothing, batches[MESSAGES + 1];
static size_t numbers[MESSAGES + 1][2 * MESSAGES];

static struct queue *buckets[BUCKETS];
// Held receives by the seconds that they wait: within a list, the first one ends first.
static struct connections waits[LONGEST_WAIT + 1];

void prepare_queues(void) {
  struct text empty = received(0);
  nothing = with_head(OK, AMZ_JSON, &empty);
  for (int seconds = 0; seconds <= LONGEST_WAIT; seconds++) TAILQ_INIT(&waits[seconds]);
  for (int count = 1; count <= MESSAGES; count++) {
    struct text body = received(count), *batch = &batches[count];
    *batch = with_head(OK, AMZ_JSON, &body);
    char *place = batch->bytes;
    for (int index = 0; index < 2 * count; index++, place++) {
      place = strstr(place, NUMBER);
      numbers[count][index] = (size_t)(place - batch->bytes);
      memcpy(place, "000000000000", NUMBER_DIGITS);
    }
  }
}

struct queue *queue_named(const char *name, size_t length) {
  if (!length || length > QUEUE_NAME_BYTES) return NULL;
  uint32_t hash = 2166136261u;  // FNV-1a
  for (size_t index = 0; index < length; index++) hash = (hash ^ (unsigned char)name[index]) * 16777619u;
  struct queue **place = &buckets[hash % BUCKETS];
  for (; *place; place = &(*place)->next) {
    if (!strncmp((*place)->name, name, length) && !(*place)->name[length]) return *place;
  }
  struct queue *queue = *place = calloc(1, sizeof *queue);
  if (!queue) fail("calloc");
  memcpy(queue->name, name, length);
  queue->endless = !strncmp(queue->name, "endless", strlen("endless"));
  queue->messages = !strncmp(queue->name, "single", strlen("single"));
  TAILQ_INIT(&queue->held);
  return queue;
}

// The queue that a field names, by its name or by a URL that ends with it; a URL's slashes may be escaped.
static struct queue *queue_of(const char *body, const char *quoted_key) {
  const char *value = field(body, quoted_key);
  if (!value || *value != '"') return NULL;
  const char *end = strchr(value + 1, '"');
  if (!end) return NULL;
  const char *name = end;
  while (name[-1] != '/' && name[-1] != '"') name--;
  return queue_named(name, (size_t)(end - name));
}

// Receiving.

static void give(struct connection *connection, struct queue *queue, int count) {
  static const char digits[] = "0123456789abcdef";
  static uint64_t last_number;
  struct text *batch = &batches[count];
  for (int index = 0; index < 2 * count; index++) {
    char *place = batch->bytes + numbers[count][index];
    // The id and the receipt handle of a message, which follow each other, have its number.
    uint64_t number = last_number + 1 + (uint64_t)index / 2;
    for (int digit = NUMBER_DIGITS - 1; digit >= 0; digit--, number >>= 4) place[digit] = digits[number & 15];
  }
  last_number += (uint64_t)count;
  counts.messages += (uint64_t)count;
  if (!queue->endless) queue->messages -= count;
  note_given(queue);
  answer(connection, batch->bytes, batch->length);
}

void let_go(struct connection *connection) {
  TAILQ_REMOVE(&connection->queue->held, connection, in_queue);
  TAILQ_REMOVE(&waits[connection->seconds], connection, in_waits);
  connection->queue = NULL;
  counts.held--;
}

static void receive(struct connection *connection, struct queue *queue, const char *body) {
  counts.receives++;
  int maximum = integer(body, "\"MaxNumberOfMessages\"", 1, MESSAGES, 1);
  int seconds = integer(body, "\"WaitTimeSeconds\"", 0, LONGEST_WAIT, 0);
  if (queue->endless) {
    give(connection, queue, maximum);
  } else if (queue->messages > 0) {
    give(connection, queue, queue->messages < maximum ? queue->messages : maximum);
  } else if (seconds == 0) {
    answer(connection, nothing.bytes, nothing.length);
  } else {
    connection->queue = queue;
    connection->maximum = maximum;
    connection->seconds = seconds;
    connection->deadline = now() + (uint64_t)seconds * 1000000000u;
    TAILQ_INSERT_TAIL(&queue->held, connection, in_queue);
    TAILQ_INSERT_TAIL(&waits[seconds], connection, in_waits);
    counts.held++;
  }
}

void add_message(struct queue *queue) {
  queue->messages++;
  struct connection *first = TAILQ_FIRST(&queue->held);
  if (!first) return;  // the next receive takes it
  let_go(first);
  give(first, queue, 1);
}

void end_waits(void) {
  if (!counts.held) return;
  uint64_t time = now();
  for (int seconds = 1; seconds <= LONGEST_WAIT; seconds++) {
    struct connection *first;
    while ((first = TAILQ_FIRST(&waits[seconds])) && first->deadline <= time) {
      let_go(first);
      answer(first, nothing.bytes, nothing.length);
    }
  }
}

int first_wait(void) {
  if (!counts.held) return -1;
  uint64_t first = UINT64_MAX, time = now();
  for (int seconds = 1; seconds <= LONGEST_WAIT; seconds++) {
    struct connection *connection = TAILQ_FIRST(&waits[seconds]);
    if (connection && connection->deadline < first) first = connection->deadline;
  }
  return first <= time ? 0 : (int)((first - time) / 1000000u) + 1;
}

// The other operations.

static void queue_url(struct connection *connection, const struct queue *queue) {
  char text[64 + QUEUE_NAME_BYTES];
  snprintf(
      text, sizeof text, "{\"QueueUrl\":\"http://127.0.0.1:%d/" ACCOUNT "/%s\"}", ntohs(port), queue->name);
  struct text body = {0};
  append(&body, text);
  answer_text(connection, OK, AMZ_JSON, &body);
}

static void queue_attributes(struct connection *connection, const struct queue *queue) {
  struct text body = {0};
  append(&body, "{\"Attributes\":{\"QueueArn\":\"arn:aws:sqs:us-east-1:" ACCOUNT ":");
  append(&body, queue->name);
  append(
      &body,
      "\",\"VisibilityTimeout\":\"30\",\"DelaySeconds\":\"0\",\"ReceiveMessageWaitTimeSeconds\":\"0\","
      "\"MaximumMessageSize\":\"1048576\",\"MessageRetentionPeriod\":\"345600\","
      "\"ApproximateNumberOfMessages\":\"0\",\"ApproximateNumberOfMessagesNotVisible\":\"0\","
      "\"ApproximateNumberOfMessagesDelayed\":\"0\",\"CreatedTimestamp\":\"1795532400\","
      "\"LastModifiedTimestamp\":\"1795532400\",\"SqsManagedSseEnabled\":\"true\"}}");
  answer_text(connection, OK, AMZ_JSON, &body);
}

// DeleteMessageBatch and ChangeMessageVisibilityBatch: every entry succeeds.
static uint64_t succeed(struct connection *connection, const char *body) {
  static struct text entries, message;
  uint64_t count = 0;
  entries.length = 0;
  append(&entries, "{\"Successful\":[");
  for (const char *id = field(body, "\"Id\""); id && *id == '"'; id = field(id, "\"Id\"")) {
    const char *end = strchr(id + 1, '"');
    if (!end) break;
    append(&entries, count++ ? ",{\"Id\":" : "{\"Id\":");
    append_bytes(&entries, id, (size_t)(end + 1 - id));
    append(&entries, "}");
  }
  append(&entries, "],\"Failed\":[]}");
  char length[64];
  snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n", entries.length);
  message.length = 0;
  append(&message, OK AMZ_JSON);
  append(&message, length);
  append_bytes(&message, entries.bytes, entries.length);
  answer(connection, message.bytes, message.length);
  return count;
}

void serve_sqs(struct connection *connection, const char *operation, const char *body) {
#define IS(name) is_token(operation, name)
  struct queue *queue = queue_of(body, IS("GetQueueUrl") ? "\"QueueName\"" : "\"QueueUrl\"");
  if (!queue) {
    refuse(connection, BAD_REQUEST, AMZ_JSON, "com.amazonaws.sqs#QueueDoesNotExist", "No queue is named.");
  } else if (IS("ReceiveMessage")) {
    receive(connection, queue, body);
  } else if (IS("DeleteMessageBatch")) {
    counts.deleted += succeed(connection, body);
  } else if (IS("ChangeMessageVisibilityBatch")) {
    succeed(connection, body);
  } else if (IS("GetQueueUrl")) {
    queue_url(connection, queue);
  } else if (IS("GetQueueAttributes")) {
    queue_attributes(connection, queue);
  } else {
    refuse(
        connection, BAD_REQUEST, AMZ_JSON, "com.amazon.coral.service#UnknownOperationException",
        "This is no operation that reading a queue needs.");
  }
#undef IS
}
