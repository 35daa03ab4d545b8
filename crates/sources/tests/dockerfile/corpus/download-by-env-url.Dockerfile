FROM debian:12
ENV TOOL_VERSION=1.2 \
    TOOL_URL=https://example.org/tool_linux_amd64.tgz
# ^ single-architecture-download
RUN curl -fsSL "$TOOL_URL" | tar xz
