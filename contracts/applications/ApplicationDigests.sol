// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {ApplicationStatements} from "../libraries/ApplicationStatements.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title What offices sign to change the application registry, for those who build it in another language
abstract contract ApplicationDigests is IApplicationRegistry, OfficeSigned {
    /// @inheritdoc IApplicationRegistry
    function registrationDigest(Application calldata application) external view override returns (bytes32) {
        return _signingDigest(ApplicationStatements.hashRegistration(application));
    }

    /// @inheritdoc IApplicationRegistry
    function batchDigest(OfficeCode office, Application[] calldata applications)
        external
        view
        override
        returns (bytes32)
    {
        return _signingDigest(ApplicationStatements.hashBatch(office, applications));
    }

    /// @inheritdoc IApplicationRegistry
    function anchorDigest(Anchor calldata statement) external view override returns (bytes32) {
        return _signingDigest(ApplicationStatements.hashAnchor(statement));
    }

    /// @inheritdoc IApplicationRegistry
    function correctionDigest(Correction calldata correction) external view override returns (bytes32) {
        return _signingDigest(ApplicationStatements.hashCorrection(correction));
    }

    /// @inheritdoc IApplicationRegistry
    function withdrawalDigest(OfficeNumber number, uint8 replaces) external view override returns (bytes32) {
        return _signingDigest(ApplicationStatements.hashWithdrawal(number, replaces));
    }

    /// @inheritdoc IApplicationRegistry
    function reinstatementDigest(OfficeNumber number, uint8 replaces) external view override returns (bytes32) {
        return _signingDigest(ApplicationStatements.hashReinstatement(number, replaces));
    }

    /// @inheritdoc IApplicationRegistry
    function reconfirmationDigest(OfficeCode office, uint40 asOf, Application[] calldata items)
        external
        view
        override
        returns (bytes32)
    {
        return _signingDigest(ApplicationStatements.hashReconfirmation(office, asOf, items));
    }
}
