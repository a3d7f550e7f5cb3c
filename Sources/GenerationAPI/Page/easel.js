// The canvas: the sheets of one job, from the bare ground to the finished images.
import { imageURL } from './service.js';

/** Images smaller than this are shown with their pixels: enlarged softly they would only look out of focus. */
const smallSide = 128;

export class Easel {
  #canvas; #sheets = []; #job = null;

  constructor(canvas) { this.#canvas = canvas; }

  /** Bare sheets for so many images of a model. */
  clear(model, count, name) {
    this.#job = null;
    this.#canvas.style.setProperty('--across', count === 1 ? 1 : count <= 4 ? 2 : 4);
    this.#canvas.style.setProperty('--tokens', model.tokens.width);
    this.#canvas.style.setProperty('--aspect', `${model.image.width} / ${model.image.height}`);
    this.#canvas.toggleAttribute('data-many', count > 1);
    this.#sheets = Array.from({ length: count }, (_, index) => {
      const figure = document.createElement('figure');
      const sheet = document.createElement('div');
      sheet.className = 'sheet';
      figure.append(sheet);
      return { figure, sheet, name: count > 1 ? `${name}, image ${index + 1}` : name };
    });
    this.#canvas.replaceChildren(...this.#sheets.map(({ figure }) => figure));
    this.painting(false);
  }

  painting(isPainting) { this.#canvas.classList.toggle('painting', isPainting); }

  /** An unfinished image of a running job. */
  async preview({ index, png, width }) {
    const sheet = this.#sheets[index];
    if (sheet) await this.#put(sheet, `data:image/png;base64,${png}`, `${sheet.name}, unfinished`, width, () => !this.#job);
  }

  /** The finished images. */
  async finish(job) {
    this.#job = job.id;
    this.painting(false);
    await Promise.all(job.images.map(async (facts) => {
      const sheet = this.#sheets[facts.index];
      const url = await imageURL(facts.url);
      if (!(await this.#put(sheet, url, `${sheet.name}, seed ${facts.seed}`, facts.width, () => this.#job === job.id))) return;
      sheet.sheet.dataset.sha256 = facts.sha256;
      sheet.figure.querySelector('figcaption')?.remove();
      const caption = document.createElement('figcaption');
      const save = document.createElement('a');
      save.href = url;
      save.download = `${job.class.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${facts.seed}.png`;
      save.textContent = 'Save';
      save.ariaLabel = `Save ${sheet.name}, seed ${facts.seed}`;
      caption.append(`Seed ${facts.seed}`, save);
      sheet.figure.append(caption);
    }));
  }

  /** Shows an image when all of it is there, so that nothing flickers.
   * @returns whether it was still wanted by then. */
  async #put(sheet, url, text, width, isWanted) {
    const image = new Image();
    image.alt = text;
    image.className = width < smallSide ? 'small' : '';
    image.src = url;
    try {
      await image.decode();
    } catch {
      return false;
    }
    if (!isWanted() || !this.#sheets.includes(sheet)) return false;
    sheet.sheet.replaceChildren(image);
    return true;
  }
}
