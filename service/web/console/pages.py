"""The console's table of pages."""

from __future__ import annotations

from service.domain.site import Role
from service.web.console import access, authors, entrance, lists, policy, queue, reading, today
from service.web.console.door import Page

_DECIDES, _EDITS = Role.MODERATOR, Role.EDITOR

PAGES: tuple[Page, ...] = (
    Page("GET", "/console", entrance.home),
    Page("GET", "/console/sign-in", entrance.sign_in_page, role=None),
    Page("POST", "/console/sign-in", entrance.sign_in, role=None),
    Page("POST", "/console/sign-out", entrance.sign_out),
    Page("GET", "/console/account", entrance.account_page),
    Page("POST", "/console/account/password", entrance.change_password),
    Page("POST", "/console/account/tokens", entrance.change_tokens),
    Page("GET", "/console/invitation/{token}", entrance.invitation_page, role=None),
    Page("POST", "/console/invitation/{token}", entrance.accept_invitation, role=None),
    Page("POST", "/console/choose", entrance.choose, role=None),
    Page("GET", "/console/{slug}", queue.page),
    Page("GET", "/console/{slug}/more", queue.more),
    Page("GET", "/console/{slug}/stream", queue.stream),
    Page("POST", "/console/{slug}/decide", queue.decide, _DECIDES),
    Page("POST", "/console/{slug}/undo", queue.undo, _DECIDES),
    Page("POST", "/console/{slug}/release", queue.release, _DECIDES),
    Page("POST", "/console/{slug}/escalate", queue.escalate, _DECIDES),
    Page("GET", "/console/{slug}/comments/{id}", reading.comment),
    Page("GET", "/console/{slug}/comments/{id}/alike", queue.alike),
    Page("GET", "/console/{slug}/authors/{author}", authors.page),
    Page("POST", "/console/{slug}/authors/{author}", authors.change, _DECIDES),
    Page("GET", "/console/{slug}/search", reading.search),
    Page("GET", "/console/{slug}/history", reading.history),
    Page("GET", "/console/{slug}/today", today.page),
    Page("GET", "/console/{slug}/today.csv", today.export),
    Page("GET", "/console/{slug}/lists", lists.page, _EDITS),
    Page("POST", "/console/{slug}/lists", lists.change, _EDITS),
    Page("GET", "/console/{slug}/lists.csv", lists.export, _EDITS),
    Page("POST", "/console/{slug}/lists.csv", lists.upload, _EDITS),
    Page("GET", "/console/{slug}/policy", policy.page, _EDITS),
    Page("POST", "/console/{slug}/policy", policy.save, _EDITS),
    Page("POST", "/console/{slug}/policy/preview", policy.preview, _EDITS),
    Page("GET", "/console/{slug}/people", access.people, _EDITS),
    Page("POST", "/console/{slug}/people", access.change_people, _EDITS),
    Page("GET", "/console/{slug}/keys", access.keys, _EDITS),
    Page("POST", "/console/{slug}/keys", access.change_keys, _EDITS),
)
