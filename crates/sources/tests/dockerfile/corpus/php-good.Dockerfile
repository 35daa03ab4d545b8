FROM php:8.3-fpm-alpine
RUN apk add --no-cache --virtual .build $PHPIZE_DEPS \
 && pecl install redis \
 && docker-php-ext-enable redis \
 && apk del .build
COPY . /var/www
