"""Every error that Registrum raises, and nothing else.

    RegistrumError
    ├─ InputError (also ValueError)         what the caller passed is wrong
    │   ├─ OfficeCodeError                  not a WIPO ST.3 code that may be used here
    │   ├─ NumberFormatError                not an office number of that office and right
    │   ├─ DateError                        not a calendar date, or a year out of range
    │   ├─ DigestError                      not 0x + 64 hex digits
    │   ├─ IdempotencyError                 a key of the outbox that already stands for other content
    │   ├─ DocumentError                    unreadable application document, or facts missing
    │   │   └─ UnsafeDocumentError          DTD, entities, too deep, too large
    │   ├─ ProofFormatError                 a proof file that cannot be read
    │   └─ SearchTooWideError               a search of the index that would read too much of it
    ├─ ConfigError                          profile, manifest, options
    │   └─ NetworkMismatchError             chain id, genesis hash or code hash differ from the manifest
    ├─ SigningError
    │   ├─ KeyNotFoundError, PasswordError
    │   └─ WrongSignerError                 the key given is not the key expected
    ├─ NodeError (retryable)                node unreachable, timed out, or answered nonsense
    ├─ RpcError                             the node understood the request and answered with an error
    ├─ OutboxError                          the outbox file cannot be read or written; nothing is half written
    ├─ IndexDatabaseError                   the database of the index cannot be used
    │   ├─ IndexMismatchError               it holds the index of another chain or deployment
    │   ├─ IndexIncompleteError (retryable) the chain is still being read into it: it answers nothing yet
    │   └─ SearchBusyError (retryable)      as many long searches are under way as may be at a time
    ├─ SubmissionError                      a transaction that did not reach its end
    │   ├─ OutcomeUnknownError (retryable)  sent, not seen: look up before sending again
    │   └─ TransactionFailedError           mined and reverted, reason not decodable
    ├─ ContractError                        refused by a contract: `registrum.chain.reverts` holds one subclass an error
    ├─ DeclinedError                        the person who was asked said no
    └─ VerificationError                    a proof, digest or signature that does not match
        └─ EvidenceError                    a bundle of evidence that is not what it has to be

Third-party exceptions do not cross the public boundary of the package: they are the `__cause__` of one of these.
"""

from __future__ import annotations

from typing import Any, ClassVar


