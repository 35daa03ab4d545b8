FROM debian:12
ARG TARGETARCH
RUN if [ "$TARGETARCH" = "amd64" ]; then wget https://example.org/tool_linux_x86_64.tgz; fi
