// The rules that verdicts on priority claims rest on, as the format has them.

const PARIS = "Paris Convention, Article ";

// What stands behind each verdict (section 8).
export const RULES = {
  valid: {
    source: `${PARIS}4A(1), 4C(1) to (3)`,
    text:
      "Who has duly filed the first application has a right of priority for 12 months (patents, utility models)" +
      " or 6 months (trade marks, designs) from its filing date, that day not counted; a period that ends on a" +
      " day on which the office is closed ends on its next working day.",
  },
  not_covered: {
    source: "Registrum evidence format, section 7",
    text:
      "Of an office that is not a member at the block the register says nothing, neither that there is such an" +
      " application nor that there is none.",
  },
  not_found: {
    source: `${PARIS}4A(2)`,
    text:
      "The right of priority arises from a regular national filing; none is recorded under this number," +
      " although the office is a member.",
  },
  signer_compromised: {
    source: "Registrum evidence format, section 6",
    text:
      "A record that a compromised key signed proves nothing until a good key of the office has confirmed it.",
  },
  date_mismatch: {
    source: `${PARIS}4D(1)`,
    text:
      "Who claims priority declares the date of the earlier filing; the declared date is not the recorded one.",
  },
  digest_mismatch: {
    source: `${PARIS}4D(3)`,
    text:
      "The office may require a copy of the earlier application, certified as correct; the copy is not the" +
      " application as recorded.",
  },
  right_not_allowed: {
    source: `${PARIS}4A(1), 4C(1), 4E`,
    text:
      "Priority is given for patents and utility models among one another, for trade marks, for designs, and" +
      " for a design from a utility model; not between these rights.",
  },
  same_day: {
    source: `${PARIS}4C(2)`,
    text:
      "The period starts from the filing date of the first application, and the day of filing is not counted:" +
      " both are of one day.",
  },
  later_precedes_earlier: {
    source: `${PARIS}4A(1), 4B`,
    text:
      "Priority is for a subsequent filing; the later application was filed before the earlier one.",
  },
  restorable: {
    source: "Patent Law Treaty, Article 13(2); PCT Regulations, Rule 26bis.3",
    text:
      "The period is over, by no more than two months: the office of second filing may restore the right on" +
      " request, where the delay was unintentional or occurred in spite of due care, as its law has it.",
  },
  period_expired: {
    source: `${PARIS}4C(1)`,
    text:
      "The period of priority is over, by more than two months or for a right whose priority is not restored.",
  },
};
