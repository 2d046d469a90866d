// The yardstick of deliveries from queues: the least that reads a queue, posts its batches to a function and deletes
// them. A lane receives a batch, posts an event of the same length as Lambda's, deletes the batch and begins again. It
// signs nothing, parses nothing but Content-Length, looks at no answer, and sends prebuilt bytes: the messages are
// those of MemoryAWS, so their lengths are known.
//
// bare_loop PORT QUEUE BATCH LANES CONNECTIONS  →  runs until it is ended.
//
// A batch over ten takes several receives and deletes, spread over the connections of its lane.

#include <errno.h>

#include "loop.h"
#include "messages.h"

enum { LARGEST_BATCH = 10000 };

struct lane {
  enum { RECEIVE, POST, DELETE } step;
  int to_start, unfinished;  // requests of this step
  int records;               // received so far
  struct connection *connections;
};

static int batch, connections;
static char start_of_function[128], start_of_sqs[128];
static const char *queue;
static struct text receive_request, events[LARGEST_BATCH + 1], deletes[MESSAGES + 1];
static size_t received_lengths[MESSAGES + 1];

// Requests.

static void append_record(struct text *event) {
  append(event, "{\"messageId\":\"" MESSAGE_ID "\",\"receiptHandle\":\"" RECEIPT_HANDLE "\",\"body\":\"");
  append_escaped(event, BODY);
  append(event, "\",\"attributes\":{\"ApproximateReceiveCount\":\"1\",\"SentTimestamp\":\"" MILLISECONDS "\",");
  append(event, "\"SenderId\":\"" SENDER "\",\"ApproximateFirstReceiveTimestamp\":\"" MILLISECONDS "\"},");
  // Lambda's two ways of reading a queue differ here; over ten records it is the one with a window.
  append(event, "\"messageAttributes\":{},");
  if (batch > MESSAGES) append(event, "\"md5OfMessageAttributes\":null,");
  append(event, "\"md5OfBody\":\"" MD5_OF_BODY "\",\"eventSource\":\"aws:sqs\",");
  append(event, "\"eventSourceARN\":\"arn:aws:sqs:us-east-1:" ACCOUNT ":");
  append(event, queue);
  append(event, "\",\"awsRegion\":\"us-east-1\"}");
}

static const struct text *event_of(int records) {
  struct text *request = &events[records];
  if (request->length) return request;
  struct text event = {0};
  append(&event, "{\"Records\":[");
  for (int index = 0; index < records; index++) {
    if (index) append(&event, ",");
    append_record(&event);
  }
  append(&event, "]}");
  *request = with_head(start_of_function, "Content-Type: application/json\r\n", &event);
  free(event.bytes);
  return request;
}

static void append_queue_url(struct text *body) {
  append(body, "\"QueueUrl\":\"http://");
  append(body, host);
  append(body, "/" ACCOUNT "/");
  append(body, queue);
  append(body, "\"");
}

static const struct text *delete_of(int records) {
  struct text *request = &deletes[records];
  if (request->length) return request;
  struct text body = {0};
  append(&body, "{\"Entries\":[");
  for (int index = 0; index < records; index++) {
    char id[32];
    snprintf(id, sizeof id, "%s{\"Id\":\"%d\",", index ? "," : "", index);
    append(&body, id);
    append(&body, "\"ReceiptHandle\":\"" RECEIPT_HANDLE "\"}");
  }
  append(&body, "],");
  append_queue_url(&body);
  append(&body, "}");
  *request = with_head(
      start_of_sqs,
      "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.DeleteMessageBatch\r\n", &body);
  free(body.bytes);
  return request;
}

static void prepare(void) {
  snprintf(start_of_sqs, sizeof start_of_sqs, "POST / HTTP/1.1\r\nHost: %s\r\n", host);
  snprintf(start_of_function, sizeof start_of_function, "POST /function HTTP/1.1\r\nHost: %s\r\n", host);
  struct text body = {0};
  append(&body, "{");
  append_queue_url(&body);
  append(
      &body,
      ",\"MaxNumberOfMessages\":10,\"WaitTimeSeconds\":20,\"MessageSystemAttributeNames\":[\"All\"],"
      "\"MessageAttributeNames\":[\"All\"]}");
  receive_request = with_head(
      start_of_sqs, "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\n", &body);
  free(body.bytes);
  for (int count = 0; count <= MESSAGES; count++) {
    struct text answer = received(count);
    received_lengths[count] = answer.length;
    free(answer.bytes);
  }
}

// Lanes.

static const struct text *next_request(struct lane *lane) {
  // The last delete of a batch has what the others leave.
  int before = (lane->to_start - 1) * MESSAGES;
  switch (lane->step) {
    case RECEIVE: return &receive_request;
    case POST: return event_of(lane->records);
    case DELETE: return delete_of(lane->records - before < MESSAGES ? lane->records - before : MESSAGES);
  }
  return NULL;
}

static void start_free_connections(struct lane *lane) {
  for (int index = 0; index < connections && lane->to_start > 0; index++) {
    struct connection *connection = &lane->connections[index];
    if (connection->request) continue;
    const struct text *request = next_request(lane);
    lane->to_start--;
    start_request(connection, request);
  }
}

static void begin(struct lane *lane, int step) {
  int of_ten = ((step == RECEIVE ? batch : lane->records) + MESSAGES - 1) / MESSAGES;
  if (step == RECEIVE) lane->records = 0;
  lane->step = step;
  lane->unfinished = lane->to_start = step == POST ? 1 : of_ten;
}

static int messages_in(size_t length) {
  for (int count = 0; count <= MESSAGES; count++) {
    if (received_lengths[count] == length) return count;
  }
  errno = EPROTO;
  fail("an answer to a receive has no known length");
  return 0;
}

static void finish(struct connection *connection) {
  struct lane *lane = connection->owner;
  int messages = lane->step == RECEIVE ? messages_in(connection->body_length) : 0;
  if (lane->step == RECEIVE && !messages) {
    lane->to_start++;  // the wait ended with nothing, so this receive is made again
  } else {
    lane->records += messages;
    if (--lane->unfinished == 0) begin(lane, lane->step == DELETE ? RECEIVE : (int)lane->step + 1);
  }
  start_free_connections(lane);
}

int main(int argc, char **argv) {
  int port = argc == 6 ? atoi(argv[1]) : 0, lanes = argc == 6 ? atoi(argv[4]) : 0;
  batch = argc == 6 ? atoi(argv[3]) : 0;
  connections = argc == 6 ? atoi(argv[5]) : 0;
  if (port < 1 || batch < 1 || batch > LARGEST_BATCH || lanes < 1 || connections < 1) {
    fprintf(stderr, "usage: bare_loop PORT QUEUE BATCH LANES CONNECTIONS\n");
    return 2;
  }
  queue = argv[2];
  begin_loop(port);
  prepare();
  struct lane *all = calloc((size_t)lanes, sizeof *all);
  if (!all) fail("calloc");
  for (int index = 0; index < lanes; index++) {
    struct lane *lane = &all[index];
    lane->connections = calloc((size_t)connections, sizeof *lane->connections);
    if (!lane->connections) fail("calloc");
    for (int number = 0; number < connections; number++) open_connection(&lane->connections[number], lane);
    begin(lane, RECEIVE);
    start_free_connections(lane);
  }
  run_loop(finish);
}
