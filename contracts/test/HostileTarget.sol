// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

/// @title Target of a proposal that calls back while it is executed, and keeps what became of it
contract HostileTarget {
    struct Attempt {
        address target;
        bytes payload;
        bool succeeded;
        bytes answer;
    }

    Attempt[] private _attempts;
    uint256 public strikes;

    receive() external payable {}

    /// @notice Adds a call to those that `strike` makes.
    function prepare(address target, bytes calldata payload) external {
        _attempts.push(Attempt(target, payload, false, ""));
    }

    /// @notice Makes the calls. That one is refused stops neither the next nor the caller.
    function strike() external payable {
        ++strikes;
        for (uint256 i = 0; i < _attempts.length; ++i) {
            // It calls whatever it is told to.
            // solhint-disable-next-line avoid-low-level-calls
            (_attempts[i].succeeded, _attempts[i].answer) = _attempts[i].target.call(_attempts[i].payload);
        }
    }

    /// @notice What became of a call at the latest strike.
    function outcome(uint256 attempt) external view returns (bool succeeded, bytes memory answer) {
        return (_attempts[attempt].succeeded, _attempts[attempt].answer);
    }
}
