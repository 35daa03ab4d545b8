FROM --platform=$BUILDPLATFORM hugomods/hugo AS site
COPY . /src
RUN hugo --minify
FROM nginx:alpine
COPY --from=site /src/public /usr/share/nginx/html
