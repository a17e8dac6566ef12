"""Why a contract refused: every custom error of the contracts as an exception of its own.

`decode_revert` turns revert data into the exception; all classes can be imported from here. docs/errors.md lists them
with cause and remedy. Not its job: getting revert data out of a node (`registrum.chain.receipts`).
"""

from __future__ import annotations

from registrum.chain.application_errors import *  # noqa: F403 - one door to all errors
from registrum.chain.charter_errors import *  # noqa: F403 - one door to all errors
from registrum.chain.consortium_errors import *  # noqa: F403 - one door to all errors
from registrum.chain.custom_error import CustomError
from registrum.chain.directory_errors import *  # noqa: F403 - one door to all errors
from registrum.chain.emergency_errors import *  # noqa: F403 - one door to all errors
from registrum.chain.priority_errors import *  # noqa: F403 - one door to all errors
from registrum.chain.rights_errors import *  # noqa: F403 - one door to all errors
from registrum.errors import ContractError, NodeError

_PANICS = {
    0x01: "an assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x21: "a value that its enumeration does not have",
    0x22: "storage that is encoded wrongly",
    0x31: "pop of an empty list",
    0x32: "an index outside its list",
    0x41: "too much memory",
    0x51: "call of an uninitialised function",
}
"""Source: Solidity documentation, "Panic via assert and Error via require"."""


class OfficeNumberMalformedError(CustomError):
    """The value is not an office number."""

    declaration = "OfficeNumberMalformed(bytes32 value)"
    says = "{value} is not an office number"
    remedy = "Build it with the client (`OfficeNumber.parse`), which knows each office's form."
    value: bytes


class OfficeCodeMalformedError(CustomError):
    """The value is not two capital ASCII letters."""

    declaration = "OfficeCodeMalformed(bytes2 value)"
    says = "{value} is not an office code"
    remedy = "Give the WIPO ST.3 code, for example `RU`."
    value: bytes


class CalendarDateInvalidError(CustomError):
    """The value is not a day of the Gregorian calendar between the years 1800 and 9999."""

    declaration = "CalendarDateInvalid(uint32 value)"
    says = "{value} is not a calendar date"
    remedy = "Give `YYYYMMDD`."
    value: int


class OfficeSignedNoDirectoryError(CustomError):
    """There is no contract at the address given for the directory."""

    declaration = "OfficeSignedNoDirectory(address directory)"
    says = "there is no directory at {directory}"
    remedy = "Deploy the directory first and give its address."
    directory: str


class OfficeSignedInvalidSignatureError(CustomError):
    """The signature is not one: wrong length, high `s`, or refused by the contract wallet it names."""

    declaration = "OfficeSignedInvalidSignature(OfficeCode office)"
    says = "the signature for {office} is none"
    remedy = "Sign the statement again, for this chain and this contract."
    office: str


class InvalidShortStringError(CustomError):
    """A short string of OpenZeppelin's library is longer than 31 bytes; the deployed contracts hold none."""

    declaration = "InvalidShortString()"
    says = "a stored short string is malformed"
    remedy = "Check the code hashes: this is not the code of this package."


class StringTooLongError(CustomError):
    """A text does not fit a short string of OpenZeppelin's library; met at deployment only."""

    declaration = "StringTooLong(string str)"
    says = "the text {str!r} is longer than 31 bytes"
    remedy = "Shorten the name or version of the signing domain."
    str: str


class PanicError(CustomError):
    """A check that the compiler put into the code failed: a defect of the contract, or a counter that is full."""

    declaration = "Panic(uint256 reason)"
    says = "the contract panicked with code {reason}"
    remedy = "Report it with the transaction; nothing was changed."
    reason: int

    @property
    def meaning(self) -> str:
        """What the code stands for."""
        return _PANICS.get(self.reason, "unknown")


class ReasonError(CustomError):
    """A contract that is none of this package refused, with a reason in plain text."""

    declaration = "Error(string reason)"
    says = "the contract refused: {reason}"
    remedy = "The reason is the contract's own; contract wallets and tokens write such."
    reason: str


class UnknownRefusalError(ContractError):
    """A contract refused and gave no reason that this version knows.

    Args:
        data: Revert data, empty if there was none.
    """

    code = "refused_unknown"
    remedy = "Check the code hashes with `registrum status`; without data, check the gas limit."

    def __init__(self, data: bytes) -> None:
        shown = "0x" + data[:256].hex() if data else "no data"
        super().__init__(f"the contract refused with {shown}", data="0x" + data.hex())
        self.data = data

    def __reduce__(self) -> tuple[type[UnknownRefusalError], tuple[bytes]]:
        return type(self), (self.data,)


CUSTOM_ERRORS: dict[bytes, type[CustomError]] = {cls.error_selector: cls for cls in CustomError.__subclasses__()}
"""Every error by its selector."""


def decode_revert(data: bytes) -> ContractError:
    """The exception for revert data.

    Args:
        data: What the contract returned when it refused.

    Returns:
        An instance of the error's class; `UnknownRefusalError` for data that no known error explains.
    """
    cls = CUSTOM_ERRORS.get(data[:4])
    if cls is None:
        return UnknownRefusalError(data)
    try:
        return cls.from_data(data[4:])
    except NodeError:
        return UnknownRefusalError(data)


__all__ = [  # noqa: PLE0604 - the names of the modules of errors
    "CUSTOM_ERRORS",
    "CustomError",
    "UnknownRefusalError",
    "decode_revert",
    *(cls.__name__ for cls in CUSTOM_ERRORS.values()),
]
