FROM postgres:16-alpine
RUN bash -c 'echo hi'
FROM example/own:alpine
CMD ["bash"]
FROM alpine
ARG PACKAGES
RUN apk add $PACKAGES
CMD ["bash"]
