"""Random histories of one office against a model that keeps every event and answers by reading them all again.

The contract keeps a summary that it updates; the model keeps none. What they say must agree at every step, and what a
key was good for at a past time may change only by a compromise learned since.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tests.contracts.office_directory.views import fresh
from tests.contracts.support.errors import NotRevertedError, decode_error, revert_data
from tests.contracts.support.ledger import FOREVER, next_block_at, now, travel_to
from tests.contracts.support.offices import Office

STEPS = 60


@dataclass
class History:
    """Everything that happened, oldest first, as `(what, time, values...)`."""

    events: list[tuple[Any, ...]] = field(default_factory=list)

    def of(self, what: str, account: str | None = None) -> list[tuple[Any, ...]]:
        return [event for event in self.events if event[0] == what and (account is None or event[2] == account)]

    def good(self, account: str, scopes: int, time: int) -> bool:
        """Whether the key alone was good at the time, as known now."""
        return (
            any(scopes and held & scopes == scopes and a <= time < b for _, _, _, held, a, b in self.of("add", account))
            and not any(time >= since for _, since, _ in self.of("revoke", account))
            and not any(time >= since for _, _, _, since in self.of("compromise", account))
        )

    def barred(self, time: int) -> bool:
        """Whether the office is suspended or gone at the time."""
        bars = [event for event in self.events if event[0] in {"suspend", "reinstate", "depart"}]
        if any(event[0] == "depart" for event in bars):
            return True
        return bool(bars) and bars[-1][0] == "suspend" and time < bars[-1][2]

    def key_barred(self, account: str, time: int) -> bool:
        """Whether the key itself is suspended at the time."""
        bars = [event for event in self.events if event[0] in {"suspend key", "reinstate key"} and event[2] == account]
        return bool(bars) and bars[-1][0] == "suspend key" and time < bars[-1][3]

    def may_sign(self, account: str, scope: int, time: int) -> bool:
        revoked = bool(self.of("revoke", account))
        added = self.of("add", account)
        in_force = bool(added) and bool(added[0][3] & scope) and added[0][4] <= time < added[0][5]
        return in_force and not revoked and not self.barred(time) and not self.key_barred(account, time)


class Player:
    """Makes random moves of governance, seat and managers, in contract and history alike."""

    def __init__(self, directory: Any, office: Office, governance: Any, random: Random) -> None:
        self.directory, self.office, self.governance, self.random = directory, office, governance, random
        self.history = History()
        self.accounts = [fresh(f"account {i}") for i in range(8)]
        self.bound = office.earliest

    def some_scopes(self) -> int:
        return self.random.choice([1, 1, 1, 2, 3, 5, 8, 9, 15])

    def add(self, time: int, account: str) -> None:
        start = self.random.choice([0, time, time + self.random.randint(0, 3000)])
        end = self.random.choice([0, 0, max(start, time) + self.random.randint(1, 5000)])
        scopes = self.some_scopes()
        self.directory.addKey(self.office.code, account, scopes, start, end, {"from": self.office.seat})
        self.history.events.append(("add", time, account, scopes, start or time, end or FOREVER))

    def revoke(self, time: int, account: str) -> None:
        self.directory.revokeKey(self.office.code, account, {"from": self.office.seat})
        self.history.events.append(("revoke", time, account))

    def compromise(self, time: int, account: str) -> None:
        since = self.random.randint(time - 6000, time)
        self.directory.markKeyCompromised(self.office.code, account, since, {"from": self.office.seat})
        self.history.events.append(("compromise", time, account, since))
        if not self.history.of("revoke", account):
            self.history.events.append(("revoke", time, account))

    def suspend(self, time: int, _account: str) -> None:
        end = self.random.choice([FOREVER, time + self.random.randint(1, 4000)])
        self.directory.suspendOffice(self.office.code, end, {"from": self.governance})
        self.history.events.append(("suspend", time, end))

    def reinstate(self, time: int, _account: str) -> None:
        self.directory.reinstateOffice(self.office.code, {"from": self.governance})
        self.history.events.append(("reinstate", time))

    def suspend_key(self, time: int, account: str) -> None:
        end = self.random.choice([FOREVER, time + self.random.randint(1, 4000)])
        self.directory.suspendKey(self.office.code, account, end, {"from": self.governance})
        self.history.events.append(("suspend key", time, account, end))

    def reinstate_key(self, time: int, account: str) -> None:
        self.directory.reinstateKey(self.office.code, account, {"from": self.governance})
        self.history.events.append(("reinstate key", time, account))

    def set_bound(self, _time: int, _account: str) -> None:
        bound = self.random.choice([0, 19000101, 20000229, 20240131])
        self.directory.setEarliestFilingDate(self.office.code, bound, {"from": self.office.seat})
        self.bound = bound

    def depart(self, time: int, _account: str) -> None:
        self.directory.departOffice(self.office.code, {"from": self.governance})
        self.history.events.append(("depart", time))

    def moves(self, time: int, account: str) -> list[Any]:
        """Moves that are allowed now."""
        history, moves = self.history, [self.set_bound]
        gone = bool(history.of("depart"))
        if not gone:
            moves += [self.suspend] + [self.reinstate] * 2 * history.barred(time)
            if not history.of("add", account):
                moves += [self.add] * 6
            elif not history.of("revoke", account):
                moves += [self.suspend_key] + [self.reinstate_key] * 2 * history.key_barred(account, time)
        if history.of("add", account):
            if not history.of("revoke", account):
                moves += [self.revoke]
            if not history.of("compromise", account):
                moves += [self.compromise]
        return moves

    def check(self, time: int, moved: str) -> None:
        """Compare the key that moved and two others now, and some moments of the past and the future."""
        account = self.random.choice(self.accounts)
        scopes = self.random.choice([1, 2, 4, 8, 3, 9, 15])
        times = [value for event in self.history.events for value in event[1:] if isinstance(value, int)]
        chosen = self.random.sample(times, min(2, len(times)))
        for moment in {0, time, FOREVER, *chosen, *(max(value, 1) - 1 for value in chosen)}:
            answer = self.directory.isKeyGood(self.office.code, account, scopes, moment)
            assert answer == self.history.good(account, scopes, moment), (account, scopes, moment, self.history.events)
        for account in {moved, *self.random.sample(self.accounts, 2)}:
            self.check_now(account, time)

    def check_now(self, account: str, time: int) -> None:
        scope = self.random.choice([1, 2, 4, 8])
        if self.history.may_sign(account, scope, time):
            assert self.directory.authorise(self.office.code, account, scope) == self.bound
            return
        try:
            name, _ = decode_error(revert_data(lambda: self.directory.authorise(self.office.code, account, scope)))
        except NotRevertedError:
            pytest.fail(f"{account} may not sign {scope} at {time}: {self.history.events}")
        assert name.startswith(("OfficeDirectoryKey", "OfficeDirectoryOffice", "OfficeDirectoryUnknownKey"))


@pytest.mark.parametrize("seed", range(3))
def test_history_and_contract_agree(directory: Any, jp: Office, governance: Any, seed: int) -> None:
    random = Random(seed)
    player = Player(directory, jp, governance, random)
    departs_at = random.randrange(STEPS // 2, 2 * STEPS)
    for step in range(STEPS):
        time = now() + random.randint(1, 900)
        account = random.choice(player.accounts)
        move = player.depart if step == departs_at else random.choice(player.moves(time, account))
        next_block_at(time)
        move(time, account)
        assert now() == time
        if random.random() < 0.3:
            time += random.randint(1, 900)
            travel_to(time)
        player.check(time, account)
