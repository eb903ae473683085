"""One figure of a sweep or a comparison as an array with labelled axes: the parameters, or worlds and policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.results.table import Table

if TYPE_CHECKING:
    import xarray

NO_FIGURES = ("point", "good")
"""Columns of numbers in tables of effects that are no figures."""


@dataclass(frozen=True)
class View:
    """A labelled array.

    dims: names of the axes; coords: by name, the axis that it runs along and its values there; values: the figures;
    name, unit: of what is shown.
    """

    dims: tuple[str, ...]
    coords: Mapping[str, tuple[str, NDArray[Any]]]
    values: NDArray[np.float64]
    name: str
    unit: str

    def sel(self, **chosen: Any) -> "View | float":
        """The part in which the named coordinates have the values given: a smaller view, or one number.

        `view.sel(threshold=750)`. Raises KeyError naming what there is to choose from.
        """
        view = self
        for name, value in chosen.items():
            view = view._at(name, value)
        return view if view.dims else float(view.values)

    def _at(self, name: str, value: Any) -> "View":
        if name not in self.coords:
            raise KeyError(f"{name!r} is not a coordinate; known: {', '.join(self.coords)}")
        dim, along = self.coords[name]
        if dim not in self.dims:
            raise KeyError(f"{name!r} goes with {dim!r}, which is chosen already")
        is_number = along.dtype.kind in "if" and isinstance(value, (int, float, np.number))
        places = np.flatnonzero(np.isclose(along, value, rtol=1e-9, atol=0) if is_number else along == value)
        if places.size == 0:
            raise KeyError(f"{name} is never {value!r}; known: {', '.join(str(v) for v in np.unique(along)[:12])}")
        axis = self.dims.index(dim)
        if places.size > 1:
            kept = {k: (d, v[places] if d == dim else v) for k, (d, v) in self.coords.items()}
            return View(self.dims, kept, self.values.take(places, axis), self.name, self.unit)
        left = {k: (d, v) for k, (d, v) in self.coords.items() if d != dim}
        dims = tuple(d for d in self.dims if d != dim)
        return View(dims, left, self.values.take(places[0], axis), self.name, self.unit)

    def to_xarray(self) -> "xarray.DataArray":
        """The same as an xarray.DataArray. Raises ImportError without the extra `tools`."""
        try:
            import xarray
        except ImportError:
            raise ImportError("xarray is not installed; pip install 'scoregate[tools]'") from None
        coords = {name: ((dim,), values) for name, (dim, values) in self.coords.items()}
        return xarray.DataArray(self.values, dims=self.dims, coords=coords, name=self.name, attrs={"unit": self.unit})


def figure_of(effects: Table, name: str, of: str) -> NDArray[np.float64]:
    """A figure of effects, row by row. of: what they are the effects of. Raises KeyError naming what there is to choose from."""
    known = [column for column, values in effects.items() if values.dtype.kind in "if" and column not in NO_FIGURES]
    if name not in known:
        raise KeyError(f"{name!r} is not a figure of a {of}; known: {', '.join(known)}")
    return np.asarray(effects[name], dtype=float)


def short_names(paths: list[str]) -> list[str]:
    """The shortest end of each dotted path that no other path ends in, with an underscore for the dot: threshold, choice_noise."""

    def ends(path: str) -> list[str]:
        parts = path.split(".")
        return ["_".join(parts[-depth:]) for depth in range(1, len(parts) + 1)]

    found = []
    for k, path in enumerate(paths):
        taken = {end for j, other in enumerate(paths) if j != k for end in ends(other)}
        found.append(next((end for end in ends(path) if end not in taken), path))
    return found
