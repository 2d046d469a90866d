// Text that grows, and the form of what is sent over HTTP: what all the C programs of the deliveries have in common.

#ifndef TEXT_H
#define TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Stands once in each record that a function gets and nowhere else, so that it can count its records by it.
#define MARK '~'
#define ACCOUNT "000000000000"

struct text {
  char *bytes;
  size_t length, capacity;
};

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

static inline void append_bytes(struct text *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->capacity) {
    text->capacity = 2 * (text->length + length + 1);
    text->bytes = realloc(text->bytes, text->capacity);
    if (!text->bytes) fail("realloc");
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

static inline void append(struct text *text, const char *string) { append_bytes(text, string, strlen(string)); }

static inline void append_escaped(struct text *text, const char *string) {
  for (; *string; string++) {
    if (*string == '"' || *string == '\\') append(text, "\\");
    append_bytes(text, string, 1);
  }
}

// What is sent: a start line, the fields that go with it, and the body.
static inline struct text with_head(const char *start, const char *fields, const struct text *body) {
  struct text message = {0};
  char length[64];
  snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n", body->length);
  append(&message, start);
  append(&message, fields);
  append(&message, length);
  append_bytes(&message, body->bytes, body->length);
  return message;
}

#endif
