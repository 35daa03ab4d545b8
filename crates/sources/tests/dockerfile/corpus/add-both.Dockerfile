FROM debian:12
ADD https://example.org/init-amd64 /init-amd64
ADD https://example.org/init-arm64 /init-arm64
RUN mv /init-$(dpkg --print-architecture) /init
