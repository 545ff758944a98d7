"""Lists of other people's contacts that were imported, and what they name.

Reading such a list is left to `broker.core.contact_lists`.
"""

import json
from collections.abc import Iterator, Sequence

from broker.core.contact_records import ImportedList, ImportedOffice
from broker.infra.database import Database
from keys.directory.model import OfficeRole
from keys.identity import PartyId


class ImportStore:
    """The part of a node's database that is about imported lists.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace_import(
        self, source: str, dated: str, offices: Sequence[ImportedOffice], now_ms: int
    ) -> int:
        """Stores a list in place of what was imported from the same source.

        Args:
            source: What the list is.
            dated: Of when it is, or empty.
            offices: What it names.
            now_ms: The present.

        Returns:
            How many offices of the same source it takes the place of.
        """
        with self._database.write() as db:
            before = db.execute(
                "SELECT count(*) FROM imported_offices WHERE source = ?", (source,)
            ).fetchone()[0]
            db.execute("DELETE FROM imported_lists WHERE source = ?", (source,))
            db.execute(
                "INSERT INTO imported_lists VALUES (?, ?, ?)", (source, dated, now_ms)
            )
            db.executemany(
                "INSERT INTO imported_offices VALUES (?, ?, ?, ?)",
                [
                    (source, position, office.country, _to_json(office))
                    for position, office in enumerate(offices)
                ],
            )
        return int(before)

    def imports(self) -> list[ImportedList]:
        """Returns the lists that were imported, in the order of their sources."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT source, dated, imported_ms, count(office),"
                " count(DISTINCT country) FROM imported_lists"
                " LEFT JOIN imported_offices USING (source)"
                " GROUP BY source ORDER BY source"
            ).fetchall()
        return [
            ImportedList(
                source=row[0],
                dated=row[1],
                imported_ms=row[2],
                offices=row[3],
                countries=row[4],
            )
            for row in rows
        ]

    def remove_import(self, source: str) -> bool:
        """Forgets a list; tells whether there was one."""
        with self._database.write() as db:
            cursor = db.execute(
                "DELETE FROM imported_lists WHERE source = ?", (source,)
            )
            return bool(cursor.rowcount)

    def imported_offices(
        self, country: PartyId
    ) -> Iterator[tuple[ImportedList, list[ImportedOffice]]]:
        """Yields what each list says about a country; lists that say nothing not."""
        for listed in self.imports():
            with self._database.read() as db:
                rows = db.execute(
                    "SELECT office FROM imported_offices"
                    " WHERE source = ? AND country = ? ORDER BY position",
                    (listed.source, country),
                ).fetchall()
            if rows:
                yield listed, [_from_json(country, row[0]) for row in rows]

    def imported_countries(self) -> dict[PartyId, int]:
        """Returns how many offices the lists name, by country."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT country, count(*) FROM imported_offices"
                " GROUP BY country ORDER BY country"
            ).fetchall()
        return {PartyId(row[0]): row[1] for row in rows}


def _to_json(office: ImportedOffice) -> str:
    fields = {
        "name": office.name,
        "role": office.role,
        "emails": office.emails,
        "telephones": office.telephones,
        "languages": office.languages,
        "tasks": office.tasks,
        "round_the_clock": office.round_the_clock,
        "line": office.line,
    }
    return json.dumps(fields, ensure_ascii=False)


def _from_json(country: PartyId, text: str) -> ImportedOffice:
    fields = json.loads(text)
    role = fields["role"]
    return ImportedOffice(
        country=country,
        name=fields["name"],
        role=None if role is None else OfficeRole(role),
        emails=tuple(fields["emails"]),
        telephones=tuple(fields["telephones"]),
        languages=tuple(fields["languages"]),
        tasks=tuple(fields["tasks"]),
        round_the_clock=fields["round_the_clock"],
        line=fields["line"],
    )
