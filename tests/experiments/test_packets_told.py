"""What a run says of red packets: a channel, a cost and a part of the sentence where any were opened, nothing elsewhere."""

import pytest

import sim
from sim.experiments.summary import channels_shown, table
from sim.model.measures import CHANNELS
from sim.report.figures import draw

SIZE = {"users": 600, "ticks": 40, "replicates": 2}


@pytest.fixture(scope="module")
def paid():
    return sim.run("red_packet", **SIZE)


def test_the_channels_add_up_to_the_visits(paid):
    parts = sum(paid.effects[f"visits_{channel}"].policy for channel in channels_shown(paid.effects))
    assert paid.effects["visits"].policy == pytest.approx(parts)
    assert paid.effects["visits_packet"].policy > 0.0


def test_the_answer_and_the_table_tell_of_packets(paid):
    spent = paid.effects["incentives_spent"]
    assert f"to open red packets, of which users kept {spent.policy:.4f} CNY a user and day" in paid.summary()
    assert {"visits_packet", "packets_opened", "incentives_spent"} <= {row.measure for row in table(paid)}
    assert spent.baseline == 0.0


def test_without_packets_nothing_is_told_of_them():
    run = sim.run("gate_750", **SIZE)
    assert channels_shown(run.effects) == CHANNELS
    assert "packet" not in run.summary()
    assert "visits_packet" not in {row.measure for row in table(run)}
    assert run.effects["incentives_spent"].policy == 0.0


def test_the_figure_of_channels_has_a_bar_for_packets(paid, tmp_path):
    draw(paid, tmp_path, kinds=("channels",), formats=("svg",))
    assert ">packet<" in (tmp_path / "channels.svg").read_text(encoding="utf-8")
