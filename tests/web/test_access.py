"""Who may come in: people and keys as documents, and as pages; invitations."""

from __future__ import annotations

import re
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.site import RESERVED, Role
from service.errors import AlreadyExists, Unauthenticated
from service.web.console.pages import PAGES
from tests.conftest import DAY_MS, Clock, Desk, open_newsroom
from tests.web.console import Visitor, visitor
from tests.web.edge import Edge

PEOPLE, KEYS = "/v1/sites/koran/people", "/v1/sites/koran/keys"
NEW = "baru@koran.example.com"


async def read(people: Edge, path: str) -> Any:
    answer = await people.call("GET", path, people.newsroom.editor)
    assert answer.status == 200
    return await answer.json()


async def put(people: Edge, path: str, body: Any, **headers: str) -> tuple[int, Any]:
    headers = people.bearer(people.newsroom.editor, **headers)
    answer = await people.web.put(path, json=body, headers=headers)
    return answer.status, await answer.json()


class TestPeople:
    async def test_what_was_read_can_be_written_back_and_changes_nothing(self, people: Edge) -> None:
        told = await read(people, PEOPLE)

        assert [(p["email"].partition("@")[0], p["role"]) for p in told["people"]] == [
            ("colleague", "moderator"),
            ("editor", "editor"),
            ("moderator", "moderator"),
            ("reader", "reader"),
        ]
        assert await put(people, PEOPLE, told) == (200, told)

    async def test_roles_change_and_who_is_left_out_comes_in_no_more(self, people: Edge) -> None:
        room, told = people.newsroom, await read(people, PEOPLE)
        wanted = [{**p, "role": "editor"} if "moderator@" in p["email"] else p for p in told["people"]]

        status, now = await put(people, PEOPLE, {"version": told["version"], "people": wanted[1:]})

        assert status == 200 and now["version"] == told["version"] + 1
        assert (await people.call("GET", PEOPLE, room.moderator)).status == 200
        assert (await people.call("GET", "/v1/queue", room.colleague)).status in (400, 404)

    async def test_a_new_person_is_invited_by_a_link_that_is_shown_once(self, people: Edge) -> None:
        told = await read(people, PEOPLE)

        _, now = await put(people, PEOPLE, {"people": [*told["people"], {"email": NEW, "role": "moderator"}]})

        (invited,) = [p for p in now["people"] if p["email"] == NEW]
        assert invited["invited"] and "/console/invitation/" in invited["invitation"]
        again = [p for p in (await read(people, PEOPLE))["people"] if p["email"] == NEW]
        assert again == [{**invited, "invitation": None}]

    @pytest.mark.parametrize("keeps", [["reader", "moderator"], []])
    async def test_a_site_keeps_an_editor(self, people: Edge, keeps: list[str]) -> None:
        told = await read(people, PEOPLE)
        left = [p for p in told["people"] if p["email"].partition("@")[0] in keeps]

        status, problem = await put(people, PEOPLE, {"people": [*left, {"email": NEW, "role": "editor"}]})

        assert (status, problem["type"]) == (409, "urn:saring:problem:last-editor")
        assert await read(people, PEOPLE) == told

    async def test_who_saw_an_older_version_replaces_nothing(self, people: Edge, house: House) -> None:
        told = await read(people, PEOPLE)
        await house.configure.create_user(people.newsroom.tag, NEW, Role.READER)

        by_etag = await put(people, PEOPLE, {"people": told["people"][:3]}, If_Match=f'"{told["version"]}"')
        by_body = await put(people, PEOPLE, {**told, "people": told["people"][:3]})

        assert by_etag[0] == by_body[0] == 412
        assert NEW in {p["email"] for p in (await read(people, PEOPLE))["people"]}

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"people": [{"email": "x", "role": "editor"}]}, "/people/0/email"),
            ({"people": [{"email": NEW, "role": "owner"}]}, "/people/0/role"),
            ({"people": [{"email": NEW, "role": "editor"}, {"email": NEW.upper(), "role": "reader"}]}, ""),
            ({}, "/people"),
        ],
    )
    async def test_a_bad_field_is_named(self, people: Edge, body: Any, pointer: str) -> None:
        status, told = await put(people, PEOPLE, body)

        assert (status, [error["pointer"] for error in told["errors"]]) == (422, [pointer])

    async def test_a_role_elsewhere_is_nobodys_business_here(self, people: Edge, house: House) -> None:
        other = await open_newsroom(house, "lain")
        await house.configure.create_user(other.tag, "reader@koran.example.com", Role.EDITOR)
        told = await read(people, PEOPLE)

        await put(people, PEOPLE, {"people": [p for p in told["people"] if p["role"] != "reader"]})

        account = await house.configure.account("reader@koran.example.com")
        assert account.roles == {other.tag: Role.EDITOR}


