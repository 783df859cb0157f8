"""The trade's own errors: what can go wrong in moderation, each in one sentence.

They know no HTTP: `web/problems.py` alone gives each a status and words in the caller's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SaringError(Exception):
    """The root of all errors that Saring raises on purpose."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field: an RFC 6901 pointer in the JSON names, a code, and values for the message (never the input)."""

    pointer: str
    code: str
    params: tuple[tuple[str, object], ...] = ()


class InvalidInput(SaringError):
    """Raised when the request is well formed but fields of it are not acceptable."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(f"{len(errors)} invalid field(s)")
        self.errors = tuple(errors)


class MalformedInput(SaringError):
    """Raised when the request cannot be read at all: broken JSON, broken UTF-8, a form that is none."""


class UnsupportedMediaType(SaringError):
    """Raised when the content type is neither JSON nor a form."""


class Unauthenticated(SaringError):
    """Raised when a request carries no credentials, or ones that are wrong, revoked or disabled."""


class Forbidden(SaringError):
    """Raised when the credentials are good but do not allow this."""


class OriginNotAllowed(Forbidden):
    """Raised when a public key is used from a page that is not one of its site's origins."""


class NotFound(SaringError):
    """Raised when the thing does not exist, or belongs to a site that the caller may not see."""


class UnknownSite(NotFound):
    """Raised when no site has this slug or tag."""


class SiteAmbiguous(SaringError):
    """Raised when a person of several sites does not say which one is meant."""


class Duplicate(SaringError):
    """Raised when the author has already said the same under the same article within a day."""


class RepeatedWithOtherBody(SaringError):
    """Raised when an `Idempotency-Key` or `client_ref` comes again with another comment."""


class TooManySubmissions(SaringError):
    """Raised when a flood limit is reached; `limit` is address, email or site."""

    def __init__(self, limit: str, retry_after_s: float) -> None:
        super().__init__(f"flood limit by {limit}")
        self.limit = limit
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Standing:
    """The decision that stands in the way: who decided what, when (epoch milliseconds)."""

    decision: str
    by: str
    at_ms: int
    reason: str


class CaseAlreadyDecided(SaringError):
    """Raised when a person has decided otherwise, or the comment has moved on since the caller saw it."""

    def __init__(self, version: int, status: str, standing: Standing | None) -> None:
        super().__init__(f"already {status} at version {version}")
        self.version = version
        self.status = status
        self.standing = standing


class NothingToUndo(SaringError):
    """Raised when no decision and no escalation stands that could be taken back."""


class NotPending(SaringError):
    """Raised when something that only a pending comment can undergo is asked of a decided one."""


class VersionConflict(SaringError):
    """Raised when a document of the site (policy, lists) has been changed since the caller read it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the current version is {version}")
        self.version = version


class CursorExpired(SaringError):
    """Raised when the events after this cursor are no longer kept."""


class AlreadyExists(SaringError):
    """Raised when a slug or an account's e-mail address is taken."""


class LinkTaken(NotFound):
    """Raised when a link to choose a password has ended or was used, or the password has changed since."""


class LastEditor(SaringError):
    """Raised when a change would leave a site without anybody who may change it back."""


class StoreUnavailable(SaringError):
    """Raised when Valkey cannot be reached or does not answer in time; nothing half-written remains."""

    retry_after_s = 2.0


class StoreFull(StoreUnavailable):
    """Raised when Valkey has reached its memory limit: new comments must wait, decisions still work."""

    retry_after_s = 30.0


class Overloaded(StoreUnavailable):
    """Raised when more submissions are waiting than this process may hold."""

    retry_after_s = 1.0


class UnknownSchema(SaringError):
    """Raised when a stored record was written by a newer Saring than this one."""


class BadSetting(SaringError):
    """Raised when a setting is missing or wrong; the message names the variable."""


class DataDirInUse(SaringError):
    """Raised when another Saring process owns the data directory."""


class BackupRefused(SaringError):
    """Raised when a backup cannot be begun: no room, no right, or something that must not be overwritten."""


class BackupDamaged(SaringError):
    """Raised when a backup cannot be read back as it was written."""
