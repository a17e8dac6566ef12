# Accueil, recherche et page d’une demande.

home-title = Chercher, vérifier, suivre
home-lead = Demandes et inscriptions de plusieurs offices de propriété intellectuelle, signées chacune par son office et tenues sur une chaîne qu’aucun ne contrôle seul.
home-search-label = Numéro, SHA-256, clé, transaction ou office
home-search-hint = Sous toute forme : EM 018660437, US 29/010,907, PCT/AU2010/001234, EM/T/018660437, ou 64 chiffres hexadécimaux.
home-search-more = Chercher par office, droit, date, classe ou statut
search-button = Chercher
home-do = Ce que vous pouvez faire ici
home-do-verify = Vérifier qu’un fichier est celui qu’un office a inscrit
home-do-priority = Examiner une revendication de priorité, avec la règle qui décide
home-do-offices = Voir les offices, leurs clés et leurs calendriers
home-do-consortium = Voir comment les offices se gouvernent
home-holds = Ce que contient le registre
home-offices = { $count ->
    [one] Un office
   *[other] { $count } offices
 }
home-no-offices = Aucun office n’a encore été admis.
home-newest = Derniers événements
home-live = Suivre ce qui se passe

search-title = Chercher dans le registre
search-kinds = Que chercher
search-narrow = Restreindre la recherche
search-apply = Afficher
search-clear = Effacer
facets = Affiner
facet-office = Office
facet-right = Droit
facet-status = Statut
facet-state = État
facet-year = Année de dépôt
facet-remove = Retirer { $value }
results-count = { $count ->
    [0] Rien trouvé
    [one] Un résultat
   *[other] { $count } résultats
 }
results-capped = Plus de { $count } résultats
results-none = Introuvable
results-none-says = Rien dans le registre ne correspond. Ce qu’un office n’a pas inscrit n’est pas trouvé ici, que cela existe ou non.
results-outside-says = { $office } n’est pas membre du consortium, ou ne l’est plus : rien ne peut être dit ici de ce qu’il n’a pas inscrit. Adressez-vous à l’office lui-même.
field-begins = Le numéro commence par
begins-hint = Avec office et droit (EM/T/0186) ou sans
status-hint = Comme l’office le dit, par exemple Registered
field-sort = Ordre
sort-down-position = derniers inscrits d’abord
sort-down-filingdate = dépôts récents d’abord
sort-filingdate = dépôts anciens d’abord
sort-number = par numéro
field-office = Office
field-right = Droit
field-class = Classe
field-filed-from = Déposé depuis le
field-filed-to = Déposé jusqu’au
field-recorded-from = Inscrit depuis le
field-recorded-to = Inscrit jusqu’au
field-late-by = Inscrit avec un retard d’au moins (jours)
field-registered-from = Enregistré depuis le
field-registered-to = Enregistré jusqu’au
field-expires-from = Expire depuis le
field-expires-to = Expire jusqu’au
field-irregular = Seulement avec des événements irréguliers
class-hint = Nice pour les marques, Locarno pour les dessins et modèles

found-title = Ce que cela peut être
found-asked = Vous avez demandé
found-known = { $count ->
    [one] Un des numéros possibles est inscrit
   *[other] { $count } des numéros possibles sont inscrits
 }
found-none-of = { $count ->
    [one] Cela se lit comme un seul numéro, qui n’est pas inscrit.
   *[other] Cela se lit comme { $count } numéros, dont aucun n’est inscrit.
 }
found-readings = { $count ->
    [one] L’autre numéro possible
   *[other] Les { $count } autres numéros possibles
 }
found-all = Les numéros possibles
found-entry = vers l’inscription
found-nothing-readable = Cela ne se lit pas comme un numéro
found-forms = Écrivez les deux lettres de l’office devant le numéro, par exemple EM 018660437 ; ou collez une empreinte SHA-256.
found-no-digest = Introuvable : ni empreinte, ni transaction, ni proposition de ce nom
found-decided-unknown = On ne sait pas s’il s’agit d’une proposition ou de la charte du consortium : le nœud qu’il faut interroger pour cela ne répond pas.
found-no-account = Introuvable : aucun office n’a nommé ce compte
found-no-account-says = Il n’est ni clé de signature, ni siège, ni organe d’un office d’ici, et n’a rien signé dans ce registre.
found-whose = À qui est ce compte
role-key = clé de signature de
role-seat = siège de
role-former-seat = fut le siège de
role-body = peut inscrire des événements pour
found-signed-none = Il n’a signé aucune demande en vigueur.
found-signed-too-many = Il y a trop de demandes pour les parcourir à la recherche de ce compte. Restreignez la recherche par l’office, le droit ou les dates.
found-events-by = Événements du registre signés par ce compte
found-events-none = Il n’a signé aucun événement.
found-events-newest = Les { $shown } plus récents sur { $count }.
found-events-too-many = Il y a trop d’événements pour les parcourir à la recherche de ce compte. Les pages des inscriptions nomment le signataire de chacun.
found-begins = Numéros qui commencent ainsi
found-signed-by = Demandes signées par ce compte
application-record = Demande

