"""Names that columns have in other languages and programs, for drafting a map. They suggest; only a map decides."""

from functools import cache

from core.delivery import Column, plain

LANGUAGES = ("English", "German", "French", "Spanish", "Dutch", "Italian", "Portuguese")

# What a column is about -> its names, one line for each of the LANGUAGES.
_WORDS: dict[str, tuple[str, ...]] = {
    "id": (
        "employee number|staff id|staff number|personnel id|worker id|emp id|emp no|payroll number|user id",
        "Personalnummer|Personal-Nr|Pers.Nr.|PersNr|Mitarbeiternummer|Mitarbeiter-ID|Mitarbeiter|Kürzel|Stammnummer",
        "matricule|numéro employé|numéro de salarié|identifiant|id salarié|n° salarié",
        "número de empleado|legajo|id empleado|matrícula empleado|código empleado|nº empleado",
        "personeelsnummer|medewerkernummer|medewerker|werknemersnummer",
        "matricola|numero dipendente|codice dipendente|id dipendente",
        "número de funcionário|matrícula|id funcionário|número mecanográfico|código do funcionário",
    ),
    "name": (
        "full name|employee name|display name|employee",
        "Name|Nachname, Vorname|Vor- und Nachname|Mitarbeitername|Vollständiger Name",
        "nom|nom complet|nom et prénom|nom prénom|salarié",
        "nombre|nombre completo|nombre y apellidos|apellidos y nombre|empleado",
        "naam|volledige naam|voor- en achternaam",
        "nome|nome completo|cognome e nome|nome e cognome|dipendente",
        "nome do funcionário|nome completo do funcionário|funcionário|colaborador",
    ),
    "email": (
        "e-mail|work email|email work|upn|user principal name",
        "E-Mail-Adresse|Mailadresse|dienstliche E-Mail",
        "courriel|adresse e-mail|adresse électronique|mél",
        "correo|correo electrónico|dirección de correo",
        "e-mailadres|mailadres",
        "posta elettronica|indirizzo e-mail",
        "correio eletrônico|correio eletrónico|endereço de e-mail",
    ),
    "unit": (
        "department|team|division|organization|organisation|business unit|org path|cost centre|cost center",
        "Organisationseinheit|Abteilung|Bereich|OrgEinheit|OE|Kostenstelle|Team",
        "unité|service|département|direction|équipe|entité|unité organisationnelle",
        "unidad|departamento|área|equipo|unidad organizativa",
        "afdeling|organisatie-eenheid|eenheid",
        "unità|reparto|unità organizzativa|ufficio|direzione",
        "unidade|setor|unidade organizacional|equipe|equipa|área da empresa",
    ),
    "manager_id": (
        "manager|line manager|supervisor|reports to|manager number|superior id|boss id",
        "Vorgesetzter|Vorgesetzte|Vorgesetzten-ID|Führungskraft|Personalnummer Vorgesetzter",
        "responsable|manager matricule|supérieur|matricule responsable|n+1",
        "jefe|responsable directo|supervisor directo|id jefe",
        "leidinggevende|manager nummer|personeelsnummer leidinggevende",
        "responsabile|superiore|matricola responsabile",
        "gestor|chefe|supervisor direto|matrícula do gestor",
    ),
    "contracted_hours": (
        "standard hours|scheduled hours|hours per week|contract hours per week|weekly contract hours|fte hours",
        "Wochenstunden|Vertragsstunden|Sollstunden|Arbeitszeit|vertragliche Wochenstunden|Wochenarbeitszeit",
        "heures contractuelles|heures hebdomadaires|durée hebdomadaire|heures par semaine",
        "horas contratadas|horas semanales|jornada semanal",
        "contracturen|uren per week|contractuele uren",
        "ore contrattuali|ore settimanali",
        "horas contratadas por semana|horas semanais|carga horária|carga horária semanal",
    ),
    "hired": (
        "start date|joining date|date of joining|entry date|employment start|date of hire|original hire date",
        "Eintritt|Eintrittsdatum|Einstellungsdatum|Beschäftigt seit|Eintritt am",
        "date d'embauche|date d'entrée|embauche|entrée",
        "fecha de alta|fecha de ingreso|fecha de contratación|alta",
        "datum in dienst|indiensttreding|startdatum|in dienst",
        "data di assunzione|assunzione|data assunzione",
        "data de admissão|admissão|data de contratação",
    ),
    "left": (
        "end date|exit date|leave date|date of leaving|employment end|last day|last working day",
        "Austritt|Austrittsdatum|Ausgeschieden am|letzter Arbeitstag",
        "date de départ|date de sortie|sortie|départ",
        "fecha de baja|fecha de salida|baja",
        "datum uit dienst|uitdiensttreding|uit dienst",
        "data di cessazione|cessazione|data uscita",
        "data de demissão|data de desligamento|desligamento|saída",
    ),
    "leaving_reason": (
        "termination reason|leave reason|reason of leaving",
        "Austrittsgrund|Kündigungsgrund|Grund des Austritts",
        "motif de départ|motif de sortie|motif",
        "motivo de baja|motivo de salida",
        "reden uitdiensttreding|reden vertrek",
        "motivo cessazione|motivo di uscita",
        "motivo do desligamento|motivo da saída",
    ),
    "role": (
        "position|title|job|function",
        "Rolle|Stelle|Funktion|Position|Stellenbezeichnung|Tätigkeit",
        "poste|fonction|emploi|intitulé du poste",
        "puesto|cargo|función",
        "functie|rol|functietitel",
        "ruolo|mansione|posizione",
        "função|posto|cargo do funcionário",
    ),
    "location": (
        "city|workplace|work location|place",
        "Standort|Ort|Arbeitsort|Niederlassung",
        "lieu|site|ville|lieu de travail",
        "ubicación|lugar|sede|centro de trabajo",
        "locatie|vestiging|standplaats|werklocatie",
        "luogo|sede di lavoro|città",
        "local|localização|local de trabalho",
    ),
    "grade": (
        "level|band|pay grade|job level",
        "Stufe|Besoldungsgruppe|Entgeltgruppe|Tarifgruppe|Gehaltsstufe",
        "niveau|échelon|classification|coefficient",
        "categoría|nivel|grado",
        "schaal|salarisschaal|functieschaal",
        "livello|inquadramento",
        "nível|categoria|classe",
    ),
    "from": (
        "effective date|effective from|start of assignment|begin",
        "gültig ab|gültig von|von|ab|Beginn",
        "du|à partir du|valable du|début",
        "desde|válido desde|vigente desde",
        "vanaf|geldig vanaf|begindatum",
        "dal|valido dal|inizio",
        "de|válido de|início",
    ),
    "to": (
        "effective to|until|end of assignment",
        "gültig bis|bis|Ende",
        "au|jusqu'au|valable jusqu'au|fin",
        "hasta|válido hasta|vigente hasta",
        "tot|tot en met|geldig tot|einddatum",
        "al|valido fino al|fine",
        "até|válido até|fim",
    ),
    "schedule": (
        "working hours|work schedule|working time pattern|shift",
        "Arbeitszeitmodell|Dienstplan|Schicht|Arbeitszeiten",
        "horaire|horaires|planning",
        "horario|turno",
        "rooster|werktijden|dienstrooster",
        "orario|turno di lavoro",
        "horário|escala",
    ),
    "zone": (
        "time zone|timezone|tz",
        "Zeitzone",
        "fuseau|fuseau horaire",
        "zona horaria|huso horario",
        "tijdzone",
        "fuso orario",
        "fuso horário",
    ),
    "week": (
        "week starting|week commencing|week begin|period|date|week beginning|w/c",
        "Woche|Wochenbeginn|Woche ab|Kalenderwoche|KW|Montag|Datum",
        "semaine|semaine du|début de semaine|lundi|date de la semaine",
        "semana|inicio de semana|semana del|lunes|fecha",
        "week van|weekbegin|begin van de week|maandag|datum",
        "settimana|inizio settimana|settimana del|lunedì|data",
        "semana de|início da semana|segunda-feira",
    ),
    "contracted": (
        "target hours|planned hours|contract|scheduled hours|standard hours",
        "Soll|Sollstunden|Vertragsstunden|Soll-Stunden|Sollzeit",
        "heures contractuelles|heures prévues|heures théoriques",
        "horas contratadas|horas previstas",
        "contracturen|contractuele uren",
        "ore contrattuali|ore previste",
        "horas contratadas|horas previstas no contrato",
    ),
    "leave": (
        "vacation|pto|holiday taken|paid leave|absence",
        "Urlaub|Urlaubsstunden|Erholungsurlaub",
        "congés|heures de congé|congé",
        "vacaciones|horas de vacaciones",
        "verlof|vakantie|verlofuren",
        "ferie|ore di ferie|permessi",
        "férias|horas de férias",
    ),
    "public_holiday": (
        "bank holiday|statutory holiday|bank holiday hours",
        "Feiertag|Feiertage|Feiertagsstunden",
        "jours fériés|férié|heures fériées",
        "festivos|días festivos|feriados",
        "feestdagen|feestdag",
        "festività|giorni festivi",
        "feriado|horas de feriado",
    ),
    "sickness": (
        "illness|sick leave|sickness absence",
        "Krankheit|krank|Krankheitsstunden|Krankenstand",
        "maladie|heures de maladie|arrêt maladie",
        "enfermedad|baja médica|horas de enfermedad",
        "ziekte|ziekteverzuim|ziekteuren",
        "malattia|ore di malattia",
        "doença|horas de doença|atestado",
    ),
    "worked": (
        "hours|actual hours|total hours|time worked|worked time",
        "Ist|Ist-Stunden|Iststunden|gearbeitet|Arbeitsstunden|geleistete Stunden|Stunden|Istzeit",
        "heures travaillées|heures réalisées|temps travaillé|heures effectuées",
        "horas trabajadas|horas reales|tiempo trabajado",
        "gewerkt|gewerkte uren|uren",
        "ore lavorate|ore effettive",
        "horas trabalhadas|tempo trabalhado",
    ),
    "after_hours": (
        "out of hours|overtime hours|work after hours|evening hours",
        "außerhalb der Arbeitszeit|Abendstunden|nach Feierabend",
        "hors horaires|heures hors horaire|en dehors des horaires",
        "fuera de horario|horas fuera de horario",
        "buiten werktijd|buiten kantooruren",
        "fuori orario|ore fuori orario",
        "fora do horário|horas fora do expediente",
    ),
    "rest_day": (
        "rest day hours|weekend hours|weekend work|days off worked",
        "Wochenendarbeit|freie Tage gearbeitet|Wochenendstunden|an freien Tagen",
        "jours de repos|travail week-end|heures de week-end",
        "día de descanso|horas de fin de semana",
        "rustdag|weekenduren",
        "giorno di riposo|ore nel fine settimana",
        "dia de folga|horas de fim de semana",
    ),
    "meeting": (
        "meetings|time in meetings",
        "Besprechungen|Besprechung|Meetings|Besprechungsstunden|Sitzungen",
        "réunions|réunion|heures de réunion",
        "reuniones|horas de reunión",
        "vergaderingen|vergaderuren|overleg",
        "riunioni|ore di riunione",
        "reuniões|horas de reunião",
    ),
    "focus": (
        "focus hours|deep work|uninterrupted time",
        "Fokuszeit|Konzentrationszeit|ungestörte Zeit",
        "concentration|temps de concentration",
        "concentración|tiempo de concentración",
        "focustijd|concentratietijd",
        "concentrazione|tempo di concentrazione",
        "foco|tempo de foco",
    ),
    "time": (
        "datetime|event time|occurred at|date and time|committed at|call start",
        "Zeitpunkt|Zeit|Zeitstempel|Datum und Uhrzeit|Uhrzeit",
        "horodatage|date et heure|heure",
        "fecha y hora|hora|marca de tiempo",
        "tijdstip|tijd|datum en tijd",
        "data e ora|orario evento",
        "data e hora|carimbo de data",
    ),
    "source": (
        "origin|channel|type",
        "Quelle|Herkunft",
        "origine|source",
        "origen|fuente",
        "bron|herkomst",
        "fonte|origine dati",
        "origem|fonte dos dados",
    ),
}
# Columns of other kinds that are about the same.
_SAME = {"person_id": "id", "PersonId": "id", "actor": "id", "MetricDate": "week"}


@cache
def _by_spelling(about: str) -> dict[str, str]:
    return {
        plain(word): language
        for language, line in reversed(list(zip(LANGUAGES, _WORDS.get(about, ()), strict=False)))
        for word in line.split("|")
    }


def words_for(column: Column) -> dict[str, str]:
    """Plain spelling -> language, of all names known for this column besides its own."""
    return _by_spelling(_SAME.get(column.name, column.name))
