"""An nginx of our own for the feed's peers: Debian's packages, unpacked and not installed."""

import os
from pathlib import Path

from benchmarks.feed.running import CACHE, Absent, Server, run

CONF = """
{first}
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {site}
}}
"""


def nginx(site: str, port: int, *, nchan: bool = False) -> Server:
    """Return a server, not yet started, that has this site; raises `Absent` where it cannot be."""
    program, module = _unpacked()
    server = Server((), port)
    first = [f"load_module {module};"] if nchan else []
    if os.geteuid() == 0:
        first.append("user root;")
    conf = server.folder / "nginx.conf"
    conf.write_text(CONF.format(first="\n".join(first), folder=server.folder, site=site))
    server.words = (str(program), "-e", f"{server.folder}/error.log", "-c", str(conf))
    return server


def _unpacked() -> tuple[Path, Path]:
    """Return nginx and nchan's module."""
    folder = CACHE / "nchan"
    _for_nchan()
    program = folder / "usr/sbin/nginx"
    module = folder / "usr/lib/nginx/modules/ngx_nchan_module.so"
    if not (program.exists() and module.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        run(("apt-get", "download", "nginx", "libnginx-mod-nchan"), folder, "nchan")
        for package in folder.glob("*.deb"):
            run(("dpkg-deb", "-x", str(package), "."), folder, "nchan")
    if not (program.exists() and module.exists()):
        raise Absent("nchan: the packages hold no nginx with its module")
    return program, module


def _for_nchan() -> None:
    """With nchan, nginx makes its own folders there however it is configured."""
    try:
        Path("/var/lib/nginx").mkdir(parents=True, exist_ok=True)
    except PermissionError:
        raise Absent("nchan: nginx needs /var/lib/nginx, which only root can make") from None
