"""Opens packages and tables with Anki's own library, as its File > Import does, and says what came of it as JSON.

    python open.py FILE... [--back FILE]

Each file goes into one fresh collection, in the order given; --back exports the collection again.
"""

import datetime
import json
import sys
import tempfile
from pathlib import Path

from anki.collection import (
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
    ImportCsvRequest,
)


def imported(col, path):
    if str(path).endswith(".csv"):
        metadata = col.get_csv_metadata(path=str(path), delimiter=None)
        return told(col.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log)
    options = ImportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True)
    return told(col.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options)).log)


def told(log):
    return {
        "found": log.found_notes,
        "new": len(log.new),
        "updated": len(log.updated),
        "duplicate": len(log.duplicate),
        "conflicting": len(log.conflicting),
    }


def card(col, card_id, today):
    card = col.get_card(card_id)
    note = card.note()
    reviews = col.db.all("select id, ease, ivl, lastIvl, factor, time, type from revlog where cid = ? order by id", card_id)
    scheduled = card.type != 0
    return {
        "guid": note.guid,
        "ord": card.ord,
        "notetype": note.note_type()["name"],
        "tags": note.tags,
        "fields": note.fields,
        "deck": col.decks.name(card.did),
        "question": card.question(),
        "answer": card.answer(),
        "due": str(today + datetime.timedelta(days=card.due - col.sched.today)) if scheduled else None,
        "position": None if scheduled else card.due,
        "interval_days": card.ivl,
        "factor": card.factor,
        "lapses": card.lapses,
        "reps": card.reps,
        "suspended": card.queue == -1,
        "flag": card.user_flag(),
        "reviews": reviews,
    }


def main():
    arguments = sys.argv[1:]
    back = None
    if "--back" in arguments:
        at = arguments.index("--back")
        back = arguments[at + 1]
        del arguments[at : at + 2]
    with tempfile.TemporaryDirectory() as folder:
        col = Collection(str(Path(folder) / "collection.anki2"))
        log = [imported(col, path) for path in arguments]
        # A day of Anki begins at four.
        today = (datetime.datetime.now() - datetime.timedelta(hours=4)).date()
        cards = [card(col, card_id, today) for card_id in col.db.list("select id from cards order by id")]
        decks = {deck.name: col.decks.get(deck.id).get("desc", "") for deck in col.decks.all_names_and_ids()}
        problems, sound = col.fix_integrity()
        if back:
            col.export_anki_package(
                out_path=back,
                options=ExportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True, with_media=False, legacy=False),
                limit=None,
            )
        col.close()
    json.dump({"log": log, "cards": cards, "decks": decks, "sound": sound, "problems": problems}, sys.stdout)


main()
