FROM python:3.12
COPY venv /opt/venv
# ^ copy-virtualenv
ENV PATH=/opt/venv/bin:$PATH
