// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {ApplicationRegistry} from "../../contracts/applications/ApplicationRegistry.sol";
import {OfficeDirectory} from "../../contracts/consortium/OfficeDirectory.sol";
import {RecordFacts} from "../../contracts/libraries/RecordFacts.sol";
import {CalendarDate} from "../../contracts/types/CalendarDate.sol";
import {OfficeNumber} from "../../contracts/types/OfficeNumber.sol";
import {Proof} from "./Solver.sol";

/// @notice The two slots of an application record.
contract RecordProof is Proof {
    /// @dev Slot of the registry's mapping of records.
    uint256 private constant RECORDS_SLOT = 2;

    ApplicationRegistry private _registry;
    IApplicationRegistry.Record private _record;

    function setUp() external {
        _registry = new ApplicationRegistry(new OfficeDirectory(address(this)), IApplicationRegistry(address(0)));
    }

    /// @notice What is packed into the second slot is what the compiler reads from it, field by field.
    function check_packedFactsAreReadAsFields(
        address signer,
        uint40 recordedAt,
        CalendarDate filingDate,
        uint8 version,
        IApplicationRegistry.Status status,
        uint8 disclosure
    ) external {
        RecordFacts.store(
            _record, RecordFacts.pack(signer, recordedAt, filingDate, version, uint256(status), disclosure)
        );
        assert(_record.digest == 0);
        assert(_record.signingKey == signer);
        assert(_record.recordedAt == recordedAt);
        assert(_record.filingDate == filingDate);
        assert(_record.version == version);
        assert(_record.status == status);
        assert(_record.disclosure == disclosure);
    }

    /// @notice What the registry shows of two slots, packed again, is what the slots hold: no bit is lost or made up.
    /// @dev Assumption: the status is one of the four that there are, as the compiler checks when it reads.
    function check_recordsShowEveryBitOfTheirSlots(OfficeNumber number, bytes32 digest, uint256 facts) external {
        vm.assume(uint8(facts >> 240) <= uint8(type(IApplicationRegistry.Status).max));
        bytes32 slot = keccak256(abi.encode(number, RECORDS_SLOT));
        vm.store(address(_registry), slot, digest);
        vm.store(address(_registry), bytes32(uint256(slot) + 1), bytes32(facts));
        IApplicationRegistry.Record memory record = _registry.recordOf(number);
        assert(record.digest == digest);
        uint256 packed = RecordFacts.pack(
            record.signingKey,
            record.recordedAt,
            record.filingDate,
            record.version,
            uint256(record.status),
            record.disclosure
        );
        assert(packed == facts);
    }
}
