// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IEmergencyCouncil} from "../../interfaces/IEmergencyCouncil.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {OfficeCode} from "../types/OfficeCode.sol";

/// @title Suspension at once, by a few offices, for a time
contract EmergencyCouncil is EIP712, IEmergencyCouncil {
    bytes32 private constant SUSPENSION_TYPEHASH =
        keccak256("Suspension(bytes2 office,address[] accounts,string reason,uint64 round,uint40 validUntil)");
    uint256 private constant LEAST_OFFICES = 3;
    uint256 private constant MAX_REASON_BYTES = 1000;
    uint256 private constant SUPPORT_WINDOW = 7 days;
    uint40 private constant MIN_DURATION = 1 days;
    uint40 private constant MAX_DURATION = 90 days;

    IOfficeDirectory public immutable override directory;

    uint8 private _quorum;
    uint40 private _duration;
    mapping(bytes32 suspensionId => OfficeCode[] supporters) private _supporters;
    mapping(OfficeCode office => uint64 round) private _rounds;
    /// @dev Counts the votes that restored the rights of all against an office.
    mapping(OfficeCode office => uint64 term) private _terms;
    /// @dev Term in which the right was used, plus one; zero if never.
    mapping(OfficeCode office => mapping(OfficeCode supporter => uint64 term)) private _usedIn;
    mapping(OfficeCode office => uint40 until) private _runsUntil;
    mapping(OfficeCode office => uint40 until) public override emergencyUntil;

    modifier onlyGovernance() {
        if (msg.sender != directory.governance()) revert EmergencyCouncilNotGovernance(msg.sender);
        _;
    }

    /// @param quorum How many offices it takes; at least three.
    /// @param duration For how many seconds they suspend; one day to 90 days.
    constructor(IOfficeDirectory directory_, uint8 quorum, uint40 duration) EIP712("Registrum EmergencyCouncil", "1") {
        if (address(directory_).code.length == 0) revert EmergencyCouncilNoDirectory(address(directory_));
        directory = directory_;
        _setRules(quorum, duration);
    }

    /// @inheritdoc IEmergencyCouncil
    function support(Suspension calldata suspension, SignedSupport[] calldata signed)
        external
        override
        returns (bool suspended)
    {
        _check(suspension);
        bytes32 id = _hash(suspension);
        OfficeCode sender = directory.officeOfSeat(msg.sender);
        if (OfficeCode.unwrap(sender) != 0) _add(id, suspension, sender);
        else if (signed.length == 0) revert EmergencyCouncilNotSupporter(msg.sender);
        bytes32 digest = _hashTypedDataV4(id);
        for (uint256 i = 0; i < signed.length; ++i) {
            OfficeCode supporter = signed[i].supporter;
            address seat = directory.seatOf(supporter);
            // A wallet is asked by static call, so that it cannot come back here.
            if (seat == address(0) || !SignatureChecker.isValidSignatureNow(seat, digest, signed[i].signature)) {
                revert EmergencyCouncilInvalidSignature(supporter);
            }
            _add(id, suspension, supporter);
        }
        OfficeCode[] memory supporters = _entitled(id, suspension.office);
        if (supporters.length < _needed(suspension.office)) return false;
        _suspend(id, suspension, supporters);
        return true;
    }

    /// @inheritdoc IEmergencyCouncil
    function restoreRights(OfficeCode office) external override onlyGovernance {
        ++_terms[office];
        _runsUntil[office] = 0;
        emit EmergencyRightsRestored(office);
    }

    /// @inheritdoc IEmergencyCouncil
    function setRules(uint8 quorum, uint40 duration) external override onlyGovernance {
        uint256 active = directory.activeOffices().length;
        if (quorum > LEAST_OFFICES && quorum >= active) revert EmergencyCouncilInvalidRules(quorum, duration);
        _setRules(quorum, duration);
    }

    /// @inheritdoc IEmergencyCouncil
    function rules() external view override returns (uint8 quorum, uint40 duration) {
        return (_quorum, _duration);
    }

    /// @inheritdoc IEmergencyCouncil
    function supportersOf(Suspension calldata suspension) external view override returns (OfficeCode[] memory) {
        if (suspension.round != roundOf(suspension.office) || suspension.validUntil <= block.timestamp) {
            return new OfficeCode[](0);
        }
        return _entitled(_hash(suspension), suspension.office);
    }

    /// @inheritdoc IEmergencyCouncil
    function suspensionDigest(Suspension calldata suspension) external view override returns (bytes32) {
        return _hashTypedDataV4(_hash(suspension));
    }

    /// @inheritdoc IEmergencyCouncil
    function roundOf(OfficeCode office) public view override returns (uint64) {
        return _rounds[office] + 1;
    }

    /// @inheritdoc IEmergencyCouncil
    function hasUsed(OfficeCode supporter, OfficeCode office) public view override returns (bool) {
        return _usedIn[office][supporter] == _terms[office] + 1;
    }

    function _suspend(bytes32 id, Suspension calldata suspension, OfficeCode[] memory supporters) private {
        OfficeCode office = suspension.office;
        uint40 until = uint40(block.timestamp) + _duration;
        bool ofOffice = suspension.accounts.length == 0;
        _checkBalance(office);
        ++_rounds[office];
        for (uint256 i = 0; i < supporters.length; ++i) {
            _usedIn[office][supporters[i]] = _terms[office] + 1;
        }
        // A later, shorter emergency against its keys does not end the one against the office.
        if (until > _runsUntil[office]) _runsUntil[office] = until;
        if (ofOffice) emergencyUntil[office] = until;
        emit SuspendedInEmergency(id, office, suspension.accounts, until, supporters, suspension.reason);
        if (ofOffice) directory.suspendOffice(office, until);
        else _suspendKeys(office, suspension.accounts, until);
    }

    /// @dev Passes over keys that were revoked since, or are suspended for longer: nobody can hold up the suspension of
    ///      one key by what happens to another.
    function _suspendKeys(OfficeCode office, address[] calldata accounts, uint40 until) private {
        bool any = false;
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (directory.keyOf(office, accounts[i]).revokedAt != 0) continue;
            if (directory.keySuspendedUntil(office, accounts[i]) >= until) continue;
            directory.suspendKey(office, accounts[i], until);
            any = true;
        }
        if (!any) revert EmergencyCouncilNoKey(office);
    }

    function _add(bytes32 id, Suspension calldata suspension, OfficeCode supporter) private {
        if (supporter == suspension.office || !_isActive(supporter)) revert EmergencyCouncilNotEntitled(supporter);
        if (hasUsed(supporter, suspension.office)) revert EmergencyCouncilAlreadyUsed(supporter, suspension.office);
        OfficeCode[] storage supporters = _supporters[id];
        for (uint256 i = 0; i < supporters.length; ++i) {
            if (supporters[i] == supporter) return;
        }
        _supporters[id].push(supporter);
        emit SuspensionSupported(id, suspension.office, supporter, suspension.reason);
    }

    function _setRules(uint8 quorum, uint40 duration) private {
        if (quorum < LEAST_OFFICES || duration < MIN_DURATION || duration > MAX_DURATION) {
            revert EmergencyCouncilInvalidRules(quorum, duration);
        }
        (_quorum, _duration) = (quorum, duration);
        emit EmergencyRulesChanged(quorum, duration);
    }

    function _check(Suspension calldata suspension) private view {
        IOfficeDirectory.OfficeStatus status = directory.statusOf(suspension.office);
        if (status == IOfficeDirectory.OfficeStatus.None || status == IOfficeDirectory.OfficeStatus.Departed) {
            revert EmergencyCouncilNotMember(suspension.office);
        }
        for (uint256 i = 0; i < suspension.accounts.length; ++i) {
            if (directory.keyOf(suspension.office, suspension.accounts[i]).scopes == 0) {
                revert EmergencyCouncilUnknownKey(suspension.office, suspension.accounts[i]);
            }
        }
        uint64 expected = roundOf(suspension.office);
        if (suspension.round != expected) {
            revert EmergencyCouncilWrongRound(suspension.office, suspension.round, expected);
        }
        uint256 latest = block.timestamp + SUPPORT_WINDOW;
        if (suspension.validUntil <= block.timestamp || suspension.validUntil > latest) {
            revert EmergencyCouncilInvalidTime(suspension.validUntil, uint40(latest));
        }
        uint256 length = bytes(suspension.reason).length;
        if (length == 0 || length > MAX_REASON_BYTES) revert EmergencyCouncilReasonLength(length, MAX_REASON_BYTES);
    }

    /// @dev Supporters whose support counts at this block.
    function _entitled(bytes32 id, OfficeCode office) private view returns (OfficeCode[] memory entitled) {
        OfficeCode[] storage supporters = _supporters[id];
        entitled = new OfficeCode[](supporters.length);
        uint256 count = 0;
        for (uint256 i = 0; i < supporters.length; ++i) {
            if (!_isActive(supporters[i]) || hasUsed(supporters[i], office)) continue;
            entitled[count] = supporters[i];
            ++count;
        }
        assembly ("memory-safe") {
            mstore(entitled, count)
        }
    }

    /// @dev Emergencies run against less than a third of the members. Three stay active in any case: the supporters.
    function _checkBalance(OfficeCode office) private view {
        // All are asked for, so their total says nothing more.
        // slither-disable-next-line unused-return
        (IOfficeDirectory.Office[] memory all,) = directory.offices(0, type(uint256).max);
        uint256 members = 0;
        uint256 running = 1;
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].status == IOfficeDirectory.OfficeStatus.Departed) continue;
            ++members;
            if (all[i].code != office && _runsUntil[all[i].code] > block.timestamp) ++running;
        }
        if (running * 3 >= members) revert EmergencyCouncilTooMany(running, members);
    }

    /// @dev The quorum, but never more than all the other active offices, of which there are three at least.
    function _needed(OfficeCode office) private view returns (uint256) {
        uint256 others = directory.activeOffices().length - (_isActive(office) ? 1 : 0);
        if (others < LEAST_OFFICES) others = LEAST_OFFICES;
        return others < _quorum ? others : _quorum;
    }

    function _isActive(OfficeCode office) private view returns (bool) {
        return directory.statusOf(office) == IOfficeDirectory.OfficeStatus.Active;
    }

    function _hash(Suspension calldata suspension) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SUSPENSION_TYPEHASH,
                suspension.office,
                keccak256(abi.encodePacked(suspension.accounts)),
                keccak256(bytes(suspension.reason)),
                suspension.round,
                suspension.validUntil
            )
        );
    }
}
