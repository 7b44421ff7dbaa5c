"""The machine of Sources/Adapters/Translation/TokenCount.swift: which step a text takes how often."""

STATES = (
    "start word1 word2 word3 word4 word5 word6 word7 word8 word9 upper1 upper2 digit1 digit2 digit3 "
    "space indent newline newlines punct puncts cyrillic1 cyrillic2 cyrillic3 cyrillic4 cyrillic5 "
    "arabic1 arabic2 indic1 indic2 han other"
).split()
CLASSES = (
    "lower upper digit space newline punct latin cyrillic arabic indic han kana hangul sign other rest".split()
)
# What a step costs; each has one weight.
STEPS = (
    "none wordSpace wordPunct wordOther word2 word5 word9 camel upperSpace upperOther uppers upperEnd "
    "digitSpace digit indentBegin indent newline newlinePunct newlines punct punctSpace puncts latinBegin latin "
    "cyrillic cyrillicSpace cyrillic2 cyrillic5 arabic arabicSpace arabic2 indic indicSpace indic2 "
    "hanBegin han kana hangul sign other"
).split()


def kind(byte):
    if byte < 0x80:
        if 0x61 <= byte <= 0x7A:
            return "lower"
        if 0x41 <= byte <= 0x5A:
            return "upper"
        if 0x30 <= byte <= 0x39:
            return "digit"
        if byte == 0x20:
            return "space"
        if byte in (0x0A, 0x0D, 0x09):
            return "newline"
        return "punct"
    if byte < 0xC0:
        return "rest"
    if byte < 0xCE:
        return "latin"
    if 0xD0 <= byte <= 0xD4:
        return "cyrillic"
    if 0xD8 <= byte <= 0xDB:
        return "arabic"
    if byte == 0xE0:
        return "indic"
    if byte == 0xE2:
        return "sign"
    if byte == 0xE3:
        return "kana"
    if 0xE4 <= byte <= 0xE9:
        return "han"
    if 0xEA <= byte <= 0xED:
        return "hangul"
    return "other"


def step(state, byte_kind):
    """The next state and the step that leads there."""
    is_word = state.startswith("word")
    is_space = state in ("space", "indent")
    is_punct = state in ("punct", "puncts")
    if byte_kind == "rest":
        return state, "none"
    if byte_kind == "lower":
        if is_word:
            place = min(int(state[4]) + 1, 9)
            return f"word{place}", "word2" if place < 5 else "word5" if place < 9 else "word9"
        if state == "upper1":
            return "word2", "word2"
        if state == "upper2":
            return "word2", "upperEnd"
        return "word1", "wordSpace" if is_space else "wordPunct" if is_punct else "wordOther"
    if byte_kind == "upper":
        if is_word:
            return "upper1", "camel"
        if state in ("upper1", "upper2"):
            return "upper2", "uppers"
        return "upper1", "upperSpace" if is_space else "upperOther"
    if byte_kind == "digit":
        if state in ("digit1", "digit2"):
            return "digit2" if state == "digit1" else "digit3", "none"
        return "digit1", "digitSpace" if is_space else "digit"
    if byte_kind == "space":
        if state == "space":
            return "indent", "indentBegin"
        if state == "indent":
            return "indent", "indent"
        return "space", "none"
    if byte_kind == "newline":
        if state in ("newline", "newlines"):
            return "newlines", "newlines"
        return "newline", "newlinePunct" if is_punct else "newline"
    if byte_kind == "punct":
        if is_punct:
            return "puncts", "puncts"
        return "punct", "punctSpace" if is_space else "punct"
    if byte_kind == "latin":
        if is_word or state.startswith("upper"):
            return "word4", "latin"
        return "word4", "latinBegin"
    if byte_kind == "cyrillic":
        if state.startswith("cyrillic"):
            place = min(int(state[8]) + 1, 5)
            return f"cyrillic{place}", "cyrillic2" if place < 5 else "cyrillic5"
        return "cyrillic1", "cyrillicSpace" if is_space else "cyrillic"
    if byte_kind == "arabic":
        if state.startswith("arabic"):
            return "arabic2", "arabic2"
        return "arabic1", "arabicSpace" if is_space else "arabic"
    if byte_kind == "indic":
        if state.startswith("indic"):
            return "indic2", "indic2"
        return "indic1", "indicSpace" if is_space else "indic"
    if byte_kind in ("han", "kana", "hangul"):
        if byte_kind == "han":
            return "han", "han" if state == "han" else "hanBegin"
        return "han", byte_kind
    return "other", byte_kind


KINDS = [kind(byte) for byte in range(256)]
TABLE = {(state, name): step(state, name) for state in STATES for name in CLASSES}
INDEX = {name: index for index, name in enumerate(STEPS)}


def count(text):
    """How often each step is taken."""
    counts = [0] * len(STEPS)
    state = "start"
    for byte in text.encode():
        state, taken = TABLE[state, KINDS[byte]]
        counts[INDEX[taken]] += 1
    counts[0] = 0
    return counts
