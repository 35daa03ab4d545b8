FROM debian:12
ENV ARCH=amd64 VERSION=1.2
# ^ single-architecture-download
RUN curl -LO https://example.org/v${VERSION}/tool_${VERSION}_linux_${ARCH}.tar.gz
RUN curl -LO https://example.org/other_${ARCH}.tar.gz
