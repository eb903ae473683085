"""Names on a page: read as one where they are short, and never so long that they widen the page."""

import pytest

from sim.report.plain import LONGEST_WORD, pieces


@pytest.mark.parametrize("name", ["responsive_share", "base.yaml", "gates/top_share.yaml", "0.25", "a" * LONGEST_WORD])
def test_a_short_name_is_one_piece(name):
    assert pieces(name) == [name]
    assert pieces(f"what differs from {name} here") == [f"what differs from {name} here"]


def test_a_long_name_is_broken_at_its_dots_before_its_underscores():
    assert pieces("world.population.responsive_share") == ["world.", "population.", "responsive_share"]
    assert pieces("x" * 20 + "_" + "y" * 20) == ["x" * 20 + "_", "y" * 20]
    assert pieces("see world.population.responsive_share = 0.5") == [
        "see world.",
        "population.",
        "responsive_share = 0.5",
    ]


def test_no_piece_of_a_word_is_longer_than_the_longest_and_none_is_lost():
    text = "z" * 90 + " a_b " + "信" * 60 + "/" + "_" * 30
    assert "".join(pieces(text)) == text
    assert max(len(word) for piece in pieces(text) for word in piece.split()) <= LONGEST_WORD + 1
