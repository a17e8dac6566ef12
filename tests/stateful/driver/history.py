"""State rebuilt from events alone, as an index would do it. Knows neither the model nor the calls."""

from __future__ import annotations

from typing import Any

from tests.stateful.driver.codec import Log

REPLACEMENT_WINDOW = 30 * 86400

FILED, CORRECTED, WITHDRAWN = 1, 2, 3


class BrokenHistory(Exception):  # noqa: N818 - named for what is broken
    """An event does not fit those before it."""


class History:
    """What the events tell about offices, keys, records, anchors, calendars and claims."""

    def __init__(self) -> None:
        self.read = 0
        self.governance: str | None = None
        self.emergency_body: str | None = None
        self.objection_delay: int | None = None
        self.offices: dict[bytes, dict[str, Any]] = {}
        self.proposed: dict[bytes, str] = {}
        self.replacements: dict[bytes, tuple[str, int]] = {}
        self.successors: dict[bytes, bytes] = {}
        self.suspended_keys: dict[tuple[bytes, str], int] = {}
        self.keys: dict[tuple[bytes, str], dict[str, Any]] = {}
        self.records: dict[bytes, dict[str, Any]] = {}
        self.confirmed: dict[bytes, dict[str, Any]] = {}
        self.anchors: dict[bytes, list[dict[str, Any]]] = {}
        self.disclosed: dict[bytes, int] = {}
        self.calendars: dict[tuple[bytes, int], dict[str, Any]] = {}
        self.claims: dict[tuple[bytes, bytes], dict[str, Any]] = {}
        self.events_of: dict[bytes, list[str]] = {}
        self.first_claim: dict[tuple[bytes, bytes], int] = {}
        self.changes: dict[bytes, list[tuple[int, str]]] = {}

    def follow(self, logs: list[Log]) -> None:
        """Read what was added to the log since the last time."""
        for log in logs[self.read :]:
            reader = getattr(self, f"_on_{log.name}", None)
            if reader is None:
                raise BrokenHistory(f"nobody reads the event {log.name}")
            reader(log.at, **log.arguments)
            self._note_order(log)
            self.read += 1

    def _note_order(self, log: Log) -> None:
        if log.name == "ClaimRecorded":
            self.first_claim.setdefault((log.arguments["later"], log.arguments["earlier"]), self.read)
        elif log.name in ("ApplicationCorrected", "ApplicationWithdrawn", "ApplicationReinstated"):
            self.changes.setdefault(log.arguments["number"], []).append((self.read, log.name))

    def _on_GovernanceTransferred(self, at: int, previousGovernance: str, newGovernance: str) -> None:  # noqa: N802, N803
        if self.governance not in (None, previousGovernance):
            raise BrokenHistory(f"governance {self.governance} was handed over by {previousGovernance}")
        self.governance = newGovernance

    def _on_EmergencyBodyChanged(self, at: int, previousBody: str, newBody: str) -> None:  # noqa: N802, N803
        if self.emergency_body not in (None, previousBody):
            raise BrokenHistory(f"emergency body was {self.emergency_body}, not {previousBody}")
        self.emergency_body = newBody

    def _on_ObjectionDelayChanged(self, at: int, objectionDelay: int) -> None:  # noqa: N802, N803
        self.objection_delay = objectionDelay

    def _on_OfficeAdmitted(self, at: int, office: bytes, **facts: Any) -> None:  # noqa: N802
        if office in self.offices:
            raise BrokenHistory(f"{office!r} was admitted twice")
        self.offices[office] = facts | {"admittedAt": at, "suspendedUntil": 0, "departed": False}

    def _on_OfficeSuspended(self, at: int, office: bytes, until: int) -> None:  # noqa: N802
        self.offices[office]["suspendedUntil"] = until

    def _on_OfficeReinstated(self, at: int, office: bytes) -> None:  # noqa: N802
        self.offices[office]["suspendedUntil"] = at

    def _on_OfficeDeparted(self, at: int, office: bytes) -> None:  # noqa: N802
        self.offices[office]["departed"] = True

    def _on_SuccessorNamed(self, at: int, office: bytes, successor: bytes) -> None:  # noqa: N802
        if office in self.successors or not self.offices[office]["departed"] or self.offices[successor]["departed"]:
            raise BrokenHistory(f"{successor!r} was named successor of {office!r}")
        self.successors[office] = successor

    def _on_SeatReplacementDecided(  # noqa: N802
        self,
        at: int,
        office: bytes,
        newSeat: str,  # noqa: N803
        acceptableFrom: int,  # noqa: N803
    ) -> None:
        self.replacements[office] = newSeat, acceptableFrom

    def _on_SeatReplacementObjected(self, at: int, office: bytes, newSeat: str) -> None:  # noqa: N802, N803
        if self.replacements.pop(office, (None, 0))[0] != newSeat:
            raise BrokenHistory(f"{office!r} objected to {newSeat}, on which nobody decided")

    def _on_SeatProposed(self, at: int, office: bytes, proposedSeat: str) -> None:  # noqa: N802, N803
        self.proposed[office] = proposedSeat

    def _on_SeatChanged(self, at: int, office: bytes, previousSeat: str, newSeat: str) -> None:  # noqa: N802, N803
        known = self.offices[office]
        decided, since = self.replacements.get(office, (None, 0))
        if self.proposed.get(office) != newSeat and (
            decided != newSeat or not since <= at < since + REPLACEMENT_WINDOW
        ):
            raise BrokenHistory(f"{office!r} went to seat {newSeat}, which was neither proposed nor decided on")
        if known["seat"] != previousSeat:
            raise BrokenHistory(f"{office!r} went from seat {previousSeat}, which it did not have")
        self.proposed.pop(office, None)
        if decided == newSeat:
            del self.replacements[office]
        known["seat"] = newSeat

    def _on_EndpointChanged(self, at: int, office: bytes, endpoint: str) -> None:  # noqa: N802
        self.offices[office]["endpoint"] = endpoint

    def _on_EarliestFilingDateChanged(self, at: int, office: bytes, earliestFilingDate: int) -> None:  # noqa: N802, N803
        self.offices[office]["earliestFilingDate"] = earliestFilingDate

    def _on_KeyAdded(self, at: int, office: bytes, account: str, **facts: Any) -> None:  # noqa: N802
        if (office, account) in self.keys:
            raise BrokenHistory(f"key {account} of {office!r} was added twice")
        self.keys[office, account] = {"account": account, **facts, "revokedAt": 0, "compromisedSince": 0}

    def _on_KeyRevoked(self, at: int, office: bytes, account: str) -> None:  # noqa: N802
        if self.keys[office, account]["revokedAt"]:
            raise BrokenHistory(f"key {account} of {office!r} was revoked twice")
        self.keys[office, account]["revokedAt"] = at

    def _on_KeySuspended(self, at: int, office: bytes, account: str, until: int) -> None:  # noqa: N802
        if self.keys[office, account]["revokedAt"]:
            raise BrokenHistory(f"key {account} of {office!r} was suspended, though revoked")
        self.suspended_keys[office, account] = until

    def _on_KeyReinstated(self, at: int, office: bytes, account: str) -> None:  # noqa: N802
        if self.suspended_keys.get((office, account), 0) <= at:
            raise BrokenHistory(f"key {account} of {office!r} was reinstated, though not suspended")
        self.suspended_keys[office, account] = at

    def _on_KeyCompromised(self, at: int, office: bytes, account: str, since: int) -> None:  # noqa: N802
        self.keys[office, account]["compromisedSince"] = since

    def _on_ApplicationRegistered(self, at: int, number: bytes, **facts: Any) -> None:  # noqa: N802
        if number in self.records:
            raise BrokenHistory(f"{number!r} was registered twice")
        self.records[number] = facts | {"recordedAt": at, "version": 1, "status": FILED}
        self.events_of[number] = ["ApplicationRegistered"]

    def _on_ApplicationNotTaken(self, at: int, outcome: int, **_: Any) -> None:  # noqa: N802
        if not 1 <= outcome <= 9:
            raise BrokenHistory(f"outcome {outcome} is no reason")

    def _on_BatchRegistered(self, at: int, **_: Any) -> None:  # noqa: N802
        pass

    def _on_ApplicationsAnchored(self, at: int, office: bytes, sequence: int, **facts: Any) -> None:  # noqa: N802
        anchors = self.anchors.setdefault(office, [])
        if sequence != len(anchors) + 1:
            raise BrokenHistory(f"anchor {sequence} of {office!r} follows {len(anchors)}")
        anchors.append(facts | {"recordedAt": at})

    def _on_ApplicationDisclosed(self, at: int, number: bytes, sequence: int) -> None:  # noqa: N802
        if self.events_of[number] != ["ApplicationRegistered"]:
            raise BrokenHistory(f"{number!r} was disclosed after {self.events_of[number]}")
        self.records[number]["recordedAt"] = self.anchors[number[:2]][sequence - 1]["recordedAt"]
        self.disclosed[number] = sequence

    def _on_ApplicationCorrected(  # noqa: N802
        self, at: int, number: bytes, version: int, previous: dict[str, Any], **facts: Any
    ) -> None:
        held = self.records[number]
        if previous != held:
            raise BrokenHistory(f"{number!r} was {held}, but the event gives {previous} as replaced")
        self._need_next(number, version)
        status = WITHDRAWN if held["status"] == WITHDRAWN else CORRECTED
        self.records[number] = facts | {"recordedAt": at, "version": version, "status": status}
        self.events_of[number].append("ApplicationCorrected")

    def _on_ApplicationWithdrawn(self, at: int, number: bytes, version: int, **_: Any) -> None:  # noqa: N802
        self._need_next(number, version)
        self.records[number] = self.records[number] | {"version": version, "status": WITHDRAWN}
        self.events_of[number].append("ApplicationWithdrawn")

    def _on_ApplicationReinstated(self, at: int, number: bytes, version: int, **_: Any) -> None:  # noqa: N802
        self._need_next(number, version)
        if self.records[number]["status"] != WITHDRAWN:
            raise BrokenHistory(f"{number!r} was reinstated, though not withdrawn")
        self.records[number] = self.records[number] | {"version": version, "status": CORRECTED}
        self.events_of[number].append("ApplicationReinstated")

    def _on_ApplicationReconfirmed(  # noqa: N802
        self,
        at: int,
        number: bytes,
        signingKey: str,  # noqa: N803
        version: int,
    ) -> None:
        if version != self.records[number]["version"]:
            raise BrokenHistory(f"{number!r} was confirmed in version {version}, which it does not have")
        self.confirmed[number] = {"signingKey": signingKey, "reconfirmedAt": at, "version": version}

    def _need_next(self, number: bytes, version: int) -> None:
        if version != self.records[number]["version"] + 1:
            raise BrokenHistory(f"{number!r} went from version {self.records[number]['version']} to {version}")

    def _on_CalendarPublished(self, at: int, office: bytes, year: int, **facts: Any) -> None:  # noqa: N802
        held = self.calendars.get((office, year))
        if facts["version"] != (held["version"] if held else 0) + 1:
            raise BrokenHistory(f"calendar {year} of {office!r} went to version {facts['version']}")
        self.calendars[office, year] = facts | {"publishedAt": at}

    def _on_ClaimRecorded(  # noqa: N802
        self, at: int, later: bytes, earlier: bytes, office: bytes, version: int, **facts: Any
    ) -> None:
        held = self.claims.get((later, earlier))
        if version != (held["version"] if held else 0) + 1:
            raise BrokenHistory(f"claim of {later!r} on {earlier!r} went to version {version}")
        if office != later[:2]:
            raise BrokenHistory(f"claim of {later!r} was told of office {office!r}")
        record = self.records.get(earlier, {"version": 0, "status": 0})
        before = held or {"earlierVersion": record["version"], "earlierStatus": record["status"]}
        kept = {name: before[name] for name in ("earlierVersion", "earlierStatus")}
        self.claims[later, earlier] = facts | kept | {"version": version, "recordedAt": at}
