# Front page, search, and the page of an application record.

home-title = Look up, verify, follow
home-lead = Applications and register entries of several intellectual property offices, each signed by its office and kept on a chain that none of them controls alone.
home-search-label = Number, SHA-256, key, transaction or office
home-search-hint = In any form: EM 018660437, US 29/010,907, PCT/AU2010/001234, EM/T/018660437, or 64 hexadecimal digits.
home-search-more = Search by office, right, date, class or status
search-button = Search
home-do = What you can do here
home-do-verify = Verify that a file is what an office recorded
home-do-priority = Check a priority claim, with the rule that decides
home-do-offices = See the offices, their keys and their calendars
home-do-consortium = See how the offices govern themselves
home-holds = What the register holds
home-offices = { $count ->
    [one] One office
   *[other] { $count } offices
 }
home-no-offices = No office has been admitted yet.
home-newest = What happened last
home-live = Follow what happens

search-title = Search the register
search-kinds = What to search
search-narrow = Narrow the search
search-apply = Show
search-clear = Clear
facets = Refine
facet-office = Office
facet-right = Right
facet-status = Status
facet-state = State
facet-year = Filing year
facet-remove = Remove { $value }
results-count = { $count ->
    [0] Nothing found
    [one] One found
   *[other] { $count } found
 }
results-capped = More than { $count } found
results-none = Not found
results-none-says = Nothing in the register fits. What an office has not recorded is not found here, whether or not it exists.
results-outside-says = { $office } is not a member of the consortium, or not any more: nothing can be said here about what it has not recorded. Ask the office itself.
field-begins = Number begins with
begins-hint = With office and right (EM/T/0186) or without
status-hint = As the office states it, such as Registered
field-sort = Order
sort-down-position = newest in the register first
sort-down-filingdate = newest filing first
sort-filingdate = oldest filing first
sort-number = by number
field-office = Office
field-right = Right
field-class = Class
field-filed-from = Filed from
field-filed-to = Filed until
field-recorded-from = Recorded from
field-recorded-to = Recorded until
field-late-by = Recorded late by at least (days)
field-registered-from = Registered from
field-registered-to = Registered until
field-expires-from = Expires from
field-expires-to = Expires until
field-irregular = Only with irregular events
class-hint = Nice for trade marks, Locarno for designs

found-title = What this can be
found-asked = You asked for
found-known = { $count ->
    [one] One of the numbers that it can be is recorded
   *[other] { $count } of the numbers that it can be are recorded
 }
found-none-of = { $count ->
    [one] It can be read as one number, which is not recorded.
   *[other] It can be read as { $count } numbers, and none of them is recorded.
 }
found-readings = { $count ->
    [one] The other number that it can be
   *[other] The other { $count } numbers that it can be
 }
found-all = The numbers that it can be
found-entry = to the entry
found-nothing-readable = This cannot be read as a number
found-forms = Write the office’s two letters before the number, for example EM 018660437; or paste a SHA-256.
found-no-digest = Not found: no such digest, no such transaction, no such proposal
found-decided-unknown = Whether it is a proposal or the charter of the consortium is not known: the node that must be asked for that does not answer.
found-no-account = Not found: no office has named this account
found-no-account-says = It is no signing key, no seat and no body of any office here, and has signed nothing in this register.
found-whose = Whose account it is
role-key = signing key of
role-seat = seat of
role-former-seat = was the seat of
role-body = may record events for
found-signed-none = It has signed no application record that stands.
found-signed-too-many = There are too many records to look through them for this account. Narrow the search by office, right or dates.
found-events-by = Events of register entries signed by this account
found-events-none = It has signed no event.
found-events-newest = The newest { $shown } of { $count }.
found-events-too-many = There are too many events to look through them for this account. The pages of the entries name who signed each.
found-begins = Numbers that begin so
found-signed-by = Application records signed by this account
application-record = Application record

