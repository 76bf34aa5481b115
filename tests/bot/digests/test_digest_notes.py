"""The small print of a digest: what it is about, what it lacks, and how to read it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from digest_figures import DAY_AND_MORE, channel, figures, group, label, nothing, withheld

from bot.digests.figures import Figures, Missing, Movement, NudgeFigures, Silence, Standing, WeekPoint, Window
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.wording import worded

LAST = date(2026, 11, 16)


def opening(some: Figures) -> str:
    return " ".join(worded(some).opening)


def notes(some: Figures, **titles: str) -> str:
    return " ".join(worded(some, titles).notes)


@pytest.mark.parametrize(
    ("some", "says"),
    [
        (figures(), "About <#C0INFRA>."),
        (group(), "About <#C0INFRA>, <#C0ERP> and <#C0DESK>, taken together."),
        (
            group(channels_withheld=1),
            (
                "About <#C0INFRA>, <#C0ERP> and <#C0DESK>, taken together; "
                "one left out, since fewer than 10 people wrote there."
            ),
        ),
        (
            group(scope=Scope("group", tuple(f"C0{number}" for number in range(12)))),
            "About <#C00>, <#C01>, <#C02>, <#C03>, <#C04>, <#C05>, <#C06>, <#C07>, <#C08>, <#C09> and 2 more, ",
        ),
        (
            group(scope=WORKSPACE, channels=tuple(channel(f"C0{n}") for n in range(12)), channels_withheld=5),
            (
                "About 12 of the workspace's public channels that are watched, taken together; "
                "five left out, since fewer than 10 people wrote there."
            ),
        ),
        (
            withheld(Standing.TOO_FEW_PEOPLE, scope=WORKSPACE, channels_withheld=5),
            "About the workspace's public channels that are watched.",
        ),
    ],
)
def test_it_says_what_it_is_about(some: Figures, says: str) -> None:
    assert opening(some).startswith(says)


@pytest.mark.parametrize(
    ("weeks", "often"), [(1, "every week"), (2, "every two weeks"), (4, "every month"), (5, "every month")]
)
def test_the_first_digest_introduces_itself(weeks: int, often: str) -> None:
    says = f"This is the first of these digests; one comes {often}. It names nobody and quotes nothing."
    assert says in opening(figures(is_first=True, weeks=weeks))
    assert "first of these" not in opening(figures())


@pytest.mark.parametrize(
    ("missed", "says"),
    [
        ((date(2026, 11, 9),), "Not sent: the digest due on 9 November,"),
        ((date(2026, 11, 2), date(2026, 11, 9)), "Not sent: the digests due on 2 and 9 November,"),
        ((date(2026, 10, 26), date(2026, 11, 2), date(2026, 11, 9)), "due on 26 October and 2 and 9 November,"),
    ],
)
def test_missed_digests_are_owned_up_to(missed: tuple[date, ...], says: str) -> None:
    assert says in opening(figures(missed=missed))


def test_when_listening_began_is_told_by_the_reporting_zone() -> None:
    said = notes(figures(heard_since=datetime(2026, 11, 18, 23, 30, tzinfo=UTC), zone="Europe/Berlin"))
    assert "Fairview began to listen on Thursday 19 November." in said


def test_silences_are_listed_up_to_three() -> None:
    some = tuple(
        Silence(datetime(2026, 11, day, 9, tzinfo=UTC), datetime(2026, 11, day, 10, tzinfo=UTC))
        for day in (16, 17, 18, 19, 20)
    )
    says = "Not listening: Monday 09:00 to 10:00; Tuesday 09:00 to 10:00; Wednesday 09:00 to 10:00; and 2 more."
    assert says in notes(figures(silences=some))


def test_silences_of_several_weeks_have_dates() -> None:
    says = "Not listening: Tuesday 17 November 10:00 to Wednesday 18 November 12:30. Nothing written then is counted."
    assert says in notes(figures(silences=(DAY_AND_MORE,), weeks=2))


def test_muted_rules_are_told_by_title_or_by_what_they_are_about() -> None:
    some = figures(muted_rules=("us_them.outsiders.again", "own.thing"))
    why = "Counted, but no longer nudged, having been called wrong too often:"
    assert f"{why} “Did it again” and own.thing. `/fairview rules` tells more." in notes(
        some, **{"us_them.outsiders.again": "Did it again"}
    )
    assert f"{why} distance from colleagues and own.thing." in notes(some)
    many = figures(muted_rules=tuple(f"own.thing{number}" for number in range(5)))
    assert f"{why} own.thing0, own.thing1, own.thing2 and 2 more." in notes(many)
    assert "Counted, but" not in notes(figures())


@pytest.mark.parametrize(
    ("some", "says"),
    [
        (figures(missing=Missing(1, 0)), "Missing from the catalogue: this channel has no value stream."),
        (group(missing=Missing(1, 0)), "Missing from the catalogue: 1 channel has no value stream."),
        (
            group(missing=Missing(3, 2)),
            "Missing from the catalogue: 3 channels have no value stream; 2 looked-up names were not found.",
        ),
        (figures(missing=Missing(0, 1)), "Missing from the catalogue: 1 looked-up name was not found."),
    ],
)
def test_what_is_missing_from_the_catalogue(some: Figures, says: str) -> None:
    assert f"{says} `/valuestream` in a channel shows what is known." in notes(some)
    assert "Missing" not in notes(figures())


def test_what_was_not_read() -> None:
    assert "420 messages read. Weeks run Monday to Sunday, Europe/London time." in notes(figures())
    assert "420 messages read; 8 more not read (code, links, other languages)." in notes(figures(not_read=8))
    assert "420 messages read; a few more not read" in notes(figures(not_read="few"))
    assert "420 messages read; some more not read" in notes(figures(not_read=None))


def test_weeks_in_which_too_few_people_wrote_are_said_to_be_left_out() -> None:
    standings = (Standing.TOO_FEW_PEOPLE, Standing.SHOWN, Standing.TOO_FEW_PEOPLE, Standing.SHOWN, Standing.EMPTY)
    history = tuple(
        WeekPoint(LAST - timedelta(weeks=4 - place), standing, None, {}) for place, standing in enumerate(standings)
    )
    said = notes(figures(history=history, weeks=4))
    assert "One week is left out of those four weeks: fewer than 10 people wrote." in said
    assert "Two weeks are left out of those five weeks" in notes(figures(history=history, weeks=5))
    assert "left out" not in notes(figures(history=history, weeks=2))


def test_what_needs_no_explaining_is_not_explained() -> None:
    quiet = notes(figures())
    for word in ("compared", "brackets", "A few", "At least"):
        assert word not in quiet
    assert "compared" not in notes(figures(label("us_them", 2, Movement.TOO_FEW)))
    assert "compared with the four before" in notes(figures(label("us_them", "few")))
    assert "In brackets" in notes(figures(label("us_them", 9)))
    assert "“A few” comes from fewer than three people" in notes(figures(label("us_them", "few")))
    assert "“A few” comes" in notes(figures(nothing("us_them"), nudges=NudgeFigures("few", None, None)))
    assert "“At least” stands where the whole number would tell" in notes(figures(label("us_them", None, at_least=4)))
    assert "and for how many channels there are" in notes(group(label("us_them", 9)))


def test_words_that_stand_nowhere_are_not_explained() -> None:
    hidden = label("us_them", 9, recent=Window("few", 4), earlier=Window(None, 4, at_least=12))
    assert "“A few”" not in notes(figures(hidden))
    assert "“At least”" not in notes(figures(hidden))
    told = label("us_them", 9, recent=Window("few", 4), earlier=Window(12, 4))
    assert "“A few” comes from" in notes(figures(told))


def test_the_comparison_says_its_cap() -> None:
    assert "in the comparison nobody counts more than three times a week in one channel." in notes(
        figures(label("us_them", 9))
    )
