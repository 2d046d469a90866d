// What the yardsticks of deliveries have in common: one thread, one edge-triggered epoll, keep-alive connections with
// one request under way each, of whose answers nothing is looked at but their length.

#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>

#include "text.h"

enum { HEAD_BYTES = 1024 };

struct connection {
  int fd;
  void *owner;                 // what it works for
  const struct text *request;  // the one under way, or null
  size_t sent;
  char head[HEAD_BYTES + 1];  // of the answer, so far
  size_t head_length;
  size_t body_length, body_left;
  bool in_body;
};

// The peer, 127.0.0.1:PORT.
extern char host[64];

void begin_loop(int port);
void open_connection(struct connection *connection, void *owner);
// The text is lent until the answer has come.
void start_request(struct connection *connection, const struct text *request);
// Runs until the program is ended. `finish` is called with each answer that has come whole; nothing is under way on its
// connection then.
void run_loop(void (*finish)(struct connection *connection));

#endif
