// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Which rights give priority to which, and for how long
/// @notice Paris Convention, Article 4. Where Article 4 is silent (a design that relies on a patent, a patent that
///         relies on a design, any other right on a trade mark) there is no period here; national law may be wider.
library PriorityRules {
    /// @dev PCT Rule 26bis.3(a) and EPC Article 122 with Rule 136(1): two months from the end of the priority period.
    uint256 internal constant RESTORATION_MONTHS = 2;

    /// @notice Priority period in months; 0 if there is no priority between these rights.
    /// @param earlier Right of the earlier application, one letter.
    /// @param later Right of the later application, one letter.
    function period(bytes1 earlier, bytes1 later) internal pure returns (uint256) {
        bool earlierInvention = earlier == "P" || earlier == "U";
        bool laterInvention = later == "P" || later == "U";
        // 4C(1), 4E(2): patents and utility models, among themselves and for each other.
        if (earlierInvention && laterInvention) return 12;
        // 4C(1): trade marks, designs.
        if (earlier == later && (later == "T" || later == "D")) return 6;
        // 4E(1): a design that relies on a utility model has the period of designs.
        return earlier == "U" && later == "D" ? 6 : 0;
    }

    /// @notice Whether treaties let an office restore the right of priority: patents and utility models only.
    function isRestorable(uint256 months) internal pure returns (bool) {
        return months == 12;
    }

    /// @notice Whether `right` is one of `P U T D S G`.
    function isRight(bytes1 right) internal pure returns (bool) {
        return right == "P" || right == "U" || right == "T" || right == "D" || right == "S" || right == "G";
    }
}
