# Built once with the whole toolchain, run with next to nothing.
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /headrace
COPY Package.swift openapi.yaml ./
COPY migrations migrations
COPY Sources Sources
# Not built here, but the package is one with its tests and yardsticks.
COPY Tests Tests
COPY Benchmarks/ClientLoop Benchmarks/ClientLoop
RUN swift build -c release --product headrace --static-swift-stdlib \
    && strip .build/release/headrace

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-0 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 9400 --home-dir /data headrace && mkdir /data && chown headrace /data
COPY --from=build /headrace/.build/release/headrace /usr/local/bin/headrace
USER headrace
WORKDIR /data
VOLUME /data
ENV HEADRACE_HOST=0.0.0.0 HEADRACE_PORT=9400 HEADRACE_DATABASE=/data/headrace.db
EXPOSE 9400
# The image has no HTTP client; bash opens sockets itself.
HEALTHCHECK --interval=5s --timeout=2s --start-period=2s CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/$HEADRACE_PORT && printf 'GET /_headrace/health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q '\"status\":\"ok\"' <&3"]
ENTRYPOINT ["headrace"]
CMD ["serve"]