malformed-title = Pas un numéro d’office
malformed-says = Ce qui figure dans l’adresse n’est pas un numéro d’office

record-kind = Demande – { $right }
record-facts = Ce qui a été inscrit
record-signer = Qui l’a signé
record-has-entry = Ce numéro a aussi une inscription au registre :
record-entry-link = Inscription { $number }
filing-date-says = déclarée et signée par l’office
on-chain-form = Numéro sur la chaîne
disclosure-plain = de la demande telle que déposée
disclosure-salted = engagement salé sur la demande : seul qui a le sel peut y comparer une copie
suspect-title = Suspect : la clé de signature était compromise
suspect-says = On savait compromise depuis le { $since }, donc avant l’inscription, la clé qui a signé ceci. Cela ne prouve rien tant que l’office ne le confirme pas avec une bonne clé.
suspect-standing = Sans cela, la réponse serait : { $standing }.
late-title = Inscrit longtemps après le dépôt.
late-says = { $days } jours séparent la date de dépôt que l’office déclare de son inscription, que la chaîne prouve. Du temps entre les deux, la chaîne ne dit rien.
unmasked-says = Le numéro n’a aucune des formes que l’on connaît de cet office.

key-state = État de la clé
key-state-then = La clé quand elle a signé
key-then-good = D’après ce que l’on sait aujourd’hui, elle était bonne quand ceci a été inscrit.
key-then-bad = D’après ce que l’on sait aujourd’hui, elle n’était plus bonne quand ceci a été inscrit.
key-state-now = La clé aujourd’hui
key-good = en vigueur
key-not-yet = pas encore valable
key-expired = expirée
key-suspended = suspendue
key-revoked = révoquée
key-compromised = compromise
key-scopes = Peut signer
scope-applications = demandes
scope-register = inscriptions au registre
scope-transactions = transactions
scope-keys = clés de son office
key-valid = Valable
key-revoked-at = Révoquée
key-revoked-says = Ce qu’elle a signé avant reste valable.
key-compromised-since = Compromise depuis
key-compromised-after = L’inscription est postérieure : elle est suspecte.
key-compromised-before = L’inscription est antérieure, et vaut.
key-of-successor = pas une clé de cet office dans l’annuaire ; un office qui agit pour lui a signé
reconfirmed = Confirmé de nouveau
reconfirmed-says = version { $version }, par la clé

claims-title = Revendications de priorité
claims-made = Revendications que fait cette demande
claims-on = Revendications fondées sur cette demande
claims-none = Aucune n’est inscrite.
claim-earlier = Demande antérieure
claim-later = Demande ultérieure
claimed-date = Date revendiquée
later-filed = Dépôt ultérieur
claim-outcome = Constaté par l’office
claim-claimed = revendiquée
claim-accepted = admise
claim-refused = refusée
claim-withdrawn = retirée
claim-partial = pour une partie de la demande ultérieure
claim-corrected-since = La demande antérieure a été rectifiée depuis.
claim-withdrawn-since = La demande antérieure a été retirée depuis.
claim-not-recorded = La demande antérieure n’était pas inscrite alors.

conflict-says = { $count ->
    [one] Un autre contenu a été présenté une fois pour ce numéro et n’a pas été reçu : ce qui fut inscrit d’abord vaut.
   *[other] Un autre contenu a été présenté { $count } fois pour ce numéro et n’a pas été reçu : ce qui fut inscrit d’abord vaut.
 }
conflict-offered = fut présenté
versions-title = Versions
versions-lead = Rien n’est écrasé : chaque version demeure, avec la transaction qui l’a faite.
version-until = jusqu’au
version-from-anchor = révélée depuis l’ancrage { $sequence }
version-changed-by = signée par
change-registered = inscrite
change-corrected = rectifiée
change-withdrawn = retirée
change-reinstated = rétablie

proof-title = Preuve
proof-lead = Quand une demande figure dans un ancrage, un fichier de preuve le montre à chacun, hors ligne, sans ce serveur. Vérifiez-le par « registrum anchor verify ».
proof-download = Télécharger la preuve
proof-of-absent = Le numéro n’est pas inscrit individuellement, mais il figure dans un ancrage de son office que ce serveur détient : un fichier de preuve le montre à chacun.
proof-none-here = Aucun ancrage que ce serveur détient ne contient cette demande ; l’office qui l’a inscrite peut en dire plus.

raw-title = Tel que sur la chaîne
raw-lead = Chaque événement des contrats sur ce numéro, avec tous ses arguments, les plus anciens d’abord.
raw-none = Il n’y a pas d’événements.
contract-event = Événement

certificate-link = Extrait à imprimer
certificate-title = Extrait du registre
certificate-print = Cette page est faite pour être imprimée : utilisez la commande d’impression du navigateur.
certificate-recorded = Où elle est inscrite
genesis = bloc 0
kept-by = Contrat du registre
certificate-source = Où cela a été lu
address-of-page = Page
certificate-limits = Cet extrait dit ce que les offices membres ont signé, à l’état du bloc indiqué. Ce n’est pas un acte d’un office. Qui en doute peut le lire sur tout nœud de la chaîne.
