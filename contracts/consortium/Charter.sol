// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ICharter} from "../../interfaces/ICharter.sol";
import {IConsortium} from "../../interfaces/IConsortium.sol";
import {IEmergencyCouncil} from "../../interfaces/IEmergencyCouncil.sol";

/// @title The charter: what the offices agreed on, and everything that the contracts hold them to
contract Charter is EIP712, ICharter {
    bytes32 private constant REMARK_TYPEHASH = keccak256("Remark(uint256 proposalId,string text)");
    uint256 private constant MAX_LOCATION_BYTES = 500;
    uint256 private constant MAX_NAME_BYTES = 100;
    uint256 private constant MAX_REMARK_BYTES = 4000;

    IConsortium public immutable override consortium;
    IEmergencyCouncil public immutable override council;

    Version[] private _versions;
    Observer[] private _observers;
    /// @dev Place in `_observers`, plus one; zero if not listed.
    mapping(address account => uint256 place) private _placeOf;
    mapping(address observer => mapping(bytes32 remark => bool made)) private _remarked;

    modifier onlyGovernance() {
        if (msg.sender != consortium.directory().governance()) revert CharterNotGovernance(msg.sender);
        _;
    }

    /// @param digest SHA-256 of the text that the founders agreed on.
    /// @param location Where it is published.
    constructor(IConsortium consortium_, IEmergencyCouncil council_, bytes32 digest, string memory location)
        EIP712("Registrum Charter", "1")
    {
        if (
            address(consortium_).code.length == 0 || address(council_).code.length == 0
                || consortium_.directory() != council_.directory()
        ) revert CharterMismatch(address(consortium_), address(council_));
        (consortium, council) = (consortium_, council_);
        _adopt(digest, location);
    }

    /// @inheritdoc ICharter
    function adopt(bytes32 digest, string calldata location) external override onlyGovernance {
        _adopt(digest, location);
    }

    /// @inheritdoc ICharter
    function listObserver(address account, string calldata name) external override onlyGovernance {
        if (account == address(0)) revert CharterZeroAccount();
        if (_placeOf[account] != 0) revert CharterObserverListed(account);
        _checkLength(name, MAX_NAME_BYTES);
        _observers.push(Observer(account, name));
        _placeOf[account] = _observers.length;
        emit ObserverListed(account, name);
    }

    /// @inheritdoc ICharter
    function removeObserver(address account) external override onlyGovernance {
        uint256 place = _placeOf[account];
        if (place == 0) revert CharterNotObserver(account);
        Observer memory last = _observers[_observers.length - 1];
        _observers[place - 1] = last;
        _placeOf[last.account] = place;
        _observers.pop();
        delete _placeOf[account];
        emit ObserverRemoved(account);
    }

    /// @inheritdoc ICharter
    function remark(uint256 proposalId, address observer, string calldata text, bytes calldata signature)
        external
        override
    {
        if (_placeOf[observer] == 0) revert CharterNotObserver(observer);
        _checkLength(text, MAX_REMARK_BYTES);
        // Reverts for a proposal that was never made.
        // slither-disable-next-line unused-return
        consortium.state(proposalId);
        bytes32 digest = remarkDigest(proposalId, text);
        if (_remarked[observer][digest]) revert CharterRemarked(observer, digest);
        _remarked[observer][digest] = true;
        // A wallet is asked by static call, and the remark is noted before.
        if (msg.sender != observer && !SignatureChecker.isValidSignatureNow(observer, digest, signature)) {
            revert CharterInvalidSignature(observer);
        }
        emit Remarked(proposalId, observer, text);
    }

    /// @inheritdoc ICharter
    function charter()
        external
        view
        override
        returns (Terms memory current, Version[] memory versions, Observer[] memory listed)
    {
        return (terms(), _versions, _observers);
    }

    /// @inheritdoc ICharter
    function terms() public view override returns (Terms memory current) {
        Version storage version = _versions[_versions.length - 1];
        current.digest = version.digest;
        current.location = version.location;
        current.adoptedAt = version.adoptedAt;
        current.version = _versions.length;
        current.activeOffices = consortium.directory().activeOffices().length;
        current.votesNeeded = consortium.votesNeeded();
        (current.supermajorityNumerator, current.supermajorityDenominator) = consortium.supermajority();
        current.votingDelay = consortium.votingDelay();
        current.votingPeriod = consortium.votingPeriod();
        current.countWindow = consortium.countWindow();
        current.executionDelay = TimelockController(payable(consortium.timelock())).getMinDelay();
        current.executionWindow = consortium.executionWindow();
        current.leastOffices = consortium.leastOffices();
        (current.emergencyQuorum, current.emergencyDuration) = council.rules();
        current.objectionDelay = consortium.directory().objectionDelay();
    }

    /// @inheritdoc ICharter
    function history(uint256 offset, uint256 limit)
        external
        view
        override
        returns (Version[] memory page, uint256 total)
    {
        total = _versions.length;
        page = new Version[](_pageSize(total, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _versions[offset + i];
        }
    }

    /// @inheritdoc ICharter
    function observers(uint256 offset, uint256 limit)
        external
        view
        override
        returns (Observer[] memory page, uint256 total)
    {
        total = _observers.length;
        page = new Observer[](_pageSize(total, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _observers[offset + i];
        }
    }

    /// @inheritdoc ICharter
    function remarkDigest(uint256 proposalId, string calldata text) public view override returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(REMARK_TYPEHASH, proposalId, keccak256(bytes(text)))));
    }

    function _adopt(bytes32 digest, string memory location) private {
        uint256 length = bytes(location).length;
        if (digest == 0 || length == 0 || length > MAX_LOCATION_BYTES) revert CharterIncomplete();
        _versions.push(Version(digest, location, uint40(block.timestamp)));
        emit CharterAdopted(_versions.length, digest, location);
    }

    function _checkLength(string calldata text, uint256 limit) private pure {
        uint256 length = bytes(text).length;
        if (length == 0 || length > limit) revert CharterTextLength(length, limit);
    }

    function _pageSize(uint256 total, uint256 offset, uint256 limit) private pure returns (uint256) {
        if (offset >= total) return 0;
        return limit < total - offset ? limit : total - offset;
    }
}
