#!/usr/bin/env bash
# DynamoDB Local, the second engine of the table contracts.
#
#   .ci/dynamodb-local.sh          fetch it into the cache, if it is not there
#   .ci/dynamodb-local.sh PORT     the same, then serve on PORT (of every address: it knows no other), in memory, until killed
#
# Needs Java 17 and Maven. The cache is outside the repository: $REWINDMQ_CACHE, or ~/.cache/rewindmq.
set -euo pipefail

readonly version=2.5.4
readonly cache="${REWINDMQ_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rewindmq}"
readonly jars="$cache/dynamodb-local-$version"

main() {
  [ -d "$jars" ] || fetch
  [ $# -eq 0 ] || serve "$1"
}

# Into a folder of its own first, so that a fetch that is cut short leaves nothing that looks complete.
fetch() {
  mkdir -p "$cache"
  local unfinished
  unfinished=$(mktemp -d "$cache/unfinished.XXXXXX")
  write_pom >"$unfinished/pom.xml"
  mvn --quiet --batch-mode --file "$unfinished/pom.xml" dependency:copy-dependencies -DoutputDirectory="$unfinished/jars" >&2
  mv -T "$unfinished/jars" "$jars" 2>/dev/null || [ -d "$jars" ]
  rm -rf "$unfinished"
}

write_pom() {
  cat <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rewindmq</groupId>
  <artifactId>contract-engines</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
POM
}

serve() {
  exec java "-Dsqlite4java.library.path=$jars" -cp "$jars/*" com.amazonaws.services.dynamodbv2.local.main.ServerRunner \
    -inMemory -sharedDb -disableTelemetry -port "$1"
}

main "$@"
