"""How a statement speaks: its numbers, dates and fixed words, in the language it is written in.

The statement's language is its own; it is not that of the page it is edited on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from observer.collect.models import Status

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"
"""The narrow space within French numbers, which the fonts of statements do not have."""

_LOCALES = {"en": "en_GB", "es": "es", "fr": "fr", "ar": "ar"}
LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "ar": "العربية"}
"""The languages a statement can be written in."""

_NUMBERS = {
    "en": "no one two three four five six seven eight nine ten eleven twelve",
    "es": "ninguna una dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "fr": "aucun un deux trois quatre cinq six sept huit neuf dix onze douze",
    "ar": "صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
}

_PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "annex_how": "How the mission observed",
        "annex_how_text": "Observers worked in teams. In each place they filled in a form of the mission on a phone, from what they saw and were told there; every report carries the time at which it was finished. A second person of the mission then checks each report. Counted here: {statuses}.",  # noqa: E501
        "annex_forms": "Reports by form: {forms}.",
        "annex_who": "Who observed, and where",
        "annex_who_text": "Somebody who reported from several regions is counted in each of them, and once in all.",  # noqa: E501
        "annex_who_caption": "Teams and observers that reported, and polling stations with a report, by region",  # noqa: E501
        "annex_when": "When the mission observed",
        "annex_when_text": "The first report was finished on {first}, the last on {last} ({zone}).",
        "by_hour": "Reports by the hour in which they were finished",
        "by_day": "Reports by the day on which they were finished",
        "alt_columns": "Column chart. {caption}. {bars}.",
        "teams": "Teams",
        "observers": "Observers",
        "reports_column": "Reports",
        "stations_column": "Polling stations observed",
        "per_cent": "{share} per cent",
        "less_than": "less than {share} per cent",
        "more_than": "more than {share} per cent",
        "k_of_n": "{k} of {n}",
        "none_of": "none of {n}",
        "none": "none observed",
        "base": "{k} of the {n} {places}",
        "coverage": "{k} of the {n} {places} ({share})",
        "coverage_few": "{k} of the {n} {places}",
        "station_observed": "polling stations observed",
        "centre_observed": "polling centres observed",
        "any_observed": "reports received",
        "station_partly": "polling stations where this was observed",
        "centre_partly": "polling centres where this was observed",
        "any_partly": "reports that say so",
        "station_reports": "observations in polling stations",
        "centre_reports": "observations in polling centres",
        "any_reports": "reports received",
        "station": "polling stations",
        "centre": "polling centres",
        "any": "polling stations",
        "by_region": "by region",
        "coverage_caption": "Polling stations observed, by region",
        "labelled": "{label}: {text}",
        "table": "Table",
        "figure": "Figure",
        "region": "Region",
        "answer": "Answer",
        "observations": "Observations",
        "share": "Share",
        "whole": "All regions",
        "abroad": "Abroad",
        "source_form": "Source: {statuses} of the mission’s observers, form “{form}”; {observed} "
        "of {total} {places} observed.",
        "source": "Source: {statuses} of the mission’s observers; {observed} of {total} {places} "
        "observed.",
        "few_table": "Where there are fewer than {least} observations, counts are given instead "
        "of percentages.",
        "few_figure": "Hatched: fewer than {least} observations, given as counts.",
        "alt_chart": "Bar chart. {caption}. {bars}.",
        "alt_map": "Map. {caption}. {bars}.",
        "verified": "verified reports",
        "received": "reports received",
        "received verified": "received and verified reports",
        "accessed": "accessed {day}",
        "round": "{round}, {day}",
        "contents": "Contents",
        "page": "Page",
        "of": "of",
        "annex_figures": "Annex: figures and their base",
        "annex_figures_text": "Every figure of the mission’s own in this statement, in the order "
        "in which it is given. Figures count {statuses}; the last column counts all reports "
        "received and verified. “Observed” are the places with such a "
        "report, of all there are.",
        "annex_not_drawn": "The places were not drawn as a sample: the figures describe the "
        "places observed and no others.",
        "annex_estimates": "Estimates are for all places, from those that were drawn as a sample; "
        "“observed” are then those of the sample that have reported. All other figures describe "
        "the places observed and no others.",
        "estimate": "{share} (± {margin})",
        "estimate_between": "{share} (between {lower} and {upper} per cent)",
        "estimated": "estimate for all {places}, from {lower} to {upper} per cent with "
        "{confidence} per cent confidence",
        "compared": "{share} ({round}: {other}; {difference})",
        "compared_few": "{share} ({round}: {other})",
        "compared_base": "over the same places; {round}: {k} of {n}",
        "percentage_point": "{number} percentage point",
        "percentage_points": "{number} percentage points",
        "less_than_points": "less than {points}",
        "more": "{points} more",
        "less": "{points} less",
        "no_difference": "no difference",
        "annex_coverage": "Annex: what the mission observed",
        "annex_coverage_text": "Polling stations with at least one report among the {statuses}, "
        "of all polling stations.",
        "as_printed": "As given",
        "what": "What it says",
        "counted": "Counted",
        "all_reports": "All reports",
        "observed": "Observed",
        "total": "In all",
        "incident_base": "{k} of the {n} incidents reported",
        "incident_source": "Source: the mission’s register of incidents; {state}: {k} of {n} "
        "reported. Several reports of one event are one incident.",
        "incidents_confirmed": "Incidents confirmed",
        "incidents_not_confirmed": "Incidents not confirmed",
        "incidents_checking": "Incidents being checked",
        "incidents_new": "Incidents not yet looked at",
        "incidents_reported": "Incidents reported",
        "incident": "Incident",
        "when": "When",
        "type": "Type",
        "gravity": "Gravity",
        "in_all": "All",
        "not_given": "Not given",
        "no_region": "No region",
        "number": "No.",
        "recommendation": "Recommendation",
        "recommendations": "Recommendations of the mission",
        "basis_and_priority": "Basis",
        "priority": "Priority",
        "no_addressee": "To all",
        "recommendations_source": "Recommendations: {count}; priorities: {priority}.",
        "follow_up": "Earlier recommendations and what became of them",
        "follow_up_source": "Recommendations of earlier missions: {count}. {counts}.",
        "outcome": "What became of it",
        "no_origin": "Earlier missions",
        "status_implemented": "Implemented",
        "status_partly": "Partly implemented",
        "status_not": "Not implemented",
        "status_no_longer_applicable": "No longer applicable",
        "status_too_early": "Too early to say",
        "status_none": "Not looked at yet",
        "press_release": "Press release",
        "page_statement": "Statement",
    },
    "es": {
        "annex_how": "Cómo observó la misión",
        "annex_how_text": "Los observadores trabajaron en equipos. En cada lugar llenaron en un teléfono una ficha de la misión con lo que vieron y lo que se les dijo; cada ficha lleva la hora en que se terminó. Después, una segunda persona de la misión revisa cada ficha. Aquí se cuentan: {statuses}.",  # noqa: E501
        "annex_forms": "Fichas por tipo: {forms}.",
        "annex_who": "Quiénes observaron, y dónde",
        "annex_who_text": "Quien informó desde varias regiones se cuenta en cada una de ellas y una sola vez en el total.",  # noqa: E501
        "annex_who_caption": "Equipos y observadores que informaron, y mesas con una ficha, por región",  # noqa: E501
        "annex_when": "Cuándo observó la misión",
        "annex_when_text": "La primera ficha se terminó el {first}, la última el {last} ({zone}).",
        "by_hour": "Fichas según la hora en que se terminaron",
        "by_day": "Fichas según el día en que se terminaron",
        "alt_columns": "Gráfico de columnas. {caption}. {bars}.",
        "teams": "Equipos",
        "observers": "Observadores",
        "reports_column": "Fichas",
        "stations_column": "Mesas observadas",
        "per_cent": "{share} por ciento",
        "less_than": "menos del {share} por ciento",
        "more_than": "más del {share} por ciento",
        "k_of_n": "{k} de {n}",
        "none_of": "ninguna de {n}",
        "none": "sin observaciones",
        "base": "{k} de las {n} {places}",
        "coverage": "{k} de las {n} {places} ({share})",
        "coverage_few": "{k} de las {n} {places}",
        "station_observed": "mesas observadas",
        "centre_observed": "sedes de votación observadas",
        "any_observed": "fichas recibidas",
        "station_partly": "mesas en las que esto se observó",
        "centre_partly": "sedes en las que esto se observó",
        "any_partly": "fichas que lo dicen",
        "station_reports": "observaciones en mesas",
        "centre_reports": "observaciones en sedes de votación",
        "any_reports": "fichas recibidas",
        "station": "mesas",
        "centre": "sedes de votación",
        "any": "mesas",
        "by_region": "por región",
        "coverage_caption": "Mesas observadas, por región",
        "labelled": "{label}: {text}",
        "table": "Cuadro",
        "figure": "Gráfico",
        "region": "Región",
        "answer": "Respuesta",
        "observations": "Observaciones",
        "share": "Proporción",
        "whole": "Todas las regiones",
        "abroad": "Extranjero",
        "source_form": "Fuente: {statuses} de los observadores de la misión, ficha «{form}»; "
        "{observed} de {total} {places} observadas.",
        "source": "Fuente: {statuses} de los observadores de la misión; {observed} de {total} "
        "{places} observadas.",
        "few_table": "Donde hay menos de {least} observaciones se dan cantidades en lugar de "
        "porcentajes.",
        "few_figure": "Rayado: menos de {least} observaciones, dadas como cantidades.",
        "alt_chart": "Gráfico de barras. {caption}. {bars}.",
        "alt_map": "Mapa. {caption}. {bars}.",
        "verified": "fichas verificadas",
        "received": "fichas recibidas",
        "received verified": "fichas recibidas y verificadas",
        "accessed": "consultado el {day}",
        "round": "{round}, {day}",
        "contents": "Contenido",
        "page": "Página",
        "of": "de",
        "annex_figures": "Anexo: las cifras y su base",
        "annex_figures_text": "Todas las cifras propias de la misión en esta declaración, en el "
        "orden en que aparecen. Las cifras cuentan {statuses}; la última columna cuenta todos los "
        "informes recibidos y verificados. «Observadas» son las que tienen "
        "una ficha, de todas las que hay.",
        "annex_not_drawn": "No fueron sorteadas como muestra: las cifras describen lo observado y "
        "nada más.",
        "annex_estimates": "Las estimaciones valen para todas, a partir de las que fueron "
        "sorteadas como muestra; «observadas» son entonces las de la muestra que ya informaron. "
        "Las demás cifras describen lo observado y nada más.",
        "estimate": "{share} (± {margin})",
        "estimate_between": "{share} (entre el {lower} y el {upper} por ciento)",
        "estimated": "estimación para todas las {places}, del {lower} al {upper} por ciento con "
        "un {confidence} por ciento de confianza",
        "compared": "{share} ({round}: {other}; {difference})",
        "compared_few": "{share} ({round}: {other})",
        "compared_base": "en los mismos lugares; {round}: {k} de {n}",
        "percentage_point": "{number} punto porcentual",
        "percentage_points": "{number} puntos porcentuales",
        "less_than_points": "menos de {points}",
        "more": "{points} más",
        "less": "{points} menos",
        "no_difference": "sin diferencia",
        "annex_coverage": "Anexo: lo que observó la misión",
        "annex_coverage_text": "Mesas con al menos una ficha entre las {statuses}, de todas las "
        "mesas.",
        "as_printed": "En el texto",
        "what": "Qué dice",
        "counted": "Contadas",
        "all_reports": "Todos los informes",
        "observed": "Observadas",
        "total": "En total",
        "incident_base": "{k} de los {n} incidentes informados",
        "incident_source": "Fuente: registro de incidentes de la misión; {state}: {k} de {n} "
        "informados. Varios informes sobre un mismo hecho son un solo incidente.",
        "incidents_confirmed": "Incidentes confirmados",
        "incidents_not_confirmed": "Incidentes no confirmados",
        "incidents_checking": "Incidentes en verificación",
        "incidents_new": "Incidentes aún sin revisar",
        "incidents_reported": "Incidentes informados",
        "incident": "Incidente",
        "when": "Cuándo",
        "type": "Tipo",
        "gravity": "Gravedad",
        "in_all": "Total",
        "not_given": "Sin indicar",
        "no_region": "Sin región",
        "number": "N.º",
        "recommendation": "Recomendación",
        "recommendations": "Recomendaciones de la misión",
        "basis_and_priority": "Fundamento",
        "priority": "Prioritaria",
        "no_addressee": "A todos",
        "recommendations_source": "Recomendaciones: {count}; prioritarias: {priority}.",
        "follow_up": "Recomendaciones anteriores y su seguimiento",
        "follow_up_source": "Recomendaciones de misiones anteriores: {count}. {counts}.",
        "outcome": "Seguimiento",
        "no_origin": "Misiones anteriores",
        "status_implemented": "Aplicada",
        "status_partly": "Aplicada en parte",
        "status_not": "No aplicada",
        "status_no_longer_applicable": "Ya no procede",
        "status_too_early": "Demasiado pronto para decirlo",
        "status_none": "Aún sin revisar",
        "press_release": "Comunicado de prensa",
        "page_statement": "Declaración",
    },
    "fr": {
        "annex_how": "Comment la mission a observé",
        "annex_how_text": "Les observateurs travaillaient en équipes. Dans chaque lieu, ils ont rempli sur un téléphone un formulaire de la mission, d’après ce qu’ils ont vu et ce qui leur a été dit ; chaque rapport porte l’heure à laquelle il a été terminé. Une seconde personne de la mission vérifie ensuite chaque rapport. Sont comptés ici : {statuses}.",  # noqa: E501
        "annex_forms": "Rapports par formulaire : {forms}.",
        "annex_who": "Qui a observé, et où",
        "annex_who_text": "Qui a fait rapport depuis plusieurs régions est compté dans chacune d’elles, et une fois en tout.",  # noqa: E501
        "annex_who_caption": "Équipes et observateurs ayant fait rapport, et bureaux de vote avec un rapport, par région",  # noqa: E501
        "annex_when": "Quand la mission a observé",
        "annex_when_text": "Le premier rapport a été terminé le {first}, le dernier le {last} ({zone}).",  # noqa: E501
        "by_hour": "Rapports selon l’heure à laquelle ils ont été terminés",
        "by_day": "Rapports selon le jour où ils ont été terminés",
        "alt_columns": "Graphique en colonnes. {caption}. {bars}.",
        "teams": "Équipes",
        "observers": "Observateurs",
        "reports_column": "Rapports",
        "stations_column": "Bureaux de vote observés",
        "per_cent": "{share} pour cent",
        "less_than": "moins de {share} pour cent",
        "more_than": "plus de {share} pour cent",
        "k_of_n": "{k} sur {n}",
        "none_of": "aucun sur {n}",
        "none": "aucune observation",
        "base": "{k} des {n} {places}",
        "coverage": "{k} des {n} {places} ({share})",
        "coverage_few": "{k} des {n} {places}",
        "station_observed": "bureaux de vote observés",
        "centre_observed": "centres de vote observés",
        "any_observed": "rapports reçus",
        "station_partly": "bureaux de vote où cela a été observé",
        "centre_partly": "centres de vote où cela a été observé",
        "any_partly": "rapports qui le disent",
        "station_reports": "observations en bureau de vote",
        "centre_reports": "observations en centre de vote",
        "any_reports": "rapports reçus",
        "station": "bureaux de vote",
        "centre": "centres de vote",
        "any": "bureaux de vote",
        "by_region": "par région",
        "coverage_caption": "Bureaux de vote observés, par région",
        "labelled": "{label} : {text}",
        "table": "Tableau",
        "figure": "Figure",
        "region": "Région",
        "answer": "Réponse",
        "observations": "Observations",
        "share": "Proportion",
        "whole": "Toutes les régions",
        "abroad": "Étranger",
        "source_form": "Source : {statuses} des observateurs de la mission, formulaire "
        "« {form} » ; {places} observés : {observed} sur {total}.",
        "source": "Source : {statuses} des observateurs de la mission ; {places} observés : "
        "{observed} sur {total}.",
        "few_table": "En dessous de {least} observations, des nombres sont donnés au lieu de "
        "pourcentages.",
        "few_figure": "Hachuré : moins de {least} observations, données en nombres.",
        "alt_chart": "Graphique en barres. {caption}. {bars}.",
        "alt_map": "Carte. {caption}. {bars}.",
        "verified": "rapports vérifiés",
        "received": "rapports reçus",
        "received verified": "rapports reçus et vérifiés",
        "accessed": "consulté le {day}",
        "round": "{round}, {day}",
        "contents": "Sommaire",
        "page": "Page",
        "of": "sur",
        "annex_figures": "Annexe : les chiffres et leur base",
        "annex_figures_text": "Tous les chiffres propres à la mission dans cette déclaration, dans "
        "l’ordre où ils sont donnés. Ils comptent les {statuses} ; la dernière colonne compte tous "
        "les rapports reçus et vérifiés. « Observés » désigne les lieux qui ont un tel rapport, "
        "sur tous ceux qui existent.",
        "annex_not_drawn": "Les lieux n’ont pas été tirés au sort : les chiffres décrivent les "
        "lieux observés et aucun autre.",
        "annex_estimates": "Les estimations valent pour tous les lieux, à partir de ceux qui ont "
        "été tirés au sort ; « observés » désigne alors ceux de l’échantillon qui ont déjà "
        "fait rapport. Tous les autres chiffres décrivent les lieux observés et aucun autre.",
        "estimate": "{share} (± {margin})",
        "estimate_between": "{share} (entre {lower} et {upper} pour cent)",
        "estimated": "estimation pour tous les {places}, de {lower} à {upper} pour cent avec "
        "{confidence} pour cent de confiance",
        "compared": "{share} ({round} : {other} ; {difference})",
        "compared_few": "{share} ({round} : {other})",
        "compared_base": "dans les mêmes lieux ; {round} : {k} sur {n}",
        "percentage_point": "{number} point de pourcentage",
        "percentage_points": "{number} points de pourcentage",
        "less_than_points": "moins de {points}",
        "more": "{points} de plus",
        "less": "{points} de moins",
        "no_difference": "aucune différence",
        "annex_coverage": "Annexe : ce que la mission a observé",
        "annex_coverage_text": "Bureaux de vote avec au moins un rapport parmi les {statuses}, sur "
        "tous les bureaux de vote.",
        "as_printed": "Dans le texte",
        "what": "Ce qu’il dit",
        "counted": "Comptés",
        "all_reports": "Tous les rapports",
        "observed": "Observés",
        "total": "En tout",
        "incident_base": "{k} des {n} incidents signalés",
        "incident_source": "Source : registre des incidents de la mission ; {state} : "
        "{k} sur {n} signalés. Plusieurs rapports sur un même fait sont un seul incident.",
        "incidents_confirmed": "Incidents confirmés",
        "incidents_not_confirmed": "Incidents non confirmés",
        "incidents_checking": "Incidents en cours de vérification",
        "incidents_new": "Incidents pas encore examinés",
        "incidents_reported": "Incidents signalés",
        "incident": "Incident",
        "when": "Quand",
        "type": "Type",
        "gravity": "Gravité",
        "in_all": "Total",
        "not_given": "Non indiqué",
        "no_region": "Sans région",
        "number": "Nº",
        "recommendation": "Recommandation",
        "recommendations": "Recommandations de la mission",
        "basis_and_priority": "Fondement",
        "priority": "Prioritaire",
        "no_addressee": "À tous",
        "recommendations_source": "Recommandations : {count} ; prioritaires : {priority}.",
        "follow_up": "Recommandations antérieures et leur suivi",
        "follow_up_source": "Recommandations de missions antérieures : {count}. {counts}.",
        "outcome": "Suivi",
        "no_origin": "Missions antérieures",
        "status_implemented": "Appliquée",
        "status_partly": "Appliquée en partie",
        "status_not": "Non appliquée",
        "status_no_longer_applicable": "N’a plus lieu d’être",
        "status_too_early": "Trop tôt pour le dire",
        "status_none": "Pas encore examinée",
        "press_release": "Communiqué de presse",
        "page_statement": "Déclaration",
    },
    "ar": {
        "number": "الرقم",
        "recommendation": "التوصية",
        "recommendations": "توصيات البعثة",
        "basis_and_priority": "الأساس",
        "priority": "أولوية",
        "no_addressee": "إلى الجميع",
        "recommendations_source": "عدد التوصيات: {count}؛ ذات الأولوية: {priority}.",
        "follow_up": "التوصيات السابقة وما آلت إليه",
        "follow_up_source": "توصيات البعثات السابقة: {count}. {counts}.",
        "outcome": "ما آلت إليه",
        "no_origin": "بعثات سابقة",
        "status_implemented": "نُفذت",
        "status_partly": "نُفذت جزئياً",
        "status_not": "لم تُنفذ",
        "status_no_longer_applicable": "لم تعد قابلة للتطبيق",
        "status_too_early": "من السابق لأوانه الحكم",
        "status_none": "لم تُبحث بعد",
        "press_release": "بيان صحفي",
        "annex_how": "كيف راقبت البعثة",
        "annex_how_text": "عمل المراقبون في فرق. وفي كل مكان ملأوا على الهاتف استمارة من استمارات البعثة بما رأوه وما قيل لهم؛ ويحمل كل تقرير وقت إنهائه. ثم يراجع شخص ثان من البعثة كل تقرير. المحسوب هنا: {statuses}.",  # noqa: E501
        "annex_forms": "التقارير حسب الاستمارة: {forms}.",
        "annex_who": "من راقب، وأين",
        "annex_who_text": "من أرسل تقارير من عدة مناطق يُحسب في كل منها، ومرة واحدة في المجموع.",
        "annex_who_caption": "الفرق والمراقبون الذين أرسلوا تقارير، ومكاتب الاقتراع التي ورد عنها تقرير، حسب المنطقة",  # noqa: E501
        "annex_when": "متى راقبت البعثة",
        "annex_when_text": "أُنهي أول تقرير في {first}، وآخر تقرير في {last} ({zone}).",
        "by_hour": "التقارير حسب ساعة إنهائها",
        "by_day": "التقارير حسب يوم إنهائها",
        "alt_columns": "رسم بأعمدة. {caption}. {bars}.",
        "teams": "الفرق",
        "observers": "المراقبون",
        "reports_column": "التقارير",
        "stations_column": "مكاتب الاقتراع المراقَبة",
        "per_cent": "{share} في المئة",
        "less_than": "أقل من {share} في المئة",
        "more_than": "أكثر من {share} في المئة",
        "k_of_n": "{k} من {n}",
        "none_of": "لا شيء من {n}",
        "none": "لم يُرصد شيء",
        "base": "{k} من {places} البالغ عددها {n}",
        "coverage": "{k} من {places} البالغ عددها {n} ({share})",
        "coverage_few": "{k} من {places} البالغ عددها {n}",
        "station_observed": "مكاتب الاقتراع المراقَبة",
        "centre_observed": "مراكز الاقتراع المراقَبة",
        "any_observed": "التقارير الواردة",
        "station_partly": "مكاتب الاقتراع التي رُصد فيها ذلك",
        "centre_partly": "مراكز الاقتراع التي رُصد فيها ذلك",
        "any_partly": "التقارير التي تقول ذلك",
        "station_reports": "المشاهدات في مكاتب الاقتراع",
        "centre_reports": "المشاهدات في مراكز الاقتراع",
        "any_reports": "التقارير الواردة",
        "station": "مكاتب الاقتراع",
        "centre": "مراكز الاقتراع",
        "any": "مكاتب الاقتراع",
        "by_region": "حسب المنطقة",
        "coverage_caption": "مكاتب الاقتراع المراقَبة حسب المنطقة",
        "labelled": "{label}: {text}",
        "table": "الجدول",
        "figure": "الشكل",
        "region": "المنطقة",
        "answer": "الجواب",
        "observations": "المشاهدات",
        "share": "النسبة",
        "whole": "جميع المناطق",
        "abroad": "في الخارج",
        "source_form": "المصدر: {statuses} من مراقبي البعثة، استمارة «{form}»؛ روقب {observed} من أصل {total} من {places}.",  # noqa: E501
        "source": "المصدر: {statuses} من مراقبي البعثة؛ روقب {observed} من أصل {total} من {places}.",  # noqa: E501
        "few_table": "حيث تقل المشاهدات عن {least} تُعطى الأعداد بدلا من النسب المئوية.",
        "few_figure": "المخطط بخطوط مائلة: أقل من {least} مشاهدة، وتُعطى بأعدادها.",
        "alt_chart": "رسم بأشرطة. {caption}. {bars}.",
        "alt_map": "خريطة. {caption}. {bars}.",
        "verified": "التقارير المتحقَّق منها",
        "received": "التقارير الواردة",
        "received verified": "التقارير الواردة والمتحقَّق منها",
        "accessed": "اطُّلع عليه في {day}",
        "round": "{round}، {day}",
        "contents": "المحتويات",
        "page": "صفحة",
        "of": "من",
        "annex_figures": "ملحق: الأرقام وأساسها",
        "annex_figures_text": "جميع أرقام البعثة الواردة في هذا البيان، بالترتيب الذي وردت به. المحسوب فيها: {statuses}؛ ويحسب العمود الأخير جميع التقارير الواردة والمتحقَّق منها. و«المراقَب» هو الأماكن التي ورد عنها تقرير كهذا، من جميع الأماكن.",  # noqa: E501
        "annex_not_drawn": "لم تُختر الأماكن عيّنةً بالقرعة: تصف الأرقام الأماكن المراقَبة ولا تصف سواها.",  # noqa: E501
        "annex_estimates": "تخص التقديرات جميع الأماكن، انطلاقا من التي اختيرت عيّنةً بالقرعة؛ و«المراقَب» هو عندئذ أماكن العيّنة التي وردت تقاريرها. وتصف سائر الأرقام الأماكن المراقَبة ولا تصف سواها.",  # noqa: E501
        "estimate": "{share} (± {margin})",
        "estimate_between": "{share} (بين {lower} و{upper} في المئة)",
        "estimated": "تقدير لجميع {places}، من {lower} إلى {upper} في المئة بثقة قدرها {confidence} في المئة",  # noqa: E501
        "compared": "{share} ({round}: {other}؛ {difference})",
        "compared_few": "{share} ({round}: {other})",
        "compared_base": "في الأماكن نفسها؛ {round}: {k} من {n}",
        "percentage_point": "{number} نقطة مئوية",
        "percentage_points": "{number} نقطة مئوية",
        "less_than_points": "أقل من {points}",
        "more": "بزيادة {points}",
        "less": "بنقص {points}",
        "no_difference": "دون فرق",
        "annex_coverage": "ملحق: ما راقبته البعثة",
        "annex_coverage_text": "مكاتب الاقتراع التي ورد عنها تقرير واحد على الأقل من {statuses}، من جميع مكاتب الاقتراع.",  # noqa: E501
        "as_printed": "كما ورد",
        "what": "ما يقوله",
        "counted": "المحسوب",
        "all_reports": "كل التقارير",
        "observed": "المراقَب",
        "total": "المجموع",
        "incident_base": "{k} من الحوادث المبلَّغ عنها وعددها {n}",
        "incident_source": "المصدر: سجل الحوادث لدى البعثة؛ {state}: {k} من {n} أُبلغ عنها. تُحسب عدة تقارير عن حادث واحد حادثا واحدا.",  # noqa: E501
        "incidents_confirmed": "الحوادث المؤكدة",
        "incidents_not_confirmed": "الحوادث غير المؤكدة",
        "incidents_checking": "الحوادث قيد التحقق",
        "incidents_new": "الحوادث التي لم يُنظر فيها بعد",
        "incidents_reported": "الحوادث المبلَّغ عنها",
        "incident": "الحادث",
        "when": "الوقت",
        "type": "النوع",
        "gravity": "الخطورة",
        "in_all": "الكل",
        "not_given": "غير مذكور",
        "no_region": "دون منطقة",
        "page_statement": "البيان",
    },
}

SUMMARY_TITLES = {
    "executive summary",
    "summary",
    "resumen ejecutivo",
    "resumen",
    "synthèse",
    "résumé",
    "ملخص",
    "الملخص",
}
"""Heads of the section that is set off at the beginning."""
ABOUT_TITLES = {
    "about the mission",
    "sobre la misión",
    "acerca de la misión",
    "à propos de la mission",
    "عن البعثة",
}
"""Heads of the block about the mission, which is set off at the end."""


@dataclass(frozen=True)
class Words:
    """The words of one language, and the base below which no percentage is given."""

    language: str
    min_base: int

    def phrase(self, name: str, **values: object) -> str:
        """One of the fixed phrases, with its values."""
        return _PHRASES[self.language][name].format(**values)

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        """A number with the language's signs."""
        pattern = "#,##0" if digits == 0 else f"#,##0.{'0' * digits}"
        text = format_decimal(value, pattern, locale=_LOCALES[self.language])
        return text.replace(NARROW_SPACE, NO_BREAK_SPACE)

    def in_words(self, value: int) -> str:
        """A number up to twelve as a word, a greater one in figures."""
        words = _NUMBERS[self.language].split()
        return words[value] if 0 <= value < len(words) else self.number(value)

    def day(self, day: date) -> str:
        """A date in full."""
        return format_date(day, "long", locale=_LOCALES[self.language])

    def short_day(self, day: date) -> str:
        """A date without its year."""
        return format_date(day, "d MMM", locale=_LOCALES[self.language])

    def moment(self, moment: datetime, timezone: str) -> str:
        """A day and time on the clocks of a time zone, without the year."""
        local = moment.astimezone(ZoneInfo(timezone))
        return format_datetime(local, "d MMM, HH:mm", locale=_LOCALES[self.language])

    def statuses(self, statuses: Sequence[Status]) -> str:
        """What is counted: ``verified reports``."""
        return self.phrase(" ".join(sorted({Status(status).value for status in statuses})))

    def k_of_n(self, k: int, n: int) -> str:
        """Counts, as words where both are small: ``three of twelve``, ``3 of 25``."""
        if n == 0:
            return self.phrase("none")
        few = max(k, n) < len(_NUMBERS[self.language].split())
        number = self.in_words if few else self.number
        if k == 0:
            return self.phrase("none_of", n=number(n))
        return self.phrase("k_of_n", k=number(k), n=number(n))

    def share(self, k: int, n: int, digits: int = 0) -> str:
        """A share as a sentence has it: a percentage, or counts where the base is small.

        What is not quite none and not quite all is not rounded to it.
        """
        if n < self.min_base:
            return self.k_of_n(k, n)
        step = Decimal(1).scaleb(-digits)
        rounded = (Decimal(100 * k) / Decimal(n)).quantize(step)
        if k > 0 and rounded == 0:
            return self.phrase("less_than", share=self.number(step, digits))
        if k < n and rounded == 100:
            return self.phrase("more_than", share=self.number(100 - step, digits))
        return self.phrase("per_cent", share=self.number(rounded, digits))

    def short_share(self, k: int, n: int, digits: int = 0) -> str:
        """A share as a table or a chart has it: ``9 %``, or ``3 of 25``."""
        if n == 0:
            return "–"
        if n < self.min_base:
            return self.phrase("k_of_n", k=self.number(k), n=self.number(n))
        step = Decimal(1).scaleb(-digits)
        rounded = (Decimal(100 * k) / Decimal(n)).quantize(step)
        if k > 0 and rounded == 0:
            return f"< {self.number(step, digits)} %"
        if k < n and rounded == 100:
            return f"> {self.number(100 - step, digits)} %"
        return f"{self.number(rounded, digits)} %"

    def estimate(self, share: float, lower: float, upper: float, digits: int) -> str:
        """An estimated share with its margin, or with its bounds where they lie unevenly."""
        shown = self.phrase("per_cent", share=self.number(_rounded(100 * share, digits), digits))
        above, below = (_rounded(100 * d, digits) for d in (upper - share, share - lower))
        if above == below:
            return self.phrase("estimate", share=shown, margin=self._points(above, digits))
        bounds = {
            name: self.number(_rounded(100 * value, digits), digits)
            for name, value in (("lower", lower), ("upper", upper))
        }
        return self.phrase("estimate_between", share=shown, **bounds)

    def difference(self, points: float, digits: int = 0) -> str:
        """A difference between shares: ``5 percentage points more``.

        What is not quite none is not rounded to it.
        """
        if points == 0:
            return self.phrase("no_difference")
        rounded = _rounded(abs(points), digits)
        if rounded == 0:
            least = self._points(Decimal(1).scaleb(-digits), digits)
            told = self.phrase("less_than_points", points=least)
        else:
            told = self._points(rounded, digits)
        return self.phrase("more" if points > 0 else "less", points=told)

    def _points(self, points: Decimal, digits: int) -> str:
        # In French a number is singular up to two.
        one = points < 2 if self.language == "fr" else points == 1
        name = "percentage_point" if one else "percentage_points"
        return self.phrase(name, number=self.number(points, digits))


def _rounded(value: float, digits: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits))
