"""Words that providers write where AIS itself sends a number.

Ship types become the first code of their kind in ITU-R M.1371-5, table 53 (``Tanker`` is 80: that
it carries no stated hazard is not known, but the decade is); navigational states become their
number in its table 45.
"""

from __future__ import annotations

import re

SHIP_TYPES = {
    # The words of the Danish Maritime Authority's column "Ship type".
    "wig": 20,
    "fishing": 30,
    "towing": 31,
    "towing long/wide": 32,
    "dredging": 33,
    "diving": 34,
    "military": 35,
    "sailing": 36,
    "pleasure": 37,
    "hsc": 40,
    "pilot": 50,
    "sar": 51,
    "tug": 52,
    "port tender": 53,
    "anti-pollution": 54,
    "law enforcement": 55,
    "spare 1": 56,
    "spare 2": 57,
    "medical": 58,
    "not party to conflict": 59,
    "ships according to rr": 59,
    "passenger": 60,
    "cargo": 70,
    "tanker": 80,
    "other": 90,
}

SHIP_TYPE_STEMS = (
    # Parts of the words that others use, in the order in which they are looked for.
    ("tanker", 80),
    ("bunker", 80),
    ("carrier", 70),
    ("cargo", 70),
    ("container", 70),
    ("reefer", 70),
    ("fish", 30),
    ("trawler", 30),
    ("passenger", 60),
    ("cruise", 60),
    ("ferry", 60),
    ("high speed", 40),
    ("pilot", 50),
    ("search and rescue", 51),
    ("tug", 52),
    ("towing", 31),
    ("dredg", 33),
    ("div", 34),
    ("military", 35),
    ("naval", 35),
    ("sailing", 36),
    ("pleasure", 37),
    ("yacht", 37),
    ("tender", 53),
    ("pollution", 54),
    ("law enforcement", 55),
    ("medical", 58),
    ("wing in ground", 20),
)

NAV_STATUS = {
    "under way using engine": 0,
    "underway using engine": 0,
    "at anchor": 1,
    "not under command": 2,
    "restricted maneuverability": 3,
    "restricted manoeuverability": 3,
    "restricted manoeuvrability": 3,
    "constrained by her draught": 4,
    "constrained by draught": 4,
    "moored": 5,
    "aground": 6,
    "engaged in fishing": 7,
    "under way sailing": 8,
    "underway sailing": 8,
    "reserved for future amendment [hsc]": 9,
    "reserved for future amendment [wig]": 10,
    "power-driven vessel towing astern": 11,
    "power-driven vessel pushing ahead or towing alongside": 12,
    "reserved for future use": 13,
    "ais-sart": 14,
    "ais-sart is active": 14,
    "unknown value": 15,
    "undefined": 15,
    "not defined": 15,
    "unknown": 15,
}

CLASS_B = {
    "a": False,
    "class a": False,
    "class_a": False,
    "b": True,
    "class b": True,
    "class_b": True,
    "b/so": True,
    "b/cs": True,
    "true": True,
    "false": False,
}
"""What a transceiver column says; anything else (a base station, an aid) is neither."""

MESSAGE_CLASS_B = dict.fromkeys(("1", "2", "3", "5"), False) | dict.fromkeys(
    ("18", "19", "24"), True
)
"""Types of message that only the one class sends."""

UNKNOWN = ("", "unknown", "undefined", "null", "none", "nan", "n/a", "na", "\\n", "-")
"""Words, in lower case, that say that a value is not known."""


def ship_type(word: str) -> int | None:
    """The code 0-99 that a provider's word or number stands for; None when it says nothing.

    >>> ship_type("Tanker"), ship_type("82"), ship_type("Crude Oil Tanker"), ship_type("Undefined")
    (80, 82, 80, None)
    """
    text = word.strip().lower()
    if re.fullmatch(r"\d{1,4}(\.0+)?", text):
        return int(float(text))
    if text in SHIP_TYPES:
        return SHIP_TYPES[text]
    return next((code for stem, code in SHIP_TYPE_STEMS if stem in text), None)


def nav_status(word: str) -> int | None:
    """The navigational status 0-15 that a provider's word or number stands for.

    >>> nav_status("At anchor"), nav_status("5"), nav_status("Moored (1)"), nav_status("?")
    (1, 5, 5, None)
    """
    text = word.strip().lower()
    if re.fullmatch(r"\d{1,2}(\.0+)?", text):
        return int(float(text))
    return NAV_STATUS.get(text, NAV_STATUS.get(text.partition("(")[0].strip()))


def class_b(word: str) -> bool | None:
    """Whether a transceiver column says Class B.

    >>> class_b("Class A"), class_b("B"), class_b("Base Station")
    (False, True, None)
    """
    return CLASS_B.get(word.strip().lower())


def message_class_b(word: str) -> bool | None:
    """Whether a type of message is one of Class B.

    >>> message_class_b("1"), message_class_b("18"), message_class_b("27")
    (False, True, None)
    """
    return MESSAGE_CLASS_B.get(word.strip())
