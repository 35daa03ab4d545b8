FROM ubuntu:22.04
RUN wget -q "https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-$(uname -m).sh" -O /tmp/m.sh
