// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {OfficeDirectory} from "../../contracts/consortium/OfficeDirectory.sol";
import {Scopes} from "../../contracts/libraries/Scopes.sol";
import {CalendarDate} from "../../contracts/types/CalendarDate.sol";
import {KeyFacts, keyId} from "../../contracts/types/KeyFacts.sol";
import {OfficeCode} from "../../contracts/types/OfficeCode.sol";
import {Proof} from "./Solver.sol";

/// @notice Who can change the directory. Two offices are admitted, each with a key that may not manage keys; the second
///         has proposed its next seat.
/// @dev Branches are judged with more patience than halmos has of itself: one that is taken for possible on a busy machine
///      would seem to be a loop without end.
/// @custom:halmos --solver-timeout-branching 1000
contract OfficeDirectoryProof is Proof {
    OfficeCode private constant OFFICE = OfficeCode.wrap("EM");
    address private constant GOVERNANCE = address(0xa1);
    address private constant SEAT = address(0xb2);
    address private constant KEY = address(0xc3);
    OfficeCode private constant OTHER_OFFICE = OfficeCode.wrap("JP");
    address private constant OTHER_SEAT = address(0xd4);
    address private constant OTHER_KEY = address(0xe5);
    address private constant OTHER_NEXT_SEAT = address(0xf6);

    OfficeDirectory private _directory;

    function setUp() external {
        _directory = new OfficeDirectory(GOVERNANCE);
        _admit(OFFICE, SEAT, KEY);
        _admit(OTHER_OFFICE, OTHER_SEAT, OTHER_KEY);
        vm.prank(OTHER_SEAT);
        _directory.proposeSeat(OTHER_OFFICE, OTHER_NEXT_SEAT);
    }

    /// @notice No call whatever by an outsider changes governance, the emergency body, the seat, proposed seat, replacement and
    ///         standing of an office, or any key of any office.
    /// @dev Outsider: neither governance nor a seat nor the account that is to become one; the keys themselves are
    ///      outsiders too. Texts of none or 65 bytes. Assumption: nobody can send from the zero account, which is what a
    ///      seat that was never proposed reads as.
    /// @custom:halmos --default-bytes-lengths 0,65
    function check_outsidersChangeNothing(address outsider, OfficeCode office, address account) external {
        vm.assume(outsider != GOVERNANCE && outsider != SEAT && outsider != address(0));
        vm.assume(outsider != OTHER_SEAT && outsider != OTHER_NEXT_SEAT);
        KeyFacts facts = _directory.keyFacts(keyId(office, account));
        _call(outsider);
        assert(_directory.governance() == GOVERNANCE);
        assert(_directory.emergencyBody() == address(0));
        assert(_directory.seatOf(OFFICE) == SEAT);
        assert(_directory.proposedSeatOf(OFFICE) == address(0));
        _assertNoReplacement(OFFICE);
        assert(_directory.statusOf(OFFICE) == IOfficeDirectory.OfficeStatus.Active);
        _assertOtherOfficeIsAsBefore();
        assert(_isSame(_directory.keyFacts(keyId(office, account)), facts));
        assert(office == OFFICE || office == OTHER_OFFICE || _directory.seatOf(office) == address(0));
    }

    /// @notice No call whatever by a seat changes governance, the emergency body, admission, or the seat, proposed seat,
    ///         replacement, standing or a key of another office.
    /// @custom:halmos --default-bytes-lengths 0 --loop 4
    function check_seatsChangeOnlyTheirOffice(OfficeCode office, address account) external {
        vm.assume(office != OFFICE);
        KeyFacts facts = _directory.keyFacts(keyId(office, account));
        KeyFacts keyOfOther = _directory.keyFacts(keyId(OTHER_OFFICE, OTHER_KEY));
        assert(!_isSame(keyOfOther, KeyFacts.wrap(0)));
        _call(SEAT);
        assert(_directory.governance() == GOVERNANCE);
        assert(_directory.emergencyBody() == address(0));
        assert(_directory.seatOf(OFFICE) == SEAT);
        _assertOtherOfficeIsAsBefore();
        assert(_isSame(_directory.keyFacts(keyId(OTHER_OFFICE, OTHER_KEY)), keyOfOther));
        assert(_isSame(_directory.keyFacts(keyId(office, account)), facts));
        assert(office == OTHER_OFFICE || _directory.seatOf(office) == address(0));
    }

    /// @notice Nobody can make the zero account, which garbage signatures recover to, a key of any office.
    function check_zeroAccountCannotBecomeAKey(
        address caller,
        OfficeCode office,
        uint8 scopes,
        uint40 validFrom,
        uint40 validUntil
    ) external {
        vm.prank(caller);
        try _directory.addKey(office, address(0), scopes, validFrom, validUntil) {
            assert(false);
        } catch {
            assert(_isSame(_directory.keyFacts(keyId(office, address(0))), KeyFacts.wrap(0)));
        }
    }

    function _admit(OfficeCode office, address seat, address key) private {
        vm.prank(GOVERNANCE);
        _directory.admitOffice(office, seat, "Office", "", CalendarDate.wrap(0));
        vm.prank(seat);
        _directory.addKey(office, key, Scopes.APPLICATIONS, 0, 0);
    }

    function _assertOtherOfficeIsAsBefore() private view {
        assert(_directory.seatOf(OTHER_OFFICE) == OTHER_SEAT);
        assert(_directory.proposedSeatOf(OTHER_OFFICE) == OTHER_NEXT_SEAT);
        assert(_directory.statusOf(OTHER_OFFICE) == IOfficeDirectory.OfficeStatus.Active);
        _assertNoReplacement(OTHER_OFFICE);
    }

    function _assertNoReplacement(OfficeCode office) private view {
        (address newSeat,) = _directory.replacementOf(office);
        assert(newSeat == address(0));
    }

    /// @dev Any function with any arguments; whether it succeeds does not matter.
    function _call(address caller) private returns (bool success) {
        bytes memory data = svm.createCalldata("OfficeDirectory");
        vm.prank(caller);
        (success,) = address(_directory).call(data);
    }

    function _isSame(KeyFacts a, KeyFacts b) private pure returns (bool) {
        return KeyFacts.unwrap(a) == KeyFacts.unwrap(b);
    }
}
