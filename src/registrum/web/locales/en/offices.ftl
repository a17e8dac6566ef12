# Offices, anchors, transactions, the consortium, errors, and what the register is.

offices-title = Offices
offices-lead = The member offices, with what each has recorded. A record of an office is as good as its keys, which are listed on its page.
admitted = Admitted
office-active = Active member
office-suspended = Suspended
office-departed = Departed
office-says-active = Its keys can sign, and it votes.
office-says-suspended = It cannot record anything for the time being. What it recorded before stands.
office-says-departed = It is no longer a member. What it recorded stands.
office-suspended-until = The suspension ends at { $until }.
office-facts = The office
seat = Seat (account)
endpoint = Public service
seat-proposed = Next seat, proposed
seat-replacement = Next seat, by vote
seat-replacement-says = can take over from { $time } on; the present seat may object until then
successor = Successor
practice-title = Practice
renewal-terms = Renewal
renewal-terms-say = For { $years } years each time; possible { $window } months before the end, and { $grace } months after it with a surcharge.
renewal-maximum = At most { $years } years in all.
body = Body that may record events
body-categories = categories { $letters } of ST.27
body-none = all was taken back
earliest-filing-date = Records of filings from
office-recorded = What it has recorded
office-recorded-none = Nothing yet.
keys-title = Signing keys
keys-lead = Every key that the office ever had. What a key signed while it was good stays valid after its end.
keys-none = The office has no key.
valid-from = Valid from
valid-until = Valid until
calendars-title = Calendars
calendars-lead = Days on which the office is closed; a priority period that would end on one ends on the next open day.
calendars-none = The office has published no calendar: no closed day of its is considered.
calendar-closed = { $count ->
    [0] no single closed days
    [one] one closed day
   *[other] { $count } closed days
 }
calendar-weekly = Closed every week:
calendar-opened = Open although closed by the week:
calendar-version = Version { $version }, published { $time }
weekday-0 = Monday
weekday-1 = Tuesday
weekday-2 = Wednesday
weekday-3 = Thursday
weekday-4 = Friday
weekday-5 = Saturday
weekday-6 = Sunday
anchors-newest = Newest anchors
anchors-all = All anchors of the office
anchors-lead = One signed Merkle root that stands for many records: for bulk, and for what is not yet public.
anchors-none = None is recorded.
anchor-root = Root
anchor-leaves = Records

no-office-title = No such office
no-office-known = { $code } ({ $name }) is an office by WIPO ST.3, and not a member here.
no-office-unknown = An office is named by two capital letters of WIPO ST.3, such as EM.
no-office-all = The offices that are members

transaction-title = Transaction
transaction-lead = { $count ->
    [one] It recorded one event in block { $block }, at { $time }.
   *[other] It recorded { $count } events in block { $block }, at { $time }.
 }
transaction-raw = The transaction itself
transaction-raw-says = As the node has it. Who sent it matters little: what offices signed is inside, and anyone may hand it in.
transaction-raw-none = The node cannot be reached, or has it no more. The events above were read from the index.
transaction-bytes = { $count } bytes
transaction-none = No transaction with this hash has recorded anything in this register.

consortium-title = Consortium
consortium-lead = The offices decide together: one office, one vote. Every privileged act is a proposal that anyone can read before it takes effect.
no-consortium = No consortium governs this deployment: one account does. That is for tests and the time before the founding.
proposals-title = Proposals
proposals-none = Nothing has been proposed yet.
proposal = Proposal
proposal-named = Proposal { $number }
proposal-by = Proposed by
proposed-at = Proposed
proposal-more-calls = { $count ->
    [one] and one more act
   *[other] and { $count } more acts
 }
proposal-unreadable = cannot be read in full
proposal-unreadable-says = Some part of this proposal could not be decoded, or its text is not what its number stands for. Nobody should vote for what cannot be read.
proposal-does = What it would do
proposal-call = The call itself
call-data = Call data
proposal-description = In the words of the proposer
proposal-description-says = These words bind nobody. What is done is above, decoded from the calls themselves.
proposal-dates = Dates
proposal-pending = The vote has not begun
proposal-active = Offices vote
proposal-cancelled = Cancelled
proposal-defeated = Defeated
proposal-succeeded = Has the votes, to be counted
proposal-queued = Counted, waits for its delay
proposal-expired = Expired
proposal-executed = Executed
vote-start = Vote begins after
vote-end = Vote ends
count-until = Can be counted until
executable = Can be executed
votes = Votes
votes-of = { $votes } for it, { $needed } needed
votes-tally = { $against } against, { $abstained } abstained, { $offices } active offices.
votes-final = The count is final.
votes-none = Nobody has voted yet.
vote = Vote
vote-for = for
vote-against = against
vote-abstain = abstains
vote-reason = Reason
vote-not-counted = does not count: the office is not active
remarks-title = Remarks of observers
no-proposal-title = No such proposal
no-proposal-says = Nobody has proposed anything with the number
no-proposal-all = All proposals
charter-title = Charter
charter-adopted = adopted
charter-location = Published at
charter-history = Former versions
charter-verify = Verify a copy of the text by its SHA-256
observers-title = Observers
observers-none = None is listed.
parameters-title = Parameters
parameter-active-offices = Active offices
parameter-votes-needed = Votes that a proposal needs
parameter-supermajority = at least { $numerator } of { $denominator } of the active offices
parameter-voting-delay = From proposal to vote
parameter-voting-period = Duration of the vote
parameter-count-window = To be counted within
parameter-execution-delay = Delay before execution
parameter-execution-window = To be executed within
parameter-emergency-duration = An emergency suspension lasts
parameter-objection-delay = To object to the replacement of a seat
parameter-least-offices = Active offices that must remain
parameter-emergency-quorum = Offices that can suspend at once
duration-seconds = { $count ->
    [one] one second
   *[other] { $count } seconds
 }
