#!/bin/sh
# Dodona starts the container as `/main.sh JUDGE/run`. The judge takes this process's place, so
# that it hears when the container is stopped, and nothing is left over when it ends.
exec "$@"
