# The product in one image; compose.yaml runs it as each of its processes.

FROM node:20-bookworm-slim AS web
WORKDIR /web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements/runtime.lock /tmp/runtime.lock
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/runtime.lock
COPY locale /locale
RUN /opt/venv/bin/pybabel -q compile -i /locale/vi/LC_MESSAGES/django.po -o /locale/vi/LC_MESSAGES/django.mo

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/hientruong --create-home hientruong
ENV PATH=/opt/venv/bin:$PATH VAR_DIR=/var/lib/hientruong PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/hientruong
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY provinces provinces
COPY config config
COPY backend backend
COPY routing routing
COPY realtime realtime
COPY notifications notifications
COPY photos photos
COPY geo geo
COPY media media
COPY --from=packages /locale locale
COPY --from=web /web/dist web/dist
USER hientruong
VOLUME /var/lib/hientruong
EXPOSE 8000
# SIGTERM, Docker's own: sockets are told to come back, requests are finished.
CMD ["python", "-m", "realtime.server", "-b", "0.0.0.0", "-p", "8000", "config.asgi:application"]
