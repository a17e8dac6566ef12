# The audit of an office.

audit-title = Audit of { $office }
audit-lead = What stands out in what the office recorded. A finding is a question and not a verdict: most have an ordinary cause. Whoever finds nothing has found no proof that all is right.
audit-link = Audit: what stands out
audit-period = Period
audit-from = Recorded from
audit-to = Recorded to
audit-late-days = Late after so many days
audit-near-days = Near a compromise within so many days
audit-default = { $days } where it is left empty
audit-button = Examine
audit-too-large = Too much to examine here
audit-too-large-says = The office has more than { $most } facts to examine: versions of records, claims, anchors, events and so on. “registrum audit office” makes the report without a bound.
audit-found = { $count ->
    [one] One finding
   *[other] { $count } findings
 }
audit-found-says = Each names what was compared, and the block and the transaction that show it.
audit-nothing = Nothing stands out
audit-nothing-says = That is no proof that nothing is wrong: only what is listed in the documentation is looked for.
audit-not-over = The period goes on after block { $block }, up to which this was read: more may be recorded in it.
audit-basis = What the report rests on
audit-recorded = Recorded
audit-measure = Measured by
audit-measure-says = the time of recording, which the chain set, in days of UTC; not by the filing date, which the office states
audit-records = Application records
audit-records-say = { $period } in the period, { $all } in all
audit-uses = Uses of keys
audit-delays = Days from filing to recording
audit-delays-say = median { $median }, 95 % within { $most }; from { $least } to { $greatest }
audit-no-series = Numbers of no known form, among which no gaps are looked for
audit-program = Made with
audit-weight = Weight
audit-what = What stands out
audit-evidence = Where the chain shows it:
audit-more = { $count ->
    [one] And one more, which “registrum audit office” lists.
   *[other] And { $count } more, which “registrum audit office” lists.
 }

severity-observation = Observation
severity-warning = Warning
severity-error = Error
severity-none = Nothing found

finding-serial-gap = Gaps in serial numbers
finding-serial-twice = One serial number, two spellings
finding-recorded-late = Recorded late
finding-post-dated = Post-dated
finding-back-dated = Filing date moved back
finding-forward-dated = Filing date moved forward
finding-digest-corrected = Two digests, by correction
finding-digest-replaced = Two digests, without a correction
finding-digest-conflict = Other content that was not taken
finding-anchor-gap = Gaps in the sequence of anchors
finding-anchor-twice = Two anchors of one sequence number
finding-key-near-compromise = Keys used shortly before a compromise
finding-key-after-compromise = Keys used after a compromise
finding-key-after-revocation = Keys used after revocation
finding-key-before-validity = Keys used before they were valid
finding-key-after-expiry = Keys used after they expired
finding-key-suspended = Suspended keys used
finding-key-out-of-scope = Keys used outside their scope
finding-key-after-departure = Keys of an office that had departed
finding-key-office-suspended = Keys of an office that was suspended
finding-key-of-successor = New records by a successor
finding-key-unknown = Accounts that were no key
finding-body-out-of-mandate = Bodies out of their mandate
finding-calendar-published-late = Calendars published for days that were past
finding-calendar-changed-late = Calendars changed for days that were past
finding-record-reconfirmed = Records confirmed again
finding-record-suspect = Suspect records
finding-list-missing = In the list and not on the chain
finding-list-extra = On the chain and not in the list
finding-list-late = Late by the list
finding-list-different = Different from the list
finding-list-suspect = Suspect records of the list
finding-list-sealed = Salted commitments of the list
finding-list-outside-period = Lines recorded outside the period
finding-list-duplicate = Twice in the list
