"""A user and red packets: opening what waits, being given one, passing on."""

from sim.engines.readable.planner import Planner
from sim.model import totals as n
from sim.model.packets import is_given, opens, packet_worth, passing_order, piece, place_in_order
from sim.model.population import income_third


class Receiver(Planner):
    """A user to whom red packets may come."""

    def take_packets(self, tick: int) -> tuple[int, int]:
        """Open what waits or let it go back, then be given the platform's packet of today; returns visits and payments that follow."""
        visits, payments = self._open(tick)
        model, p, today = self.model, self.model.p, self.model.today
        if today.to_anybody + today.to_openers > 0:
            place = place_in_order(self.id, today.factor, today.shift, len(model.people))
            if is_given(place, today.to_anybody, today.to_openers, self.opened_day >= 0):
                fen = packet_worth(place, today.budget, p.incentive_amount_fen)
                self.be_given(fen)
                model.total[n.PACKETS_GIVEN] += 1
                model.total[n.PACKET_GIVEN_FEN] += fen
        return visits, payments

    def _open(self, tick: int) -> tuple[int, int]:
        """Visits and payments of a user on whom packets wait."""
        p, total = self.model.p, self.model.total
        fen, packets = self.packet_fen, self.packets
        self.packet_fen = self.packets = self.piece_fen = 0
        if packets == 0:
            return 0, 0
        day = self.opened_day
        opened, pays = opens(p, tick, self.id, self.responsive == 1, day >= 0, (tick - day) * p.tick_days)
        if not opened:
            total[n.PACKETS_EXPIRED] += packets
            total[n.PACKET_RETURNED_FEN] += fen
            return 0, 0
        self.piece_fen = piece(p, fen, len(self.contacts))
        heads = min(p.incentive_split, len(self.contacts)) if self.piece_fen > 0 else 0
        kept = fen - heads * self.piece_fen
        self.liquidity += kept
        self.opened_day = tick
        total[n.VISITS_PACKET] += 1
        total[n.PACKETS_OPENED] += packets
        total[n.PACKETS_PASSED] += heads
        total[n.PACKET_KEPT_FEN] += kept
        total[n.KEPT_BY_THIRD + income_third(p, self.income)] += kept
        total[n.KEPT_BY_FILE + self.has_file] += kept
        total[n.FIRST_OPENERS] += day < 0
        return 1, pays

    def be_given(self, fen: int) -> None:
        """A packet comes to wait."""
        self.packet_fen += fen
        self.packets += 1

    def pass_on(self, tick: int) -> None:
        """Phase pass_on: some contacts, by luck, get a piece of what was opened today."""
        if self.piece_fen == 0:
            return
        p = self.model.p
        chosen = sorted(self.contacts, key=lambda other: int(passing_order(p, tick, self.id, other.id)))
        for other in chosen[: p.incentive_split]:
            other.be_given(self.piece_fen)
