from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.config.load import config_hash, known_keys, load
from pipeline.errors import UsageError


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "my.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def fails(path, *overrides):
    with pytest.raises(UsageError) as error:
        load(path, overrides)
    return str(error.value)


def test_nothing_given_gives_the_defaults():
    assert load(None) == Config()


def test_a_file_says_only_what_differs(write):
    config = load(write("rendezvous:\n  contact:\n    gap_max_m: 30\n"))
    assert config.rendezvous.contact.gap_max_m == 30.0
    assert config.rendezvous.transfer == Config().rendezvous.transfer
    assert config.exports == Config().exports


@pytest.mark.parametrize("text", ["", "# nothing\n", "rendezvous:\n", "rendezvous:\n  contact:\n"])
def test_what_is_empty_means_the_defaults(write, text):
    assert load(write(text)) == Config()


def test_files_named_in_a_configuration_are_looked_for_from_its_folder(write, tmp_path):
    text = (
        "context:\n  zones_file: zones.geojson\n  watchlist_files: [a.csv, /b.csv]\n"
        "quota:\n  count: places\n  count_zones_file: ../places.geojson\n"
    )
    config = load(write(text), ["context.fleet_file=fleet.csv"])
    assert config.context.zones_file == tmp_path / "zones.geojson"
    assert config.context.watchlist_files == (tmp_path / "a.csv", Path("/b.csv"))
    assert config.quota.count_zones_file == tmp_path / ".." / "places.geojson"
    assert config.context.fleet_file == Path("fleet.csv")  # given on the command line


def test_what_is_no_file_name_is_told_as_it_was_written(write):
    assert "zones_file is 7" in fails(write("context:\n  zones_file: 7\n"))


def test_single_values_go_over_the_file_and_later_ones_over_earlier(write):
    path = write("rendezvous:\n  contact:\n    gap_max_m: 30\n")
    config = load(path, ["rendezvous.contact.gap_max_m=40", "rendezvous.contact.gap_max_m= 41.5"])
    assert config.rendezvous.contact.gap_max_m == 41.5


def test_single_values_are_yaml():
    config = load(None, ["rendezvous.candidate_classes=[transfer, bunkering]"])
    assert list(config.rendezvous.candidate_classes) == ["transfer", "bunkering"]


def test_a_single_value_under_an_empty_section(write):
    config = load(write("exports:\n"), ["exports.track_margin_h=5"])
    assert config.exports.track_margin_h == 5.0


def test_without_a_file_a_former_run_gives_what_is_not_set(write):
    former = load(None, ["exports.track_margin_h=7", "quota.seed=3"])
    assert load(None, ["quota.seed=4"], former).exports == former.exports
    assert load(None, ["quota.seed=4"], former).quota.seed == 4
    assert load(write("quota:\n  seed: 5\n"), (), former).exports == Config().exports


def test_an_unknown_key_names_file_line_key_and_the_nearest(write):
    message = fails(write("rendezvous:\n  contact:\n    gap_max: 30\n"))
    assert re.search(r"my\.yaml:3: .*'rendezvous\.contact\.gap_max'", message)
    assert "did you mean 'rendezvous.contact.gap_max_m'?" in message


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("rendevous.contact.gap_max_m", "rendezvous"),
        ("rendezvous.contact.gapmax", "rendezvous.contact.gap_max_m"),
        ("contact.gap_max_m", "rendezvous.contact"),
        ("exports.margin_h", "exports.track_margin_h"),
        ("cleaning.track_margin_h", "exports.track_margin_h"),
    ],
)
def test_the_nearest_key_is_found_also_in_another_section(given, nearest):
    message = fails(None, f"{given}=1")
    assert message.startswith(f"--set {given}=1: ")
    assert f"did you mean '{nearest}'?" in message


