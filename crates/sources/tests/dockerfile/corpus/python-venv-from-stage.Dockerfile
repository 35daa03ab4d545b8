FROM python:3.12 AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask
FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
