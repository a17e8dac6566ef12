// What the logs say of an office and its keys, against their proven state (section 13). Logs are not part of the state:
// that the events end in it is shown, not that none was left out or made up.

import { need } from "./bytes.js";

// What the time of the block is for events that set a member to it.
const STAMPED = {
  OfficeAdmitted: "admittedAt",
  OfficeReinstated: "suspendedUntil",
  OfficeDeparted: "departedAt",
  KeyRevoked: "revokedAt",
};
const OF_OFFICE = ["seat", "admittedAt", "suspendedUntil", "earliestFilingDate", "successor"];
const OF_KEY = ["scopes", "validFrom", "validUntil", "revokedAt", "compromisedSince"];

/**
 * Checks the history of a bundle.
 *
 * @param {object[]} history Whose form has been checked.
 * @param {object} facts As they were worked out.
 * @param {{number: number, time: string}} block Whose state the facts are of.
 */
export function checkHistory(history, facts, block) {
  const told = new Map();
  const places = [...history, { block: block.number, time: block.time }];
  places.slice(1).forEach(({ block: number, time }, i) => {
    const before = places[i];
    need(before.time <= time && before.block <= number, "the history runs back, or on after the block");
    need(before.block < number || before.time === time, `the history gives block ${number} two times`);
  });
  for (const row of history) {
    const place = `${row.office} ${row.account ?? ""}`;
    if (!told.has(place)) told.set(place, {});
    Object.assign(told.get(place), row, { [STAMPED[row.event] ?? "time"]: row.time });
  }
  const check = (place, state, members) => {
    const left = told.get(place) ?? {};
    told.delete(place);
    for (const member of members) {
      need((left[member] ?? null) === state[member], `the history of ${place.trim()} ends in another ${member} than is proven`);
    }
    return left;
  };
  const left = check(`${facts.office.code} `, facts.office, OF_OFFICE);
  const isGone = Object.hasOwn(left, "departedAt");
  need(isGone === (facts.office.status === "departed"), "the history of the office says otherwise whether it departed");
  for (const key of facts.keys) if (key.office !== null) check(`${key.office} ${key.account}`, key, OF_KEY);
  need(told.size === 0, "the history is of an office or a key that the evidence is not about");
  return { detail: `${history.length} events end in the proven state; some may be left out or made up: blocks, times and transactions are the maker's word` };
}
