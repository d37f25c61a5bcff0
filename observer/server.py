"""The web server: gunicorn around the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

THREADS = 8


class _Server(BaseApplication):
    def __init__(self, create_app: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._create_app = create_app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._create_app()


def serve_application(create_app: Callable[[], Flask], host: str, port: int, workers: int) -> None:
    """Serve until stopped. Each worker process makes the application for itself."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = {
        "bind": address,
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        # Rendering a statement or loading a million submissions takes longer than the usual 30 s.
        "timeout": 300,
        # Whose forwarded headers count is said by OBSERVER_PROXIES alone.
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
    }
    _Server(create_app, options).run()
