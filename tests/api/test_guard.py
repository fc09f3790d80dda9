import pytest
from starlette.testclient import TestClient

from api.http import create_app
from api.http.app import check_exposure
from api.http.guard import SECURITY_HEADERS
from corpus.errors import InvalidSetting
from corpus.settings import DEMO_GROUPS, Settings
from tests.api.conftest import headers
from tests.api.problems import assert_problem

UPLOAD = "/api/v1/documents"


@pytest.mark.parametrize(
    "path", ["/", "/ask", "/documents", "/static/lunku.css", "/nothing", "/api/v1/search", "/api/x"]
)
def test_every_response_has_the_security_headers(client, path):
    response = client.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://127.0.0.1.evil.example"]
)
def test_other_sites_cannot_write(client, origin):
    given = {**headers(), "Origin": origin}
    assert_problem(client.post(UPLOAD, files={"files": ("甲.txt", b"x")}, headers=given), 403, "forbidden")
    response = client.post("/upload", files={"files": ("甲.txt", b"x")}, headers=given)
    assert (response.status_code, "来自其他网站" in response.text) == (403, True)


def test_the_own_site_may_write(client):
    given = {**headers("curators"), "Origin": "http://127.0.0.1"}
    response = client.post("/api/v1/answers", json={"question": "供暖？"}, headers=given)
    assert response.status_code == 200


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1:8000", 200), ("localhost", 200), ("[::1]:8000", 200)])
def test_a_demo_answers_under_this_machines_names(library, host, status):
    assert demo_client(library).get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.evil.example:8000", ""])
def test_a_demo_refuses_names_that_merely_resolve_to_this_machine(library, host):
    assert_problem(demo_client(library).get("/api/v1/documents", headers={"Host": host}), 403, "forbidden")


def test_a_public_server_answers_under_any_name(client):
    assert client.get("/", headers={"Host": "lunku.example.org"}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "lunku.example.org"])
def test_more_than_public_is_not_served_to_others(host):
    with pytest.raises(InvalidSetting, match="LUNKU_HOST"):
        check_exposure(Settings(host=host, anonymous_groups=DEMO_GROUPS))
    check_exposure(Settings(host=host))
    check_exposure(Settings(host="127.0.0.1", anonymous_groups=DEMO_GROUPS))


def demo_client(library):
    """The same library with the demo's groups for everyone. Without lifespan: the library is passed by hand."""
    library.settings = library.settings.model_copy(update={"anonymous_groups": DEMO_GROUPS})
    try:
        app = create_app(library)
    finally:
        library.settings = library.settings.model_copy(update={"anonymous_groups": "public"})
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        return opened
