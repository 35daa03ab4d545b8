FROM debian:12
ARG ARCH=amd64
RUN curl -LO https://example.org/tool_linux_${ARCH}.tar.gz
# ^ single-architecture-download note
