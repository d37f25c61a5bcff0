"""Invented people: five who sign in, one of each role, and observers in teams of two."""

from __future__ import annotations

from dataclasses import dataclass

from observer.access.models import Role
from observer.demo.chance import stream
from observer.demo.sizes import Size


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST_NAMES = _words(
    """
    Abril Aitana Alba Amaru Anahí Andrea Ariadna Bastián Belén Bruno Camila Catalina Ciro Clara
    Dalia Damián Delia Elías Emilia Enzo Esteban Fabiana Fabricio Flavia Gael Gianella Ignacio
    Inés Irene Ismael Jazmín Joaquín Julieta Kiara Leandro Lorena Lucas Luciana Maite Marcia
    Mateo Micaela Milena Nadia Nicolás Noelia Olivia Paloma Ramiro Renata Rocío Samuel Silvana
    Tadeo Tamara Thiago Úrsula Valeria Ximena Yara
    """
)
_SURNAMES = _words(
    """
    Aguirre Alcázar Anchante Apaza Arana Ayala Ballón Barrientos Bedoya Bellido Benavente
    Cahuana Calderón Candela Carhuas Casaverde Ccori Chipana Choque Coaquira Condori Cusi
    Dávalos Espejo Farfán Gamboa Huamaní Huarcaya Illanes Jaramillo Laura Limachi Llerena
    Loayza Luján Machaca Mallqui Manrique Marca Mayta Medrano Moscoso Ninasivincha Ñahui Ochoa
    Olaya Pacsi Palomino Pariona Pinedo Poma Quiñe Quiroz Roque Sacsa Saldívar Sarmiento Sihuay
    Suclupe Tacuri Taipe Ticona Tupa Uceda Ugarte Vílchez Yanqui Yarlequé Zapata Zavala
    """
)

SIGN_IN = (
    (Role.OBSERVER, "observer@example.org", "Inés Pariona Llerena"),
    (Role.COORDINATOR, "coordinator@example.org", "Ramiro Pinedo Saldívar"),
    (Role.ANALYST, "analyst@example.org", "Nadia Benavente Choque"),
    (Role.EDITOR, "editor@example.org", "Esteban Luján Farfán"),
    (Role.ADMIN, "admin@example.org", "Clara Medrano Uceda"),
)
"""Who signs in. The observer is the first of the first team."""

COORDINATED_REGIONS = ("16", "22", "25")
"""What the coordinator sees: Loreto, San Martín, Ucayali."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the mission; ``team`` is the number of an observer's team, else None."""

    email: str
    name: str
    role: Role
    team: int | None
    language: str


def make_people(size: Size, seed: int) -> list[DemoPerson]:
    """The observers, two by two, and after them the others who sign in."""
    draw = stream(seed, "people")
    many = len(_FIRST_NAMES) * len(_SURNAMES) ** 2
    people = []
    for number, which in enumerate(draw.sample(range(many), size.observers)):
        rest, second = divmod(which, len(_SURNAMES))
        first, surname = divmod(rest, len(_SURNAMES))
        name = f"{_FIRST_NAMES[first]} {_SURNAMES[surname]} {_SURNAMES[second]}"
        email = f"observer-{number + 1}@example.org"
        if number == 0:
            _, email, name = SIGN_IN[0]
        language = "es" if draw.random() < 0.7 and number else "en"
        people.append(DemoPerson(email, name, Role.OBSERVER, number // 2, language))
    for role, email, name in SIGN_IN[1:]:
        people.append(DemoPerson(email, name, role, None, "en"))
    return people


def team_code(number: int) -> str:
    """The code of the team with this number, counted from 0."""
    return f"T{number + 1:02}"
