"""Luck: Philox 4x32-10 against its published vectors, in plain Python and compiled, and what an address promises."""

import numpy as np
import pytest
from numba import njit

from sim.draws import MASK, STREAMS, luck, philox, seed_halves, unit
from sim.engines.compiled import use_rules

use_rules()

# Random123's kat_vectors (Salmon et al. 2011), lines "philox4x32 10": counter, key, result.
PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MASK,) * 4, (MASK,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@njit(error_model="numpy")
def compiled_philox(c0, c1, c2, c3, k0, k1):
    return philox(c0, c1, c2, c3, k0, k1)


@pytest.mark.parametrize(("counter", "key", "result"), PUBLISHED)
def test_philox_gives_the_published_words_in_plain_python(counter, key, result):
    assert philox(*counter, *key) == result


@pytest.mark.parametrize(("counter", "key", "result"), PUBLISHED)
def test_philox_gives_the_published_words_when_compiled(counter, key, result):
    assert compiled_philox(*(np.int64(word) for word in (*counter, *key))) == result


def test_a_word_becomes_a_number_strictly_between_zero_and_one():
    assert unit(0) == 2.0**-33
    assert unit(MASK) == 1.0 - 2.0**-33


def test_every_part_of_an_address_matters():
    home = (11, 22, 3, 4, 5, 6)
    drawn = {luck(*home)}
    for place in range(6):
        moved = list(home)
        moved[place] += 1
        drawn.add(luck(*moved))
    assert len(drawn) == 7
    assert luck(*home) == luck(*home)


def test_streams_have_numbers_of_their_own():
    assert len(set(STREAMS.values())) == len(STREAMS)


def test_a_seed_falls_into_halves_and_nothing_is_lost():
    for seed in (0, 1, 2**32 - 1, 2**32, 2**63 - 1):
        low, high = seed_halves(seed)
        assert 0 <= low <= MASK
        assert 0 <= high <= MASK
        assert low + (high << 32) == seed


def test_words_of_neighbouring_users_are_uniform_and_unrelated():
    # n = 20,000 users, four words each. A mean is off by sd 1/sqrt(12 n) = 0.002, a correlation by 1/sqrt(n) = 0.007;
    # the bounds are 4.5 sd of 10 quantities: a true generator fails with chance 7e-5, a shift of 0.02 is seen with 99%.
    n = 20_000
    words = np.array([luck(7, 0, STREAMS["VISITS"], 12, who, 0) for who in range(n)])
    assert np.abs(words.mean(0) - 0.5).max() < 4.5 / np.sqrt(12 * n)
    assert np.abs(np.corrcoef(words.T) - np.eye(4)).max() < 4.5 / np.sqrt(n)
    assert np.abs([np.corrcoef(words[:-1, k], words[1:, k])[0, 1] for k in range(4)]).max() < 4.5 / np.sqrt(n)
