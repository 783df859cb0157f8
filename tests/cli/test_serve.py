"""`saring serve` lives, is killed, comes back and ends in order; `saring replay` against it."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from itertools import count

import pytest

from classifiers.archive import SHIPPED, read_model, write_model
from tests.cli.host import Host, children, is_alive, until


def one_of(host: Host, name: str) -> int:
    """The pid of the parent's child whose command line has `name`."""
    return next(pid for pid, line in children(host.processes[-1].pid).items() if name in line)


def test_the_first_start_prints_credentials_once_and_a_second_is_refused(host: Host) -> None:
    first = host.serve()
    secret = host.newsroom()
    printed = until(lambda: host.printed().endswith("\n\n") and host.printed(), "credentials are printed whole")
    assert f"http://127.0.0.1:{host.port}/console" in printed
    assert f"http://127.0.0.1:{host.port}/demo" in printed
    (token,) = re.findall(r"mt_\w+", printed)
    assert host.ask("GET", "/v1/queue", token)[0] == 200
    assert host.submit(secret, 1)[0] == 201
    # a second one on the same folder is refused
    second = host.run("serve", SARING_PORT="0")
    assert second.returncode != 0
    assert str(first.pid) in second.stderr.decode()
    assert "Traceback" not in second.stderr.decode()
    assert host.is_ready()
    # and after an orderly end a start prints no credentials again
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    host.serve()
    later = until(lambda: host.printed()[len(printed) :], "the addresses are printed")
    assert "/console" in later
    assert "password" not in later
    assert len(host.ids(secret)) == 1


def test_a_worker_told_to_reads_its_model_again_and_keeps_the_last_good_one(host: Host) -> None:
    parameters, version = read_model(SHIPPED)
    folder = host.data_dir / "model"
    write_model(folder, parameters, version, {})
    parent = host.serve(SARING_MODEL_DIR=str(folder))
    key = host.newsroom()
    # given a model that was damaged on the way
    damaged = next(file for file in folder.iterdir() if file.suffix != ".json")
    damaged.write_bytes(damaged.read_bytes()[:-9])
    parent.send_signal(signal.SIGUSR1)
    until(lambda: "model_unusable" in host.logged(), "the damage is noticed")
    assert host.ask("GET", "/readyz")[1]["model"] == version
    assert host.submit(key, 1)[1]["model"] == version
    # when it is whole
    write_model(folder, parameters, "next", {})
    parent.send_signal(signal.SIGUSR1)
    until(lambda: host.ask("GET", "/readyz")[1]["model"] == "next", "the new model is at work")
    assert host.submit(key, 2)[1]["model"] == "next"


def test_kill_9_of_everything_loses_nothing_that_was_acknowledged(host: Host) -> None:
    parent = host.serve()
    key = host.newsroom()
    acknowledged: set[str] = set()

    def newspaper() -> None:
        for number in count():
            status, told = host.submit(key, number)
            if status == 0:
                return
            if status in (200, 201):
                acknowledged.add(told["id"])

    sender = threading.Thread(target=newspaper)
    sender.start()
    until(lambda: len(acknowledged) >= 30, "comments flow")
    everything = [*children(parent.pid), parent.pid]
    for pid in everything:
        os.kill(pid, signal.SIGKILL)
    sender.join(30)
    parent.wait(10)
    until(lambda: not any(is_alive(pid) for pid in everything), "all are dead")
    host.serve()
    assert len(acknowledged) < 200
    assert acknowledged <= host.ids(key)


def test_a_parent_that_is_killed_takes_its_children_along(host: Host) -> None:
    parent = host.serve()
    key = host.newsroom()
    told = host.submit(key, 1)[1]
    below = children(parent.pid)
    parent.kill()
    parent.wait(10)
    until(lambda: not any(is_alive(pid) for pid in below), "the children have ended")
    host.serve()
    assert host.ids(key) == {told["id"]}


@pytest.mark.parametrize("killed", ["valkey-server", "-m service"])
def test_a_child_that_dies_is_started_again(host: Host, killed: str) -> None:
    host.serve()
    key = host.newsroom()
    told = host.submit(key, 1)[1]
    victim = one_of(host, killed)
    os.kill(victim, signal.SIGKILL)
    until(lambda: not is_alive(victim), "it is dead")
    until(host.is_ready, "it is mended")
    assert one_of(host, killed) != victim
    assert host.ids(key) == {told["id"]}
    assert host.submit(key, 2)[0] == 201
    assert "started_again" in (host.data_dir / "err").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_drains_and_ends_with_all_its_children(host: Host, number: signal.Signals) -> None:
    parent = host.serve(SARING_WORKERS="2")
    key = host.newsroom()
    below = children(parent.pid)
    assert sum("-m service" in line for line in below.values()) == 2
    assert [host.submit(key, n)[0] for n in range(20)] == [201] * 20
    told: list[int] = []
    senders = [threading.Thread(target=lambda n=n: told.append(host.submit(key, n)[0])) for n in range(100, 110)]
    for sender in senders:
        sender.start()
    os.killpg(parent.pid, number)  # Ctrl-C reaches the whole foreground group
    assert parent.wait(30) == 0
    for sender in senders:
        sender.join(30)
    until(lambda: not any(is_alive(pid) for pid in below), "nothing is left", 5)
    assert set(told) <= {201, 0}
    assert not host.is_ready()
    # what was acknowledged while it drained is there
    host.serve()
    assert len(host.ids(key)) >= 20 + told.count(201)
    err = (host.data_dir / "err").read_text()
    assert "Traceback" not in err
    assert "Pembaca" not in err
    assert "example.com" not in err


def test_a_replay_sends_all_and_writes_every_acknowledged_id(host: Host) -> None:
    host.serve()
    key = host.newsroom()
    rows = [{"text": f"Semoga lekas selesai pekerjaannya {n}"} for n in range(40)] + [{"text": "", "spam": 0}]
    file, report = host.data_dir / "rows.jsonl", host.data_dir / "report.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    arguments = ("replay", str(file), "--url", f"http://127.0.0.1:{host.port}", "--key", key, "--report", str(report))
    done = host.run(*arguments)
    assert done.returncode == 0, done.stderr.decode()
    told = done.stdout.decode()
    assert "40 × 201" in told
    assert "1 × 422" in told
    assert "p99" in told
    ids = {json.loads(line)["id"] for line in report.read_text().splitlines()}
    assert ids == host.ids(key)
    # a replay again gives the same comments
    assert "40 × 200" in host.run(*arguments).stdout.decode()
    assert host.ids(key) == ids