class TestKeys:
    async def test_a_new_key_is_shown_once_and_opens(self, people: Edge) -> None:
        told = await read(people, KEYS)

        status, now = await put(people, KEYS, {**told, "keys": [*told["keys"], {"kind": "secret"}]})

        assert status == 200 and now["version"] == told["version"] + 1
        (new,) = [key for key in now["keys"] if key["key"]]
        assert (await people.call("GET", "/v1/comments", new["key"])).status == 200
        assert all(key["key"] is None for key in (await read(people, KEYS))["keys"])

    async def test_a_key_that_is_left_out_opens_nothing(self, people: Edge) -> None:
        told = await read(people, KEYS)
        kept = [key for key in told["keys"] if key["kind"] == "public"]

        _, now = await put(people, KEYS, {"version": told["version"], "keys": kept})

        assert [key["revoked_at"] is None for key in now["keys"]] == [key in kept for key in told["keys"]]
        assert (await people.call("GET", "/v1/comments", people.newsroom.secret)).status == 401

    async def test_an_unknown_key_changes_nothing(self, people: Edge) -> None:
        told = await read(people, KEYS)
        swapped = [{**key, "kind": "akismet"} for key in told["keys"]]

        unknown = await put(people, KEYS, {"keys": [{"id": "k_nope", "kind": "secret"}]})
        other_kind = await put(people, KEYS, {"keys": swapped})

        assert (unknown[0], other_kind[0]) == (422, 422)
        assert await read(people, KEYS) == told

    async def test_who_saw_an_older_version_revokes_nothing(self, people: Edge, house: House) -> None:
        told = await read(people, KEYS)
        await put(people, KEYS, {**told, "keys": [*told["keys"], {"kind": "public"}]})

        status, _ = await put(people, KEYS, {**told, "keys": []})

        assert status == 412
        assert all(key["revoked_at"] is None for key in (await read(people, KEYS))["keys"])


@pytest_asyncio.fixture
async def editor(web: TestClient[Any, Any], house: House, desk: Desk) -> Visitor:
    return await visitor(web, house, desk.newsroom.tag, Role.EDITOR, "editor@koran.example.com")


