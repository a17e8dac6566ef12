"""The offices vote for another application registry: it is followed from its beginning, and answers come from both."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registrum import OfficeNumber
from registrum.chain.contracts import APPLICATION_REGISTRY
from registrum.chain.rpc import RpcClient
from registrum.errors import NodeError
from registrum.index.comparing import compare
from registrum.index.following import Follower
from registrum.index.store import Index, open_index
from registrum.index.tables import anchors, applications, reconfirmations
from registrum.proofs.store import AnchorEntry, AnchorStore
from tests.client.consortia import KEYS, STRANGER, Consortium, consortium
from tests.client.registries import digest
from tests.client.test_registry_versions import create
from tests.index.dumps import dump

DIRECTORY = "OfficeDirectory"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    with consortium(tmp_path_factory.mktemp("versions")) as made:
        yield made


@pytest.fixture
def here(running: Consortium) -> Iterator[Consortium]:
    with running.undone():
        yield running


def vote_for_another(here: Consortium) -> None:
    before = here.registry()
    current = before.application_domain.verifying_contract
    newest = create(here, APPLICATION_REGISTRY, here.manifest.address(DIRECTORY), current)
    here.decided(before.drafts().list_contract(APPLICATION_REGISTRY, newest))


def agrees(here: Consortium, index: Index) -> list[str]:
    return [difference.text for difference in compare(index, here.rpc, here.manifest).differences]


def anew(here: Consortium, tmp_path: Path) -> object:
    with open_index(tmp_path / f"anew-{random.random()}.sqlite") as index:
        Follower(index, here.rpc, here.manifest).catch_up()
        return dump(index)


def test_records_of_both_registries(here: Consortium, index: Index, tmp_path: Path) -> None:
    former = here.registry()
    old, changed, both, confirmed = (here.application() for _ in range(4))
    for application in (old, changed, confirmed):
        former.register(application)
    follower = Follower(index, here.rpc, here.manifest)
    follower.catch_up()
    assert agrees(here, index) == []

    anchored = here.number().on_chain
    leaf = AnchorEntry.salted(anchored, 20240131, digest("leaf"))
    with AnchorStore.create(tmp_path / "anchor", b"EM", iter([leaf])) as store:
        former.anchor_store(store)
        proof = store.prove(anchored)
    vote_for_another(here)
    latter = here.registry()
    latter.disclose(proof)
    latter.register(both)
    latter.withdraw(changed.number)
    # The former registry still takes what is signed for it; it counts where the present one has nothing.
    former.register(both)
    former.withdraw(both.number)
    former.correct(replace(old, digest=digest("corrected in the former one")))
    former.withdraw(changed.number)
    latter.reinstate(changed.number)

    follower.catch_up()
    assert agrees(here, index) == []
    assert dump(index) == anew(here, tmp_path)
    with index.snapshot() as connection:
        rows = connection.execute(sa.select(applications).where(applications.c.number == both.number.text)).fetchall()
        present = [row for row in rows if row.superseded_by is None]
        assert [(row.registry, row.status) for row in present] == [(2, 1)]
        assert len(rows) == 3


def test_a_vote_that_the_chain_takes_back(here: Consortium, index: Index, tmp_path: Path) -> None:
    here.registry().register(here.application())
    follower = Follower(index, here.rpc, here.manifest)
    follower.catch_up()
    before = dump(index)
    fork = here.rpc.call("evm_snapshot")
    vote_for_another(here)
    here.registry().register(here.application())
    follower.catch_up()
    assert '"registry":2' in dump(index)["progress"][0][3]
    assert agrees(here, index) == []
    assert here.rpc.call("evm_revert", [fork])
    here.rpc.call("anvil_mine", [hex(60)])
    follower.catch_up()
    after = dump(index)
    assert after == anew(here, tmp_path)
    assert {name: rows for name, rows in after.items() if name != "progress"} == {
        name: rows for name, rows in before.items() if name != "progress"
    }


def test_confirmations_in_both_registries(here: Consortium, index: Index, tmp_path: Path) -> None:
    former = here.registry()
    kept, moved = here.application(), here.application()
    since = here.now()
    here.rpc.call("evm_increaseTime", [3_600])
    for application in (kept, moved):
        former.register(application)
    here.by("EM").mark_key_compromised("EM", KEYS["EM"].address, since)
    here.by("EM").add_key("EM", STRANGER.address)
    here.registry(signer=STRANGER).reconfirm("EM", [kept, moved])
    vote_for_another(here)
    here.registry(signer=STRANGER).withdraw(moved.number)
    Follower(index, here.rpc, here.manifest).catch_up()
    assert agrees(here, index) == []
    with index.snapshot() as connection:
        query = sa.select(sa.func.count()).where(reconfirmations.c.superseded_by.is_(None))
        assert connection.execute(query).scalar() == 2


class Behind(RpcClient):
    """A node that has no later block than `newest`, nor its state."""

    newest = 0

    def batch(self, calls: Iterable[Any]) -> list[Any]:
        return super().batch((method, self._at(params)) for method, params in calls)

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        return super().call(method, self._at(params))

    def _at(self, params: Sequence[Any]) -> list[Any]:
        return [hex(self.newest) if one == "latest" else one for one in params]


def head_of(here: Consortium) -> int:
    return int(here.rpc.call("eth_blockNumber"), 16)


def test_a_second_follower_learns_of_a_vote_that_the_first_one_read(
    here: Consortium, database: str, tmp_path: Path
) -> None:
    here.registry().register(here.application())
    with open_index(database) as one, open_index(database) as other:
        late, early = (Follower(index, here.rpc, here.manifest) for index in (one, other))
        late.catch_up()
        early.catch_up()
        vote_for_another(here)
        early.catch_up()
        in_new = here.application()
        here.registry().register(in_new)
        assert late.catch_up().is_ready
        assert agrees(here, one) == []
        assert dump(one) == anew(here, tmp_path)
        here.registry().register(here.application())
        assert early.catch_up().is_ready
        assert dump(one) == anew(here, tmp_path)


def test_an_older_look_at_the_chain_empties_no_newer_index(here: Consortium, index: Index, tmp_path: Path) -> None:
    here.registry().register(here.application())
    with Behind(here.anvil.url) as rpc:
        rpc.newest = head_of(here)
        late = Follower(index, rpc, here.manifest)
        late.catch_up()
        vote_for_another(here)
        here.registry().register(here.application())
        Follower(index, here.rpc, here.manifest).catch_up()
        after = dump(index)
        for follower in (late, Follower(index, rpc, here.manifest)):
            assert follower.catch_up().is_ready
            assert dump(index) == after
        # Once this node has the vote, its follower goes on.
        here.registry().register(here.application())
        rpc.newest = head_of(here)
        late.catch_up()
        assert dump(index) == anew(here, tmp_path)


def test_an_index_is_not_complete_between_a_vote_and_the_reading_of_the_list(
    here: Consortium, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower(index, here.rpc, here.manifest, patience_s=0.1)
    follower.catch_up()
    vote_for_another(here)

    def unreadable(*_: object) -> None:
        raise NodeError("the node does not tell")

    with monkeypatch.context() as patched:
        patched.setattr("registrum.index.following.read_listing", unreadable)
        with pytest.raises(NodeError, match="does not tell"):
            follower.catch_up()
    with index.snapshot() as connection:
        progress = index.progress(connection)
    assert progress is not None
    assert progress.needs_listing
    assert not progress.is_ready
    assert follower.catch_up().is_ready
    assert dump(index) == anew(here, tmp_path)


def test_anchors_of_one_sequence_in_both_registries(here: Consortium, index: Index, tmp_path: Path) -> None:
    former = here.registry()
    vote_for_another(here)
    latter = here.registry()
    for place, registry in enumerate((latter, former)):
        number: OfficeNumber = here.number()
        leaf = AnchorEntry.salted(number.on_chain, 20240131, digest(f"leaf {place}"))
        with AnchorStore.create(tmp_path / f"anchor-{place}", b"EM", iter([leaf])) as store:
            registry.anchor_store(store)
    Follower(index, here.rpc, here.manifest).catch_up()
    with index.snapshot() as connection:
        rows = connection.execute(sa.select(anchors.c.registry, anchors.c.office, anchors.c.sequence)).fetchall()
    assert [tuple(row) for row in rows] == [(2, "EM", 1), (1, "EM", 1)]
    assert agrees(here, index) == []
    assert compare(index, here.rpc, here.manifest, sample=50).agrees
