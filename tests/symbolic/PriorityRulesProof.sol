// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {PriorityRules} from "../../contracts/libraries/PriorityRules.sol";
import {Proof} from "./Solver.sol";

/// @notice Priority periods, for all pairs of bytes.
contract PriorityRulesProof is Proof {
    /// @notice The table of the Paris Convention, Article 4C(1) and 4E, pair by pair; every other pair has no period.
    function check_periodIsTheTableOfArticle4(bytes1 earlier, bytes1 later) external pure {
        uint256 months = PriorityRules.period(earlier, later);
        bytes2 pair = bytes2(bytes.concat(earlier, later));
        if (pair == "PP" || pair == "PU" || pair == "UP" || pair == "UU") assert(months == 12);
        else if (pair == "TT" || pair == "DD" || pair == "UD") assert(months == 6);
        else assert(months == 0);
    }

    /// @notice Only what has the period of patents can be restored, and only rights of the alphabet have a period.
    function check_onlyInventionsAreRestorable(bytes1 earlier, bytes1 later) external pure {
        uint256 months = PriorityRules.period(earlier, later);
        bool areInventions = (earlier == "P" || earlier == "U") && (later == "P" || later == "U");
        assert(PriorityRules.isRestorable(months) == areInventions);
        assert(months == 0 || (PriorityRules.isRight(earlier) && PriorityRules.isRight(later)));
    }
}
