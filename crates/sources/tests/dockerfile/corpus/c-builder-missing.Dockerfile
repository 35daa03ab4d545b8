FROM --platform=$BUILDPLATFORM gcc:14 AS build
# ^ build-platform-without-cross-compiling
COPY main.c .
RUN gcc -O2 -static -o /out/app main.c
FROM scratch
COPY --from=build /out/app /app
