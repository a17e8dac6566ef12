"""The errors that `Charter` and `AddressBook` declare, one class each; caught through `registrum.chain.reverts`."""

from __future__ import annotations

from registrum.chain.custom_error import CustomError


class CharterNotGovernanceError(CustomError):
    """Only the consortium may do this, by vote."""

    declaration = "CharterNotGovernance(address caller)"
    says = "{caller} is not the timelock of the consortium, which alone may do this"
    remedy = "Propose it: `registrum consortium propose charter`, `observer` or `remove-observer`."
    caller: str


class CharterIncompleteError(CustomError):
    """A charter has a digest and a place where its text is published, up to 500 bytes."""

    declaration = "CharterIncomplete()"
    says = "the charter has no digest, or no place of up to 500 bytes where its text is published"
    remedy = "Give both."


class CharterTextLengthError(CustomError):
    """A text is empty, or longer than `limit` bytes."""

    declaration = "CharterTextLength(uint256 length, uint256 limit)"
    says = "a text has {length} bytes where 1 to {limit} are taken"
    remedy = "Shorten the text, or give one; letters outside ASCII count for several bytes."
    length: int
    limit: int


class CharterNotObserverError(CustomError):
    """The account is not listed as an observer."""

    declaration = "CharterNotObserver(address account)"
    says = "{account} is not listed as an observer"
    remedy = "`registrum charter show` lists the observers; the offices list others by vote."
    account: str


class CharterObserverListedError(CustomError):
    """The account is an observer already."""

    declaration = "CharterObserverListed(address account)"
    says = "{account} is an observer already"
    remedy = "To change its name, remove it and list it again in one proposal."
    account: str


class CharterZeroAccountError(CustomError):
    """An account is needed where zero was given."""

    declaration = "CharterZeroAccount()"
    says = "the zero address is no account"
    remedy = "Give the address of an account."


class CharterInvalidSignatureError(CustomError):
    """The signature is not that of the observer over this remark."""

    declaration = "CharterInvalidSignature(address observer)"
    says = "the remark is not signed by {observer}"
    remedy = "Have the observer sign again, for this chain and this contract."
    observer: str


class CharterRemarkedError(CustomError):
    """The remark was made before."""

    declaration = "CharterRemarked(address observer, bytes32 remark)"
    says = "{observer} has made this remark before"
    remedy = "There is nothing to do."
    observer: str
    remark: bytes


class CharterMismatchError(CustomError):
    """The contracts belong to different directories."""

    declaration = "CharterMismatch(address consortium, address council)"
    says = "the consortium {consortium} and the council {council} belong to different directories"
    remedy = "Give the contracts of one deployment."
    consortium: str
    council: str


class AddressBookNotGovernanceError(CustomError):
    """Only the consortium may do this, by vote."""

    declaration = "AddressBookNotGovernance(address caller)"
    says = "{caller} is not the timelock of the consortium, which alone may do this"
    remedy = "Propose it: `registrum consortium propose contract`."
    caller: str


class AddressBookInvalidNameError(CustomError):
    """A name is made of ASCII letters and digits, padded with zeros."""

    declaration = "AddressBookInvalidName(bytes32 name)"
    says = "{name} is no name of a contract"
    remedy = "Give ASCII letters and digits, padded with zero bytes, such as ApplicationRegistry."
    name: bytes


class AddressBookNoContractError(CustomError):
    """There is no contract at the address."""

    declaration = "AddressBookNoContract(address account)"
    says = "there is no contract at {account}"
    remedy = "Deploy it first and check the address."
    account: str


class AddressBookListedError(CustomError):
    """The contract is listed already, as this or as an earlier version."""

    declaration = "AddressBookListed(bytes32 name, address account)"
    says = "{account} is listed already under {name}"
    remedy = "There is nothing to do; an earlier version is not listed again."
    name: bytes
    account: str


class AddressBookUnknownNameError(CustomError):
    """Nothing is listed under the name."""

    declaration = "AddressBookUnknownName(bytes32 name)"
    says = "nothing is listed under {name}"
    remedy = "`registrum charter show` lists the names."
    name: bytes


class AddressBookLengthsError(CustomError):
    """Each name needs an account."""

    declaration = "AddressBookLengths(uint256 names, uint256 accounts)"
    says = "{names} names and {accounts} accounts"
    remedy = "Give as many accounts as names."
    names: int
    accounts: int


class AddressBookNoDirectoryError(CustomError):
    """The contract is no directory of offices."""

    declaration = "AddressBookNoDirectory(address directory)"
    says = "there is no directory at {directory}"
    remedy = "Deploy the directory first and give its address."
    directory: str
