"""Small programs that check what no linter knows; `make check` runs them all."""
