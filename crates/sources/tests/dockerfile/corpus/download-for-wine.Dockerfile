FROM debian:12
RUN dpkg --add-architecture i386 && apt-get update && apt-get install -y wine32:i386
RUN wget https://example.org/setup-windows-x64.exe
RUN apt-get install -y libc6:i386
