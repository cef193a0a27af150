// Talking to the demo on this computer: one question (/state), one stream (/events), a few gestures.
// Knows nothing of what is drawn.

const QUIET_REFRESH_MS = 20_000; // the clock moves even when nobody does anything
const TYPING_REFRESH_MS = 1_200; // "is writing" ends by itself, without an event
const BROKEN_REFRESH_MS = 2_000; // polling, when the stream is broken
const GATHER_MS = 30; // several changes at once make one refresh

export class Refused extends Error {}

export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    const { error } = await answer.json().catch(() => ({}));
    throw new Refused(error || String(answer.status));
  }
}

// Calls draw(state) whenever something changed, and lost(true|false) when the demo goes away or comes back.
// Returns a function that asks for a fresh look now.
export function follow(draw, lost) {
  let timer = 0;
  let dueAt = Infinity; // when the next look is planned
  let asking = false;
  let askAgain = false;
  let streaming = false;

  // Only ever brings the next look forward: news that came during the last one must not wait for the quiet refresh.
  const soon = (delay = GATHER_MS) => {
    const at = performance.now() + delay;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(look, delay);
  };

  async function look() {
    clearTimeout(timer);
    dueAt = Infinity;
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    let wait = streaming ? QUIET_REFRESH_MS : BROKEN_REFRESH_MS;
    try {
      const answer = await fetch("/state", { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      lost(false);
      draw(state);
      if (state.people.some((person) => person.typing)) wait = TYPING_REFRESH_MS;
    } catch (problem) {
      console.error(problem);
      lost(true);
      wait = BROKEN_REFRESH_MS;
    }
    asking = false;
    if (askAgain) {
      askAgain = false;
      wait = GATHER_MS;
    }
    soon(wait);
  }

  function listen() {
    const stream = new EventSource("/events");
    stream.onopen = () => (streaming = true);
    stream.onmessage = () => soon();
    stream.onerror = () => {
      streaming = false;
      soon(BROKEN_REFRESH_MS);
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, BROKEN_REFRESH_MS);
    };
  }

  listen();
  look();
  return () => soon(0);
}
