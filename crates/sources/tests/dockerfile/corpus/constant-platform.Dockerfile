FROM --platform=linux/amd64 python:3.12-slim
# ^ from-constant-platform
CMD ["python"]
