"""One deployment with sample records for all tests of interface and pages; each module of tests has a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.consortia import consortium
from tests.web.served import Client, Served, served


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with consortium(folder) as world, served(world, folder) as made:
        yield made


@pytest.fixture(scope="module")
def api(there: Served) -> Iterator[Client]:
    with there.client() as client:
        yield client
