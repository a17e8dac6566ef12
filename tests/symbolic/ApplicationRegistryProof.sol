// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {ApplicationRegistry} from "../../contracts/applications/ApplicationRegistry.sol";
import {OfficeDirectory} from "../../contracts/consortium/OfficeDirectory.sol";
import {Scopes} from "../../contracts/libraries/Scopes.sol";
import {CalendarDate} from "../../contracts/types/CalendarDate.sol";
import {OfficeCode} from "../../contracts/types/OfficeCode.sol";
import {OfficeNumber} from "../../contracts/types/OfficeNumber.sol";
import {Proof} from "./Solver.sol";

/// @notice Who can change records, and how often a statement takes effect. Two offices: one has a key, the other none.
/// @dev `ecrecover` stands for any function of digest and signature, zero included. Where a proof says so it assumes that
///      nobody forges: the signature at hand does not recover to the key.
contract ApplicationRegistryProof is Proof {
    OfficeCode private constant OFFICE = OfficeCode.wrap("EM");
    OfficeCode private constant KEYLESS = OfficeCode.wrap("RU");
    address private constant SEAT = address(0xb2);
    address private constant KEYLESS_SEAT = address(0xb3);
    address private constant KEY = address(0xc3);
    /// @dev Slot of the registry's mapping of records.
    uint256 private constant RECORDS_SLOT = 2;

    ApplicationRegistry private _registry;

    function setUp() external {
        OfficeDirectory directory = new OfficeDirectory(address(this));
        directory.admitOffice(OFFICE, SEAT, "Office", "", CalendarDate.wrap(0));
        directory.admitOffice(KEYLESS, KEYLESS_SEAT, "Office without keys", "", CalendarDate.wrap(0));
        vm.prank(SEAT);
        directory.addKey(OFFICE, KEY, Scopes.APPLICATIONS, 0, 0);
        _registry = new ApplicationRegistry(directory, IApplicationRegistry(address(0)));
    }

    /// @notice No call whatever, by anyone, records or changes a number of an office that has no key: no record without an
    ///         authorised signer. What garbage recovers to, zero or any account, makes no difference.
    /// @dev No assumption on signatures. Batches of one item, paths of one step, signatures of 65 bytes.
    /// @custom:halmos --default-array-lengths 1 --default-bytes-lengths 65
    function check_noRecordWithoutAuthorisedSigner(address caller, OfficeNumber number, bytes32 digest, uint256 facts)
        external
    {
        vm.assume(number.office() != OFFICE);
        _file(number, digest, facts);
        _call(caller);
        _isFiled(number, digest, facts);
    }

    /// @notice An office without a key anchors nothing.
    function check_noAnchorWithoutAuthorisedSigner(
        IApplicationRegistry.Anchor calldata statement,
        bytes32 r,
        bytes32 s,
        uint8 v
    ) external {
        vm.assume(statement.office != OFFICE);
        try _registry.anchor(statement, bytes.concat(r, s, bytes1(v))) {
            assert(false);
        } catch {
            assert(_registry.anchoredAt(statement, ecrecover(_registry.anchorDigest(statement), v, r, s)) == 0);
        }
    }

    /// @notice `register` takes nothing unless the signature recovers to a key; then exactly what was signed is recorded.
    /// @dev Assumption: nobody forges, see above, for the first half.
    function check_registrationNeedsTheKeyAndStoresWhatItSigned(
        IApplicationRegistry.Application calldata application,
        bytes32 r,
        bytes32 s,
        uint8 v,
        uint40 time
    ) external {
        vm.warp(time);
        bool isSigned = ecrecover(_registry.registrationDigest(application), v, r, s) == KEY;
        try _registry.register(application, bytes.concat(r, s, bytes1(v))) returns (bool taken) {
            assert(isSigned && taken);
            IApplicationRegistry.Record memory record = _registry.recordOf(application.number);
            assert(application.number.office() == OFFICE);
            assert(record.digest == application.digest && record.digest != 0);
            assert(record.signingKey == KEY);
            assert(record.recordedAt == time);
            assert(record.filingDate == application.filingDate);
            assert(record.version == 1);
            assert(record.status == IApplicationRegistry.Status.Filed);
            assert(record.disclosure == application.disclosure);
        } catch {
            assert(_registry.recordOf(application.number).status == IApplicationRegistry.Status.None);
        }
    }

    /// @notice A recorded number is never recorded again: the same content is a no-op that succeeds, other content is
    ///         refused, whatever the signature.
    function check_registeringAgainChangesNothing(
        IApplicationRegistry.Application calldata application,
        bytes32 digest,
        uint256 facts,
        bytes32 r,
        bytes32 s,
        uint8 v
    ) external {
        vm.assume(uint8(facts >> 232) != 0);
        _file(application.number, digest, facts);
        bool same = application.digest == digest && CalendarDate.unwrap(application.filingDate) == uint32(facts >> 200)
            && application.disclosure == uint8(facts >> 248);
        try _registry.register(application, bytes.concat(r, s, bytes1(v))) returns (bool taken) {
            assert(!taken && same);
        } catch {
            assert(!same || !application.number.isWellFormed());
        }
        _isFiled(application.number, digest, facts);
    }

    /// @notice A correction takes effect only if the signature recovers to the key and it names the version that is recorded,
    ///         which it raises by one: so a second time it has no effect.
    function check_correctionNeedsTheKeyAndTakesEffectOnce(
        IApplicationRegistry.Correction calldata correction,
        bytes32 digest,
        uint256 facts,
        bytes32 r,
        bytes32 s,
        uint8 v
    ) external {
        _file(correction.number, digest, facts);
        bool isSigned = ecrecover(_registry.correctionDigest(correction), v, r, s) == KEY;
        try _registry.correct(correction, bytes.concat(r, s, bytes1(v))) returns (bool taken) {
            if (taken) {
                assert(isSigned && correction.number.office() == OFFICE);
                assert(correction.replaces == uint8(facts >> 232) && correction.replaces != 0);
                IApplicationRegistry.Record memory record = _registry.recordOf(correction.number);
                assert(record.version == uint256(correction.replaces) + 1);
                assert(record.digest == correction.digest && record.filingDate == correction.filingDate);
            } else {
                _isFiled(correction.number, digest, facts);
            }
        } catch {
            _isFiled(correction.number, digest, facts);
        }
    }

    /// @notice A withdrawal takes effect only if the signature recovers to the key; it leaves content, key and dates alone;
    ///         sent again it changes nothing.
    function check_withdrawalNeedsTheKeyAndTakesEffectOnce(
        OfficeNumber number,
        uint8 replaces,
        bytes32 digest,
        uint256 facts,
        bytes32 r,
        bytes32 s,
        uint8 v
    ) external {
        _file(number, digest, facts);
        bool isSigned = ecrecover(_registry.withdrawalDigest(number, replaces), v, r, s) == KEY;
        bytes memory signature = bytes.concat(r, s, bytes1(v));
        try _registry.withdraw(number, replaces, signature) returns (bool taken) {
            if (taken) {
                assert(isSigned && number.office() == OFFICE);
                assert(replaces == uint8(facts >> 232) && replaces != 0);
                uint256 left = (facts & ~(uint256(0xffff) << 232)) | uint256(replaces + 1) << 232 | uint256(3) << 240;
                _isFiled(number, digest, left);
                assert(!_registry.withdraw(number, replaces, signature));
                _isFiled(number, digest, left);
            } else {
                _isFiled(number, digest, facts);
            }
        } catch {
            _isFiled(number, digest, facts);
        }
    }

    /// @dev Any function with any arguments; whether it succeeds does not matter.
    function _call(address caller) private returns (bool success) {
        bytes memory data = svm.createCalldata("ApplicationRegistry");
        vm.prank(caller);
        (success,) = address(_registry).call(data);
    }

    /// @dev Puts a record into storage: any two words, if the status is one that there is.
    function _file(OfficeNumber number, bytes32 digest, uint256 facts) private {
        vm.assume(uint8(facts >> 240) <= uint8(type(IApplicationRegistry.Status).max));
        bytes32 slot = keccak256(abi.encode(number, RECORDS_SLOT));
        vm.store(address(_registry), slot, digest);
        vm.store(address(_registry), bytes32(uint256(slot) + 1), bytes32(facts));
    }

    function _isFiled(OfficeNumber number, bytes32 digest, uint256 facts) private view {
        bytes32 slot = keccak256(abi.encode(number, RECORDS_SLOT));
        assert(vm.load(address(_registry), slot) == digest);
        assert(vm.load(address(_registry), bytes32(uint256(slot) + 1)) == bytes32(facts));
    }
}
