// The messages of memory_aws.c, in the forms in which they travel: as SQS answers them, as the function gets them, and as
// they are deleted. The yardstick sends what has the same length, so both programs take them from here.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Stands once in each message and nowhere else, so that a function can count its records by it.
#define MARK '~'
#define BODY                                                                                                       \
  "{\"order\":\"~2f9c1e\",\"customer\":\"customer-104729\",\"placedAt\":\"2026-11-24T15:00:00.123Z\",\"lines\":["  \
  "{\"sku\":\"HR-0042\",\"quantity\":2,\"price\":1999},{\"sku\":\"HR-1701\",\"quantity\":1,\"price\":450}],"       \
  "\"currency\":\"EUR\"}"
// Of BODY: a client may verify it.
#define MD5_OF_BODY "4e6e2bb8a8a341e1826376ac5c4ecf5c"
// Where a message's number goes: NUMBER_DIGITS hexadecimal digits of its id and of its receipt handle.
#define NUMBER "############"
#define MESSAGE_ID "6f1d3c58-27ab-4e0f-9b64-" NUMBER
#define RECEIPT_HANDLE                                                                            \
  "AQEB" NUMBER                                                                                   \
  "pU3KGCUwux1tEyze1iN7LtkeP3IfyxlxF0SU1kk8nVw0YL4xIB5p/tqg7ui5mX9cfCmZ/a/lkyU81lSvTfrXFCegrrP+"  \
  "6SMvivIhH57kkcWxC+y1Vjv8Hm+TQn7LyP4pVeXNjkbcjtS3wnZNKlpNdncG+F2GkAJK1r2jQBvpyMvMyTX2zR9hImrh"
#define SENDER "AIDAIENQZJOLO23YVJ4VO"
#define MILLISECONDS "1795532400123"
#define ACCOUNT "000000000000"

enum { MESSAGES = 10, NUMBER_DIGITS = 12 };

struct text {
  char *bytes;
  size_t length, capacity;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void append_bytes(struct text *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->capacity) {
    text->capacity = 2 * (text->length + length + 1);
    text->bytes = realloc(text->bytes, text->capacity);
    if (!text->bytes) fail("realloc");
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

static void append(struct text *text, const char *string) { append_bytes(text, string, strlen(string)); }

static void append_escaped(struct text *text, const char *string) {
  for (; *string; string++) {
    if (*string == '"' || *string == '\\') append(text, "\\");
    append_bytes(text, string, 1);
  }
}

// What is sent: a start line, the fields that go with it, and the body.
static struct text with_head(const char *start, const char *fields, const struct text *body) {
  struct text message = {0};
  char length[64];
  snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n", body->length);
  append(&message, start);
  append(&message, fields);
  append(&message, length);
  append_bytes(&message, body->bytes, body->length);
  return message;
}

// The body of an answer to ReceiveMessage.
static struct text received(int count) {
  struct text body = {0};
  append(&body, count ? "{\"Messages\":[" : "{");
  for (int index = 0; index < count; index++) {
    append(&body, index ? ",{" : "{");
    append(&body, "\"MessageId\":\"" MESSAGE_ID "\",\"ReceiptHandle\":\"" RECEIPT_HANDLE "\",");
    append(&body, "\"MD5OfBody\":\"" MD5_OF_BODY "\",\"Body\":\"");
    append_escaped(&body, BODY);
    append(&body, "\",\"Attributes\":{\"SenderId\":\"" SENDER "\",\"SentTimestamp\":\"" MILLISECONDS "\",");
    append(&body, "\"ApproximateReceiveCount\":\"1\",\"ApproximateFirstReceiveTimestamp\":\"" MILLISECONDS "\"}}");
  }
  append(&body, count ? "]}" : "}");
  return body;
}
