// Puts the pieces together: the state goes to the bar, the phones and the tabs; gestures go to the demo.

import { make } from "./bubble.js";
import { Phone } from "./phone.js";
import { follow, post, Refused } from "./talk.js";
import { Top } from "./top.js";

const TOAST_MS = 4_000;
const SPOKEN_KEPT = 6;

const small = matchMedia("(max-width: 900px)");
const board = document.getElementById("phones");
const tabs = document.querySelector(".tabs");
const toast = document.getElementById("toast");
const announcer = document.getElementById("announcer");
const lostLine = document.getElementById("lost");
const phones = new Map(); // chat → { phone, tab }
let labels = {};
let chosen = null;
let pointedFor;

const top = new Top(act, say);
const lookNow = follow(draw, lost);

async function act(path, body) {
  try {
    await post(path, body);
    return true;
  } catch (problem) {
    if (problem instanceof Refused) console.warn(path, problem.message);
    say(problem instanceof Refused ? labels.refused : labels.lost);
    return false;
  } finally {
    lookNow();
  }
}

function draw(state) {
  labels = state.labels;
  document.body.classList.remove("waiting");
  top.draw(state); // first: its height decides how much of a phone is seen
  const people = state.people.map(dressed);
  const keys = people.map(({ chat }) => chat);
  for (const chat of [...phones.keys()].filter((known) => !keys.includes(known))) {
    phones.get(chat).phone.node.remove();
    phones.get(chat).tab.remove();
    phones.delete(chat);
  }
  for (const person of people) {
    if (!phones.has(person.chat)) phones.set(person.chat, open(person));
    const { phone, tab } = phones.get(person.chat);
    const arrived = phone.update(person, state);
    drawTab(tab, person);
    for (const words of arrived) announce(`${person.name}\u00a0: ${words}`);
  }
  if (!phones.has(chosen)) choose(keys[0]);
  point(state.hint);
}

// A story points at the phone it speaks of; where one phone is seen at a time, that one comes forward.
function point(hint) {
  const chat = hint?.story ? hint.chat : null;
  for (const [key, { phone }] of phones) phone.node.classList.toggle("spoken-of", key === chat);
  if (hint?.key === pointedFor) return;
  pointedFor = hint?.key;
  if (chat !== null && small.matches && !document.activeElement?.closest("footer")) choose(chat);
}

// Colours and initials: the two nurses differ, whatever their names.
function dressed(person, index, people) {
  const before = people.slice(0, index).filter(({ role }) => role === person.role).length;
  return { ...person, tone: `${person.role}-${before % 2}`, initial: [...person.name][0] || "" };
}

function open(person) {
  const phone = new Phone(person, act);
  board.append(phone.node);
  const tab = make("button", "tab");
  tab.type = "button";
  tab.id = `tab-${person.chat}`;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", phone.node.id);
  tab.append(make("span", "avatar"), make("span", "name"), make("span", "count"));
  tab.addEventListener("click", () => choose(person.chat));
  tabs.append(tab);
  phone.onUnread = (unread) => {
    const count = tab.querySelector(".count");
    count.hidden = !unread;
    count.textContent = unread || "";
    if (unread) tab.setAttribute("aria-label", `${person.name}, ${labels.unread}\u00a0: ${unread}`);
    else tab.removeAttribute("aria-label");
  };
  phone.node.setAttribute("role", small.matches ? "tabpanel" : "region");
  return { phone, tab };
}

function drawTab(tab, person) {
  tab.dataset.role = person.tone;
  tab.querySelector(".avatar").textContent = person.initial;
  tab.querySelector(".name").textContent = person.name;
}

function choose(chat, moveFocus = false) {
  chosen = chat;
  for (const [key, { phone, tab }] of phones) {
    const here = key === chat;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    phone.node.classList.toggle("chosen", here);
    if (here) {
      phone.shown();
      if (moveFocus) tab.focus();
    }
  }
}

tabs.addEventListener("keydown", (event) => {
  const keys = [...phones.keys()];
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  choose(keys[(keys.indexOf(chosen) + step + keys.length) % keys.length], true);
});

// From four phones side by side to one, and back: the roles that assistive technology reads follow.
function adapt() {
  for (const { phone } of phones.values()) {
    phone.node.setAttribute("role", small.matches ? "tabpanel" : "region");
    phone.shown();
  }
}
small.addEventListener("change", adapt);

function say(words) {
  toast.textContent = words || "";
  toast.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => toast.classList.remove("shown"), TOAST_MS);
}

function announce(words) {
  announcer.append(make("p", "", words));
  while (announcer.childElementCount > SPOKEN_KEPT) announcer.firstElementChild.remove();
}

function lost(yes) {
  lostLine.hidden = !yes;
  lostLine.textContent = yes ? labels.lost || "…" : "";
}
