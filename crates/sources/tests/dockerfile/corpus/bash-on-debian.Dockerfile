FROM debian:12-slim
SHELL ["/bin/bash", "-c"]
RUN bash -c true
CMD ["bash"]
