"""The demo paper on an ordinary afternoon, served for pictures and measurements: a real service on a store of its own.

Its comments are written for this and nobody's; its clock stands where the afternoon is, and goes on from there.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from service.app import House, application, furnish
from service.domain.comment import Article, Author, Comment, Submission
from service.domain.policy import Verdict
from service.domain.site import KeyKind, Role, Site
from service.flow.review import Call
from service.flow.submit import Arrival, Receipt
from service.secret import Secret
from service.settings import load_settings
from service.store.embedded import Embedded
from service.web.demo import ARTICLE_ID, SLUG

EDITOR, MODERATOR = "siti@example.com", "budi@example.com"
AFTERNOON_MS = 1_795_586_700_000  # 25 November 2026, 14.05 in Banjarmasin
_HOUR_MS = 3_600_000
# How many comments come in each hour before the afternoon, from midnight on.
_TIDE = (3, 1, 0, 0, 2, 6, 14, 22, 31, 26, 24, 29, 38, 33)
ARTICLES = (
    Article("a-1", "https://koran.example/jalan-desa", "Jalan desa diperbaiki tahun ini"),
    Article("a-2", "https://koran.example/sungai", "Warga bersihkan Sungai Martapura"),
    Article("a-3", "https://koran.example/beras", "Harga beras turun menjelang panen"),
    Article("a-4", "https://koran.example/sekolah", "Banjir rob surut, sekolah dibuka lagi"),
)
_NAMES = (
    "Rina Wati", "Budi S.", "Siti Aminah", "H. Syahrani", "Ahmad Fauzi", "Noor Hidayah", "Gusti R.", "Maya", "Yanti",
    "Warga Kota", "Dewi L.", "Pak RT", "Rizky", "Ibu Ani", "Amat",
)  # fmt: skip
_CIVIL = (
    "Semoga merata sampai ke desa, terima kasih kepada petugas di lapangan.",
    "Jembatan di kampung kami sudah tiga bulan rusak, kapan diperbaiki?",
    "Mantap, asal anggarannya dilaporkan terbuka setiap bulan.",
    "Kenapa baru sekarang? Tahun lalu janjinya sama.",
    "Bank sampah kelilingnya lewat jam berapa? Kami di Sungai Lulut.",
    "Saya ikut kerja bakti hari Minggu kemarin, memang kotor sekali.",
    "Air ledeng di tempat kami masih keruh, mohon diperhatikan.",
    "Ulun setuju, tapi jangan cuma di kota.",
    "Terima kasih liputannya, jelas dan lengkap.",
)
_SPAM = (
    "Mantap min, tiap malam auto jp di lumba91, daftar di www.lumba91.example",
    "Butuh dana cepat? Hubungi WA 0812-0000-0000, cair lima menit tanpa jaminan",
    "Slot gacor hari ini, maxwin terus, klik https://gacor-lumba.example/daftar",
)
_RUDE = (
    "Kadisnya tolol, tidak becus kerja, pecat saja!",
    "Dasar pejabat goblok, makan gaji buta semua",
    "Awas kau kalau ketemu di jalan",
)


@dataclass(frozen=True, slots=True)
class Showcase:
    """Where it is served, and how to come in."""

    base: str
    house: House
    site: Site
    passwords: dict[str, str]


class _Clock:
    """Stands at a time; `run` lets it go on from there."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms
        self._since: float | None = None

    def __call__(self) -> int:
        return self.at_ms if self._since is None else self.at_ms + int(1000 * (time.monotonic() - self._since))

    def run(self) -> None:
        self._since = time.monotonic()


@asynccontextmanager
async def showcase(n_waiting: int = 0) -> AsyncIterator[Showcase]:
    """The demo paper, open; `n_waiting` more comments wait than on that afternoon."""
    with tempfile.TemporaryDirectory(prefix="saring-showcase-") as folder:
        store = Embedded(Path(folder))
        store.own()
        store.start()
        clock = _Clock(AFTERNOON_MS - 30 * 86_400_000)
        settings = load_settings(flood_address_per_min=0, flood_email_per_min=0, flood_site_per_s=0, demo=True)
        house = furnish(settings, store.url, Secret(b"of a store that lives for minutes only"), clock=clock)
        runner = web.AppRunner(application(house, with_loops=False, closes_house=False), access_log=None)
        await runner.setup()
        try:
            listening = web.TCPSite(runner, "127.0.0.1", 0)
            await listening.start()
            base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield await _Afternoon(house, clock).open(base, n_waiting)
        finally:
            await runner.cleanup()
            await house.close()
            store.stop()


