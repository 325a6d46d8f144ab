"""The load program: bounded, to this machine alone, and its figures by hand."""

import pytest

from tests.serving import finished, shared_server
from web.soak import main, share, soak


def test_shares_are_values_that_occurred() -> None:
    seconds = [number / 1000 for number in range(1, 101)]
    assert share(seconds, 0.5) == 51.0
    assert share(seconds, 0.95) == 96.0
    assert share(seconds, 1) == 100.0
    assert share([], 0.5) == 0


@pytest.mark.parametrize("address", ["http://192.0.2.1:80", "https://example.cn", "nonsense"])
def test_no_other_machine_is_ever_asked(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([address])
    assert "only a server of this machine" in capsys.readouterr().err


def test_every_resident_is_answered_and_counted() -> None:
    seen = finished(lambda: soak(shared_server(), 4, 1.0, 0, 0.1))
    assert seen.statuses["200"] == len(seen.seconds) == 4
    assert seen.statuses["healthz 200"] == len(seen.health_s) > 0
