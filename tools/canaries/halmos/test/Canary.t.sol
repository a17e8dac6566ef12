// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice Properties that are false; the gate fails unless halmos refutes the first and owns up to the second.
contract CanaryProof {
    /// @dev False for one value in 2^256: chance would not find it, a solver must.
    function check_noValueIsSpecial(uint256 value) external pure {
        assert(value ^ 0x5eed != 0xcafe);
    }

    /// @dev False for values of eight and more bits, but only to who follows the loop that far.
    function check_loopOfAnyLength(uint256 value) external pure {
        uint256 bits = 0;
        for (; value != 0; value >>= 1) {
            ++bits;
        }
        assert(bits < 8);
    }
}
