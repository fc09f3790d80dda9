"""The one shape of an HTTP error. Every test of an error calls this."""

import re


def assert_problem(response, status, code):
    """The response is an RFC 9457 problem with this status and code, and a Chinese detail; returns its body."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:lunku:problem:{code}")
    assert re.search(r"[\u4e00-\u9fff]", body["detail"])
    assert body["title"]
    assert body["detail"] in response.text, "Chinese must not be escaped"
    return body
