FROM alpine:3.20
ARG TARGETARCH
# ^ targetarch-unused
RUN wget https://example.org/tool_linux_amd64.tgz
# ^ single-architecture-download
