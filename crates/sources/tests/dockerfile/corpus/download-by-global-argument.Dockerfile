ARG ARCH=amd64
# ^ single-architecture-download note
FROM debian:12
ARG ARCH
ARG URL=https://example.org/tool_linux_${ARCH}.tar.gz
ADD ${URL} /tmp/
