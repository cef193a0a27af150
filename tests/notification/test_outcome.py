"""The buttons of an alert: short enough for Telegram, one for each way an incident can end."""

from bot.notification.outcome import OUTCOMES, outcome_buttons, page_buttons


def test_an_outcome_can_be_chosen_for_the_incident_it_belongs_to() -> None:
    data = [button.data for line in outcome_buttons(12) for button in line]
    assert data == [f"out:12:{name}" for name in OUTCOMES]
    assert [button.label for line in outcome_buttons(12) for button in line] == list(OUTCOMES.values())


def test_a_page_is_taken_or_looked_at() -> None:
    assert [button.data for line in page_buttons(12) for button in line] == ["ok:12", "see:12"]


def test_no_data_is_longer_than_telegram_takes() -> None:
    longest = 2**63 - 1
    for line in (*outcome_buttons(longest), *page_buttons(longest)):
        assert all(len(button.data.encode()) <= 64 for button in line)