class RegistrumError(Exception):
    """Base of all errors of this package.

    Args:
        message: What was wrong, with the offending value.
        remedy: What the caller can do about it; shown by `diagnostics` and by the command line.
        details: Further facts with stable keys, JSON-serialisable.
    """

    code: ClassVar[str] = "error"
    """Stable text that names the kind of error, for logs and for `--json`."""
    exit_code: ClassVar[int] = 2
    """Exit status of the command line: 1 negative answer, 2 bad input, 3 node, 4 contract, 5 outcome unknown."""
    retryable: ClassVar[bool] = False
    """Whether the same call may succeed later without any change."""
    remedy: str = ""

    def __init__(self, message: str, *, remedy: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        if remedy:
            self.remedy = remedy
        self.details = details

    def diagnostics(self) -> str:
        """The message and, where there is one, the remedy, as lines for a person."""
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class InputError(RegistrumError, ValueError):
    """What the caller passed is wrong; nothing was sent or written."""

    code = "bad_input"


class OfficeCodeError(InputError):
    """Not a WIPO ST.3 office code, or one that cannot be used here."""

    code = "bad_office_code"


class NumberFormatError(InputError):
    """Not an office number in any form of that office and right."""

    code = "bad_number"


class DateError(InputError):
    """Not a Gregorian calendar date in the form YYYY-MM-DD, or out of range."""

    code = "bad_date"


class DigestError(InputError):
    """Not a digest: 0x and 64 hexadecimal digits."""

    code = "bad_digest"


class IdempotencyError(InputError):
    """An idempotency key that already stands for other content in the outbox."""

    code = "key_taken"


class DocumentError(InputError):
    """An application document that cannot be read, or that lacks a fact that must be given by hand."""

    code = "bad_document"


class UnsafeDocumentError(DocumentError):
    """A document refused for its form: DTD, entities, too deep or too large."""

    code = "unsafe_document"


class ProofFormatError(InputError):
    """A proof file that is not in a form this version reads."""

    code = "bad_proof_file"


class SearchTooWideError(InputError):
    """A search of the index that would walk through more rows than one answer may cost."""

    code = "search_too_wide"
    remedy = "Narrow it, by the office, the right, dates, or a longer beginning of the number."


class ConfigError(RegistrumError):
    """Profile, manifest or options are missing or contradict each other."""

    code = "bad_configuration"


class NetworkMismatchError(ConfigError):
    """The node is not the chain, or the contracts are not the code, that the manifest describes."""

    code = "network_mismatch"


class SigningError(RegistrumError):
    """A statement or transaction could not be signed."""

    code = "signing_failed"


class KeyNotFoundError(SigningError):
    """No key where the caller said that there is one."""

    code = "key_not_found"


class PasswordError(SigningError):
    """The keystore file does not open with this password."""

    code = "wrong_password"


class WrongSignerError(SigningError):
    """The key given is not the key that was expected."""

    code = "wrong_signer"


class NodeError(RegistrumError):
    """The node cannot be reached, timed out, or answered something that is not JSON-RPC."""

    code = "node_unreachable"
    exit_code = 3
    retryable = True
    remedy = "Check the RPC address and that the node runs, then try again."


class RpcError(RegistrumError):
    """The node understood the request and answered with a JSON-RPC error.

    Args:
        message: The node's text.
        rpc_code: The JSON-RPC error code; 3 and -32000 are common for reverted calls, -32601 for unknown methods.
        data: The `data` member as the node sent it: for a reverted call mostly the revert data in hexadecimal.
    """

    code = "node_refused"
    exit_code = 3

    def __init__(self, message: str, *, rpc_code: int, data: Any = None, remedy: str = "", **details: Any) -> None:
        super().__init__(message, remedy=remedy, rpc_code=rpc_code, **details)
        self.rpc_code = rpc_code
        self.data = data


class OutboxError(RegistrumError):
    """The outbox file cannot be read or written; the operation had no effect at all."""

    code = "outbox_unavailable"


class IndexDatabaseError(RegistrumError):
    """The database of the index cannot be opened, read or written; the transaction at hand had no effect."""

    code = "index_unavailable"


class IndexMismatchError(IndexDatabaseError):
    """The database holds the index of another chain or deployment than the one that was asked for."""

    code = "index_mismatch"
    remedy = "Name another database by --index or REGISTRUM_INDEX, or empty this one by `registrum index rebuild`."


class IndexIncompleteError(IndexDatabaseError):
    """The chain is still being read into the index, so that it can say of nothing whether it is recorded.

    That is so during a first load, a rebuild, and after a change of the contracts that are followed.
    """

    code = "index_not_complete"
    retryable = True
    remedy = "Ask again later, or ask a node; `registrum index status` shows how far it is."


class SearchBusyError(IndexDatabaseError):
    """A search of the index that takes more than a moment, while as many are under way as may be at a time."""

    code = "search_busy"
    retryable = True
    remedy = (
        "Ask again in a moment, or narrow it, by the office, the right, dates, or a longer beginning of the number."
    )


class SubmissionError(RegistrumError):
    """A transaction did not reach its end."""

    code = "submission_failed"
    exit_code = 4


class OutcomeUnknownError(SubmissionError):
    """The transaction was sent and its outcome has not been seen; it may still take effect."""

    code = "outcome_unknown"
    exit_code = 5
    retryable = True
    remedy = "Nothing is lost: `registrum outbox list` shows the state, `registrum outbox retry` settles it."


class TransactionFailedError(SubmissionError):
    """The transaction was mined and reverted for a reason that no known error explains."""

    code = "transaction_failed"


class ContractError(RegistrumError):
    """A contract refused the call. Subclasses are one per custom error of the contracts."""

    code = "refused"
    exit_code = 4


class DeclinedError(RegistrumError):
    """The person who was asked did not agree; nothing was signed or sent."""

    code = "declined"
    exit_code = 1


class VerificationError(RegistrumError):
    """A proof, digest or signature does not match what it claims."""

    code = "does_not_match"
    exit_code = 1


class EvidenceError(VerificationError):
    """A bundle of evidence, or a part of it, is not what the format asks for, or does not show what it states.

    Args:
        message: What was wrong.
        check: The check that it fails, as docs/evidence-format.md names them.
    """

    code = "bad_evidence"
    remedy = "Ask for the bundle again; docs/evidence-format.md describes the form."

    def __init__(self, message: str, *, check: str = "state") -> None:
        super().__init__(message, check=check)
        self.check = check
