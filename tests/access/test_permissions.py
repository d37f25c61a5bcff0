"""Every route names its permission, and the guard keeps to it."""

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from observer.access.models import Role
from observer.access.permissions import PERMISSIONS, PUBLIC, SIGNED_IN, may
from observer.findings.feed.tokens import make_token
from observer.web import create_app
from tests.missions.builders import build_mission, sign_in

SAMPLES = {"int": 1, "string": "x", "uuid": "00000000-0000-4000-8000-000000000000"}


def routes(app: Flask) -> list[tuple[Rule, str, str]]:
    """Every rule of the application with each of its methods and the permission it names."""
    return [
        (rule, method, getattr(app.view_functions[rule.endpoint], "permission", None))
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def sample(converter: BaseConverter) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    kinds = {"IntegerConverter": "int", "UUIDConverter": "uuid"}
    return SAMPLES[kinds.get(type(converter).__name__, "string")]


def address(app: Flask, rule: Rule) -> str:
    values = {name: sample(converter) for name, converter in rule._converters.items()}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)


def takes_tokens(app: Flask, rule: Rule) -> bool:
    """Whether a route is opened by the feed's tokens alone."""
    return hasattr(app.view_functions[rule.endpoint], "finder_of_tokens")


def test_every_route_names_a_permission(app):
    for rule, _method, permission in routes(app):
        assert permission in {PUBLIC, SIGNED_IN, *PERMISSIONS}, rule.rule


def test_a_view_without_permission_is_refused(settings, engine):
    app = create_app(settings, engine)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 403


def test_nothing_but_public_routes_answers_strangers(app):
    client = app.test_client()
    for rule, method, permission in routes(app):
        if permission == PUBLIC:
            continue
        response = client.open(address(app, rule), method=method)
        view = app.view_functions[rule.endpoint]
        if getattr(view, "takes_passwords", False) or takes_tokens(app, rule):
            assert response.status_code == 401, rule.rule
            assert response.headers["WWW-Authenticate"].startswith("Basic")
        elif rule.rule.startswith("/api/"):
            assert response.status_code == 401, rule.rule
            assert response.content_type == "application/problem+json"
        else:
            assert response.status_code == 302, rule.rule
            assert response.location.startswith("/sign-in"), rule.rule


@pytest.mark.parametrize("role", Role)
def test_each_role_is_let_through_where_it_may_and_nowhere_else(app, session, role, monkeypatch):
    person = build_mission(session).people[role]
    token, _made = make_token(session, person, "walk", 1)
    session.commit()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = app.test_client()
    sign_in(client, role)
    for rule, method, permission in routes(app):
        if permission == PUBLIC or rule.endpoint == "access.sign_out":
            continue
        headers = {"Authorization": f"Bearer {token}"} if takes_tokens(app, rule) else {}
        status = client.open(address(app, rule), method=method, headers=headers).status_code
        assert status != 401, f"{role} {method} {rule.rule}"
        assert (status != 403) == may(role, permission), f"{role} {method} {rule.rule}: {status}"
        assert status < 500, f"{role} {method} {rule.rule}: {status}"
