"""Every transcript, played on the whole bot. A behaviour is a conversation that reads like a chat."""

from pathlib import Path

import pytest

from tests.town import play

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.rglob("*.txt"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(path.name, path.read_text(encoding="utf-8"), id=f"{path.parent.name}/{path.stem}")
        for path in TRANSCRIPTS
    ],
)
async def test_transcript(name: str, text: str, tmp_path: Path) -> None:
    await play(name, text, tmp_path)


def test_each_transcript_is_there_in_both_languages() -> None:
    french = {path.stem for path in TRANSCRIPTS if path.parent.name == "fr"}
    english = {path.stem for path in TRANSCRIPTS if path.parent.name == "en"}
    assert french, "there are transcripts"
    assert french == english
