"""The gate: no main figure of the own question sets falls below what README cites."""

import pytest

from eval import figures
from index.settings import Settings

STATED = figures.stated()


@pytest.fixture(scope="session")
def measured() -> figures.Figures:
    """Every own set answered once, with the reader that the stated figures were taken with."""
    reader = STATED["reader"]
    return figures.measure(Settings(reader=None if reader == figures.SHIPPED_READER else reader))


def test_a_figure_may_be_two_points_worse_and_no_more() -> None:
    assert not figures.fallen("status", 0.80, 0.82)
    assert figures.fallen("status", 0.79, 0.82)
    assert not figures.fallen("harm", 0.30, 0.28)
    assert figures.fallen("harm", 0.31, 0.28)
    assert not figures.fallen("denied", 0.0, 0.5)


@pytest.mark.parametrize("name", STATED["figures"])
def test_no_figure_is_more_than_two_points_worse_than_stated(
    measured: figures.Figures, name: str
) -> None:
    stated = STATED["figures"][name]
    assert set(stated) == set(figures.METRICS)
    worse = {
        metric: f"{value} where {stated[metric]} is stated"
        for metric, value in measured[name].items()
        if figures.fallen(metric, value, stated[metric])
    }
    assert not worse


def test_every_own_set_has_its_figures_stated(measured: figures.Figures) -> None:
    assert measured.keys() == STATED["figures"].keys()
