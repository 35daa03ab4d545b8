FROM alpine:3.20 AS base
RUN apk --no-cache add git bash
FROM base
SHELL ["/bin/bash", "-c"]
RUN echo hi
CMD ["bash"]
