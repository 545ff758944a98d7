"""Figures over HTTP: on this machine only, in the form that Prometheus reads."""

import socket
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from broker.core.errors import ConfigurationError
from broker.infra.metrics_server import Figure, served_figures

FIGURES = [
    Figure(name="alarms", help="Alarms.", values={"": 2}),
    Figure(
        name="decisions",
        help="Decisions.",
        values={"quota": 1, "accepted": 7},
        label="outcome",
        counts=True,
    ),
]


def read(port: int) -> list[str]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text: str = answer.read().decode()
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_figures_are_served_with_their_labels_and_nothing_else() -> None:
    with served_figures(0, lambda: FIGURES) as port:
        assert read(port) == [
            "rogatory_alarms 2.0",
            'rogatory_decisions_total{outcome="accepted"} 7.0',
            'rogatory_decisions_total{outcome="quota"} 1.0',
        ]


def test_figures_are_those_of_the_moment() -> None:
    asked = iter(range(1, 9))

    def gather() -> Iterator[Figure]:
        yield Figure(name="n", help="n", values={"": next(asked)})

    with served_figures(0, gather) as port:
        assert [read(port), read(port)] == [["rogatory_n 1.0"], ["rogatory_n 2.0"]]


def test_two_services_in_one_process_have_figures_of_their_own() -> None:
    with (
        served_figures(0, lambda: FIGURES[:1]) as one,
        served_figures(0, lambda: FIGURES[1:]) as other,
    ):
        assert len(read(one)) == 1
        assert len(read(other)) == 2


def test_afterwards_the_port_is_free_and_before_it_is_nobody_elses() -> None:
    with served_figures(0, lambda: FIGURES) as port:
        with (
            pytest.raises(ConfigurationError, match="cannot be had"),
            served_figures(port, lambda: FIGURES),
        ):
            pass
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
