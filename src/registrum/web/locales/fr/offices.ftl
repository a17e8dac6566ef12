# Offices, ancrages, transactions, consortium, erreurs, et ce qu’est le registre.

offices-title = Offices
offices-lead = Les offices membres, avec ce que chacun a inscrit. Une inscription vaut ce que valent les clés de l’office, listées sur sa page.
admitted = Admis
office-active = Membre actif
office-suspended = Suspendu
office-departed = Parti
office-says-active = Ses clés peuvent signer, et il vote.
office-says-suspended = Il ne peut rien inscrire pour le moment. Ce qu’il a inscrit avant vaut.
office-says-departed = Il n’est plus membre. Ce qu’il a inscrit vaut.
office-suspended-until = La suspension prend fin le { $until }.
office-facts = L’office
seat = Siège (compte)
endpoint = Service public
seat-proposed = Prochain siège, proposé
seat-replacement = Prochain siège, par un vote
seat-replacement-says = peut prendre le relais à partir du { $time } ; le siège actuel peut s’y opposer jusque-là
successor = Successeur
practice-title = Pratique
renewal-terms = Renouvellement
renewal-terms-say = Pour { $years } ans chaque fois ; possible { $window } mois avant la fin, et { $grace } mois après avec surtaxe.
renewal-maximum = Au plus { $years } ans en tout.
body = Organe qui peut inscrire des événements
body-categories = catégories { $letters } de la ST.27
body-none = tout a été repris
earliest-filing-date = Demandes inscrites, déposées depuis le
office-recorded = Ce qu’il a inscrit
office-recorded-none = Rien encore.
keys-title = Clés de signature
keys-lead = Chaque clé que l’office a jamais eue. Ce qu’une clé a signé tant qu’elle était bonne reste valable après sa fin.
keys-none = L’office n’a pas de clé.
valid-from = Valable depuis
valid-until = Valable jusqu’au
calendars-title = Calendriers
calendars-lead = Jours où l’office est fermé ; un délai de priorité qui finirait un tel jour finit le jour ouvrable suivant.
calendars-none = L’office n’a pas publié de calendrier : aucun jour de fermeture n’est pris en compte.
calendar-closed = { $count ->
    [0] aucun jour de fermeture isolé
    [one] un jour de fermeture
   *[other] { $count } jours de fermeture
 }
calendar-weekly = Fermé chaque semaine :
calendar-opened = Ouvert bien que fermé selon la semaine :
calendar-version = Version { $version }, publiée le { $time }
weekday-0 = lundi
weekday-1 = mardi
weekday-2 = mercredi
weekday-3 = jeudi
weekday-4 = vendredi
weekday-5 = samedi
weekday-6 = dimanche
anchors-newest = Derniers ancrages
anchors-all = Tous les ancrages de l’office
anchors-lead = Une racine de Merkle signée qui représente de nombreuses demandes : pour le nombre, et pour ce qui n’est pas encore public.
anchors-none = Aucun n’est inscrit.
anchor-root = Racine
anchor-leaves = Demandes

no-office-title = Office inconnu
no-office-known = { $code } ({ $name }) est un office selon la norme ST.3 de l’OMPI, et n’est pas membre ici.
no-office-unknown = Un office se nomme par deux lettres majuscules de la norme ST.3 de l’OMPI, par exemple EM.
no-office-all = Les offices membres

transaction-title = Transaction
transaction-lead = { $count ->
    [one] Elle a inscrit un événement au bloc { $block }, le { $time }.
   *[other] Elle a inscrit { $count } événements au bloc { $block }, le { $time }.
 }
transaction-raw = La transaction elle-même
transaction-raw-says = Telle que l’a le nœud. Peu importe qui l’a envoyée : ce que les offices ont signé est dedans, et chacun peut le transmettre.
transaction-raw-none = Le nœud est injoignable, ou ne l’a plus. Les événements ci-dessus ont été lus dans l’index.
transaction-bytes = { $count } octets
transaction-none = Aucune transaction de cette empreinte n’a rien inscrit dans ce registre.

