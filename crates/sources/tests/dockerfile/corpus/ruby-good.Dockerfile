FROM ruby:3.3-slim
RUN apt-get update -qq && apt-get install -y build-essential libpq-dev
WORKDIR /rails
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .
CMD ["./bin/rails", "server"]
