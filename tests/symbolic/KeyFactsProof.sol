// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {OfficeDirectory} from "../../contracts/consortium/OfficeDirectory.sol";
import {CalendarDate} from "../../contracts/types/CalendarDate.sol";
import {KeyFacts, keyId} from "../../contracts/types/KeyFacts.sol";
import {OfficeCode} from "../../contracts/types/OfficeCode.sol";
import {Proof} from "./Solver.sol";

/// @notice The one word by which a signing key is judged, for all words.
contract KeyFactsProof is Proof {
    /// @dev Slot of the directory's mapping of keys.
    uint256 private constant KEYS_SLOT = 7;

    OfficeDirectory private _directory;

    function setUp() external {
        _directory = new OfficeDirectory(address(this));
    }

    /// @notice `permits` is the conjunction that its documentation states, field by field.
    /// @dev Assumption: block times have 40 bits.
    /// @custom:halmos --solver z3
    function check_permitsIsTheConjunctionOfItsConditions(uint256 word, uint8 scopes, uint40 time) external pure {
        bool scoped = uint8(word) & scopes == scopes;
        bool begun = uint40(word >> 8) <= time;
        bool unexpired = time < uint40(word >> 48);
        bool unrevoked = uint40(word >> 88) == 0;
        bool unbarred = uint40(word >> 168) <= time;
        bool permitted = KeyFacts.wrap(word).permits(scopes, time);
        // Either way by itself: a word that is permitted meets each condition, one that meets them all is permitted.
        if (permitted) assert(scoped && begun && unexpired && unrevoked && unbarred);
        if (scoped && begun && unexpired && unrevoked && unbarred) assert(permitted);
    }

    /// @notice A word that was never written permits nothing: neither an unknown key, nor the zero account that a garbage
    ///         signature recovers to, since no key can be added for it.
    function check_emptyFactsPermitNothing(uint8 scopes, uint40 time) external pure {
        assert(!KeyFacts.wrap(0).permits(scopes, time));
    }

    /// @notice Two keys have one name only if office and account are the same.
    function check_keyIdIsInjective(OfficeCode office, address account, OfficeCode other, address otherAccount)
        external
        pure
    {
        vm.assume(keyId(office, account) == keyId(other, otherAccount));
        assert(office == other);
        assert(account == otherAccount);
    }

    /// @notice The directory reads every field of the word as `KeyFacts` lays it out.
    /// @dev The word is put into storage where the directory keeps it.
    function check_directoryReadsTheSameFields(OfficeCode office, address account, uint256 word) external {
        _file(office, account, word);
        assert(KeyFacts.unwrap(_directory.keyFacts(keyId(office, account))) == word);
        IOfficeDirectory.SigningKey memory key = _directory.keyOf(office, account);
        assert(key.account == account);
        assert(key.scopes == uint8(word));
        assert(key.validFrom == uint40(word >> 8));
        assert(key.validUntil == uint40(word >> 48));
        assert(key.revokedAt == uint40(word >> 88));
        assert(key.compromisedSince == uint40(word >> 128));
        assert(CalendarDate.unwrap(KeyFacts.wrap(word).earliestFilingDate()) == uint32(word >> 208));
    }

    /// @notice What `permits` says of now is what the directory's history, `isKeyGood`, says of now.
    /// @dev Assumptions, which the directory keeps: what was revoked was revoked by now, and a compromised key is revoked.
    ///      The office is not barred, of which `isKeyGood` knows nothing.
    /// @custom:halmos --solver z3
    function check_permitsEqualsIsKeyGoodNow(
        OfficeCode office,
        address account,
        uint256 word,
        uint8 scopes,
        uint40 time
    ) external {
        vm.assume(scopes != 0);
        vm.assume(uint40(word >> 88) <= time);
        vm.assume(uint40(word >> 128) == 0 || uint40(word >> 88) != 0);
        vm.assume(uint40(word >> 168) <= time);
        _file(office, account, word);
        assert(KeyFacts.wrap(word).permits(scopes, time) == _directory.isKeyGood(office, account, scopes, time));
    }

    /// @notice `authorise` lets pass exactly what `permits` permits, and answers with the office's bound.
    function check_authorisePassesExactlyWhatIsPermitted(
        OfficeCode office,
        address account,
        uint256 word,
        uint8 scope,
        uint40 time
    ) external {
        vm.assume(scope != 0);
        vm.warp(time);
        _file(office, account, word);
        try _directory.authorise(office, account, scope) returns (CalendarDate earliest) {
            assert(KeyFacts.wrap(word).permits(scope, time));
            assert(CalendarDate.unwrap(earliest) == uint32(word >> 208));
        } catch {
            assert(!KeyFacts.wrap(word).permits(scope, time));
        }
    }

    function _file(OfficeCode office, address account, uint256 word) private {
        bytes32 slot = keccak256(abi.encode(keyId(office, account), KEYS_SLOT));
        vm.store(address(_directory), slot, bytes32(word));
    }
}