duration-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
 }
duration-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
 }
duration-days = { $count ->
    [one] one day
   *[other] { $count } days
 }
powers-title = Powers
powers-lead = Who can call which function of the contracts, by the rules that “registrum consortium powers” proves by trying each.
powers-functions = { $count ->
    [one] one function
   *[other] { $count } functions
 }
holder-vote = the offices, by vote
holder-emergency = a few offices in an emergency, or the offices by vote
holder-seat = the office, by its seat
holder-new-seat = the account that an office or a vote named as its next seat
holder-key-manager = the office, by its seat or a key with the scope keys
holder-seat-or-vote = the office by its seat, or the offices by vote
holder-signature = anyone with a statement that a key of the office signed
holder-signed-votes = anyone with votes that seats signed
holder-any-seat = any active office, by its seat
holder-observer = a listed observer, or anyone with a remark that it signed
holder-carrier = anyone, for what the offices voted or an office signed
holder-proposer = the office that proposed, before the vote begins
holder-consortium = the consortium, for what was voted
holder-timelock = the timelock itself, hence the offices by vote
holder-own-role = whoever holds a role, to give up its own
holder-anyone = anyone; it gives no power
holder-nobody = nobody
contracts-title = Contracts
code-hash = Hash of the code
active-since = In force since

live-title = Live
live-lead = What happens in the register, newest first.
live-events = Events
live-empty = Nothing has been recorded yet.
live-refresh = Refresh
live-older = Older events
live-following = This list follows the register by itself.
live-stopped = The list stands still.
live-failed = The server does not answer; trying again.
live-added = New events: { "{count}" }
live-vanished = The chain may have gone back since: this list begins anew.
live-pause = Pause
live-go-on = Go on

error-code = The server answered { $status }
error-search = Search the register
error-unreachable = Unreachable
error-says-unreachable = The node that must be asked for this does not answer: nothing is said about the matter itself. Search, records and register entries are read from the index and go on.
error-index = The index cannot be read
error-says-index = Nothing can be said at present. Try again later.
error-loading = The register is still being read
error-says-loading = The index is reading the chain. Until it has read all of it, nothing can be said of any number. Try again later.
error-network = The node is another chain
error-says-network = The node is not the chain that this register is for. Whoever runs this server must know.
error-address = There is no such page
error-says-address = Nothing is kept at this address. That says nothing about any application.
error-often = Too many requests
error-says-often = You have asked very often in a short time. Wait a little, then go on.
error-busy = Many are searching
error-says-busy = Searches as long as this one are made two at a time, and others are before you. Try again in a moment, or narrow it by the office, the right or dates.
error-refused = This cannot be answered
error-says-refused = The request cannot be read. What the server says of it:
error-failed = This server has failed
error-says-failed = That is a fault of the server, and says nothing about the matter. Tell whoever runs it when this was.

about-title = About this register
about-lead = Several intellectual property offices, none of them in charge of the others, keep this register together. Each signs what it records; the chain orders it, and keeps it.
about-answers = The answers
about-answers-lead = Every question about a number has one of these answers. They are never confused; each has its own words and its own sign.
about-dates = Three dates
about-dates-says = The filing date is declared and signed by the office. The time of recording is set by the chain. For what was recorded late, every page shows the difference: of the time in between the chain proves nothing.
about-limits = What this is not
about-limit-1 = It holds commitments, dates, numbers, statuses and links. Documents, names and lists of goods stay with the offices.
about-limit-2 = It says what offices have signed, not that it is true. What a key signed after it was compromised is marked.
about-limit-3 = What is not found may exist: an office may not have recorded it, or not yet.
about-limit-4 = These pages are read from an index of the chain. The block at which it was read is named on every page; the chain decides.
about-limit-5 = A verdict on a priority claim is what the rules say of the dates, rights and records. The office of second filing decides.
about-privacy = What we know of you
about-privacy-says = Nothing is loaded from elsewhere, and nobody is tracked. One cookie keeps the language that you chose. Files that you verify never leave your computer.
about-programs = For programs
about-programs-says = Everything here can be read by programs:
about-deployment = The deployment
