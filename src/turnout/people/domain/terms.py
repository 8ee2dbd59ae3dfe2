"""What a name is found by: its parts, its pinyin, its initials. Surnames that read irregularly are found both ways.

pypinyin gives the ordinary reading of a character; as a surname 单 reads shan, not dan. Nobody at a desk knows which
one the person uses, so both lead there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice, product
from typing import Any
from uuid import UUID

from django.db import connection
from pypinyin import Style, lazy_pinyin

from turnout.people.models import Person, Term

SURNAMES: dict[str, tuple[str, ...]] = {
    "单": ("shan", "dan"), "曾": ("zeng", "ceng"), "解": ("xie", "jie"), "仇": ("qiu", "chou"), "区": ("ou", "qu"),
    "查": ("zha", "cha"), "盖": ("ge", "gai"), "朴": ("piao", "pu"), "任": ("ren",), "华": ("hua",),
    "乐": ("yue", "le"),
    "翟": ("zhai", "di"), "员": ("yun", "yuan"), "召": ("shao", "zhao"), "覃": ("qin", "tan"), "种": ("chong", "zhong"),
    "宓": ("mi", "fu"), "缪": ("miao", "mou"), "繁": ("po", "fan"), "冼": ("xian", "sheng"), "佴": ("nai", "er"),
    "黑": ("he", "hei"), "盛": ("sheng", "cheng"), "那": ("na", "nuo"), "折": ("she", "zhe"), "能": ("nai", "neng"),
    "车": ("che", "ju"), "重": ("chong", "zhong"), "洗": ("xian", "xi"), "秘": ("bi", "mi"), "祭": ("zhai", "ji"),
    "晟": ("cheng", "sheng"), "牟": ("mu", "mou"), "尹": ("yin",), "会": ("gui", "hui"), "句": ("gou", "ju"),
    "隗": ("wei", "kui"), "卜": ("bu",), "石": ("shi",), "行": ("xing", "hang"), "哈": ("ha",), "都": ("du", "dou"),
    "阚": ("kan",), "燕": ("yan",), "纪": ("ji",), "褚": ("chu",), "郇": ("xun", "huan"), "眭": ("sui",),
    "逄": ("pang",), "过": ("guo",), "适": ("kuo", "shi"), "载": ("zai", "dai"), "臧": ("zang",), "澹": ("tan", "dan"),
    "尉": ("wei", "yu"), "万": ("wan", "mo"), "长": ("zhang", "chang"), "撒": ("sa",), "谌": ("chen", "shen"),
    "幺": ("yao",), "藏": ("zang", "cang"), "炅": ("gui", "jiong"), "芈": ("mi",), "什": ("shi",), "钭": ("tou",),
}  # fmt: skip
"""Surname -> its readings, the reading as a surname first."""

DOUBLE_SURNAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "尉迟": (("yu", "chi"), ("wei", "chi")), "长孙": (("zhang", "sun"), ("chang", "sun")),
    "万俟": (("mo", "qi"), ("wan", "si")), "单于": (("chan", "yu"), ("shan", "yu"), ("dan", "yu")),
    "澹台": (("tan", "tai"), ("dan", "tai")), "令狐": (("ling", "hu"),), "呼延": (("hu", "yan"),),
    "赫连": (("he", "lian"),), "宰父": (("zai", "fu"),), "夏侯": (("xia", "hou"),), "亓官": (("qi", "guan"),),
    "皇甫": (("huang", "fu"),), "尉犁": (("yu", "li"), ("wei", "li")), "乐正": (("yue", "zheng"), ("le", "zheng")),
    "欧阳": (("ou", "yang"),), "上官": (("shang", "guan"),), "司马": (("si", "ma"),), "诸葛": (("zhu", "ge"),),
    "司徒": (("si", "tu"),), "东方": (("dong", "fang"),), "公孙": (("gong", "sun"),), "慕容": (("mu", "rong"),),
    "宇文": (("yu", "wen"),), "端木": (("duan", "mu"),), "南宫": (("nan", "gong"),), "百里": (("bai", "li"),),
}  # fmt: skip

GIVEN: dict[str, tuple[str, ...]] = {
    "乐": ("le", "yue"), "重": ("chong", "zhong"), "长": ("chang", "zhang"), "朝": ("chao", "zhao"),
    "晟": ("sheng", "cheng"), "茜": ("qian", "xi"), "行": ("xing", "hang"), "曾": ("zeng", "ceng"),
    "调": ("tiao", "diao"), "传": ("chuan", "zhuan"), "藏": ("cang", "zang"), "贾": ("jia", "gu"),
    "柏": ("bai", "bo"), "俊": ("jun",), "翟": ("zhai", "di"), "莘": ("xin", "shen"), "禅": ("chan", "shan"),
}  # fmt: skip
"""Characters of given names whose two readings begin with different letters."""

MOST_READINGS = 6
"""Readings of one name that are kept: a name with more than two doubtful characters is found by its characters."""

_CJK = r"\u3400-\u9fff\U00020000-\U0003134f"
_CHINESE = re.compile(rf"[{_CJK}]+(·[{_CJK}]+)*")


def readings(name: str) -> list[list[str]]:
    """Return the readings of a Chinese name as lists of syllables, the likeliest first; [] for other names."""
    if not _CHINESE.fullmatch(name):
        return []
    plain = name.replace("·", "")
    double = DOUBLE_SURNAMES.get(plain[:2]) if len(plain) > 2 else None
    given = plain[2:] if double else plain[1:]
    surname = [list(pair) for pair in double] if double else [[one] for one in _surname(plain[0])]
    rest = [[[one] for one in GIVEN.get(character) or _ordinary(character)] for character in given]
    return [list(chain(*parts)) for parts in islice(product(surname, *rest), MOST_READINGS)]


@lru_cache(maxsize=50_000)
def sort_key(name: str) -> str:
    """Return what lists of people are ordered by: the likeliest pinyin, else the name in small letters."""
    for syllables in readings(name):
        return " ".join(syllables)
    return name.casefold()


@lru_cache(maxsize=50_000)
def of(name: str) -> frozenset[str]:
    """Return everything that somebody with this name is found by, in small letters.

    Every part that begins with a character or word: 欧阳明月 also by 明月; initials whole and without the surname's;
    full pinyin. A query matches the beginning of a term.
    """
    small = name.casefold()
    found = {small[i:] for i in range(len(small)) if _begins(small, i)}
    for syllables in readings(name):
        initials = "".join(syllable[0] for syllable in syllables)
        found |= {initials, "".join(syllables)}
        for surname in {1, 2 if name[:2] in DOUBLE_SURNAMES else 1}:
            found |= {initials[surname:], "".join(syllables[surname:])}
    return frozenset(found - {""})


OF_CATEGORY = "\x1f"
"""Begins the term of a staff category. Nothing that is typed begins so: `words.clean` takes such characters away."""


def of_person(name: str, number: str, last4: str, categories: Iterable[str]) -> set[str]:
    """Return every term of a person: those of name, employee number, last digits of the phone, and categories.

    Categories are terms, because no operator of an array may use an index under row security.
    """
    return ({*of(name), number.casefold(), last4} | {OF_CATEGORY + code for code in categories}) - {""}


_DROP = """
DELETE FROM people_term t USING unnest(%s::uuid[], %s::text[]) AS gone (person_id, term)
 WHERE t.person_id = gone.person_id AND t.term = gone.term
