FROM debian:12
ARG ARCH
RUN curl -LO https://example.org/tool_linux_${ARCH}.tar.gz
