# Ce que toutes les pages ont en commun.

format-day = { DATETIME($day, dateStyle: "long") }
format-time = { DATETIME($day, dateStyle: "long") }, { $clock } UTC
format-number = { NUMBER($number) }
none = aucun
any = tous
choose = choisir
without-end = sans fin
from-on = depuis le { $start }, sans fin
from-to = du { $start } au { $end }

skip = Aller au contenu
brand-note = registre d’offices de propriété intellectuelle
menu = Menu principal
menu-search = Recherche
menu-verify = Vérifier un fichier
menu-priority = Priorité
menu-offices = Offices
menu-consortium = Consortium
menu-live = En direct
trail = Où vous êtes
languages = Langues
footer = Tenu en commun par les offices membres ; aucun ne commande aux autres.
footer-about = Ce registre et ses limites
english-only = Ces phrases sont formées par un programme qui ne connaît que l’anglais ; elles ne sont pas traduites, afin que rien ne se perde.

read-at-label = État des données
read-at = Lu au bloc { $block }
read-at-nothing = Aucun bloc n’a encore été lu.
read-at-newest = C’est le bloc le plus récent.
read-at-lag = { $blocks ->
    [one] La chaîne a un bloc d’avance.
   *[other] La chaîne a { $blocks } blocs d’avance.
 }
read-at-lag-unknown = Le nœud est injoignable : on ignore quelle avance a la chaîne.
read-at-incomplete = L’index est en cours de construction : des rectifications ultérieures peuvent manquer ici.
read-from-node = Lu sur le nœud à son bloc { $block } ; l’horloge de la chaîne indique le { $time }.

paging = Pages
paging-shown = { $first } à { $last }
paging-of = { $first } à { $last } sur { $count }
paging-before = Précédents
paging-after = Suivants
paging-cut-off = La liste continue, mais les pages ne vont pas plus loin : précisez la recherche par office, droit ou dates, ou inversez le tri.

form-faults = { $count ->
    [one] Un champ est à revoir
   *[other] { $count } champs sont à revoir
 }
date-hint = Par exemple 2024-01-31
fault-missing = Remplissez ce champ.
fault-date = Écrivez la date ainsi : 2024-01-31.
fault-digest = Une empreinte SHA-256 a 64 chiffres hexadécimaux, précédés ou non de 0x.
fault-choice = Choisissez dans la liste.
fault-not-known-yet = Le registre a été lu à l’état du { $day } : il ne peut dire ce que l’on saura plus tard.
fault-whole = Donnez un nombre entier de { $lowest } à { $highest }.

right = Droit
right-patent = brevet
right-utility-model = modèle d’utilité
right-trademark = marque
right-design = dessin ou modèle
right-supplementary-protection = certificat complémentaire de protection
right-geographical-indication = indication géographique
right-of-letter-p = brevets
right-of-letter-u = modèles d’utilité
right-of-letter-t = marques
right-of-letter-d = dessins et modèles
right-of-letter-s = certificats complémentaires de protection
right-of-letter-g = indications géographiques

number = Numéro
number-short = N°
office = Office
applications = Demandes enregistrées
entries = Inscriptions au registre
anchors = Ancrages
anchor = Ancrage
status = Statut
state = État
version = Version
digest = Empreinte (SHA-256)
filing-date = Date de dépôt
registration-date = Date d’enregistrement
expiry-date = Date d’expiration
effective-date = Prend effet
recorded-at = Inscrit
when = Quand
stands = Vaut aujourd’hui
what-happened = Ce qui s’est passé
signing-key = Clé de signature
block = Bloc
chain = Identifiant de la chaîne
transaction = Transaction
contract = Contrat
function = Fonction
address = Adresse
log-index = journal { $index }
version-number = Version { $number }
version-of = version { $number }
event-place = bloc { $block }
event-number = événement { $number }
transaction-named = Transaction { $hash }
anchor-number = n° { $sequence }
record-as-json = La même chose pour les programmes (JSON)
outside-link = Ouvrir { $host } (quitte ce registre)

late-ahead = Inscrit la veille, selon l’horloge de la chaîne en UTC.
late-short = { $days } jours après le dépôt
late-days = { $days ->
    [0] Inscrit le jour du dépôt.
    [one] Inscrit un jour après le dépôt.
   *[other] Inscrit { $days } jours après le dépôt.
 }

# Les réponses au sujet d’un numéro, qui ne se confondent jamais.
standing-recorded = Inscrit
standing-corrected = Rectifié
standing-withdrawn = Retiré
standing-not-found = Introuvable
standing-not-covered = Non couvert
standing-conflict = Conflit
standing-unreachable = Injoignable
standing-says-recorded = L’office a inscrit cette demande, et ce qui est affiché est ce qu’il a signé.
standing-says-corrected = L’office a remplacé ce qu’il avait inscrit d’abord. La version rectifiée est affichée ; les précédentes figurent plus bas.
standing-says-withdrawn = La demande a été retirée. Son inscription demeure, et le retrait n’éteint pas un droit de priorité (Convention de Paris, art. 4A(3)).
standing-says-not-found = L’office est membre et n’a pas inscrit ce numéro. La demande peut ne pas avoir été déposée, ne pas être publiée, ou être antérieure aux inscriptions de l’office.
standing-says-not-covered = L’office n’est pas membre, ou ne l’est plus, et n’a pas inscrit ce numéro : rien ne peut en être dit ici.
standing-says-conflict = Deux déclarations sur la même chose se contredisent ; la première inscrite vaut jusqu’à ce que l’office la rectifie.
standing-says-unreachable = Le nœud qu’il faut interroger ne répond pas : rien n’est dit de la chose elle-même.

record-filed = déposée
record-corrected = rectifiée
record-withdrawn = retirée

# Textes écrits par autrui.
concern-lead = Ce texte a été écrit par autrui et demande de l’attention :
concern-bidirectional = Il contient des commandes qui inversent l’ordre des caractères ; elles sont montrées par leur code.
concern-invisible = Il contient des caractères invisibles ; ils sont montrés par leur code.
concern-mixed-scripts = Un mot mêle des lettres semblables de plusieurs écritures.
concern-look-alike = Il contient des caractères qui ressemblent à des lettres ou chiffres simples et en sont d’autres.
concern-stacked = Il empile des signes sur des lettres, ce qui peut couvrir d’autres lignes.

mark-late = inscrit tardivement
mark-suspect = signature suspecte
mark-irregular = irrégulier
mark-imported = repris
mark-present = vaut
mark-former = antérieure
mark-correction = rectifie
mark-corrected-by = rectifié par
mark-annuls = annule
mark-surcharge = surtaxe payée
