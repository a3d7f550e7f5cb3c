// The recent jobs. Each opens in the easel.
import { get, imageURL } from './service.js';

const limit = 24;

export class Gallery {
  #list; #empty; #open;

  /** @param open is given a job. */
  constructor(list, empty, open) { [this.#list, this.#empty, this.#open] = [list, empty, open]; }

  /** @returns the jobs, the newest first. */
  async refresh() {
    const { data } = await get(`/v1/generations?limit=${limit}`);
    this.#empty.hidden = data.length > 0;
    this.#list.replaceChildren(...data.map((job) => this.#item(job)));
    return data;
  }

  #item(job) {
    const item = document.createElement('li');
    const button = document.createElement('button');
    const thumb = document.createElement('span');
    const label = document.createElement('span');
    const detail = document.createElement('small');
    button.type = 'button';
    thumb.className = 'thumb';
    label.textContent = job.class.name;
    detail.textContent = job.images.length > 1 ? `seeds ${job.settings.seed} to ${job.settings.seed + job.images.length - 1}` : `seed ${job.settings.seed}`;
    if (job.images.length) {
      const image = new Image();
      image.alt = '';
      image.loading = 'lazy';
      image.className = job.images[0].width < 128 ? 'small' : '';
      imageURL(job.images[0].url).then((url) => { image.src = url; }, () => { thumb.textContent = 'gone'; });
      thumb.append(image);
    } else {
      thumb.textContent = job.status;
    }
    button.append(thumb, label, detail);
    button.addEventListener('click', () => this.#open(job));
    item.append(button);
    return item;
  }
}