class TestPages:
    async def invited(self, editor: Visitor, role: str = "moderator") -> str:
        """The invitation's path."""
        told = await editor.post("/people", do="invite", email=NEW, role=role)
        found = re.search(r"/console/invitation/\w+", told.text)
        assert found
        return found[0]

    async def test_an_invitation_lets_one_person_in_once(
        self, web: TestClient[Any, Any], house: House, desk: Desk, editor: Visitor
    ) -> None:
        path = await self.invited(editor)
        stranger = Visitor(web, "")

        assert NEW in (await stranger.get(path)).text
        assert (await stranger.post(path, new="pendek")).status == 422
        came = await stranger.post(path, new="kata sandi yang panjang")
        again = await stranger.post(path, new="kata sandi orang lain")

        assert came.status == 303 and "saring=" in came.headers["Set-Cookie"]
        assert again.status == 404
        account = await house.configure.account(NEW)
        assert account.roles[desk.newsroom.tag] is Role.MODERATOR
        signed_in = await house.services.enter.sign_in(NEW, "kata sandi yang panjang", "")
        assert getattr(signed_in, "account", None) == account

    async def test_an_invitation_ends_when_the_role_is_taken_back(
        self, web: TestClient[Any, Any], editor: Visitor, house: House
    ) -> None:
        path = await self.invited(editor)
        account = await house.configure.account(NEW)

        await editor.post("/people", do="remove", id=account.id)

        assert (await Visitor(web, "").get(path)).status == 404

    async def test_who_was_only_invited_cannot_sign_in(self, editor: Visitor, house: House) -> None:
        await self.invited(editor)

        refused = await house.services.enter.sign_in(NEW, "", "")

        assert not hasattr(refused, "account")

    async def test_of_two_invitations_one_lets_in(
        self, web: TestClient[Any, Any], editor: Visitor, house: House
    ) -> None:
        first = await self.invited(editor)
        account = await house.configure.account(NEW)

        told = await editor.post("/people", do="link", id=account.id)
        second = re.search(r"/console/invitation/\w+", told.text)
        assert second and second[0] != first
        assert (await Visitor(web, "").post(second[0], new="kata sandi yang panjang")).status == 303

        assert (await Visitor(web, "").get(first)).status == 404

    async def test_a_reset_link_gives_one_new_password_and_ends_sessions(
        self, web: TestClient[Any, Any], house: House, desk: Desk, editor: Visitor
    ) -> None:
        rina = await visitor(web, house, desk.newsroom.tag, Role.MODERATOR, "rina@koran.example")
        account = await house.configure.account("rina@koran.example")
        paths = []
        for _ in range(2):
            told = await editor.post("/people", do="link", id=account.id)
            paths += re.findall(r"<code>http\S+(/console/invitation/\w+)</code>", told.text)
        stranger = Visitor(web, "")
        assert (await rina.get()).status == 200  # a link that is not used changes nothing

        came = await stranger.post(paths[0], new="kata sandi yang baru")

        assert came.status == 303 and "saring=" in came.headers["Set-Cookie"]
        assert (await rina.get()).status == 303  # to the door
        assert [(await stranger.post(path, new="kata sandi ketiga")).status for path in paths] == [404, 404]
        signed_in = await house.services.enter.sign_in("rina@koran.example", "kata sandi yang baru", "")
        assert hasattr(signed_in, "token")
        audit = await house.store.client.call("XRANGE", f"saring:{{{desk.newsroom.tag}}}:audit", "-", "+")
        assert [entry[1][5] for entry in audit[-2:]] == [f"link:{account.id}".encode()] * 2

    async def test_nobody_resets_who_works_where_he_is_no_editor(
        self, house: House, desk: Desk, editor: Visitor
    ) -> None:
        other = await open_newsroom(house, "lain")
        for tag in (desk.newsroom.tag, other.tag):
            await house.configure.create_user(tag, "rina@koran.example", Role.READER)
        account = await house.configure.account("rina@koran.example")

        refused = await editor.post("/people", do="link", id=account.id)

        assert refused.status == 403 and "/console/invitation/" not in refused.text

    async def test_the_last_editor_cannot_remove_or_lower_himself(self, editor: Visitor, house: House) -> None:
        me = (await house.configure.account("editor@koran.example.com")).id

        assert (await editor.post("/people", do="remove", id=me)).status == 409
        assert (await editor.post("/people", do="role", id=me, role="reader")).status == 409
        assert (await editor.get("/people")).status == 200

    async def test_a_key_is_shown_when_it_is_issued_and_revoked_for_good(
        self, web: TestClient[Any, Any], editor: Visitor, house: House, desk: Desk
    ) -> None:
        issued = await editor.post("/keys", do="issue", kind="secret")
        key = re.search(r"<code>(sk_\w+)</code>", issued.text)
        assert key and key[1] not in (await editor.get("/keys")).text
        caller = await house.services.admit.caller(key[1])
        assert caller.key is not None

        await editor.post("/keys", do="revoke", id=caller.key.id)

        edge = Edge(web, desk.newsroom)
        assert (await edge.call("GET", "/v1/comments", key[1])).status == 401
        audit = await house.store.client.call("XRANGE", f"saring:{{{desk.newsroom.tag}}}:audit", "-", "+")
        me = (await house.configure.account("editor@koran.example.com")).id
        assert [(entry[1][3], entry[1][5]) for entry in audit[-2:]] == [(me.encode(), b"key")] * 2

    async def test_moderators_see_neither(self, web: TestClient[Any, Any], house: House, desk: Desk) -> None:
        moderator = await visitor(web, house, desk.newsroom.tag, Role.MODERATOR)

        for path in ("/people", "/keys"):
            assert (await moderator.get(path)).status == (await moderator.post(path)).status == 403


