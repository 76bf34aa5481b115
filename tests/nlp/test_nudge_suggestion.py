from nlp import Detector


def test_the_nudge_has_a_suggestion_about_its_own_phrase(detector: Detector) -> None:
    # At partnership the customers are counted only, however sure that is: the nudge is about the other sentence.
    text = "Our internal customers in Finance are chasing. That's the network team's problem, not ours."
    reading = detector.read(text, stage="partnership")
    assert reading.strongest_nudge is not None
    assert reading.strongest_nudge.subtype == "not_our_problem"
    assert reading.nudge_suggestion is not None
    assert "network team" in reading.nudge_suggestion
    everywhere = detector.read(text, stage="one_business")
    assert everywhere.strongest is everywhere.strongest_nudge
    assert everywhere.suggestion == everywhere.nudge_suggestion


def test_without_a_nudge_there_is_no_suggestion_for_one(detector: Detector) -> None:
    reading = detector.read("Our internal customers in Finance are chasing.", stage="partnership")
    assert reading.suggestion
    assert (reading.strongest_nudge, reading.nudge_suggestion) == (None, None)
