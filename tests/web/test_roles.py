"""Who may do what: every route of the table, every kind of caller, and no way from one site to another."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.site import KeyKind, Role
from service.web.context import Route
from service.web.routes import ROUTES
from tests.conftest import open_newsroom, staff
from tests.web.edge import Edge

GUARDED = [route for route in ROUTES if not route.is_open]
BODIES: dict[str, Any] = {
    "/v1/decisions": {"decisions": [{"comment_id": "c_x", "decision": "approve"}]},
    "/v1/sites/{slug}/policy": {"bands": [], "rules": []},
}


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


async def ask(edge: Edge, route: Route, credential: str, *, comment: str = "", slug: str = "koran") -> int:
    """The status; the stream is left as soon as it began."""
    path = route.path.replace("{id}", comment).replace("{slug}", slug)
    options: dict[str, Any] = {"json": BODIES.get(route.path, {})} if route.body else {}
    answer = await edge.call(route.method, path, credential, **options)
    answer.close()
    return answer.status


@pytest.mark.parametrize("route", GUARDED, ids=named)
async def test_without_good_credentials_nobody_gets_in(edge: Edge, route: Route) -> None:
    wrong = ["", "nonsense", "sk_", "sk_wrong", "pk_" + "0" * 57, "mt_wrong", edge.newsroom.secret[:-1] + "!"]
    statuses = [await ask(edge, route, credential, comment="c_x") for credential in wrong]
    assert statuses == [401] * len(wrong)


async def test_who_may_not_is_told_so_by_every_route(people: Edge) -> None:
    room = people.newsroom
    comment = await people.held()
    batch = (await people.post("/v1/decisions", decisions=[{"comment_id": comment, "decision": "approve"}]))["batch"]
    staff_ = {"reader": room.reader, "moderator": room.moderator, "editor": room.editor}
    for route in GUARDED:
        subject = batch if "decisions" in route.path else comment
        allowed = {room.secret: KeyKind.SECRET in route.keys, room.public: KeyKind.PUBLIC in route.keys}
        allowed |= {token: route.role is not None and Role(name).includes(route.role) for name, token in staff_.items()}
        for credential, may in allowed.items():
            status = await ask(people, route, credential, comment=subject)
            # A public key off its pages is refused all the same.
            assert (status != 403) == (may and credential != room.public), (named(route), credential[:3], status)
            assert status != 404, named(route)


async def test_another_sites_things_do_not_exist_for_every_route(people: Edge, house: Any) -> None:
    comment = await people.held()
    batch = (await people.post("/v1/decisions", decisions=[{"comment_id": comment, "decision": "approve"}]))["batch"]
    other = await staff(house, await open_newsroom(house, "lain"))
    for route in GUARDED:
        if "{" not in route.path:
            continue
        subject = batch if "decisions" in route.path else comment
        for credential in (other.secret, other.editor):
            assert await ask(people, route, credential, comment=subject) == 404, named(route)
    # and what was tried has changed nothing
    assert (await people.get(f"/v1/comments/{comment}"))["version"] == 2


async def test_naming_another_site_helps_nobody(people: Edge, house: Any) -> None:
    other = await staff(house, await open_newsroom(house, "lain"))
    for path in ("/v1/comments", "/v1/queue", "/v1/events"):
        for credential in (other.secret, other.editor):
            assert (await people.call("GET", f"{path}?site=koran", credential)).status == 404


async def test_a_revoked_key_opens_nothing_from_that_moment(edge: Edge, house: Any) -> None:
    issued = await house.configure.create_key(edge.newsroom.tag, KeyKind.SECRET)
    assert (await edge.submit(None, issued.key)).status == 201
    await house.configure.revoke_key(edge.newsroom.tag, issued.id)
    assert (await edge.submit(None, issued.key)).status == 401
    assert (await edge.call("GET", "/v1/comments", issued.key)).status == 401


async def test_a_disabled_account_opens_nothing(people: Edge, house: Any) -> None:
    await house.configure.disable_user("moderator@koran.example.com")
    assert (await people.call("GET", "/v1/queue", people.newsroom.moderator)).status == 401


async def test_addresses_are_shown_to_those_who_may_decide_only(people: Edge) -> None:
    comment = await people.held()
    room = people.newsroom
    for credential, may in ((room.reader, False), (room.moderator, True), (room.secret, True)):
        told = await people.get(f"/v1/comments/{comment}", credential)
        assert ("email" in told["author"]) == may and ("ip" in told) == may
    answer = await people.call("GET", "/v1/events", room.secret)
    assert "@" not in await answer.text()