consortium-title = Consortium
consortium-lead = Les offices décident ensemble : un office, une voix. Tout acte privilégié est une proposition que chacun peut lire avant qu’elle prenne effet.
no-consortium = Aucun consortium ne gouverne ce déploiement : un seul compte le fait. C’est pour les essais et le temps d’avant la fondation.
proposals-title = Propositions
proposals-none = Rien n’a encore été proposé.
proposal = Proposition
proposal-named = Proposition { $number }
proposal-by = Proposée par
proposed-at = Proposée
proposal-more-calls = { $count ->
    [one] et un acte de plus
   *[other] et { $count } actes de plus
 }
proposal-unreadable = ne se lit pas en entier
proposal-unreadable-says = Une partie de cette proposition n’a pas pu être décodée, ou son texte n’est pas celui que désigne son numéro. Nul ne devrait voter pour ce qui ne se lit pas.
proposal-does = Ce qu’elle ferait
proposal-call = L’appel lui-même
call-data = Données de l’appel
proposal-description = Selon les mots de l’auteur
proposal-description-says = Ces mots n’engagent personne. Ce qui est fait figure plus haut, décodé des appels eux-mêmes.
proposal-dates = Dates
proposal-pending = Le vote n’a pas commencé
proposal-active = Les offices votent
proposal-cancelled = Annulée
proposal-defeated = Rejetée
proposal-succeeded = A les voix, à dépouiller
proposal-queued = Dépouillée, attend son délai
proposal-expired = Caduque
proposal-executed = Exécutée
vote-start = Le vote commence après
vote-end = Fin du vote
count-until = Dépouillement possible jusqu’au
executable = Exécutable
votes = Voix
votes-of = { $votes } pour, { $needed } nécessaires
votes-tally = { $against } contre, { $abstained } abstentions, { $offices } offices actifs.
votes-final = Le décompte est définitif.
votes-none = Personne n’a encore voté.
vote = Vote
vote-for = pour
vote-against = contre
vote-abstain = s’abstient
vote-reason = Motif
vote-not-counted = ne compte pas : l’office n’est pas actif
remarks-title = Remarques d’observateurs
no-proposal-title = Proposition inconnue
no-proposal-says = Personne n’a rien proposé sous le numéro
no-proposal-all = Toutes les propositions
charter-title = Charte
charter-adopted = adoptée le
charter-location = Publiée à
charter-history = Versions antérieures
charter-verify = Vérifier une copie du texte par son empreinte SHA-256
observers-title = Observateurs
observers-none = Aucun n’est inscrit.
parameters-title = Paramètres
parameter-active-offices = Offices actifs
parameter-votes-needed = Voix nécessaires à une proposition
parameter-supermajority = au moins { $numerator } sur { $denominator } des offices actifs
parameter-voting-delay = De la proposition au vote
parameter-voting-period = Durée du vote
parameter-count-window = À dépouiller sous
parameter-execution-delay = Délai avant exécution
parameter-execution-window = À exécuter sous
parameter-emergency-duration = Une suspension d’urgence dure
parameter-objection-delay = Pour s’opposer au remplacement d’un siège
parameter-least-offices = Offices actifs qui doivent rester
parameter-emergency-quorum = Offices qui peuvent suspendre aussitôt
duration-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
 }
duration-minutes = { $count ->
    [one] une minute
   *[other] { $count } minutes
 }
duration-hours = { $count ->
    [one] une heure
   *[other] { $count } heures
 }
duration-days = { $count ->
    [one] un jour
   *[other] { $count } jours
 }
powers-title = Pouvoirs
powers-lead = Qui peut appeler quelle fonction des contrats, selon les règles que « registrum consortium powers » prouve en essayant chacune.
powers-functions = { $count ->
    [one] une fonction
   *[other] { $count } fonctions
 }
holder-vote = les offices, par un vote
holder-emergency = quelques offices en cas d’urgence, ou les offices par un vote
holder-seat = l’office, par son siège
holder-new-seat = le compte qu’un office ou un vote a nommé comme prochain siège
holder-key-manager = l’office, par son siège ou une clé habilitée aux clés
holder-seat-or-vote = l’office par son siège, ou les offices par un vote
holder-signature = chacun, avec une déclaration signée par une clé de l’office
holder-signed-votes = chacun, avec des votes signés par des sièges
holder-any-seat = tout office actif, par son siège
holder-observer = un observateur inscrit, ou chacun avec une remarque qu’il a signée
holder-carrier = chacun, pour ce que les offices ont voté ou qu’un office a signé
holder-proposer = l’office qui a proposé, avant le début du vote
holder-consortium = le consortium, pour ce qui a été voté
holder-timelock = le délai lui-même, donc les offices par un vote
holder-own-role = qui tient un rôle, pour y renoncer
holder-anyone = chacun ; cela ne donne aucun pouvoir
holder-nobody = personne
contracts-title = Contrats
code-hash = Empreinte du code
active-since = En vigueur depuis

