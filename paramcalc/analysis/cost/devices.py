"""Hardware, a line of ``devices.txt`` each, or by two figures; the header of the table describes its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ...core.json_data import JsonObject
from ...errors import FileError, OptionError, ParamcalcError, nearest
from .dtypes import BITS
from .units import SI, read_bytes, read_quantity

TABLE = "devices.txt"
COLUMNS = ("names", "peak", "memory", "bandwidth", "source")
GIVEN = "the figures given"

_FLOPS = {f"{prefix}{unit}".lower(): value for prefix, value in SI.items() for unit in ("", "FLOPS", "FLOP/s")}


@dataclass(frozen=True)
class Device:
    """Hardware, as far as a roofline needs it.

    Attributes
    ----------
    names : tuple of str
    peaks : mapping of str to int
        Highest FLOP/s by dtype; those of 8 bits go by ``float8``.
    memory : int or None
        Bytes; unknown of a device that is given by its figures.
    bandwidth : int
        Bytes/s of its memory.
    source : str
        The document that states the figures.
    """

    names: tuple[str, ...]
    peaks: Mapping[str, int]
    memory: int | None
    bandwidth: int
    source: str

    @property
    def name(self) -> str:
        """How it is printed."""
        return self.names[0]

    def peak(self, dtype: str) -> int:
        """Give the highest FLOP/s in a dtype.

        Raises
        ------
        OptionError
            For a dtype of which the source states no figure.
        """
        try:
            return self.peaks[_family(dtype)]
        except KeyError:
            raise OptionError(
                f"no peak of {self.name} in {dtype} is known",
                expected=f"a dtype of which {self.source} states one: {', '.join(self.peaks)}, or FLOPS,BYTES/S",
                received=dtype,
            ) from None

    def to_dict(self) -> JsonObject:
        """Give it as plain data."""
        return {
            "name": self.name,
            "peaks": dict(self.peaks),
            "memory": self.memory,
            "bandwidth": self.bandwidth,
            "source": self.source,
        }


def device(text: str) -> Device:
    """Find a device by its name, or make one of two figures.

    Parameters
    ----------
    text : str
        ``h100``, ``RTX 4090``; or peak and bandwidth, in FLOP/s and bytes/s: ``312T,1.5T``.

    Raises
    ------
    OptionError
        For a name that is not in the table, with the nearest one that is; for what is no figure.
    """
    if "," in text:
        return _by_figures(text)
    known = {_plain(name): one for one in devices() for name in one.names}
    found = known.get(_plain(text))
    if found is None:
        names = [one.name for one in devices()]
        raise OptionError(
            "unknown device",
            expected=f"{', '.join(names)}, or FLOPS,BYTES/S as in 312T,1.5T",
            received=text,
            suggestion=nearest(_plain(text), [name for one in devices() for name in one.names]),
        )
    return found


@cache
def devices() -> tuple[Device, ...]:
    """Read the table that comes with the package, once."""
    from importlib.resources import files  # reads from a zip file as well

    return read(files(__package__).joinpath(TABLE).read_text(encoding="utf-8"))


def read(text: str) -> tuple[Device, ...]:
    """Read a table of devices; ``#`` begins a comment line.

    Raises
    ------
    FileError, OptionError
        With the line of what is wrong.
    """
    found: list[Device] = []
    names: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            one = _row([cell.strip() for cell in line.split("|")])
            for name in map(_plain, one.names):
                if name in names:
                    raise FileError("a name of two devices", received=name)
                names.add(name)
        except ParamcalcError as error:
            raise error.at(f"{TABLE}:{number}:")
        found.append(one)
    return tuple(found)


def _row(cells: list[str]) -> Device:
    if len(cells) != len(COLUMNS) or not all(cells):
        expected = f"{len(COLUMNS)} columns, none of them empty: {' | '.join(COLUMNS)}"
        raise FileError("not a device", expected=expected, received=" | ".join(cells))
    names, peaks, memory, bandwidth, source = cells
    return Device(
        tuple(name.strip() for name in names.split(",")),
        _peaks(peaks),
        read_bytes(memory),
        read_bytes(bandwidth),
        source,
    )


def _peaks(text: str) -> dict[str, int]:
    # float16 bfloat16 312T, int8 624T
    found: dict[str, int] = {}
    known = {_family(dtype) for dtype in BITS}
    for group in text.split(","):
        *dtypes, figure = group.split() or [""]
        if not dtypes:
            raise FileError("not a peak", expected="dtypes and a figure, as in float16 bfloat16 312T", received=group)
        for dtype in dtypes:
            if dtype not in known or dtype in found:
                expected = f"each of {', '.join(sorted(known))} at most once"
                raise FileError("not a dtype", expected=expected, received=dtype, suggestion=nearest(dtype, known))
            found[dtype] = _flops(figure)
    return found


def _by_figures(text: str) -> Device:
    peak, _, bandwidth = text.partition(",")
    flops = _flops(peak)
    bytes_per_second = read_bytes(bandwidth.strip().removesuffix("/s"))
    return Device((text,), {_family(dtype): flops for dtype in BITS}, None, bytes_per_second, GIVEN)


def _flops(text: str) -> int:
    return read_quantity(text, _FLOPS, "a number of FLOP/s", "312T or 989.5TFLOPS")


def _family(dtype: str) -> str:
    # float8_e4m3fn and float8_e5m2 have one peak
    return dtype.partition("_")[0]


def _plain(name: str) -> str:
    return "".join(one for one in name.lower() if one.isalnum())
