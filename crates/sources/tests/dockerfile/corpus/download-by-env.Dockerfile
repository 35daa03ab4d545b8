FROM debian:12
ENV ARCH=amd64 VERSION=1.2
RUN curl -LO https://example.org/v${VERSION}/tool_${VERSION}_linux_${ARCH}.tar.gz
# ^ single-architecture-download
