// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {ApplicationChanges} from "./ApplicationChanges.sol";
import {ApplicationEntries} from "./ApplicationEntries.sol";
import {ApplicationRecords} from "./ApplicationRecords.sol";

/// @title Registry of office-signed application records
contract ApplicationRegistry is ApplicationEntries, ApplicationChanges {
    /// @param directory_ Says whose signatures count.
    /// @param predecessor_ Registry that this takes over from, with the same directory; zero for the first.
    constructor(IOfficeDirectory directory_, IApplicationRegistry predecessor_)
        EIP712("Registrum ApplicationRegistry", "1")
        OfficeSigned(directory_)
        ApplicationRecords(predecessor_)
    {}
}
