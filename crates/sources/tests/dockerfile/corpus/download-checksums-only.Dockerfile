FROM debian:12
RUN curl -O https://example.org/tool-linux-amd64.tar.gz.sha256
RUN yum install -y https://example.org/el9/x86_64/repo-release.noarch.rpm
RUN wget https://example.org/docs/amd64.html
