// One phone: whose it is, its messages, where it is scrolled, what is unread. Draws only what changed.

import { bubble, make } from "./bubble.js";
import { Composer } from "./composer.js";

const NEAR_END_PX = 48;
const MARGIN_PX = 12;
const NOTICE_MS = 3_500;

export class Phone {
  constructor(person, act) {
    this.chat = person.chat;
    this.act = (path, body) => act(path, { chat: this.chat, ...body });
    this.drawn = new Map(); // message id or day → { node, signature }
    this.unread = 0;
    this.newest = null; // highest message id drawn so far; null before the first drawing
    this.atEnd = true;
    this.lastTop = 0;
    this.settled = false; // whether it has been scrolled to where a reader begins
    this.notices = null;
    this.node = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
    this.node.id = `phone-${person.chat}`;
    const find = (selector) => this.node.querySelector(selector);
    this.scroller = find(".scroller");
    this.list = find("ol");
    this.empty = find(".empty");
    this.typing = find(".typing");
    this.toEnd = find(".to-end");
    this.notice = find(".notice");
    this.composer = new Composer(find("footer"), this.act);
    this.composer.onlyPressed = () => this.scroller.focus({ preventScroll: true });
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.toEnd.addEventListener("click", () => this.goToEnd(true));
    // Keyboards that open, pictures that load and windows that shrink all move the end.
    const watcher = new ResizeObserver(() => this.atEnd && this.goToEnd());
    watcher.observe(this.scroller);
    watcher.observe(this.list);
  }

  get visible() {
    return this.scroller.clientHeight > 0;
  }

  // Returns the texts that have just arrived from the bot.
  update(person, state) {
    const { labels } = state;
    this.labels = labels;
    const find = (selector) => this.node.querySelector(selector);
    this.node.dataset.role = person.tone;
    this.node.setAttribute("aria-label", person.words.phone);
    this.node.classList.toggle("blocked", person.blocked);
    this.node.classList.toggle("offline", state.faults.down);
    find(".time").textContent = state.clock_short;
    find(".avatar").textContent = person.initial;
    find("header h2").textContent = person.name;
    find("header p").textContent = person.about;
    const status = state.faults.down ? "down" : person.blocked ? "blocked" : person.away ? "away" : "";
    const badge = find(".state");
    badge.hidden = !status;
    badge.textContent = status && labels[`status.${status}`];
    badge.dataset.status = status;

    this.scroller.setAttribute("aria-label", person.words.messages);
    this.empty.hidden = person.messages.length > 0;
    this.empty.querySelector("span").textContent = person.invitation ? person.words.invited : labels.empty;
    this.typing.querySelector(".sr").textContent = person.typing ? labels["status.typing"] : "";

    this.composer.update(person, labels);
    const arrived = this.drawMessages(person, labels);
    this.typing.hidden = !person.typing;
    if (arrived.length || !this.settled) this.settle();
    else if (this.atEnd) this.goToEnd();
    this.showNotice(person.notices);
    return arrived;
  }

  drawMessages(person, labels) {
    const wasNewest = this.newest;
    const focus = this.rememberFocus();
    const nodes = [];
    const kept = new Set();
    person.messages.forEach((message, index) => {
      const before = person.messages[index - 1];
      const after = person.messages[index + 1];
      if (before?.day !== message.day) {
        nodes.push(this.keep(`day ${message.id}`, message.day, kept, () => make("li", "day", message.day)));
      }
      const look = {
        labels,
        words: person.words,
        first: !together(before, message),
        last: !together(message, after),
        editable: message.mine && this.composer.canEdit(message),
        tap: (data) => this.act("/tap", { message: message.id, data }),
        edit: () => this.composer.startEditing(),
      };
      const { first, last, editable } = look;
      const signature = JSON.stringify([message, first, last, editable, labels.edited, person.words.mine]);
      nodes.push(this.keep(message.id, signature, kept, () => bubble(message, look)));
    });
    this.place(nodes);
    for (const [key, { node }] of this.drawn) {
      if (kept.has(key)) continue;
      node.remove();
      this.drawn.delete(key);
    }
    this.restoreFocus(focus);
    return this.count(person.messages, wasNewest);
  }

