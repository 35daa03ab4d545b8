FROM ubuntu:22.04
RUN bash -c 'set -e && \
    wget -O /tmp/consul.zip https://example.org/consul_1.0_linux_amd64.zip && \
# ^ single-architecture-download
    unzip /tmp/consul.zip'
