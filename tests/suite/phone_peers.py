"""What other programs read from files that kit exports, as JSON on standard output.

    phone_peers.py contacts|calendar|rows|page FILE
"""

import csv
import json
import sys

what, path = sys.argv[1:3]
with open(path, encoding="utf-8", newline="") as file:
    text = file.read()


def contacts():
    import vobject

    def one(card):
        values = lambda name: [line.value for line in card.contents.get(name, [])]
        n = card.n.value
        labels = {line.group: line.value for line in card.contents.get("x-ablabel", [])}
        tel = [
            {"number": line.value, "types": [kind.upper() for kind in line.params.get("TYPE", [])], "label": labels.get(line.group)}
            for line in card.contents.get("tel", [])
        ]
        parts = [n.family, n.given, n.additional, n.prefix, n.suffix]
        return {"name": card.fn.value, "n": parts, "uid": card.uid.value, "tel": tel, "email": values("email"),
                "note": card.note.value, "version": card.version.value}

    return [one(card) for card in vobject.readComponents(text)]


def calendar():
    import icalendar

    def moment(value):
        return value.isoformat().replace("+00:00", "Z")

    def one(event):
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        alarms = [int(alarm["TRIGGER"].dt.total_seconds()) for alarm in event.walk("VALARM")]
        return {"uid": str(event["UID"]), "start": moment(start), "end": moment(end), "summary": str(event["SUMMARY"]),
                "description": str(event["DESCRIPTION"]), "alarms": alarms, "sequence": int(event["SEQUENCE"])}

    read = icalendar.Calendar.from_ical(text)
    assert not read.errors, read.errors
    return [one(event) for event in read.walk("VEVENT") if not event.errors or sys.exit(str(event.errors))]


def rows():
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text[1:].splitlines(keepends=True), strict=True))


def page():
    """Its texts in their order, its links, and whatever else is neither text nor plain structure."""
    from markdown_it import MarkdownIt

    texts, links, other = [], [], []
    plain = {"heading", "paragraph", "bullet_list", "ordered_list", "list_item", "strong", "link"}
    for block in MarkdownIt("gfm-like", {"html": True}).parse(text):
        if block.type != "inline":
            if block.type.removesuffix("_open").removesuffix("_close") not in plain:
                other.append(block.type)
            continue
        for token in block.children:
            if token.type in ("text", "code_inline"):
                texts.append(token.content)
            elif token.type == "link_open":
                links.append(token.attrs["href"])
            elif token.type == "softbreak":
                texts.append("\n")
            elif token.type.removesuffix("_open").removesuffix("_close") not in plain:
                other.append(token.type)
        texts.append("\n")
    return {"text": "".join(texts), "links": links, "other": other}


json.dump({"contacts": contacts, "calendar": calendar, "rows": rows, "page": page}[what](), sys.stdout)
