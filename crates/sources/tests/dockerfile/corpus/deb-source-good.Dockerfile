FROM debian:12
RUN echo "deb [arch=$(dpkg --print-architecture)] https://dl.example.org/linux/deb/ stable main" > /etc/apt/sources.list.d/x.list
RUN echo "deb [arch=amd64,arm64] https://dl.example.org/other/ stable main" > /etc/apt/sources.list.d/y.list
