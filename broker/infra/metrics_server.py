"""Figures over HTTP, in the form that Prometheus reads, on this machine only.

Which figures there are is left to whoever serves them. They are gathered when they
are asked for, on a thread of the server's.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from broker.core.errors import ConfigurationError

_HOST: Final = "127.0.0.1"
_PREFIX: Final = "rogatory_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure, with every value that it has.

    Attributes:
        name: Without the prefix that all of ours have.
        help: What it says, in a few words.
        values: By the value of the label; by nothing at all where there is no label.
        label: What tells the values apart; empty where there is only one.
        counts: Whether it only ever grows, but for a restart.
    """

    name: str
    help: str
    values: dict[str, float]
    label: str = ""
    counts: bool = False


@contextmanager
def served_figures(port: int, gather: Callable[[], Iterable[Figure]]) -> Iterator[int]:
    """Serves figures as long as the block lasts; gives the port.

    Args:
        port: On the loopback address; 0 for any that is free.
        gather: Returns the figures of this moment; called on other threads.

    Raises:
        ConfigurationError: The port cannot be had.
    """
    # Of its own: nothing that another library counts appears in it.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gathering(gather))
    try:
        server, thread = start_http_server(port, addr=_HOST, registry=registry)
    except OSError as error:
        raise ConfigurationError(
            f"metrics_port {port} cannot be had: {error.strerror}"
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Gathering(Collector):
    def __init__(self, gather: Callable[[], Iterable[Figure]]) -> None:
        self._gather = gather

    def collect(self) -> Iterator[Metric]:
        """Yields the figures as the library wants them."""
        for figure in self._gather():
            kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
            labels = [figure.label] if figure.label else []
            family = kind(f"{_PREFIX}{figure.name}", figure.help, labels=labels)
            for value_of, value in sorted(figure.values.items()):
                family.add_metric([value_of] if labels else [], value)
            yield family
