FROM debian:12
RUN set -eux; \
    url="https://example.org/tool"; \
    file=tool-x86_64.tar.gz; \
# ^ single-architecture-download
    wget -O /tmp/t.tgz "$url/$file"
