"""The tables of MODEL.md are what the committed results tell."""

import pytest

from sim.report.document import BLOCKS, within, written
from tests.conftest import ROOT

DOCUMENT = (ROOT / "sim" / "model" / "MODEL.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "results" / "reference"


@pytest.mark.parametrize("name", BLOCKS)
def test_a_table_of_the_document_is_what_the_results_tell(name):
    assert within(DOCUMENT, name) == BLOCKS[name](REFERENCE), "write it anew: python -m sim.report.document"


def test_writing_changes_what_stands_between_the_marks_alone():
    spoilt = DOCUMENT.replace(within(DOCUMENT, "density"), "| another |")
    assert spoilt != DOCUMENT
    assert written(spoilt, REFERENCE) == DOCUMENT


def test_a_document_without_marks_is_a_sentence():
    with pytest.raises(ValueError, match="no marks <!-- density: begin -->"):
        within("nothing", "density")
