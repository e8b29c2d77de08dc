#!/usr/bin/env bash
# Run once by the database image: the restricted role, its password from a secret.
set -euo pipefail
password=$(cat /run/secrets/app_password)
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$password" <<'SQL'
create role pa_app login password :'password';
create role pa_public nologin;
grant pa_public to pa_app with inherit false, set true;
SQL
