from pipeline.exports.dictionary import PAGE, outputs_markdown
from pipeline.exports.layers import CANDIDATE_PROPERTIES
from pipeline.schema import ENCOUNTERS, VOLUMES


def test_the_page_is_that_of_the_code():
    text = PAGE.read_text(encoding="utf-8")
    assert text == outputs_markdown(), "run: python -m pipeline.exports.dictionary"


def test_every_property_of_a_candidate_comes_from_a_table():
    assert set(CANDIDATE_PROPERTIES) <= {*ENCOUNTERS, *VOLUMES}
