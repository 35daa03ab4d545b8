FROM arm32v7/debian:12
RUN wget https://example.org/tool-armhf.deb
