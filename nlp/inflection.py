"""The inflected forms of English verbs and nouns, as far as rules need them: no tables, a few rules and a short
list."""

_IRREGULAR_VERBS = {
    "be": "be am is are was were been being",
    "have": "have has had having",
    "do": "do does did done doing",
    "go": "go goes went gone going",
    "say": "say says said saying",
    "get": "get gets got gotten getting",
    "make": "make makes made making",
    "take": "take takes took taken taking",
    "come": "come comes came coming",
    "give": "give gives gave given giving",
    "find": "find finds found finding",
    "think": "think thinks thought thinking",
    "tell": "tell tells told telling",
    "know": "know knows knew known knowing",
    "become": "become becomes became becoming",
    "leave": "leave leaves left leaving",
    "feel": "feel feels felt feeling",
    "put": "put puts putting",
    "bring": "bring brings brought bringing",
    "begin": "begin begins began begun beginning",
    "keep": "keep keeps kept keeping",
    "hold": "hold holds held holding",
    "write": "write writes wrote written writing",
    "stand": "stand stands stood standing",
    "hear": "hear hears heard hearing",
    "let": "let lets letting",
    "mean": "mean means meant meaning",
    "set": "set sets setting",
    "meet": "meet meets met meeting",
    "run": "run runs ran running",
    "pay": "pay pays paid paying",
    "sit": "sit sits sat sitting",
    "speak": "speak speaks spoke spoken speaking",
    "lie": "lie lies lay lain lying",
    "lead": "lead leads led leading",
    "read": "read reads reading",
    "grow": "grow grows grew grown growing",
    "lose": "lose loses lost losing",
    "fall": "fall falls fell fallen falling",
    "send": "send sends sent sending",
    "build": "build builds built building",
    "understand": "understand understands understood understanding",
    "draw": "draw draws drew drawn drawing",
    "break": "break breaks broke broken breaking",
    "spend": "spend spends spent spending",
    "cut": "cut cuts cutting",
    "rise": "rise rises rose risen rising",
    "drive": "drive drives drove driven driving",
    "buy": "buy buys bought buying",
    "wear": "wear wears wore worn wearing",
    "choose": "choose chooses chose chosen choosing",
    "throw": "throw throws threw thrown throwing",
    "ring": "ring rings rang rung ringing",
    "see": "see sees saw seen seeing",
    "win": "win wins won winning",
    "forget": "forget forgets forgot forgotten forgetting",
    "sell": "sell sells sold selling",
    "catch": "catch catches caught catching",
    "teach": "teach teaches taught teaching",
    "fill": "fill fills filled filling",
    "shut": "shut shuts shutting",
    "sleep": "sleep sleeps slept sleeping",
    "eat": "eat eats ate eaten eating",
    "bend": "bend bends bent bending",
    "stick": "stick sticks stuck sticking",
    "fix": "fix fixes fixed fixing",
    "own": "own owns owned owning",
    "dump": "dump dumps dumped dumping",
    "focus": "focus focuses focused focusing",
    "reset": "reset resets resetting",
    "ship": "ship ships shipped shipping",
    "stop": "stop stops stopped stopping",
    "chat": "chat chats chatted chatting",
    "refer": "refer refers referred referring",
    "submit": "submit submits submitted submitting",
    "commit": "commit commits committed committing",
    "permit": "permit permits permitted permitting",
    "plan": "plan plans planned planning",
    "drop": "drop drops dropped dropping",
    "chuck": "chuck chucks chucked chucking",
    "prefer": "prefer prefers preferred preferring",
    "pick": "pick picks picked picking",
    "lob": "lob lobs lobbed lobbing",
    "hop": "hop hops hopped hopping",
    "step": "step steps stepped stepping",
    "swap": "swap swaps swapped swapping",
    "beg": "beg begs begged begging",
    "nag": "nag nags nagged nagging",
    "cancel": "cancel cancels cancelled canceled cancelling canceling",
    "travel": "travel travels travelled traveled travelling traveling",
}
_IRREGULAR_NOUNS = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "wife": "wives",
    "life": "lives",
    "shelf": "shelves",
    "staff": "staff",
    "people": "people",
    "series": "series",
    "business": "businesses",
    "process": "processes",
}
_VOWELS = "aeiou"


def verb_forms(verb: str) -> list[str]:
    """Return a verb and its inflected forms; of several words ("hold off") the first is inflected."""
    head, space, rest = verb.partition(" ")
    return [form + space + rest for form in _forms_of_one(head)]


def noun_forms(noun: str) -> list[str]:
    """Return a noun and its plural; of several words ("help desk") the last is inflected."""
    rest, space, head = noun.rpartition(" ")
    return [rest + space + form for form in dict.fromkeys((head, plural(head)))]


def plural(noun: str) -> str:
    """Return the plural of a noun in the singular."""
    if noun in _IRREGULAR_NOUNS:
        return _IRREGULAR_NOUNS[noun]
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    return noun + "s"


def base_form(verb: str) -> str | None:
    """Return the verb without its third person ending ("wants" gives "want"), or None where it has none."""
    irregular = {"is": "are", "was": "were", "has": "have", "does": "do", "goes": "go"}
    if verb in irregular:
        return irregular[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zes")):
        return verb[:-2]
    if verb.endswith("s") and not verb.endswith(("ss", "us", "is")):
        return verb[:-1]
    return None


def _forms_of_one(verb: str) -> list[str]:
    if verb in _IRREGULAR_VERBS:
        return _IRREGULAR_VERBS[verb].split()
    for prefix in ("re", "mis", "over"):
        if verb.startswith(prefix) and verb[len(prefix) :] in _IRREGULAR_VERBS:
            return [prefix + form for form in _IRREGULAR_VERBS[verb[len(prefix) :]].split()]
    if verb.endswith("e"):
        ing = verb if verb.endswith("ee") else verb[:-1]
        return [verb, verb + "s", verb + "d", ing + "ing"]
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    stem = verb + verb[-1] if _doubles(verb) else verb
    return [verb, plural(verb), stem + "ed", stem + "ing"]


def _doubles(verb: str) -> bool:
    # One short syllable that ends consonant, vowel, consonant: log, logged. Longer verbs that double are listed above.
    vowels = sum(character in _VOWELS for character in verb)
    return (
        len(verb) >= 3
        and vowels == 1
        and verb[-2] in _VOWELS
        and verb[-1] not in _VOWELS + "wxy"
        and verb[-3] not in _VOWELS
    )
