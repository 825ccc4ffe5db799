# Finds the servers that tests talk to. As root on Debian, what is missing is installed and started.
# Sets TEST_DATABASE_URL, TEST_REDIS_URL and CHROMIUM; each is empty where there is none.

TEST_DATABASE_URL="" TEST_REDIS_URL="" CHROMIUM="${CHROMIUM:-}"

ensure_services() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    _install_missing
  fi
  _find_postgresql
  _find_redis
  [ -n "$CHROMIUM" ] || CHROMIUM=$(command -v chromium || command -v chromium-browser || true)
  export TEST_DATABASE_URL TEST_REDIS_URL CHROMIUM
}

_install_missing() {
  local wanted=()
  _answers 5432 || [ -n "$(ls /etc/postgresql 2>/dev/null)" ] || wanted+=(postgresql)
  _answers 6379 || command -v redis-server >/dev/null || wanted+=(redis-server)
  command -v chromium >/dev/null || wanted+=(chromium)
  [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || wanted+=(nginx)
  if ((${#wanted[@]})); then
    printf '── Installing for the tests: %s\n' "${wanted[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
  fi
  if ! _answers 5432; then
    pg_ctlcluster --skip-systemctl-redirect "$(ls /etc/postgresql | tail -1)" main start || true
  fi
  if ! _answers 6379; then
    redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save '' --appendonly no --dir /tmp >/dev/null || true
  fi
  for _ in $(seq 50); do _answers 5432 && _answers 6379 && return; sleep 0.2; done
}

_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

_connects() { .venv/bin/python -c 'import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=5)' "$1" 2>/dev/null; }

_find_postgresql() {
  _answers 5432 || return 0
  local ours=postgresql://hientruong_test:hientruong_test@127.0.0.1:5432/postgres
  local theirs=postgresql://postgres@127.0.0.1:5432/postgres
  if _connects "$theirs"; then
    TEST_DATABASE_URL=${theirs%/postgres}/hientruong
  else
    if ! _connects "$ours" && [ "$(id -u)" = 0 ]; then
      su postgres -c "psql -qc \"CREATE ROLE hientruong_test SUPERUSER LOGIN PASSWORD 'hientruong_test'\"" || true
    fi
    if _connects "$ours"; then TEST_DATABASE_URL=${ours%/postgres}/hientruong; fi
  fi
}

_find_redis() {
  # Database 9, so that the tests' keys meet nobody else's.
  if _answers 6379; then TEST_REDIS_URL=redis://127.0.0.1:6379/9; fi
}
