"""Model of the offices' practice: renewal terms, empowered bodies, and whose signatures count for a register."""

from __future__ import annotations

from collections.abc import Callable

from tests.stateful.model import typed_data
from tests.stateful.model.basics import SCOPE_KEYS, ZERO_ADDRESS, Clock, Effect, Event, Refusal
from tests.stateful.model.directory import ACTIVE, NO_OFFICE, DirectoryModel
from tests.stateful.model.numbers import is_office
from tests.stateful.model.rights_statements import Empowerment, Terms, empowerment_struct, terms_struct
from tests.stateful.model.typed_data import Domain

CONTRACT = "OfficePractice"
REGISTER_RIGHTS = (b"T", b"D")
CATEGORIES = 26
DEFAULT_TERMS = {b"T": (10, 0, 6, 6), b"D": (5, 25, 6, 6)}
SHORTEST_GRACE, LONGEST_GRACE = 6, 60

MayAct = Callable[[bytes, str], bool]
"""Whether a register takes an account that is no key of the office."""


class OfficeSignatures:
    """Whose signature a statement carries, and in which capacity that account acts."""

    def __init__(self, directory: DirectoryModel, wallet_owners: dict[str, str]) -> None:
        self.directory = directory
        self.wallet_owners = wallet_owners

    def verify(
        self,
        digest: bytes,
        signature: bytes,
        office: bytes,
        scope: int,
        *,
        is_body: MayAct = lambda office, account: False,
        successor_may: bool = False,
    ) -> tuple[str, bool]:
        """Return the signer, and whether it acts as an empowered body instead of the office; refuse others."""
        if len(signature) == 65:
            signer = typed_data.recover(digest, signature)
            if signer is None:
                raise Refusal("OfficeSignedInvalidSignature", office)
            return signer, self._acts_as_body(office, signer, scope, is_body, successor_may)
        if len(signature) < 20:
            raise Refusal("OfficeSignedInvalidSignature", office)
        signer = "0x" + signature[:20].hex()
        acts_as_body = self._acts_as_body(office, signer, scope, is_body, successor_may)
        owner, inner = self.wallet_owners.get(signer), signature[20:]
        if owner is None or len(inner) != 65 or typed_data.recover(digest, inner) != owner:
            raise Refusal("OfficeSignedInvalidSignature", office)
        return signer, acts_as_body

    def _acts_as_body(self, office: bytes, signer: str, scope: int, is_body: MayAct, successor_may: bool) -> bool:
        try:
            self.directory.authorise(office, signer, scope)
        except Refusal:
            if is_body(office, signer):
                return True
            if not successor_may or not self.may_sign(self.directory.successor_of(office), signer, scope):
                raise
        return False

    def may_sign(self, office: bytes, signer: str, scope: int) -> bool:
        """Tell whether an account is a key of an office that is good now."""
        try:
            self.directory.authorise(office, signer, scope)
        except Refusal:
            return False
        return office != NO_OFFICE


class PracticeModel:
    """What each office said about how it runs its part of the register."""

    def __init__(self, clock: Clock, directory: DirectoryModel, signatures: OfficeSignatures, domain: Domain) -> None:
        self.clock = clock
        self.directory = directory
        self.signatures = signatures
        self.domain = domain
        self.bodies: dict[tuple[bytes, str], Empowerment] = {}
        self.terms: dict[tuple[bytes, bytes], Terms] = {}

    def empower(self, statement: Empowerment, signature: bytes) -> Effect:
        """Let a body record events of some categories."""
        office, body = statement.office, statement.body
        if not is_office(office):
            raise Refusal("OfficeCodeMalformed", office)
        is_empty = statement.categories != 0 and statement.valid_from >= statement.valid_until
        follows = statement.version == self.body_of(office, body).version + 1
        if not follows or statement.categories >> CATEGORIES or body == ZERO_ADDRESS or is_empty:
            raise Refusal("OfficePracticeInvalidStatement", office, statement.version)
        signer = self._signer_of(office, empowerment_struct(statement), signature)
        self.bodies[office, body] = statement
        return Effect((), [Event(CONTRACT, "BodyEmpowered", (*statement, signer))])

    def set_renewal_terms(self, statement: Terms, signature: bytes) -> Effect:
        """Say how rights are renewed."""
        office, right = statement.office, statement.right
        if not is_office(office):
            raise Refusal("OfficeCodeMalformed", office)
        if right not in REGISTER_RIGHTS:
            raise Refusal("OfficePracticeUnknownRight", right)
        is_sound = (
            statement.version == self.terms_of(office, right).version + 1
            and statement.period > 0
            and (statement.maximum == 0 or statement.maximum >= statement.period)
            and statement.window <= 12 * statement.period
            and SHORTEST_GRACE <= statement.grace <= LONGEST_GRACE
        )
        if not is_sound:
            raise Refusal("OfficePracticeInvalidStatement", office, statement.version)
        signer = self._signer_of(office, terms_struct(statement), signature)
        self.terms[office, right] = statement
        return Effect((), [Event(CONTRACT, "RenewalTermsSet", (*statement, signer))])

    def body_of(self, office: bytes, body: str) -> Empowerment:
        """Return what an office last said of a body."""
        return self.bodies.get((office, body), Empowerment(office, body))

    def terms_of(self, office: bytes, right: bytes) -> Terms:
        """Return how rights of an office are renewed."""
        usual = Terms(office, right, *DEFAULT_TERMS[right], 0)
        return self.terms.get((office, right), usual)

    def categories_of(self, office: bytes, body: str) -> int:
        """Return the categories that a body may record for an office now, as bits."""
        said = self.body_of(office, body)
        if not said.valid_from <= self.clock.now < said.valid_until or not self.may_be_represented(office):
            return 0
        return said.categories

    def may_be_represented(self, office: bytes) -> bool:
        """Tell whether bodies may act for an office now: only while it may act itself."""
        return self.directory.status_of(office) == ACTIVE

    def _signer_of(self, office: bytes, struct: bytes, signature: bytes) -> str:
        return self.signatures.verify(self.domain.digest(struct), signature, office, SCOPE_KEYS)[0]
