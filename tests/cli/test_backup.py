"""`saring backup` while the service runs, `saring restore` after a lost night."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.host import Host


def test_a_newsroom_that_lost_its_store_goes_on_from_its_backup(host: Host, tmp_path: Path) -> None:
    service = host.serve()
    key = host.newsroom()
    sent = [host.submit(key, n)[1]["id"] for n in range(5)]
    file = tmp_path / "kabar.tar"

    told = host.told("backup", str(file))
    assert (told["comments"], told["events"], told["sites"]) == (5, 5, 1)
    assert host.told("restore", str(file), "--check") == told
    running = host.run("restore", str(file), "--replace")
    assert running.returncode == 1
    assert b"stop the service first" in running.stderr

    service.terminate()
    service.wait(60)
    full = host.run("restore", str(file))
    assert full.returncode == 1
    assert b"not empty" in full.stderr
    shutil.rmtree(host.data_dir / "var" / "appendonlydir")
    assert host.told("restore", str(file)) == told

    host.serve()
    assert host.ids(key) == set(sent)
    assert host.submit(key, 5)[0] == 201


def test_a_backup_says_that_the_secret_is_not_in_it_and_a_wrong_one_is_told(host: Host, tmp_path: Path) -> None:
    host.told("site", "create", "koran", "--name", "Koran", "--origin", "https://koran.example")
    file = tmp_path / "kabar.tar"
    made = host.run("backup", str(file))
    secret = host.data_dir / "var" / "secret"
    assert b"not in it: the secret in " + str(secret).encode() in made.stdout
    assert secret.read_bytes().strip() not in file.read_bytes()

    shutil.rmtree(host.data_dir / "var")
    restored = host.run("restore", str(file), "--json")

    assert restored.returncode == 0
    assert json.loads(restored.stdout)["sites"] == 1
    assert b"is not the one of the backup" in restored.stderr
