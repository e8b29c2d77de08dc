# Web and worker: the same image, another command.
FROM python:3.12-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 app

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --chown=app:app . .

ENV PYTHONUNBUFFERED=1 DATA_DIR=/data STATIC_ROOT=/app/staticfiles DEMO_MODE=0
# Static files need no database; throw-away keys serve this one step and stay in no layer's environment.
RUN SECRET_KEY=build FIELD_KEYS=build:MDEyMzQ1Njc4OWFiY2RlZg== BLIND_INDEX_KEY=build DATABASE_URL=postgres://none/none \
    python manage.py collectstatic --noinput --verbosity 0 \
 && mkdir -p /data && chown app:app /data
USER app
EXPOSE 8000
CMD ["gunicorn", "povertyaid.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60"]
