FROM python:3.12-alpine3.20
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# ^ bash-on-alpine
RUN pip list | cat