malformed-title = Not an office number
malformed-says = What stands in the address is no office number

record-kind = Application record – { $right }
record-facts = What was recorded
record-signer = Who signed it
record-has-entry = This number has a register entry as well:
record-entry-link = Register entry { $number }
filing-date-says = declared and signed by the office
on-chain-form = Number on chain
disclosure-plain = of the application as filed
disclosure-salted = a salted commitment to the application: only whoever has the salt can compare a copy with it
suspect-title = Suspect: the signing key was compromised
suspect-says = The key that signed this was known to be compromised since { $since }, which is before it was recorded. It proves nothing until the office confirms it with a good key.
suspect-standing = Without that it would be called: { $standing }.
late-title = Recorded long after filing.
late-says = { $days } days lie between the filing date that the office states and its recording, which the chain proves. Of the time in between the chain says nothing.
unmasked-says = The number fits none of the forms that this office is known to use.

key-state = State of the key
key-state-then = The key when it signed
key-then-good = By what is known today, it was good when this was recorded.
key-then-bad = By what is known today, it was not good any more when this was recorded.
key-state-now = The key today
key-good = in force
key-not-yet = not yet valid
key-expired = expired
key-suspended = suspended
key-revoked = revoked
key-compromised = compromised
key-scopes = May sign
scope-applications = application records
scope-register = register entries
scope-transactions = transactions
scope-keys = keys of its office
key-valid = Valid
key-revoked-at = Revoked
key-revoked-says = What it signed before stays valid.
key-compromised-since = Compromised since
key-compromised-after = The record was made after that: it is suspect.
key-compromised-before = The record was made before that, and stands.
key-of-successor = not a key of this office in the directory; an office that acts for it has signed
reconfirmed = Confirmed again
reconfirmed-says = version { $version }, by the key

claims-title = Priority claims
claims-made = Claims that this application makes
claims-on = Claims that rest on this application
claims-none = None is recorded.
claim-earlier = Earlier application
claim-later = Later application
claimed-date = Claimed date
later-filed = Later filing
claim-outcome = Found by the office
claim-claimed = claimed
claim-accepted = accepted
claim-refused = refused
claim-withdrawn = withdrawn
claim-partial = for a part of the later application
claim-corrected-since = The earlier record was corrected since.
claim-withdrawn-since = The earlier application was withdrawn since.
claim-not-recorded = The earlier application was not recorded then.

conflict-says = { $count ->
    [one] Another content was offered for this number once, and was not taken: what was recorded first stands.
   *[other] Another content was offered for this number { $count } times, and was not taken: what was recorded first stands.
 }
conflict-offered = offered was
versions-title = Versions
versions-lead = Nothing is overwritten: every version stays, with the transaction that made it.
version-until = until
version-from-anchor = disclosed from anchor { $sequence }
version-changed-by = signed by
change-registered = registered
change-corrected = corrected
change-withdrawn = withdrawn
change-reinstated = reinstated

proof-title = Proof
proof-lead = Where a record stands in an anchor, a proof file shows it to anyone, offline, without this server. Check it with “registrum anchor verify”.
proof-download = Download the proof
proof-of-absent = The number is not recorded one by one, but it stands in an anchor of its office that this server holds: a proof file shows it to anyone.
proof-none-here = No anchor that this server holds has this record; the office that recorded it can say more.

raw-title = As it stands on the chain
raw-lead = Every event of the contracts about this number, with all its arguments, oldest first.
raw-none = There are no events.
contract-event = Event

certificate-link = Printable certificate
certificate-title = Extract from the register
certificate-print = This page is made to be printed: use your browser’s print command.
certificate-recorded = Where it is recorded
genesis = block 0
kept-by = Contract of the register
certificate-source = Where this was read
address-of-page = Page
certificate-limits = This extract says what the member offices have signed, as of the block named here. It is no act of an office. Whoever doubts it can read the same from any node of the chain.
