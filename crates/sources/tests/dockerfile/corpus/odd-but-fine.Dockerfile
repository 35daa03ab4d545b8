	 # a comment with blanks before it
from  debian:12   as   Base

run echo "amd64 is a word" \
  # aarch64 in a comment

  && echo https://example.org/amd64
label url="https://example.org/tool-amd64.tgz"
FROM base
CMD echo done
