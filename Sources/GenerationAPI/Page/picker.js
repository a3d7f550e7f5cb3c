// The subjects of a model: a combobox whose list is always open, with pictures.
import { imageURL } from './service.js';

const folded = (text) => text.toLowerCase().split(/[\s_-]+/).filter(Boolean).join(' ');

export class Picker {
  #input; #list; #count; #items = []; #chosen = null; #active = null;

  constructor(input, list, count) {
    [this.#input, this.#list, this.#count] = [input, list, count];
    input.addEventListener('focus', () => input.select());
    input.addEventListener('input', () => this.#filter(input.value));
    input.addEventListener('blur', () => this.#settle());
    input.addEventListener('keydown', (event) => this.#press(event));
    list.addEventListener('keydown', (event) => this.#press(event));
    // The input keeps the focus, and with it a phone its keyboard as it was.
    list.addEventListener('mousedown', (event) => event.preventDefault());
    list.addEventListener('click', (event) => {
      const option = event.target.closest('li');
      if (option) this.choose(this.#items.find((item) => item.option === option).id);
    });
  }

  get value() { return this.#chosen?.id ?? null; }
  get name() { return this.#chosen?.name ?? ''; }

  /** Shows the subjects of another model. */
  async show(model, classes) {
    this.#items = classes.map((item, place) => this.#item(item, place, model.pictures, classes.length));
    this.#list.replaceChildren(...this.#items.map((item) => item.option));
    this.#chosen = this.#active = null;
    this.choose(this.#items[0]?.id);
    if (!model.pictures) return;
    const url = await imageURL(model.pictures.url);
    const rows = Math.ceil(classes.length / model.pictures.columns);
    this.#list.style.setProperty('--pictures', `url("${url}")`);
    this.#list.style.setProperty('--pictures-size', `${model.pictures.columns * 100}% ${rows * 100}%`);
  }

  #item({ id, name, synonyms, wordnet_id }, place, pictures, total) {
    const option = document.createElement('li');
    const thumb = document.createElement('span');
    const label = document.createElement('span');
    option.id = `class-${id}`;
    option.role = 'option';
    option.title = [name, ...synonyms].join(', ');
    option.setAttribute('aria-selected', 'false');
    thumb.className = 'thumb';
    thumb.ariaHidden = 'true';
    label.className = 'name';
    label.textContent = name;
    if (pictures) {
      const rows = Math.ceil(total / pictures.columns);
      const share = (index, count) => (count > 1 ? (index / (count - 1)) * 100 : 0);
      thumb.classList.add('pictured');
      thumb.style.backgroundPosition =
        `${share(place % pictures.columns, pictures.columns)}% ${share(Math.floor(place / pictures.columns), rows)}%`;
    } else {
      thumb.textContent = name.slice(0, 1);
    }
    option.append(thumb, label);
    const words = [name, ...synonyms, wordnet_id ?? '', String(id)].map(folded);
    return { id, name, words, option, thumb };
  }

  /** A picture for a subject that has none of its own. */
  picture(id, url) {
    const item = this.#items.find((item) => item.id === id);
    if (!item || item.thumb.childElementCount || item.thumb.classList.contains('pictured')) return;
    const image = new Image(56, 56);
    image.alt = '';
    image.src = url;
    item.thumb.replaceChildren(image);
  }

  /** @returns {boolean} whether there is such a subject. */
  choose(reference) {
    const text = folded(String(reference ?? ''));
    const item = this.#items.find((item) => String(item.id) === text) ?? this.#items.find((item) => item.words.includes(text));
    if (!item) return false;
    this.#chosen?.option.setAttribute('aria-selected', 'false');
    this.#chosen = item;
    item.option.setAttribute('aria-selected', 'true');
    this.#settle();
    this.#reveal(item);
    return true;
  }

  #settle() {
    this.#input.value = this.name;
    this.#filter('');
    this.#activate(null);
  }

  #filter(text) {
    const wanted = folded(text);
    let shown = 0;
    for (const { words, option } of this.#items) {
      option.hidden = !words.some((word) => word.includes(wanted));
      shown += option.hidden ? 0 : 1;
    }
    if (this.#active?.option.hidden || wanted) this.#activate(this.#visible()[0] ?? null);
    this.#count.textContent = wanted ? (shown === 1 ? '1 subject' : `${shown} subjects`) : '';
  }

  #visible() { return this.#items.filter((item) => !item.option.hidden); }

  #activate(item) {
    this.#active?.option.classList.remove('active');
    this.#active = item;
    item?.option.classList.add('active');
    for (const element of [this.#input, this.#list]) {
      item ? element.setAttribute('aria-activedescendant', item.option.id) : element.removeAttribute('aria-activedescendant');
    }
    if (item) this.#reveal(item);
  }

  /** Scrolls the list, and nothing else. */
  #reveal({ option }) {
    const [top, bottom] = [option.offsetTop - this.#list.offsetTop, option.offsetTop - this.#list.offsetTop + option.offsetHeight];
    if (top < this.#list.scrollTop) this.#list.scrollTop = top - 4;
    if (bottom > this.#list.scrollTop + this.#list.clientHeight) this.#list.scrollTop = bottom - this.#list.clientHeight + 4;
  }

  #press(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      const visible = this.#visible();
      const place = visible.indexOf(this.#active ?? this.#chosen) + steps[event.key];
      if (visible.length) this.#activate(visible[Math.min(Math.max(place, 0), visible.length - 1)]);
    } else if (event.key === 'Enter' && this.#active) {
      event.preventDefault();
      this.choose(this.#active.id);
      this.#input.select();
    } else if (event.key === 'Escape') {
      this.#settle();
    }
  }
}
