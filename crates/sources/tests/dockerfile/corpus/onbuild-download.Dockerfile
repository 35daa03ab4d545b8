FROM debian:12
ONBUILD RUN wget https://example.org/agent_linux_amd64.deb
# ^ single-architecture-download
