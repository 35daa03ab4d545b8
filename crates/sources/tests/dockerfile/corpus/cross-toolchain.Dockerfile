FROM debian:12
RUN apt-get update && apt-get install -y gcc-aarch64-linux-gnu g++-x86-64-linux-gnu crossbuild-essential-arm64
RUN ls /usr/lib/x86_64-linux-gnu
