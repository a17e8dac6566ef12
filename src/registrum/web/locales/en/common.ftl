# What all pages share.

format-day = { DATETIME($day, dateStyle: "long") }
format-time = { DATETIME($day, dateStyle: "long") }, { $clock } UTC
format-number = { NUMBER($number) }
none = none
any = any
choose = choose
without-end = without end
from-on = from { $start }, without end
from-to = from { $start } to { $end }

skip = Skip to the content
brand-note = register of intellectual property offices
menu = Main menu
menu-search = Search
menu-verify = Verify a file
menu-priority = Priority check
menu-offices = Offices
menu-consortium = Consortium
menu-live = Live
trail = Where you are
languages = Languages
footer = Kept by the member offices together; none of them is in charge of the others.
footer-about = About this register and its limits
english-only = These sentences are made by a program that speaks English only; they are not translated, so that nothing is lost in translation.

read-at-label = State of the data
read-at = Read at block { $block }
read-at-nothing = No block has been read yet.
read-at-newest = This is the newest block.
read-at-lag = { $blocks ->
    [one] The chain is one block ahead.
   *[other] The chain is { $blocks } blocks ahead.
 }
read-at-lag-unknown = The node cannot be reached: how far the chain is ahead is not known.
read-at-incomplete = The index is still being built: later corrections may be missing here.
read-from-node = Read from the node at its block { $block }; the chain’s clock says { $time }.

paging = Pages
paging-shown = { $first } to { $last }
paging-of = { $first } to { $last } of { $count }
paging-before = Previous
paging-after = Next
paging-cut-off = The list goes on, and pages reach no further: narrow the search by office, right or dates, or sort it the other way round.

form-faults = { $count ->
    [one] One field needs your attention
   *[other] { $count } fields need your attention
 }
date-hint = Such as 2024-01-31
fault-missing = Fill in this field.
fault-date = Write a date like 2024-01-31.
fault-digest = A SHA-256 has 64 hexadecimal digits, with or without 0x before them.
fault-choice = Choose one of the list.
fault-not-known-yet = The register was read as of { $day }: it cannot say what will be known later.
fault-whole = Give a whole number from { $lowest } to { $highest }.

right = Right
right-patent = patent
right-utility-model = utility model
right-trademark = trade mark
right-design = design
right-supplementary-protection = supplementary protection certificate
right-geographical-indication = geographical indication
right-of-letter-p = patents
right-of-letter-u = utility models
right-of-letter-t = trade marks
right-of-letter-d = designs
right-of-letter-s = supplementary protection certificates
right-of-letter-g = geographical indications

number = Number
number-short = No.
office = Office
applications = Application records
entries = Register entries
anchors = Anchors
anchor = Anchor
status = Status
state = State
version = Version
digest = Digest (SHA-256)
filing-date = Filing date
registration-date = Registration date
expiry-date = Expiry date
effective-date = Effective
recorded-at = Recorded
when = When
stands = Stands now
what-happened = What happened
signing-key = Signing key
block = Block
chain = Chain id
transaction = Transaction
contract = Contract
function = Function
address = Address
log-index = log { $index }
version-number = Version { $number }
version-of = version { $number }
event-place = block { $block }
event-number = event { $number }
transaction-named = Transaction { $hash }
anchor-number = no. { $sequence }
record-as-json = The same for programs (JSON)
outside-link = Open { $host } (leaves this register)

late-ahead = Recorded on the day before, by the chain’s clock in UTC.
late-short = { $days } days after filing
late-days = { $days ->
    [0] Recorded on the day of filing.
    [one] Recorded one day after filing.
   *[other] Recorded { $days } days after filing.
 }

# The answers about a number, which are never confused.
standing-recorded = Recorded
standing-corrected = Corrected
standing-withdrawn = Withdrawn
standing-not-found = Not found
standing-not-covered = Not covered
standing-conflict = Conflict
standing-unreachable = Unreachable
standing-says-recorded = The office has recorded this application, and what is shown is what it signed.
standing-says-corrected = The office has replaced what it recorded first. What is shown is the corrected version; the former ones are listed below.
standing-says-withdrawn = The application was withdrawn. Its record stays, and its withdrawal does not end a right of priority (Paris Convention, Art. 4A(3)).
standing-says-not-found = The office is a member and has not recorded this number. It may not have been filed, may be unpublished, or may be older than the office’s records.
standing-says-not-covered = The office is not a member, or not any more, and has not recorded this number: nothing can be said about it here.
standing-says-conflict = Two statements about the same thing contradict each other; the first one recorded stands until the office corrects it.
standing-says-unreachable = The node that must be asked for this does not answer: nothing is said about the matter itself.

record-filed = filed
record-corrected = corrected
record-withdrawn = withdrawn

# Texts that somebody else wrote.
concern-lead = This text was written by somebody else, and needs care:
concern-bidirectional = It holds controls that turn the order of characters; they are shown as their codes.
concern-invisible = It holds characters that cannot be seen; they are shown as their codes.
concern-mixed-scripts = A word mixes letters of several scripts that look alike.
concern-look-alike = It holds characters that look like plain letters or digits and are others.
concern-stacked = It piles marks upon letters, which can cover other lines.

mark-late = recorded late
mark-suspect = suspect signature
mark-irregular = irregular
mark-imported = imported
mark-present = stands
mark-former = former
mark-correction = corrects
mark-corrected-by = corrected by
mark-annuls = annuls
mark-surcharge = surcharge paid
