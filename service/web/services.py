"""What the edge works with. Needs nothing of the web, so that who only wants the flows need not wait for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from service.flow.admit import Admit
from service.flow.configure import Configure
from service.flow.desk import Desk
from service.flow.directory import Directory
from service.flow.enter import Enter
from service.flow.measure import Measure
from service.flow.read import Read
from service.flow.regard import Regard
from service.flow.rehearse import Rehearse
from service.flow.review import Review
from service.flow.staff import Staff
from service.flow.submit import Arrival, Receipt, Submit
from service.flow.tokens import Tokens
from service.grouped import Apart
from service.settings import Settings
from service.telemetry import Meter


@dataclass(frozen=True, slots=True)
class Services:
    """The flows, and what the edge itself needs."""

    settings: Settings
    admit: Admit
    enter: Enter
    directory: Directory
    submit: Apart[Arrival, Receipt]
    preview: Submit
    review: Review
    desk: Desk
    read: Read
    rehearse: Rehearse
    measure: Measure
    configure: Configure
    staff: Staff
    tokens: Tokens
    regard: Regard
    meter: Meter
    clock: Callable[[], int]
    store_answers: Callable[[], Awaitable[bool]]
    model: Callable[[], str]
    demo_key: Callable[[str], str]
