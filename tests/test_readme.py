"""The README tells the truth: every command, setting, chat command, region and folder there is, and no other."""

import re
from pathlib import Path

import pytest

from bot.coordination.commands import COMMANDS as COORDINATOR_COMMANDS
from bot.dialogues.intents import COMMANDS as CLIENT_COMMANDS
from bot.nursing.commands import COMMANDS as NURSE_COMMANDS
from bot.text import regions

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = {path: path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")}


def _settings_in_code() -> set[str]:
    read = CODE[ROOT / "bot" / "settings.py"]
    named = set(re.findall(r'_(?:secret|url|one_of|rate)\(given, "([A-Z_]+)"', read))
    named |= set(re.findall(r'PREFIX \+ "([A-Z_]+)"', read))
    return {f"ALLIANCE_{name}" for name in named}


def test_every_setting_is_in_the_table_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(ALLIANCE_[A-Z_]+)` \|", README, re.MULTILINE))
    assert documented == _settings_in_code()
    assert len(documented) == 10


def test_the_example_environment_names_only_settings_that_exist() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#?(ALLIANCE_[A-Z_]+)=", example, re.MULTILINE)) == _settings_in_code()


def test_every_command_is_in_the_table_and_no_other() -> None:
    code = set(re.findall(r'add_parser\(\s*"([a-z-]+)"', CODE[ROOT / "bot" / "cli.py"]))
    table = README.split("### Commands", 1)[1].split("In chat", 1)[0]
    documented = {name for name in re.findall(r"^\| `([a-z-]+)", table, re.MULTILINE) if not name.startswith("-")}
    assert documented == code


@pytest.mark.parametrize("flag", sorted(set(re.findall(r'"(--[a-z-]+)"', CODE[ROOT / "bot" / "cli.py"]))))
def test_every_flag_is_written_down(flag: str) -> None:
    assert flag in README


def test_every_chat_command_is_written_down() -> None:
    names = {name for by in CLIENT_COMMANDS.values() for name in by.values()}
    for commands in (NURSE_COMMANDS, COORDINATOR_COMMANDS):
        names |= {name for command in commands for name in command.names.values()}
    assert not {name for name in names if f"`/{name}`" not in README and f"`/{name} 12`" not in README}


def test_the_regions_are_those_with_help_lines() -> None:
    row = next(line for line in README.splitlines() if line.startswith("| `ALLIANCE_REGION`"))
    assert set(re.findall(r"`([A-Z]{2}(?:-[A-Z]{2})?)`", row.split("|")[2])) == set(regions())


def test_every_folder_and_file_that_is_named_exists() -> None:
    for name in re.findall(r"`((?:bot|messages|tests|docs)/[\w./-]+)`", README):
        if name.isupper() or "NAME" in name:
            continue
        assert (ROOT / name).exists(), name
