FROM debian:bookworm-slim
ENV NODE_VERSION=22.1.0
RUN apt-get update && apt-get install -y curl xz-utils \
 && curl -fsSLO https://nodejs.org/dist/v$NODE_VERSION/node-v$NODE_VERSION-linux-x64.tar.xz \
# ^ single-architecture-download
 && tar -xJf node-v$NODE_VERSION-linux-x64.tar.xz -C /usr/local --strip-components=1
