FROM debian:12
RUN <<EOF
set -e
apt-get update
curl -fsSL -o /tmp/x.deb https://example.org/x_1.0_amd64.deb
# ^ single-architecture-download
dpkg -i /tmp/x.deb
EOF
