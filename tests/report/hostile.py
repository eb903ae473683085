"""Fifty names that a page must show as text, and a comparison whose policies have them."""

import copy

import numpy as np

from sim.experiments.compare.compare import ComparisonResult
from sim.report.stored import StoredResult, load

ATTACK = "window.hacked=1"
HOSTILE = [
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "</SCRIPT ><img src=x onerror=window.hacked=1>",
    "<!--<script>window.hacked=1</script>-->",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[x]]>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<iframe src='javascript:window.hacked=1'></iframe>",
    "<a href='https://example.invalid/'>link</a>",
    "<link rel=stylesheet href=https://example.invalid/a.css>",
    "<style>body{display:none}</style>",
    "</style><b>bold</b>",
    "</title><b>bold</b>",
    "</td></tr></table><h1>out</h1>",
    "<b>bold</b>",
    "<br><sub>low</sub><sup>high</sup>",
    "<span style='color:red'>red</span>",
    "&lt;b&gt;",
    "&amp;amp;",
    "&#60;b&#62;",
    "&copy;&nbsp;&times;",
    '"double"',
    "'single'",
    "`back`",
    '" onmouseover="window.hacked=1',
    "' onfocus='window.hacked=1' autofocus='",
    "\\",
    "\\u003cscript\\u003e",
    "${window.hacked=1}",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# note #}",
    "%{y:.2f}<extra></extra>",
    "%{text}",
    "$x^2$",
    "$\\frac{1}{2}$ and $",
    "@policy",
    "@baseline/0.2",
    "javascript:window.hacked=1",
    "1e5",
    "2016-11-24",
    "NaN",
    "信用分七百五十",
    "بوابة الدرجات",
    "שער \u202e750 הפוך",
    "very_long_" * 60,
    "line\u2028separator and \u0007 bell \U0001f512",
]
assert len(set(HOSTILE)) == 50


def comparison(out, folder) -> StoredResult:
    """A stored comparison with its policies made fifty and renamed."""
    whole = load(out, str(folder))
    told = copy.deepcopy(whole.result.manifest)
    one, world = told["policies"][1], told["worlds"][0]
    base = told["baseline"]
    told |= {"name": HOSTILE[0], "note": "\n".join(HOSTILE), "policies": [base, *HOSTILE], "command": HOSTILE[1]}
    scenario = told["scenarios"][world][one]
    told["scenarios"] = {
        place: {base: scenario} | {name: scenario | {"name": name, "note": name} for name in HOSTILE}
        for place in told["worlds"]
    }
    tables = {}
    for name, table in whole.result.tables.items():
        if "policy" not in table:  # no policy costs anything
            tables[name] = table
            continue
        mine = {k: v[table["policy"] == one] for k, v in table.items()}
        rows = len(mine["policy"])
        tables[name] = {k: np.tile(v, len(HOSTILE)) for k, v in mine.items()}
        tables[name]["policy"] = np.repeat(np.array(HOSTILE), rows)
    return StoredResult("compare", whole.folder, ComparisonResult(told, tables, whole.folder))
