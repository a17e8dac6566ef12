// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

/// @dev What the proofs ask of the symbolic executor: forge's cheat codes that halmos knows.
interface Vm {
    /// @dev Looks no further at paths on which the condition does not hold.
    function assume(bool condition) external pure;
    /// @dev The next call comes from this account.
    function prank(address sender) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
    function store(address account, bytes32 slot, bytes32 value) external;
    function warp(uint256 timestamp) external;
}

/// @dev Halmos' own cheat codes.
interface Svm {
    /// @dev A call of any function of the contract, state-changing ones only, with any arguments.
    function createCalldata(string calldata contractName) external pure returns (bytes memory);
}

/// @notice What all proofs share. A proof is a function `check_*`: halmos runs it with arguments that stand for all values
///         of their types, and a solver shows that no assertion can fail. A time-out of the solver is a failure.
abstract contract Proof {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    Svm internal constant svm = Svm(0xF3993A62377BCd56AE39D773740A5390411E8BC9);

    /// @dev `a && b` without the short cut, which would make two paths of one.
    function both(bool a, bool b) internal pure returns (bool result) {
        assembly ("memory-safe") {
            result := and(a, b)
        }
    }

    /// @dev `a || b` without the short cut.
    function either(bool a, bool b) internal pure returns (bool result) {
        assembly ("memory-safe") {
            result := or(a, b)
        }
    }

    /// @dev One if it is true, else zero; without a branch.
    function toInt(bool a) internal pure returns (uint256 result) {
        assembly ("memory-safe") {
            result := a
        }
    }
}
