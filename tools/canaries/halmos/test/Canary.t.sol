// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @dev False for one value in 2^256: chance would not find it, a solver must.
contract CanaryProof {
    function check_noValueIsSpecial(uint256 value) external pure {
        assert(value ^ 0x5eed != 0xcafe);
    }
}
