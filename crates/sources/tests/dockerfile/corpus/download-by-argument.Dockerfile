FROM debian:12
ARG ARCH=amd64
# ^ single-architecture-download note
RUN curl -LO https://example.org/tool_linux_${ARCH}.tar.gz
