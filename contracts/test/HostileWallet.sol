// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Wallet that answers ERC-1271 in every manner but the honest one
contract HostileWallet {
    enum Manner {
        Refuse,
        RefuseByRevert,
        WrongMagic,
        MagicAtTheEnd,
        DirtyMagic,
        ShortMagic,
        Nothing,
        MagicThenRevert,
        BurnGas,
        RevertBomb,
        ReturnBomb,
        Reenter
    }

    bytes4 private constant MAGIC = IERC1271.isValidSignature.selector;
    /// @dev What memory of this size costs is within the gas that a wallet is given.
    uint256 private constant BOMB_BYTES = 320_000;
    uint256 private constant REENTRY_GAS = 200_000;

    error HostileWalletRefused();

    Manner public immutable manner;

    /// @dev Where and with what `Reenter` calls back.
    address private _target;
    bytes private _payload;

    constructor(Manner manner_) {
        manner = manner_;
    }

    function setPayload(address target, bytes calldata payload) external {
        _target = target;
        _payload = payload;
    }

    /// @dev Not a view, unlike the standard's: only so does the compiler let `Reenter` try. Every branch but the last
    ///      two gives what must not count as an approval.
    function isValidSignature(bytes32, bytes calldata) external returns (bytes32) {
        if (manner == Manner.Refuse) return bytes32(bytes4(0xffffffff));
        if (manner == Manner.RefuseByRevert) revert HostileWalletRefused();
        if (manner == Manner.WrongMagic) return bytes32(bytes4(0x20c13b0b));
        if (manner == Manner.MagicAtTheEnd) return bytes32(uint256(uint32(MAGIC)));
        if (manner == Manner.DirtyMagic) return bytes32(MAGIC) | bytes32(uint256(1));
        if (manner == Manner.ShortMagic) _answer(31, false);
        if (manner == Manner.Nothing) _answer(0, false);
        if (manner == Manner.MagicThenRevert) _answer(32, true);
        if (manner == Manner.RevertBomb) _answer(BOMB_BYTES, true);
        if (manner == Manner.ReturnBomb) _answer(BOMB_BYTES, false);
        uint256 turns = 0;
        while (manner == Manner.BurnGas) ++turns;
        // Approves only when the call back was refused.
        return _reenter() ? bytes32(0) : bytes32(MAGIC);
    }

    function _reenter() private returns (bool entered) {
        (address target, bytes memory payload) = (_target, _payload);
        assembly ("memory-safe") {
            entered := call(REENTRY_GAS, target, 0, add(payload, 0x20), mload(payload), 0x00, 0x00)
        }
    }

    /// @dev Ends the call with that many bytes, of which the first are the magic value.
    function _answer(uint256 length, bool reverts) private pure {
        bytes32 magic = bytes32(MAGIC);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, magic)
            switch reverts
            case 0 { return(free, length) }
            default { revert(free, length) }
        }
    }
}
