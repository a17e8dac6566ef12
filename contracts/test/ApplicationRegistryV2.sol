// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {ApplicationChanges} from "../applications/ApplicationChanges.sol";
import {ApplicationEntries} from "../applications/ApplicationEntries.sol";
import {ApplicationRecords} from "../applications/ApplicationRecords.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title A second version of the application registry: it signs under version 2 and tells where a record is kept
contract ApplicationRegistryV2 is ApplicationEntries, ApplicationChanges {
    constructor(IOfficeDirectory directory_, IApplicationRegistry predecessor_)
        EIP712("Registrum ApplicationRegistry", "2")
        OfficeSigned(directory_)
        ApplicationRecords(predecessor_)
    {}

    /// @notice Whether the record of a number is stored here; if not, the predecessor is asked.
    function isKeptHere(OfficeNumber number) external view returns (bool) {
        return _records[number].version != 0;
    }
}
