FROM debian:12
ADD https://download.example.org/jdk-21_linux-x64_bin.tar.gz /opt/
# ^ single-architecture-download