"""
_ADD = """
INSERT INTO people_term (person_id, term) SELECT * FROM unnest(%s::uuid[], %s::text[]) ON CONFLICT DO NOTHING
"""
_SORT = """
UPDATE people_person p SET sort_key = s.sort_key FROM unnest(%s::uuid[], %s::text[]) AS s (person_id, sort_key)
 WHERE p.id = s.person_id AND p.sort_key <> s.sort_key
"""
BATCH = 5_000


def write(person_ids: Iterable[UUID]) -> None:
    """Bring up to date what these people are found by, after their own rows were written. What is the same stays."""
    ids = list(person_ids)
    for start in range(0, len(ids), BATCH):
        _write(ids[start : start + BATCH])


def enter(person: Person) -> None:
    """Write what a new person is found by: nothing is there yet, so nothing is compared."""
    found = of_person(person.name, person.number, person.phone_last4, person.categories)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, _columns((person.pk, term) for term in found))


def _write(ids: list[UUID]) -> None:
    """Compare here, not in SQL: of what is handed over in arrays the planner knows no sizes and joins row by row."""
    people = list(Person.objects.filter(pk__in=ids).values_list("id", "name", "number", "phone_last4", "categories"))
    held = set(Term.objects.filter(person__in=ids).values_list("person_id", "term"))
    wanted = {
        (pk, term) for pk, name, number, last4, held_as in people for term in of_person(name, number, last4, held_as)
    }
    with connection.cursor() as cursor:
        for statement, pairs in ((_DROP, held - wanted), (_ADD, wanted - held)):
            if pairs:
                cursor.execute(statement, _columns(pairs))
        cursor.execute(_SORT, _columns((pk, sort_key(name)) for pk, name, *_ in people))


def _columns(pairs: Iterable[tuple[UUID, str]]) -> list[Any]:
    pairs = sorted(pairs)
    return [[pk for pk, _ in pairs], [text for _, text in pairs]]


def _surname(character: str) -> tuple[str, ...]:
    return SURNAMES.get(character) or tuple(_ordinary(character))


def _ordinary(text: str) -> list[str]:
    return [syllable.replace("ü", "v") for character in text for syllable in lazy_pinyin(character, style=Style.NORMAL)]


def _begins(text: str, i: int) -> bool:
    """Whether a part begins here: at a Chinese character, or at the start of a word."""
    return text[i].isalnum() and (i == 0 or not text[i].isascii() or not text[i - 1].isalnum())
