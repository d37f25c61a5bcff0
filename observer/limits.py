"""How often a person or an address may do something; counted by Flask-Limiter."""

from __future__ import annotations

import math
import time

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits import parse

from observer.settings import Settings, current_settings


def _person_or_address() -> str:
    if current_user and current_user.is_authenticated:
        return f"person {current_user.get_id()}"
    return f"address {get_remote_address()}"


limiter = Limiter(key_func=_person_or_address)


def _rate(setting: str) -> str:
    return str(getattr(current_settings(), setting))


submission_limit = limiter.limit(lambda: _rate("submission_rate"))
feed_limit = limiter.limit(lambda: _rate("feed_rate"))
signin_limit = limiter.limit(
    lambda: _rate("signin_rate"), key_func=get_remote_address, methods=["POST"]
)


def may_try_to_sign_in() -> bool:
    """Whether fewer wrong passwords came from this address than one may try."""
    return limiter.limiter.test(parse(_rate("signin_rate")), *_wrong_passwords())


def count_failed_signin() -> None:
    """Count a wrong password against this address."""
    limiter.limiter.hit(parse(_rate("signin_rate")), *_wrong_passwords())


def _wrong_passwords() -> tuple[str, str]:
    return "wrong passwords", get_remote_address()


def seconds_to_wait() -> int:
    """After how many seconds the limit that this request has broken lets one more through."""
    broken = limiter.current_limit
    return max(1, math.ceil(broken.reset_at - time.time())) if broken else 1


def init_app(app: Flask, settings: Settings) -> None:
    """Count rates where the settings say."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.rate_storage
    limiter.init_app(app)
