"""What the invented people of all examples are made of: names, topics, free hours, and the writing of a table."""

import csv
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

FIRST = (
    "Ada", "Amir", "Anna", "Ben", "Chiara", "Dana", "Elif", "Emil", "Farid", "Grace", "Hana", "Ines", "Ivo",
    "Jonas", "Kaito", "Lea", "Lin", "Maja", "Mateo", "Nadia", "Noor", "Ola", "Paul", "Priya", "Ravi", "Rosa",
    "Sami", "Tara", "Uma", "Vera", "Wen", "Yara", "Zoe",
)  # fmt: skip
LAST = (
    "Abara", "Bauer", "Costa", "Dietz", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanov", "Jansen", "Kaya",
    "Lund", "Meyer", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Santos", "Tanaka", "Ueda", "Vogel", "Weber",
    "Yilmaz",
)  # fmt: skip
TOPICS = (
    "career planning",
    "negotiation",
    "public speaking",
    "leading teams",
    "kubernetes",
    "data analysis",
    "writing",
    "budgeting",
    "stakeholders",
    "product sense",
)

type Row = Mapping[str, str]
type Tables = Mapping[str, Sequence[Row]]


def names(rng: random.Random, count: int) -> list[str]:
    """That many full names, all different."""
    return [f"{first} {last}" for first, last in rng.sample([(f, n) for f in FIRST for n in LAST], count)]


def some(rng: random.Random, answers: Sequence[str], least: int, most: int) -> str:
    """A few answers of a multiple-choice question, in one cell."""
    return ";".join(rng.sample(answers, rng.randint(least, most)))


def evenly(rng: random.Random, answers: Sequence[str], count: int) -> list[str]:
    """So many answers to one question, each about as often as the others, in random order."""
    dealt = [answers[n % len(answers)] for n in range(count)]
    rng.shuffle(dealt)
    return dealt


def write(tables: Tables, folder: Path) -> None:
    """Write each table as CSV below a folder."""
    for name, rows in tables.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
