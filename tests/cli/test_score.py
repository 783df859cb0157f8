"""`saring score`: lines in, lines out, in order."""

from __future__ import annotations

import json

from tests.cli.host import Host


def test_a_bad_line_keeps_its_place_and_is_told_by_the_exit_status(host: Host) -> None:
    lines = [b'{"text": "Terima kasih liputannya"}', b"{", b'{"text": 7}', b"[]", b'{"text": "Slot gacor maxwin"}']
    done = host.run("score", stdin=b"\n".join(lines) + b"\n")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert ["error" in one for one in told] == [False, True, True, True, False]
    assert set(told[0]) == {"spam", "abuse", "labels", "language", "reasons", "model"}
    assert set(told[0]["labels"]) == {"insult", "hate", "threat", "obscene"}
    assert told[4]["spam"] > told[0]["spam"]
    for reason in told[4]["reasons"]:
        assert set(reason) == {"label", "field", "begin", "end", "text", "weight"}


def test_without_reasons_scores_are_the_same(host: Host) -> None:
    line = '{"text": "Slot gacor maxwin \\u200b\\ud83d\\ude00 ‮", "author": "Siti", "url": "", "email": null}\n'.encode()
    with_, without = host.run("score", stdin=line), host.run("score", "--no-reasons", stdin=line)
    assert (with_.returncode, without.returncode) == (0, 0)
    one, two = json.loads(with_.stdout), json.loads(without.stdout)
    assert two["reasons"] == []
    assert {**one, "reasons": []} == two


def test_nothing_in_is_nothing_out(host: Host) -> None:
    done = host.run("score", stdin=b"")
    assert (done.returncode, done.stdout) == (0, b"")
