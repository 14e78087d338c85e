"""Texts with values of every kind in them, made up from a seed: no data set is copied or needed."""

from __future__ import annotations

import random
import string

SENTENCES = (
    "my {label} is {value}", "{label}: {value}", "Please check {value} for {label}.", "({label} {value})",
    "{value}", "{label} no. {value};", "The old {label} was {value}, the new one {value2}", "{value}/{value2}",
    '"{value}"', "{label}={value}", "* {value} - {label}", "I called {value} about the {label}, then {value2}.",
    "{{\"{label}\": \"{value}\"}}", "<{value}>", "{label}\n{value}\n{value2}", "from {value}to {value2}",
)  # fmt: skip
LABELS = (
    "ssn", "social security number", "phone", "cell", "card", "credit card", "account", "bank account", "license",
    "driver license", "passport", "date", "birthday", "iban", "e-mail", "email", "ip", "mac address", "nhs", "postcode",
    "zip", "taxpayer", "itin", "wallet", "bitcoin", "medical certificate", "routing", "order", "invoice", "version",
    "url", "website", "vehicle registration", "nino", "number", "reference", "medicare", "address", "call me at",
)  # fmt: skip
SHAPES = (
    "###-##-####", "### ## ####", "#########", "##########", "(###) ###-####", "###-###-####", "+1 ### ### ####",
    "+44 20 #### ####", "0## #######", "+49 30 ######", "### ####", "1-800-###-####", "4### #### #### ####",
    "5###-####-####-####", "3### ###### #####", "####-##-##", "#/#/####", "##/##/##", "##.##.####", "#-##-####",
    "##-MAR-####", "MAY-##", "Oct-####", "2024-0#-1#T1#:2#:3#Z", "1##.##.#.1##", "10.#.#.#", "####::#", "fe80::####:ab#",
    "::ffff:10.#.#.#", "aa:bb:##:##:ee:ff", "##-AB-CD-##-00-11", "ab##.cd##.ef##", "A#######", "A########", "AB######",
    "AB######C", "SW1A #AA", "M# #AE", "AB## CDE", "A### BCD", "ABC ### D", "DE## #### #### #### #### ##",
    "GB29NWBK60161331926819", "DE89370400440532013000", "FR14 2004 1010 0505 0001 3M02 606", "bc1@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
    "1@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", "BB#######", "&&&.&&&@&&&&.com", "&&&_##@&&.co.uk", "&&@localhost",
    "&&&+&&@&&&&-&&.org.", "www.&&&&.org/&&?&=#", "https://&&&&.net/&&&", "&&&&.io", "http://10.0.#.#:80##/x",
    "########-####-####-####-############", "9##-7#-####", "9########", "#### ####", "##:##", "#.#.#", "####", "##%",
    "$#,###.##", "MORGA######SM9IJ", "####-####-#", "1EG4-TE5-MK7#", "# ### ####", "+##", "#" * 25, "011 44 20 #### ####",
    "###.###.#### x##", "(0##) #### ####", "####/##/##", "###-###-#### / ###-###-####", "1640", "ſecret@&&&.com",
)  # fmt: skip
PROSE = (
    "Please look at this again and tell me what you think. ", "We rolled back on Tuesday; the cache was full. ",
    "It is not urgent, but don't forget it! ", "Nothing to report here: all is well. ", "naïve café — größer… ",
    "Version 2 took 15 minutes, 4.2 percent more. ", "\n\n## Notes\n\n- one\n- two\n", "e.g. U.S. and Mr. X. ", "日本語です。",
)  # fmt: skip


def value(source: random.Random) -> str:
    """One value of a random shape: ``#`` a digit, ``&`` a letter, ``@`` beside them either."""
    shape = source.choice(SHAPES)
    mixed = shape.count("@") > 3
    pools = {"#": string.digits, "&": string.ascii_lowercase, "@": string.ascii_letters + string.digits}
    return "".join(source.choice(pools[c]) if c in "#&" or (c == "@" and mixed) else c for c in shape)


def text(seed: int) -> str:
    """Prose and sentences with values, a few hundred characters."""
    source = random.Random(seed)
    pieces = []
    for _ in range(source.randint(1, 8)):
        sentence = source.choice(SENTENCES)
        label = source.choice(LABELS)
        if source.random() < 0.2:
            label = label.upper()
        filled = sentence.format(label=label, value=value(source), value2=value(source))
        pieces.append(filled + source.choice((" ", ". ", "\n", ", ", "")))
        if source.random() < 0.5:
            pieces.append(source.choice(PROSE))
    return "".join(pieces)
