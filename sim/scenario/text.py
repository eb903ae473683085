"""Plain values as YAML text that `sim.scenario.reader` reads back as the very same values."""

from typing import Any

import yaml

from sim.scenario.reader import scalar

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Quoting(_Dumper):  # type: ignore[misc]
    """A dumper that quotes text which our reader, that knows more numbers than YAML 1.1 does, would take for something else.

    It writes out in full what stands in two places, since our reader takes no anchors.
    """

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _text(dumper: Any, value: str) -> Any:
    try:
        is_text = scalar(value) == value
    except ValueError:  # looks like a number and is none
        is_text = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_text else "'")


_Quoting.add_representer(str, _text)


def as_yaml(data: Any) -> str:
    """Plain values (mappings, lists, texts, numbers, true, false, null) as YAML, keys in their order."""
    return str(yaml.dump(data, Dumper=_Quoting, sort_keys=False, allow_unicode=True, width=120))
