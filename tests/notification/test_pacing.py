"""Who leaves next and when: under Telegram's limits at every instant, urgent first, in order within a chat."""

from bisect import bisect_left
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.effects import Priority
from bot.engine.pacing import CHAT_BURST, Sent, Waiting, next_to_send

EPSILON = 1e-9


@dataclass
class Post:
    """An outbox on a clock that moves by itself: everything that may leave leaves, and when is written down."""

    sent: Sent
    waiting: list[Waiting]
    now: float = 0.0
    left: list[tuple[float, Waiting]] = field(default_factory=list)

    def run(self, until: float = float("inf")) -> "Post":
        self.waiting.sort(key=lambda message: (message.priority, message.id))
        while self.waiting:
            message, pause = next_to_send(self.waiting, self.sent, self.now)
            if message is None:
                assert pause > 0, "a pause of nothing would turn in circles"
                if self.now + pause > until:
                    self.now = until
                    break
                self.now += pause + EPSILON
                continue
            self.waiting.remove(message)
            self.sent.note(message.chat_id, self.now)
            self.left.append((self.now, message))
        return self

    def times(self, chat_id: int | None = None) -> list[float]:
        return [at for at, message in self.left if chat_id in (None, message.chat_id)]


def most_within(times: list[float], seconds: float) -> int:
    """The most that left in any window of so many seconds, its end left out."""
    return max((bisect_left(times, start + seconds) - index for index, start in enumerate(times)), default=0)


def each_to_another(count: int, priority: Priority = Priority.CHECK_IN) -> list[Waiting]:
    return [Waiting(number, number, priority) for number in range(count)]


@pytest.mark.parametrize("rate", [1.0, 2.0, 5.0, 20.0, 25.0, 30.0])
def test_no_second_holds_more_than_the_rate(rate: float) -> None:
    post = Post(Sent(rate, 1.0), each_to_another(int(rate * 10))).run()
    assert len(post.left) == int(rate * 10)
    assert most_within(post.times(), 1.0) <= rate


@given(
    st.sampled_from([1.0, 3.0, 10.0, 30.0]),
    st.lists(st.tuples(st.floats(0, 1.5), st.integers(1, 30)), min_size=1, max_size=12),
)
def test_no_second_holds_more_than_the_rate_however_the_messages_come(
    rate: float, bursts: list[tuple[float, int]]
) -> None:
    post, number = Post(Sent(rate, 1.0), []), 0
    for pause, count in bursts:
        post.now += pause
        post.waiting += [Waiting(number + more, number + more, 2) for more in range(count)]
        number += count
        post.run(until=post.now + pause)
    post.run()
    assert len(post.left) == number
    assert most_within(post.times(), 1.0) <= rate


def test_the_rate_is_used() -> None:
    """A thousand check-ins at nine o'clock leave within 37 seconds: the headroom is 5 %, no more."""
    post = Post(Sent(30.0, 1.0), each_to_another(1000)).run()
    assert 1000 / 30 <= post.left[-1][0] <= 37


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.sampled_from([0.5, 1.0, 2.0]))
def test_one_chat_gets_a_short_burst_then_its_rate(pauses: list[float], chat_rate: float) -> None:
    post = Post(Sent(1000.0, chat_rate), [])
    for number, pause in enumerate(pauses):
        post.waiting.append(Waiting(number, 7, 1))
        post.run(until=post.now + pause)
    post.run()
    for seconds in (1.0, 5.0, 20.0):
        assert most_within(post.times(7), seconds) <= CHAT_BURST + seconds * chat_rate + EPSILON


def test_a_safety_reply_with_what_follows_it_leaves_at_once() -> None:
    assert CHAT_BURST >= 3
    assert Post(Sent(1000.0, 1.0), [Waiting(number, 7, 0) for number in range(3)]).run().left[-1][0] < 0.1


