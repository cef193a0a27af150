// One message as a list item. Everything people or the bot wrote goes in as text, never as markup.

const WAIT_FOR_ANSWER_MS = 4_000;
// A telephone number that begins a line and fills it, or is followed by what it is: "535353 (par texto)".
const NUMBER_FIRST = /^(\+?\d[\d\s.\-‑–]*\d)(\s*\(.*)?$/u;

export function make(tag, className = "", words = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (words) node.textContent = words;
  return node;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// labels: all labels; words: the person's own sentences; tap(data), edit(): gestures.
export function bubble(message, { labels, words, first, last, editable, tap, edit }) {
  const item = make("li", `message ${message.mine ? "mine" : "theirs"} ${message.kind}`);
  item.classList.toggle("first", first);
  item.classList.toggle("last", last);

  const body = make("div", "bubble");
  body.append(make("span", "sr", `${message.mine ? words.mine : labels.theirs}\u00a0: `));
  const attached = attachment(message, labels);
  if (attached) body.append(attached);
  if (message.text) body.append(wording(message.text));
  body.append(meta(message, labels));
  item.append(body);

  if (editable) {
    const pencil = make("button", "quiet pencil");
    pencil.type = "button";
    pencil.title = labels.edit;
    pencil.setAttribute("aria-label", labels.edit);
    pencil.append(icon("pencil"));
    pencil.addEventListener("click", edit);
    body.append(pencil);
  }
  if (message.buttons.length) item.append(buttons(message.buttons, tap));
  return item;
}

function wording(text) {
  const paragraph = make("p");
  const lines = text.split("\n");
  lines.forEach((line, index) => {
    if (index) paragraph.append("\n");
    const [, number, rest = ""] = NUMBER_FIRST.exec(line) || [];
    if (number) paragraph.append(make("strong", "number", number), rest);
    else paragraph.append(line);
  });
  return paragraph;
}

function meta(message, labels) {
  const line = make("span", "meta");
  if (message.edited) line.append(make("i", "", labels.edited), " ");
  line.append(make("time", "", message.at));
  return line;
}

function attachment(message, labels) {
  const name = labels[`kind.${message.kind}`] || labels["kind.other"];
  if (message.kind === "text") return null;
  if (message.kind === "photo" && message.picture) {
    const picture = make("img", "picture");
    picture.src = message.picture;
    picture.alt = message.text ? "" : labels.picture;
    picture.decoding = "async";
    return picture;
  }
  if (message.kind === "photo") return named(make("div", "picture drawn"), name);
  if (message.kind === "sticker") return named(make("div", "face"), name);
  if (message.kind === "voice" || message.kind === "audio") {
    const voice = named(make("div", "voice-line"), name);
    const waves = make("span", "waves");
    for (let bar = 0; bar < 22; bar += 1) waves.append(make("i"));
    voice.append(icon("play"), waves, make("span", "", "0:07"));
    return voice;
  }
  const other = make("div", "other-kind");
  other.append(icon("clip"), make("span", "", name));
  return other;
}

function named(node, name) {
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", name);
  return node;
}

function buttons(rows, tap) {
  const grid = make("div", "buttons");
  for (const row of rows) {
    const line = make("div");
    for (const { text, data } of row) {
      const button = make("button", "", text);
      button.type = "button";
      button.disabled = !data; // a link of the real Telegram; here it leads nowhere
      button.addEventListener("click", async () => {
        // Waits, visibly, until the bot's answer replaces or follows this message; a second tap meanwhile is none.
        if (button.classList.contains("waiting")) return;
        button.classList.add("waiting");
        setTimeout(() => button.classList.remove("waiting"), WAIT_FOR_ANSWER_MS);
        if (!(await tap(data))) button.classList.remove("waiting");
      });
      line.append(button);
    }
    grid.append(line);
  }
  return grid;
}
