FROM python:3.11
RUN pip install https://example.org/wheels/thing-1.0-cp311-cp311-manylinux_2_17_x86_64.whl
# ^ single-architecture-download
RUN pip install https://example.org/wheels/other-1.0-py3-none-any.whl
