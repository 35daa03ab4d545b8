FROM alpine
ARG TARGETARCH
ADD --chmod=755 https://example.org/init-${TARGETARCH} /init