def test_a_chat_that_is_full_keeps_nobody_else_waiting() -> None:
    post = Post(Sent(1000.0, 1.0), [Waiting(number, 7, 1) for number in range(10)] + [Waiting(99, 8, 2)]).run()
    assert next(at for at, message in post.left if message.chat_id == 8) < 0.1
    assert post.times(7)[-1] >= 5


def test_urgent_leaves_first_and_quiet_last() -> None:
    waiting = [Waiting(number, number, priority) for number, priority in enumerate(reversed(list(Priority) * 20))]
    post = Post(Sent(30.0, 1.0), waiting).run()
    priorities = [message.priority for _, message in post.left]
    assert priorities == sorted(priorities)


def test_an_urgent_message_is_never_kept_behind_a_thousand_check_ins() -> None:
    post = Post(Sent(30.0, 1.0), each_to_another(1000)).run(until=10.0)
    post.waiting.append(Waiting(5000, 5000, Priority.URGENT))
    came = post.now
    post.run(until=came + 2)
    left = next(at for at, message in post.left if message.id == 5000)
    assert left - came < 0.1


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(list(Priority))), max_size=40))
def test_within_a_chat_and_a_priority_the_order_is_kept_and_nothing_is_lost(asked: list[tuple[int, Priority]]) -> None:
    waiting = [Waiting(number, chat, priority) for number, (chat, priority) in enumerate(asked)]
    post = Post(Sent(30.0, 1.0), list(waiting)).run()
    assert sorted(message.id for _, message in post.left) == [message.id for message in waiting]
    for chat in (1, 2, 3):
        of_chat = [(message.priority, message.id) for _, message in post.left if message.chat_id == chat]
        assert of_chat == sorted(of_chat)


def test_a_chat_whose_last_message_is_under_way_waits_for_it() -> None:
    waiting = [Waiting(1, 7, 0), Waiting(2, 7, 1), Waiting(3, 8, 2)]
    message, _ = next_to_send(waiting, Sent(30.0, 1.0), 0.0, frozenset({7}))
    assert message == Waiting(3, 8, 2)
    assert next_to_send(waiting[:2], Sent(30.0, 1.0), 0.0, frozenset({7})) == (None, float("inf"))


def test_nothing_waiting() -> None:
    assert next_to_send([], Sent(30.0, 1.0), 0.0) == (None, float("inf"))


def test_told_to_wait_for_one_chat_holds_that_chat_only() -> None:
    sent = Sent(30.0, 1.0)
    sent.hold(3.0, 0.0, 7)
    post = Post(sent, [Waiting(1, 7, 0), Waiting(2, 8, 2)]).run()
    assert [message.chat_id for _, message in post.left] == [8, 7]
    assert post.times(8) == [0.0]
    assert 3.0 <= post.times(7)[0] < 3.1


def test_told_to_wait_for_all_holds_all_and_drops_nothing() -> None:
    sent = Sent(30.0, 1.0)
    sent.hold(5.0, 0.0)
    post = Post(sent, [Waiting(1, 7, 0), Waiting(2, 8, 2)]).run()
    assert [message.chat_id for _, message in post.left] == [7, 8]
    assert 5.0 <= post.times()[0] < 5.1


@pytest.mark.parametrize("chat_id", [None, 7], ids=["all", "one chat"])
def test_a_shorter_wait_never_cuts_a_longer_one(chat_id: int | None) -> None:
    sent = Sent(30.0, 1.0)
    sent.hold(10.0, 0.0, chat_id)
    sent.hold(1.0, 2.0, chat_id)
    assert Post(sent, [Waiting(1, 7, 0)]).run().times()[0] >= 10.0


def test_what_is_remembered_of_chats_does_not_grow_for_ever() -> None:
    sent = Sent(1000.0, 1.0)
    for number in range(25_000):
        sent.note(number, number * 0.1)
    assert len(sent.chats) <= 10_001
    assert sent.chat_wait(24_999, 2499.9) == 0.0