class _Afternoon:
    """Makes the site, and lets the day go by until the afternoon."""

    def __init__(self, house: House, clock: _Clock) -> None:
        self._house = house
        self._clock = clock
        self._chance = random.Random(11)
        self._n = 0

    async def open(self, base: str, n_waiting: int) -> Showcase:
        configure = self._house.configure
        site = await configure.create_site(SLUG, "Koran Demo", (base,), "id", "Asia/Makassar")
        key = await configure.create_key(site.tag, KeyKind.SECRET)
        await configure.create_key(site.tag, KeyKind.PUBLIC, key=self._house.secret.demo_key(site.tag))
        people = {EDITOR: Role.EDITOR, MODERATOR: Role.MODERATOR, "rina@example.com": Role.READER}
        invited = {email: await configure.create_user(site.tag, email, role) for email, role in people.items()}
        deciders = [invited[EDITOR].account.id, invited[MODERATOR].account.id]
        midnight = AFTERNOON_MS - AFTERNOON_MS % _HOUR_MS - len(_TIDE) * _HOUR_MS
        for hour, n in enumerate(_TIDE):
            for minute in sorted(self._chance.sample(range(60), n)):
                self._clock.at_ms = midnight + hour * _HOUR_MS + minute * 60_000
                comment = await self._submit(site, key.key)
                if hour < len(_TIDE) - 1 or self._chance.random() < 0.4:
                    await self._decide(site, comment, self._chance.choice(deciders))
        self._clock.at_ms = AFTERNOON_MS
        for _ in range(n_waiting):
            await self._submit(site, key.key)
        await self._below_the_article(site, key.key, deciders[0])
        self._clock.run()
        return Showcase(base, self._house, site, {email: each.password for email, each in invited.items()})

    async def _submit(self, site: Site, key: str, submission: Submission | None = None) -> Comment:
        caller = await self._house.services.admit.caller(key)
        assert caller.config is not None and caller.key is not None
        arrival = Arrival(submission or self._next(), caller.config, caller.key)
        (receipt,) = await self._house.services.preview([arrival])
        assert isinstance(receipt, Receipt), receipt
        return receipt.comment

    def _next(self) -> Submission:
        self._n += 1
        of = self._chance.choices((_CIVIL, _SPAM, _RUDE), (7, 2, 1))[0]
        name = self._chance.choice(_NAMES)
        number = self._chance.randrange(25) if of is _CIVIL else self._n
        email = f"{name.split()[0].strip('.').lower()}{number}@example.com"
        article = self._chance.choices(ARTICLES, (5, 3, 2, 1))[0]
        body = self._chance.choice(of)
        parting = self._chance.choice(("", " Salam.", " Terima kasih.", " Mohon maaf.")) if of is _CIVIL else ""
        return Submission(article, Author(name, email), f"{body}{parting}", client_ref=f"s-{self._n}")

    async def _decide(self, site: Site, comment: Comment, by: str) -> None:
        if comment.judgement.verdict is not Verdict.HOLD or self._chance.random() < 0.05:
            return
        scores = comment.assessment.scores
        is_bad = max(scores["spam"], scores["abuse"]) >= 0.5
        if self._chance.random() < 0.06:  # people are people
            is_bad = not is_bad
        self._clock.at_ms += self._chance.randrange(20_000, 900_000)
        reason = ("spam" if scores["spam"] > scores["abuse"] else "insult") if is_bad else ""
        call = Call(comment.id, "reject" if is_bad else "approve", reason)
        await self._house.services.review.decide(site.tag, by, call)

    async def _below_the_article(self, site: Site, key: str, by: str) -> None:
        """Two comments under the demo article, published."""
        article = Article(ARTICLE_ID, "", "Warga dan pemerintah bersihkan Sungai Martapura, lima kelurahan ikut")
        for name, body in (("H. Syahrani", _CIVIL[5]), ("Noor Hidayah", _CIVIL[4])):
            author = Author(name, f"{name.split()[0].strip('.').lower()}@example.com")
            comment = await self._submit(site, key, Submission(article, author, body))
            if comment.status == "pending":
                await self._house.services.review.decide(site.tag, by, Call(comment.id, "approve"))