def test_a_key_like_no_other_gets_the_list_of_sections():
    assert "sections are feeds, cleaning, " in fails(None, "qqq=1")


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        ("'30'", '"30"', "number"),
        ("yes", '"yes"', "number"),
        ("true", "true", "number"),
        ("[1]", "[1]", "number"),
        ("-1", "-1", "greater than or equal to 0"),
        (".inf", '".inf"', "number"),
        ("1e999", "Infinity", "finite"),
    ],
)
def test_a_wrong_value_names_key_value_and_what_is_expected(value, shown, expected):
    message = fails(None, f"rendezvous.contact.gap_max_m={value}")
    assert f"rendezvous.contact.gap_max_m is {shown}, but it should be" in message
    assert expected in message


def test_a_value_in_place_of_a_section(write):
    assert "exports is 3, but it is a section" in fails(write("exports: 3\n"))
    assert load(write("exports: 3\n"), ["exports.track_margin_h=5"]).exports.track_margin_h == 5.0


def test_all_that_is_wrong_is_told_at_once(write):
    path = write("exports:\n  track_margin_h: x\n  colour: red\nfood: 1\n")
    lines = fails(path, "quote.x=1").splitlines()
    assert len(lines) == 4
    assert sum("my.yaml:" in line for line in lines) == 3


def test_an_entry_of_a_list_is_told_by_its_place_and_line(write):
    path = write("feeds:\n  tables:\n    - name: mine\n      colums: {}\n")
    lines = fails(path).splitlines()
    assert any("my.yaml:3: feeds.tables.0.columns is missing" in line for line in lines)
    unknown = next(line for line in lines if "'feeds.tables.0.colums'" in line)
    assert "my.yaml:4: there is no key" in unknown
    assert "known are name, columns, " in unknown


def test_a_long_value_is_cut_in_the_message():
    message = fails(None, f"rendezvous.contact.gap_max_m={'x' * 500}")
    assert 'is "xxxx' in message
    assert "..., but" in message


@pytest.mark.parametrize("override", ["", "a", "=1", "a.=1", ".a=1", "a..b=1"])
def test_a_single_value_of_another_form(override):
    assert "expected section.key=value" in fails(None, override)


def test_a_single_value_that_is_no_yaml():
    assert fails(None, "exports.track_margin_h=[1").startswith("--set exports.track_margin_h=[1: ")


def test_a_key_given_twice(write):
    message = fails(write("exports:\n  track_margin_h: 1\n  track_margin_h: 2\n"))
    assert message.endswith("my.yaml:3: 'track_margin_h' is given twice, first in line 2")


def test_a_file_that_is_no_mapping(write):
    assert "expected sections" in fails(write("- 1\n"))


def test_a_file_that_is_not_there(tmp_path):
    assert "nowhere.yaml: the configuration cannot be read" in fails(tmp_path / "nowhere.yaml")
    assert "cannot be read" in fails(tmp_path)


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_bytes(b"a: \xff\xfe")
    assert "my.yaml: not UTF-8 text (byte 3)" in fails(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("exports:\n  track_margin_h: 5\n", encoding="utf-8-sig")
    assert load(path).exports.track_margin_h == 5.0


def test_the_hash_depends_on_the_values_alone(write):
    one = load(write("exports:\n  track_margin_h: 5\nrendezvous:\n  contact:\n    gap_max_m: 30\n"))
    other = load(
        write("# words\nrendezvous: {contact: {gap_max_m: 30.0}}\nexports: {track_margin_h: 5.0}\n")
    )
    assert config_hash(one) == config_hash(other)
    assert config_hash(one) != config_hash(Config())
    assert config_hash(load(None)) == config_hash(Config())
    assert re.fullmatch("[0-9a-f]{64}", config_hash(one))


def test_the_configuration_does_not_change_under_a_run():
    with pytest.raises(ValueError, match="frozen"):
        Config().exports = Config().exports  # type: ignore[misc]


def test_known_keys_are_dotted_to_the_innermost():
    keys = known_keys()
    assert "rendezvous.contact.gap_max_m" in keys
    assert "rendezvous.contact" not in keys
    assert len(keys) == len(set(keys))
