// The yardstick of deliveries: the least that reads a queue, posts its batches to a function and deletes them. One
// thread, one edge-triggered epoll, keep-alive connections. A lane receives a batch, posts an event of the same length
// as Lambda's, deletes the batch and begins again. It signs nothing, parses nothing but Content-Length, looks at no
// answer, and sends prebuilt bytes: the messages are those of MemoryAWS, so their lengths are known.
//
// bare_loop PORT QUEUE BATCH LANES CONNECTIONS  →  runs until it is ended.
//
// A batch over ten takes several receives and deletes, spread over the connections of its lane.

#define _GNU_SOURCE  // strcasestr
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messages.h"

enum { EVENTS = 256, READ_BYTES = 1024 * 1024, HEAD_BYTES = 1024, LARGEST_BATCH = 10000 };

struct lane {
  enum { RECEIVE, POST, DELETE } step;
  int to_start, unfinished;  // requests of this step
  int records;               // received so far
  struct connection *connections;
};

struct connection {
  int fd;
  struct lane *lane;
  const struct text *request;  // the one under way, or null
  size_t sent;
  char head[HEAD_BYTES + 1];  // of the answer, so far
  size_t head_length;
  size_t body_length, body_left;
  bool in_body;
};

static int batch, connections;
static char host[64], start_of_function[128], start_of_sqs[128];
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

static void send_more(struct connection *connection) {
  while (connection->request && connection->sent < connection->request->length) {
    ssize_t sent = send(
        connection->fd, connection->request->bytes + connection->sent, connection->request->length - connection->sent,
        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;  // goes on when epoll says that it is writable
      fail("send");
    }
    connection->sent += (size_t)sent;
  }
}

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
    connection->request = next_request(lane);
    connection->sent = 0;
    lane->to_start--;
    send_more(connection);
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
  struct lane *lane = connection->lane;
  connection->request = NULL;
  int messages = lane->step == RECEIVE ? messages_in(connection->body_length) : 0;
  if (lane->step == RECEIVE && !messages) {
    lane->to_start++;  // the wait ended with nothing, so this receive is made again
  } else {
    lane->records += messages;
    if (--lane->unfinished == 0) begin(lane, lane->step == DELETE ? RECEIVE : (int)lane->step + 1);
  }
  start_free_connections(lane);
}

// Answers.

static void take_head(struct connection *connection) {
  static const char field[] = "\r\nContent-Length:";
  char *length = strcasestr(connection->head, field);
  if (strncmp(connection->head, "HTTP/1.1 200 ", 13) || !length) {
    fprintf(stderr, "bare_loop: an answer that is no 200 with a length: %s\n", connection->head);
    exit(1);
  }
  connection->body_length = connection->body_left = strtoul(length + strlen(field), NULL, 10);
  connection->in_body = true;
}

static void take(struct connection *connection, const char *bytes, size_t length) {
  while (length > 0) {
    if (!connection->in_body) {
      // A head is short, so what is looked at twice when it comes in parts costs nothing.
      size_t part = HEAD_BYTES - connection->head_length < length ? HEAD_BYTES - connection->head_length : length;
      memcpy(connection->head + connection->head_length, bytes, part);
      size_t before = connection->head_length;
      connection->head_length += part;
      connection->head[connection->head_length] = 0;
      char *end = strstr(connection->head, "\r\n\r\n");
      if (!end) {
        if (connection->head_length == HEAD_BYTES) fail("the head of an answer is too long");
        return;
      }
      size_t of_head = (size_t)(end + 4 - connection->head) - before;
      bytes += of_head;
      length -= of_head;
      take_head(connection);
    }
    size_t part = length < connection->body_left ? length : connection->body_left;
    bytes += part;
    length -= part;
    connection->body_left -= part;
    if (!connection->body_left) {
      connection->in_body = false;
      connection->head_length = 0;
      finish(connection);
    }
  }
}

static void read_more(struct connection *connection, char *buffer) {
  for (;;) {
    ssize_t length = recv(connection->fd, buffer, READ_BYTES, MSG_DONTWAIT);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0) fail("recv");
    take(connection, buffer, (size_t)length);
    if (length < READ_BYTES) return;
  }
}

static int connect_to(in_port_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  int on = 1;
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) fail("TCP_NODELAY");
  return fd;
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
  snprintf(host, sizeof host, "127.0.0.1:%d", port);
  prepare();

  int epoll = epoll_create1(EPOLL_CLOEXEC);
  char *buffer = malloc(READ_BYTES);
  struct lane *all = calloc((size_t)lanes, sizeof *all);
  if (epoll < 0 || !buffer || !all) fail("epoll_create1");
  for (int index = 0; index < lanes; index++) {
    struct lane *lane = &all[index];
    lane->connections = calloc((size_t)connections, sizeof *lane->connections);
    if (!lane->connections) fail("calloc");
    for (int number = 0; number < connections; number++) {
      struct connection *connection = &lane->connections[number];
      connection->fd = connect_to(htons((in_port_t)port));
      connection->lane = lane;
      struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
      if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) < 0) fail("epoll_ctl");
    }
    begin(lane, RECEIVE);
    start_free_connections(lane);
  }
  struct epoll_event happened[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, happened, EVENTS, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int index = 0; index < count; index++) {
      struct connection *connection = happened[index].data.ptr;
      if (happened[index].events & EPOLLOUT) send_more(connection);
      if (happened[index].events & EPOLLIN) read_more(connection, buffer);
    }
  }
}
