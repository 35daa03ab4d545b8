FROM alpine:3.20
RUN apk add --no-cache curl
RUN bash -c 'echo hi'
# ^ bash-on-alpine
