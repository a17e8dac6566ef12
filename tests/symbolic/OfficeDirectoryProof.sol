// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {OfficeDirectory} from "../../contracts/consortium/OfficeDirectory.sol";
import {Scopes} from "../../contracts/libraries/Scopes.sol";
import {CalendarDate} from "../../contracts/types/CalendarDate.sol";
import {KeyFacts, keyId} from "../../contracts/types/KeyFacts.sol";
import {OfficeCode} from "../../contracts/types/OfficeCode.sol";
import {Proof} from "./Solver.sol";

/// @notice Who can change the directory. One office is admitted, with a key that may not manage keys.
/// @dev Branches are judged with more patience than halmos has of itself: one that is taken for possible on a busy machine
///      would seem to be a loop without end.
/// @custom:halmos --solver-timeout-branching 1000
contract OfficeDirectoryProof is Proof {
    OfficeCode private constant OFFICE = OfficeCode.wrap("EM");
    address private constant GOVERNANCE = address(0xa1);
    address private constant SEAT = address(0xb2);
    address private constant KEY = address(0xc3);

    OfficeDirectory private _directory;

    function setUp() external {
        _directory = new OfficeDirectory(GOVERNANCE);
        vm.prank(GOVERNANCE);
        _directory.admitOffice(OFFICE, SEAT, "Office", "", CalendarDate.wrap(0));
        vm.prank(SEAT);
        _directory.addKey(OFFICE, KEY, Scopes.APPLICATIONS, 0, 0);
    }

    /// @notice No call whatever by an outsider changes governance, the office's seat and standing, or any key of any office.
    /// @dev Outsider: neither governance nor seat; the key itself is one too. Texts of none or 65 bytes. Assumption: nobody
    ///      can send from the zero account, which is what a seat that was never proposed reads as.
    /// @custom:halmos --default-bytes-lengths 0,65
    function check_outsidersChangeNothing(address outsider, OfficeCode office, address account) external {
        vm.assume(outsider != GOVERNANCE && outsider != SEAT && outsider != address(0));
        KeyFacts facts = _directory.keyFacts(keyId(office, account));
        _call(outsider);
        assert(_directory.governance() == GOVERNANCE);
        assert(_directory.seatOf(OFFICE) == SEAT);
        assert(_directory.statusOf(OFFICE) == IOfficeDirectory.OfficeStatus.Active);
        assert(_isSame(_directory.keyFacts(keyId(office, account)), facts));
        assert(office == OFFICE || _directory.seatOf(office) == address(0));
    }

    /// @notice No call whatever by a seat changes governance, admission, or a key of another office.
    /// @custom:halmos --default-bytes-lengths 0 --loop 4
    function check_seatsChangeOnlyTheirOffice(OfficeCode other, address account) external {
        vm.assume(other != OFFICE);
        _call(SEAT);
        assert(_directory.governance() == GOVERNANCE);
        assert(_directory.seatOf(OFFICE) == SEAT);
        assert(_directory.seatOf(other) == address(0));
        assert(_isSame(_directory.keyFacts(keyId(other, account)), KeyFacts.wrap(0)));
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
