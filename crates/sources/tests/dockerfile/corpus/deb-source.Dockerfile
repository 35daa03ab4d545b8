FROM debian:12
RUN echo "deb [arch=amd64 signed-by=/k.gpg] https://dl.example.org/linux/deb/ stable main" > /etc/apt/sources.list.d/x.list
# ^ single-architecture-download
RUN apt-get update && apt-get install -y thing-stable
