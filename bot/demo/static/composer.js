// The lower part of a phone: the writing line, command menu, attachments, permanent keyboard, Start.

import { icon, make } from "./bubble.js";

const ATTACHMENTS = ["sticker", "voice", "photo"];

export class Composer {
  // act(path, body): does a gesture as this person, resolves to true when it was taken.
  constructor(footer, act) {
    this.act = act;
    this.editing = null;
    this.mode = "";
    this.lastMine = null;
    this.keyboardOpen = true;
    this.keyboardShown = "";
    this.commands = [];
    const find = (selector) => footer.querySelector(selector);
    this.form = find(".composer");
    this.area = find("textarea");
    this.sheets = { slash: find(".commands"), attach: find(".attachments") };
    this.openers = { slash: find(".slash"), attach: find(".attach") };
    this.keys = find(".keys");
    this.keyboard = find(".keyboard");
    this.editBar = find(".editing");
    this.only = find(".only");
    this.sendButton = find(".send");
    this.listen(footer);
  }

  listen(footer) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.area.addEventListener("input", () => {
      this.fit();
      this.filterCommands();
    });
    this.sendButton.addEventListener("mousedown", (event) => event.preventDefault()); // keeps typing possible
    this.area.addEventListener("keydown", (event) => this.key(event));
    for (const name of Object.keys(this.openers)) {
      this.openers[name].addEventListener("click", () => this.toggle(name));
      this.sheets[name].addEventListener("keydown", (event) => this.walk(event, name));
    }
    this.keys.addEventListener("click", () => {
      this.keyboardOpen = !this.keyboardOpen;
      this.showKeyboard();
    });
    this.editBar.querySelector("button").addEventListener("click", () => this.stopEditing());
    this.only.addEventListener("click", () => this.pressOnly());
    footer.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !footer.contains(event.relatedTarget)) this.close();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!footer.contains(event.target)) this.close();
    });
  }

  update(person, labels) {
    this.person = person;
    this.labels = labels;
    this.area.placeholder = labels.write;
    this.area.setAttribute("aria-label", person.words.write_as);
    name(this.sendButton, labels.send);
    name(this.openers.slash, labels.commands);
    name(this.openers.attach, labels.attach);
    name(this.keys, labels.keyboard);
    name(this.editBar.querySelector("button"), labels["edit.cancel"]);
    this.editBar.querySelector("b").textContent = labels["edit.bar"];

    const invited = person.invitation && !person.messages.length;
    this.mode = invited ? "start" : person.blocked ? "unblock" : "write";
    this.form.hidden = this.mode !== "write";
    this.only.hidden = this.mode === "write";
    this.only.textContent = this.mode === "write" ? "" : labels[this.mode];

    this.lastMine = person.messages.findLast((message) => message.mine) || null;
    if (this.editing !== null && this.lastMine?.id !== this.editing) this.stopEditing();
    this.drawSheets(labels);
    this.drawKeyboard();
    this.fit();
  }

  // Writing

  async submit() {
    const text = this.area.value.trim();
    if (!text) return;
    const editing = this.editing;
    this.write("");
    const done =
      editing === null
        ? await this.act("/say", { text })
        : await this.act("/edit", { message: editing, text });
    if (!done && !this.area.value) this.write(text); // nothing a person wrote is lost
    else if (editing !== null) this.stopEditing();
  }

  write(text) {
    this.area.value = text;
    this.fit();
    this.close();
  }

  fit() {
    this.area.style.height = "auto";
    if (this.area.scrollHeight) this.area.style.height = `${this.area.scrollHeight}px`;
    this.form.classList.toggle("ready", Boolean(this.area.value.trim()));
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      if (!this.close() && this.editing !== null) this.stopEditing();
    } else if (event.key === "ArrowUp" && !this.sheets.slash.hidden) {
      event.preventDefault();
      this.sheets.slash.querySelector("button:last-of-type")?.focus();
    } else if (event.key === "ArrowUp" && !this.area.value) {
      event.preventDefault();
      this.startEditing();
    }
  }

  // Editing one's own last message

  canEdit(message) {
    const words = message.kind === "text" && !message.text.startsWith("/");
    return this.mode === "write" && message.id === this.lastMine?.id && words;
  }

  startEditing() {
    if (!this.lastMine || !this.canEdit(this.lastMine)) return;
    this.editing = this.lastMine.id;
    this.editBar.hidden = false;
    this.editBar.querySelector(".old").textContent = this.lastMine.text;
    this.write(this.lastMine.text);
    this.area.focus();
  }

  stopEditing() {
    this.editing = null;
    this.editBar.hidden = true;
    this.write("");
  }

  // Sheets: commands and attachments

  drawSheets(labels) {
    if (!this.sheets.attach.childElementCount) {
      for (const kind of ATTACHMENTS) {
        const choice = make("button", "choice");
        choice.type = "button";
        choice.append(icon(kind), make("b"));
        choice.addEventListener("click", () => {
          this.close(true);
          this.act("/send", { kind });
        });
        this.sheets.attach.append(choice);
      }
    }
    ATTACHMENTS.forEach((kind, index) => {
      this.sheets.attach.children[index].lastChild.textContent = labels[`attach.${kind}`];
    });
    this.openers.slash.hidden = !this.person.commands.length;
    const wanted = JSON.stringify(this.person.commands);
    if (wanted === this.commandsDrawn) return;
    this.commandsDrawn = wanted;
    this.sheets.slash.replaceChildren(
      ...this.person.commands.map(({ command, description }) => {
        const choice = make("button", "choice");
        choice.type = "button";
        choice.dataset.command = `/${command}`;
        const words = make("span");
        words.append(make("b", "", `/${command}`), make("small", "", description));
        choice.append(words);
        choice.addEventListener("click", () => {
          this.write("");
          this.close(true);
          this.act("/say", { text: `/${command}` });
        });
        return choice;
      }),
    );
  }

  filterCommands() {
    const typed = this.area.value;
    if (!/^\/\S*$/.test(typed) || !this.person.commands.length) {
      if (!this.sheets.slash.hidden) this.close();
      return;
    }
    if (this.sheets.slash.hidden) this.toggle("slash", false);
    let shown = 0;
    for (const choice of this.sheets.slash.children) {
      choice.hidden = !choice.dataset.command.startsWith(typed.toLowerCase());
      if (!choice.hidden) shown += 1;
    }
    if (!shown) this.close();
  }

  toggle(which, moveFocus = true) {
    const open = this.sheets[which].hidden;
    this.close();
    if (!open) return;
    for (const choice of this.sheets[which].children) choice.hidden = false;
    this.sheets[which].hidden = false;
    this.openers[which].setAttribute("aria-expanded", "true");
    if (moveFocus) this.sheets[which].querySelector("button")?.focus({ focusVisible: false });
  }

  close(returnFocus = false) {
    let wasOpen = false;
    for (const which of Object.keys(this.sheets)) {
      if (this.sheets[which].hidden) continue;
      wasOpen = true;
      this.sheets[which].hidden = true;
      this.openers[which].setAttribute("aria-expanded", "false");
      if (returnFocus) this.openers[which].focus({ preventScroll: true });
    }
    return wasOpen;
  }

  walk(event, which) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const choices = [...this.sheets[which].children].filter((choice) => !choice.hidden);
      const next = choices.indexOf(document.activeElement) + step;
      (choices[next] || this.area).focus();
    } else if (event.key === "Escape") {
      this.close(true);
    }
  }

  // The permanent keyboard, and the single button of a phone that cannot write yet

  drawKeyboard() {
    const rows = this.person.keyboard;
    const wanted = JSON.stringify(rows);
    if (wanted !== this.keyboardShown) {
      this.keyboardShown = wanted;
      this.keyboardOpen = true;
      this.keyboard.replaceChildren(
        ...(rows || []).map((row) => {
          const line = make("div");
          for (const text of row) {
            const button = make("button", "", text);
            button.type = "button";
            button.addEventListener("click", () => this.act("/say", { text }));
            line.append(button);
          }
          return line;
        }),
      );
    }
    this.showKeyboard();
  }

  showKeyboard() {
    const possible = this.mode === "write" && Boolean(this.person.keyboard?.length);
    this.keys.hidden = !possible;
    this.keys.setAttribute("aria-expanded", String(possible && this.keyboardOpen));
    this.keyboard.hidden = !possible || !this.keyboardOpen;
  }

  async pressOnly() {
    this.only.classList.add("waiting");
    if (this.mode === "start") await this.act("/say", { text: this.person.invitation });
    else await this.act("/fault", { name: "blocked", on: false });
    this.only.classList.remove("waiting");
    if (document.activeElement === this.only || document.activeElement === document.body) this.onlyPressed?.();
  }
}

function name(button, words) {
  button.setAttribute("aria-label", words);
  button.title = words;
}
