// The bar above the phones: words, clock, what-ifs, language, and the idea of the moment.

import { make } from "./bubble.js";

export class Top {
  // act(path, body) resolves to true when it was taken; say(words) shows a passing message.
  constructor(act, say) {
    this.act = act;
    this.say = say;
    this.state = null;
    this.busy = false;
    this.hintClosed = "";
    this.clock = document.getElementById("clock");
    this.next = document.getElementById("next");
    this.moves = [...document.querySelectorAll("[data-move]")];
    this.opener = document.getElementById("whatif");
    this.menu = document.getElementById("whatif-menu");
    this.faults = document.getElementById("faults");
    this.restart = document.getElementById("restart");
    this.dialog = document.getElementById("change-language");
    this.hint = document.querySelector(".hint");
    this.hintIcon = this.hint.querySelector("use");
    this.switches = new Map();
    this.listen();
  }

  listen() {
    for (const button of this.moves) {
      button.addEventListener("click", () => this.during(button, "/clock", { move: button.dataset.move }));
    }
    this.opener.addEventListener("click", () => this.open(this.menu.hidden));
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".whatif")) this.open(false);
    });
    this.menu.parentElement.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.menu.hidden) return;
      this.open(false);
      this.opener.focus();
    });
    this.restart.addEventListener("click", async () => {
      if (await this.during(this.restart, "/restart", {})) this.say(this.state.labels["restart.done"]);
      this.open(false);
    });
    for (const button of document.querySelectorAll("[data-language]")) {
      button.addEventListener("click", () => this.chooseLanguage(button));
    }
    document.getElementById("hint-close").addEventListener("click", () => {
      this.hintClosed = nameOf(this.state.hint);
      this.drawHint();
    });
  }

  // One long gesture at a time: a second press while time passes is ignored, not queued.
  async during(button, path, body) {
    if (this.busy) return false;
    this.busy = true;
    document.body.classList.add("busy");
    button.setAttribute("aria-busy", "true");
    this.clock.setAttribute("aria-live", "off"); // the hours that go by are seen; only the last one is spoken
    if (path === "/clock") put(this.clock, this.state.labels["clock.busy"]);
    const done = await this.act(path, body);
    this.busy = false;
    document.body.classList.remove("busy");
    this.clock.setAttribute("aria-live", "polite");
    button.removeAttribute("aria-busy");
    this.draw(this.state);
    return done;
  }

  chooseLanguage(button) {
    const { language } = button.dataset;
    if (!this.state || language === this.state.language) return;
    const change = () => this.during(button, "/language", { language });
    // While the client has not begun there is nothing to lose.
    if (this.state.people.every(({ role, messages }) => role !== "client" || !messages.length)) {
      change();
      return;
    }
    this.dialog.returnValue = "";
    this.dialog.addEventListener("close", () => this.dialog.returnValue === "yes" && change(), { once: true });
    this.dialog.showModal();
  }

  open(yes) {
    this.menu.hidden = !yes;
    this.opener.setAttribute("aria-expanded", String(yes));
  }

  draw(state) {
    this.state = state;
    const { labels } = state;
    document.documentElement.lang = state.language;
    document.title = labels.title;
    for (const node of document.querySelectorAll("[data-label]")) put(node, labels[node.dataset.label]);
    for (const node of document.querySelectorAll("[data-aria]")) {
      node.setAttribute("aria-label", labels[node.dataset.aria]);
    }
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
    }
    put(this.clock, state.clock_words);
    const upcoming = state.next_event;
    put(this.next, upcoming ? upcoming.words : labels[state.faults.down ? "clock.down" : "clock.nothing"]);
    this.next.closest("button").disabled = !upcoming;
    this.drawFaults(state);
    this.drawHint();
  }

  drawFaults(state) {
    const wanted = [["down", null, state.faults.down, state.labels["fault.down"], state.labels["fault.down_about"]]];
    for (const { chat, role, blocked, away, words } of state.people) {
      if (role === "client") wanted.push(["blocked", chat, blocked, words.blocked, words.blocked_about]);
    }
    for (const { chat, role, away, words } of state.people) {
      if (role === "nurse") wanted.push(["away", chat, away, words.away, words.away_about]);
    }
    for (const [name, chat, on, words, about] of wanted) {
      const key = `${name} ${chat}`;
      if (!this.switches.has(key)) this.switches.set(key, this.makeSwitch(name, chat));
      const button = this.switches.get(key);
      button.setAttribute("aria-checked", String(on));
      put(button.querySelector("b"), words);
      put(button.querySelector("small"), about);
    }
    const active = wanted.filter(([, , on]) => on).length;
    const count = this.opener.querySelector(".count");
    count.hidden = !active;
    put(count, active ? String(active) : "");
    const { labels } = state;
    const words = active ? `${labels.whatif} ${labels["whatif.active"]}\u00a0: ${active}` : labels.whatif;
    this.opener.setAttribute("aria-label", words);
  }

  makeSwitch(name, chat) {
    const button = make("button", "choice");
    button.type = "button";
    button.setAttribute("role", "switch");
    const words = make("span");
    words.append(make("b"), make("small"));
    button.append(words, make("i", "knob"));
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-checked") !== "true";
      button.setAttribute("aria-checked", String(on)); // at once; the next state confirms or corrects it
      this.act("/fault", { name, on, chat });
    });
    this.faults.append(button);
    return button;
  }

  drawHint() {
    const { hint } = this.state;
    this.hint.hidden = !hint || nameOf(hint) === this.hintClosed;
    if (!hint) return;
    this.hint.classList.toggle("story", hint.story);
    this.hintIcon.setAttribute("href", hint.story ? "#i-play" : "#i-idea");
    put(this.hint.querySelector(".sr"), this.state.labels[hint.story ? "story" : "hint"]);
    put(document.getElementById("hint"), hint.words);
  }
}

// Whoever closes one caption of a story has closed them all.
function nameOf(hint) {
  return hint.story ? "story" : hint.key;
}

// Leaves the node alone when nothing changed, so that screen readers are not told twice.
function put(node, words) {
  if (node.textContent !== words) node.textContent = words;
}
