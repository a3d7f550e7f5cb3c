// Light or dark as the system has it, until somebody says otherwise. Not a module: it runs before the first paint.
'use strict';
(() => {
  const root = document.documentElement;
  const place = 'underpaint-theme';
  const isDark = () => (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const known = localStorage.getItem(place);
  if (known === 'dark' || known === 'light') root.dataset.theme = known;
  addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme-button');
    const show = () => {
      button.textContent = isDark() ? 'Light' : 'Dark';
      button.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
    };
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      localStorage.setItem(place, root.dataset.theme);
      show();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
    show();
  });
})();
