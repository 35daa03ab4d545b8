FROM debian:12
RUN <<'EOF' bash
curl -fsSL -o /tmp/x.deb "https://example.org/x_1.0_$(dpkg --print-architecture).deb"
EOF
