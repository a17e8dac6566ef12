# L’audit d’un office.

audit-title = Audit de { $office }
audit-lead = Ce qui ressort de ce que l’office a inscrit. Une constatation est une question et non un verdict : la plupart ont une cause ordinaire. Ne rien constater ne prouve pas que tout soit juste.
audit-link = Audit : ce qui ressort
audit-period = Période
audit-from = Inscrit à partir du
audit-to = Inscrit jusqu’au
audit-late-days = Tardif au-delà de tant de jours
audit-near-days = Proche d’une compromission à tant de jours
audit-default = { $days } si le champ reste vide
audit-button = Examiner
audit-too-large = Trop à examiner ici
audit-too-large-says = L’office a plus de { $most } faits à examiner : versions d’inscriptions, revendications, ancres, événements et autres. « registrum audit office » établit le rapport sans limite.
audit-found = { $count ->
    [one] Une constatation
   *[other] { $count } constatations
 }
audit-found-says = Chacune nomme ce qui a été comparé, et le bloc et la transaction qui le montrent.
audit-nothing = Rien ne ressort
audit-nothing-says = Cela ne prouve pas que tout soit juste : on ne cherche que ce que la documentation énumère.
audit-not-over = La période se poursuit après le bloc { $block }, jusqu’où l’on a lu : d’autres inscriptions peuvent s’y ajouter.
audit-basis = Ce sur quoi repose le rapport
audit-recorded = Inscrit
audit-measure = Mesuré d’après
audit-measure-says = le moment de l’inscription, fixé par la chaîne, en jours UTC ; non d’après la date de dépôt, que l’office déclare
audit-records = Inscriptions de demandes
audit-records-say = { $period } dans la période, { $all } en tout
audit-uses = Emplois de clés
audit-delays = Jours du dépôt à l’inscription
audit-delays-say = médiane { $median }, 95 % en { $most } au plus ; de { $least } à { $greatest }
audit-no-series = Numéros sans forme connue, parmi lesquels aucune lacune n’est cherchée
audit-program = Établi avec
audit-weight = Poids
audit-what = Ce qui ressort
audit-evidence = Où la chaîne le montre :
audit-more = { $count ->
    [one] Et une autre, que « registrum audit office » énumère.
   *[other] Et { $count } autres, que « registrum audit office » énumère.
 }

severity-observation = Observation
severity-warning = Avertissement
severity-error = Erreur
severity-none = Rien constaté

finding-serial-gap = Lacunes dans les numéros d’ordre
finding-serial-twice = Un numéro d’ordre, deux graphies
finding-recorded-late = Inscriptions tardives
finding-post-dated = Postdatées
finding-back-dated = Date de dépôt reculée
finding-forward-dated = Date de dépôt avancée
finding-digest-corrected = Deux empreintes, par rectification
finding-digest-replaced = Deux empreintes, sans rectification
finding-digest-conflict = Autre contenu qui n’a pas été retenu
finding-anchor-gap = Lacunes dans la suite des ancres
finding-anchor-twice = Deux ancres d’un même numéro de suite
finding-key-near-compromise = Clés employées peu avant une compromission
finding-key-after-compromise = Clés employées après une compromission
finding-key-after-revocation = Clés employées après révocation
finding-key-before-validity = Clés employées avant leur validité
finding-key-after-expiry = Clés employées après expiration
finding-key-suspended = Clés suspendues employées
finding-key-out-of-scope = Clés employées hors de leur portée
finding-key-after-departure = Clés d’un office qui s’était retiré
finding-key-office-suspended = Clés d’un office suspendu
finding-key-of-successor = Nouvelles inscriptions par un successeur
finding-key-unknown = Comptes qui n’étaient pas des clés
finding-body-out-of-mandate = Organismes hors de leur mandat
finding-calendar-published-late = Calendriers publiés pour des jours passés
finding-calendar-changed-late = Calendriers modifiés pour des jours passés
finding-record-reconfirmed = Inscriptions confirmées de nouveau
finding-record-suspect = Inscriptions douteuses
finding-list-missing = Dans la liste et non sur la chaîne
finding-list-extra = Sur la chaîne et non dans la liste
finding-list-late = Tardives d’après la liste
finding-list-different = Différentes de la liste
finding-list-suspect = Inscriptions douteuses de la liste
finding-list-sealed = Engagements salés de la liste
finding-list-outside-period = Lignes inscrites hors de la période
finding-list-duplicate = Deux fois dans la liste
