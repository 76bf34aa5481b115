"""A cheap guess at whether somebody wrote English: no more than a digest's denominator needs."""

from collections.abc import Sequence

_ENGLISH_WORDS = """
    the a an is are was were be been am it its this that these those there here i we you he she they my our
    your their his her me us them him of for with from to at by on not no yes and but or if then when what who
    why how which where can could will would should must have has had do does did done doing go going get got
    make made need want know think see look say said just only also still again now today tomorrow yesterday
    please thanks thank sorry hi hello ok okay lol good bad new old first last next up down out off over back
    about after before because so than too very more most all any some every each both few much many same
    other another one two three someone anyone nobody everything nothing working works work broken fixed fix
    check checking running run server file error problem issue question update try tried use using used way
    thing time day week night morning help let lets im dont doesnt cant wont isnt thats nope yeah yep sure
    maybe well really right nice great cool yes
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FOREIGN_WORDS = """
    und der das nicht ist ich wir sie ein eine mit auf für auch noch schon aber oder wenn dass kann wird haben
    wurde bitte danke le la les des est pas nous vous je une pour dans avec sur qui que mais ou sont merci el
    los las una por para con está como pero muy más gracias não uma com você isso obrigado het een niet wij
    van voor maar ook jij dit zijn heeft och det som inte jag vi är på ikke og jeg på nie jest się że czy dla
    tak proszę il che non per sono di questo grazie
"""
_FOREIGN = frozenset(_FOREIGN_WORDS.split())


def reads_as_english(runs: Sequence[str]) -> bool:
    """Return whether ``runs`` of letters (lower case) are likelier English than not; a word or two of no language
    pass."""
    if not runs:
        return False
    if _FOREIGN.isdisjoint(runs) and not _ENGLISH.isdisjoint(runs):
        return True
    words = set(runs)
    foreign, english = len(words & _FOREIGN), len(words & _ENGLISH)
    if english or foreign:
        return english > foreign
    return len(words) <= 3 and all(word.isascii() and not word.isdigit() for word in words)
