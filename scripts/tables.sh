# shellcheck shell=bash
# ./dev tables.

# Writes the pages that are made from lists in the code. A test says when that is due.
tables() {
  (($# == 0)) || wrong_usage "tables takes no argument, got '$*'"
  setup tables
  build dev cero-tables
  build/dev/tools/tables/cero-tables --write .
}
