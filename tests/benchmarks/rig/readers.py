"""What a newspaper's readers send, for the benchmarks: our own texts under ordinary names, each met for the first time.

One comment in four is unwanted. A word of each is spelt as in no other: so much that is new a comment of other people's
brings even after 25,000 of them (.5 words of the ten under a video, .9 of 25 to 43 in forums and under news).
"""

from __future__ import annotations

import itertools
import json
import random
import string
from collections.abc import Iterator
from pathlib import Path

_WANTED = ("clean", "news_en", "politics", "balance_id", "society", "readers_id", "readers_en")
_UNWANTED = ("spam", "abuse")
_FIRST = (
    "Aisyah Ahmad Aluh Andi Arbain Asep Bambang Citra Dedi Desi Dewi Dian Eko Fatimah Fitri Galuh Hafiz "
    "Hendra Ida Indah Iwan Joko Lestari Maya Maria Muhammad Nadia Noor Nur Putri Rahmat Rina Rizky Rudi "
    "Sari Siti Slamet Sri Tono Utuh Wati"
)
_LAST = (
    "Akbar Aminah Anwar Fauzi Gunawan Hakim Halim Handayani Hidayat Ibrahim Ismail Kurniawan Kusuma "
    "Lestari Mahmud Maulana Nasution Noor Nugroho Pratama Purnama Rahayu Rahman Ramadhan Safitri Santoso "
    "Saputra Setiawan Siregar Suryani Wahyuni"
)


def bodies(n: int) -> list[bytes]:
    """The next `n` submissions as JSON, each by another author; they are the same in every run."""
    return list(itertools.islice(_bodies, n))


def requests(n: int, port: int, key: str) -> list[bytes]:
    """The next `n` submissions as whole HTTP requests."""
    head = (
        f"POST /v1/comments HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    return [f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies(n)]


def _stream() -> Iterator[bytes]:
    rng = random.Random(7)
    wanted, unwanted = (_texts(names) for names in (_WANTED, _UNWANTED))
    for number in itertools.count():
        text = rng.choice(unwanted if number % 4 == 0 else wanted)
        yield json.dumps(
            {
                "article": {"id": str(number % 50), "url": "https://koran.example/a", "title": "Sungai dibersihkan"},
                "author": {
                    "name": f"{rng.choice(_FIRST.split())} {rng.choice(_LAST.split())}",
                    "email": f"reader{number}@example.com",
                    "url": "",
                },
                "body": _misspelt(text, number, rng),
                "client_ref": f"b-{number}",
            }
        ).encode()


def _misspelt(text: str, number: int, rng: random.Random) -> str:
    """The text with letters put into one of its words that no other comment has there."""
    letters = "".join(string.ascii_lowercase[number // 26**place % 26] for place in range(4))
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = words[at][:2] + letters + words[at][2:]
    return " ".join(words)


def _texts(names: tuple[str, ...]) -> list[str]:
    paths = [Path(f"classifiers/corpora/{name}.jsonl") for name in names]
    return [json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()]


_bodies = _stream()