  keep(key, signature, kept, draw) {
    kept.add(key);
    const known = this.drawn.get(key);
    if (known?.signature === signature) return known.node;
    const node = draw();
    if (typeof key === "number") node.dataset.id = key;
    if (!known && this.newest !== null) node.classList.add("arriving");
    known?.node.replaceWith(node);
    this.drawn.set(key, { node, signature });
    return node;
  }

  place(nodes) {
    nodes.forEach((node, index) => {
      const there = this.list.children[index];
      if (there !== node) this.list.insertBefore(node, there || null);
    });
  }

  count(messages, wasNewest) {
    const newest = messages.at(-1)?.id ?? 0;
    const startedOver = wasNewest !== null && newest < wasNewest;
    const since = startedOver || wasNewest === null ? newest : wasNewest;
    const fresh = messages.filter((message) => message.id > since);
    this.newest = newest;
    if (fresh.some((message) => message.mine) || startedOver) this.atEnd = true;
    const arrived = fresh.filter((message) => !message.mine);
    if (arrived.length) for (const pressed of this.list.querySelectorAll("button.waiting")) pressed.classList.remove("waiting");
    if (this.visible && this.atEnd) this.unread = 0;
    else this.unread += arrived.length;
    this.showUnread();
    return arrived.map((message) => message.text);
  }

  // A redrawn message must not swallow the keyboard focus that was on one of its buttons.
  rememberFocus() {
    const focused = document.activeElement;
    const item = this.list.contains(focused) && focused.closest("li[data-id]");
    if (!item) return null;
    const place = [...item.querySelectorAll("button")].indexOf(focused);
    return { id: Number(item.dataset.id), place, focused, visible: focused.matches(":focus-visible") };
  }

  restoreFocus(focus) {
    if (!focus || focus.focused.isConnected) return;
    const node = this.drawn.get(focus.id)?.node;
    if (node) node.tabIndex = -1; // the buttons are gone: the next Tab goes on from this message
    const target = node?.querySelectorAll("button")[focus.place] || node || this.scroller;
    target.focus({ preventScroll: true, focusVisible: focus.visible });
  }

  scrolled() {
    if (!this.visible) return;
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    // Content that grows also moves the end away; only a person scrolls up.
    this.atEnd = near || (this.atEnd && scrollTop >= this.lastTop);
    this.lastTop = scrollTop;
    if (this.atEnd) this.unread = 0;
    this.showUnread();
  }

  goToEnd(smoothly = false) {
    const behavior = smoothly ? "smooth" : "instant";
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
    if (smoothly) this.scroller.focus({ preventScroll: true });
  }

  // To the end; but a question taller than the phone is shown from its first line, not its last button.
  settle() {
    if (!this.visible || !this.atEnd) return;
    this.settled = true;
    this.goToEnd();
    const latest = this.list.lastElementChild;
    if (!latest || latest.offsetHeight < this.scroller.clientHeight - MARGIN_PX) return;
    this.atEnd = false;
    this.scroller.scrollTop = this.lastTop = latest.offsetTop - MARGIN_PX;
    this.showUnread();
  }

  // The phone comes into view (its tab was chosen).
  shown() {
    if (this.atEnd) {
      this.unread = 0;
      this.settle();
    }
    this.composer.fit();
    this.showUnread();
  }

  showUnread() {
    if (!this.labels) return; // not drawn yet
    this.toEnd.hidden = this.atEnd;
    const count = this.toEnd.querySelector(".count");
    count.hidden = !this.unread;
    count.textContent = this.unread || "";
    const words = this.unread ? `${this.labels.down_here}, ${this.labels.unread}\u00a0: ${this.unread}` : this.labels.down_here;
    this.toEnd.setAttribute("aria-label", words);
    this.onUnread?.(this.unread);
  }

  // What a tap made appear on top of the chat for a moment.
  showNotice(notices) {
    const seen = this.notices;
    this.notices = notices.length;
    if (seen === null || notices.length <= seen) return;
    this.notice.textContent = notices.at(-1);
    this.notice.hidden = false;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => (this.notice.hidden = true), NOTICE_MS);
  }
}

function together(one, other) {
  return Boolean(one && other && one.mine === other.mine && one.day === other.day && !one.buttons.length);
}
