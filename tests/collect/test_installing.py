"""What a browser is given to install the app with."""

import json
import re

from observer.collect.app_files import files_of_app
from tests.missions.builders import build_mission, sign_in


def app_in(script: str) -> dict:
    return json.loads(re.search(r"^self\.app = (.*);$", script, re.MULTILINE)[1])


def test_the_worker_is_there_for_whoever_asks_and_once_for_each_version(client, session):
    build_mission(session)
    answer = client.get("/my/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/my"
    seen = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/my/sw.js", headers=seen).status_code == 304
    sign_in(client, "observer")
    spanish = {"Accept-Language": "es"} | seen
    assert client.get("/my/sw.js", headers=spanish).status_code == 304


def test_every_file_the_worker_keeps_is_there(client):
    app = app_in(client.get("/my/sw.js").text)
    assert app["files"]
    for address in [*app["files"], *app["later"]]:
        assert client.get(address).status_code == 200, address


def test_a_file_is_found_through_those_that_name_it(tmp_path):
    for name, text in {
        "app/start.js": 'import { a } from "./a.js";\nconst later = () => import("../other/b.js");',
        "app/a.js": 'export { c } from "./c.js"; // from here on',
        "app/c.js": "export const c = 1;",
        "other/b.js": 'import "../app/a.js";',
        "app/unused.js": "",
        "app/look.css": 'a { b: url("../fonts/a.woff2"); c: url(data:image/png,x) }',
        "fonts/a.woff2": "font",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    page = """{{ url_for('static', filename='app/start.js') }}
        {{ url_for('static', filename="app/look.css") }} {{ url_for('other', filename='x.js') }}"""
    found = files_of_app([page], tmp_path)
    assert [file.name for file in found] == [
        "app/a.js",
        "app/c.js",
        "app/look.css",
        "app/start.js",
        "fonts/a.woff2",
        "other/b.js",
    ]


def test_the_manifest_names_the_app_in_the_browsers_language_and_its_icons(client):
    answer = client.get("/my/manifest.webmanifest", headers={"Accept-Language": "fr"})
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.json
    assert (manifest["start_url"], manifest["scope"]) == ("/my", "/my")
    assert (manifest["lang"], manifest["dir"]) == ("fr", "ltr")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).mimetype == icon["type"]
