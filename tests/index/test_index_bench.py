"""What `bench` measures of the index works at tiny sizes; no figure is judged here."""

from __future__ import annotations

from pathlib import Path

from bench import index_feed, index_priority
from registrum import OfficeNumber
from registrum.index.following import Follower
from registrum.index.reading import read_index
from registrum.index.store import open_index
from tests.client.registries import FILED, KEYS, digest, world


def test_claims_over_an_index_that_was_filled(tmp_path: Path) -> None:
    with open_index(tmp_path / "index.sqlite") as index:
        index_priority.fill(index, 2_500)
        with read_index(index) as reader:
            assert reader.freshness().is_complete
            assert sum(sum(count.applications.values()) for count in reader.office_counts()) == 2_500
            assert [office.code for office in reader.offices()] == list(index_priority.OFFICES)
            assert len(reader.calendars("EM")) == 27
        figures = list(index_priority.measure(index, 600, rounds=1))
    assert [figure.unit for figure in figures] == ["/s"] * 2
    assert all(figure.value > 0 for figure in figures)


def test_events_out_of_a_few_bytes_of_code_are_indexed(tmp_path: Path) -> None:
    with world(tmp_path, "--gas-limit", "64000000") as made:
        figures = list(index_feed.measure(made, tmp_path, 400, 50, rounds=1))
        assert [figure.unit for figure in figures] == ["/s", "s", "MB"]
        assert all(figure.value > 0 < figure.limit for figure in figures)
        with open_index(tmp_path / "again.sqlite") as index:
            Follower(index, made.rpc, made.manifest).catch_up()
            with read_index(index) as reader:
                records = reader.records([OfficeNumber.from_text(f"EM/T/{at:09d}") for at in range(401)])
                assert records[400] is None
                assert all(record is not None and record.filing_date == FILED for record in records[:400])
                assert records[7] is not None
                assert records[7].signing_key == KEYS["EM"].address
                assert records[7].digest != digest(records[7].number.text)
                assert len({record.digest for record in records[:400] if record is not None}) == 400
