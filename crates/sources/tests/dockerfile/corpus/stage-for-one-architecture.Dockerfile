FROM debian:12 AS fetch-amd64
RUN wget https://example.org/tool-x86_64
FROM debian:12 AS fetch-arm64
RUN wget https://example.org/tool-aarch64
FROM fetch-${TARGETARCH} AS fetch
FROM debian:12
COPY --from=fetch /tool /tool
