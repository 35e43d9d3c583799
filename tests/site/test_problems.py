"""Whoever notices that something is wrong below the API says it in one form."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from lantai.platform.accounts.models import User
from lantai.platform.orgs.models import Org
from lantai.site.problems import Problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/holdings/nothing-here", 404),
        ("DELETE", "/api/authorities/names/not-a-number", 404),
        ("PATCH", "/api/holdings/fonds", 405),
        ("GET", "/api/holdings/fonds", 401),
    ],
)
def test_a_wrong_address_a_wrong_method_and_a_stranger_meet_a_problem(
    client: Client, method: str, address: str, status: int
) -> None:
    answer = client.generic(method, address)
    said = Problem.model_validate_json(answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert (answer.status_code, said.status, said.request_id) == (status, status, answer["X-Request-Id"])
    assert answer["Content-Length"] == str(len(answer.content))
    assert status != 405 or answer["Allow"] == "GET"


def test_a_body_that_is_no_json_is_told_so(client: Client, django_user_model: type[User]) -> None:
    org = Org.objects.create(code="PR1", name="样例档案馆", kind="archives")
    client.force_login(django_user_model.objects.create(username="problems-sample", name="样例用户", org=org))
    answer = client.post("/api/catalogue/searches", "-$V", content_type="application/json")
    said = Problem.model_validate_json(answer.content)
    assert (answer.status_code, said.status, said.kind) == (400, 400, "Malformed") and "JSON" in said.title


def test_a_session_without_the_token_of_its_page_is_not_told_of_a_body(django_user_model: type[User]) -> None:
    org = Org.objects.create(code="PR2", name="样例档案馆", kind="archives")
    client = Client(enforce_csrf_checks=True)
    client.force_login(django_user_model.objects.create(username="problems-sample", name="样例用户", org=org))
    answer = client.post("/api/catalogue/searches", {}, content_type="application/json")
    said = Problem.model_validate_json(answer.content)
    assert (answer.status_code, said.status, said.kind) == (
        403,
        403,
        "PageExpired",
    ) and "JSON" not in said.title


def test_a_problem_speaks_the_language_of_who_asks(client: Client) -> None:
    answer = client.get("/api/nothing-here", headers={"Accept-Language": "en"})
    assert "找" not in Problem.model_validate_json(answer.content).title


@override_settings(ALLOWED_HOSTS=["archives.example"])
def test_what_is_refused_before_any_operation_is_a_problem_too(client: Client) -> None:
    answer = client.get("/api/holdings/fonds", HTTP_HOST="elsewhere.example")
    assert (answer.status_code, Problem.model_validate_json(answer.content).status) == (400, 400)


def test_a_page_that_is_not_there_stays_a_page(client: Client) -> None:
    assert client.get("/nothing-here").headers["Content-Type"].startswith("text/html")
