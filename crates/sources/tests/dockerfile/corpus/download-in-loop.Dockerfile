FROM debian:12
RUN for arch in amd64 arm64; do wget https://example.org/tool-$arch; done
