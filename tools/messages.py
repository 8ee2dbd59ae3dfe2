"""Collect, compile and check the words of both languages with Babel; no gettext programs are needed.

    python tools/messages.py extract    bring src/turnout/locale/*/LC_MESSAGES/django.po up to date with the sources
    python tools/messages.py compile    write django.mo beside each
    python tools/messages.py check      fail when a Chinese translation is missing, a .po or .mo is behind its source

Source strings are English. The catalogue `zh_Hans` is written by people; `en` repeats the source (with its plurals), so
that both languages are complete in the same sense. Entries are sorted and carry file names without line numbers, so
that two branches rarely touch the same lines. After a merge conflict in a .mo file: `make messages`.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "turnout"
LOCALE = SOURCE / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LANGUAGES = {"zh_Hans": 1, "en": 2}  # number of plural forms


def collect() -> Catalog:
    """Read every Python file and every template of the package."""
    catalog = Catalog()
    for path in sorted(SOURCE.rglob("*.py")):
        _add(catalog, path, path.read_text("utf-8"))
    for path in _templates():
        _add(catalog, path, _as_python(path))
    return catalog


def extract() -> int:
    """Update both catalogues, keeping translations; a message no source has any more is dropped."""
    source = collect()
    for language in LANGUAGES:
        path = _po(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_po_bytes(_updated(source, language)))
    missing = sum(1 for message in _read("zh_Hans") if message.id and not _complete(message, "zh_Hans"))
    print(f"{len(source)} messages, {missing} without a Chinese translation")
    return 0


def compile_() -> int:
    """Write the .mo files that Django reads."""
    for language in LANGUAGES:
        _mo(language).write_bytes(_mo_bytes(language))
    return 0


def check() -> int:
    """Count what is missing or stale, and say it."""
    source, wrong = collect(), []
    for language in LANGUAGES:
        if not _po(language).exists():
            wrong.append(f"{_po(language)}: missing")
            continue
        if _po(language).read_bytes() != _po_bytes(_updated(source, language)):
            wrong.append(f"{language}: django.po is behind the sources; run `make messages`")
        if not _mo(language).exists() or _mo(language).read_bytes() != _mo_bytes(language):
            wrong.append(f"{language}: django.mo is behind django.po; run `make messages`")
        wrong += [f"{language}: {problem}" for problem in _problems(language)]
    print("\n".join(wrong) if wrong else f"messages: {len(source)} in {' and '.join(LANGUAGES)}, complete")
    return len(wrong)


def _templates() -> Iterable[Path]:
    return sorted(path for path in SOURCE.rglob("templates/**/*") if path.suffix in {".html", ".txt"})


def _as_python(path: Path) -> str:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation.template import templatize

    return templatize(path.read_text("utf-8"), origin=str(path))


def _add(catalog: Catalog, path: Path, code: str) -> None:
    where = path.relative_to(ROOT).as_posix()
    for _line, words, comments, context in babel_extract("python", io.BytesIO(code.encode()), KEYWORDS):
        if words and words != "":
            catalog.add(words, None, [(where, None)], context=context, auto_comments=comments)


def _updated(source: Catalog, language: str) -> Catalog:
    known = {_key(message): message.string for message in _read(language) if message.id}
    fresh = Catalog(locale=language, fuzzy=False)
    for message in source:
        if not message.id:
            continue
        string = _identity(message.id) if language == "en" else known.get(_key(message), "")
        places = sorted({(name, None) for name, _line in message.locations})
        fresh.add(message.id, string or None, places, context=message.context)
    return fresh


def _identity(words: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return words


def _key(message) -> tuple[object, str | None]:
    return message.id, message.context


def _read(language: str) -> Catalog:
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _po_bytes(catalog: Catalog) -> bytes:
    body = io.BytesIO()
    write_po(body, catalog, omit_header=True, sort_output=True, width=120, include_lineno=False)
    return _header(str(catalog.locale)).encode() + body.getvalue().rstrip() + b"\n"


def _header(language: str) -> str:
    """A header without dates and names, so that the file changes only when words do."""
    rule = "nplurals=1; plural=0;" if LANGUAGES[language] == 1 else "nplurals=2; plural=(n != 1);"
    lines = [
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {rule}",
    ]
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"


def _mo_bytes(language: str) -> bytes:
    """The compiled catalogue; the same bytes whenever and by whomever it is compiled."""
    body, catalog = io.BytesIO(), _read(language)
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalog.fuzzy = False
    write_mo(body, catalog)
    return body.getvalue()


def _problems(language: str) -> Iterator[str]:
    for message in _read(language):
        if not message.id:
            continue
        if not _complete(message, language):
            yield f"not translated: {message.id!r}"
        elif _placeholders(message.string) - _placeholders(message.id):
            yield f"a placeholder the source does not have: {message.id!r} -> {message.string!r}"


def _complete(message, language: str) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = LANGUAGES[language] if isinstance(message.id, tuple) else 1
    return len(strings) == wanted and all(strings)


def _placeholders(words: str | tuple[str, ...]) -> set[str]:
    return set(PLACEHOLDER.findall(" ".join(words) if isinstance(words, tuple) else words))


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _mo(language: str) -> Path:
    return _po(language).with_suffix(".mo")


COMMANDS = {"extract": extract, "compile": compile_, "check": check}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(1 if COMMANDS[sys.argv[1]]() else 0)