async def test_an_invitation_is_good_for_three_days(house: House, desk: Desk, clock: Clock) -> None:
    tag = desk.newsroom.tag
    await house.configure.create_user(tag, "e@koran.example.com", Role.EDITOR)
    staffed = await house.services.staff.put(tag, {"e@koran.example.com": Role.EDITOR, NEW: Role.READER}, None, "u_e")
    (token,) = staffed.invitations.values()

    name = f"saring:{{people}}:invitation:{house.secret.key_hash(token)}"
    left_ms = await house.store.client.call("PTTL", name)

    assert 0.99 * 3 * DAY_MS < left_ms <= 3 * DAY_MS


async def test_no_site_takes_the_name_of_a_page_of_the_console(house: House) -> None:
    names = {page.path.split("/")[2] for page in PAGES if page.path.count("/") >= 2}

    assert names - {"{slug}"} == RESERVED
    for slug in RESERVED:
        with pytest.raises(AlreadyExists):
            await house.configure.create_site(slug, "X", (), "id", "Asia/Makassar")


class TestTokens:
    async def made(self, rina: Visitor, name: str = "skrip laporan") -> str:
        told = await rina.post("/console/account/tokens", do="make", name=name)
        found = re.search(r"<code>(mt_\w{20,})</code>", told.text)
        assert found
        return found[1]

    async def test_a_person_makes_a_token_that_opens_what_he_may_and_revokes_it(
        self, web: TestClient[Any, Any], house: House, desk: Desk, clock: Clock
    ) -> None:
        rina = await visitor(web, house, desk.newsroom.tag, Role.MODERATOR, "rina@koran.example")
        token = await self.made(rina)
        edge = Edge(web, desk.newsroom)
        page = (await rina.get("/console/account")).text
        assert token not in page and "skrip laporan" in page and page.count("not yet") == 2

        assert (await edge.call("GET", "/v1/queue", token)).status == 200
        assert (await edge.call("GET", "/v1/sites/koran/policy", token)).status == 403
        assert (await rina.get("/console/account")).text.count("not yet") == 1

        kept = await house.services.tokens.of(await house.configure.account("rina@koran.example"))
        (used,) = [each for each in kept if each.used_ms == clock()]
        assert (await rina.post("/console/account/tokens", do="revoke", token=used.hash)).status == 303
        assert (await edge.call("GET", "/v1/queue", token)).status == 401

    async def test_nobody_revokes_anothers(self, web: TestClient[Any, Any], house: House, desk: Desk) -> None:
        rina = await visitor(web, house, desk.newsroom.tag, Role.EDITOR, "rina@koran.example")
        budi = await visitor(web, house, desk.newsroom.tag, Role.READER, "budi@koran.example")
        (his,) = await house.services.tokens.of(await house.configure.account("budi@koran.example"))

        assert (await rina.post("/console/account/tokens", do="revoke", token=his.hash)).status == 404
        assert "saring user create" in (await budi.get("/console/account")).text

    async def test_a_token_has_a_name_and_there_are_twenty_at_most(
        self, web: TestClient[Any, Any], house: House, desk: Desk
    ) -> None:
        rina = await visitor(web, house, desk.newsroom.tag, Role.READER)

        assert (await rina.post("/console/account/tokens", do="make", name=" \u200b ")).status == 422
        for n in range(19):  # with the one of the host
            await self.made(rina, f"skrip {n}")
        assert (await rina.post("/console/account/tokens", do="make", name="satu lagi")).status == 409

    async def test_a_token_of_an_older_store_still_opens_and_can_be_revoked(self, house: House, desk: Desk) -> None:
        rina = await house.configure.create_user(desk.newsroom.tag, "rina@koran.example", Role.READER)
        hashed = house.secret.key_hash(rina.token)
        await house.store.client.call("HSET", "saring:{people}:tokens", hashed, rina.account.id)

        assert (await desk.caller(rina.token)).account == rina.account
        (kept,) = await house.services.tokens.of(rina.account)
        await house.services.tokens.revoke(rina.account, kept.hash)
        with pytest.raises(Unauthenticated):
            await desk.caller(rina.token)
