FROM debian:12
COPY zig-out/bin/app /a
# ^ copy-build-output
COPY cmake-build-release/app /b
# ^ copy-build-output