live-title = En direct
live-lead = Ce qui se passe dans le registre, le plus récent d’abord.
live-events = Événements
live-empty = Rien n’a encore été inscrit.
live-refresh = Actualiser
live-older = Événements plus anciens
live-following = Cette liste suit le registre d’elle-même.
live-stopped = La liste est arrêtée.
live-failed = Le serveur ne répond pas ; nouvel essai en cours.
live-added = Nouveaux événements : { "{count}" }
live-vanished = La chaîne est peut-être revenue en arrière : cette liste recommence.
live-pause = Arrêter
live-go-on = Reprendre

error-code = Le serveur a répondu { $status }
error-search = Chercher dans le registre
error-unreachable = Injoignable
error-says-unreachable = Le nœud qu’il faut interroger ne répond pas : rien n’est dit de la chose elle-même. La recherche, les demandes et les inscriptions se lisent dans l’index et continuent.
error-index = L’index ne peut être lu
error-says-index = Rien ne peut être dit pour l’instant. Réessayez plus tard.
error-loading = Le registre est encore en cours de lecture
error-says-loading = L’index lit la chaîne. Tant qu’il ne l’a pas lue en entier, rien ne peut être dit d’aucun numéro. Réessayez plus tard.
error-network = Le nœud est une autre chaîne
error-says-network = Le nœud n’est pas la chaîne de ce registre. Qui tient ce serveur doit le savoir.
error-address = Cette page n’existe pas
error-says-address = Rien n’est tenu à cette adresse. Cela ne dit rien d’aucune demande.
error-often = Trop de requêtes
error-says-often = Vous avez demandé très souvent en peu de temps. Attendez un peu, puis continuez.
error-busy = Beaucoup de recherches en cours
error-says-busy = Les recherches aussi longues se font deux à la fois, et d’autres passent avant vous. Réessayez dans un instant, ou précisez la recherche par office, droit ou dates.
error-refused = Impossible de répondre
error-says-refused = La requête ne se lit pas. Ce que le serveur en dit :
error-failed = Ce serveur a failli
error-says-failed = C’est une faute du serveur, qui ne dit rien de la chose. Dites à qui le tient quand c’était.

about-title = À propos de ce registre
about-lead = Plusieurs offices de propriété intellectuelle, dont aucun ne commande aux autres, tiennent ce registre ensemble. Chacun signe ce qu’il inscrit ; la chaîne l’ordonne et le garde.
about-answers = Les réponses
about-answers-lead = Toute question sur un numéro a l’une de ces réponses. Elles ne se confondent jamais ; chacune a ses mots et son signe.
about-dates = Trois dates
about-dates-says = La date de dépôt est déclarée et signée par l’office. Le moment de l’inscription est fixé par la chaîne. Pour ce qui fut inscrit tardivement, chaque page montre l’écart : du temps entre les deux, la chaîne ne prouve rien.
about-limits = Ce que ce registre n’est pas
about-limit-1 = Il tient des engagements, dates, numéros, statuts et liens. Documents, noms et listes de produits restent aux offices.
about-limit-2 = Il dit ce que les offices ont signé, non que c’est vrai. Ce qu’une clé a signé une fois compromise est signalé.
about-limit-3 = Ce qui est introuvable peut exister : un office peut ne pas l’avoir inscrit, ou pas encore.
about-limit-4 = Ces pages se lisent dans un index de la chaîne. Le bloc auquel il a été lu figure sur chaque page ; la chaîne décide.
about-limit-5 = Un verdict sur une revendication de priorité est ce que disent les règles des dates, droits et inscriptions. L’office de second dépôt décide.
about-privacy = Ce que nous savons de vous
about-privacy-says = Rien n’est chargé d’ailleurs, et personne n’est suivi. Un cookie garde la langue choisie. Les fichiers que vous vérifiez ne quittent jamais votre ordinateur.
about-programs = Pour les programmes
about-programs-says = Tout ce qui est ici peut être lu par des programmes :
about-deployment = Le déploiement
