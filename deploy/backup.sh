#!/usr/bin/env bash
# Every night at two: the database and the encrypted files; a month is kept. A failed dump leaves the older ones.
set -euo pipefail
export PGPASSWORD; PGPASSWORD=$(cat /run/secrets/owner_password)
while true; do
  now=$(date +%s); next=$(date -d 'tomorrow 02:00' +%s); sleep $((next - now))
  day=$(date +%Y%m%d)
  if pg_dump -h database -U pa_owner -Fc povertyaid -f "/backups/.$day.part" && pg_restore --list "/backups/.$day.part" >/dev/null; then
    mv "/backups/.$day.part" "/backups/$day.dump"
    tar -C /data -czf "/backups/$day-files.tar.gz" --ignore-failed-read files 2>/dev/null || true
    find /backups -name '*.dump' -mtime +30 -delete; find /backups -name '*-files.tar.gz' -mtime +30 -delete
  else
    echo "backup of $day failed" >&2
  fi
done
